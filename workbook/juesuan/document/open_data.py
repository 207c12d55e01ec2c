"""The published figures for programs: every amount with its table, row and column, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import NamedTuple

from juesuan.book import Book
from juesuan.money import WAN_STEP, round_fen, to_text
from juesuan.wording import row_name

_HEADINGS = ("部门", "年度", "表号", "表名", "行标识", "行名", "栏标识", "栏名", "金额（万元）")


class Figure(NamedTuple):
    label: str
    table: str
    row: str
    row_name: str
    field: str
    field_name: str
    amount: str


def figures(book: Book) -> Iterator[Figure]:
    """In the order of the tables; amounts in 万元 with two decimals, blanks as nothing."""
    for table in book.edition.tables:
        if table.optional or book.sheet(table.id) is None:
            continue
        for cell in book.amounts(table.id):
            field = table.field(cell.field)
            amount = "" if cell.fen is None else to_text(round_fen(cell.fen, WAN_STEP), "万元")
            name = row_name(book, table.id, cell.row)
            title = "·".join(field.header) if field else cell.field
            yield Figure(table.label, table.title, cell.row, name, cell.field, title, amount)


def as_csv(book: Book) -> bytes:
    """With a byte order mark, so that Excel reads the Chinese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    writer.writerows((book.unit, book.year, *figure) for figure in figures(book))
    return text.getvalue().encode("utf-8-sig")


def as_json(book: Book) -> bytes:
    content = {
        "schema": "juesuan.figures/1",
        "unit": book.unit,
        "year": book.year,
        "edition": book.edition.id,
        "currency_unit": "万元",
        "figures": [figure._asdict() for figure in figures(book)],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
