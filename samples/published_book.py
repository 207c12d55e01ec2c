"""The published accounts of one unit, and workbooks drawn from them in the official form."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook

from juesuan.classification import economic
from juesuan.edition import load_edition
from juesuan.excel.form import CodeRow, Heading, draw, put
from juesuan.model import TOTAL, Edition, Table

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

Amounts = dict[tuple[str, str, str], Decimal | None]


class Published(NamedTuple):
    """Figures by (table, row, field) in 万元, and the open rows of each table of codes in printed order."""

    unit: str
    year: int
    amounts: Amounts
    rows: dict[str, tuple[CodeRow, ...]]


def jiaozuo() -> Published:
    """焦作市公共资源交易中心 2024, every figure as published."""
    content = json.loads((FOLDER / "published" / "焦作2024.json").read_text(encoding="utf-8"))
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
            for line, (_, number, *texts) in zip(side.lines, rows, strict=True):
                assert str(line.number) == number
                if line.id:
                    figures |= {(line.id, field.id): text for field, text in zip(side.fields, texts, strict=True)}
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
    edition = edition or load_edition("henan-2024")
    file = Workbook()
    file.remove(file.worksheets[0])
    names = {code.code: code.name for code in economic().values()}
    for table in edition.tables:
        if table.optional:
            continue
        sheet = file.create_sheet(table.label)
        figures = {key[1:]: amount for key, amount in book.amounts.items() if key[0] == table.id}
        form = draw(
            sheet,
            table,
            Heading(book.unit, book.year, "万元"),
            book.rows.get(table.id, ()),
            names,
            statement=not any(figures.values()),
        )
        put(sheet, form, {key: figures.get(key) for key in form.cells})
    return file
