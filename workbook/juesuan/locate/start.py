"""Amounts for the exact solver to begin with: those printed, moved within their ranges until most sums come out.

Every sum is a sum of items, which no equation gives. Where it leaves its range, what it lacks is spread over its items,
again and again (the relaxation of Agmon and of Motzkin and Schoenberg, 1954). It is only a start: what is left over is
for the solver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from juesuan.locate.tableau import gap_to, given_by

if TYPE_CHECKING:
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import System
    from juesuan.locate.tableau import Row

ROUNDS = 30
INSIDE = 8
"""A sum is brought inside its range by this part of its width, so that the next one does not push it out at once."""
WIDE = 10**7
"""A range wider than any rounding: of a figure that is set aside."""


def likely_amounts(system: System, ranges: Sequence[Range]) -> list[int]:
    """An amount within its range for every variable; most rows hold between them."""
    start = _Start(system, ranges)
    for _ in range(ROUNDS):
        missed = start.missed()
        if not missed:
            break
        for total in missed:
            start.spread(total)
    return start.amounts_within(ranges)


class _Start:
    """`_items` tells for each sum how often each item enters it; a row that gives no sum is one by itself."""

    def __init__(self, system: System, ranges: Sequence[Range]) -> None:
        self._count = len(ranges)
        figures = [system.figures[cells[0]] for cells in system.members]
        self._amounts = [figure + gap_to(figure, *span) for figure, span in zip(figures, ranges, strict=True)]
        self._ranges = [*ranges, *[(row.low, row.high) for row in system.rows]]
        self._moves = [bool(amount) or _is_wide(span) for amount, span in zip(self._amounts, ranges, strict=True)]
        targets = [system.variable_of[system.statements[row.source].terms[0][1]] for row in system.rows]
        given = given_by(system.rows, targets)
        self._same = self._twins(system.rows, given)
        self._items: dict[int, dict[int, int]] = {}
        for total, number in given.items():
            row = system.rows[number]
            own = next(coefficient for coefficient, variable in row.terms if variable == total)
            rest = [(-own * coefficient, variable) for coefficient, variable in row.terms if variable != total]
            parts, self._amounts[total] = self._parts(rest, own * (row.low or 0))
            self._items[total] = parts
        sums = set(given.values())
        for number, row in enumerate(system.rows):
            parts, amount = ({}, 0) if number in sums else self._parts(row.terms, 0)
            self._amounts.append(amount)
            if any(parts.values()) and self._is_near(amount, row, parts):
                self._items[self._count + number] = parts
        self._sums_of: dict[int, list[tuple[int, int]]] = {}
        for total, parts in self._items.items():
            for item, times in parts.items():
                self._sums_of.setdefault(item, []).append((total, times))

    def _twins(self, rows: Sequence[Row], given: Mapping[int, int]) -> list[int]:
        """For each item the one it moves with: where one must not be more than another and both print the same."""
        same = list(range(self._count))
        for row in rows:
            if row.low == row.high:
                continue
            held = [(coefficient, variable) for coefficient, variable in row.terms if self._moves[variable]]
            if len(held) != 2 or any(variable in given for _, variable in held) or held[0][0] + held[1][0]:
                continue
            one, other = (same[variable] for _, variable in held)
            if one != other and self._amounts[one] == self._amounts[other]:
                shared = _shared(self._ranges[one], self._ranges[other])
                if shared is not None:
                    same = [one if item == other else item for item in same]
                    self._ranges[one] = shared
        return same

    def _parts(self, terms: Sequence[tuple[int, int]], amount: int) -> tuple[dict[int, int], int]:
        """How often each item that may move enters a sum of terms, and what they come to."""
        parts: dict[int, int] = {}
        for coefficient, variable in terms:
            amount += coefficient * self._amounts[variable]
            below = self._items.get(variable)
            if below is not None:
                for item, times in below.items():
                    parts[item] = parts.get(item, 0) + coefficient * times
            elif self._moves[variable]:
                item = self._same[variable]
                parts[item] = parts.get(item, 0) + coefficient
        return parts, amount

    @staticmethod
    def _is_near(amount: int, row: Row, parts: Mapping[int, int]) -> bool:
        """Whether rounding may bring a row to its end."""
        reach = sum(map(abs, parts.values())) * 10_000
        return any(end is not None and abs(amount - end) <= reach for end in (row.low, row.high))

    def missed(self) -> list[int]:
        """The sums that are out of their range."""
        return [total for total in self._items if gap_to(self._amounts[total], *self._ranges[total])]

    def spread(self, total: int) -> None:
        """Move the items of a sum alike until it is in its range, or all are at their ends; one set aside takes all."""
        low, high = self._ranges[total]
        gap = gap_to(self._amounts[total], low, high)
        if not gap:
            return
        if low is not None and high is not None:
            gap += (high - low) // INSIDE * (1 if gap > 0 else -1)
        rooms = []
        for item, times in self._items[total].items():
            upwards = (gap > 0) == (times > 0)
            end = self._ranges[item][1 if upwards else 0]
            room = abs(gap) if end is None else abs(end - self._amounts[item])
            if times and room:
                rooms.append((room, item, 1 if upwards else -1))
        rooms.sort()
        if rooms and rooms[-1][0] > WIDE and sum([room for room, _, _ in rooms if room <= WIDE]) < abs(gap):
            rooms = rooms[-1:]
        left = abs(gap)
        for place, (room, item, sign) in enumerate(rooms):
            size = min(room, -(-left // (len(rooms) - place)))
            left -= size
            self._amounts[item] += sign * size
            for other, factor in self._sums_of[item]:
                self._amounts[other] += sign * factor * size

    def amounts_within(self, ranges: Sequence[Range]) -> list[int]:
        """The amount of every variable, none outside its range."""
        amounts = [self._amounts[item] for item in self._same]
        return [amount + gap_to(amount, *span) for amount, span in zip(amounts, ranges, strict=True)]


def _is_wide(span: Range) -> bool:
    low, high = span
    return low is None or high is None or high - low > WIDE


def _shared(one: Range, other: Range) -> Range | None:
    """The amounts of both ranges; None where there are none."""
    lows = [low for low, _ in (one, other) if low is not None]
    highs = [high for _, high in (one, other) if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return None if low is not None and high is not None and low > high else (low, high)
