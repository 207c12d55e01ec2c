"""The tables of a book drawn anew as they are published: values only, in 万元, in the official form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.book import Book
from juesuan.classification import economic
from juesuan.hierarchy import CODE_LENGTHS, code_of
from juesuan.model import TOTAL, Table
from juesuan.money import FEN_PER, WAN_STEP, round_fen
from juesuan.template.form import CodeRow, Form, Heading, draw, put


class Published(NamedTuple):
    """A table as drawn on a worksheet of a workbook that holds nothing else."""

    table: Table
    sheet: Worksheet
    form: Form


def published_tables(book: Book) -> tuple[Workbook, tuple[Published, ...]]:
    """A new workbook with the published tables of the book, each figure rounded once to 0.01 万元.

    A table of which not all columns are declared is left out.
    """
    file = Workbook()
    file.remove(file.worksheets[0])
    names = {code.code: code.name for code in economic(book.year).values()}
    drawn = []
    for table in book.edition.tables:
        if table.optional or table.partial or book.sheet(table.id) is None:
            continue
        sheet = file.create_sheet(table.label or table.title)
        rows = tuple(_open_rows(table, book))
        figures = {(cell.row, cell.field): _published(cell.fen, book) for cell in book.amounts(table.id)}
        heading = Heading(book.unit or "", book.year, "万元")
        form = draw(sheet, table, heading, rows, names, statement=not any(figures.values()))
        put(sheet, form, {key: figures.get(key, _published(None, book)) for key in form.cells})
        sheet.freeze_panes = None
        drawn.append(Published(table, sheet, form))
    return file, tuple(drawn)


def _open_rows(table: Table, book: Book) -> Iterator[CodeRow]:
    """The rows of codes that hold an amount, and those above them, in the order of the book."""
    sheet = book.sheet(table.id)
    if table.layout != "codes" or sheet is None:
        return
    filled = {code_of(cell.row) for cell in book.amounts(table.id) if cell.fen} - {TOTAL}
    listed = {code[:length] for code in filled for length in CODE_LENGTHS}
    for row in sheet.rows:
        if (code := code_of(row.key)) in listed:
            yield CodeRow(code, row.name)


def _published(fen: int | None, book: Book) -> Decimal | None:
    """万元 with two decimals; nothing as the edition prints it, but what is too small to be seen as 0.00."""
    if not fen and book.edition.zero == "blank":
        return None
    return Decimal(round_fen(fen or 0, WAN_STEP)) / FEN_PER["万元"]
