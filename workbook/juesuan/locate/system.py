"""The relations of a book as integer rows over its distinct amounts.

Cells that a relation says are equal (x = y) are one amount: they share a variable, and every cell printed with
that amount narrows it. All amounts are in 分.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from juesuan.locate.judgement import Range
from juesuan.locate.tableau import Row, gap_to

if TYPE_CHECKING:
    from juesuan.book import Book, Cell
    from juesuan.locate.answer import Observation
    from juesuan.relations import Relation

Readings = Mapping[int, Range]
"""Cells that are to be read otherwise than they are printed, each with the amounts it may then hold."""

FAR = 10**15
"""No amount of an account reaches this; what lies beyond is unbounded."""


class Statement(NamedTuple):
    """low ≤ Σ coefficient × cell ≤ high over cell numbers; a relation, or an observation times `scale`."""

    terms: tuple[tuple[int, int], ...]
    low: int | None
    high: int | None
    scale: int = 1


class System:
    """The statements of a book over numbered cells, and over the variables that equal cells share.

    `statements` stand in the order of the relations given, the observations after them, then `further` relations.
    `intervals` and `figures` say for each cell the amounts it allows and what it prints. `variable_of` tells the
    variable of a cell, `members` the cells of a variable, `rows` the distinct statements between variables,
    `rows_of` the rows of a variable. `ties` are the statements x = y that join the cells of a variable, as a forest:
    (cell, other cell, number of the statement). `suspects` are the cells of this book; those of last year's are
    published and not doubted. `followers` are those whose figures follow from others and are not believed.
    """

    def __init__(
        self,
        relations: Iterable[Relation],
        observations: Iterable[Observation],
        book: Book,
        further: Iterable[Relation] = (),
    ) -> None:
        self.cells: list[Cell] = []
        self.suspects: set[int] = set()
        self.followers: frozenset[int] = frozenset()
        self._numbers: dict[tuple[object, ...], int] = {}
        self._known: dict[int, int] = {}
        self._book = book
        self.statements = [self._of_relation(relation) for relation in relations]
        self.statements += [self._of_observation(observation) for observation in observations]
        self.statements += [self._of_relation(relation) for relation in further]
        self._known.clear()
        self.intervals: list[Range] = [cell.interval for cell in self.cells]
        self.figures = [cell.fen or 0 for cell in self.cells]
        self.ties: list[tuple[int, int, int]] = []
        self._join()
        self.rows, self.voids = self._rows()
        self.rows_of: list[list[int]] = [[] for _ in self.members]
        for number, row in enumerate(self.rows):
            for _, variable in row.terms:
                self.rows_of[variable].append(number)

    def number(self, cell: Cell) -> int | None:
        """The number of a cell, None if no statement speaks of it."""
        return self._numbers.get(self._identity(cell))

    def _identity(self, cell: Cell) -> tuple[object, ...]:
        """What tells a cell from every other: last year's book has cells of the same key elsewhere."""
        return (*cell.key, self._book.cells.get(cell.key, cell).place == cell.place)

    def _enter(self, cell: Cell) -> int:
        number = self._known.get(id(cell))
        if number is not None:
            return number
        identity = self._identity(cell)
        number = self._numbers.setdefault(identity, len(self.cells))
        self._known[id(cell)] = number
        if number == len(self.cells):
            self.cells.append(cell)
            if identity[-1]:
                self.suspects.add(number)
        return number

    def _of_relation(self, relation: Relation) -> Statement:
        known = self._known
        terms = {self._enter(relation.target): 1}
        for coefficient, cell in relation.terms:
            number = known.get(id(cell))
            if number is None:
                number = self._enter(cell)
            terms[number] = terms.get(number, 0) - coefficient
        comparison = relation.rule.comparison
        operator = comparison.operator if comparison else "="
        return Statement(
            tuple([(coefficient, number) for number, coefficient in terms.items() if coefficient]),
            None if operator == "<=" else relation.constant,
            None if operator == ">=" else relation.constant,
        )

    def _of_observation(self, observation: Observation) -> Statement:
        from math import lcm

        scale = lcm(*(coefficient.denominator for coefficient, _ in observation.terms))
        terms: dict[int, int] = {}
        for coefficient, cell in observation.terms:
            number = self._enter(cell)
            terms[number] = terms.get(number, 0) + int(coefficient * scale)
        low, high = observation.low, observation.high
        return Statement(
            tuple((coefficient, number) for number, coefficient in terms.items() if coefficient),
            None if low is None else -int(-low * scale // 1),
            None if high is None else int(high * scale // 1),
            scale,
        )

    def _join(self) -> None:
        """Find the variables: cells joined by statements x = y."""
        parent = list(range(len(self.cells)))

        def root(cell: int) -> int:
            while parent[cell] != cell:
                parent[cell] = cell = parent[parent[cell]]
            return cell

        for source, statement in enumerate(self.statements):
            if is_tie(statement):
                (_, one), (_, other) = statement.terms
                first, second = sorted((root(one), root(other)))
                if first != second:
                    parent[second] = first
                    self.ties.append((one, other, source))
        self.variable_of: list[int] = []
        self.members: list[list[int]] = []
        variables: dict[int, int] = {}
        for cell in range(len(self.cells)):
            top = root(cell)
            if top not in variables:
                variables[top] = len(self.members)
                self.members.append([])
            self.variable_of.append(variables[top])
            self.members[variables[top]].append(cell)

    def _rows(self) -> tuple[list[Row], list[Row]]:
        """The distinct statements over variables, and apart from them those in which every variable cancels out."""
        rows: dict[tuple[object, ...], Row] = {}
        voids: list[Row] = []
        for source, statement in enumerate(self.statements):
            terms: dict[int, int] = {}
            for coefficient, cell in statement.terms:
                variable = self.variable_of[cell]
                terms[variable] = terms.get(variable, 0) + coefficient
            kept = tuple(sorted([(variable, coefficient) for variable, coefficient in terms.items() if coefficient]))
            row = Row(tuple([(a, v) for v, a in kept]), statement.low, statement.high, source)
            if kept:
                mirrored = tuple([(v, -a) for v, a in kept])
                if (mirrored, _less(row.high), _less(row.low)) not in rows:
                    rows.setdefault((kept, row.low, row.high), row)
            elif (row.low or 0) > 0 or (row.high or 0) < 0:
                voids.append(row)
        return list(rows.values()), voids

    @cached_property
    def tie_paths(self) -> Mapping[int, list[tuple[int, int, int]]]:
        """For each cell the ties that hold it, each as (other cell, number of the statement, own coefficient)."""
        paths: dict[int, list[tuple[int, int, int]]] = {}
        for one, other, source in self.ties:
            signs = {cell: coefficient for coefficient, cell in self.statements[source].terms}
            paths.setdefault(one, []).append((other, source, signs[one]))
            paths.setdefault(other, []).append((one, source, signs[other]))
        return paths

    def freed(self, cell: int) -> Range:
        """What an amount may be when the cell's printed figure is set aside: its sign remains, if it has one.

        A figure printed negative where none should be is no worse when it is set aside than when it is believed.
        """
        if self.cells[cell].signed:
            return None, None
        return min(0, self.intervals[cell][0] or 0), None

    def set_aside(self, cells: Iterable[int]) -> dict[int, Range]:
        return {cell: self.freed(cell) for cell in cells}

    def range_of(self, variable: int, readings: Readings) -> Range:
        """The amounts every cell of a variable allows; the lowest may lie above the highest."""
        low: int | None = None
        high: int | None = None
        for cell in self.members[variable]:
            down, up = readings.get(cell) or self.intervals[cell]
            if down is not None and (low is None or down > low):
                low = down
            if up is not None and (high is None or up < high):
                high = up
        return (None if low is not None and low <= -FAR else low), (None if high is not None and high >= FAR else high)

    def domain(self, variable: int) -> Range:
        """The amounts a variable may hold when every figure printed for it is set aside."""
        return self._domains[variable]

    @cached_property
    def _domains(self) -> list[Range]:
        return [self.range_of(variable, self.set_aside(cells)) for variable, cells in enumerate(self.members)]

    @cached_property
    def printed_ranges(self) -> list[Range]:
        """The range of every variable."""
        return [self.range_of(variable, {}) for variable in range(len(self.members))]

    def holds(self, amounts: Sequence[int]) -> bool:
        """Whether amounts (分, one for each cell) satisfy every statement and are printed as the cells are read."""
        if any(gap_to(amount, *span) for amount, span in zip(amounts, self.intervals, strict=True)):
            return False
        return not any(
            gap_to(sum([coefficient * amounts[cell] for coefficient, cell in terms]), low, high)
            for terms, low, high, _ in self.statements
        )

    def read_as(self, intervals: Sequence[Range], figures: Sequence[int] | None = None) -> System:
        """The same statements about the same cells, with other intervals and figures for them."""
        other = System.__new__(System)
        other.__dict__ |= self.__dict__ | {"intervals": list(intervals), "figures": list(figures or self.figures)}
        changed = [cell for cell, span in enumerate(intervals) if span != self.intervals[cell]]
        variables = {self.variable_of[cell] for cell in changed}
        other.printed_ranges = list(self.printed_ranges)
        other._domains = list(self._domains)
        for variable in variables:
            other.printed_ranges[variable] = other.range_of(variable, {})
            other._domains[variable] = other.range_of(variable, other.set_aside(self.members[variable]))
        touched = {source for cell in changed for source in self.standing[cell]}
        still = [source for source in touched if not can_hold(self.statements[source], other.intervals, {})]
        other.broken = sorted([*still, *[source for source in self.broken if source not in touched]])
        return other

    @cached_property
    def standing(self) -> list[list[int]]:
        """The numbers of the statements in which each cell stands."""
        standing: list[list[int]] = [[] for _ in self.cells]
        for source, statement in enumerate(self.statements):
            for _, cell in statement.terms:
                standing[cell].append(source)
        return standing

    @cached_property
    def broken(self) -> list[int]:
        """Numbers of the statements that no amounts within their cells' own intervals satisfy."""
        intervals = self.intervals
        return [source for source, statement in enumerate(self.statements) if not can_hold(statement, intervals, {})]


def is_tie(statement: Statement) -> bool:
    """Whether a statement says that two cells hold the same amount."""
    coefficients = [coefficient for coefficient, _ in statement.terms]
    return statement.low == statement.high == 0 and coefficients in ([1, -1], [-1, 1])


def can_hold(statement: Statement, intervals: Sequence[Range], readings: Readings) -> bool:
    """Whether some amounts within the cells' intervals satisfy one statement taken by itself."""
    lowest: int | None = 0
    highest: int | None = 0
    for coefficient, cell in statement.terms:
        low, high = readings.get(cell) or intervals[cell]
        if coefficient < 0:
            low, high = high, low
        lowest = None if lowest is None or low is None else lowest + coefficient * low
        highest = None if highest is None or high is None else highest + coefficient * high
    too_high = statement.high is not None and lowest is not None and lowest > statement.high
    too_low = statement.low is not None and highest is not None and highest < statement.low
    return not (too_high or too_low)


def _less(end: int | None) -> int | None:
    return None if end is None else -end
