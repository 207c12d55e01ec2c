"""The books of the units that a department is the sum of: those of folders and those that are named, one a unit."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from juesuan.batch.standing import Register
from juesuan.batch.units import Unit
from juesuan.book import Book, most_common
from juesuan.check import check
from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.intake.books import Found, found_at, source_of
from juesuan.intake.judge import Order, read_as
from juesuan.merge.member import Member, Version
from juesuan.reading.files import WorkbookFile, open_workbook
from juesuan.reading.grid import spelled
from juesuan.reading.merged_part import merged_units
from juesuan.reading.supplement_sheets import read_supplement

LISTED = 10


class Gathered(NamedTuple):
    """`notes`: sentences about copies that do not count, books that are not on the list, and what was let pass."""

    members: tuple[Member, ...]
    notes: tuple[str, ...]


class _Read(NamedTuple):
    found: Found
    root: str
    file: WorkbookFile
    book: Book
    code: str

    @property
    def name(self) -> str:
        return self.book.unit or self.code


def gather(
    given: Sequence[str], aside: Sequence[str], order: Order, units: Sequence[Unit] | None, reason: str
) -> Gathered:
    """The members among the workbooks `given` (files and folders), leaving out those at the paths `aside`.

    Raises JuesuanError, a sentence for each, for what keeps them from being added up: books that cannot be read or
    judged, of no unit, or of another edition, year or unit of money; and, unless there is a `reason` to let them pass,
    books with errors and units of the list without a book.
    """
    read = list(_read(given, {os.path.realpath(path) for path in aside}, order))
    notes: list[str] = []
    members = list(_by_list(read, units, notes) if units is not None else _by_name(read))
    _refuse(_alike(members))
    members = [_judged(member, order) for member in members]
    _refuse(_contained(members))
    lacking = [*_with_errors(members), *_missing(members, units or ())]
    if not reason:
        _refuse(lacking)
    if not members:
        raise JuesuanError("没有一份可以汇总的工作簿，名单里的单位都没有报。请核对文件夹和名单。")
    notes += [*(f"{text}已放行。" for text in lacking), *_older(members)]
    return Gathered(tuple(members), tuple(notes))


def _refuse(sentences: Iterable[str]) -> None:
    told = list(sentences)
    if told:
        more = [f"……共 {len(told)} 处。"] if len(told) > LISTED else []
        raise JuesuanError("\n".join((*told[:LISTED], *more)))


def _read(given: Sequence[str], aside: set[str], order: Order) -> Iterator[_Read]:
    """Every workbook once. Raises JuesuanError with all that cannot be read."""
    troubles: list[str] = []
    read: list[_Read] = []
    for path in given:
        folder = os.path.isdir(path)
        root = path if folder else os.path.dirname(path) or os.curdir
        for found in source_of(path).books(outside=path) if folder else [found_at(path)]:
            real = os.path.realpath(found.path)
            if real in aside:
                continue
            aside.add(real)
            try:
                file = open_workbook(found.path)
                book, _ = read_as(file, order.edition)
            except UnreadableBook as error:
                troubles.append(str(error))
            else:
                read.append(_Read(found, root, file, book, read_supplement(file, book).text("unit_code")))
    if not read and not troubles:
        troubles.append("没有找到要汇总的工作簿。请给出各单位的工作簿，或放着它们的文件夹。")
    _refuse(troubles)
    return iter(read)


def _by_name(read: Sequence[_Read]) -> Iterator[Member]:
    """Books of one code are of one unit; one without a code is of the unit of its name. Raises JuesuanError."""
    codes: dict[str, set[str]] = defaultdict(set)
    for item in read:
        if item.code:
            codes[spelled(item.name)].add(item.code)
    _refuse(_nameless(read, codes))
    groups: dict[tuple[str, str], list[_Read]] = defaultdict(list)
    for item in read:
        name = spelled(item.name)
        code = item.code or "".join(codes[name])
        groups[code, "" if code else name].append(item)
    return (_member(group, group[0].name, code) for (code, _), group in groups.items())


def _nameless(read: Sequence[_Read], codes: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Books of which it is not known of which unit they are; `codes`: those that units of a name have."""
    for item in read:
        if not item.name:
            yield f"“{item.found.path}”没有写单位名称，不知是哪个单位的。请先在各表抬头写明部门。"
        elif not item.code and len(codes.get(spelled(item.name), ())) > 1:
            yield (
                f"“{item.found.path}”没有写单位编码，叫“{item.name}”的单位有几个，不知是哪个的。"
                "请在补充资料写明，或用 --expect 给出名单。"
            )


