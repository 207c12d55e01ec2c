"""The cheapest set of cells that meets every one of a family of sets (exact, for the small families of a book).

Depth first with the lower bound of disjoint sets; families that share no cell are solved apart. Method: implicit
hitting sets after Moreno-Centeno and Karp (2013); de Waal, Pannekoek and Scholtus (2011) for errors in data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

Core = frozenset[int]
MOST_STEPS = 3_000


def smallest_hitting_set(cores: Iterable[Core], weight: Callable[[int], int], most: int) -> frozenset[int] | None:
    """A set of cells of the least weight that meets every core; None if there is none of `most` cells at most.

    None as well when the search would be too long.
    """
    chosen: set[int] = set()
    for family in _apart(_minimal(cores)):
        search = _Search(weight, most - len(chosen))
        search.descend((), 0, family)
        if search.best is None:
            return None
        chosen.update(search.best)
    return frozenset(chosen) if len(chosen) <= most else None


def _minimal(cores: Iterable[Core]) -> list[Core]:
    """The cores that contain no other."""
    kept: list[Core] = []
    for core in sorted(set(cores), key=lambda core: (len(core), sorted(core))):
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
    def __init__(self, weight: Callable[[int], int], most: int) -> None:
        self._weight = weight
        self._most = most
        self._least: int | None = None
        self._steps = 0
        self.best: tuple[int, ...] | None = None

    def descend(self, chosen: tuple[int, ...], cost: int, left: Sequence[Core]) -> None:
        self._steps += 1
        if not left:
            if self._least is None or cost < self._least:
                self._least, self.best = cost, chosen
            return
        count, bound = self._bound(left)
        if len(chosen) + count > self._most or self._steps > MOST_STEPS:
            return
        if self._least is not None and cost + bound >= self._least:
            return
        hits: dict[int, int] = {}
        for core in left:
            for cell in core:
                hits[cell] = hits.get(cell, 0) + 1
        smallest = min(left, key=len)
        for cell in sorted(smallest, key=lambda cell: (self._weight(cell) / hits[cell], cell)):
            rest = [core for core in left if cell not in core]
            self.descend((*chosen, cell), cost + self._weight(cell), rest)

    def _bound(self, left: Sequence[Core]) -> tuple[int, int]:
        """Number and least weight of cells that disjoint cores need."""
        used: set[int] = set()
        count = bound = 0
        for core in left:
            if used.isdisjoint(core):
                used |= core
                count += 1
                bound += min((self._weight(cell) for cell in core), default=0)
        return count, bound
