"""The smallest set of cells that meets every core, beside trying all sets of cells."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from juesuan.locate.hitting import smallest_hitting_set

CELLS = range(9)


@given(st.lists(st.frozensets(st.sampled_from(CELLS), min_size=1, max_size=5), max_size=12), st.integers(1, 6))
def test_no_smaller_set_meets_every_core(cores: list[frozenset[int]], most: int) -> None:
    found = smallest_hitting_set(cores, most)
    sizes = [len(cells) for size in range(len(CELLS) + 1) for cells in combinations(CELLS, size) if meets(cores, cells)]
    assert found.exact
    assert (found.cells is None) == (min(sizes) > most)
    if found.cells is not None:
        assert meets(cores, found.cells)
        assert len(found.cells) == min(sizes)


def meets(cores: list[frozenset[int]], cells: frozenset[int] | tuple[int, ...]) -> bool:
    return not any(core.isdisjoint(cells) for core in cores)
