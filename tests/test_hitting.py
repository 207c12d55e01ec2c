"""The smallest set of cells that meets every core, against all sets tried one after another."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from juesuan.locate.hitting import smallest_hitting_set

CORES = st.lists(st.frozensets(st.integers(0, 7), min_size=1, max_size=4), max_size=8)


@given(CORES, st.integers(0, 8))
def test_the_set_is_a_smallest_one_or_there_is_none(cores: list[frozenset[int]], most: int) -> None:
    every = chain.from_iterable(combinations(range(8), size) for size in range(most + 1))
    least = next((len(cells) for cells in every if all(core & set(cells) for core in cores)), None)
    found = smallest_hitting_set(cores, most)
    assert found.exact
    assert (None if found.cells is None else len(found.cells)) == least
    assert found.cells is None or all(core & found.cells for core in cores)


def test_cores_apart_from_each_other_are_too_many_at_once() -> None:
    found = smallest_hitting_set([frozenset({number, -number - 1}) for number in range(20_000)], 16)
    assert found.cells is None
    assert found.exact
