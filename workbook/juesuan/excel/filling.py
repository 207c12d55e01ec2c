"""Write what `fill` computed into a copy of the workbook: numbers, their colour, and the record of them."""

from __future__ import annotations

import os
import re
from collections import defaultdict

from juesuan.errors import JuesuanError
from juesuan.excel.archive import rewritten, save
from juesuan.excel.files import WorkbookFile
from juesuan.excel.filled_part import with_record
from juesuan.excel.sheet_xml import set_numbers
from juesuan.excel.styles_xml import Styles, solid
from juesuan.fill import Filled
from juesuan.money import plain_number, to_text

COLOUR = "E2EFDA"
STYLES = "xl/styles.xml"
_STRICT = b"purl.oclc.org/ooxml/"
_SUFFIXES = (".xlsx", ".xlsm")


def output_for(path: str) -> str:
    """Where `fill` writes when it is not told: beside the input, “决算.xlsx” → “决算-填列.xlsx”."""
    stem, suffix = os.path.splitext(path)
    return f"{stem}-填列{suffix}"


def require_other_file(path: str, output: str) -> None:
    """Raise JuesuanError when `output` is the input itself, or of the other kind of workbook."""
    if os.path.realpath(path) == os.path.realpath(output) or (
        os.path.exists(output) and os.path.samefile(path, output)
    ):
        raise JuesuanError(f"输出文件“{output}”就是要填的工作簿，未写。请换一个文件名。")
    suffixes = [os.path.splitext(name)[1].lower() for name in (path, output)]
    if suffixes[0] != suffixes[1] and set(suffixes) <= set(_SUFFIXES):
        raise JuesuanError(f"输出文件“{output}”的扩展名应与原工作簿一样是 {suffixes[0]}，否则 Excel 打不开。")


def write_filled(file: WorkbookFile, filled: Filled, output: str) -> None:
    """Write the workbook with the filled cells; everything else in it stays byte for byte. Nothing to fill: a copy.

    Raises JuesuanError when the workbook cannot be patched or the output cannot be written.
    """
    package = file.package
    cells = _by_sheet(filled)
    if not cells:
        save(package.data, output)
        return
    if _STRICT in package.read("xl/workbook.xml") or not package.has(STYLES):
        raise JuesuanError(f"“{package.name}”的存储格式特殊，不能原样改写。请用 Excel 或 WPS 另存为普通 .xlsx 再填。")
    styles = Styles(package.read(STYLES))
    fill = styles.fill(solid(COLOUR))
    parts: dict[str, bytes] = {}
    for name, numbers in cells.items():
        part = package.sheet_parts.get(name, "")
        if not package.has(part):
            raise JuesuanError(f"“{package.name}”里找不到工作表“{name}”的内容。请用 Excel 或 WPS 打开后另存一份再填。")
        parts[part] = set_numbers(package.read(part), numbers, lambda style: styles.restyled(style, fill))
    parts[STYLES] = styles.xml
    if filled.book.currency == "万元":
        parts |= with_record(package, (filled.book.cells[key] for key in sorted(filled.book.filled)))
    save(rewritten(package, parts), output)


def _by_sheet(filled: Filled) -> dict[str, dict[tuple[int, int], str]]:
    """What is to be stored where, by worksheet; nothing where a formula yields no number."""
    sheets: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
    currency = filled.book.currency
    texts = {cell.place: _stored(to_text(cell.fen or 0, currency)) for cell in filled.cells}
    texts |= {cell.place: "" if cell.fen is None else _stored(plain_number(cell.fen)) for cell in filled.ratios}
    texts |= {cell.place: "" for cell in filled.empty}
    for place, text in texts.items():
        sheets[place.sheet][place.row, place.column] = text
    return sheets


def _stored(number: str) -> str:
    """As Excel stores a number: without zeros at the end."""
    return re.sub(r"\.?0+$", "", number)
