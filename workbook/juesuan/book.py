"""What is read: a Book holds one unit's figures, each a Cell that knows where it stands and how it was rounded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

from juesuan.model import TOTAL, Edition, Table
from juesuan.money import Currency

T = TypeVar("T")
State = Literal["given", "blank", "awaited", "unreadable", "uncached"]
Key = tuple[str, str, str]
"""Table, row and field of a cell."""


class Place(NamedTuple):
    """Where a cell stands: worksheet and zero-based row and column."""

    sheet: str
    row: int
    column: int

    @property
    def address(self) -> str:
        letters, left = "", self.column + 1
        while left:
            left, digit = divmod(left - 1, 26)
            letters = chr(65 + digit) + letters
        return f"{letters}{self.row + 1}"


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


class RowLabel(NamedTuple):
    """How a row of amounts is labelled in the sheet: `code` and `name` as typed."""

    key: str
    code: str
    name: str
    place: Place
    number: str = ""


class Stray(NamedTuple):
    """Something in a table that was not recognised; `place` says where, `text` what stands there."""

    table: str
    place: Place
    text: str
    kind: Literal["column", "row", "code"]


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

    @property
    def mentions_rounding(self) -> bool:
        """Whether a note below the table says that it may have 尾差."""
        return any(word in text for text in self.notes for word in ("尾差", "尾数", "四舍五入"))

    def spot(self, name: str) -> Place:
        """Where a text around the table stands, or should stand: by the title."""
        return self.spots.get(name, self.place)


class Book:
    """One unit's figures for one year, read from one workbook.

    `cells` maps (table, row, field) to a Cell; rows are line ids, codes, ``total`` or, for a code
    that occurs again, ``code#2``. `facts` are labelled texts such as 单位性质; `hidden` and `left_out` say in
    words what is hidden and which worksheets were not read; `doubt` why it may be of another edition.
    `last_year` is the book of the year before, if given. `filled` names the cells that hold a sum of printed
    amounts, by a formula or by `fill`; `formulas` those with a
    formula's result, where that matters: in 万元 and in our own template. `unread` tells where the titles of tables
    stand whose headings were not recognised. `ratios` are the cells of lines of shares, in millionths.
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
        ratios: Mapping[Key, Cell] = MappingProxyType({}),
    ) -> None:
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
        self.ratios = dict(ratios)
        self.sheets = {sheet.table.id: sheet for sheet in sheets}
        self.cells = {(cell.table, cell.row, cell.field): cell for cell in cells}
        self._amounts: dict[str, list[Cell]] = {}
        self._rows: dict[str, dict[str, list[str]]] = {}
        self._branches: dict[str, set[str]] = {}
        self._children: dict[str, dict[str, list[str]]] = {}

    @cached_property
    def unit(self) -> str | None:
        return most_common(sheet.unit for sheet in self.sheets.values() if sheet.unit)

    @cached_property
    def year(self) -> int | None:
        return most_common(sheet.year for sheet in self.sheets.values() if sheet.year)

    @cached_property
    def strayed(self) -> tuple[Sheet, ...]:
        """Sheets on which something was not recognised."""
        return tuple(sheet for sheet in self.sheets.values() if sheet.strays)

    @cached_property
    def repeats_codes(self) -> bool:
        return any("#" in row for _, row, _ in self.cells)

    @property
    def uncached(self) -> list[Key]:
        """The cells whose formula was never calculated, and that were not computed since."""
        return [key for key, cell in self.cells.items() if cell.state == "uncached" and cell.fen is None]

    def with_cells(self, cells: dict[Key, Cell]) -> "Book":
        """The same book with `cells` in place of its own."""
        other = Book.__new__(Book)
        other.__dict__ |= self.__dict__ | {"cells": cells, "_amounts": {}}
        return other

    def sheet(self, table_id: str) -> Sheet | None:
        return self.sheets.get(table_id)

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
        if not self._amounts:
            self._amounts = {name: [] for name in self.sheets}
            for cell in self.cells.values():
                self._amounts[cell.table].append(cell)
        return self._amounts.get(table, [])

    def holds(self, cell: Cell) -> bool:
        """Whether `cell` is one of this book, not of last year's."""
        return self.cell(cell.table, cell.row, cell.field) is cell

    def rows_of(self, table: str, code: str) -> list[str]:
        """Keys of the rows that carry `code`: none, one, or several when a code is repeated."""
        if table not in self._rows:
            keys: dict[str, list[str]] = defaultdict(list)
            if sheet := self.sheets.get(table):
                for key in present_in_order(sheet.rows):
                    if key == TOTAL or code_of(key) != TOTAL:
                        keys[code_of(key)].append(key)
            self._rows[table] = keys
        return self._rows[table].get(code, [])

    def has_below(self, table: str, code: str) -> bool:
        """Whether any row of the table belongs below `code`; below 合计 every row does."""
        if table not in self._branches:
            sheet = self.sheets.get(table)
            codes = [code_of(row.key) for row in sheet.rows] if sheet else []
            self._branches[table] = {own[:length] for own in codes for length in (3, 5, 7)} | (
                {TOTAL} if codes else set()
            )
        return code in self._branches[table]

    def children(self, table: str, row: str) -> list[str]:
        """Keys of the rows directly below `row`: by code prefix, or by the form's own declaration.

        A row whose 类 or 款 is missing counts below its nearest ancestor that is there, so that a missing
        row is one finding and breaks no sum.
        """
        if table not in self._children:
            self._children[table] = self._tree(table)
        return self._children[table].get(row, [])

    def leaves(self, table: str, row: str) -> list[str]:
        below: list[str] = []
        for child in self.children(table, row):
            below += self.leaves(table, child) or [child]
        return below

    def _tree(self, table_id: str) -> dict[str, list[str]]:
        tree: dict[str, list[str]] = defaultdict(list)
        sheet = self.sheets.get(table_id)
        if sheet is None:
            return tree
        parts = {line.id: line.part_of for line, _ in sheet.table.all_lines if line.part_of}
        present = {row.key for row in sheet.rows}
        for key in present_in_order(sheet.rows):
            if key in parts:
                tree[parts[key] or ""].append(key)
            elif key[0].isdigit():
                ancestors = (code_of(key)[:length] for length in (5, 3) if len(code_of(key)) > length)
                tree[next((code for code in ancestors if code in present), TOTAL)].append(key)
        return tree


def code_of(row: str) -> str:
    """The code a row key stands for: ``2010350#2`` is a second row of 2010350."""
    return row.partition("#")[0]


def present_in_order(rows: Iterable[RowLabel]) -> list[str]:
    return list(dict.fromkeys(row.key for row in rows))


def most_common(values: Iterable[T]) -> T | None:
    """The most frequent value, the first of equals."""
    counts: dict[T, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    return max(counts, key=lambda value: counts[value], default=None)
