"""An openpyxl workbook behind an xlwings engine: what is there is written into a file again by `save`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from juesuan.marking.live_record import Fill
from open_book import HIDDEN, NO_FILL, SOLID, VERY_HIDDEN, VISIBLE, Area, SheetBackend

_OPTIONS = {
    "AllowFormattingCells": "formatCells",
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowInsertingColumns": "insertColumns",
    "AllowInsertingRows": "insertRows",
    "AllowInsertingHyperlinks": "insertHyperlinks",
    "AllowDeletingColumns": "deleteColumns",
    "AllowDeletingRows": "deleteRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
    "AllowUsingPivotTables": "pivotTables",
}
"""Excel's names, and the file's, which say what is forbidden."""

GRADIENT = 4000
_PATTERNS = {"solid": SOLID, "lightUp": 14, "gray125": 17, "darkDown": -4121}
_STATES = {"visible": VISIBLE, "hidden": HIDDEN, "veryHidden": VERY_HIDDEN}
_SIDES = {7: "left", 8: "top", 9: "bottom", 10: "right"}
_STYLES: dict[str | None, tuple[int, int]] = {
    None: (-4142, 0), "hair": (1, 1), "thin": (1, 2), "medium": (1, -4138), "thick": (1, 4), "double": (-4119, 4),
    "dotted": (-4118, 2), "dashed": (-4115, 2), "mediumDashed": (-4115, -4138), "mediumDashDot": (4, -4138),
}  # fmt: skip


class OpenpyxlBook:
    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.file = openpyxl.load_workbook(path)
        self.results = _results(path)
        self.selected: tuple[str, str | None] | None = None
        self._sheets = [OpenpyxlSheet(self, name) for name in self.file.sheetnames]

    def sheets(self) -> list[SheetBackend]:
        return list(self._sheets)

    def add(self, name: str, position: int) -> SheetBackend:
        self.file.create_sheet(name, position)
        self.results.create_sheet(name, position)
        self._sheets.insert(position, OpenpyxlSheet(self, name))
        return self._sheets[position]

    def remove(self, name: str) -> None:
        for file in (self.file, self.results):
            file.remove(file[name])
        self._sheets = [sheet for sheet in self._sheets if sheet.name != name]

    def save(self) -> None:
        self.file.save(self.path)

    def select(self, sheet: str, address: str | None) -> None:
        self.selected = (sheet, address)


def _results(path: Path) -> Workbook:
    """The values alone: to load the looks and the merged cells twice takes most of the time."""
    given, values = openpyxl.load_workbook(path, read_only=True, data_only=True), Workbook()
    values.remove(values.worksheets[0])
    for sheet in given.worksheets:
        copy = values.create_sheet(sheet.title)
        for row in sheet.iter_rows(values_only=True):
            copy.append(row)
    given.close()
    return values


class OpenpyxlSheet:
    """`looks`: what was set on which area, for the looks nobody reads back."""

    def __init__(self, book: OpenpyxlBook, name: str) -> None:
        self.sheet: Any = book.file[name]
        self.results: Any = book.results[name]
        self.passwords: set[str] = {""}

    @property
    def name(self) -> str:
        return str(self.sheet.title)

    @name.setter
    def name(self, value: str) -> None:
        self.sheet.title = self.results.title = value

    visible = property(lambda self: _STATES[self.sheet.sheet_state])

    def used(self) -> Area:
        return self.sheet.min_row, self.sheet.min_column, self.sheet.max_row, self.sheet.max_column

    def read(self, area: Area) -> list[list[Any]]:
        top, left, bottom, right = area
        return [list(row) for row in self.results.iter_rows(top, bottom, left, right, values_only=True)]

    def formulas(self, area: Area) -> list[list[str]]:
        top, left, bottom, right = area
        rows = self.sheet.iter_rows(top, bottom, left, right, values_only=True)
        return [["" if value is None else str(value) for value in row] for row in rows]

    def write(self, area: Area, values: list[list[Any]]) -> None:
        for row, line in enumerate(values, area[0]):
            for column, value in enumerate(line, area[1]):
                value = None if value == "" else value
                computed = isinstance(value, str) and value.startswith("=")
                if isinstance(value, str) and value.startswith("'"):
                    value = value[1:]
                self.sheet.cell(row, column).value = value
                self.results.cell(row, column).value = None if computed else value

    def fill(self, row: int, column: int) -> Fill:
        fill = self.sheet.cell(row, column).fill
        if fill.fill_type in ("linear", "path"):
            return Fill(GRADIENT)
        if fill.fill_type is None:
            return Fill(NO_FILL)
        shown, behind = (fill.fgColor, None) if fill.fill_type == "solid" else (fill.bgColor, fill.fgColor)
        theme, tint = (shown.theme + 1, shown.tint) if shown.type == "theme" else (0, 0.0)
        return Fill(_PATTERNS[fill.fill_type], _colour(shown), theme, tint, _colour(behind))

    def set_fill(self, area: Area, fill: Fill) -> None:
        kind: Any = next((name for name, pattern in _PATTERNS.items() if pattern == fill.pattern), None)
        given = Color(theme=fill.theme - 1, tint=fill.tint) if fill.theme else Color(_rgb(fill.colour))
        look = PatternFill(kind, given) if kind == "solid" else PatternFill(kind, Color(_rgb(fill.behind)), given)
        for cell in self._cells(area):
            cell.fill = look if kind else PatternFill()

    def border(self, row: int, column: int, side: int) -> tuple[int, int, int]:
        given = getattr(self.sheet.cell(row, column).border, _SIDES[side]) or Side()
        line, weight = _STYLES[given.style]
        rgb = int(given.color.rgb[-6:], 16) if given.color and isinstance(given.color.rgb, str) else 0
        return line, weight, (rgb & 255) << 16 | rgb & 0xFF00 | rgb >> 16

    def set_border(self, row: int, column: int, side: int, border: tuple[int, int, int]) -> None:
        line, weight, colour = border
        alike = [name for name, known in _STYLES.items() if known[0] == line]
        style: Any = next((name for name in alike if _STYLES[name] == (line, weight)), alike[0])
        rgb = f"{(colour & 255) << 16 | colour & 0xFF00 | colour >> 16:06X}"
        cell = self.sheet.cell(row, column)
        sides = {name: getattr(cell.border, name) for name in _SIDES.values()}
        cell.border = Border(**sides | {_SIDES[side]: Side() if line == NO_FILL else Side(style, color=rgb)})

    def note(self, row: int, column: int) -> str | None:
        note = self.sheet.cell(row, column).comment
        return note.text if note else None

    def set_note(self, row: int, column: int, text: str | None) -> None:
        self.sheet.cell(row, column).comment = None if text is None else Comment(text, "")

    def notes(self) -> list[tuple[int, int]]:
        return [(cell.row, cell.column) for row in self.sheet.iter_rows() for cell in row if cell.comment]

    def merged(self, row: int, column: int) -> Area:
        address = self.sheet.cell(row, column).coordinate
        found = next((area for area in self.sheet.merged_cells.ranges if address in area), None)
        return (found.min_row, found.min_col, found.max_row, found.max_col) if found else (row, column, row, column)

    def dress(self, area: Area, look: str, value: Any) -> None:
        top, left, bottom, right = area
        if look in ("ColumnWidth", "Hidden"):
            for column in range(left, right + 1):
                dimension = self.sheet.column_dimensions[get_column_letter(column)]
                setattr(dimension, "width" if look == "ColumnWidth" else "hidden", value)
            return
        for cell in self._cells((top, left, min(bottom, self.sheet.max_row), right)) if look != "AutoFit" else ():
            if look.startswith("note."):
                setattr(cell.comment, look.partition(".")[2].lower(), value)
            elif look == "NumberFormat":
                cell.number_format = value
            elif look.startswith("font."):
                given = {"name": "宋体", "size": cell.font.size, "bold": cell.font.bold}
                cell.font = Font(**given | {look.partition(".")[2]: value})
            elif look in ("WrapText", "VerticalAlignment", "HorizontalAlignment"):
                before = cell.alignment
                cell.alignment = Alignment(
                    horizontal="center" if look == "HorizontalAlignment" else before.horizontal,
                    vertical="center" if look == "VerticalAlignment" else before.vertical,
                    wrap_text=True if look == "WrapText" else before.wrap_text,
                )

    def is_hidden(self, kind: str, number: int) -> bool:
        if kind == "row":
            return bool(self.sheet.row_dimensions[number].hidden) if number in self.sheet.row_dimensions else False
        letters = get_column_letter(number)
        return bool(self.sheet.column_dimensions[letters].hidden) if letters in self.sheet.column_dimensions else False

    def add_name(self, name: str, refers_to: str) -> None:
        self.sheet.defined_names[name] = DefinedName(name, attr_text=refers_to.removeprefix("="))

    def is_protected(self) -> bool:
        return bool(self.sheet.protection.sheet)

    def options(self) -> dict[str, bool]:
        given = self.sheet.protection
        allowed = {name: not getattr(given, key) for name, key in _OPTIONS.items()}
        others = {"DrawingObjects": given.objects, "Scenarios": given.scenarios, "UserInterfaceOnly": False}
        return allowed | {name: bool(value) for name, value in others.items()}

    def protect(self, options: dict[str, bool]) -> None:
        for name, key in _OPTIONS.items():
            setattr(self.sheet.protection, key, not options[name])
        self.sheet.protection.objects = options["DrawingObjects"]
        self.sheet.protection.scenarios = options["Scenarios"]
        self.sheet.protection.sheet = options["Contents"]

    def unprotect(self, password: str) -> None:
        if password not in self.passwords:
            raise RuntimeError("1004")
        self.sheet.protection.sheet = False

    def _cells(self, area: Area) -> list[Any]:
        top, left, bottom, right = area
        return [cell for row in self.sheet.iter_rows(top, bottom, left, right) for cell in row]


def _colour(given: Any) -> int:
    """As Excel counts it: blue, green, red."""
    rgb = int(given.rgb[-6:], 16) if given and given.type == "rgb" else 0
    return (rgb & 255) << 16 | rgb & 0xFF00 | rgb >> 16


def _rgb(colour: int) -> str:
    return f"FF{(colour & 255) << 16 | colour & 0xFF00 | colour >> 16:06X}"
