"""The thick red border of a culprit, and the way back to the border there was before."""

from __future__ import annotations

from collections.abc import Sequence

import xlwings as xw

from juesuan.live.areas import addresses
from juesuan.place import Place

_SIDES = (7, 8, 9, 10)
"""Left, top, bottom and right, as Excel counts them."""

_NONE, _CONTINUOUS, _THICK = -4142, 1, 4
RED = 0x0000D0
"""As Excel counts colours: blue, green, red."""


def borders_of(sheet: xw.Sheet, places: Sequence[Place]) -> dict[Place, str]:
    """Line, weight and colour of each side of each cell, in words of our own; cells alike are asked for together."""
    if not places:
        return {}
    together = sheet.range(next(addresses(places))).api.Borders
    line, weight, colour = together.LineStyle, together.Weight, together.Color
    if None not in (line, weight, colour) and len(list(addresses(places))) == 1:
        return dict.fromkeys(places, ";".join([_told(line, weight, colour)] * len(_SIDES)))
    if len(places) == 1:
        sides = [sheet.range(places[0].address).api.Borders(side) for side in _SIDES]
        return {places[0]: ";".join(_told(side.LineStyle, side.Weight, side.Color) for side in sides)}
    middle = len(places) // 2
    return borders_of(sheet, places[:middle]) | borders_of(sheet, places[middle:])


def frame(sheet: xw.Sheet, places: Sequence[Place]) -> None:
    """Draw the culprit's border around each cell."""
    for address in addresses(places):
        borders = sheet.range(address).api.Borders
        borders.LineStyle, borders.Weight, borders.Color = _CONTINUOUS, _THICK, RED


def unframe(cell: xw.Range, before: str) -> None:
    """Draw the border that `borders_of` told of, on the sides that still have the culprit's."""
    for side, given in zip(_SIDES, before.split(";"), strict=True):
        border = cell.api.Borders(side)
        if border.Weight != _THICK or border.Color != RED:
            continue
        if not given:
            border.LineStyle = _NONE
            continue
        line, weight, colour = (int(part) for part in given.split(","))
        border.LineStyle = line
        border.Weight, border.Color = weight, colour


def _told(line: float, weight: float, colour: float) -> str:
    return "" if line == _NONE else f"{int(line)},{int(weight)},{int(colour or 0)}"
