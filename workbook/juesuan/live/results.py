"""核对结果 in the open workbook: the same rows as in a file, in one write, with few calls for how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import xlwings as xw

from juesuan.check import Checked
from juesuan.live.areas import addresses
from juesuan.live.fills import paint
from juesuan.marking.live_record import RECORD, WATERMARK
from juesuan.marking.result_looks import SHADES, Looks
from juesuan.marking.result_sheet import WHOLE, write_results
from juesuan.marks import COLOURS
from juesuan.ooxml.new_sheet import NewCell
from juesuan.place import Place, column_number
from juesuan.reading.own_sheet import MARKER, NAME
from juesuan.rules import Catalogue

_LEVELS: dict[str, str] = SHADES | {str(kind): colour for kind, colour in COLOURS.items()}
_TITLE, _PLAIN, _HEAD, _HEADING, _TEXT, _CENTRED, _AMOUNT, _LINK, _GROUP, *_SHADED = range(9 + len(_LEVELS))
_LOOKS = Looks(
    _TITLE, _PLAIN, _HEAD, _HEADING, _TEXT, _CENTRED, _AMOUNT, _LINK, _GROUP, dict(zip(_LEVELS, _SHADED, strict=True))
)
_CENTER = -4108
_WIDTHS = {"A:B": 7, "C:C": 22, "D:F": 14, "G:G": 66, "H:J": 9}
"""What is said stands in one wide column, not in three merged ones, so that Excel can fit the rows' heights."""

_WRAPPED, _AMOUNTS = "C:C,G:G", "D:F"
FIRST, LAST = RECORD
_RECORD = column_number(FIRST) + 1

_HEADER = 5
"""Rows of the head: title, whose book, verdict, counts, how to read on."""


class Lines:
    """The rows of 核对结果 as they are written; `walk` are the places it leads to, in its order."""

    def __init__(self) -> None:
        self.cells: list[Mapping[int, NewCell]] = []
        self.links: dict[tuple[int, int], Place] = {}

    @property
    def rows(self) -> int:
        return len(self.cells)

    @property
    def walk(self) -> list[Place]:
        return list(dict.fromkeys(self.links.values()))

    def row(self, cells: Mapping[int, NewCell], height: float = 15.0, merged: Sequence[tuple[int, int]] = ()) -> None:
        self.cells.append(cells)

    def link(self, column: int, place: Place) -> None:
        self.links[self.rows + 1, column] = place

    def value(self, row: int, column: int) -> Any:
        """What is written into a cell: a link, a number, or a text that Excel must not take for anything else."""
        cell = self.cells[row - 1].get(column)
        if cell is None or not cell.value:
            return ""
        if place := self.links.get((row, column)):
            sheet = place.sheet.replace("'", "''").replace('"', '""')
            return f'=HYPERLINK("#\'{sheet}\'!{place.address}","{cell.value.replace(chr(34), chr(34) * 2)}")'
        return float(cell.value) if cell.number else f"'{cell.text}"

    def looking(self, *looks: int) -> list[Place]:
        """The cells shown in one of these formats."""
        return [
            Place(NAME, row, column - 1)
            for row, cells in enumerate(self.cells)
            for column, cell in cells.items()
            if cell.look in looks
        ]


def lines_of(checked: Checked, catalogue: Catalogue) -> Lines:
    lines = Lines()
    write_results(checked, catalogue, _LOOKS, lines)
    return lines


def write_lines(sheet: xw.Sheet, lines: Lines, record: Sequence[tuple[str, ...]]) -> None:
    """Fill our new sheet: rows and record in one block, then how it looks."""
    rows = max(lines.rows, len(record) + 1)
    sheet.range(f"A1:{LAST}{rows}").raw_value = [_row(lines, record, row) for row in range(1, rows + 1)]
    sheet.names.add(MARKER, f"='{NAME}'!$A$1")
    _dress(sheet, lines)


def _row(lines: Lines, record: Sequence[tuple[str, ...]], row: int) -> list[Any]:
    shown = [lines.value(row, column) if row <= lines.rows else "" for column in range(1, WHOLE[1] + 1)]
    kept: tuple[Any, ...] = (WATERMARK,) if row == 1 else record[row - 2] if row - 2 < len(record) else ()
    gap = [""] * (_RECORD - 1 - WHOLE[1])
    return [*shown, *gap, *kept, *[""] * (4 - len(kept))]


def _dress(sheet: xw.Sheet, lines: Lines) -> None:
    for columns, width in _WIDTHS.items():
        sheet.range(columns).column_width = width
    sheet.range(_WRAPPED).api.WrapText = True
    sheet.range(_AMOUNTS).number_format = "#,##0.00"
    for colour, looks in _shades().items():
        paint(sheet, lines.looking(*looks), colour)
    sheet.range("A1").font.size = 18
    for address in addresses(lines.looking(_HEAD, _HEADING)):
        sheet.range(address).font.bold = True
    body = sheet.range(f"A{_HEADER + 1}:J{lines.rows}")
    body.api.VerticalAlignment = _CENTER
    body.api.EntireRow.AutoFit()
    sheet.range(f"{FIRST}1:{LAST}1").api.EntireColumn.Hidden = True


def _shades() -> dict[str, list[int]]:
    """The formats of each colour."""
    shades: dict[str, list[int]] = {"F2F2F2": [_HEADING, _GROUP]}
    for name, colour in _LEVELS.items():
        shades.setdefault(colour, []).append(_LOOKS.level[name])
    return shades
