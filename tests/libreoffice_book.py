"""A workbook open in a running LibreOffice behind an xlwings engine, over UNO.

LibreOffice spells formulas its own way; the few that we write are translated here, as Excel would understand them.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from typing import Any

from juesuan.marking.live_record import Fill
from open_book import HIDDEN, NO_FILL, SOLID, VISIBLE, Area, SheetBackend

sys.path.append("/usr/lib/python3/dist-packages")
import uno

_THICK, _THICK_WIDTH, _NONE = 4, 79, -4142
_BORDERS = {7: "LeftBorder2", 8: "TopBorder2", 9: "BottomBorder2", 10: "RightBorder2"}
_CHARACTER = 190
"""Width of a character in hundredths of a millimetre, about."""

_REFERENCE = re.compile(r"=\$?('(?:[^']|'')*'|[^'.]+)\.(\$?[A-Z]+\$?\d+)", re.S)
_EXCEL = re.compile(r"=('(?:[^']|'')*')!(\$?[A-Z]+\$?\d+)", re.S)


def desktop(pipe: str) -> Any:
    """The desktop of the LibreOffice that listens at a pipe. Raises an exception of UNO's while there is none."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
    return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)


def document(desk: Any, path: str) -> Any:
    """The open document of a path."""
    found = desk.Components.createEnumeration()
    while found.hasMoreElements():
        item = found.nextElement()
        if getattr(item, "URL", "") == uno.systemPathToFileUrl(path):
            return item
    raise LookupError(path)


def load(desk: Any, path: str, *, hidden: bool = True) -> Any:
    """Open a document with its macros allowed."""
    given = {"Hidden": hidden, "MacroExecutionMode": 4}
    properties = []
    for name, value in given.items():
        item = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        item.Name, item.Value = name, value
        properties.append(item)
    return desk.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, tuple(properties))


class UnoBook:
    def __init__(self, file: Any) -> None:
        self.file = file
        self.path = uno.fileUrlToSystemPath(file.URL)

    def sheets(self) -> list[SheetBackend]:
        return [UnoSheet(self.file, self.file.Sheets.getByIndex(at)) for at in range(self.file.Sheets.Count)]

    def add(self, name: str, position: int) -> SheetBackend:
        self.file.Sheets.insertNewByName(name, position)
        return UnoSheet(self.file, self.file.Sheets.getByIndex(position))

    def remove(self, name: str) -> None:
        self.file.Sheets.removeByName(name)

    def save(self) -> None:
        self.file.store()

    def select(self, sheet: str, address: str | None) -> None:
        controller = self.file.CurrentController
        if controller is not None:
            target = self.file.Sheets.getByName(sheet)
            controller.setActiveSheet(target)
            if address:
                controller.select(target.getCellRangeByName(address))


