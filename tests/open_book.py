"""An xlwings engine for tests: the objects xlwings asks an application for, over any workbook that can be reached.

`Document` and `Sheet` below are what a backend provides: openpyxl files (`openpyxl_book.py`) or a live LibreOffice
document (`libreoffice_book.py`). Everything above them — addresses, areas, Excel's own names in `api` — is here, and
whatever xlwings or the product asks of any of these objects is counted. Only the BSD part of xlwings is used; no key
is needed.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import Any, Protocol

import xlwings as xw
from xlwings import base_classes as base

from juesuan.marking.live_record import Fill
from juesuan.place import Place

Area = tuple[int, int, int, int]
NO_FILL, SOLID = -4142, 1
VISIBLE, HIDDEN, VERY_HIDDEN = -1, 0, 2
COUNTED: Counter[str] = Counter()
"""Calls since it was last cleared, by class and name."""

_FREE = {"api", "engine", "backend", "options", "pid", "settings", "said", "bar"}
"""What does not cross over to Excel, and what tests look at."""

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")


class SheetBackend(Protocol):
    """One worksheet. Rows and columns count from 1; `visible` is Excel's number for it."""

    name: str
    visible: int

    def used(self) -> Area: ...
    def read(self, area: Area) -> list[list[Any]]: ...
    def formulas(self, area: Area) -> list[list[str]]: ...
    def write(self, area: Area, values: list[list[Any]]) -> None: ...
    def fill(self, row: int, column: int) -> Fill: ...
    def set_fill(self, area: Area, fill: Fill) -> None: ...
    def border(self, row: int, column: int, side: int) -> tuple[int, int, int]: ...
    def set_border(self, row: int, column: int, side: int, border: tuple[int, int, int]) -> None: ...
    def note(self, row: int, column: int) -> str | None: ...
    def set_note(self, row: int, column: int, text: str | None) -> None: ...
    def notes(self) -> list[tuple[int, int]]: ...
    def merged(self, row: int, column: int) -> Area: ...
    def dress(self, area: Area, look: str, value: Any) -> None: ...
    def is_hidden(self, kind: str, number: int) -> bool: ...
    def add_name(self, name: str, refers_to: str) -> None: ...
    def is_protected(self) -> bool: ...
    def options(self) -> dict[str, bool]: ...
    def protect(self, options: dict[str, bool]) -> None: ...
    def unprotect(self, password: str) -> None: ...


class BookBackend(Protocol):
    path: str

    def sheets(self) -> list[SheetBackend]: ...
    def add(self, name: str, position: int) -> SheetBackend: ...
    def remove(self, name: str) -> None: ...
    def save(self) -> None: ...
    def select(self, sheet: str, address: str | None) -> None: ...


def _count(asked: object, name: str) -> None:
    """Counts when the asker is another module; `name` of an item, a length or an iteration is in no attribute."""
    if sys._getframe(2).f_globals is not globals():
        COUNTED[f"{type(asked).__name__}.{name}"] += 1


def counted(method: Callable[..., Any]) -> Callable[..., Any]:
    """For the methods Python itself calls, which it does not ask the object for."""

    @wraps(method)
    def call(asked: Any, *arguments: Any) -> Any:
        _count(asked, method.__name__)
        return method(asked, *arguments)

    return call


class Counted:
    """Everything of it that is asked for or set from elsewhere counts, one step of a chain of names at a time."""

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name not in _FREE:
            _count(self, name)
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name not in _FREE:
            _count(self, f"{name}=")
        super().__setattr__(name, value)


class Engine:
    type = "desktop"

    def __init__(self, name: str) -> None:
        self.name = name
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        def clean(value: Any) -> Any:
            if value is None:
                return empty_as
            if isinstance(value, bool | datetime):
                return value
            if isinstance(value, int | float):
                return number_builder(value) if number_builder else float(value)
            if isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper() and not err_to_str:
                return None
            return value

        return [[clean(value) for value in row] for row in data]


