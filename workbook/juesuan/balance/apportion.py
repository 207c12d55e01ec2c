"""The customary ways to take tails away: totals as they are rounded, the difference given to their summands.

From the largest total down, one step of 0.01 万元 after another, to the last summand that is not nothing (倒挤), the
largest one, or the one that rounding moved most the other way. A sweep over all sums is kept only where fewer relations
are broken after it, so that a book from which nothing more is to be had stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from juesuan.balance.figures import Figures
from juesuan.money import WAN_STEP
from juesuan.relations import Relation

Custom = Literal["last", "largest", "remainder"]


def apportioned(figures: Figures, custom: Custom) -> list[int]:
    """The values of the figures, which may still break relations."""
    values = figures.rounded
    broken = len(figures.broken(values))
    while broken:
        swept = _swept(figures, values, custom)
        left = len(figures.broken(swept))
        if left >= broken:
            break
        values, broken = swept, left
    return values


def _swept(figures: Figures, before: Sequence[int], custom: Custom) -> list[int]:
    values = list(before)
    system = figures.system
    targets = {
        number: system.variable_of[system.statements[row.source].terms[0][1]]
        for number, row in enumerate(system.rows)
        if row.low == row.high is not None
    }

    def order(number: int) -> tuple[bool, int, int]:
        return _across(figures.relation_of(number)), -abs(figures.exact[targets[number]]), number

    for number in sorted(targets, key=order):
        row = system.rows[number]
        assert row.low is not None
        off = row.low // WAN_STEP - sum([a * values[variable] for a, variable in row.terms])
        place = [system.variable_of[cell] for _, cell in system.statements[row.source].terms]
        summands = sorted((term for term in row.terms if term[1] != targets[number]), key=lambda t: place.index(t[1]))
        _give(figures, values, summands, off, custom)
    return values


def _across(relation: Relation) -> bool:
    """Whether a relation adds up columns of one row; the rows of a column are added up before."""
    return all(cell.row == relation.target.row and cell.table == relation.target.table for cell in relation.cells)


def _give(figures: Figures, values: list[int], summands: Sequence[tuple[int, int]], off: int, custom: Custom) -> None:
    """Change the summands until they add up to `off` more, each by a step at a time, round after round."""
    step = 1 if off > 0 else -1
    rank = _ranks(figures, values, step)[custom]
    ordered = sorted(enumerate(summands), key=lambda item: rank(*item))
    while off:
        given = off
        for _, (a, variable) in ordered:
            changed = values[variable] + step * a
            if off and abs(a) == 1 and values[variable] * changed > 0:
                values[variable] = changed
                off -= step
        if off == given:
            return


Rank = Callable[[int, tuple[int, int]], tuple[int, ...]]
"""The order of a summand, from its number, coefficient and variable."""


def _ranks(figures: Figures, values: Sequence[int], step: int) -> dict[Custom, Rank]:
    return {
        "last": lambda number, summand: (-number,),
        "largest": lambda number, summand: (-abs(figures.exact[summand[1]]), number),
        "remainder": lambda number, summand: (
            abs((values[summand[1]] + step * summand[0]) * WAN_STEP - figures.exact[summand[1]]),
            number,
        ),
    }
