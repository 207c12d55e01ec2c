"""Write what `fill` computed into a copy of the workbook: numbers, their colour, and the record of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from juesuan.fill import Filled
from juesuan.money import plain_number, to_text
from juesuan.ooxml.patch import STYLES, patch_of, sheet_part
from juesuan.ooxml.sheet_xml import set_numbers
from juesuan.ooxml.styles_xml import Styles, solid
from juesuan.place import Place
from juesuan.reading.files import WorkbookFile
from juesuan.reading.filled_part import record
from juesuan.writing.cell_change import stored
from juesuan.written import save

COLOUR = "E2EFDA"


def write_filled(
    file: WorkbookFile, filled: Filled, output: str, further: Mapping[Place, int] = MappingProxyType({})
) -> None:
    """Write the workbook with the filled cells; everything else in it stays byte for byte. Nothing to fill: a copy.

    `further`: amounts in 分 for cells that are in none of the tables.

    Raises JuesuanError when the workbook cannot be patched or the output cannot be written.
    """
    package = file.package
    cells = _by_sheet(filled, further)
    if not cells:
        save(package.data, output)
        return
    patch = patch_of(package)
    styles = Styles(package.read(STYLES))
    fill = styles.fill(solid(COLOUR))
    for name, numbers in cells.items():
        part = sheet_part(package, name)
        patch.write(part, set_numbers(package.read(part), numbers, lambda style: styles.restyled(style, fill)))
    patch.write(STYLES, styles.xml)
    if filled.book.currency == "万元":
        record(patch, (filled.book.cells[key] for key in sorted(filled.book.filled)))
    save(patch.result(), output)


def _by_sheet(filled: Filled, further: Mapping[Place, int]) -> dict[str, dict[tuple[int, int], str]]:
    """What is to be stored where, by worksheet; nothing where a formula yields no number."""
    sheets: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
    currency = filled.book.currency
    texts = {cell.place: stored(to_text(cell.fen or 0, currency)) for cell in filled.cells}
    texts |= {cell.place: "" if cell.fen is None else stored(plain_number(cell.fen)) for cell in filled.ratios}
    texts |= {cell.place: "" for cell in filled.empty}
    texts |= {place: stored(to_text(fen, currency)) for place, fen in further.items()}
    for place, text in texts.items():
        sheets[place.sheet][place.row, place.column] = text
    return sheets