class Apps(base.Apps):
    def __init__(self, engine: Engine) -> None:
        self.app = App(engine)

    def keys(self) -> list[int]:
        return [self.app.pid]

    def __iter__(self) -> Iterator[App]:
        yield self.app

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return self.app


class App(Counted):
    """Its settings are written down as they are changed; `said` are the message boxes."""

    pid = os.getpid()

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.books = Books(self)
        self.said: list[tuple[str, str | None]] = []
        self.bar: list[object] = []
        self.settings: dict[str, object] = {
            "screen_updating": True,
            "calculation": "automatic",
            "enable_events": True,
            "status_bar": False,
        }

    def alert(self, prompt: str, title: str | None, buttons: object, mode: str | None, callback: object) -> str:
        self.said.append((prompt, mode))
        return "ok"

    def activate(self, steal_focus: bool) -> None:
        raise AssertionError("xlwings 转到程序以前在 Excel 的窗口里找它，WPS 和另一个 Excel 找不到")

    @property
    def selection(self) -> Range | None:
        return self.books.items[-1].selection


def _setting(name: str) -> property:
    def get(app: App) -> object:
        return app.settings[name]

    def put(app: App, value: object) -> None:
        app.settings[name] = value
        if name == "status_bar":
            app.bar.append(value)

    return property(get, put)


for _name in ("screen_updating", "calculation", "enable_events", "status_bar"):
    setattr(App, _name, _setting(_name))


class Books(Counted, base.Books):
    def __init__(self, app: App) -> None:
        self.app = app
        self.items: list[Book] = []

    @property
    def active(self) -> Book:
        return self.items[-1]

    @counted
    def __call__(self, key: int | str) -> Book:
        if isinstance(key, int):
            return self.items[key - 1]
        return next(book for book in self.items if book.name == key)

    @counted
    def __len__(self) -> int:
        return len(self.items)

    @counted
    def __iter__(self) -> Iterator[Book]:
        return iter(list(self.items))


class BookApi(Counted):
    """What Excel calls Workbook."""

    def __init__(self, backend: BookBackend) -> None:
        self._backend = backend
        self.CustomXMLParts = CustomXMLParts()
        self.ProtectStructure = False
        self.ProtectWindows = False
        self.password = ""
        self.Saved = True
        self.ReadOnly = False

    @property
    def FullName(self) -> str:  # noqa: N802
        return self._backend.path

    def LinkSources(self, kind: int) -> None:  # noqa: N802
        """There are none."""

    def Protect(self, Structure: bool, Windows: bool) -> None:  # noqa: N802, N803
        self.ProtectStructure, self.ProtectWindows = Structure, Windows

    def Unprotect(self, password: str) -> None:  # noqa: N802
        if password != self.password:
            raise RuntimeError("1004")
        self.ProtectStructure = False


class CustomXMLParts(Counted):
    def __init__(self, parts: list[CustomXMLPart] | None = None, owner: CustomXMLParts | None = None) -> None:
        self.parts = parts or []
        self.owner = owner
        self.locked = False

    @property
    def Count(self) -> int:  # noqa: N802
        return len(self.parts)

    @counted
    def __call__(self, number: int) -> CustomXMLPart:
        return self.parts[number - 1]

    def SelectByNamespace(self, namespace: str) -> CustomXMLParts:  # noqa: N802
        return CustomXMLParts([part for part in self.parts if f'"{namespace}"' in part.XML], self)

    def Add(self, xml: str) -> None:  # noqa: N802
        self.parts.append(CustomXMLPart(xml, self))


class CustomXMLPart(Counted):
    def __init__(self, xml: str, owner: CustomXMLParts) -> None:
        self.XML = xml
        self.owner = owner

    def Delete(self) -> None:  # noqa: N802
        """Nothing goes from a workbook that is locked; Excel says so, others do not."""
        if not self.owner.locked:
            self.owner.parts.remove(self)


