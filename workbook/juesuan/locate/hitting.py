"""The smallest set of cells that meets every one of a family of sets (exact, for the small families of a book).

Depth first with the lower bound of disjoint sets; families that share no cell are solved apart. Method: implicit
hitting sets after Moreno-Centeno and Karp (2013); de Waal, Pannekoek and Scholtus (2011) for errors in data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Core = frozenset[int]
MOST_STEPS = 3_000


class Hit(NamedTuple):
    """A set of cells that meets every core, None if none was found; `exact`: the search was not cut short."""

    cells: frozenset[int] | None
    exact: bool


def smallest_hitting_set(cores: Iterable[Core], most: int) -> Hit:
    """A smallest set of cells that meets every core; none if it would need more than `most`."""
    chosen: set[int] = set()
    exact = True
    distinct = sorted(set(cores), key=lambda core: (len(core), sorted(core)))
    if _apart_at_least(distinct) > most:
        return Hit(None, exact)
    for family in _apart(_minimal(distinct)):
        search = _Search(family, most - len(chosen))
        search.search()
        exact = exact and not search.cut
        if search.best is None:
            return Hit(None, exact)
        chosen.update(search.best)
    return Hit(frozenset(chosen) if len(chosen) <= most else None, exact)


def _apart_at_least(cores: Iterable[Core]) -> int:
    """The number of cells that disjoint cores need."""
    used: set[int] = set()
    count = 0
    for core in cores:
        if used.isdisjoint(core):
            used |= core
            count += 1
    return count


def _minimal(cores: Sequence[Core]) -> list[Core]:
    """The cores that contain no other; they come by length."""
    kept: list[Core] = []
    for core in cores:
        if not any(other <= core for other in kept):
            kept.append(core)
    return kept


def _apart(cores: Sequence[Core]) -> list[list[Core]]:
    """The cores grouped so that groups share no cell."""
    groups: list[tuple[set[int], list[Core]]] = []
    for core in cores:
        touching = [group for group in groups if not group[0].isdisjoint(core)]
        cells = set(core).union(*(group[0] for group in touching))
        members = [other for group in touching for other in group[1]] + [core]
        groups = [group for group in groups if group not in touching] + [(cells, members)]
    return [members for _, members in groups]


class _Search:
    """Depth first. The cores are bits of numbers, the smallest core the lowest bit.

    A cell that meets no core but those another one meets is left out: that one does as well in its place.
    """

    def __init__(self, cores: Iterable[Core], most: int) -> None:
        self._most = most
        self._steps = 0
        self._cores = sorted(cores, key=len)
        self._met: dict[int, int] = {}
        for bit, core in enumerate(self._cores):
            for cell in core:
                self._met[cell] = self._met.get(cell, 0) | 1 << bit
        self.best: tuple[int, ...] | None = None

    @property
    def cut(self) -> bool:
        return self._steps > MOST_STEPS

    def search(self) -> None:
        self._descend((), (1 << len(self._cores)) - 1)

    def _descend(self, chosen: tuple[int, ...], left: int) -> None:
        if self.cut:
            return
        self._steps += 1
        if not left:
            if self.best is None or len(chosen) < len(self.best):
                self.best = chosen
            return
        needed = len(chosen) + self._at_least(left)
        if needed > self._most or (self.best is not None and needed >= len(self.best)):
            return
        tried: list[int] = []
        smallest = self._cores[_lowest(left)]
        for _, cell in sorted((-(self._met[cell] & left).bit_count(), cell) for cell in smallest):
            met = self._met[cell] & left
            if not any(met & ~other == 0 for other in tried):
                tried.append(met)
                self._descend((*chosen, cell), left & ~met)

    def _at_least(self, left: int) -> int:
        """The number of cells that the disjoint ones among the cores `left` need."""
        count = 0
        while left:
            count += 1
            for cell in self._cores[_lowest(left)]:
                left &= ~self._met[cell]
        return count


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
