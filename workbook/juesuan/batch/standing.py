"""Who submitted what: every book set against the list of units. The newest book of a unit counts."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from unicodedata import normalize

from juesuan.batch.ledger import Ledger
from juesuan.batch.units import Unit
from juesuan.reading.grid import spelled

Standing = Literal["counted", "late", "duplicate", "last_year", "unlisted"]
STANDINGS: dict[str, str] = {
    "counted": "已报",
    "late": "迟报",
    "duplicate": "重复",
    "last_year": "上年",
    "unlisted": "不在名单",
    "missing": "未报",
}
MOST_WORDS = 6
"""Words that a code may have, such as the three of 101-01-001."""
_ITSELF = re.compile(r"(?:\(.*\)|本级|机关|本部|部门|汇总)*")
"""What may follow the name of a unit and still mean the unit itself."""
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
        return bool(self.books and day and day_of(self.books[-1].modified) > day.isoformat())

    @property
    def standing(self) -> str:
        return "missing" if not self.books else "late" if self.late else "counted"


def day_of(modified: int) -> str:
    """The day of a moment where this machine is, such as 2025-07-31; '' for a file that was not there."""
    return datetime.fromtimestamp(modified // _NANO).date().isoformat() if modified else ""


def year_due(ledger: Ledger, units: Sequence[Unit]) -> int | None:
    """The year that is being collected: the one before the last deadline's, else the year most books are of.

    Books are published in the year after; a deadline's year of which there is no book says nothing.
    """
    deadlines = [unit.deadline for unit in units if unit.deadline]
    due = max(deadlines).year - 1 if deadlines else None
    return due if due in ledger.years() else ledger.main_year()


def receive(ledger: Ledger, units: Sequence[Unit], root: str) -> tuple[Received, ...]:
    """Place every book of the ledger; what came of each unit, in the order of the list."""
    register = Register(units)
    year = year_due(ledger, units)
    books: dict[str, list[Submission]] = defaultdict(list)
    for kept in ledger.books():
        code = register.code_of(kept.unit, os.path.relpath(kept.path, root))
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


class Register:
    """Which unit a book is of: by the name it states, else by codes and names in its path.

    Of units of one name it is the one that the path tells. A folder of a unit that others belong to holds the books of
    those, too: it tells nothing.
    """

    def __init__(self, units: Sequence[Unit]) -> None:
        self.codes = {unit.code for unit in units}
        self.superior = {unit.parent for unit in units}
        self.names: dict[str, list[str]] = defaultdict(list)
        for unit in units:
            self.names[spelled(unit.name)].append(unit.code)
        self.longest = sorted(self.names, key=lambda name: (-len(name), name))

    def code_of(self, name: str | None, path: str) -> str | None:
        """The code of the unit that states `name` and whose book lies at `path`; None where neither tells one."""
        called = self.names.get(spelled(name), []) if name else []
        if len(called) == 1:
            return called[0]
        *folders, file = os.path.splitext(path)[0].split(os.sep)
        stated = spelled(name or "")
        told = [*self._told(file, stated)]
        for folder in reversed(folders):
            told += [code for code in self._told(folder, stated) if code not in self.superior]
        return next((code for code in told if not called or code in called), None)

    def _told(self, text: str, stated: str) -> Iterator[str]:
        """The units that a part of a path may mean, the likeliest first; a name of several units means none.

        Nor does one that the name `stated` in the book only begins with: that is a unit below it.
        """
        yield from (words for words in _words(normalize("NFKC", text)) if words in self.codes)
        text = spelled(text)
        for name in self.longest:
            if name in text and len(self.names[name]) == 1 and not _is_below(stated, name):
                yield from self.names[name]


def _is_below(stated: str, name: str) -> bool:
    return stated.startswith(name) and not _ITSELF.fullmatch(stated, len(name))


def _words(text: str) -> Iterator[str]:
    """The whole text, then what may be a code in it: words, and words with what joins them, the longest first."""
    yield text
    found = list(re.finditer(r"[0-9A-Za-z]+", text))
    for many in range(min(len(found), MOST_WORDS), 0, -1):
        for first, last in zip(found, found[many - 1 :], strict=False):
            yield text[first.start() : last.end()]
