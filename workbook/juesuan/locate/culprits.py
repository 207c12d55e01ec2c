"""The fewest cells that must be wrong for the rest of a book to be right within its rounding.

Fellegi and Holt's principle, solved by implicit hitting sets: every proof that the book cannot be right names
cells of which one must be wrong; the smallest set that meets all such cores is tried, and either the rest of the
book is then feasible or there is a new proof. Cores are confirmed in integers, so nothing innocent is accused
because of floating point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from juesuan.locate.certificate import Proof, clash, core, proof_of_row
from juesuan.locate.deadline import OutOfTime
from juesuan.locate.hitting import smallest_hitting_set
from juesuan.locate.system import Readings

if TYPE_CHECKING:
    from juesuan.locate.deadline import Deadline
    from juesuan.locate.judgement import Range
    from juesuan.locate.solver import Solver
    from juesuan.locate.system import System

Cells = frozenset[int]
NONE: Cells = frozenset()
NOTHING: Readings = MappingProxyType({})


class Search:
    """What setting cells aside does to one system. All proofs met are kept, and asked before the solver is.

    `solver` may have been made for the system before some of its cells were read otherwise: `changed` are the
    variables of these cells.
    """

    def __init__(self, system: System, solver: Solver, deadline: Deadline, changed: Iterable[int] = ()) -> None:
        self.system = system
        self.deadline = deadline
        self._solver = solver
        self._changed = sorted(changed)
        printed = system.printed_ranges
        self.clashing = [variable for variable in range(len(printed)) if clash(system, variable, NONE) is not None]
        self.proofs: list[Proof] = [
            proof
            for number in range(len(system.rows))
            if _out_of_reach(system, number, printed) and (proof := proof_of_row(system, number, printed))
        ]
        self._feasible: dict[Cells, list[int]] = {}

    def cores(self, aside: Cells = NONE) -> list[Cells]:
        """Sets of cells of which one each must be set aside beside `aside`; none if the rest can be right.

        Raises OutOfTime.
        """
        self.deadline.require()
        if aside in self._feasible:
            return []
        found = [pair for variable in self.clashing if (pair := clash(self.system, variable, aside)) is not None]
        found += [cells for proof in self.proofs if (cells := core(self.system, proof, aside)) is not None]
        if found:
            return found
        answer = self._solver.solve(self._ranges(aside))
        if answer.amounts is not None:
            self._feasible[aside] = answer.amounts
            return []
        cells = core(self.system, answer.proof, aside) if answer.proof else None
        if answer.proof is None or cells is None:
            raise OutOfTime
        self.proofs.append(answer.proof)
        return [cells]

    def under(self, other: System, changed: Iterable[int]) -> Search:
        """A search of the same statements with other intervals for the variables `changed`.

        It keeps the proofs made so far that still stand.
        """
        search = Search(other, self._solver, self.deadline, {*self._changed, *changed})
        ranges = other.printed_ranges
        search.proofs += [
            proof for proof in self.proofs if proof not in search.proofs and proof.spare(ranges) is not None
        ]
        return search

    def amounts(self, aside: Cells) -> Sequence[int]:
        """Amounts of the variables that the solver found when `aside` was set aside: a hint for a witness."""
        return self._feasible[aside]

    def extent(self, cell: int, aside: Cells, held: Readings = NOTHING) -> Range:
        """The amounts a cell set aside may have while all but `aside` is believed. Raises OutOfTime.

        Cells that are `held` are read as they should be.
        """
        self.deadline.require()
        return self._solver.extent(self.system.variable_of[cell], self._ranges(aside, held))

    def permits(self, aside: Cells, held: Readings) -> bool:
        """Whether all the rest can be right while some of the cells set aside are `held`. Raises OutOfTime."""
        self.deadline.require()
        ranges = self._ranges(aside, held)
        if any(low is not None and high is not None and low > high for low, high in ranges.values()):
            return False
        return self._solver.solve(ranges).amounts is not None

    def _ranges(self, aside: Cells, held: Readings = NOTHING) -> dict[int, Range]:
        readings = {**self.system.set_aside(aside), **held}
        variables = dict.fromkeys([*self._changed, *sorted({self.system.variable_of[cell] for cell in readings})])
        return {variable: self.system.range_of(variable, readings) for variable in variables}


def fewest_culprits(search: Search, most: int) -> Cells | None:
    """A smallest set of cells to set aside; None if more than `most` would be needed, or nothing helps.

    Raises OutOfTime.
    """
    cores = search.cores()
    while True:
        if not all(cores):
            return None
        chosen, exact = smallest_hitting_set(cores, most)
        search.deadline.cut = search.deadline.cut or not exact
        if chosen is None:
            return None
        found = search.cores(chosen)
        if not found:
            return chosen
        cores += found


def equals(search: Search, culprits: Cells, cell: int) -> list[int]:
    """The cells that would do in place of one culprit while the others stay, itself among them, in the book's order.

    Raises OutOfTime.
    """
    rest = culprits - {cell}
    candidates: set[int] | None = None
    for cells in search.cores(rest):
        candidates = set(cells) if candidates is None else candidates & cells
    left = sorted((candidates or set()) - rest - {cell})
    good = [cell]
    while left:
        candidate = left.pop(0)
        if not search.cores(rest | {candidate}):
            good.append(candidate)
            continue
        for cells in search.cores(rest):
            left = [other for other in left if other in cells]
    return sorted(good)


def _out_of_reach(system: System, number: int, ranges: Sequence[Range]) -> bool:
    """Whether a row cannot hold, by itself, whatever the amounts within `ranges`."""
    row = system.rows[number]
    lowest: int | None = 0
    highest: int | None = 0
    for coefficient, variable in row.terms:
        low, high = ranges[variable]
        if coefficient < 0:
            low, high = high, low
        lowest = None if lowest is None or low is None else lowest + coefficient * low
        highest = None if highest is None or high is None else highest + coefficient * high
    return bool(
        (row.high is not None and lowest is not None and lowest > row.high)
        or (row.low is not None and highest is not None and highest < row.low)
    )
