"""Amounts near the printed ones: what is found stands everywhere, and only what has to move does."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exact import figures, rounded
from honest import HONEST, honest
from juesuan.book import Cell
from juesuan.locate.joint import judge_jointly
from juesuan.locate.nearby import nearby_witness
from juesuan.money import round_fen
from juesuan.place import Place
from juesuan.relations import Relation
from slipped import EDITION, LAWS, clean, laws, with_slip
from slips.slip import JIAOZUO

EQUAL = next(rule for rule in LAWS.rules if rule.kind == "equation")


def cell(name: str, fen: int, span: tuple[int, int] | None = None) -> Cell:
    return Cell("revenue", name, "total", Place(name, 0, 0), fen, 10_000, span=span)


def equation(target: Cell, *terms: Cell) -> Relation:
    return Relation(EQUAL, target, tuple((1, term) for term in terms))


def assert_stands(relations: tuple[Relation, ...], amounts: dict[tuple[str, str, str], int]) -> None:
    for relation in relations:
        total = relation.constant + sum(sign * amounts[term.key] for sign, term in relation.terms)
        operator = relation.rule.comparison.operator if relation.rule.comparison else "="
        difference = amounts[relation.target.key] - total
        assert {"=": difference == 0, ">=": difference >= 0, "<=": difference <= 0}[operator]
        for item in relation.cells:
            assert round_fen(amounts[item.key], item.step) == (item.fen or 0)
            assert item.signed or amounts[item.key] >= 0


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_account_is_settled_near_its_figures(name: str) -> None:
    amounts = nearby_witness(laws(honest(name)))
    assert amounts is not None
    assert_stands(laws(honest(name)), amounts)


def test_few_tails_leave_nearly_all_figures_as_they_are_printed() -> None:
    amounts = nearby_witness(laws(honest(JIAOZUO)))
    assert amounts is not None
    moved = [key for key, amount in amounts.items() if amount != (honest(JIAOZUO).cells[key].fen or 0)]
    assert 0 < len(moved) < len(amounts) / 5


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_amounts_found_for_any_exact_book_stand(seed: int) -> None:
    relations = laws(rounded(figures(seed, EDITION), EDITION))
    amounts = nearby_witness(relations)
    if amounts is not None:
        assert_stands(relations, amounts)


def test_nearly_every_exact_book_is_settled_so() -> None:
    assert sum(nearby_witness(laws(clean(seed))) is not None for seed in range(12)) >= 11


@pytest.mark.parametrize("seed", range(6))
def test_a_gross_mistake_is_never_explained_away(seed: int) -> None:
    book, _ = with_slip(seed, "unit")
    assert nearby_witness(laws(book)) is None


def test_a_figure_outside_what_its_cell_allows_is_no_witness() -> None:
    part, whole = cell("a", 50_000, span=(51_000, 52_000)), cell("b", 50_000)
    assert nearby_witness((equation(whole, part),)) is None


def test_cells_of_two_years_that_go_by_one_key_are_not_taken_for_one() -> None:
    now, then, whole = cell("a", 10_000), cell("a", 20_000), cell("b", 30_000)
    assert nearby_witness((equation(whole, now, then),)) is None


def test_a_clean_book_loads_neither_the_system_of_all_rows_nor_the_solver() -> None:
    script = (
        "import sys\nfrom honest import JIAOZUO, honest\nfrom slipped import laws\n"
        "from juesuan.locate.joint import judge_jointly\n"
        "assert judge_jointly(laws(honest(JIAOZUO)), honest(JIAOZUO)).feasible\n"
        "print({'juesuan.locate.system', 'highspy'} & set(sys.modules))"
    )
    path = f"import sys\nsys.path[:0] = {sys.path!r}\n"
    done = subprocess.run([sys.executable, "-c", path + script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "set()\n"


def test_the_verdict_takes_the_amounts_found_near() -> None:
    relations = laws(clean(2))
    assert judge_jointly(relations, clean(2)).witness == nearby_witness(relations)
