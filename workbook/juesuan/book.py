"""What is read: a Book holds one unit's figures, each a Cell that knows where it stands and how it was rounded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar

from juesuan.hierarchy import Hierarchy
from juesuan.model import Edition, Table
from juesuan.money import Currency
from juesuan.place import Place
from juesuan.record import NamedTuple

if TYPE_CHECKING:
    from juesuan.explanation import Explanation

T = TypeVar("T")
StrayKind = Literal["column", "row", "code", "apart"]
State = Literal["given", "blank", "awaited", "unreadable", "uncached"]
Key = tuple[str, str, str]
"""Table, row and field of a cell."""


class Cell(NamedTuple):
    """One amount of a Book.

    `fen`: the amount in 分, None when blank. `step`: the rounding it was printed with, in 分 (1 = exact).
    `state`: ``given`` as typed, ``blank``, ``awaited`` (blank and not to be taken for nothing), ``unreadable``
    (something that is no amount) or
    ``uncached`` (a formula that was never calculated; `fen` and `span`, the interval of what it sums, may
    then be our own computation).
    """

    table: str
    row: str
    field: str
    place: Place
    fen: int | None
    step: int
    signed: bool = False
    state: State = "given"
    raw: str = ""
    tidy: str | None = None
    span: tuple[int, int] | None = None

    @property
    def key(self) -> Key:
        return self.table, self.row, self.field

    @property
    def interval(self) -> tuple[int, int]:
        """The exact amounts (分, both ends included) that are printed as this cell is.

        Half-open rounding cells: an amount halfway rounds away from zero. A printed 0.00, or a blank,
        of an item that cannot be negative hides at most just under half a step.
        """
        if self.span is not None:
            return self.span
        fen, half = self.fen or 0, self.step // 2
        if self.step == 1:
            return fen, fen
        if fen == 0:
            return (1 - half if self.signed else 0), half - 1
        return (fen - half, fen + half - 1) if fen > 0 else (fen - half + 1, fen + half)


Line = dict[str, Cell]
"""The cells of one row by field."""

Lines = dict[str, Line]
"""The cells of one table by row and field."""


class RowLabel(NamedTuple):
    """How a row of amounts is labelled in the sheet: `code` and `name` as typed."""

    key: str
    code: str
    name: str
    place: Place
    number: str = ""


class Stray(NamedTuple):
    """Something in a table that was not recognised, `text`, where it stands; what is ``apart`` is in no sum."""

    table: str
    place: Place
    text: str
    kind: StrayKind


class Sheet(NamedTuple):
    """One recognised table of a book: its rows in printed order and the texts around it.

    `spots` says where the texts ``label``, ``unit``, ``year``, ``currency`` and ``note`` stand; `pending`: formulas
    below the rows were never calculated, so that a note may yet appear there.
    """

    table: Table
    name: str
    place: Place
    order: int
    rows: tuple[RowLabel, ...]
    columns: frozenset[str]
    label: str | None
    unit: str | None
    year: int | None
    currency: Currency | None
    notes: tuple[str, ...]
    strays: tuple[Stray, ...] = ()
    untidy_codes: tuple[RowLabel, ...] = ()
    spots: Mapping[str, Place] = MappingProxyType({})
    pending: bool = False

    def spot(self, name: str) -> Place:
        """Where a text around the table stands, or should stand: by the title."""
        return self.spots.get(name, self.place)


class Book:
    """One unit's figures for one year, read from one workbook.

    `cells` maps (table, row, field) to a Cell; rows are line ids, codes, ``total`` or, for a code
    that occurs again, ``code#2``. `facts` are labelled texts such as 单位性质; `hidden` and `left_out` say in
    words what is hidden and which worksheets were not read; `doubt` why it may be of another edition.
    `last_year` is the book of the year before, if given. `filled` names the cells that hold a sum of printed amounts,
    by a formula or by `fill`; `formulas` those with a formula's result, where that matters: in 万元 and in our own
    template. `unread` tells where titles stand below which no headings were recognised; `perhaps`: of tables that
    were not found, the worksheets that may hold them. `misread`: cells beside the tables that are no numbers;
    `ratios`: shares, in millionths; `explanations`: the 说明.
    """

    def __init__(
        self,
        edition: Edition,
        sheets: Iterable[Sheet] = (),
        cells: Iterable[Cell] = (),
        *,
        currency: Currency = "万元",
        facts: dict[str, str] | None = None,
        hidden: Iterable[str] = (),
        left_out: Iterable[str] = (),
        doubt: str = "",
        last_year: "Book | None" = None,
        filled: Iterable[Key] = (),
        formulas: Iterable[Key] = (),
        unread: Mapping[str, Place] = MappingProxyType({}),
        perhaps: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        misread: Mapping[Place, str] = MappingProxyType({}),
        ratios: Mapping[Key, Cell] = MappingProxyType({}),
    ) -> None:
        self.explanations: tuple[Explanation, ...] = ()
        self.edition = edition
        self.currency: Currency = currency
        self.facts = facts or {}
        self.hidden = tuple(hidden)
        self.left_out = tuple(left_out)
        self.doubt = doubt
        self.last_year = last_year
        self.filled = frozenset(filled)
        self.formulas = frozenset(formulas)
        self.unread = dict(unread)
        self.perhaps = dict(perhaps)
        self.misread = dict(misread)
        self.ratios = dict(ratios)
        self.sheets = {sheet.table.id: sheet for sheet in sheets}
        self.cells: Mapping[Key, Cell] = {(cell.table, cell.row, cell.field): cell for cell in cells}
        self._hierarchies: dict[str, Hierarchy] = {}

    @cached_property
    def unit(self) -> str | None:
        return most_common(sheet.unit for sheet in self.sheets.values() if sheet.unit)

    @cached_property
    def year(self) -> int | None:
        return most_common(sheet.year for sheet in self.sheets.values() if sheet.year)

    @cached_property
    def strayed(self) -> tuple[Sheet, ...]:
        """Sheets on which something was not recognised that a sum may need."""
        return tuple(sheet for sheet in self.sheets.values() if any(stray.kind != "apart" for stray in sheet.strays))

    def lost_row(self, table: str) -> Stray | None:
        """A row of a table that was not recognised and may be of any code; None when there is none."""
        sheet = self.sheets.get(table)
        return next((stray for stray in sheet.strays if stray.kind in ("row", "code")), None) if sheet else None

    @cached_property
    def repeats_codes(self) -> bool:
        return any("#" in row for lines in self.lines.values() for row in lines)

    @cached_property
    def is_doubtful(self) -> bool:
        """Whether any amount cannot be told."""
        return any(cell.state not in ("given", "blank") for cells in self.oddities.values() for cell in cells)

    @property
    def uncached(self) -> list[Key]:
        """The cells whose formula was never calculated, and that were not computed since."""
        return [key for key, cell in self.cells.items() if cell.state == "uncached" and cell.fen is None]

    def with_cells(self, cells: Mapping[Key, Cell]) -> "Book":
        """The same book with `cells` in the places of those that go by the same keys."""
        other = Book.__new__(Book)
        other.__dict__ |= self.__dict__ | {"cells": {**self.cells, **cells}}
        for derived in ("lines", "repeats_codes", "is_doubtful", "oddities"):
            other.__dict__.pop(derived, None)
        return other

    @cached_property
    def lines(self) -> dict[str, Lines]:
        """The cells of each table by row and field."""
        lines: dict[str, Lines] = {name: {} for name in self.sheets}
        for cell in self.cells.values():
            if cell.table not in lines:
                lines[cell.table] = {}
            table = lines[cell.table]
            if cell.row not in table:
                table[cell.row] = {}
            table[cell.row][cell.field] = cell
        return lines

    def sheet(self, table_id: str) -> Sheet | None:
        return self.sheets.get(table_id)

    def label(self, table: str, row: str) -> RowLabel | None:
        """How a row is labelled; the first of those that go by one key."""
        return self._labels.get((table, row))

    @cached_property
    def _labels(self) -> dict[tuple[str, str], RowLabel]:
        return {(table, row.key): row for table, sheet in self.sheets.items() for row in reversed(sheet.rows)}

    def cell(self, table: str, row: str, field: str) -> Cell | None:
        return self.cells.get((table, row, field))

    def find(self, reference: str) -> Cell | None:
        """The amount at “公开03表!D12”: the worksheet or the table by its name, and an address."""
        name, _, address = reference.rpartition("!")
        name, address = name.strip().strip("'"), address.strip().replace("$", "").upper()
        names = {
            sheet.name for sheet in self.sheets.values() if name in (sheet.name, sheet.table.name, sheet.table.title)
        }
        found = (cell for cell in self.cells.values() if cell.place.sheet in names and cell.place.address == address)
        return next(found, None)

    def amounts(self, table: str) -> list[Cell]:
        """The cells of a table."""
        return [cell for line in self.lines.get(table, {}).values() for cell in line.values()]

    @cached_property
    def oddities(self) -> dict[str, list[Cell]]:
        """By table the cells that are neither plain numbers nor blanks."""
        odd: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.cells.values():
            if cell.raw or cell.tidy is not None or cell.state not in ("given", "blank"):
                odd[cell.table].append(cell)
        return odd

    def holds(self, cell: Cell) -> bool:
        """Whether `cell` is one of this book, not of last year's."""
        return self.cell(cell.table, cell.row, cell.field) is cell

    def hierarchy(self, table: str) -> Hierarchy:
        """The rows of a table by code and by what stands below what; of one that was not read there are none."""
        if table not in self._hierarchies:
            sheet = self.sheets.get(table)
            keys = [row.key for row in sheet.rows] if sheet else []
            self._hierarchies[table] = Hierarchy(keys, sheet.table.parts if sheet else {})
        return self._hierarchies[table]

    def rows_of(self, table: str, code: str) -> list[str]:
        """Keys of the rows that carry `code`."""
        return self.hierarchy(table).carrying(code)

    def children(self, table: str, row: str) -> list[str]:
        """Keys of the rows directly below `row`."""
        return self.hierarchy(table).children(row)

    def leaves(self, table: str, row: str) -> list[str]:
        return self.hierarchy(table).leaves(row)


def most_common(values: Iterable[T]) -> T | None:
    """The most frequent value, the first of equals."""
    counts: dict[T, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    return max(counts, key=lambda value: counts[value], default=None)
