"""A text as it is read: lines, and the same without white space, in which a broken line no longer breaks a number."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from juesuan.money import INVISIBLE

_WIDTHS = {ord(wide): narrow for wide, narrow in zip("０１２３４５６７８９％．", "0123456789%.", strict=True)}
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?:[,，]\d{3})*\.\d)")
LONGEST_QUOTE = 80


class Line(NamedTuple):
    """One line or paragraph; `page` where the file has pages, `paragraph` its number in a Word file.

    `aside`: what it stands in when that is not the body of a Word file, as a text box.
    """

    text: str
    page: int | None = None
    paragraph: int | None = None
    aside: str = ""


class Passage(NamedTuple):
    """A place in the text: `line` counts from 1; `start` and `end` are places in the text without white space.

    `aside` as of its line.
    """

    section: str
    quote: str
    line: int
    page: int | None
    paragraph: int | None
    start: int
    end: int
    aside: str = ""


def _plain(text: str) -> str:
    """With narrow digits and separators, and without what nobody sees."""
    return _THOUSANDS.sub(",", text.translate(_WIDTHS).translate(INVISIBLE))


class Document:
    """`path` is what it is called; `lines` as they stand in the file, empty ones included; `data`: the file."""

    def __init__(self, path: str, lines: Iterable[Line], data: bytes = b"") -> None:
        self.path = path
        self.data = data
        self.lines = tuple(line._replace(text=_plain(line.text)) for line in lines)

    @cached_property
    def _starts(self) -> list[int]:
        starts, length = [], 0
        for line in self.lines:
            starts.append(length)
            length += len("".join(line.text.split()))
        return starts

    @cached_property
    def compact(self) -> str:
        """The whole text without white space."""
        return "".join("".join(line.text.split()) for line in self.lines)

    @property
    def paragraph_starts(self) -> dict[int, int]:
        """Where each paragraph of a Word file begins in the compact text."""
        numbered = zip(self.lines, self._starts, strict=True)
        return {line.paragraph: start for line, start in numbered if line.paragraph is not None}

    def asides(self, kind: str) -> Iterator[tuple[int, int]]:
        """Where lines that stand in such a place begin and end in the compact text."""
        for number, line in enumerate(self.lines):
            if line.aside == kind:
                yield self._starts[number], self.start_of(number + 1)

    def line_at(self, offset: int) -> int:
        """Index of the line in which a character of the compact text stands."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def start_of(self, line: int) -> int:
        return self._starts[line] if line < len(self._starts) else len(self.compact)

    def spaced(self, start: int, end: int) -> str:
        """The lines from `start` to `end` of the compact text, white space between words kept as one blank."""
        first, last = self.line_at(start), self.line_at(max(end - 1, start))
        return "\n".join(" ".join(line.text.split()) for line in self.lines[first : last + 1])

    def passage(self, section: str, start: int, end: int) -> Passage:
        """The sentence around a stretch of the compact text, cut where it is long."""
        text = self.compact
        first = max(text.rfind(mark, 0, start) for mark in "。；") + 1
        ends = [place for mark in "。；" if (place := text.find(mark, end)) >= 0]
        last = min(ends, default=len(text) - 1) + 1
        first, last = max(first, start - LONGEST_QUOTE // 2), min(last, end + LONGEST_QUOTE // 2)
        index = self.line_at(start)
        line = self.lines[index] if self.lines else Line("")
        return Passage(section, text[first:last], index + 1, line.page, line.paragraph, start, end, line.aside)
