"""Last year's workbook of a unit: the file that is given, or the unit's own among those of a folder.

And that of the year before, where it is given, too, or lies in the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan.book import Book
from juesuan.derive import compute_uncached
from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.intake.books import source_of
from juesuan.intake.judge import AUTO, catalogue_of, read_as
from juesuan.reading.files import WorkbookFile, open_workbook
from juesuan.reading.grid import spelled
from juesuan.reading.supplement_sheets import read_supplement

LISTED = 5


class LastYear(NamedTuple):
    """`note`: what is to be said of it, a sentence, where its unit goes by another name."""

    path: str
    book: Book
    note: str = ""


class _Candidate(NamedTuple):
    path: str
    book: Book
    code: str


def find_last_year(given: str, file: WorkbookFile, book: Book) -> LastYear:
    """Last year's book for `book`, which was read from `file`.

    Of a folder, the one of the year before with the same 单位代码 (补01) or, where one of them has none, the same
    name; copies with the same amounts count once. Raises JuesuanError where it is of another year, or where a folder
    has none or several.
    """
    own = _Candidate(file.path, book, _code(file, book))
    before = _before(given, own)
    named = book.unit and before.book.unit
    other = named and not _same_unit(own, before)
    note = f"上年工作簿的单位是“{before.book.unit}”，本年是“{book.unit}”，请核实。" if other else ""
    return LastYear(before.path, before.book, note)


def join_last_year(given: Sequence[str], file: WorkbookFile, book: Book) -> None:
    """Give `book` its last year's, and that the one of the year before, if given or in the folder.

    Raises UnreadableBook where `find_last_year` finds none: it cannot be judged so.
    """
    first, *second = given
    try:
        before = _before(first, _Candidate(file.path, book, _code(file, book)))
        book.last_year = before.book
        for path in second:
            before.book.last_year = _before(path, before).book
    except JuesuanError as error:
        raise UnreadableBook(str(error)) from error


def _before(given: str, own: _Candidate) -> _Candidate:
    """The workbook of the year before `own`; one of a folder with that of the year before it, if that is there, too."""
    if own.book.year is None:
        raise JuesuanError("本年工作簿没有写年度，找不到对应的上年工作簿。请先在各表抬头写明年度。")
    year = own.book.year - 1
    if os.path.isdir(given):
        return _among(given, own, year)
    before = _read(given)
    if before.book.year not in (None, year):
        raise JuesuanError(
            f"“{given}”是 {before.book.year} 年度的，本年是 {own.book.year} 年度，上年工作簿应为 {year} 年度。"
            "请核对给的是哪一份。"
        )
    return before


def _among(folder: str, own: _Candidate, year: int) -> _Candidate:
    if not (own.book.unit or own.code):
        raise JuesuanError("本年工作簿没有写单位名称，不能在文件夹里找它的上年工作簿。请直接给出文件。")
    seen = list(_books(folder, own.path))
    distinct = _of_year(seen, own, year)
    who = own.book.unit or own.code
    if not distinct:
        lost = f"，其中 {seen.count(None)} 份读不了" if None in seen else ""
        raise JuesuanError(
            f"“{folder}”里没有找到“{who}”{year} 年度的工作簿（看了 {len(seen)} 份{lost}）。"
            "请核对文件夹，或直接给出文件。"
        )
    if len(distinct) > 1:
        listed = "、".join(os.path.relpath(one.path, folder) for one in distinct[:LISTED])
        raise JuesuanError(
            f"“{folder}”里有 {len(distinct)} 份“{who}”{year} 年度的工作簿，数不相同（{listed}），"
            "不知以哪一份为准。请直接给出文件。"
        )
    earlier = _of_year(seen, own, year - 1)
    distinct[0].book.last_year = earlier[0].book if len(earlier) == 1 else None
    return distinct[0]


def _of_year(seen: Sequence[_Candidate | None], own: _Candidate, year: int) -> list[_Candidate]:
    """The unit's own of a year; copies with the same amounts once."""
    found = [one for one in seen if one and one.book.year == year and _same_unit(own, one)]
    amounts = [{key: cell.fen for key, cell in one.book.cells.items()} for one in found]
    return [one for order, one in enumerate(found) if amounts[order] not in amounts[:order]]


def _books(folder: str, own: str) -> Iterator[_Candidate | None]:
    """Every workbook of a folder but our own; None for one that cannot be read."""
    for found in source_of(folder).books(outside=own):
        try:
            if os.path.realpath(found.path) != os.path.realpath(own):
                yield _read(found.path)
        except UnreadableBook:
            yield None


def _read(path: str) -> _Candidate:
    file = open_workbook(path)
    book, edition = read_as(file, AUTO)
    book, _ = compute_uncached(book, catalogue_of(edition, None))
    return _Candidate(path, book, _code(file, book))


def _code(file: WorkbookFile, book: Book) -> str:
    return read_supplement(file, book).text("unit_code")


def _same_unit(one: _Candidate, other: _Candidate) -> bool:
    if one.code and other.code:
        return one.code == other.code
    return bool(one.book.unit and other.book.unit) and spelled(one.book.unit or "") == spelled(other.book.unit or "")
