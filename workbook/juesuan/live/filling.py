"""Write what `fill` computed into the open workbook, in blocks, in our light green."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import xlwings as xw

from juesuan.book import Cell
from juesuan.fill import Filled
from juesuan.live.areas import address_of, rectangles
from juesuan.live.custom_parts import put_custom_xml
from juesuan.live.fills import paint
from juesuan.live.protection import opened
from juesuan.money import Currency, plain_number, to_text
from juesuan.place import Place
from juesuan.reading.filled_part import NAMESPACE, record_of
from juesuan.writing.filling import COLOUR


def write_filled(book: xw.Book, filled: Filled, tables: Iterable[str] | None = None) -> tuple[int, list[str]]:
    """Write the filled cells, of some tables only; how many, and the sheets with a password, left as they are."""
    wanted = set(tables) if tables is not None else {table.id for table in filled.book.edition.tables}
    sheets: dict[str, dict[Place, float]] = defaultdict(dict)
    for cell in filled.cells:
        if cell.table in wanted:
            sheets[cell.place.sheet][cell.place] = _amount(cell, filled.book.currency)
    for cell in filled.ratios:
        if cell.table in wanted and cell.fen is not None:
            sheets[cell.place.sheet][cell.place] = float(plain_number(cell.fen))
    locked, count = [], 0
    for name, amounts in sheets.items():
        sheet = book.sheets[name]
        with opened(sheet) as unlocked:
            if not unlocked:
                locked.append(name)
                continue
            for top, left, bottom, right in rectangles(amounts):
                sheet.range(address_of((top, left, bottom, right))).value = [
                    [amounts[Place(name, row, column)] for column in range(left, right + 1)]
                    for row in range(top, bottom + 1)
                ]
            paint(sheet, list(amounts), COLOUR)
            count += len(amounts)
    if count and filled.book.currency == "万元":
        _record(book, filled)
    return count, locked


def _amount(cell: Cell, currency: Currency) -> float:
    return float(to_text(cell.fen or 0, currency))


def _record(book: xw.Book, filled: Filled) -> None:
    """Let the workbook remember the sums, as a filled file does."""
    put_custom_xml(book, NAMESPACE, record_of(filled.book.cells[key] for key in sorted(filled.book.filled)))
