"""The book read with more latitude: any rule for rounding a half, or figures moved by hand to make sums come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from juesuan.book import Cell
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import System


def any_rounding(system: System) -> System:
    """The system with closed intervals: an amount exactly halfway may be printed either way."""
    return system.read_as([_closed(cell) for cell in system.cells])


def hand_balanced(system: System) -> System:
    """The system in which each figure may lie less than one unit of its last place from the exact amount."""
    return system.read_as([_moved(cell) for cell in system.cells])


def _closed(cell: Cell) -> Range:
    low, high = cell.interval
    if cell.span is not None or cell.step == 1:
        return low, high
    fen, half = cell.fen or 0, cell.step // 2
    return (low if fen == 0 and not cell.signed else fen - half), fen + half


def _moved(cell: Cell) -> Range:
    low, high = cell.interval
    if cell.step == 1:
        return low, high
    fen, room = cell.fen or 0, cell.step - 1
    lowest = min(low, 0) if fen >= 0 and not cell.signed else fen - room
    return min(low, max(fen - room, lowest)), max(high, fen + room)
