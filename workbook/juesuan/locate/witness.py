"""Exact amounts behind the printed ones, found in integers: believe the items, add them up, mend what misses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from juesuan.locate.tableau import Tableau, gap_to

if TYPE_CHECKING:
    from juesuan.locate.system import System
    from juesuan.locate.tableau import Row


def find_witness(system: System, start: Sequence[int] | None = None) -> list[int] | None:
    """An amount (分) for every cell with which everything holds, or None if none was found.

    `start` are amounts to begin with, one for each variable: those printed, unless given.
    """
    ranges = system.printed_ranges
    if any(low is not None and high is not None and low > high for low, high in ranges):
        return None
    if start is None:
        start = [system.cells[members[0]].fen or 0 for members in system.members]
    amounts = [amount + gap_to(amount, *span) for amount, span in zip(start, ranges, strict=True)]
    if any(gap_to(_sum(row, amounts), row.low, row.high) for row in system.rows):
        targets = [system.variable_of[system.statements[row.source].terms[0][1]] for row in system.rows]
        tableau = Tableau(system.rows, targets, ranges, amounts)
        if not tableau.settles():
            return None
        amounts = tableau.amounts
    found = [amounts[variable] for variable in system.variable_of]
    return found if system.holds(found) else None


def _sum(row: Row, amounts: Sequence[int]) -> int:
    return sum([coefficient * amounts[variable] for coefficient, variable in row.terms])
