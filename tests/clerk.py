"""A template filled in as a clerk does it, and what LibreOffice then shows in it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from exact import ABROAD
from juesuan.book import Book, Key
from juesuan.check import Checked, check
from juesuan.edition import load_edition
from juesuan.expr import Leaves, references
from juesuan.fill import fill
from juesuan.model import TOTAL, Table
from juesuan.money import FEN_PER, WAN_STEP, Currency, round_fen
from juesuan.ooxml.saving import workbook_bytes
from juesuan.reading.files import WorkbookFile, open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import Catalogue, load_catalogue
from juesuan.template.form import CodeRow, Form, Heading, draw
from juesuan.template.template import SPARE_ROWS, Order, build_template
from published_book import jiaozuo
from tools import libreoffice

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)
TABLES = {table.id: table for table in EDITION.template_tables}
CODED = {name: table for name, table in TABLES.items() if table.layout == "codes"}
SIGNS = ("平", "尾差", "核实", "不平")
RANKS = {"error": 3, "warning": 2, "info": 1}

Exact = Mapping[Key, int]


def codes_of(exact: Exact, table: str) -> list[str]:
    return sorted({row for name, row, _ in exact if name == table and row.isdigit()})


@cache
def form_of(table: str) -> Form:
    """Where the amounts of a table of fixed lines stand."""
    sheet = Workbook().worksheets[0]
    return draw(sheet, TABLES[table], Heading("某局", 2024, "元"), (), {})


def total_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == "合计")


def open_rows(sheet: Worksheet) -> range:
    """The rows for codes, between 合计 and the thin locked closing row."""
    first = total_row(sheet) + 1
    return range(first, next(row for row in range(first, sheet.max_row) if sheet.cell(row, 1).protection.locked))


class Template:
    """A template in openpyxl's hands: fill it in, save it, and clear it for the next book."""

    def __init__(self, currency: Currency, codes: Iterable[str] = (), catalogue: Catalogue = CATALOGUE) -> None:
        rows = [CodeRow(code, f"科目{code}") for code in codes]
        self.currency = currency
        self.file = build_template(catalogue, Order("某局", 2024, currency, rows))
        self._before: dict[tuple[str, int, int], Any] = {}

    def sheet(self, table: str) -> Worksheet:
        found = self.file[TABLES[table].label]
        assert isinstance(found, Worksheet)
        return found

    def type_in(self, sheet: str, row: int, column: int, value: object) -> None:
        cell: Any = self.file[sheet].cell(row, column)
        self._before.setdefault((sheet, row, column), cell.value)
        cell.value = value

    def clear(self) -> None:
        """Everything back to what it was before it was typed in."""
        for (sheet, row, column), value in self._before.items():
            cell: Any = self.file[sheet].cell(row, column)
            cell.value = value
        self._before.clear()

    def printed(self, fen: int) -> float:
        """An exact amount as it is typed in the currency of the template."""
        step = WAN_STEP if self.currency == "万元" else 1
        return float(Decimal(round_fen(fen, step)) / FEN_PER[self.currency])

    def fill_in(self, exact: Exact, seed: int = 0, backwards: bool = False) -> None:
        """Type in every input: codes as numbers or texts as it comes, amounts of the 项, and of the fixed lines.

        `backwards` lists the codes from the last to the first, which only sorting puts right.
        """
        chance = random.Random(seed)
        self.type_in("封面", 6, 3, "事业单位")
        for name, table in TABLES.items():
            if name in CODED:
                self._list(table, exact, chance, backwards)
            else:
                self._fixed(table, exact)
        for field, code in ABROAD.items():
            actual = exact.get(("three_public", "actual", field), 0)
            basic = exact.get(("basic_expenditure", code, "amount"), 0)
            project = round(self.printed(actual) - self.printed(basic), 2)
            self.type_in("三公汇总", *form_of("three_public_summary").cells["project", field], project)

    def _list(self, table: Table, exact: Exact, chance: random.Random, backwards: bool) -> None:
        first = total_row(self.sheet(table.id)) + 1
        codes = sorted(codes_of(exact, table.id), reverse=backwards)
        for row, code in enumerate(codes, first):
            self.type_in(table.label, row, 1, code if chance.random() < 0.5 else int(code))
            self.type_in(table.label, row, 2, f"科目{code}")
            for column, field in enumerate(table.fields, 3):
                if not field.derived and len(code) == 7:
                    amount = exact.get((table.id, code, field.id), 0)
                    self.type_in(table.label, row, column, self.printed(amount))
        listed = self.sheet(table.id)
        for row in open_rows(listed)[len(codes) :]:
            if str(listed.cell(row, 1).value or "").isdigit():
                self.type_in(table.label, row, 1, None)
                self.type_in(table.label, row, 2, None)

    def _fixed(self, table: Table, exact: Exact) -> None:
        sheet = self.sheet(table.id)
        for (row, field), place in form_of(table.id).cells.items():
            if sheet.cell(*place).value is None:
                self.type_in(table.label, *place, self.printed(exact.get((table.id, row, field), 0)))

    def save(self, path: Path) -> Path:
        path.write_bytes(workbook_bytes(self.file))
        return path


