"""The units a department is made of, and the amounts that are counted twice between them."""

from __future__ import annotations

from typing import NamedTuple

from juesuan.book import Book, Key


class Version(NamedTuple):
    """A book that a unit sent: where it lies."""

    path: str
    book: Book


class Member(NamedTuple):
    """One unit.

    `book` is the one that counts, `errors` how many errors it has; `older` those of the same unit that do not count,
    the newest last; `parts`: the units of which it is itself the sum.
    """

    name: str
    code: str
    path: str
    book: Book
    errors: int = 0
    older: tuple[Version, ...] = ()
    parts: tuple[str, ...] = ()


class Adjustment(NamedTuple):
    """An amount (分) to be taken off one cell of the department; `unit` is the one it was paid by, or to, if told."""

    key: Key
    fen: int
    reason: str
    unit: str = ""
