"""Where a changed copy of a workbook is written: never over the workbook itself."""

from __future__ import annotations

import os

from juesuan.errors import JuesuanError

_SUFFIXES = (".xlsx", ".xlsm")


def beside(path: str, what: str) -> str:
    """Where a command writes when it is not told: beside the input, “决算.xlsx” → “决算-填列.xlsx”."""
    stem, suffix = os.path.splitext(path)
    return f"{stem}-{what}{suffix}"


def require_other_file(path: str, output: str) -> None:
    """Raise JuesuanError when `output` is the input itself, or of the other kind of workbook."""
    if os.path.realpath(path) == os.path.realpath(output) or (
        os.path.exists(output) and os.path.samefile(path, output)
    ):
        raise JuesuanError(f"输出文件“{output}”就是原来的工作簿，未写。请换一个文件名。")
    suffixes = [os.path.splitext(name)[1].lower() for name in (path, output)]
    if suffixes[0] != suffixes[1] and suffixes[0] in _SUFFIXES:
        raise JuesuanError(f"输出文件“{output}”的扩展名应与原工作簿一样是 {suffixes[0]}，否则 Excel 打不开。")
