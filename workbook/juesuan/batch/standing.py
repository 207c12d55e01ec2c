"""Who submitted what: every book set against the list of units. The newest book of a unit counts."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from juesuan.batch.ledger import Kept, Ledger
from juesuan.batch.units import Unit
from juesuan.excel.grid import spelled

Standing = Literal["counted", "late", "duplicate", "last_year", "unlisted"]
STANDINGS: dict[str, str] = {
    "counted": "已报",
    "late": "迟报",
    "duplicate": "重复",
    "last_year": "上年",
    "unlisted": "不在名单",
    "missing": "未报",
}
_NANO = 1_000_000_000


class Submission(NamedTuple):
    """`modified`: when the book was last changed, in nanoseconds since 1970."""

    modified: int
    path: str
    verdict: str


class Received(NamedTuple):
    """What a unit sent: all its books of the year, the one that counts last."""

    unit: Unit
    books: tuple[Submission, ...]

    @property
    def counted(self) -> Submission | None:
        return self.books[-1] if self.books else None

    @property
    def late(self) -> bool:
        """Whether the book that counts came after the deadline's day."""
        day = self.unit.deadline
        return bool(self.books and day and day_of(self.books[-1].modified) > day)

    @property
    def standing(self) -> str:
        return "missing" if not self.books else "late" if self.late else "counted"


def day_of(modified: int) -> date:
    """The day of a moment, where this machine is."""
    return datetime.fromtimestamp(modified // _NANO).date()


def receive(ledger: Ledger, units: Sequence[Unit], root: str) -> tuple[Received, ...]:
    """Place every book of the ledger; what came of each unit, in the order of the list."""
    register = _Register(units)
    year = ledger.main_year()
    books: dict[str, list[Submission]] = defaultdict(list)
    for kept in ledger.books():
        code = register.code_of(kept, os.path.relpath(kept.path, root))
        if code is None:
            ledger.place(kept.path, None, "unlisted")
        elif kept.year and year and kept.year < year:
            ledger.place(kept.path, code, "last_year")
        else:
            books[code].append(Submission(kept.modified, kept.path, kept.verdict))
    result = tuple(Received(unit, tuple(sorted(books[unit.code]))) for unit in units)
    for received in result:
        for submission in received.books:
            standing = received.standing if submission is received.counted else "duplicate"
            ledger.place(submission.path, received.unit.code, standing)
    ledger.settle()
    return result


class _Register:
    """Which unit a book is of: by the name it states, else by codes and names in its path."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.codes = {unit.code: unit.code for unit in units}
        self.names = {spelled(unit.name): unit.code for unit in reversed(units)}
        self.longest = sorted(self.names, key=lambda name: (-len(name), name))

    def code_of(self, kept: Kept, path: str) -> str | None:
        if kept.unit and (code := self.names.get(spelled(kept.unit))):
            return code
        return next(self._named_in(os.path.splitext(path)[0]), None)

    def _named_in(self, path: str) -> Iterator[str]:
        for part in reversed(path.split(os.sep)):
            for word in (part, *re.findall(r"[0-9A-Za-z]+", part)):
                if word in self.codes:
                    yield word
            text = spelled(part)
            yield from (self.names[name] for name in self.longest if name in text)
