"""Last year's workbook of a unit: the file that is given, or the unit's own among those of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from juesuan.book import Book
from juesuan.derive import compute_uncached
from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.excel.files import WorkbookFile, open_workbook
from juesuan.excel.grid import spelled
from juesuan.excel.supplement_sheets import read_supplement
from juesuan.intake.books import source_of
from juesuan.intake.judge import AUTO, catalogue_of, read_as

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
    if book.year is None:
        raise JuesuanError("本年工作簿没有写年度，找不到对应的上年工作簿。请先在各表抬头写明年度。")
    own = _Candidate(file.path, book, _code(file, book))
    if os.path.isdir(given):
        return _among(given, own, book.year - 1)
    before = _read(given)
    if before.book.year not in (None, book.year - 1):
        raise JuesuanError(
            f"“{given}”是 {before.book.year} 年度的，本年是 {book.year} 年度，上年工作簿应为 {book.year - 1} 年度。"
            "请核对给的是哪一份。"
        )
    named = book.unit and before.book.unit
    other = named and not _same_unit(own, before)
    note = f"上年工作簿的单位是“{before.book.unit}”，本年是“{book.unit}”，请核实。" if other else ""
    return LastYear(given, before.book, note)


def join_last_year(given: str, file: WorkbookFile, book: Book) -> None:
    """Give `book` its last year's. Raises UnreadableBook where `find_last_year` finds none: it cannot be judged so."""
    try:
        book.last_year = find_last_year(given, file, book).book
    except JuesuanError as error:
        raise UnreadableBook(str(error)) from error


def _among(folder: str, own: _Candidate, year: int) -> LastYear:
    if not (own.book.unit or own.code):
        raise JuesuanError("本年工作簿没有写单位名称，不能在文件夹里找它的上年工作簿。请直接给出文件。")
    seen = unreadable = 0
    found: list[_Candidate] = []
    for candidate in _books(folder, own.path):
        seen += 1
        unreadable += candidate is None
        if candidate and candidate.book.year == year and _same_unit(own, candidate):
            found.append(candidate)
    amounts = [{key: cell.fen for key, cell in candidate.book.cells.items()} for candidate in found]
    distinct = [one for order, one in enumerate(found) if amounts[order] not in amounts[:order]]
    who = own.book.unit or own.code
    if not distinct:
        lost = f"，其中 {unreadable} 份读不了" if unreadable else ""
        raise JuesuanError(
            f"“{folder}”里没有找到“{who}”{year} 年度的工作簿（看了 {seen} 份{lost}）。请核对文件夹，或直接给出文件。"
        )
    if len(distinct) > 1:
        listed = "、".join(os.path.relpath(one.path, folder) for one in distinct[:LISTED])
        raise JuesuanError(
            f"“{folder}”里有 {len(distinct)} 份“{who}”{year} 年度的工作簿，数不相同（{listed}），"
            "不知以哪一份为准。请直接给出文件。"
        )
    return LastYear(distinct[0].path, distinct[0].book)


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
    compute_uncached(book, catalogue_of(edition, None))
    return _Candidate(path, book, _code(file, book))


def _code(file: WorkbookFile, book: Book) -> str:
    return read_supplement(file, book).text("unit_code")


def _same_unit(one: _Candidate, other: _Candidate) -> bool:
    if one.code and other.code:
        return one.code == other.code
    return bool(one.book.unit and other.book.unit) and spelled(one.book.unit or "") == spelled(other.book.unit or "")
