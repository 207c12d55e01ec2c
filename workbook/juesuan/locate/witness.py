"""Exact amounts behind the printed ones, found by moving what a row misses onto its cells, within their rounding.

Start from the figures as printed; a row that does not hold spreads its difference over its variables in
proportion to the room each has left, which disturbs other rows, and so on until all is still. Integers only.
What it finds is a proof; that it finds nothing is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from juesuan.locate.system import Range, Readings, Row, System

PATIENCE = 12
"""How many times, on average, each row may be mended before the search is given up."""


def find_witness(system: System, readings: Readings, start: Sequence[int] | None = None) -> list[int] | None:
    """An amount (分) for every cell with which everything holds, or None if none was found.

    `start` are amounts to begin with, one for each variable: those printed, unless given.
    """
    ranges = system.ranges(readings)
    if any(low is not None and high is not None and low > high for low, high in ranges):
        return None
    printed = start or [_printed(system, variable) for variable in range(len(ranges))]
    amounts = [_within(amount, span) for amount, span in zip(printed, ranges, strict=True)]
    if not _mend(system, ranges, amounts):
        return None
    found = [amounts[variable] for variable in system.variable_of]
    return found if system.holds(found, readings) else None


def _printed(system: System, variable: int) -> int:
    return system.cells[system.members[variable][0]].fen or 0


def _within(amount: int, span: Range) -> int:
    low, high = span
    if low is not None and amount < low:
        return low
    return high if high is not None and amount > high else amount


def _mend(system: System, ranges: Sequence[Range], amounts: list[int]) -> bool:
    """Move amounts within their ranges until every row holds; False when that did not come about."""
    rows = system.rows
    gaps = [_gap(row, amounts) for row in rows]
    waiting = deque(number for number, gap in enumerate(gaps) if gap)
    queued = set(waiting)
    patience = PATIENCE * len(rows)
    while waiting:
        number = waiting.popleft()
        queued.discard(number)
        gap = _gap(rows[number], amounts)
        if not gap:
            continue
        patience -= 1
        moved = _spread(rows[number], gap, ranges, amounts) if patience else []
        if not moved:
            return False
        for variable in moved:
            for other in system.rows_of[variable]:
                if other not in queued and _gap(rows[other], amounts):
                    waiting.append(other)
                    queued.add(other)
    return True


def _gap(row: Row, amounts: Sequence[int]) -> int:
    """By how much the row's sum would have to grow."""
    total = sum([coefficient * amounts[variable] for coefficient, variable in row.terms])
    if row.low is not None and total < row.low:
        return row.low - total
    return row.high - total if row.high is not None and total > row.high else 0


def _spread(row: Row, gap: int, ranges: Sequence[Range], amounts: list[int]) -> list[int]:
    """Let the row's sum grow by `gap`; the variables moved, none if there is not room enough."""
    rooms: list[tuple[int, int, int]] = []
    total = 0
    for coefficient, variable in row.terms:
        up = (coefficient > 0) == (gap > 0)
        end = ranges[variable][1 if up else 0]
        room = abs(gap) if end is None else abs(end - amounts[variable])
        if room:
            rooms.append((room, coefficient, variable))
            total += room * abs(coefficient)
    if total < abs(gap):
        return []
    moved = []
    left = abs(gap)
    for room, coefficient, variable in sorted(rooms):
        size = abs(coefficient)
        part = min(room, -(-left * room // total))
        total -= room * size
        part = min(part, left // size) if size > 1 else part
        if part:
            amounts[variable] += part if (coefficient > 0) == (gap > 0) else -part
            left -= part * size
            moved.append(variable)
        if not left or total <= 0:
            break
    return moved
