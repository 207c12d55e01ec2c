"""Mistakes of one act that make several figures wrong: two cells exchanged, rows pasted one or more lines off.

A move says which printed figure each cell should hold. Those are proposed that put right every relation they
touch; whether one explains the book better than single wrong cells is for the solver to say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

from juesuan.locate.grid import Grid, grids
from juesuan.locate.system import can_hold

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import Statement, System

LONGEST_BLOCK = 24
MOST_TRIED = 1500
FEWEST_PASTED = 3
"""Fewer figures that fit elsewhere are no sign of a paste, which also leaves a row of which nothing is known."""
SHORT_SUM = 8
"""Rows of sums over at most so many rows may be where a block ends."""


class Move(NamedTuple):
    """`sources` tells for each cell concerned which cell prints its figure; None when no cell does any more.

    `mended` counts the broken statements that hold afterwards, those about lost figures left out; `rivals` are other
    moves that mend as many.
    """

    diagnosis: Literal["swapped_cells", "shifted_rows"]
    sources: tuple[tuple[int, int | None], ...]
    mended: int
    rivals: tuple[Move, ...] = ()

    @property
    def lost(self) -> tuple[int, ...]:
        """The cells whose figure is printed nowhere any more."""
        return tuple(cell for cell, source in self.sources if source is None)

    @property
    def cells(self) -> frozenset[int]:
        return frozenset(cell for cell, _ in self.sources)


def readings_of(system: System, sources: Sequence[tuple[int, int | None]]) -> dict[int, Range]:
    """The amounts the cells may hold when each is read from its source."""
    return {cell: _reading(system, cell, source) for cell, source in sources}


def _reading(system: System, cell: int, source: int | None) -> Range:
    if source is None:
        return system.freed(cell)
    record, other = system.cells[cell], system.cells[source]
    alike = record.step == other.step and record.signed == other.signed and other.span is None
    return other.interval if alike else record._replace(fen=other.fen, span=None).interval


class Movements:
    """Finds the moves that put right what is broken."""

    def __init__(self, system: System, book: Book) -> None:
        self._system = system
        self._grids = grids(system, book)
        self._statements: dict[int, list[int]] = {}
        for number, statement in enumerate(system.statements):
            for _, cell in statement.terms:
                self._statements.setdefault(cell, []).append(number)

    def proposals(self, broken: frozenset[int], shared: frozenset[int] = frozenset()) -> list[Move]:
        """Moves after which every relation they touch holds: first those that mend most, the smallest, the nearest.

        None puts a figure below zero where none can be. `broken` are the numbers of the statements that do not hold
        by themselves; those `shared` with other mistakes need not hold afterwards.
        """
        found: dict[frozenset[tuple[int, int | None]], Move] = {}
        for move in self._moves(broken):
            sources = tuple((cell, source) for cell, source in move if self._differs(cell, source))
            if len(sources) > 1 and all(map(self._may_stand, sources)) and (known := frozenset(sources)) not in found:
                mended = self._mended(sources, broken, shared)
                if mended:
                    diagnosis: Literal["swapped_cells", "shifted_rows"] = (
                        "swapped_cells" if len(sources) == 2 and None not in dict(sources).values() else "shifted_rows"
                    )
                    found[known] = Move(diagnosis, sources, mended)
        return sorted(
            found.values(), key=lambda move: (-move.mended, len(move.sources), self._reach(move), move.sources[0][0])
        )

    def _reach(self, move: Move) -> int:
        """How far apart the cells of a move stand."""
        places = [self._system.cells[cell].place for cell in move.cells]
        rows, columns = [place.row for place in places], [place.column for place in places]
        return max(rows) - min(rows) + max(columns) - min(columns)

    def _differs(self, cell: int, source: int | None) -> bool:
        return source is None or self._system.figures[cell] != self._system.figures[source]

    def _may_stand(self, source: tuple[int, int | None]) -> bool:
        cell, origin = source
        return origin is None or self._system.figures[origin] >= 0 or self._system.cells[cell].signed

    def _moves(self, broken: frozenset[int]) -> Iterator[list[tuple[int, int | None]]]:
        hot = {cell for number in broken for _, cell in self._system.statements[number].terms}
        for grid in self._grids:
            for one, other in grid.pairs():
                if one in hot or other in hot:
                    yield [(one, other), (other, one)]
            for one, other in self._exchanges(grid, broken):
                if other in hot:
                    yield [(one, other), (other, one)]
            yield from self._shifts(grid, self._struck(grid, broken))

    def _exchanges(self, grid: Grid, broken: frozenset[int]) -> Iterator[tuple[int, int]]:
        """Cells anywhere in a grid, each with one that prints what a broken equation asks of it."""
        system = self._system
        printed = sorted((system.figures[cell], cell) for row in grid.rows for cell in row.values())
        inside = {cell for _, cell in printed}
        for number in sorted(broken):
            statement = system.statements[number]
            for cell, (low, high) in _asked(statement, system.intervals).items():
                if cell in inside:
                    step = system.cells[cell].step
                    first = bisect_left(printed, (low - step, 0))
                    for figure, other in printed[first:]:
                        if figure > high + step:
                            break
                        if figure and other != cell:
                            yield min(cell, other), max(cell, other)

    def _struck(self, grid: Grid, broken: frozenset[int]) -> list[int]:
        """The rows of a grid that broken relations are about; of long sums only the target's, and counterparts."""
        position = {cell: number for number, row in enumerate(grid.rows) for cell in row.values()}
        about: set[int] = set()
        for number in broken:
            cells = [cell for _, cell in self._system.statements[number].terms]
            rows = {position[cell] for cell in cells if cell in position}
            about |= rows if len(rows) <= SHORT_SUM else {position[cell] for cell in cells[:1] if cell in position}
        return sorted(about)

    def _shifts(self, grid: Grid, struck: Sequence[int]) -> Iterator[list[tuple[int, int | None]]]:
        """Two rows exchanged, and blocks turned round or pasted off their place that begin and end near struck rows."""
        near = sorted({row + step for row in struck for step in (-1, 0, 1) if 0 <= row + step < len(grid.rows)})
        blocks = [(first, last) for first in near for last in near if first < last < first + LONGEST_BLOCK]
        for row, other in combinations(struck, 2):
            yield self._read(grid, {row: other, other: row})
        tried = 0
        for first, last in sorted(blocks, key=lambda block: (block[1] - block[0], block)):
            rows = range(first, last + 1)
            for offset in range(1, len(rows)):
                tried += 1
                if tried > MOST_TRIED:
                    return
                yield self._read(grid, {row: rows[(row - first + offset) % len(rows)] for row in rows})
                for step in (offset, -offset):
                    sources = {row: row + step if row + step in rows else None for row in rows}
                    if self._left_behind(grid, sources):
                        yield self._read(grid, sources)

    def _left_behind(self, grid: Grid, sources: Mapping[int, int | None]) -> bool:
        """Whether the rows whose figures no row claims are what a paste leaves: empty, or the figures pasted."""
        for row, source in sources.items():
            if row in sources.values():
                continue
            figures = [self._system.cells[cell].fen or 0 for cell in grid.rows[row].values()]
            pasted = grid.rows[source] if source is not None else {}
            copies = [self._system.cells[cell].fen or 0 for cell in pasted.values()]
            if any(figures) and figures != copies:
                return False
        claimed = [cell for row in sources.values() if row is not None for cell in grid.rows[row].values()]
        return sum(1 for cell in claimed if self._system.cells[cell].fen) >= FEWEST_PASTED

    def _read(self, grid: Grid, sources: Mapping[int, int | None]) -> list[tuple[int, int | None]]:
        moved: list[tuple[int, int | None]] = []
        for row, source in sources.items():
            for column, cell in grid.rows[row].items():
                if source is None:
                    moved.append((cell, None))
                elif column in grid.rows[source]:
                    moved.append((cell, grid.rows[source][column]))
        return moved

    def _mended(self, sources: Sequence[tuple[int, int | None]], broken: frozenset[int], shared: frozenset[int]) -> int:
        """How many broken statements a move puts right; none if one that it touches should hold then and does not.

        What speaks of a cell of which nothing is known any more is put right by saying nothing.
        """
        lost = {number for cell, source in sources if source is None for number in self._statements.get(cell, ())}
        touched = {number for cell, _ in sources for number in self._statements.get(cell, ())}
        first = broken & touched
        if len(first - lost) < 2:
            return 0
        origins = dict(sources)
        moved: dict[int, Range] = {}
        statements = self._system.statements
        still = 0
        for number in (*sorted(first, key=lambda number: (len(statements[number].terms), number)), *touched - first):
            statement = statements[number]
            for _, cell in statement.terms:
                if cell in origins and cell not in moved:
                    moved[cell] = _reading(self._system, cell, origins[cell])
            if not can_hold(statement, self._system.intervals, moved):
                if number not in shared:
                    return 0
                still += 1
        mended = len(first - lost) - still
        return mended if mended > 1 else 0


def _asked(statement: Statement, intervals: Sequence[Range]) -> dict[int, tuple[int, int]]:
    """What an equation of bounded amounts, each taken once, asks of each of them while the others are as printed."""
    if statement.low is None or statement.low != statement.high:
        return {}
    spans: dict[int, tuple[int, int]] = {}
    for coefficient, cell in statement.terms:
        low, high = intervals[cell]
        if low is None or high is None or coefficient not in (1, -1):
            return {}
        spans[cell] = (low, high) if coefficient > 0 else (-high, -low)
    lowest, highest = (sum(ends) for ends in zip(*spans.values(), strict=True))
    wanted = {}
    for coefficient, cell in statement.terms:
        low, high = spans[cell]
        least, most = statement.low - (highest - high), statement.low - (lowest - low)
        wanted[cell] = (least, most) if coefficient > 0 else (-most, -least)
    return wanted
