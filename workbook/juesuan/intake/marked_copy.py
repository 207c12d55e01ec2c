"""The marked copy of a workbook that was judged; marks it came with are taken off before."""

from __future__ import annotations

from juesuan.check import check
from juesuan.marking.clearing import cleared, is_marked
from juesuan.marking.marking import marked, peculiarities
from juesuan.reading.files import WorkbookFile, workbook_of
from juesuan.reading.recognise import read_book
from juesuan.report.result import Result


def unmarked(file: WorkbookFile, *, apart: bool = True) -> WorkbookFile:
    """The workbook without our marks, itself where it has none. `apart` as for `open_workbook`."""
    if file.copied_from or not is_marked(file.package):
        return file
    return workbook_of(file.path, cleared(file.package), apart=apart)


def marked_copy(file: WorkbookFile, result: Result) -> tuple[bytes, list[str]]:
    """The copy of what was judged in this process, and sentences to be told of it.

    Raises JuesuanError where none can be made.
    """
    checked, catalogue = result.checked, result.catalogue
    assert checked
    assert catalogue
    plain = unmarked(file, apart=False)
    if plain is not file:
        book = read_book(plain, checked.book.edition, checked.book.doubt)
        book.last_year = checked.book.last_year
        book.explanations += tuple(item for item in checked.book.explanations if item.source == "file")
        checked = check(book, catalogue)
    return marked(plain, checked, catalogue), list(peculiarities(plain, checked))
