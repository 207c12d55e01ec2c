"""The distinct figures of a book, what each may be published as, and the relations between them.

A figure that is printed in several cells is one: it has one published value everywhere. Values are whole steps of
0.01 万元, exact amounts 分.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from juesuan.book import Book, Cell, Key
from juesuan.locate.system import Statement, System
from juesuan.locate.tableau import Row
from juesuan.money import WAN_STEP, round_fen
from juesuan.relations import Relation


class Choice(NamedTuple):
    """What a figure may be published as: `low`, or one step more for each of `costs`.

    A cost is by how many 分 the step takes the figure's cells further from their exact amounts, all together; the
    first step never costs more than the next. `rounded`: what ordinary rounding makes of it.
    """

    low: int
    costs: tuple[int, ...]
    rounded: int

    @property
    def high(self) -> int:
        return self.low + len(self.costs)


class Figures(NamedTuple):
    """`choices` and `exact` (分) are those of the variables of `system`, whose statements are `relations`."""

    system: System
    relations: tuple[Relation, ...]
    choices: tuple[Choice, ...]
    exact: tuple[int, ...]

    @property
    def rounded(self) -> list[int]:
        """Every figure rounded by itself."""
        return [choice.rounded for choice in self.choices]

    def by_cell(self, values: Sequence[int]) -> Mapping[Key, int]:
        """The value of every cell."""
        return {cell.key: values[self.system.variable_of[number]] for number, cell in enumerate(self.system.cells)}

    def broken(self, values: Sequence[int]) -> list[int]:
        """The numbers of the system's rows that do not hold between published values."""
        return [number for number, row in enumerate(self.system.rows) if not holds(row, values)]

    def relation_of(self, row: int) -> Relation:
        """A relation that says what a row of the system says."""
        return self.relations[self.system.rows[row].source]

    def untrue(self, values: Sequence[int]) -> Mapping[Key, Relation]:
        """For each cell of a relation that does not hold between published values the first such relation."""
        amounts = [values[variable] for variable in self.system.variable_of]
        found: dict[Key, Relation] = {}
        for relation, statement in zip(self.relations, self.system.statements, strict=True):
            if not holds(statement, amounts):
                for cell in relation.cells:
                    found.setdefault(cell.key, relation)
        return found


def figures_of(book: Book, relations: Iterable[Relation], *, exact: bool) -> Figures:
    """The figures that the relations speak of.

    `exact`: an amount that needs no rounding is what it is. Otherwise such an amount was rounded already, and may be
    a step off: nothing stays nothing, and what is something stays so, with its sign.
    """
    stated = tuple(relations)
    system = System(stated, (), book)
    cells = [[book.cells[system.cells[number].key] for number in members] for members in system.members]
    amounts = tuple(members[0].fen or 0 for members in cells)
    return Figures(system, stated, tuple(_choice(members, exact) for members in cells), amounts)


def holds(row: Row | Statement, values: Sequence[int]) -> bool:
    """Whether a row over variables, or a statement over cells, holds between their published values."""
    total = WAN_STEP * sum([coefficient * values[number] for coefficient, number in row.terms])
    return (row.low is None or total >= row.low) and (row.high is None or total <= row.high)


def _choice(cells: Sequence[Cell], exact: bool) -> Choice:
    spans = [_span(cell.fen, exact) for cell in cells]
    low, high = max(low for low, _ in spans), min(high for _, high in spans)
    amounts = [cell.fen or 0 for cell in cells]
    rounded = round_fen(amounts[0], WAN_STEP) // WAN_STEP
    costs = [sum(abs(value * WAN_STEP - fen) for fen in amounts) for value in range(low, high + 1)]
    return Choice(low, tuple(after - before for before, after in pairwise(costs)), rounded)


def _span(fen: int | None, exact: bool) -> tuple[int, int]:
    """The lowest and the highest value of one cell."""
    down, rest = divmod(fen or 0, WAN_STEP)
    if rest:
        return down, down + 1
    if exact or not down:
        return down, down
    return (down - (down != 1), down + (down != -1))
