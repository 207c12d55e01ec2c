"""What answers whether amounts exist: exact arithmetic where the book is small, HiGHS where it is large.

HiGHS is loaded only for a large book; where its answer cannot be confirmed, exact arithmetic has the last word.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from juesuan.locate.certificate import Proof
    from juesuan.locate.deadline import Deadline
    from juesuan.locate.judgement import Range
    from juesuan.locate.linear import Linear
    from juesuan.locate.simplex import Simplex
    from juesuan.locate.system import System

LARGE = 1000
"""Rows from which HiGHS is faster, loading it included: those of about a hundred code rows."""


class Answer(NamedTuple):
    """`amounts` (分, one for each variable) when feasible; else the `proof` that it is not.

    Neither: the solver gave up.
    """

    amounts: list[int] | None
    proof: Proof | None


class Solver:
    """The rows of a system, solved again and again with other ranges of its variables."""

    def __init__(self, system: System, deadline: Deadline) -> None:
        self._system = system
        self._deadline = deadline

    def solve(self, ranges: Mapping[int, Range]) -> Answer:
        """Look for amounts, with `ranges` in place of those of the system. Raises OutOfTime."""
        if self._is_large:
            answer = self._linear.solve(ranges)
            if answer.amounts is not None or answer.proof:
                return answer
        return self._simplex.solve(ranges)

    def extent(self, variable: int, ranges: Mapping[int, Range]) -> Range:
        """The lowest and highest amount of a variable; None where there is no end. Raises OutOfTime."""
        return (self._linear if self._is_large else self._simplex).extent(variable, ranges)

    @property
    def _is_large(self) -> bool:
        return len(self._system.rows) >= LARGE

    @cached_property
    def _linear(self) -> Linear:
        from juesuan.locate.linear import Linear, credible

        return Linear(self._system, credible(self._system), self._deadline)

    @cached_property
    def _simplex(self) -> Simplex:
        from juesuan.locate.simplex import Simplex

        return Simplex(self._system, self._deadline)
