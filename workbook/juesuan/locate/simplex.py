"""Whether amounts exist within given ranges with which all rows of a system hold, in exact arithmetic.

The simplex of solvers for linear arithmetic (Dutertre and de Moura 2006): amounts start near those printed, and only
rows that miss their range enter the tableau, so that its size is that of what is wrong and not of the book. A row that
cannot be brought back is itself the proof that there are no such amounts. Solving again with other ranges goes on from
where the last solution ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm
from typing import TYPE_CHECKING

from juesuan.locate.basis import Basis, quotient
from juesuan.locate.certificate import prove
from juesuan.locate.solver import Answer
from juesuan.locate.start import likely_amounts

if TYPE_CHECKING:
    from juesuan.locate.basis import Number
    from juesuan.locate.deadline import Deadline
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import System

PATIENCE = 4
"""After so many exchanges for each row of the tableau the order of Bland is kept to, which comes to an end."""
BREATH = 64
"""Exchanges between two looks at the clock."""


class Simplex:
    """The rows of a system, solved again and again with other ranges of its variables.

    Numbers up to the count of variables are variables, those from there on rows. A row that is not in the basis holds
    unless it is among `_unchecked`; `_missed` are the dependent numbers that are out of their range.
    """

    def __init__(self, system: System, deadline: Deadline) -> None:
        self._system = system
        self._deadline = deadline
        self._count = len(system.members)
        self._ends: list[Range] = [*map(_ordered, system.printed_ranges), *[(row.low, row.high) for row in system.rows]]
        self._changed: set[int] = set()
        self._values: list[Number] = []
        self._basis = Basis()
        self._missed: dict[int, None] = {}
        self._unchecked: dict[int, None] = dict.fromkeys(range(len(system.rows)))

    def solve(self, ranges: Mapping[int, Range]) -> Answer:
        """Look for amounts, with `ranges` in place of those of the system. Raises OutOfTime."""
        self._set(ranges)
        multipliers = self._settle()
        if multipliers is not None:
            return Answer(None, prove(self._system, multipliers))
        return Answer([round(value) for value in self._values[: self._count]], None)

    def extent(self, variable: int, ranges: Mapping[int, Range]) -> Range:
        """The lowest and highest amount of a variable; None where there is no end. Raises OutOfTime."""
        if self.solve(ranges).amounts is None:
            return None, None
        lowest, highest = self._furthest(variable, -1), self._furthest(variable, 1)
        return (None if lowest is None else round(lowest)), (None if highest is None else round(highest))

    def _set(self, ranges: Mapping[int, Range]) -> None:
        printed = self._system.printed_ranges
        spans = {variable: printed[variable] for variable in sorted(self._changed - ranges.keys())} | dict(ranges)
        self._changed = set(ranges)
        for variable, span in spans.items():
            self._ends[variable] = _ordered(span)
        if not self._values:
            self._values += likely_amounts(self._system, self._ends[: self._count])
            self._values += [0] * len(self._system.rows)
        for variable in spans:
            if variable in self._basis.parts:
                self._note(variable)
            elif gap := _gap(self._values[variable], self._ends[variable]):
                self._shift(variable, gap)

    def _settle(self) -> dict[int, int] | None:
        """Bring every row into its range; multipliers that prove that impossible, else None."""
        while True:
            multipliers = self._mend()
            if multipliers is not None or not self._admit():
                return multipliers

    def _admit(self) -> bool:
        """Take rows into the basis that what has moved broke; whether there were any."""
        broken = [row for row in self._unchecked if self._count + row not in self._basis and self._is_broken(row)]
        self._unchecked.clear()
        for row in broken:
            self._enter(row)
        return bool(broken)

    def _is_broken(self, row: int) -> bool:
        return bool(_gap(self._total(row), self._ends[self._count + row]))

    def _total(self, row: int) -> Number:
        values = self._values
        return sum([coefficient * values[variable] for coefficient, variable in self._system.rows[row].terms])

    def _enter(self, row: int) -> None:
        number = self._count + row
        self._values[number] = self._total(row)
        self._basis.add(number, self._system.rows[row].terms)
        self._note(number)

    def _note(self, dependent: int) -> None:
        if _gap(self._values[dependent], self._ends[dependent]):
            self._missed[dependent] = None
        else:
            self._missed.pop(dependent, None)

    def _mend(self) -> dict[int, int] | None:
        """Exchange numbers until no dependent one misses its range; multipliers that prove that impossible."""
        missed, parts = self._missed, self._basis.parts
        exchanges = 0
        while missed:
            exchanges += 1
            if not exchanges % BREATH:
                self._deadline.require()
            patient = exchanges <= PATIENCE * len(parts)
            leaving = min([(len(parts[number]), number) for number in missed])[1] if patient else min(missed)
            gap = _gap(self._values[leaving], self._ends[leaving])
            entering = self._entering(leaving, gap, patient=patient)
            if entering is None:
                return self._multipliers(leaving, gap)
            self._shift(entering, quotient(gap, parts[leaving][entering]))
            missed.pop(leaving, None)
            self._basis.exchange(leaving, entering)
            self._note(entering)
        return None

    def _entering(self, leaving: int, gap: Number, *, patient: bool) -> int | None:
        """The free number that can bring a dependent one back and disturbs the fewest others; None if there is none."""
        best: tuple[int, int, int] | None = None
        for free, times in self._basis.parts[leaving].items():
            room = self._room(free, upwards=(gap > 0) == (times > 0))
            if room == 0:
                continue
            short = room is not None and room * _size(times) < _size(gap)
            rank = (2 * (times not in (1, -1)) + short, self._weight(free), free) if patient else (0, 0, free)
            if best is None or rank < best:
                best = rank
        return best[-1] if best else None

    def _weight(self, free: int) -> int:
        """How many rows a change of a free number disturbs."""
        rows = len(self._system.rows_of[free]) if free < self._count else 0
        return len(self._basis.uses[free]) + rows

    def _room(self, number: int, *, upwards: bool) -> Number | None:
        """How far a number may go; None where there is no end."""
        low, high = self._ends[number]
        if upwards:
            return None if high is None else high - self._values[number]
        return None if low is None else self._values[number] - low

    def _multipliers(self, leaving: int, gap: Number) -> dict[int, int]:
        """The rows that keep a dependent number from its range, each as often as it enters the proof."""
        sign = 1 if gap > 0 else -1
        shares: dict[int, Number] = {free: -sign * times for free, times in self._basis.parts[leaving].items()}
        shares[leaving] = sign
        rows = {number - self._count: share for number, share in shares.items() if number >= self._count}
        scale = lcm(*(share.denominator for share in rows.values()))
        return {row: int(share * scale) for row, share in sorted(rows.items())}

    def _furthest(self, variable: int, direction: int) -> Number | None:
        """The end of what a variable may be; None if there is none. Raises OutOfTime."""
        steps = 0
        while True:
            steps += 1
            if not steps % BREATH:
                self._deadline.require()
            entering = self._improving(variable, direction, patient=steps <= PATIENCE * (1 + len(self._basis.parts)))
            if entering is None:
                if not self._admit():
                    return self._values[variable]
                self._settle()
                continue
            free, upwards = entering
            leaving, distance = self._limit(free, upwards=upwards)
            if distance is None:
                if not self._admit_touched(free):
                    return None
                self._settle()
                continue
            self._shift(free, distance if upwards else -distance)
            if leaving is not None:
                self._missed.pop(leaving, None)
                self._basis.exchange(leaving, free)

    def _improving(self, variable: int, direction: int, *, patient: bool) -> tuple[int, bool] | None:
        """A free number that takes a variable further, and whether upwards; None if the variable is at its end."""
        if self._room(variable, upwards=direction > 0) == 0:
            return None
        best: tuple[int, int, bool] | None = None
        for free, times in self._basis.parts.get(variable, {variable: 1}).items():
            upwards = (times > 0) == (direction > 0)
            if self._room(free, upwards=upwards) != 0:
                rank = (len(self._basis.uses.get(free, ())) if patient else 0, free, upwards)
                if best is None or rank < best:
                    best = rank
        return best[1:] if best else None

    def _limit(self, entering: int, *, upwards: bool) -> tuple[int | None, Number | None]:
        """How far a free number may go before a dependent one, which is told, or it itself meets its end."""
        distance = self._room(entering, upwards=upwards)
        leaving: int | None = None
        for dependent in self._basis.users(entering):
            times = self._basis.parts[dependent][entering]
            room = self._room(dependent, upwards=(times > 0) == upwards)
            if room is None:
                continue
            size = quotient(room, _size(times))
            if (
                distance is None
                or size < distance
                or (size == distance and leaving is not None and dependent < leaving)
            ):
                distance, leaving = size, dependent
        return leaving, distance

    def _admit_touched(self, free: int) -> bool:
        """Take in all rows that a change of a free number touches; whether there were any."""
        variables = [number for number in (free, *self._basis.users(free)) if number < self._count]
        rows = dict.fromkeys(row for variable in variables for row in self._system.rows_of[variable])
        fresh = [row for row in rows if self._count + row not in self._basis]
        for row in fresh:
            self._enter(row)
        return bool(fresh)

    def _shift(self, free: int, distance: Number) -> None:
        """Move a free number, and with it all that depend on it."""
        values = self._values
        values[free] += distance
        self._doubt(free)
        for dependent in self._basis.users(free):
            values[dependent] += self._basis.parts[dependent][free] * distance
            self._doubt(dependent)
            self._note(dependent)

    def _doubt(self, number: int) -> None:
        """Have the rows of a number that moved looked at again."""
        if number < self._count:
            self._unchecked.update(dict.fromkeys(self._system.rows_of[number]))


def _gap(value: Number, span: Range) -> Number:
    """By how much a number would have to grow to come into its range."""
    low, high = span
    if low is not None and value < low:
        return low - value
    return high - value if high is not None and value > high else 0


def _size(number: Number) -> Number:
    return -number if number < 0 else number


def _ordered(span: Range) -> Range:
    """A range that is not empty: one whose ends are the wrong way round is taken for its lower end."""
    low, high = span
    return (low, low) if low is not None and high is not None and low > high else span
