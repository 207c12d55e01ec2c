"""Which of the cells that would do is the likeliest, and what it should say.

Each cell is weighed by how likely its figure is to have come, by a slip of the pen, from an amount that its place
in the book allows; the amounts the other relations point at count more than those at the edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import TYPE_CHECKING, NamedTuple

from juesuan.locate.slips import SHARES, SPREAD, Slip, origins, slips
from juesuan.model import TOTAL
from juesuan.money import round_fen

if TYPE_CHECKING:
    from juesuan.book import Cell
    from juesuan.locate.answer import Diagnosis
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import Statement, System

WIDEST = 400
"""Up to so many printed values each is weighed; in a wider window only those a slip or a relation points at."""
FARTHEST = 12.0
SURELY_BLANK = 20.0
DERIVED = 2.0
MIRRORED = 1000.0
"""How much likelier a value is that another table prints for the same row, though no relation says it must."""
LARGE = 100
"""Units of the last place from which two figures are hardly equal by chance."""


class Candidate(NamedTuple):
    """A cell that may be wrong: likelihood, the value to print (分), the printed values that would do, and the slip."""

    cell: int
    likelihood: float
    suggested: int | None
    interval: Range
    slip: Slip | None


class Ranking:
    """Weighs the cells of one system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._statements: dict[int, list[Statement]] = {}
        for statement in system.statements:
            if statement.low == statement.high is not None and len(statement.terms) > 1:
                for _, cell in statement.terms:
                    self._statements.setdefault(cell, []).append(statement)
        self._derived = {
            statement.terms[0][1]
            for statement in system.statements
            if statement.low == statement.high and len(statement.terms) > 2
        }
        self._short = {
            abs(short)
            for statement in system.statements
            if statement.low is not None
            and statement.low == statement.high
            and any(cell in system.followers for _, cell in statement.terms)
            and (short := statement.low - sum(a * system.figures[cell] for a, cell in statement.terms))
        }
        """By how much the printed figures miss the equations in which formulas stand."""
        self._zeros = {cell.table for cell in system.cells if cell.fen == 0}
        self._same_row: dict[str, list[tuple[str, int]]] = {}
        for record, figure in zip(system.cells, system.figures, strict=True):
            self._same_row.setdefault(record.row, []).append((record.table, figure))
        self._neighbours: Mapping[tuple[str, int, int], int] = {
            (cell.place.sheet, cell.place.row, cell.place.column): cell.fen or 0 for cell in system.cells
        }

    def weigh(self, cell: int, extent: Range, wrong: Iterable[int]) -> Candidate:
        """Weigh a cell whose exact amount may lie within `extent` (分) while the cells `wrong` are not believed."""
        record = self._system.cells[cell]
        step = record.step
        low, high = (None if end is None else round_fen(end, step) // step for end in extent)
        interval = (None if low is None else low * step, None if high is None else high * step)
        printed = round_fen(record.fen or 0, step) // step
        asked = self._asked_of(cell, step, (self._system.followers | frozenset(wrong)) - {cell})
        pointed = [(value, variance) for value, variance in asked if _is_near(value, low, high)]
        values = _values(printed, low, high, pointed)
        if not values:
            return Candidate(cell, 0.0, None, interval, None)
        shares = [_share(value, step, extent) for value in values]
        weights = _weights(values, shares, pointed, low, high)
        mirrored = self._mirrored(record)
        total, best, best_slip, most = 0.0, values[0], None, -1.0
        for value, weight in zip(values, weights, strict=True):
            if value == printed:
                continue
            ways = [self._adjusted(slip, cell) for slip in slips(printed, value)]
            if printed in self._beside(record):
                ways.append(Slip("other", "copied", SHARES["copied"] / (4 * SPREAD * max(abs(value), 100)) * 30))
            chance = weight * sum(way.likelihood for way in ways) * (MIRRORED if value in mirrored else 1.0)
            total += chance
            if chance > most:
                most, best, best_slip = chance, value, max(ways, key=lambda way: way.likelihood)
        fit = exp(_misfit(printed, asked) - _misfit(best, asked))
        return Candidate(cell, total * fit, best * step, interval, best_slip)

    def with_value(self, candidate: Candidate, value: int | None) -> Candidate:
        """The same candidate with another value to print (分), and the slip that would explain this one."""
        record = self._system.cells[candidate.cell]
        if value is None or value == candidate.suggested:
            return candidate
        ways = slips(round_fen(record.fen or 0, record.step) // record.step, value // record.step)
        return candidate._replace(suggested=value, slip=max(ways, key=lambda way: way.likelihood, default=None))

    def _adjusted(self, slip: Slip, cell: int) -> Slip:
        record = self._system.cells[cell]
        if slip.diagnosis == "blank" and record.fen is None and record.table in self._zeros:
            return slip._replace(likelihood=slip.likelihood * SURELY_BLANK)
        if slip.manner == "other" and cell in self._derived:
            return slip._replace(likelihood=slip.likelihood * DERIVED)
        return slip

    def diagnosis(self, candidate: Candidate) -> Diagnosis:
        """The kind of slip; a sum that looks like no slip of the pen was not brought up to date."""
        if candidate.slip is None:
            return "other"
        if candidate.slip.manner in ("other", "copied") and candidate.cell in self._derived:
            return "stale_total"
        return candidate.slip.diagnosis

    def _beside(self, record: Cell) -> set[int]:
        """What the cells beside a cell print, in steps; nothing for zero."""
        place = record.place
        near = ((-1, 0), (1, 0), (0, -1), (0, 1))
        figures = (self._neighbours.get((place.sheet, place.row + down, place.column + right)) for down, right in near)
        return {figure // record.step for figure in figures if figure}

    def _mirrored(self, record: Cell) -> set[int]:
        """What other tables print for the same row, in steps; nothing for zero."""
        return {
            figure // record.step
            for table, figure in self._same_row.get(record.row, ())
            if table != record.table and abs(figure) >= LARGE * record.step and record.row != TOTAL
        }

    def _asked_of(self, cell: int, step: int, wrong: frozenset[int]) -> list[tuple[float, float]]:
        """The values (steps) that the equations of a cell, and of what follows from it, give it; with variances."""
        found = []
        for statement in self._statements.get(cell, ()):
            if any(other in wrong for _, other in statement.terms):
                continue
            own = sum(coefficient for coefficient, other in statement.terms if other == cell)
            if abs(own) != 1 or statement.low is None:
                continue
            rest = sum(
                coefficient * self._system.figures[other] for coefficient, other in statement.terms if other != cell
            )
            value = own * (statement.low - rest) / step
            others = sum(1 for _, other in statement.terms if other != cell and self._system.figures[other])
            found.append((value, max(1, others) / 12 + 0.02))
        figure = self._system.figures[cell]
        return found + [((figure + sign * short) / step, 1.0) for short in sorted(self._short) for sign in (-1, 1)]


def _is_near(value: float, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low - 1) and (high is None or value <= high + 1)


def _misfit(value: int, pointed: Sequence[tuple[float, float]]) -> float:
    """How unlikely a value is beside those that equations give; what is far off is no likelier for being farther."""
    return sum(min((value - centre) ** 2 / (2 * variance), FARTHEST) for centre, variance in pointed)


def _values(printed: int, low: int | None, high: int | None, pointed: Sequence[tuple[float, float]]) -> list[int]:
    if low is not None and high is not None and high - low <= WIDEST:
        return list(range(low, high + 1))
    values = origins(printed) | {round(value) for value, _ in pointed}
    if low is not None and high is not None:
        values.add((low + high) // 2)
    values |= {end for end in (low, high) if end is not None}
    return sorted(value for value in values if (low is None or value >= low) and (high is None or value <= high))


def _share(value: int, step: int, extent: Range) -> float:
    """How much of the amounts printed as `value` (steps) lies within the extent (分)."""
    low, high = extent
    if low is None or high is None:
        return 1.0
    first, last = max(low, value * step - step // 2), min(high, value * step + step // 2)
    return max(last - first + 1, 1) / step


def _weights(
    values: Sequence[int],
    shares: Sequence[float],
    pointed: Sequence[tuple[float, float]],
    low: int | None,
    high: int | None,
) -> list[float]:
    """How likely each value is before the slip is looked at; together 1, less where most values are not listed."""
    logarithms = [-_misfit(value, pointed) for value in values]
    highest = max(logarithms)
    weights = [share * exp(logarithm - highest) for share, logarithm in zip(shares, logarithms, strict=True)]
    total = sum(weights)
    width = (high - low) if low is not None and high is not None else 100 * WIDEST
    if width > WIDEST:
        total = max(total, width / 50)
    return [weight / total for weight in weights]
