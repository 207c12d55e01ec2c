"""Exact amounts for a book in which some sums miss, beginning with the printed figures.

Where every relation holds between the printed figures, they are the exact amounts. Else figures may move, but as few
as it takes: a sum is mended by what it is made of. A printed zero is taken for nothing as long as the relations that
miss can do without it: that leaves two figures of most relations, and these then move as one. All arithmetic is in
integers of 分, and what moved is verified in every relation it stands in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from juesuan.locate.tableau import Row, Tableau

if TYPE_CHECKING:
    from juesuan.book import Cell, Key
    from juesuan.locate.judgement import Range
    from juesuan.relations import Relation

_Held = tuple[list[tuple[int, int]], int, str, int]
"""What a relation says about cells that may move: Σ coefficient × move (operator) missing; and its number."""


def nearby_witness(relations: Sequence[Relation]) -> dict[Key, int] | None:
    """An amount (分) for every cell with which all relations hold and all cells print as they do; None if none is near.

    None as well when two different cells go by one key, as those of two years do.
    """
    neighbourhood = _Neighbourhood(relations)
    moved = neighbourhood.mended()
    if moved is None:
        return None
    cells = neighbourhood.cells
    witness = {cell[:3]: (cell.fen or 0) + moved.get(number, 0) for number, cell in cells.items()}
    return witness if len(witness) == len(cells) and not any(_misprinted(cell) for cell in cells.values()) else None


def _misprinted(cell: Cell) -> bool:
    """Whether the figure read is none of those that the cell allows."""
    return cell.span is not None and not cell.span[0] <= (cell.fen or 0) <= cell.span[1]


class _Neighbourhood:
    """Relations by the cells that stand in them, and what each misses between the printed figures, in 分.

    Cells go by the identity of their record.
    """

    def __init__(self, relations: Sequence[Relation]) -> None:
        self._relations = relations
        self.cells: dict[int, Cell] = {}
        self._misses: list[int] = []
        cells = self.cells
        for _, target, terms, constant in relations:
            missing = constant - (target.fen or 0)
            cells[id(target)] = target
            for sign, cell in terms:
                cells[id(cell)] = cell
                if cell.fen:
                    missing += sign * cell.fen
            self._misses.append(missing)

    def mended(self) -> dict[int, int] | None:
        """By how much (分) cells have to move from their printed figures; None when that was not found."""
        misses = enumerate(self._misses)
        broken = [number for number, missing in misses if missing and _forbids(self._operator(number), missing)]
        if not broken:
            return {}
        if not all(self._within_reach(number) for number in broken):
            return None
        hiding = self._hiding([number for number in broken if self._needs_zeros(number)])
        moved = self._settled({key for key, cell in self.cells.items() if cell.fen or key in hiding})
        return self._settled(self.cells) if moved is None else moved

    @cached_property
    def _standing(self) -> dict[int, list[int]]:
        """The relations in which each cell stands."""
        standing: dict[int, list[int]] = {key: [] for key in self.cells}
        for number, (_, target, terms, _) in enumerate(self._relations):
            standing[id(target)].append(number)
            for _, cell in terms:
                standing[id(cell)].append(number)
        return standing

    def _operator(self, number: int) -> str:
        comparison = self._relations[number].rule.comparison
        return comparison.operator if comparison else "="

    def _within_reach(self, number: int) -> bool:
        """Whether the cells of a relation by themselves have room enough for what it misses."""
        _, target, terms, _ = self._relations[number]
        missing = self._misses[number]
        low, high = target.interval
        room = (high - (target.fen or 0)) if missing > 0 else (target.fen or 0) - low
        for sign, cell in terms:
            low, high = cell.interval
            room += abs(sign) * ((high - (cell.fen or 0)) if (missing > 0) != (sign > 0) else (cell.fen or 0) - low)
        return abs(missing) <= room

    def _needs_zeros(self, number: int) -> bool:
        """Whether two figures, or one, are all that is printed in a relation: they alone cannot mend it."""
        return sum(1 for cell in self._relations[number].cells if cell.fen) <= 2

    def _hiding(self, numbers: Collection[int]) -> Collection[int]:
        """The zeros of relations, with the zero sums they enter and their other printings."""
        found: set[int] = set()
        waiting = [cell for number in numbers for cell in self._relations[number].cells]
        while waiting:
            cell = waiting.pop()
            if cell.fen or id(cell) in found:
                continue
            found.add(id(cell))
            for number in self._standing[id(cell)]:
                _, target, terms, _ = self._relations[number]
                if self._operator(number) == "=":
                    waiting.append(target)
                    if len(terms) == 1:
                        waiting.append(terms[0][1])
        return found

    def _settled(self, free: Collection[int]) -> dict[int, int] | None:
        """By how much `free` cells move so that all relations hold."""
        held = self._held(free)
        variable_of = _variables(held)
        if variable_of is None:
            return None
        ranges = self._ranges(variable_of)
        rows, targets = _rows(held, variable_of, ranges)
        tableau = Tableau(rows, targets, ranges, [0] * len(ranges))
        if not tableau.settles():
            return None
        moved = {cell: tableau.amounts[variable] for cell, variable in variable_of.items()}
        return moved if self._stands(moved, held) else None

    def _held(self, free: Collection[int]) -> list[_Held]:
        """What the relations say about the moves of `free` cells, the target first where it is free."""
        held: list[_Held] = []
        for number, (rule, target, terms, _) in enumerate(self._relations):
            moving = [(-sign, key) for sign, cell in terms if (key := id(cell)) in free]
            if (key := id(target)) in free:
                moving.insert(0, (1, key))
            missing = self._misses[number]
            if moving or missing:
                held.append((moving, missing, rule.comparison.operator if rule.comparison else "=", number))
        return held

    def _ranges(self, variable_of: Mapping[int, int]) -> list[Range]:
        """By how much each amount may move before one of its cells would print otherwise."""
        ranges: list[tuple[int, int]] = []
        for key, variable in variable_of.items():
            cell = self.cells[key]
            fen = cell.fen or 0
            low, high = cell.interval
            if variable == len(ranges):
                ranges.append((low - fen, high - fen))
            else:
                lowest, highest = ranges[variable]
                ranges[variable] = max(lowest, low - fen), min(highest, high - fen)
        return list(ranges)

    def _stands(self, moved: Mapping[int, int], held: Iterable[_Held]) -> bool:
        """Whether every relation that holds a cell that moved is satisfied and every such cell prints as it does."""
        for key, distance in moved.items():
            if distance:
                low, high = self.cells[key].interval
                if not low <= (self.cells[key].fen or 0) + distance <= high:
                    return False
        for terms, missing, operator, _ in held:
            for coefficient, key in terms:
                missing -= coefficient * moved[key]
            if missing and _forbids(operator, missing):
                return False
        return True


def _forbids(operator: str, missing: int) -> bool:
    """Whether a relation does not hold that misses so much."""
    return operator == "=" or (operator == ">=") == (missing > 0)


def _variables(held: Sequence[_Held]) -> dict[int, int] | None:
    """The number of the amount each cell prints; None if two printings of one amount differ."""
    top = {cell: cell for terms, _, _, _ in held for _, cell in terms}

    def root(cell: int) -> int:
        while top[cell] != cell:
            top[cell] = cell = top[top[cell]]
        return cell

    for terms, missing, operator, _ in held:
        if operator == "=" and len(terms) == 2:
            (one, cell), (times, other) = terms
            if one == -times and abs(one) == 1 and cell != other:
                if missing:
                    return None
                top[root(other)] = root(cell)
    variables: dict[int, int] = {}
    return {cell: variables.setdefault(root(cell), len(variables)) for cell in top}


def _rows(
    held: Iterable[_Held], variable_of: Mapping[int, int], ranges: Sequence[Range]
) -> tuple[list[Row], list[int]]:
    """The distinct statements about how amounts move, and the amount that is the target of each.

    An inequality that no moves can break is none of them.
    """
    rows: dict[tuple[object, ...], Row] = {}
    targets: list[int] = []
    reach = max((abs(end) for span in ranges for end in span if end is not None), default=0)
    for terms, missing, operator, number in held:
        if operator != "=" and abs(missing) > reach * len(terms) and not _forbids(operator, missing):
            continue
        sizes: dict[int, int] = {}
        for coefficient, cell in terms:
            variable = variable_of[cell]
            sizes[variable] = sizes.get(variable, 0) + coefficient
        low, high = (None if operator == "<=" else missing), (None if operator == ">=" else missing)
        kept = tuple([(size, variable) for variable, size in sizes.items() if size])
        alike = frozenset(kept), low, high
        if kept and alike not in rows:
            rows[alike] = Row(kept, low, high, number)
            targets.append(variable_of[terms[0][1]])
    return list(rows.values()), targets
