"""Rounding is judged, not tolerated: honest rounding is never an error, and a slip beyond it always is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exact import figures, rounded
from juesuan.book import Cell
from juesuan.bounds import judge
from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.fill import fill
from juesuan.place import Place
from juesuan.relations import Relation, relate
from juesuan.rules import load_catalogue

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)
seeds = st.integers(0, 2**32)


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_an_exact_book_rounded_to_wan_yuan_has_no_error(seed: int) -> None:
    checked = check(rounded(figures(seed, EDITION), EDITION), CATALOGUE)
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert checked.verdict in ("warn", "tail", "pass")


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_an_exact_book_in_yuan_has_neither_error_nor_tail(seed: int) -> None:
    checked = check(rounded(figures(seed, EDITION), EDITION, "元"), CATALOGUE)
    assert [item.message for item in checked.findings if item.level == "error" or item.status == "tail"] == []


@settings(max_examples=150, deadline=None)
@given(seeds, st.data())
def test_a_derived_cell_changed_beyond_its_bound_is_found_at_that_cell(seed: int, data: st.DataObject) -> None:
    book = rounded(figures(seed, EDITION), EDITION)
    equations = [
        relation
        for relation in relate(CATALOGUE, book).relations
        if relation.rule.derives and relation.rule.level == "error" and relation.target.fen
    ]
    relation = data.draw(st.sampled_from(equations))
    outcome = judge(relation)
    sign = data.draw(st.sampled_from((-1, 1)))
    slip = sign * (outcome.bound + data.draw(st.integers(40, 10_000)) * 10_000)
    target = relation.target
    changed = target._replace(fen=outcome.expected + slip)
    book = book.with_cells({(target.table, target.row, target.field): changed})
    found = check(book, CATALOGUE).findings
    assert any(item.level == "error" and item.place == target.place for item in found)


@settings(max_examples=80, deadline=None)
@given(seeds, st.data())
def test_one_fen_wrong_in_a_book_in_yuan_is_found_at_its_cell(seed: int, data: st.DataObject) -> None:
    book = rounded(figures(seed, EDITION), EDITION, "元")
    equations = [item for item in relate(CATALOGUE, book).relations if item.rule.derives and item.target.fen]
    target = data.draw(st.sampled_from(equations)).target
    assert target.fen is not None
    book = book.with_cells({(target.table, target.row, target.field): target._replace(fen=target.fen + 1)})
    assert any(item.level == "error" and item.place == target.place for item in check(book, CATALOGUE).findings)


@settings(max_examples=80, deadline=None)
@given(seeds, st.sampled_from(("revenue", "expenditure")), st.data())
def test_one_fen_more_in_an_item_of_a_filled_book_is_found_at_its_three_ties_and_nowhere_else(
    seed: int, table: str, data: st.DataObject
) -> None:
    """Its 款 and 合计, which adds up all 项, in the same column, and its own row's total; all else still agrees."""
    blank = rounded(figures(seed, EDITION), EDITION, "元")
    derived = [key for key in blank.cells if key[0] == table and (len(key[1]) != 7 or key[2] == "total")]
    blank = blank.with_cells({key: blank.cells[key]._replace(fen=None, state="blank") for key in derived})
    book = fill(blank, CATALOGUE).book
    assert [item.message for item in check(book, CATALOGUE).findings if item.level == "error"] == []
    items = [key for key in book.cells if key[0] == table and len(key[1]) == 7 and key[2] != "total"]
    _, row, field = key = data.draw(st.sampled_from(items))
    book = book.with_cells({key: book.cells[key]._replace(fen=(book.cells[key].fen or 0) + 1)})
    found = [item for item in check(book, CATALOGUE).findings if item.level == "error"]
    ties = [book.cells[table, *key] for key in ((row[:5], field), ("total", field), (row, "total"))]
    assert {item.place for item in found} == {tie.place for tie in ties}
    assert {item.difference for item in found} == {-1}


def cell(hundredths: int | None, signed: bool = False) -> Cell:
    fen = None if hundredths is None else hundredths * 10_000
    return Cell("revenue", "201", "total", Place("甲", 0, 0), fen, 10_000, signed, "blank" if fen is None else "given")


def bound(target: Cell, *terms: Cell, code: str = "REV002") -> tuple[str, int]:
    rule = CATALOGUE.rule(code)
    assert rule is not None
    outcome = judge(Relation(rule, target, tuple((1, term) for term in terms)))
    return outcome.verdict, outcome.bound // 10_000


@pytest.mark.parametrize(
    ("terms", "largest"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3), (26, 13)], ids=lambda n: str(n)
)
def test_the_bound_of_a_sum_of_amounts_of_one_sign_is_half_their_number(terms: int, largest: int) -> None:
    parts = [cell(100) for _ in range(terms)]
    if largest:
        assert bound(cell(100 * terms + largest), *parts)[0] == "tail"
        assert bound(cell(100 * terms - largest), *parts)[0] == "tail"
    assert bound(cell(100 * terms + largest + 2), *parts)[0] == "failed"
    assert bound(cell(100 * terms - largest - 2), *parts)[0] == "failed"


def test_the_same_figure_one_hundredth_apart_is_to_verify_and_two_hundredths_an_error() -> None:
    assert bound(cell(100), cell(100)) == ("passed", 0)
    assert bound(cell(101), cell(100)) == ("balanced", 0)
    assert bound(cell(99), cell(100)) == ("balanced", 0)
    assert bound(cell(102), cell(100)) == ("failed", 0)


def test_a_printed_zero_may_hide_less_than_fifty_yuan_but_never_a_negative_amount() -> None:
    zeros = [cell(0), cell(None), cell(0)]
    assert bound(cell(1), *zeros)[0] == "tail"
    assert bound(cell(3), *zeros)[0] == "failed"
    assert bound(cell(-1), *zeros)[0] == "failed"


def test_a_relation_of_blanks_only_is_not_applicable_and_a_blank_total_of_nothing_passes() -> None:
    assert bound(cell(None), cell(None))[0] == "inapplicable"
    assert bound(cell(None), cell(0), cell(0))[0] == "passed"
    assert bound(cell(None), cell(500), cell(300))[0] == "failed"


def test_amounts_exact_to_the_fen_leave_no_room() -> None:
    exact = [cell(100)._replace(step=1), cell(200)._replace(step=1)]
    assert bound(cell(301)._replace(step=1), *exact) == ("failed", 0)
    assert bound(cell(301), *exact)[0] == "failed"
    assert bound(cell(300), *exact)[0] == "passed"
