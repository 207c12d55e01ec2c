"""Fills of cells: what they are, painted over, and put back exactly. Excel's own terms for them, few calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import xlwings as xw

from juesuan.live.areas import addresses
from juesuan.place import Place

_NONE, _SOLID = -4142, 1
_GRADIENTS = (4000, 4001)


class Fill(NamedTuple):
    """Excel's Interior: `colour` and `behind` as it counts colours; `theme` and `tint` where it is one of a theme's."""

    pattern: int
    colour: int = 0
    theme: int = 0
    tint: float = 0.0
    behind: int = 0

    def __str__(self) -> str:
        return "" if self.pattern == _NONE else ",".join(str(value) for value in self)

    @property
    def can_return(self) -> bool:
        """Gradients cannot be put back; such cells are left unpainted."""
        return self.pattern not in _GRADIENTS

    def shows(self, colour: str) -> bool:
        """Whether this is the plain colour, as “FFC7CE”."""
        red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
        return self.pattern == _SOLID and not self.theme and self.colour == red | green << 8 | blue << 16


def fill_from(text: str) -> Fill:
    """The fill that ``str`` wrote."""
    if not text:
        return Fill(_NONE)
    pattern, colour, theme, tint, behind = (float(part) for part in text.split(","))
    return Fill(int(pattern), int(colour), int(theme), tint, int(behind))


def fills_of(sheet: xw.Sheet, places: Sequence[Place]) -> dict[Place, Fill]:
    """The fill of each cell; cells alike are asked for together."""
    found: dict[Place, Fill] = {}
    for part in _parts(places):
        common = _fill(sheet.range(",".join(addresses(part))).api.Interior, alone=len(part) == 1)
        if common is not None:
            found |= dict.fromkeys(part, common)
        else:
            middle = len(part) // 2
            found |= fills_of(sheet, part[:middle]) | fills_of(sheet, part[middle:])
    return found


def paint(sheet: xw.Sheet, places: Sequence[Place], colour: str) -> None:
    """Give cells a plain colour, as “FFC7CE”."""
    for address in addresses(places):
        sheet.range(address).color = f"#{colour}"


def put_back(sheet: xw.Sheet, places: Sequence[Place], fill: Fill) -> None:
    for address in addresses(places):
        area = sheet.range(address)
        if fill.pattern == _NONE:
            area.color = None
            continue
        interior = area.api.Interior
        interior.Pattern = fill.pattern
        if fill.theme:
            interior.ThemeColor = fill.theme
            interior.TintAndShade = fill.tint
        else:
            interior.Color = fill.colour
        if fill.pattern != _SOLID:
            interior.PatternColor = fill.behind


def _parts(places: Sequence[Place]) -> list[Sequence[Place]]:
    """Cells that fit into one address."""
    if len(list(addresses(places))) <= 1:
        return [places] if places else []
    middle = len(places) // 2
    return [*_parts(places[:middle]), *_parts(places[middle:])]


def _fill(interior: Any, *, alone: bool) -> Fill | None:
    """The fill that all cells share; None when they differ. Of cells that differ Excel says nothing, or 0."""
    pattern = interior.Pattern
    if pattern is None:
        return None
    if pattern == _NONE:
        return Fill(_NONE)
    colour, theme = interior.Color, interior.ThemeColor
    if not alone and (not colour or theme is None):
        return None
    theme = int(theme) if theme and theme > 0 else 0
    tint = float(interior.TintAndShade or 0) if theme else 0.0
    behind = int(interior.PatternColor or 0) if pattern != _SOLID else 0
    return Fill(int(pattern), int(colour or 0), theme, tint, behind)
