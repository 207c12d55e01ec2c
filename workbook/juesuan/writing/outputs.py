"""Where a changed copy of a workbook is written: never over the workbook itself."""

from __future__ import annotations

import os

from juesuan.errors import JuesuanError
from juesuan.written import refuse_inputs

_SUFFIXES = (".xlsx", ".xlsm")


def beside(path: str, what: str) -> str:
    """Where a command writes when it is not told: beside the input, “决算.xlsx” or “决算.xls” → “决算-填列.xlsx”."""
    return f"{os.path.splitext(path)[0]}-{what}{_suffix(path)}"


def narrative_beside(path: str) -> str:
    """Where the buttons write the narrative: “决算.xlsx” → “决算-情况说明.docx”."""
    return f"{os.path.splitext(path)[0]}-情况说明.docx"


def require_other_file(path: str, output: str) -> None:
    """Raise JuesuanError when `output` is the input itself, or of the other kind of workbook."""
    refuse_inputs(output, [path])
    suffix = _suffix(path).lower()
    if not output.lower().endswith(suffix):
        same = "与原工作簿一样" if path.lower().endswith(suffix) else ""
        raise JuesuanError(f"输出文件“{output}”的扩展名应{same}是 {suffix}，否则 Excel 打不开。")


def _suffix(path: str) -> str:
    """What a copy of a workbook is called behind the dot: workbooks of other formats become .xlsx."""
    suffix = os.path.splitext(path)[1]
    return suffix if suffix.lower() in _SUFFIXES else ".xlsx"