class UnoSheet:
    def __init__(self, file: Any, sheet: Any) -> None:
        self.file, self.sheet = file, sheet

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnoSheet) and self.name == other.name

    __hash__ = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        return str(self.sheet.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.sheet.Name = value

    visible = property(lambda self: VISIBLE if self.sheet.IsVisible else HIDDEN)

    def _range(self, area: Area) -> Any:
        top, left, bottom, right = area
        return self.sheet.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1)

    def _cell(self, row: int, column: int) -> Any:
        return self.sheet.getCellByPosition(column - 1, row - 1)

    def used(self) -> Area:
        cursor = self.sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        found = cursor.RangeAddress
        return found.StartRow + 1, found.StartColumn + 1, found.EndRow + 1, found.EndColumn + 1

    def read(self, area: Area) -> list[list[Any]]:
        return [list(row) for row in self._range(area).getDataArray()]

    def formulas(self, area: Area) -> list[list[str]]:
        rows = self._range(area).getFormulaArray()
        return [[_REFERENCE.sub(_as_excel, text) for text in row] for row in rows]

    def write(self, area: Area, values: list[list[Any]]) -> None:
        self._range(area).setFormulaArray(tuple(tuple(map(_native, row)) for row in values))

    def fill(self, row: int, column: int) -> Fill:
        colour = self._cell(row, column).CellBackColor
        return Fill(NO_FILL) if colour == -1 else Fill(SOLID, _turned(colour))

    def set_fill(self, area: Area, fill: Fill) -> None:
        self._range(area).CellBackColor = -1 if fill.pattern == NO_FILL else _turned(fill.colour)

    def border(self, row: int, column: int, side: int) -> tuple[int, int, int]:
        line = getattr(self._cell(row, column), _BORDERS[side])
        if not line.LineWidth:
            return _NONE, 0, 0
        return 1, _THICK if line.LineWidth >= _THICK_WIDTH - 5 else line.LineWidth, _turned(line.Color)

    def set_border(self, row: int, column: int, side: int, border: tuple[int, int, int]) -> None:
        line, weight, colour = border
        new = uno.createUnoStruct("com.sun.star.table.BorderLine2")
        if line != _NONE:
            new.OuterLineWidth = new.LineWidth = _THICK_WIDTH if weight == _THICK else max(weight, 1)
            new.Color = _turned(colour)
        setattr(self._cell(row, column), _BORDERS[side], new)

    def note(self, row: int, column: int) -> str | None:
        index = self._index(row, column)
        return None if index is None else str(self.sheet.Annotations.getByIndex(index).String)

    def set_note(self, row: int, column: int, text: str | None) -> None:
        index = self._index(row, column)
        if index is not None:
            self.sheet.Annotations.removeByIndex(index)
        if text is not None:
            self.sheet.Annotations.insertNew(self._cell(row, column).CellAddress, text)

    def notes(self) -> list[tuple[int, int]]:
        found = self.sheet.Annotations
        places = (found.getByIndex(at).Position for at in range(found.Count))
        return [(place.Row + 1, place.Column + 1) for place in places]

    def _index(self, row: int, column: int) -> int | None:
        return next((at for at, place in enumerate(self.notes()) if place == (row, column)), None)

    def merged(self, row: int, column: int) -> Area:
        cursor = self.sheet.createCursorByRange(self._cell(row, column))
        cursor.collapseToMergedArea()
        found = cursor.RangeAddress
        return found.StartRow + 1, found.StartColumn + 1, found.EndRow + 1, found.EndColumn + 1

    def dress(self, area: Area, look: str, value: Any) -> None:
        found = self._range(area)
        if look == "ColumnWidth":
            found.Columns.Width = int(value * _CHARACTER)
        elif look == "Hidden":
            found.Columns.IsVisible = not value
        elif look == "AutoFit":
            found.Rows.OptimalHeight = True
        elif look == "WrapText":
            found.IsTextWrapped = value
        elif look == "VerticalAlignment":
            found.VertJustify = 2
        elif look == "NumberFormat":
            locale = uno.createUnoStruct("com.sun.star.lang.Locale")
            found.NumberFormat = self.file.NumberFormats.queryKey(value, locale, False)
        elif look == "font.size":
            found.CharHeight = found.CharHeightAsian = value
        elif look == "font.bold":
            found.CharWeight = found.CharWeightAsian = 150.0

    def is_hidden(self, kind: str, number: int) -> bool:
        lines = self.sheet.Rows if kind == "row" else self.sheet.Columns
        return not lines.getByIndex(number - 1).IsVisible

    def add_name(self, name: str, refers_to: str) -> None:
        native = refers_to.removeprefix("=").replace("!", ".", 1)
        self.sheet.NamedRanges.addNewByName(name, f"${native}", self._cell(1, 1).CellAddress, 0)

    def is_protected(self) -> bool:
        return bool(self.sheet.isProtected())

    def options(self) -> dict[str, bool]:
        return defaultdict(bool)

    def protect(self, options: dict[str, bool]) -> None:
        self.sheet.protect("")

    def unprotect(self, password: str) -> None:
        self.sheet.unprotect(password)
        if self.sheet.isProtected():
            raise RuntimeError("1004")


def _as_excel(match: re.Match[str]) -> str:
    name = match[1] if match[1].startswith("'") else f"'{match[1]}'"
    return f"={name}!{match[2]}"


def _native(value: Any) -> Any:
    if not isinstance(value, str):
        return "" if value is None else repr(float(value))
    if value.startswith("=HYPERLINK("):
        return value.replace('","', '";"')
    return _EXCEL.sub(r"=$\1.\2", value) if value.startswith("=") else value


def _turned(colour: int) -> int:
    """Between red-green-blue and blue-green-red."""
    return (colour & 255) << 16 | colour & 0xFF00 | colour >> 16
