"""Merged cells of the open workbook: where a cell that merging covers is shown."""

from __future__ import annotations

from collections.abc import Sequence

import xlwings as xw

from juesuan.live.areas import addresses, chunks
from juesuan.place import Place


def shown_at(sheet: xw.Sheet, places: Sequence[Place]) -> dict[Place, Place]:
    """The first cell of what they are merged into, for the cells that are; unmerged ones are asked for together."""
    shown: dict[Place, Place] = {}
    for part in chunks(places):
        merged, middle = sheet.range(next(addresses(part))).api.MergeCells, len(part) // 2
        if merged is False:
            continue
        if middle:
            shown |= shown_at(sheet, part[:middle]) | shown_at(sheet, part[middle:])
        else:
            [place] = part
            area = sheet.range(place.address).merge_area
            shown[place] = Place(place.sheet, area.row - 1, area.column - 1)
    return shown
