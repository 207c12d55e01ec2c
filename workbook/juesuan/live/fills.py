"""Fills of cells: what they are, painted over, and put back exactly. Excel's own terms for them, few calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings as xw

from juesuan.live.areas import addresses, chunks
from juesuan.marking.live_record import NO_PATTERN, SOLID, Fill
from juesuan.place import Place


def fills_of(sheet: xw.Sheet, places: Sequence[Place]) -> dict[Place, Fill]:
    """The fill of each cell; cells alike are asked for together."""
    found: dict[Place, Fill] = {}
    for part in chunks(places):
        common = _fill(sheet.range(next(addresses(part))).api.Interior, alone=len(part) == 1)
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
        if fill.pattern == NO_PATTERN:
            area.color = None
            continue
        interior = area.api.Interior
        interior.Pattern = fill.pattern
        if fill.theme:
            interior.ThemeColor = fill.theme
            interior.TintAndShade = fill.tint
        else:
            interior.Color = fill.colour
        if fill.pattern != SOLID:
            interior.PatternColor = fill.behind


def _fill(interior: Any, *, alone: bool) -> Fill | None:
    """The fill that all cells share; None when they differ. Of cells that differ Excel says nothing, or 0."""
    pattern = interior.Pattern
    if pattern is None:
        return None
    if pattern == NO_PATTERN:
        return Fill(NO_PATTERN)
    colour, theme = interior.Color, interior.ThemeColor
    if not alone and (not colour or theme is None):
        return None
    theme = int(theme) if theme and theme > 0 else 0
    tint = float(interior.TintAndShade or 0) if theme else 0.0
    behind = int(interior.PatternColor or 0) if pattern != SOLID else 0
    return Fill(int(pattern), int(colour or 0), theme, tint, behind)