@cache
def spare_template(currency: Currency) -> Template:
    """An empty template, filled in and cleared again for one book after the other."""
    return Template(currency)


def template_for(exact: Exact, currency: Currency) -> Template:
    """The empty template if its spare rows are enough, else one that lists the codes."""
    needed = max(len(codes_of(exact, table)) for table in CODED)
    if needed <= SPARE_ROWS:
        return spare_template(currency)
    return Template(currency, [code for code in codes_of(exact, "expenditure") if len(code) == 7])


def published() -> dict[Key, int]:
    """焦作2024 in 分, as if its published 万元 were exact."""
    amounts = jiaozuo().amounts
    return {key: int(amount * FEN_PER["万元"]) for key, amount in amounts.items() if amount is not None}


Slip = Callable[[Template, Exact], None]
"""A mistake made in a template after it was filled in."""


def filled_file(path: Path, exact: Exact, currency: Currency, seed: int = 0, slip: Slip | None = None) -> Path:
    """A template with the inputs of the book typed in, and what `slip` then does to it."""
    template = template_for(exact, currency)
    template.fill_in(exact, seed)
    if slip:
        slip(template, exact)
    template.save(path)
    template.clear()
    return path


def recalculate(batches: Iterable[Sequence[Path]], home: Path) -> dict[str, Path]:
    """The files as LibreOffice saves them after computing every formula, by name; two batches at once.

    A batch is recalculated while the next one is still being made.
    """
    result = home / "recalculated"

    def convert(number: int, batch: Sequence[Path]) -> list[Path]:
        libreoffice(["--convert-to", "xlsx", "--outdir", result, *batch], home / f"profile {number}")
        return list(batch)

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(convert, number, batch) for number, batch in enumerate(batches)]
        return {path.stem: result / path.name for batch in running for path in batch.result()}


class Recalculated(NamedTuple):
    """A recalculated template: what `check` says, and the worst sign of every rule, in 勾稽检查 and of `check`."""

    checked: Checked
    signs: dict[str, int]
    told: dict[str, int]

    @property
    def book(self) -> Book:
        return self.checked.book


def worst_of(checked: Checked, rules: Iterable[str]) -> dict[str, int]:
    """The worst that is said of each rule."""
    worst: dict[str, int] = defaultdict(int)
    for finding in checked.findings:
        if finding.rule == "TAIL":
            for cell in finding.cells:
                worst[cell.rule or ""] = max(worst[cell.rule or ""], 1)
        else:
            worst[finding.rule] = max(worst[finding.rule], RANKS[finding.level])
    return {rule: worst[rule] for rule in rules}


@cache
def shown_rules() -> tuple[str, ...]:
    """Relations between this year's tables, but for those that add up 项 at any depth."""
    return tuple(
        rule.code
        for rule in CATALOGUE.rules
        if rule.comparison is not None
        and set(rule.tables) <= TABLES.keys()
        and not isinstance(rule.comparison.right, Leaves)
        and not any(reference.last_year for reference in references(rule.comparison))
    )


def read(path: Path) -> Book:
    return read_book(open_workbook(str(path)), EDITION)


def look_at(path: Path) -> Recalculated:
    file = open_workbook(str(path))
    checked = check(read_book(file, EDITION), CATALOGUE)
    return Recalculated(checked, signs_in(file), worst_of(checked, (*shown_rules(), "FORM006")))


def signs_in(file: WorkbookFile) -> dict[str, int]:
    """The worst sign of every rule in 勾稽检查."""
    [grid] = [grid for grid in file.grids if grid.name == "勾稽检查"]
    signs: dict[str, int] = {}
    for row in range(4, grid.bottom):
        rule, sign = str(grid.value(row, 0)), str(grid.value(row, 6))
        signs[rule] = max(signs.get(rule, 0), SIGNS.index(sign))
    return signs


def amounts_of(book: Book) -> dict[Key, int]:
    return {key: cell.fen or 0 for key, cell in book.cells.items()}


def is_derived(key: Key) -> bool:
    """Whether the form computes a cell; rows of 类 and 款 add up the 项 below them."""
    table = TABLES[key[0]]
    line, field = table.line(key[1], key[2]), table.field(key[2])
    if (line and line.derived) or (field and field.derived):
        return True
    if table.layout == "items":
        return len(key[1]) == 3
    return table.layout == "codes" and (key[1] == TOTAL or len(key[1]) < 7)


def filled_by_rules(book: Book) -> dict[Key, int]:
    """What `fill` gives the derived cells, from the inputs of the book alone."""
    cells = {
        key: cell._replace(fen=None, state="blank") if is_derived(key) else cell for key, cell in book.cells.items()
    }
    return amounts_of(fill(book.with_cells(cells), CATALOGUE).book)
