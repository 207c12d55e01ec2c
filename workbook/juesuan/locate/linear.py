"""The one place that knows HiGHS: is a system feasible, how far may a variable go, and why is it infeasible.

Columns are deviations from a reference amount in 分, so all data are integers of moderate size. Answers are
floating point and only hints: whoever asks verifies them in integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import highspy
import numpy

from juesuan.locate.brevity import briefer, least_proof
from juesuan.locate.certificate import proof_of_ray
from juesuan.locate.deadline import OutOfTime
from juesuan.locate.solver import Answer

if TYPE_CHECKING:
    from juesuan.locate.certificate import Proof
    from juesuan.locate.deadline import Deadline
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import System
    from juesuan.locate.tableau import Row

INFINITE = highspy.kHighsInf
DUAL, PRIMAL = 1, 4
_WHOLE = 1e-6


class Linear:
    """The rows of a system as a linear programme that is solved again and again with other ranges."""

    def __init__(self, system: System, references: Sequence[int], deadline: Deadline) -> None:
        self._system = system
        self._references = references
        self._deadline = deadline
        self._ranges = system.printed_ranges
        self._changed: set[int] = set()
        self._solver = _solver()
        self._solver.passModel(_model_of(system, references))

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
                return Answer(None, self._proof({int(number): float(ray[number]) for number in numbers}, ranges))
        return Answer(None, None)

    def _proof(self, ray: Mapping[int, float], ranges: Mapping[int, Range]) -> Proof | None:
        """The shortest proof found from multipliers of the solver."""
        spans = [ranges.get(variable, span) for variable, span in enumerate(self._ranges)]
        proof = proof_of_ray(self._system, ray, spans) if ray else None
        return briefer(self._system, proof, spans) if proof else least_proof(self._system, spans)

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
        """Solve from where the last solution ended; where that leads nowhere, afresh, and then from the primal side."""
        status = self._timed()
        if status == highspy.HighsModelStatus.kUnknown:
            self._solver.clearSolver()
            status = self._timed()
        if status == highspy.HighsModelStatus.kUnknown:
            self._solver.clearSolver()
            _, strategy = self._solver.getOptionValue("simplex_strategy")
            self._solver.setOptionValue("simplex_strategy", PRIMAL)
            status = self._timed()
            self._solver.setOptionValue("simplex_strategy", strategy)
        return status

    def _timed(self) -> Any:
        """Solve within the time that is left. Raises OutOfTime."""
        self._deadline.require()
        # HiGHS counts the time of all runs together.
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + self._deadline.left)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kTimeLimit:
            raise OutOfTime
        return status

    def _set(self, ranges: Mapping[int, Range]) -> None:
        for variable in sorted(self._changed - ranges.keys()):
            self._bound(variable, self._ranges[variable])
        for variable, span in ranges.items():
            self._bound(variable, span)
        self._changed = set(ranges)

    def _bound(self, variable: int, span: Range) -> None:
        low, high = _ends(*span, self._references[variable])
        self._solver.changeColBounds(variable, low, max(low, high))


def least_multipliers(
    system: System, numbers: Sequence[int], ranges: Sequence[Range], weights: Mapping[int, float]
) -> dict[int, float]:
    """Multipliers of the rows with these `numbers` that prove most for their weighted size together; {} for none.

    They are what the rows cost when all are relaxed alike, each by its weight, until amounts exist. Rows without a
    weight have one above all others.
    """
    most = max(weights.values(), default=1.0)
    variables = {variable: None for number in numbers for _, variable in system.rows[number].terms}
    place = {variable: index for index, variable in enumerate(variables)}
    references = {variable: next((end for end in ranges[variable] if end is not None), 0) for variable in variables}
    columns = [_ends(*ranges[variable], references[variable]) for variable in variables]
    slack = len(columns)
    rows = []
    for number in numbers:
        row = system.rows[number]
        low, high = _ends(row.low, row.high, _shift(row, references))
        terms = tuple((coefficient, place[variable]) for coefficient, variable in row.terms)
        rows.append(((*terms, (weights.get(number, most), slack)), low, INFINITE))
        rows.append(((*terms, (-weights.get(number, most), slack)), -INFINITE, high))
    solver = _solver()
    model = _model([*columns, (0.0, INFINITE)], rows)
    model.col_cost_ = numpy.array([0.0] * slack + [1.0])
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return {}
    costs = solver.getSolution().row_dual
    multipliers = {number: costs[2 * index] + costs[2 * index + 1] for index, number in enumerate(numbers)}
    return {number: value for number, value in multipliers.items() if abs(value) > 1e-9}


def whole_amounts(system: System, deadline: Deadline) -> list[int] | None:
    """Whole amounts (分, one for each variable) with which everything holds, by branch and bound; None for none.

    Raises OutOfTime.
    """
    deadline.require()
    references = credible(system)
    model = _model_of(system, references)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(references)
    solver = _solver()
    solver.setOptionValue("presolve", "on")
    solver.setOptionValue("solver", "choose")
    solver.setOptionValue("time_limit", deadline.left)
    solver.passModel(model)
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kTimeLimit:
        raise OutOfTime
    if status != highspy.HighsModelStatus.kOptimal:
        return None
    values = solver.getSolution().col_value
    return [round(value) + base for value, base in zip(values, references, strict=True)]


def least_whole(
    costs: Sequence[float],
    ends: Sequence[float],
    rows: Sequence[tuple[tuple[tuple[float, int], ...], float, float]],
    deadline: Deadline,
) -> list[int] | None:
    """Whole numbers from 0 to the end of each column that cost least while all rows hold; None if there are none.

    Without asking for whole numbers first: in accounts the least cost is nearly always at some. Raises OutOfTime.
    """
    if not costs:
        return [] if all(low <= 0 <= high for _, low, high in rows) else None
    deadline.require()
    model = _model([(0.0, end) for end in ends], rows)
    model.col_cost_ = numpy.array(costs)
    solver = _solver()
    solver.setOptionValue("time_limit", deadline.left)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    values = numpy.array(solver.getSolution().col_value)
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    if not optimal or abs(values - values.round()).max(initial=0.0) > _WHOLE:
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
        solver = _solver()
        for option, value in (("presolve", "on"), ("solver", "choose"), ("time_limit", deadline.left)):
            solver.setOptionValue(option, value)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.passModel(model)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise OutOfTime
        values = numpy.array(solver.getSolution().col_value)
    return [int(value) for value in values.round()]


def _model_of(system: System, references: Sequence[int]) -> highspy.HighsLp:
    columns = [_ends(*span, reference) for span, reference in zip(system.printed_ranges, references, strict=True)]
    return _model(columns, [(row.terms, *_ends(row.low, row.high, _shift(row, references))) for row in system.rows])


def _ends(low: int | None, high: int | None, shift: int) -> tuple[float, float]:
    return (-INFINITE if low is None else low - shift), (INFINITE if high is None else high - shift)


def _shift(row: Row, references: Sequence[int] | Mapping[int, int]) -> int:
    return sum([coefficient * references[variable] for coefficient, variable in row.terms])


def _model(
    columns: Sequence[tuple[float, float]],
    rows: Sequence[tuple[tuple[tuple[float, int], ...], float, float]],
) -> highspy.HighsLp:
    """A programme that costs nothing: the ends of its columns, and its rows as terms and ends."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(columns), len(rows)
    model.col_cost_ = numpy.zeros(len(columns))
    model.col_lower_ = numpy.array([low for low, _ in columns], dtype=float)
    model.col_upper_ = numpy.array([max(low, high) for low, high in columns], dtype=float)
    model.row_lower_ = numpy.array([low for _, low, _ in rows], dtype=float)
    model.row_upper_ = numpy.array([high for _, _, high in rows], dtype=float)
    starts, indexes, values = [0], [], []
    for terms, _, _ in rows:
        indexes += [column for _, column in terms]
        values += [coefficient for coefficient, _ in terms]
        starts.append(len(indexes))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = numpy.array(starts, dtype=numpy.int32)
    model.a_matrix_.index_ = numpy.array(indexes, dtype=numpy.int32)
    model.a_matrix_.value_ = numpy.array(values, dtype=float)
    return model


def credible(system: System) -> list[int]:
    """For each variable the amount most of its cells print, but none larger than any undoubted figure of the book.

    The digits of a gross mistake would drown the 分 of all others.
    """
    doubted = {cell for source in system.broken for _, cell in system.statements[source].terms}
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
