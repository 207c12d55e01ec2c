"""What a formula refers to, and the formula as it reads where its row has moved or where it is copied to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from juesuan.ooxml.sheet_xml import column_of
from juesuan.place import column_letters

_CELL = r"\$?[A-Z]{1,3}\$?[1-9]\d*"
_REFERENCE = re.compile(
    r'"[^"]*"'
    r"|(?<![\w.$])(?P<sheet>(?:'(?:[^']|'')*'|(?:\[\d+\])?[^\W\d][\w.]*)!)?"
    rf"(?P<cells>{_CELL}(?::{_CELL})?|\$?[A-Z]{{1,3}}:\$?[A-Z]{{1,3}}|\$?\d+:\$?\d+)(?![\w.(!])"
)
"""A text, which is no reference, or a reference with the sheet it names."""
_ROWS, _COLUMNS = 1 << 20, 1 << 14
_COLUMN_OR_ROW = re.compile(r"(\$?)([A-Z]+|\d+)")
_NUMBERS = re.compile(r"\d+")


class Lines(NamedTuple):
    """The rows a reference names, counted from 1; `sheet` is '' when it is the formula's own."""

    sheet: str
    first: int
    last: int


def lines_of(formula: str) -> Iterator[Lines]:
    """The rows a formula refers to; whole columns are everywhere and named by none."""
    for match in _REFERENCE.finditer(formula):
        numbers = [int(number) for number in _NUMBERS.findall(match["cells"] or "")]
        if numbers:
            yield Lines(_named(match), min(numbers), max(numbers))


def moved(formula: str, sheet: str, old: int, new: int) -> str:
    """The formula of a row of `sheet` that stood in line `old` and now stands in `new`.

    What speaks of its own row alone does so still; a range that only begins or ends there stays.
    """

    def follow(match: re.Match[str]) -> str:
        cells = match["cells"] or ""
        own = set(_NUMBERS.findall(cells)) == {str(old)} and _named(match) in ("", sheet)
        return (match["sheet"] or "") + _NUMBERS.sub(str(new), cells) if own else match[0]

    return _REFERENCE.sub(follow, formula) if str(old) in _NUMBERS.findall(formula) else formula


def copied(formula: str, down: int, right: int) -> str:
    """The formula as Excel copies it: whatever has no $ is that far away again, if need be round the edge."""

    def shift(part: re.Match[str]) -> str:
        if part[1]:
            return part[0]
        if part[2].isdigit():
            return str((int(part[2]) + down - 1) % _ROWS + 1)
        return column_letters((column_of(f"{part[2]}1".encode()) + right) % _COLUMNS)

    def anew(match: re.Match[str]) -> str:
        if match["cells"] is None:
            return match[0]
        return (match["sheet"] or "") + _COLUMN_OR_ROW.sub(shift, match["cells"])

    return _REFERENCE.sub(anew, formula)


def _named(match: re.Match[str]) -> str:
    """The sheet a reference names, as it is called."""
    name = (match["sheet"] or "")[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name