def _by_list(read: Sequence[_Read], units: Sequence[Unit], notes: list[str]) -> Iterator[Member]:
    """In the order of the list; what is of none of its units is noted."""
    register = Register(units)
    books: dict[str, list[_Read]] = {}
    for item in read:
        code = register.code_of(item.book.unit, os.path.relpath(item.found.path, item.root))
        if code is None:
            notes.append(f"“{item.found.path}”（{item.name or '没有写单位名称'}）不在名单里，没有汇总。")
        else:
            books.setdefault(code, []).append(item)
    return (_member(books[unit.code], unit.name, unit.code) for unit in units if unit.code in books)


def _member(group: list[_Read], name: str, code: str) -> Member:
    """The newest book counts, as in a batch."""
    *older, newest = sorted(group, key=lambda item: (item.found.modified, item.found.path))
    versions = tuple(Version(item.found.path, item.book) for item in older)
    return Member(name, code, newest.found.path, newest.book, older=versions, parts=merged_units(newest.file.package))


_COMMON: tuple[tuple[str, Callable[[Book], object]], ...] = (
    ("版式", lambda book: book.edition.id),
    ("年度", lambda book: book.year),
    ("金额单位", lambda book: book.currency),
)


def _alike(members: Sequence[Member]) -> Iterator[str]:
    """What is of another edition, year or unit of money than most."""
    for what, value_of in _COMMON:
        usual = most_common(value_of(member.book) for member in members)
        for member in members:
            value = value_of(member.book)
            if value is None:
                yield f"“{member.path}”（{member.name}）没有写{what}，不能相加。请先写明。"
            elif value != usual and usual is not None:
                yield f"“{member.path}”（{member.name}）的{what}是 {value}，别的是 {usual}，不能相加。请先统一。"


def _judged(member: Member, order: Order) -> Member:
    """The member with its book as it was checked, and the number of its errors."""
    checked = check(member.book, order.catalogue(member.book.edition.id if order.edition == "auto" else order.edition))
    if checked.verdict == "unjudged":
        raise JuesuanError(
            f"“{member.path}”（{member.name}）没有判明，不能汇总：{checked.reason}。请先用 juesuan check 查清。"
        )
    errors = sum(finding.level == "error" for finding in checked.findings)
    return member._replace(book=checked.book, errors=errors)


def _contained(members: Sequence[Member]) -> Iterator[str]:
    """Sums of units that are also there by themselves, or in another sum."""
    seen: dict[str, Member] = {}
    for member in members:
        for name in member.parts or (member.name,):
            other = seen.setdefault(spelled(name), member)
            if other is not member:
                whole, part = (member, other) if member.parts else (other, member)
                yield f"“{whole.path}”是汇总件，已经包含“{name}”，不能与“{part.path}”再相加。请去掉其中一份。"


def _with_errors(members: Sequence[Member]) -> Iterator[str]:
    for member in members:
        if member.errors:
            yield f"“{member.path}”（{member.name}）有 {member.errors} 处错误。请先改正，或写明理由放行（--override）。"


def _missing(members: Sequence[Member], units: Sequence[Unit]) -> Iterator[str]:
    sent = {member.code for member in members}
    for unit in units:
        if unit.code not in sent:
            yield f"名单里的 {unit.name}（{unit.code}）没有工作簿。请收齐，或写明理由放行（--override）。"


def _older(members: Sequence[Member]) -> Iterator[str]:
    for member in members:
        if member.older:
            paths = "、".join(f"“{version.path}”" for version in member.older)
            yield f"{member.name} 有 {len(member.older) + 1} 份，用最新的“{member.path}”，没有用 {paths}。"
