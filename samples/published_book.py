"""The published accounts of one unit, and workbooks drawn from such accounts in the official form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.classification import economic
from juesuan.edition import load_edition
from juesuan.model import TOTAL, Edition, Table, plain_label
from juesuan.money import Currency
from juesuan.template.form import CodeRow, Form, Heading, draw, put

FOLDER = Path(__file__).parent
NUMBERS = {
    "01": "summary",
    "02": "revenue",
    "03": "expenditure",
    "04": "appropriation_summary",
    "05": "general_budget",
    "06": "basic_expenditure",
    "07": "government_fund",
    "08": "state_capital",
    "09": "three_public",
}

ZERO = Decimal("0.00")

Amounts = dict[tuple[str, str, str], Decimal | None]


class Published(NamedTuple):
    """Figures by (table, row, field) in `currency`, and the open rows of each table of codes in printed order.

    `unit_type` is the 单位性质 that a cover sheet states, if there is one; `names` are those of economic codes that
    are called otherwise than today.
    """

    unit: str
    year: int
    amounts: Amounts
    rows: dict[str, tuple[CodeRow, ...]]
    unit_type: str = ""
    currency: Currency = "万元"
    names: Mapping[str, str] = MappingProxyType({})


class Drawn(NamedTuple):
    """A workbook and where every amount stands in it, by table."""

    file: Workbook
    forms: dict[str, Form]

    def sheet(self, table: str) -> Worksheet:
        return self.file.worksheets[list(self.forms).index(table) - len(self.forms)]

    def at(self, table: str, row: int, column: int) -> Cell:
        found = self.sheet(table).cell(row, column)
        assert isinstance(found, Cell)
        return found

    def amount(self, table: str, row: str, field: str) -> Cell:
        return self.at(table, *self.forms[table].cells[row, field])

    def label(self, table: str, row: str) -> Cell:
        """The cell that says what a row is: its code, or the words of a fixed line."""
        line, column = min(place for key, place in self.forms[table].cells.items() if key[0] == row)
        texts = [cell for cell in self.sheet(table)[line][: column - 1] if isinstance(cell.value, str)]
        coded = texts[-1].offset(0, -1) if len(texts) > 1 else texts[-1]
        label = coded if isinstance(coded.value, str) else texts[-1]
        assert isinstance(label, Cell)
        return label

    def beside(self, cell: Cell, steps: int) -> Cell:
        found = cell.offset(0, steps)
        assert isinstance(found, Cell)
        return found


def jiaozuo() -> Published:
    """焦作市公共资源交易中心 2024, every figure as published."""
    return account("焦作2024")


def account(name: str) -> Published:
    """The account ``published/<name>.json``, every figure as published.

    The two of 上海普陀 have the columns and lines of Henan's form without its line numbers; their 08 has columns more,
    but no rows. As they were published, ``tests/shanghai.py`` writes them.
    """
    content = json.loads((FOLDER / "published" / f"{name}.json").read_text(encoding="utf-8"))
    edition = load_edition("henan-2024")
    amounts: Amounts = {}
    rows: dict[str, tuple[CodeRow, ...]] = {}
    for number, entry in content["tables"].items():
        table = edition.table(NUMBERS[number])
        assert table is not None
        amounts |= {(table.id, *key): _decimal(text) for key, text in _figures(table, entry).items()}
        if table.layout == "codes":
            rows[table.id] = tuple(CodeRow(code, name) for code, name, *_ in entry["rows"] if code)
    return Published(content["unit"], content["year"], amounts, rows)


def _figures(table: Table, entry: dict[str, Any]) -> dict[tuple[str, str], str]:
    figures: dict[tuple[str, str], str] = {}
    if table.layout == "lines":
        for side, rows in zip(table.sides, (entry["income"], entry["expenditure"]), strict=True):
            lines = {line.id: line for line in side.lines if line.id}
            labelled = (row for row in rows if row[0])
            for (name, line), (label, number, *texts) in zip(lines.items(), labelled, strict=True):
                assert number in (str(line.number), ""), label
                assert plain_label(label) in map(plain_label, line.names), label
                figures |= {(name, field.id): text for field, text in zip(side.fields, texts, strict=True)}
    elif table.layout == "codes":
        for code, _, *texts in entry["rows"]:
            row = code or TOTAL
            figures |= {(row, field.id): text for field, text in zip(table.fields, texts, strict=True)}
    elif table.layout == "items":
        figures = {(code, "amount"): text for code, _, text in entry["rows"]}
        figures["personnel", "amount"] = entry["personnel_total"]
        figures["operating", "amount"] = entry["public_total"]
    else:
        for row in ("budget", "actual"):
            figures |= {(row, field.id): text for field, text in zip(table.fields, entry[row], strict=True)}
    return figures


def _decimal(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) if text else None


def workbook(book: Published, edition: Edition | None = None) -> Workbook:
    """The book in the official form of Henan, one worksheet a table, named by its label."""
    return drawn(book, edition).file


def drawn(book: Published, edition: Edition | None = None) -> Drawn:
    """As `workbook`, with the places of the amounts. One the book does not name is printed as the form prints zero."""
    file = Workbook()
    file.remove(file.worksheets[0])
    if book.unit_type:
        cover = file.create_sheet("封面")
        cover["A1"], cover["A3"] = f"{book.unit}{book.year}年度部门决算", f"单位性质：{book.unit_type}"
    names = {code.code: code.name for code in economic().values()} | dict(book.names)
    forms: dict[str, Form] = {}
    form_of = edition or load_edition("henan-2024")
    zero = ZERO if form_of.zero == "0.00" else None
    for table in form_of.tables:
        figures = {key[1:]: amount for key, amount in book.amounts.items() if key[0] == table.id}
        if table.optional and not figures:
            continue
        sheet = file.create_sheet(table.label or table.title)
        forms[table.id] = form = draw(
            sheet,
            table,
            Heading(book.unit, book.year, book.currency),
            book.rows.get(table.id, ()),
            names,
            statement=not any(figures.values()),
        )
        put(sheet, form, {key: figures.get(key) or zero for key in form.cells})
    return Drawn(file, forms)
