"""Values that can stand together: what is suggested for one wrong cell fits what is suggested for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from juesuan.money import round_fen

if TYPE_CHECKING:
    from juesuan.locate.culprits import Cells, Search
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import System

Values = Mapping[int, int]
"""What cells should print, in 分."""


def agreed(
    search: Search, aside: Cells, wanted: Sequence[tuple[int, int]], choose: Callable[[int, Range], int | None]
) -> dict[int, int]:
    """Values of cells set aside with which all the rest can be right at once: those `wanted`, if they will do.

    Where they will not, each is kept or chosen given the ones before it. Raises OutOfTime.
    """
    values = dict(wanted)
    if agree(search, aside, values):
        return values
    kept: dict[int, int] = {}
    for cell, value in wanted:
        extent = search.extent(cell, aside, as_printed(search.system, kept))
        fits = nearest(value, printed_range(extent, search.system.cells[cell].step)) == value
        best = value if fits else choose(cell, extent)
        if best is not None:
            kept[cell] = best
    return kept


def agree(search: Search, aside: Cells, values: Values) -> bool:
    """Whether all the rest can be right with these values; one value by itself can. Raises OutOfTime."""
    return len(values) < 2 or search.permits(aside, as_printed(search.system, values))


def as_printed(system: System, values: Values) -> dict[int, Range]:
    """The amounts that are printed as these values."""
    return {cell: system.cells[cell]._replace(fen=value, span=None).interval for cell, value in values.items()}


def printed_range(extent: Range, step: int) -> Range:
    """What the amounts of a range are printed as, in 分."""
    low, high = extent
    return (None if low is None else round_fen(low, step)), (None if high is None else round_fen(high, step))


def nearest(value: int, ends: Range) -> int:
    """The amount within the ends that is nearest to a value."""
    low, high = ends
    value = value if low is None else max(low, value)
    return value if high is None else min(high, value)
