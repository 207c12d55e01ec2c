"""One relation judged: the verdict, what the figure should have been, and how much rounding explains."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from honest import CATALOGUE
from juesuan.book import Cell
from juesuan.bounds import Outcome, Verdict, judge
from juesuan.expr import Comparison, Number, Operator, Ref
from juesuan.place import Place
from juesuan.relations import Relation
from juesuan.rules import Rule

STEP = 10_000
"""0.01 万元 in 分."""


def rule(operator: Operator = "=", tolerance: int = 0) -> Rule:
    known = CATALOGUE.rule("REV002")
    assert known
    comparison = Comparison(Ref("revenue", ("total",), "total"), operator, Number(0))
    return known._replace(comparison=comparison, tolerance=tolerance)


def cell(fen: int | None, step: int = STEP, signed: bool = False) -> Cell:
    return Cell("revenue", "201", "total", Place("甲", 0, 0), fen, step, signed, "blank" if fen is None else "given")


def judged(
    target: int | None,
    *terms: int | None,
    operator: Operator = "=",
    tolerance: int = 0,
    constant: int = 0,
    sign: int = 1,
) -> Outcome:
    parts = tuple((sign, cell(term)) for term in terms)
    return judge(Relation(rule(operator, tolerance), cell(target), parts, constant))


EXPECTED: list[tuple[Callable[[], Outcome], tuple[Verdict, int, int]]] = [
    # More than something: not a 分 of rounding.
    (partial(judged, 1, operator=">"), ("passed", 0, 0)),
    (partial(judged, 0, operator=">"), ("failed", 0, 0)),
    (partial(judged, None, operator=">"), ("failed", 0, 0)),
    (partial(judged, STEP, STEP, operator=">"), ("failed", STEP, 0)),
    (partial(judged, 2 * STEP, STEP, operator=">"), ("passed", STEP, 0)),
    # Nothing but blanks.
    (partial(judged, None, None), ("inapplicable", 0, 0)),
    (partial(judged, None, None, constant=STEP), ("inapplicable", STEP, 0)),
    (partial(judged, None, 0), ("passed", 0, 0)),
    # Inequalities hold on their own side, whatever the size.
    (partial(judged, STEP, 0, operator=">="), ("passed", 0, 0)),
    (partial(judged, STEP, STEP, operator=">="), ("passed", STEP, 0)),
    (partial(judged, 1, 0, operator=">="), ("passed", 0, 0)),
    (partial(judged, 0, STEP, operator="<="), ("passed", STEP, 0)),
    (partial(judged, 0, 1, operator="<="), ("passed", 1, 0)),
    (partial(judged, STEP, STEP, operator="<="), ("passed", STEP, 0)),
    # One figure against one other: 0.01 apart is what hand balancing leaves.
    (partial(judged, 2 * STEP, STEP), ("balanced", STEP, 0)),
    (partial(judged, STEP, 2 * STEP), ("balanced", 2 * STEP, 0)),
    (partial(judged, 3 * STEP, STEP), ("failed", STEP, 0)),
    (partial(judged, 3 * STEP, STEP, STEP), ("tail", 2 * STEP, STEP)),
    (partial(judged, STEP, STEP, STEP), ("tail", 2 * STEP, STEP)),
    (partial(judged, 4 * STEP, STEP, STEP), ("failed", 2 * STEP, STEP)),
    (partial(judged, STEP, 2 * STEP, operator=">="), ("balanced", 2 * STEP, 0)),
    (partial(judged, 2 * STEP, STEP, operator="<="), ("balanced", STEP, 0)),
    (partial(judged, STEP, 3 * STEP, operator=">="), ("failed", 3 * STEP, 0)),
    # Inequalities between sums are tails within what rounding explains, never hand balanced ones.
    (partial(judged, 3 * STEP, STEP, STEP, operator="<="), ("tail", 2 * STEP, STEP)),
    # A printed zero hides less than half a step.
    (partial(judged, STEP, 0, 0), ("tail", 0, STEP)),
    (partial(judged, STEP, 0), ("failed", 0, 0)),
    # One figure among printed zeros is still a figure against one other.
    (partial(judged, 2 * STEP, STEP, 0, 0), ("balanced", STEP, STEP)),
    (partial(judged, 2 * STEP, STEP, 0, 0, operator="<="), ("tail", STEP, STEP)),
    # A constant belongs to what is expected.
    (partial(judged, 3 * STEP, STEP, constant=2 * STEP), ("passed", 3 * STEP, 0)),
    (partial(judged, 4 * STEP, STEP, constant=2 * STEP), ("balanced", 3 * STEP, 0)),
    (partial(judged, 4 * STEP, STEP, STEP, constant=STEP), ("tail", 3 * STEP, STEP)),
    (partial(judged, 2 * STEP, STEP, STEP, constant=STEP), ("tail", 3 * STEP, STEP)),
    (partial(judged, 0, STEP, constant=2 * STEP), ("failed", 3 * STEP, 0)),
    (partial(judged, 5 * STEP, constant=3 * STEP), ("failed", 3 * STEP, 0)),
    # A term that is taken off.
    (partial(judged, -STEP, STEP, sign=-1), ("passed", -STEP, 0)),
    # Within the tolerance of a rule, its edge included.
    (partial(judged, 2 * STEP, STEP, tolerance=STEP), ("passed", STEP, STEP)),
    (partial(judged, 4 * STEP, STEP, tolerance=STEP), ("failed", STEP, STEP)),
]


@pytest.mark.parametrize("number", range(len(EXPECTED)))
def test_a_relation_is_judged(number: int) -> None:
    ask, expected = EXPECTED[number]
    outcome = ask()
    assert (outcome.verdict, outcome.expected, outcome.bound) == expected
    assert isinstance(outcome.bound, int)
    assert outcome.difference == (outcome.relation.target.fen or 0) - outcome.expected


def taken_off(target: int, first: int, second: int) -> tuple[Verdict, int]:
    terms = ((1, cell(first)), (-1, cell(second)))
    outcome = judge(Relation(rule(), cell(target), terms))
    return outcome.verdict, outcome.bound


def test_a_term_that_is_taken_off_is_rounded_as_any_other() -> None:
    assert taken_off(2 * STEP, 5 * STEP, 2 * STEP) == ("tail", STEP)
    assert taken_off(4 * STEP, 5 * STEP, 2 * STEP) == ("tail", STEP)
    assert taken_off(5 * STEP, 5 * STEP, 2 * STEP) == ("failed", STEP)


def test_a_figure_written_out_unrounded_is_no_hand_balancing_within_the_rounding() -> None:
    def mixed(target: int, step: int, term: int, other: int) -> Outcome:
        return judge(Relation(rule(), cell(target, step), ((1, cell(term, other)),)))

    assert mixed(STEP + 1, 1, STEP, STEP)[1::2] == ("tail", STEP // 2 - 1)
    assert mixed(STEP - 1, 1, STEP, STEP)[1::2] == ("tail", STEP // 2)
    assert mixed(STEP, STEP, STEP + 1, 1)[1::2] == ("tail", STEP // 2 - 1)
    assert mixed(STEP + STEP // 2, 1, STEP, STEP).verdict == "balanced"
    assert mixed(STEP, 1, STEP + 1, 1)[1::2] == ("failed", 0)
    assert mixed(STEP, 1, STEP + 2, 1)[1::2] == ("failed", 0)
    assert mixed(STEP, 2, STEP + 2, 2).verdict == "balanced"


def test_a_rule_without_a_comparison_of_its_own_is_an_equation() -> None:
    plain = rule()._replace(comparison=None)
    assert judge(Relation(plain, cell(STEP), ((1, cell(STEP)),))).verdict == "passed"
    assert judge(Relation(plain, cell(2 * STEP), ((1, cell(STEP)),))).verdict == "balanced"
    assert judge(Relation(plain, cell(STEP), ((1, cell(0)),))).verdict == "failed"
    assert judge(Relation(plain, cell(9 * STEP), ((1, cell(STEP)),))).verdict == "failed"


def test_amounts_in_yuan_too_long_for_a_double_are_judged_exactly() -> None:
    terms = tuple((1, cell(10**17 + 1, STEP)) for _ in range(2))
    outcome = judge(Relation(rule(), cell(2 * 10**17 + 2 + STEP, STEP), terms))
    assert (outcome.verdict, outcome.expected, outcome.bound) == ("tail", 2 * 10**17 + 2, STEP)
