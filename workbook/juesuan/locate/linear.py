"""The one place that knows HiGHS: is a system feasible, how far may a variable go, and why is it infeasible.

Columns are deviations from a reference amount in 分, so all data are integers of moderate size. Answers are
floating point and only hints: whoever asks verifies them in integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import highspy
import numpy

if TYPE_CHECKING:
    from juesuan.locate.system import Range, System

INFINITE = highspy.kHighsInf
DUAL, PRIMAL = 1, 4


class Answer(NamedTuple):
    """`amounts` (分, one for each variable) when feasible; else `ray`, a multiplier for each row that proves it not.

    Neither: the solver gave up.
    """

    amounts: list[int] | None
    ray: dict[int, float] | None


class Linear:
    """The rows of a system as a linear programme that is solved again and again with other ranges."""

    def __init__(self, system: System, references: Sequence[int]) -> None:
        self._references = references
        self._ranges = system.printed_ranges
        self._changed: set[int] = set()
        ends = [self._row_ends(row.terms, row.low, row.high) for row in system.rows]
        self._solver = _solver()
        self._solver.passModel(self._model(system, ends))

    def _row_ends(self, terms: tuple[tuple[int, int], ...], low: int | None, high: int | None) -> tuple[float, float]:
        shift = sum([coefficient * self._references[variable] for coefficient, variable in terms])
        return (-INFINITE if low is None else low - shift), (INFINITE if high is None else high - shift)

    def _column_ends(self, variable: int, span: Range) -> tuple[float, float]:
        reference = self._references[variable]
        low, high = span
        return (-INFINITE if low is None else low - reference), (INFINITE if high is None else high - reference)

    def _model(self, system: System, ends: Sequence[tuple[float, float]]) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(system.members), len(system.rows)
        columns = [self._column_ends(variable, span) for variable, span in enumerate(self._ranges)]
        model.col_cost_ = numpy.zeros(len(columns))
        model.col_lower_ = numpy.array([low for low, _ in columns], dtype=float)
        model.col_upper_ = numpy.array([max(low, high) for low, high in columns], dtype=float)
        model.row_lower_ = numpy.array([low for low, _ in ends], dtype=float)
        model.row_upper_ = numpy.array([high for _, high in ends], dtype=float)
        starts, indexes, values = [0], [], []
        for row in system.rows:
            indexes += [variable for _, variable in row.terms]
            values += [coefficient for coefficient, _ in row.terms]
            starts.append(len(indexes))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = numpy.array(starts, dtype=numpy.int32)
        model.a_matrix_.index_ = numpy.array(indexes, dtype=numpy.int32)
        model.a_matrix_.value_ = numpy.array(values, dtype=float)
        return model

    def solve(self, ranges: Mapping[int, Range]) -> Answer:
        """Look for amounts, with `ranges` in place of those of the system."""
        self._set(ranges)
        status = self._run()
        if status == highspy.HighsModelStatus.kOptimal:
            values = self._solver.getSolution().col_value
            return Answer([round(value) + base for value, base in zip(values, self._references, strict=True)], None)
        if status == highspy.HighsModelStatus.kInfeasible:
            _, exists, ray = self._solver.getDualRay()
            if exists:
                numbers = numpy.flatnonzero(abs(ray) > 1e-9)
                return Answer(None, {int(number): float(ray[number]) for number in numbers})
        return Answer(None, None)

    def extent(self, variable: int, ranges: Mapping[int, Range]) -> Range:
        """The lowest and highest amount of a variable; None where there is no end, or none was found."""
        self._set(ranges)
        ends: list[int | None] = []
        # From amounts that are feasible, the primal simplex only has to improve them.
        self._solver.setOptionValue("simplex_strategy", PRIMAL)
        for direction in (1.0, -1.0):
            self._solver.changeColCost(variable, direction)
            optimal = self._run() == highspy.HighsModelStatus.kOptimal
            value = self._solver.getInfo().objective_function_value * direction
            ends.append(round(value) + self._references[variable] if optimal else None)
        self._solver.changeColCost(variable, 0.0)
        self._solver.setOptionValue("simplex_strategy", DUAL)
        return ends[0], ends[1]

    def _run(self) -> Any:
        """Solve from where the last solution ended, or afresh where that leads nowhere."""
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kUnknown:
            self._solver.clearSolver()
            self._solver.run()
            status = self._solver.getModelStatus()
        return status

    def _set(self, ranges: Mapping[int, Range]) -> None:
        for variable in sorted(self._changed - ranges.keys()):
            self._bound(variable, self._ranges[variable])
        for variable, span in ranges.items():
            self._bound(variable, span)
        self._changed = set(ranges)

    def _bound(self, variable: int, span: Range) -> None:
        low, high = self._column_ends(variable, span)
        self._solver.changeColBounds(variable, low, max(low, high))


def credible(system: System) -> list[int]:
    """For each variable the amount most of its cells print, but none larger than any undoubted figure of the book.

    The digits of a gross mistake would drown the 分 of all others.
    """
    doubted = {cell for source in system.broken({}) for _, cell in system.statements[source].terms}
    figures = [cell.fen or 0 for cell in system.cells]
    most = max([abs(figure) for cell, figure in enumerate(figures) if cell not in doubted], default=0)
    references = []
    for cells in system.members:
        printed = [figures[cell] for cell in cells]
        figure = max(printed, key=printed.count)
        references.append(max(-most, min(most, figure)) if most else figure)
    return references


def _solver() -> Any:
    make: Any = highspy.Highs
    solver = make()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("presolve", "off"),
        ("solver", "simplex"),
        ("primal_feasibility_tolerance", 1e-7),
    ):
        solver.setOptionValue(option, value)
    return solver
