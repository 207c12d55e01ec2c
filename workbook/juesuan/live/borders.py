"""The red lines round marked cells, and the way back to the border there was before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings as xw

from juesuan.live.areas import addresses, chunks
from juesuan.marking.live_record import LINES, NO_LINES, Border, Side
from juesuan.place import Place

_SIDES = (7, 8, 9, 10)
"""Left, top, bottom and right, as Excel counts them."""

_NONE = -4142
NUMBERS = {name: numbers for numbers, name in LINES.items()}
RED = 0x0000D0
"""As Excel counts colours: blue, green, red."""


def borders_of(sheet: xw.Sheet, places: Sequence[Place]) -> dict[Place, Border]:
    """The border of each cell; cells alike are asked for together."""
    found: dict[Place, Border] = {}
    for part in chunks(places):
        borders = sheet.range(next(addresses(part))).api.Borders
        common, middle = _common(borders), len(part) // 2
        if common is not None:
            found |= dict.fromkeys(part, common)
        elif middle:
            found |= borders_of(sheet, part[:middle]) | borders_of(sheet, part[middle:])
        else:
            found[part[0]] = tuple(_side(borders(side)) for side in _SIDES)
    return found


def frame(sheet: xw.Sheet, places: Sequence[Place], line: str) -> None:
    """Draw our lines, of a kind as a file calls it, round each cell."""
    for address in addresses(places):
        _draw(sheet.range(address).api.Borders, Side(*NUMBERS[line], RED))


def unframe(sheet: xw.Sheet, places: Sequence[Place], before: Border) -> None:
    """Draw the border that cells had, on the sides that still have our lines; cells alike are drawn together."""
    for part in chunks(places):
        borders, middle = sheet.range(next(addresses(part))).api.Borders, len(part) // 2
        if len(set(before)) == 1 and borders.Color == RED:
            _draw(borders, before[0])
        elif middle:
            unframe(sheet, part[:middle], before)
            unframe(sheet, part[middle:], before)
        else:
            for number, given in zip(_SIDES, before, strict=True):
                if (side := borders(number)).Color == RED:
                    _draw(side, given)


def _common(borders: Any) -> Border | None:
    """The border of cells all sides of which are alike; Excel says nothing of those that differ."""
    line = borders.LineStyle
    if line is None:
        return None
    if line == _NONE:
        return NO_LINES
    weight, colour = borders.Weight, borders.Color
    return None if None in (weight, colour) else (Side(int(line), int(weight), int(colour)),) * len(_SIDES)


def _side(border: Any) -> Side | None:
    line = border.LineStyle
    return None if line == _NONE else Side(int(line), int(border.Weight), int(border.Color or 0))


def _draw(borders: Any, side: Side | None) -> None:
    if side is None:
        borders.LineStyle = _NONE
    else:
        borders.LineStyle, borders.Weight, borders.Color = side