class Book(Counted, base.Book):
    def __init__(self, app: App, backend: BookBackend) -> None:
        self._app, self.backend = app, backend
        self._api = BookApi(backend)
        self.selected: tuple[str, str] | None = None

    app = property(lambda self: self._app)
    api = property(lambda self: self._api)
    name = property(lambda self: os.path.basename(self.backend.path))
    fullname = property(lambda self: self.backend.path)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def selection(self) -> Range | None:
        if self.selected is None:
            return None
        return Range(self.sheets(self.selected[0]), [_area(self.selected[1])])

    def save(self, path: str | None = None, password: str | None = None) -> None:
        self.backend.save()

    def activate(self) -> None:
        pass

    def close(self) -> None:
        self._app.books.items.remove(self)


class Sheets(Counted, base.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def active(self) -> Sheet:
        selected = self.book.selected
        return Sheet(self.book, next(s for s in self.book.backend.sheets() if not selected or s.name == selected[0]))

    @counted
    def __call__(self, key: int | str) -> Sheet:
        sheets = self.book.backend.sheets()
        if isinstance(key, int):
            return Sheet(self.book, sheets[key - 1])
        found = next((sheet for sheet in sheets if sheet.name == key), None)
        if found is None:
            raise KeyError(key)
        return Sheet(self.book, found)

    @counted
    def __len__(self) -> int:
        return len(self.book.backend.sheets())

    @counted
    def __iter__(self) -> Iterator[Sheet]:
        return iter([Sheet(self.book, sheet) for sheet in self.book.backend.sheets()])

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        position = self.book.backend.sheets().index(before.backend) if before else len(self)
        return Sheet(self.book, self.book.backend.add(name or "Sheet", position))


class SheetApi(Counted):
    """What Excel calls Worksheet."""

    def __init__(self, book: Book, backend: SheetBackend) -> None:
        self._book, self._backend = book, backend

    def Activate(self) -> None:  # noqa: N802
        if self._backend.visible != VISIBLE:
            raise RuntimeError("1004")
        self._book.backend.select(self._backend.name, None)
        self._book.selected = (self._backend.name, "A1")

    @property
    def ProtectContents(self) -> bool:  # noqa: N802
        return self._backend.is_protected()

    @property
    def Protection(self) -> Any:  # noqa: N802
        options = self._backend.options()
        return type("Protection", (), {"__getattr__": lambda self, name: options[name]})()

    ProtectDrawingObjects = property(lambda self: self._backend.options()["DrawingObjects"])
    ProtectScenarios = property(lambda self: self._backend.options()["Scenarios"])
    ProtectionMode = property(lambda self: self._backend.options()["UserInterfaceOnly"])

    def Protect(self, **options: bool) -> None:  # noqa: N802
        self._backend.protect(options)

    def Unprotect(self, password: str) -> None:  # noqa: N802
        self._backend.unprotect(password)


class Sheet(Counted, base.Sheet):
    def __init__(self, book: Book, backend: SheetBackend) -> None:
        self._book, self.backend = book, backend

    api = property(lambda self: SheetApi(self._book, self.backend))
    book = property(lambda self: self._book)

    @property
    def name(self) -> str:
        return self.backend.name

    @name.setter
    def name(self, value: str) -> None:
        self.backend.name = value

    @property
    def names(self) -> Names:
        return Names(self.backend)

    @property  # type: ignore[misc]
    def visible(self) -> int:
        return self.backend.visible

    @property
    def used_range(self) -> Range:
        return Range(self, [self.backend.used()])

    @property
    def cells(self) -> Range:
        return Range(self, [(1, 1, 1_048_576, 16_384)])

    @property
    def notes(self) -> list[Note]:
        return [Note(self, row, column) for row, column in self.backend.notes()]

    def range(self, first: Any, last: Any = None) -> Range:
        if isinstance(first, str) and last is None:
            return Range(self, [_area(part) for part in first.split(",")])
        (top, left, *_), (*_, bottom, right) = (_corner(item) for item in (first, first if last is None else last))
        return Range(self, [(top, left, bottom, right)])

    def delete(self) -> None:
        self._book.backend.remove(self.backend.name)


class Names(Counted):
    def __init__(self, backend: SheetBackend) -> None:
        self.backend = backend

    def add(self, name: str, refers_to: str) -> None:
        self.backend.add_name(name, refers_to)


class Interior(Counted):
    """The fills of cells; of cells that differ Excel says None, or 0 of their colour."""

    def __init__(self, area: Range) -> None:
        self._area = area

    def _get(self, name: str) -> Any:
        fills = (self._area.sheet.backend.fill(*cell) for cell in self._area.each())
        found = {getattr(fill, name) for fill in fills}
        return found.pop() if len(found) == 1 else 0 if name == "colour" else None

    def _put(self, **given: Any) -> None:
        for row, column in self._area.each():
            backend = self._area.sheet.backend
            backend.set_fill((row, column, row, column), backend.fill(row, column)._replace(**given))

    Pattern = property(lambda self: self._get("pattern"), lambda self, value: self._put(pattern=value))
    Color = property(lambda self: self._get("colour"), lambda self, value: self._put(colour=value, theme=0, tint=0.0))
    ThemeColor = property(lambda self: self._get("theme"), lambda self, value: self._put(colour=0, theme=value))
    TintAndShade = property(lambda self: self._get("tint"), lambda self, value: self._put(tint=value))
    PatternColor = property(lambda self: self._get("behind"), lambda self, value: self._put(behind=value))


class Border(Counted):
    def __init__(self, backend: SheetBackend, row: int, column: int, side: int) -> None:
        self._at = (row, column, side)
        self._backend = backend

    def _get(self, number: int) -> int:
        return self._backend.border(*self._at)[number]

    def _set(self, number: int, value: int) -> None:
        border = list(self._backend.border(*self._at))
        border[number] = value
        line, weight, colour = border
        self._backend.set_border(*self._at, (line, weight, colour))

    LineStyle = property(lambda self: self._get(0), lambda self, value: self._set(0, value))
    Weight = property(lambda self: self._get(1), lambda self, value: self._set(1, value))
    Color = property(lambda self: self._get(2), lambda self, value: self._set(2, value))


class Borders(Counted):
    """All sides of cells together; where they differ, None."""

    def __init__(self, area: Range) -> None:
        self._backend, self._cells = area.sheet.backend, list(area.each())

    @counted
    def __call__(self, side: int) -> Border:
        ((row, column),) = self._cells
        return Border(self._backend, row, column, side)

    def _common(self, number: int) -> int | None:
        sides = {self._backend.border(*cell, side)[number] for cell in self._cells for side in (7, 8, 9, 10)}
        return sides.pop() if len(sides) == 1 else None

    def _put(self, number: int, value: int) -> None:
        for row, column in self._cells:
            for side in (7, 8, 9, 10):
                border = list(self._backend.border(row, column, side))
                border[number] = value
                line, weight, colour = border
                self._backend.set_border(row, column, side, (line, weight, colour))

    LineStyle = property(lambda self: self._common(0), lambda self, value: self._put(0, value))
    Weight = property(lambda self: self._common(1), lambda self, value: self._put(1, value))
    Color = property(lambda self: self._common(2), lambda self, value: self._put(2, value))


class RangeApi(Counted):
    """What Excel calls Range."""

    _area: Range

    def __init__(self, area: Range) -> None:
        object.__setattr__(self, "_area", area)

    @property
    def Interior(self) -> Interior:  # noqa: N802
        return Interior(self._area)

    @property
    def MergeCells(self) -> bool | None:  # noqa: N802
        """None when some are."""
        areas = ((self._area.sheet.backend.merged(*cell), cell) for cell in self._area.each())
        found = {area != (*cell, *cell) for area, cell in areas}
        return found.pop() if len(found) == 1 else None

    EntireRow = property(lambda self: Whole(self._area, "row"))
    EntireColumn = property(lambda self: Whole(self._area, "column"))

    def AddComment(self, text: str) -> Comment:  # noqa: N802
        self._area.add_note(text)
        return Comment(self._area)

    @property
    def Borders(self) -> Borders:  # noqa: N802
        return Borders(self._area)

    def __setattr__(self, name: str, value: Any) -> None:
        _count(self, f"{name}=")
        self._area.dress(name, value)


class Comment(Counted):
    """What Excel calls a note; its box is told what size it gets."""

    def __init__(self, area: Range) -> None:
        self._area = area

    @property
    def Shape(self) -> Shape:  # noqa: N802
        return Shape(self._area)


class Shape(Counted):
    _area: Range

    def __init__(self, area: Range) -> None:
        object.__setattr__(self, "_area", area)

    def __setattr__(self, name: str, value: float) -> None:
        _count(self, f"{name}=")
        self._area.dress(f"note.{name}", value)


class Whole(Counted):
    """The whole rows or columns that an area touches."""

    def __init__(self, area: Range, kind: str) -> None:
        self._area, self._kind = area, kind

    @property
    def Hidden(self) -> bool | None:  # noqa: N802
        """None when some are."""
        top, left, bottom, right = self._area.areas[0]
        numbers = range(top, bottom + 1) if self._kind == "row" else range(left, right + 1)
        found = {self._area.sheet.backend.is_hidden(self._kind, number) for number in numbers}
        return found.pop() if len(found) == 1 else None

    @Hidden.setter
    def Hidden(self, value: bool) -> None:  # noqa: N802
        self._area.dress("Hidden", value)

    def AutoFit(self) -> None:  # noqa: N802
        self._area.dress("AutoFit", True)


class Font(Counted):
    _area: Range

    def __init__(self, area: Range) -> None:
        object.__setattr__(self, "_area", area)

    def __setattr__(self, name: str, value: Any) -> None:
        _count(self, f"{name}=")
        self._area.dress(f"font.{name}", value)


class Range(Counted, base.Range):
    def __init__(self, sheet: Sheet, areas: list[Area]) -> None:
        self._sheet, self.areas = sheet, areas

    api = property(RangeApi)
    sheet = property(lambda self: self._sheet)
    row = property(lambda self: self.areas[0][0])
    column = property(lambda self: self.areas[0][1])
    font = property(Font)
    formula_array = None

    def each(self) -> Iterator[tuple[int, int]]:
        for top, left, bottom, right in self.areas:
            yield from ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        top, left, bottom, right = self.areas[0]
        return self._sheet.backend.name, top, left, bottom - top + 1, right - left + 1

    @property
    def shape(self) -> tuple[int, int]:
        return self.coords[3], self.coords[4]

    @counted
    def __len__(self) -> int:
        return sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in self.areas)

    @counted
    def __call__(self, row: int, column: int | None = None) -> Range:
        top, left, _, right = self.areas[0]
        if column is None:
            row, column = divmod(row - 1, right - left + 1)
            row, column = row + 1, column + 1
        return Range(self._sheet, [(top + row - 1, left + column - 1) * 2])

    def get_address(self, row_absolute: bool, column_absolute: bool, external: bool) -> str:
        text = ",".join(_address(area, "$" * row_absolute, "$" * column_absolute) for area in self.areas)
        book, sheet = self._sheet.book.name, self._sheet.backend.name.replace("'", "''")
        return f"'[{book}]{sheet}'!{text}" if external else text

    @property
    def address(self) -> str:
        return str(self.get_address(True, True, False))

    @property
    def raw_value(self) -> Any:
        found = self._sheet.backend.read(self.areas[0])
        return found[0][0] if len(found) == len(found[0]) == 1 else found

    @raw_value.setter
    def raw_value(self, values: Any) -> None:
        for top, left, bottom, right in self.areas:
            if isinstance(values, list | tuple):
                area = (top, left, top + len(values) - 1, left + len(values[0]) - 1)
                self._sheet.backend.write(area, [list(row) for row in values])
            else:
                block = [[values] * (right - left + 1) for _ in range(bottom - top + 1)]
                self._sheet.backend.write((top, left, bottom, right), block)

    @property  # type: ignore[misc]
    def formula(self) -> Any:
        found = self._sheet.backend.formulas(self.areas[0])
        return found[0][0] if len(found) == len(found[0]) == 1 else tuple(tuple(row) for row in found)

    @property
    def color(self) -> tuple[int, int, int] | None:
        fill = self._sheet.backend.fill(self.row, self.column)
        return None if fill.pattern == NO_FILL else (fill.colour & 255, fill.colour >> 8 & 255, fill.colour >> 16)

    @color.setter
    def color(self, colour: Any) -> None:
        if isinstance(colour, str):
            red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
            colour = red | green << 8 | blue << 16
        elif isinstance(colour, tuple):
            colour = colour[0] | colour[1] << 8 | colour[2] << 16
        for area in self.areas:
            self._sheet.backend.set_fill(area, Fill(NO_FILL) if colour is None else Fill(SOLID, colour))

    @property
    def note(self) -> Note | None:
        text = self._sheet.backend.note(self.row, self.column)
        return None if text is None else Note(self._sheet, self.row, self.column)

    def add_note(self, text: str) -> Note:
        assert self._sheet.backend.note(self.row, self.column) is None, "Excel 不许一格有两个批注"
        self._sheet.backend.set_note(self.row, self.column, text)
        return Note(self._sheet, self.row, self.column)

    @property
    def merge_area(self) -> Range:
        return Range(self._sheet, [self._sheet.backend.merged(self.row, self.column)])

    def dress(self, look: str, value: Any) -> None:
        for area in self.areas:
            self._sheet.backend.dress(area, look, value)

    column_width = property(fset=lambda self, value: self.dress("ColumnWidth", value))
    number_format = property(fset=lambda self, value: self.dress("NumberFormat", value))

    def select(self) -> None:
        """Excel selects cells of the sheet that is shown, of no other."""
        if (self._sheet.book.selected or ("",))[0] != self._sheet.backend.name:
            raise RuntimeError("1004")
        address = _address(self.areas[0])
        self._sheet.book.selected = (self._sheet.backend.name, address)
        self._sheet.book.backend.select(self._sheet.backend.name, address)


