"""The record of marks that a button made: at the right edge of our sheet 核对结果, what each cell looked like before.

A line names the cell by a formula that refers to it, so that rows may be inserted above meanwhile; then come the colour
of the mark, the fill and the border there were, as texts. Lines, patterns and colours are numbers, as Excel has them.
What was damaged counts as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

from juesuan.place import Place, column_number

WATERMARK = "juesuan:1"
"""What the record begins with."""

RECORD = ("AD", "AG")
"""First and last column it is written to: hidden, far right of what is shown."""

_REFERENCE = re.compile(r"='?(.*?)'?!\$?([A-Z]+)\$?(\d+)", re.S)
_WIDTH = 4
NO_PATTERN, SOLID = -4142, 1
_GRADIENTS = (4000, 4001)
_SIDES = 4
LINES = {
    (1, 1): "hair", (1, 2): "thin", (1, -4138): "medium", (1, 4): "thick", (-4119, 4): "double",
    (-4118, 2): "dotted", (-4115, 2): "dashed", (4, 2): "dashDot", (5, 2): "dashDotDot",
    (-4115, -4138): "mediumDashed", (4, -4138): "mediumDashDot", (5, -4138): "mediumDashDotDot",
    (13, -4138): "slantDashDot",
}  # fmt: skip
"""What a file calls lines, by Excel's numbers for line and weight."""


class Fill(NamedTuple):
    """Excel's Interior: `theme` and `tint` where the colour is one of a theme's; `behind` is that of the pattern."""

    pattern: int
    colour: int = 0
    theme: int = 0
    tint: float = 0.0
    behind: int = 0

    def __str__(self) -> str:
        return "" if self.pattern == NO_PATTERN else ",".join(str(value) for value in self)

    @property
    def can_return(self) -> bool:
        """Gradients cannot be put back; such cells are left unpainted."""
        return self.pattern not in _GRADIENTS

    def shows(self, colour: str) -> bool:
        """Whether this is the plain colour, as “FFC7CE”."""
        return self.pattern == SOLID and not self.theme and rgb(self.colour) == colour


class Side(NamedTuple):
    """A line along one side of a cell."""

    line: int
    weight: int
    colour: int

    def __str__(self) -> str:
        return ",".join(str(value) for value in self)


Border = tuple[Side | None, ...]
"""The left, top, bottom and right side of a cell."""

NO_LINES: Border = (None,) * _SIDES


class Kept(NamedTuple):
    """A marked cell: the colour of its mark, as “FFC7CE”, and the fill and border it had.

    `at` is where the cell is now; None when it was deleted.
    """

    at: Place | None
    shade: str
    before: Fill
    border: Border


def record_line(place: Place, shade: str, before: Fill, border: Border) -> tuple[str, ...]:
    """What is written for one mark, each text so that it stays one."""
    name = place.sheet.replace("'", "''")
    sides = ";".join(str(side or "") for side in border)
    return f"='{name}'!{place.address}", *(f"'{text}" if text else "" for text in (shade, str(before), sides))


def kept_in(rows: Sequence[Sequence[Any]]) -> list[Kept] | None:
    """The record in the cells of a sheet, formulas with their “=”; None when there is none.

    Rows and columns may have been put in before it.
    """
    for top, row in enumerate(rows):
        if WATERMARK in row:
            left = list(row).index(WATERMARK)
            lines = ((*map(str, line[left:]), *[""] * _WIDTH)[:_WIDTH] for line in rows[top + 1 :])
            return [_kept(*line) for line in lines if line[0]]
    return None


def rgb(colour: int) -> str:
    """Excel counts blue, green, red."""
    return f"{(colour & 255) << 16 | colour & 0xFF00 | colour >> 16 & 255:06X}"


def _kept(reference: str, shade: str, before: str, border: str) -> Kept:
    match = _REFERENCE.fullmatch(reference)
    at = Place(match[1].replace("''", "'"), int(match[3]) - 1, column_number(match[2])) if match else None
    return Kept(at, shade, _fill(before), _border(border))


def _fill(text: str) -> Fill:
    found = _numbers(text, len(Fill._fields))
    if found is None:
        return Fill(NO_PATTERN)
    pattern, colour, theme, tint, behind = found
    return Fill(int(pattern), int(colour), int(theme), tint, int(behind))


def _border(text: str) -> Border:
    sides = text.split(";")
    return tuple(_side(side) for side in sides) if len(sides) == _SIDES else NO_LINES


def _side(text: str) -> Side | None:
    found = _numbers(text, len(Side._fields))
    return Side(*map(int, found)) if found else None


def _numbers(text: str, count: int) -> list[float] | None:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    return found if len(found) == count and all(map(isfinite, found)) else None
