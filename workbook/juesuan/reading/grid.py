"""A worksheet as plain values, and the texts in it brought to one spelling."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from juesuan.money import INVISIBLE
from juesuan.place import Place

if TYPE_CHECKING:
    from datetime import date, time, timedelta

Value: TypeAlias = "int | float | str | bool | date | time | timedelta"
_NUMERALS = "一二三四五六七八九十0123456789"
_MUTE = str.maketrans("", "", "“”\"'‘’") | INVISIBLE


@lru_cache(maxsize=8192)
def spelled(text: str) -> str:
    """One spelling: full-width to half-width, no white space, no quotation marks."""
    normal = unicodedata.normalize("NFKC", text)
    return normal if normal.isalnum() else "".join(normal.translate(_MUTE).split())


def as_text(value: Value) -> str:
    """A value as it is typed: a whole number without decimals."""
    return (f"{value:.15g}" if isinstance(value, float) else str(value)).strip()


@lru_cache(maxsize=2048)
def unnumbered(text: str) -> str:
    """`spelled` without a leading “一、”, “（一）” or “其中：”."""
    bare = spelled(text)
    if bare[:1] == "(" and (close := bare.find(")")) > 1 and not bare[1:close].strip(_NUMERALS):
        return bare[close + 1 :]
    for mark in ("、", "."):
        head, found, tail = bare.partition(mark)
        if found and head and not head.strip(_NUMERALS):
            return tail
    return bare.removeprefix("其中:")


class Grid:
    """The values of one worksheet from `top`, `left` on (zero-based); blanks are ''.

    `merges` maps the top left cell of a merged area to its bottom right one.
    """

    def __init__(
        self,
        name: str,
        top: int,
        left: int,
        rows: list[list[Value]],
        merges: dict[tuple[int, int], tuple[int, int]],
    ) -> None:
        self.name = name
        self.top = top
        self.left = left
        self.bottom = top + len(rows)
        self.right = left + (len(rows[0]) if rows else 0)
        self._rows = rows
        self._merges = merges
        self._texts: list[list[tuple[int, str]]] = [
            [
                (left + at, text)
                for at, value in enumerate(row)
                if type(value) is str and value and (text := spelled(value))
            ]
            for row in rows
        ]

    def part(self, left: int, right: int) -> Grid:
        """The columns from `left` to before `right`, as a worksheet of their own."""
        rows = [row[left - self.left : right - self.left] for row in self._rows]
        merges = {first: last for first, last in self._merges.items() if left <= first[1] < right}
        return Grid(self.name, self.top, left, rows, merges)

    @cached_property
    def _text_at(self) -> dict[tuple[int, int], str]:
        return {(row, column): text for row, texts in enumerate(self._texts, self.top) for column, text in texts}

    @cached_property
    def all_texts(self) -> frozenset[str]:
        """Every text of the worksheet, once."""
        return frozenset([text for texts in self._texts for _, text in texts])

    def values(self, row: int) -> list[Value]:
        """The values of a row from `left` on; none above and below the worksheet's area."""
        return self._rows[row - self.top] if self.top <= row < self.bottom else []

    def value(self, row: int, column: int) -> Value:
        if self.top <= row < self.bottom and self.left <= column < self.right:
            return self._rows[row - self.top][column - self.left]
        return ""

    @property
    def rows(self) -> list[list[Value]]:
        """The values as they lie, from `top`, `left` on."""
        return self._rows

    @property
    def merges(self) -> dict[tuple[int, int], tuple[int, int]]:
        return self._merges

    def text(self, row: int, column: int) -> str:
        """The cell's text in one spelling; '' for a blank or an amount."""
        return self._text_at.get((row, column), "")

    def row_texts(self, row: int) -> list[tuple[int, str]]:
        """(column, text) of every cell with text in a row."""
        return self._texts[row - self.top] if self.top <= row < self.bottom else []

    def texts(self, first: int, last: int) -> Iterator[tuple[int, int, str]]:
        """(row, column, text) of every cell with text in rows `first` to before `last`."""
        for row in range(max(first, self.top), min(last, self.bottom)):
            for column, text in self._texts[row - self.top]:
                yield row, column, text

    def first_text(self, row: int) -> str:
        """The leftmost text of a row; '' when it has none."""
        texts = self.row_texts(row)
        return texts[0][1] if texts else ""

    def is_blank(self, row: int, column: int) -> bool:
        value = self.value(row, column)
        return value == "" or (type(value) is str and (row, column) not in self._text_at)

    def place(self, row: int, column: int) -> Place:
        return Place(self.name, row, column)

    def end_of(self, row: int, column: int) -> tuple[int, int]:
        """The last row and column of the merged area that begins here, or the cell itself."""
        return self._merges.get((row, column), (row, column))
