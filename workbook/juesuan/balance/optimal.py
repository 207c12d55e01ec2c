"""Controlled rounding: every figure to one of its neighbours, so that all relations hold and least is moved.

The solver's numbers are hints: what it gives is verified in integers, and that nothing can be given is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from juesuan.balance.figures import Figures
from juesuan.balance.impossible import Impossible, prove_impossible
from juesuan.errors import JuesuanError
from juesuan.locate.deadline import Deadline, OutOfTime
from juesuan.money import WAN_STEP

_TAIL = 1e7
"""What a tail of one step costs: more than moving all figures of a book."""


class Controlled(NamedTuple):
    """The published values of the figures. `proof`: why no values make all relations hold, where some keep a tail."""

    values: list[int]
    proof: Impossible | None = None


def controlled(figures: Figures, seconds: float = 60.0) -> Controlled:
    """The values that move least. Raises JuesuanError when no answer is found in time that stands the test."""
    from juesuan.locate.linear import least_whole

    deadline = Deadline(seconds)
    columns = [(variable, cost) for variable, choice in enumerate(figures.choices) for cost in choice.costs]
    rows = _rows(figures, columns)
    costs = [float(cost) for _, cost in columns]
    ends = [1.0] * len(columns)
    try:
        found = least_whole(costs, ends, rows, deadline)
        if found is not None:
            return Controlled(_values(figures, columns, found, set()))
        tails = _tails(figures, rows, len(columns))
        costs += [_TAIL] * tails.number
        ends += [float("inf")] * tails.number
        found = least_whole(costs, ends, tails.rows, deadline)
        if found is None:
            raise _unsettled()
        proof = prove_impossible(figures, deadline)
    except OutOfTime as error:
        raise _unsettled() from error
    kept = {number for number, columns_ in tails.of_row.items() if any(found[column] for column in columns_)}
    return Controlled(_values(figures, columns, found, kept), proof)


_ProgrammeRow = tuple[tuple[tuple[float, int], ...], float, float]


def _rows(figures: Figures, columns: Sequence[tuple[int, int]]) -> list[_ProgrammeRow]:
    """Rows over the steps above the lowest values; those of fixed figures alone are left out if they hold."""
    places: dict[int, list[int]] = {}
    for place, (variable, _) in enumerate(columns):
        places.setdefault(variable, []).append(place)
    rows: list[_ProgrammeRow] = []
    for row in figures.system.rows:
        terms = tuple((float(a), place) for a, variable in row.terms for place in places.get(variable, ()))
        base = sum([a * figures.choices[variable].low for a, variable in row.terms])
        low = -float("inf") if row.low is None else float(-(-row.low // WAN_STEP) - base)
        high = float("inf") if row.high is None else float(row.high // WAN_STEP - base)
        rows.append((terms, low, high))
    return rows


class _Tails(NamedTuple):
    """The rows with a column more, or two, for the tail a relation may keep; a tie keeps none."""

    rows: list[_ProgrammeRow]
    of_row: dict[int, list[int]]
    number: int


def _tails(figures: Figures, rows: Sequence[_ProgrammeRow], first: int) -> _Tails:
    relaxed, of_row, column = [], {}, first
    for number, (terms, low, high) in enumerate(rows):
        own = []
        if low > -float("inf"):
            own.append((1.0, column))
            column += 1
        if high < float("inf"):
            own.append((-1.0, column))
            column += 1
        relaxed.append(((*terms, *own), low, high))
        of_row[number] = [place for _, place in own]
    return _Tails(relaxed, of_row, column - first)


def _values(figures: Figures, columns: Sequence[tuple[int, int]], found: Sequence[int], kept: set[int]) -> list[int]:
    """The values found, verified: each a neighbour of its exact amount, and all rows hold but those that are kept."""
    values = [choice.low for choice in figures.choices]
    for (variable, _), steps in zip(columns, found, strict=False):
        values[variable] += steps
    within = all(choice.low <= value <= choice.high for choice, value in zip(figures.choices, values, strict=True))
    if not within or not kept.issuperset(figures.broken(values)):
        raise _unsettled()
    return values


def _unsettled() -> JuesuanError:
    return JuesuanError("舍位平衡没有算出结果。请改用 --method none（各数四舍五入，尾差列出）。")
