"""The tables a text prints against those of the workbook, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.book import Book, Cell
from juesuan.money import to_fen
from juesuan.narrative.declaration import Sentence
from juesuan.narrative.facts import as_printed, printed
from juesuan.proofread.compare import Difference
from juesuan.proofread.entries import Told
from juesuan.proofread.numbers import show_number
from juesuan.proofread.printed_tables import Printed
from juesuan.proofread.reading import Found
from juesuan.wording import cell_name, row_name

RULE = "TXT028"


def side_by_side(tables: Printed, book: Book) -> Iterator[Difference]:
    """Where a printed amount differs from the workbook's; a row that stands in one of them only."""
    for (table_id, row, field), number in tables.amounts.items():
        cell, shown = book.cell(table_id, row, field), to_fen(number, tables.currency)
        if cell is None and shown and book.sheet(table_id):
            name = next(
                (name for code, name in tables.rows.get(table_id, ()) if code == row), row_name(book, table_id, row)
            )
            column = _column(table_id, field, book)
            words = f"印有“{row} {name}”{column}{show_number(shown, 'amount')}，工作簿里没有这一行。"
            yield Difference(RULE, _told(tables, table_id, book), None, words)
        elif cell and _is_known(cell) and printed(cell.fen or 0, "amount") != printed(shown, "amount"):
            yield _different(cell, shown, tables, book)
    listed = {(table_id, row) for table_id, row, _ in tables.amounts}
    for cell in book.cells.values():
        amount = printed(cell.fen or 0, "amount")
        if (
            cell.table in tables.starts
            and amount
            and (cell.table, cell.row) not in listed
            and not _unread(cell, tables, book)
        ):
            words = f"没有印出{cell_name(book, cell)}的 {show_number(amount, 'amount')}。"
            yield Difference(RULE, _told(tables, cell.table, book), None, words)


def _is_known(cell: Cell) -> bool:
    return cell.fen is not None or cell.state == "blank"


def _column(table_id: str, field: str, book: Book) -> str:
    table = book.edition.table(table_id)
    found = table.field(field) if table else None
    return f"的“{found.title}”" if found else ""


def _unread(cell: Cell, tables: Printed, book: Book) -> bool:
    table = book.edition.table(cell.table)
    return table is not None and table.name in tables.unread


def _different(cell: Cell, shown: int, tables: Printed, book: Book) -> Difference:
    should = printed(cell.fen or 0, "amount")
    words = f"印的是 {show_number(shown, 'amount')}，工作簿为 {show_number(should, 'amount')}。"
    basis = as_printed(should, "amount", "given", (cell,))
    return Difference(RULE, _told(tables, cell.table, book), None, words, shown, should, "amount", basis)


def _told(tables: Printed, table_id: str, book: Book) -> Told:
    table = book.edition.table(table_id)
    start = tables.starts.get(table_id, 0)
    title = table.title if table else table_id
    return Told(Found(f"{table.name if table else table_id}", Sentence((title,)), (), start, start + len(title)))
