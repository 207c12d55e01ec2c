"""A worksheet as plain values, and the texts in it brought to one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from juesuan.book import Place

Value: TypeAlias = int | float | str | bool | date | datetime | time | timedelta
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|其中:)")
_MUTE = re.compile(r"[\s“”\"'‘’　]+")


@lru_cache(maxsize=8192)
def spelled(text: str) -> str:
    """One spelling: full-width to half-width, no white space, no quotation marks."""
    return _MUTE.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=2048)
def unnumbered(text: str) -> str:
    """`spelled` without a leading “一、”, “（一）” or “其中：”."""
    return _NUMBERING.sub("", spelled(text))


class Grid(NamedTuple):
    """The values of one worksheet from `top`, `left` on (zero-based); blanks are ''.

    `merges` maps the top left cell of a merged area to its bottom right one.
    """

    name: str
    top: int
    left: int
    rows: list[list[Value]]
    merges: dict[tuple[int, int], tuple[int, int]]

    @property
    def bottom(self) -> int:
        return self.top + len(self.rows)

    @property
    def right(self) -> int:
        return self.left + (len(self.rows[0]) if self.rows else 0)

    def value(self, row: int, column: int) -> Value:
        if self.top <= row < self.bottom and self.left <= column < self.right:
            return self.rows[row - self.top][column - self.left]
        return ""

    def text(self, row: int, column: int) -> str:
        """The cell's text in one spelling; '' for a blank or an amount."""
        value = self.value(row, column)
        return spelled(value) if isinstance(value, str) and value else ""

    def texts(self, first: int, last: int) -> Iterator[tuple[int, int, str]]:
        """(row, column, text) of every cell with text in rows `first` to before `last`."""
        for row in range(max(first, self.top), min(last, self.bottom)):
            for offset, value in enumerate(self.rows[row - self.top]):
                if isinstance(value, str) and value and (text := spelled(value)):
                    yield row, self.left + offset, text

    def is_blank(self, row: int, column: int) -> bool:
        value = self.value(row, column)
        return value == "" or (isinstance(value, str) and not spelled(value))

    def place(self, row: int, column: int) -> Place:
        return Place(self.name, row, column)

    def end_of(self, row: int, column: int) -> tuple[int, int]:
        """The last row and column of the merged area that begins here, or the cell itself."""
        return self.merges.get((row, column), (row, column))
