"""Exact amounts for a book in which few sums miss: all figures are believed but those from which a sum can be mended.

Where every relation holds between the printed figures, they are the exact amounts. Else the figures of the relations
that miss may move, and with them the sums they enter, their rows and their other printings; the rest stays as printed.
All arithmetic is in integers of 分, and what moved is verified in every relation it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from juesuan.locate.tableau import Row, Tableau

if TYPE_CHECKING:
    from juesuan.book import Cell, Key
    from juesuan.locate.judgement import Range
    from juesuan.relations import Relation

FEW = 24
"""Of more relations that miss, the neighbourhood is the whole book."""


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
        self._standing: dict[int, list[int]] = {}
        self._misses: list[int] = []
        cells, standing = self.cells, self._standing
        for number, (_, target, terms, constant) in enumerate(relations):
            missing = constant - (target.fen or 0)
            standing.setdefault(id(target), []).append(number)
            cells[id(target)] = target
            for sign, cell in terms:
                key = id(cell)
                if key in standing:
                    standing[key].append(number)
                else:
                    standing[key] = [number]
                    cells[key] = cell
                if cell.fen:
                    missing += sign * cell.fen
            self._misses.append(missing)

    def mended(self) -> dict[int, int] | None:
        """By how much (分) cells have to move from their printed figures; None when that was not found."""
        broken = [number for number, missing in enumerate(self._misses) if missing and self._forbids(number, missing)]
        if not broken:
            return {}
        if not all(self._within_reach(number) for number in broken):
            return None
        if len(broken) <= FEW:
            near = self._from_which(broken)
            moved = self._settled(near, sorted({number for cell in near for number in self._standing[cell]}))
            if moved is not None:
                return moved
        return self._settled(self.cells, range(len(self._relations)))

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

    def _settled(self, free: Iterable[int], numbers: Sequence[int]) -> dict[int, int] | None:
        """By how much `free` cells move so that the relations with these `numbers`, all they stand in, hold."""
        variable_of = self._variables(free, numbers)
        if variable_of is None:
            return None
        ranges = self._ranges(variable_of)
        rows, targets = self._rows(numbers, variable_of)
        tableau = Tableau(rows, targets, ranges, [0] * len(ranges))
        if not tableau.settles():
            return None
        moved = {cell: tableau.amounts[variable] for cell, variable in variable_of.items()}
        return moved if self._stands(moved, numbers) else None

    def _forbids(self, number: int, missing: int) -> bool:
        comparison = self._relations[number].rule.comparison
        operator = comparison.operator if comparison else "="
        return operator == "=" or (operator == ">=") == (missing > 0)

    def _from_which(self, broken: Iterable[int]) -> dict[int, None]:
        """The cells of relations, with the sums they enter and their other printings, in a fixed order."""
        found: dict[int, None] = {}
        waiting = [id(cell) for number in broken for cell in self._relations[number].cells]
        while waiting:
            cell = waiting.pop()
            if cell in found:
                continue
            found[cell] = None
            for number in self._standing[cell]:
                rule, target, terms, _ = self._relations[number]
                if rule.comparison is None or rule.comparison.operator == "=":
                    waiting.append(id(target))
                    if len(terms) == 1:
                        waiting.append(id(terms[0][1]))
        return found

    def _variables(self, free: Iterable[int], numbers: Iterable[int]) -> dict[int, int] | None:
        """The number of the amount each free cell prints; None if two printings of one amount differ."""
        top = {cell: cell for cell in free}

        def root(cell: int) -> int:
            while top[cell] != cell:
                cell = top[cell]
            return cell

        for number in numbers:
            if self._is_tie(number):
                _, target, ((_, other),), _ = self._relations[number]
                if self._misses[number]:
                    return None
                top[root(id(other))] = root(id(target))
        variables: dict[int, int] = {}
        return {cell: variables.setdefault(root(cell), len(variables)) for cell in top}

    def _is_tie(self, number: int) -> bool:
        """Whether a relation says that two cells print the same amount."""
        rule, _, terms, constant = self._relations[number]
        equal = rule.comparison is None or rule.comparison.operator == "="
        return equal and len(terms) == 1 and terms[0][0] == 1 and not constant

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

    def _rows(self, numbers: Iterable[int], variable_of: Mapping[int, int]) -> tuple[list[Row], list[int]]:
        """The distinct statements about how amounts move, and the amount that is the target of each."""
        rows: dict[tuple[object, ...], Row] = {}
        targets: list[int] = []
        for number in numbers:
            if self._is_tie(number):
                continue
            rule, target, terms, _ = self._relations[number]
            own = variable_of.get(id(target), -1)
            held = {own: 1} if own >= 0 else {}
            for sign, cell in terms:
                variable = variable_of.get(id(cell))
                if variable is not None:
                    held[variable] = held.get(variable, 0) - sign
            missing = self._misses[number]
            operator = rule.comparison.operator if rule.comparison else "="
            low, high = (None if operator == "<=" else missing), (None if operator == ">=" else missing)
            kept = tuple(sorted([(variable, size) for variable, size in held.items() if size]))
            if kept and (kept, low, high) not in rows:
                rows[kept, low, high] = Row(tuple([(size, variable) for variable, size in kept]), low, high, number)
                targets.append(own)
        return list(rows.values()), targets

    def _stands(self, moved: Mapping[int, int], numbers: Iterable[int]) -> bool:
        """Whether every relation that holds a cell that moved is satisfied and every such cell prints as it does."""
        for key, distance in moved.items():
            low, high = self.cells[key].interval
            if not low <= (self.cells[key].fen or 0) + distance <= high:
                return False
        for number in numbers:
            _, target, terms, _ = self._relations[number]
            missing = self._misses[number] - moved.get(id(target), 0)
            for sign, cell in terms:
                missing += sign * moved.get(id(cell), 0)
            if missing and self._forbids(number, missing):
                return False
        return True
