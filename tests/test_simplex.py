"""Exact arithmetic answers as HiGHS does, proves what it says, and goes on from where it stopped."""

from __future__ import annotations

import random

import pytest

from juesuan.locate.deadline import Deadline, OutOfTime
from juesuan.locate.judgement import Range
from juesuan.locate.linear import Linear, credible
from juesuan.locate.simplex import Simplex
from juesuan.locate.solver import Answer
from juesuan.locate.start import likely_amounts
from juesuan.locate.system import System
from slipped import clean, judged, laws, named, with_slip


def system_of(seed: int, slips: int) -> System:
    book = with_slip(seed, "mixed", slips)[0] if slips else clean(seed)
    return System(laws(book), (), book)


def set_aside(system: System, count: int, chance: random.Random) -> dict[int, Range]:
    """What some cells' variables may be when these cells are not believed."""
    cells = chance.sample(sorted(system.suspects), count)
    readings = system.set_aside(cells)
    return {system.variable_of[cell]: system.range_of(system.variable_of[cell], readings) for cell in cells}


def holds(system: System, amounts: list[int], ranges: dict[int, Range]) -> bool:
    spans = [ranges.get(variable, span) for variable, span in enumerate(system.printed_ranges)]
    sums = [(sum(times * amounts[variable] for times, variable in row.terms), row.low, row.high) for row in system.rows]
    return all(
        (low is None or low <= value) and (high is None or value <= high)
        for value, low, high in [*sums, *[(amounts[variable], *span) for variable, span in enumerate(spans)]]
    )


def printed(system: System) -> list[int]:
    return [system.figures[cells[0]] for cells in system.members]


@pytest.mark.parametrize("seed", range(6))
def test_exact_arithmetic_and_the_other_solver_agree(seed: int) -> None:
    chance = random.Random(seed)
    found = {True: 0, False: 0}
    for slips in (0, 1, 2):
        system, deadline = system_of(seed, slips), Deadline(60.0)
        exact, other = Simplex(system, deadline), Linear(system, credible(system), deadline)
        broken = [cell for source in system.broken for _, cell in system.statements[source].terms]
        for turn in range(8):
            readings = system.set_aside(chance.sample(broken, len(broken) * turn // 8)) if broken else {}
            variables = {system.variable_of[cell] for cell in readings}
            ranges = {variable: system.range_of(variable, readings) for variable in sorted(variables)}
            ranges |= set_aside(system, 2, chance)
            if any(low is not None and high is not None and low > high for low, high in ranges.values()):
                continue
            answer = exact.solve(ranges)
            clashing = any(low > high for low, high in system.printed_ranges if low is not None and high is not None)
            if not clashing:
                assert (answer.amounts is None) == (other.solve(ranges).amounts is None)
            found[answer.amounts is not None] += 1
            spans = [ranges.get(variable, span) for variable, span in enumerate(system.printed_ranges)]
            if answer.proof is not None:
                assert (answer.proof.spare(spans) or 0) > 0
            elif not clashing:
                assert answer.amounts is not None
                assert holds(system, answer.amounts, ranges)
                for variable in chance.sample(range(len(spans)), 4):
                    assert exact.extent(variable, ranges) == other.extent(variable, ranges)
    assert all(found.values())


def test_an_end_beyond_all_bounds_is_none() -> None:
    system = system_of(1, 0)
    item = next(cell for cell in system.suspects if system.cells[cell].key[:2] == ("basic_expenditure", "30101"))
    readings = system.set_aside(range(len(system.cells)))
    ranges = {variable: system.range_of(variable, readings) for variable in range(len(system.members))}
    low, high = Simplex(system, Deadline(60.0)).extent(system.variable_of[item], ranges)
    assert (low, high) == (0, None)


def test_the_start_lies_within_the_ranges_and_breaks_few_rows() -> None:
    system = system_of(2, 0)

    def broken(amounts: list[int]) -> int:
        sums = [sum(times * amounts[variable] for times, variable in row.terms) for row in system.rows]
        return sum(
            (row.low is not None and value < row.low) or (row.high is not None and value > row.high)
            for row, value in zip(system.rows, sums, strict=True)
        )

    amounts = likely_amounts(system, system.printed_ranges)
    for amount, (low, high) in zip(amounts, system.printed_ranges, strict=True):
        assert low is None or low <= amount
        assert high is None or amount <= high
    assert broken(amounts) <= broken(printed(system)) // 3


def test_time_that_is_over_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("juesuan.locate.simplex.BREATH", 1)
    monkeypatch.setattr("juesuan.locate.simplex.likely_amounts", lambda system, _: printed(system))
    system = system_of(3, 0)
    assert Simplex(system, Deadline(60.0)).solve({}).amounts is not None
    with pytest.raises(OutOfTime):
        Simplex(system, Deadline(0.0)).solve({})


def test_where_the_other_solver_proves_nothing_exact_arithmetic_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("juesuan.locate.solver.LARGE", 0)
    book, truth = with_slip(3, "digit")
    told = judged(book)
    assert truth.keys() <= named(told)
    monkeypatch.setattr(Linear, "solve", lambda *_: Answer(None, None))
    again = judged(book)
    assert again.feasible is False
    assert not again.limited
    assert named(again) == named(told)
