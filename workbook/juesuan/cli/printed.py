"""The tables a text prints, as a workbook: from its text where every amount is printed, else from their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from juesuan.errors import UnreadableBook
from juesuan.intake.judge import read_as

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.model import Edition
    from juesuan.proofread.document import Document
    from juesuan.proofread.printed_tables import Printed


class PrintedBook(NamedTuple):
    """`printed`: the amounts by table, row and field; `data`: the workbook they were put into, as `book` reads it."""

    printed: Printed
    data: bytes
    book: Book


def printed_book(document: Document, edition: Edition, asked: str, end: int) -> PrintedBook:
    """The tables printed before `end` of the text; `asked`: the edition to read cells as, or that it be recognised.

    Raises UnreadableBook when hardly one can be read.
    """
    from juesuan.proofread.cell_tables import cell_tables
    from juesuan.proofread.printed_tables import FEWEST_TABLES, printed_in, printed_tables
    from juesuan.reading.files import workbook_of
    from juesuan.reading.recognise import read_book
    from juesuan.template.printed_form import printed_workbook, workbook_of_cells

    found: PrintedBook | None = None
    trouble: UnreadableBook | None = None
    try:
        printed = printed_tables(document, edition, end)
        data = printed_workbook(printed, edition)
        found = PrintedBook(printed, data, read_book(workbook_of(document.path, data), edition))
        if not printed.unread:
            return found
    except UnreadableBook as error:
        trouble = error
    cells = cell_tables(document)
    try:
        data = workbook_of_cells(cells) if cells else b""
        book = read_as(workbook_of(document.path, data), asked)[0] if cells else None
    except UnreadableBook:
        book = None
    if book and len(book.sheets) >= FEWEST_TABLES and (found is None or len(book.sheets) > len(found.book.sheets)):
        return PrintedBook(printed_in(book, document, end), data, book)
    if found is None:
        raise trouble or UnreadableBook(f"“{document.path}”里没有找到能提取的决算公开表。")
    return found
