"""Figures in 0.01 万元 from exact ones: what is promised of every cell, whatever the book."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from exact import figures, rounded
from honest import HONEST, honest
from juesuan.balance.apportion import Custom, apportioned
from juesuan.balance.balanced import Balanced, balance
from juesuan.balance.figures import Figures, figures_of, holds
from juesuan.balance.impossible import prove_impossible
from juesuan.balance.method import METHODS, Method
from juesuan.balance.optimal import controlled
from juesuan.book import Book, Cell
from juesuan.check import check
from juesuan.errors import JuesuanError
from juesuan.locate.deadline import Deadline
from juesuan.money import WAN_STEP, round_fen
from juesuan.relations import Relation
from locate.books import CATALOGUE, EDITION, FINANCE, SOCIAL_WORK, putuo
from locate.laws import excess, laws_of
from slipped import with_slip
from slips.slip import JIAOZUO
from test_joint import AT_LEAST, book_of, cell, equation

seeds = st.integers(0, 2**32)
rows = st.integers(4, 80)
every_method = pytest.mark.parametrize("method", METHODS)
CUSTOMS: tuple[Custom, ...] = ("last", "largest", "remainder")


def in_yuan(seed: int, size: int) -> Book:
    return rounded(figures(seed, EDITION, size), EDITION, "元")


def moved(balanced: Balanced) -> dict[Cell, int]:
    """By how many 分 each cell of the book is published otherwise than it was."""
    return {cell: (balanced.after.cells[key].fen or 0) - (cell.fen or 0) for key, cell in balanced.before.cells.items()}


def assert_kept(balanced: Balanced) -> None:
    """Nothing stays nothing, no sign turns, a blank stays blank, and every figure is one of 0.01 万元."""
    for key, before in balanced.before.cells.items():
        after = balanced.after.cells[key]
        assert (after.fen is None) == (before.fen is None)
        assert (after.fen or 0) % WAN_STEP == 0
        assert (before.fen or 0) * (after.fen or 0) >= 0
        assert before.fen or not after.fen


@example(843897, 44)
@settings(max_examples=25, deadline=None)
@given(seeds, rows)
def test_optimal_leaves_no_tail_and_no_figure_as_far_as_a_step_from_its_amount(seed: int, size: int) -> None:
    balanced = balance(in_yuan(seed, size), CATALOGUE, "optimal")
    assert_kept(balanced)
    assert [outcome for outcome in balanced.tails if outcome.relation.rule.level == "error"] == []
    assert [law for law in laws_of(balanced.after) if excess(law)] == []
    assert max(map(abs, moved(balanced).values())) < WAN_STEP
    checked = check(balanced.after, CATALOGUE)
    assert checked.counts["tail"] == 0
    assert [item.message for item in checked.findings if item.level == "error" and item.rule != "FORM009"] == []


@settings(max_examples=25, deadline=None)
@given(seeds, rows)
def test_tails_of_a_printed_book_are_mended_by_steps_of_one(seed: int, size: int) -> None:
    book = rounded(figures(seed, EDITION, size), EDITION)
    balanced = balance(book, CATALOGUE, "optimal")
    assert_kept(balanced)
    assert not balanced.exact
    assert [law for law in laws_of(balanced.after) if excess(law)] == []
    assert {abs(step) for step in moved(balanced).values()} <= {0, WAN_STEP}
    assert all(after.fen for key, after in balanced.after.cells.items() if book.cells[key].fen)


@settings(max_examples=10, deadline=None)
@example(8388609, 56, "optimal")
@given(seeds, rows, st.sampled_from(("none", "optimal")))
def test_balancing_what_was_balanced_changes_nothing(seed: int, size: int, method: Method) -> None:
    once = balance(in_yuan(seed, size), CATALOGUE, method)
    assume(check(once.after, CATALOGUE).verdict != "fail")
    again = balance(once.after, CATALOGUE, method)
    assert not again.written
    assert not again.changes
    assert len(again.tails) <= len(once.tails)


@settings(max_examples=10, deadline=None)
@given(seeds, rows)
def test_none_rounds_every_figure_by_itself(seed: int, size: int) -> None:
    book = in_yuan(seed, size)
    balanced = balance(book, CATALOGUE)
    assert balanced.changes == ()
    assert all(
        after.fen == round_fen(book.cells[key].fen or 0, WAN_STEP) for key, after in balanced.after.cells.items()
    )
    broken = [law for law in laws_of(balanced.after) if excess(law)]
    assert len(broken) == sum(1 for outcome in balanced.tails if outcome.relation.rule.level == "error")


@settings(max_examples=10, deadline=None)
@given(seeds, rows, st.sampled_from(CUSTOMS))
def test_a_custom_breaks_less_than_rounding_and_keeps_nothing_and_signs(seed: int, size: int, custom: Custom) -> None:
    book = in_yuan(seed, size)
    balanced = balance(book, CATALOGUE, custom)
    assert_kept(balanced)
    assert len(balanced.tails) <= len(balance(book, CATALOGUE).tails)


@settings(max_examples=10, deadline=None)
@given(seeds, rows, st.sampled_from(list(METHODS)))
def test_a_figure_is_the_same_wherever_it_is_published(seed: int, size: int, method: Method) -> None:
    balanced = balance(in_yuan(seed, size), CATALOGUE, method)
    pairs = [law for law in laws_of(balanced.after) if len(law.terms) == 1 and law.rule.kind == "equation"]
    assert pairs
    assert [law for law in pairs if excess(law)] == []


@pytest.mark.parametrize("name", HONEST)
def test_a_published_account_comes_to_hold_exactly(name: str) -> None:
    book = honest(name)
    balanced = balance(book, CATALOGUE, "optimal")
    assert balanced.tails == ()
    assert [law for law in laws_of(balanced.after) if excess(law)] == []
    if name == JIAOZUO:
        assert balanced.before.cells["expenditure", "20805", "total"].fen == 796_100_00
        assert len(balanced.changes) == 7


@pytest.mark.parametrize("name", [FINANCE, SOCIAL_WORK])
def test_what_was_balanced_by_hand_in_some_tables_is_the_same_in_all(name: str) -> None:
    balanced = balance(putuo(name).book, CATALOGUE, "optimal")
    assert balanced.tails == ()
    published = {cell.fen for key, cell in balanced.after.cells.items() if key[1] == "208" and key[2] == "total"}
    assert len(published - {0}) <= 2


@every_method
def test_a_book_with_errors_is_refused(method: Method) -> None:
    wrong, _ = with_slip(3, "digit")
    assert check(wrong, CATALOGUE).verdict == "fail"
    with pytest.raises(JuesuanError, match=r"有 \d+ 处错误.*请先改正"):
        balance(wrong, CATALOGUE, method)


def test_a_book_that_cannot_be_judged_is_refused() -> None:
    book = in_yuan(1, 20)
    key = next(key for key, item in book.cells.items() if key[::2] == ("expenditure", "basic") and len(key[1]) == 7)
    book = book.with_cells({key: book.cells[key]._replace(fen=None, state="uncached")})
    with pytest.raises(JuesuanError, match="没有判明"):
        balance(book, CATALOGUE)


def test_more_decimals_than_are_shown_are_the_exact_amounts() -> None:
    exact = in_yuan(5, 30)
    finer = rounded({key: cell.fen or 0 for key, cell in exact.cells.items()}, EDITION)
    cells = {key: cell._replace(fen=exact.cells[key].fen, step=1) for key, cell in finer.cells.items()}
    balanced = balance(finer.with_cells(cells), CATALOGUE, "optimal")
    assert balanced.exact
    assert balanced.after.cells == balance(exact, CATALOGUE, "optimal").after.cells


def exactly(name: str, fen: int) -> Cell:
    return cell(name, 0, 1)._replace(fen=fen)


def cost(given: Figures, values: tuple[int, ...] | list[int]) -> int:
    return sum(
        abs(values[given.system.variable_of[number]] * WAN_STEP - (item.fen or 0))
        for number, item in enumerate(given.system.cells)
    )


def best(given: Figures) -> int | None:
    """The least cost of all values there are, tried one by one."""
    spans = [range(choice.low, choice.high + 1) for choice in given.choices]
    fitting = (values for values in product(*spans) if all(holds(row, values) for row in given.system.rows))
    return min((cost(given, values) for values in fitting), default=None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-30_000, 30_000), min_size=4, max_size=4), st.booleans(), st.data())
def test_nothing_moves_less_than_optimal(amounts: list[int], exact: bool, data: st.DataObject) -> None:
    """A table of two by two with all its totals, another printing of one of them, and what is at least another."""
    if not exact:
        amounts = [round_fen(amount, WAN_STEP) for amount in amounts]
    a, b, c, d = (exactly(name, amount) for name, amount in zip("abcd", amounts, strict=True))

    def total(name: str, *parts: Cell) -> Cell:
        off = 0 if exact else data.draw(st.sampled_from((-1, 0, 1))) * WAN_STEP
        return exactly(name, sum(part.fen or 0 for part in parts) + off)

    sums = [
        (total(name, *parts), *parts) for name, parts in (("r", (a, b)), ("s", (c, d)), ("t", (a, c)), ("u", (b, d)))
    ]
    whole = total("whole", sums[0][0], sums[1][0])
    sums += [(whole, sums[0][0], sums[1][0]), (whole, sums[2][0], sums[3][0])]
    again = whole._replace(row="again")
    relations = [*(equation(*each) for each in sums), equation(again, whole)]
    small, large = sorted((a, d), key=lambda item: item.fen or 0)
    relations.append(Relation(AT_LEAST, large, ((1, small),)))
    book = book_of(*{item.key: item for relation in relations for item in relation.cells}.values())
    given_ = figures_of(book, relations, exact=exact)
    found = controlled(given_)
    least = best(given_)
    if least is None:
        assert found.proof
        assert given_.broken(found.values)
    else:
        assert found.proof is None
        assert given_.broken(found.values) == []
        assert cost(given_, found.values) == least


def odd_circle() -> Figures:
    """Three halves of a step of which each two make a whole one: no two neighbours add up, whichever are taken."""
    a, b, c = (exactly(name, WAN_STEP // 2) for name in "abc")
    sums = [(exactly(name, WAN_STEP), *pair) for name, pair in (("x", (a, b)), ("y", (b, c)), ("z", (a, c)))]
    relations = [equation(*each) for each in sums]
    return figures_of(book_of(a, b, c, *(each[0] for each in sums)), relations, exact=True)


def test_that_no_values_fit_is_proved_and_one_relation_keeps_a_tail() -> None:
    given_ = odd_circle()
    assert best(given_) is None
    found = controlled(given_)
    assert found.proof
    assert found.proof.cases == 2
    assert len(found.proof.relations) == 3
    assert len(given_.broken(found.values)) == 1
    assert all(choice.low <= value <= choice.high for choice, value in zip(given_.choices, found.values, strict=True))


def test_what_is_possible_is_never_proved_impossible() -> None:
    a, b = exactly("a", 4_000), exactly("b", 6_000)
    given_ = figures_of(book_of(a, b, exactly("x", 10_000)), [equation(exactly("x", 10_000), a, b)], exact=True)
    assert prove_impossible(given_, Deadline(10)) is None
    assert given_.broken(controlled(given_).values) == []


def test_the_customs_differ_in_who_gets_the_difference() -> None:
    """1.4 + 2.3 + 1.2 + 0.4 = 5.3 steps: rounded 1 + 2 + 1 + 0 lacks one of 5; what is rounded to nothing gets none."""
    parts = [exactly(name, fen) for name, fen in zip("abcd", (14_000, 23_000, 12_000, 4_000), strict=True)]
    whole = exactly("whole", sum(part.fen or 0 for part in parts))
    given_ = figures_of(book_of(whole, *parts), [equation(whole, *parts)], exact=True)

    def published(custom: Custom) -> list[int]:
        values = given_.by_cell(apportioned(given_, custom))
        assert values[whole.key] == 5
        return [values[part.key] for part in parts]

    assert published("last") == [1, 2, 2, 0]
    assert published("largest") == [1, 3, 1, 0]
    assert published("remainder") == [2, 2, 1, 0]
