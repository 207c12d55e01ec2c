"""Cells gathered into few addresses, so that one call reaches many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from juesuan.place import Place

LONGEST = 240
"""Excel takes 255 characters for an address."""

Area = tuple[int, int, int, int]
"""First row and column, last row and column, zero-based."""


def rectangles(places: Iterable[Place]) -> list[Area]:
    """The cells as few rectangles: runs along a row, and runs of the same columns below each other."""
    runs: list[list[int]] = []
    for _, row, column in sorted(places):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        elif not runs or runs[-1][0] != row or runs[-1][2] != column:
            runs.append([row, column, column])
    areas: list[list[int]] = []
    open_: dict[tuple[int, int], list[int]] = {}
    for row, first, last in runs:
        area = open_.get((first, last))
        if area and area[2] == row - 1:
            area[2] = row
        else:
            area = open_[first, last] = [row, first, row, last]
            areas.append(area)
    return [(top, left, bottom, right) for top, left, bottom, right in areas]


def addresses(places: Iterable[Place]) -> Iterator[str]:
    """The cells of one sheet as addresses, several joined by commas as far as Excel takes them."""
    joined = ""
    for area in rectangles(places):
        address = address_of(area)
        if joined and len(joined) + 1 + len(address) > LONGEST:
            yield joined
            joined = address
        else:
            joined = f"{joined},{address}" if joined else address
    if joined:
        yield joined


def chunks(places: Sequence[Place]) -> list[Sequence[Place]]:
    """The cells of one sheet in parts that fit into one address each."""
    if len(list(addresses(places))) <= 1:
        return [places] if places else []
    middle = len(places) // 2
    return [*chunks(places[:middle]), *chunks(places[middle:])]


def address_of(area: Area) -> str:
    top, left, bottom, right = area
    first, last = Place("", top, left).address, Place("", bottom, right).address
    return first if first == last else f"{first}:{last}"