class Note(Counted, base.Note):
    def __init__(self, sheet: Sheet, row: int, column: int) -> None:
        self._sheet, self._at = sheet, (row, column)
        self._backend = sheet.backend

    @property
    def location(self) -> Range:
        return Range(self._sheet, [(*self._at, *self._at)])

    @property
    def text(self) -> str:
        return self._backend.note(*self._at) or ""

    @text.setter
    def text(self, value: str) -> None:
        self._backend.set_note(*self._at, value)

    def delete(self) -> None:
        self._backend.set_note(*self._at, None)


def _area(text: str) -> Area:
    first, _, last = text.partition(":")
    if first.isalpha():
        return 1, _number(first), 1_048_576, _number(last or first)
    if first.isdigit():
        return int(first), 1, int(last or first), 16_384
    corners = [_CELL.fullmatch(part.strip()) for part in text.split(":")]
    (top, left), (bottom, right) = ((int(match[2]), _number(match[1])) for match in (corners[0], corners[-1]) if match)
    return top, left, bottom, right


def _corner(item: Any) -> Area:
    if isinstance(item, Range):
        return item.areas[0]
    return (*item, *item) if isinstance(item, tuple) else _area(item)


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _address(area: Area, row: str = "", column: str = "") -> str:
    def one(at_row: int, at_column: int) -> str:
        return f"{column}{Place('', 0, at_column - 1).address[:-1]}{row}{at_row}"

    top, left, bottom, right = area
    first, last = one(top, left), one(bottom, right)
    return first if first == last else f"{first}:{last}"


def opened(backend: BookBackend, engine: str) -> tuple[xw.Book, App]:
    """The workbook as xlwings has it, and the application it is open in."""
    xw.engines.add(xw.Engine(impl=Engine(engine)))
    xw.engines[engine].activate()
    app = xw.engines[engine].impl.apps.app
    book = Book(app, backend)
    app.books.items.append(book)
    return xw.Book(impl=book), app
