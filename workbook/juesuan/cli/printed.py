"""The tables a text prints, as a workbook: from its text where every amount is printed, else from their cells."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from juesuan.errors import UnreadableBook
from juesuan.intake.judge import read_as

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.model import Edition
    from juesuan.proofread.document import Document
    from juesuan.proofread.printed_tables import Printed
    from juesuan.reading.files import WorkbookFile


class PrintedBook(NamedTuple):
    """`printed`: the amounts by table, row and field; `file`: the workbook they were put into, as `book` reads it."""

    printed: Printed
    file: WorkbookFile
    book: Book


def printed_book(document: Document, edition: Edition, asked: str, end: int) -> PrintedBook:
    """The tables printed before `end` of the text; `asked`: the edition to read cells as, or that it be recognised.

    Raises UnreadableBook when hardly one can be read.
    """
    from juesuan.proofread.printed_tables import FEWEST_TABLES, printed_in, printed_tables
    from juesuan.proofread.reader import cell_tables
    from juesuan.reading.files import workbook_of
    from juesuan.reading.recognise import read_book
    from juesuan.template.printed_form import printed_workbook, workbook_of_cells

    found: PrintedBook | None = None
    trouble: UnreadableBook | None = None
    try:
        printed = printed_tables(document, edition, end)
        file = workbook_of(document.path, printed_workbook(printed, edition))
        found = PrintedBook(printed, file, read_book(file, edition))
        if not printed.unread:
            return found
    except UnreadableBook as error:
        trouble = error
    fewest = len(found.book.sheets) + 1 if found else FEWEST_TABLES
    with suppress(UnreadableBook):
        if cells := cell_tables(document):
            file = workbook_of(document.path, workbook_of_cells(cells))
            book, _ = read_as(file, asked)
            if len(book.sheets) >= fewest:
                return PrintedBook(printed_in(book, document, end), file, book)
    if found:
        return found
    raise trouble or UnreadableBook(f"“{document.path}”里没有找到能提取的决算公开表。")
