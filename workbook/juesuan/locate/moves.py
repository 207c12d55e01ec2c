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
    from juesuan.locate.deadline import Deadline
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
    """Finds the moves that put right what is broken, until the deadline: its methods raise OutOfTime."""

    def __init__(self, system: System, book: Book, deadline: Deadline) -> None:
        self._system = system
        self._deadline = deadline
        self._grids = grids(system, book)
        self._standing = system.standing

    def proposals(self, broken: frozenset[int], shared: frozenset[int] = frozenset()) -> list[Move]:
        """Moves after which every relation they touch holds: first those that mend most, the smallest, the nearest.

        None puts a figure below zero where none can be. `broken` are the numbers of the statements that do not hold
        by themselves; those `shared` with other mistakes need not hold afterwards.
        """
        found: dict[frozenset[tuple[int, int | None]], Move] = {}
        for move in self._moves(broken, shared):
            self._deadline.require()
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

    def _moves(self, broken: frozenset[int], shared: frozenset[int]) -> Iterator[list[tuple[int, int | None]]]:
        hot = {cell for number in broken for _, cell in self._system.statements[number].terms}
        for grid in self._grids:
            for one, other in grid.pairs():
                if one in hot or other in hot:
                    yield [(one, other), (other, one)]
            for one, other in self._exchanges(grid, broken):
                if other in hot:
                    yield [(one, other), (other, one)]
            yield from self._shifts(_Rows(self._system, grid, shared), self._struck(grid, broken))

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

    def _shifts(self, rows: _Rows, struck: Sequence[int]) -> Iterator[list[tuple[int, int | None]]]:
        """Two rows exchanged, and blocks turned round or pasted off their place that begin and end near struck rows."""
        count = len(rows.figures)
        near = sorted({row + step for row in struck for step in (-1, 0, 1) if 0 <= row + step < count})
        blocks = [(first, last) for first in near for last in near if first < last < first + LONGEST_BLOCK]
        for row, other in combinations(struck, 2):
            self._deadline.require()
            if moved := rows.read({row: other, other: row}):
                yield moved
        tried = 0
        for first, last in sorted(blocks, key=lambda block: (block[1] - block[0], block)):
            block = range(first, last + 1)
            for offset in range(1, len(block)):
                tried += 1
                if tried > MOST_TRIED:
                    return
                if moved := rows.read({row: block[(row - first + offset) % len(block)] for row in block}):
                    yield moved
                for step in (offset, -offset):
                    sources = {row: row + step if row + step in block else None for row in block}
                    if (moved := rows.read(sources)) and rows.left_behind(sources):
                        yield moved

    def _mended(self, sources: Sequence[tuple[int, int | None]], broken: frozenset[int], shared: frozenset[int]) -> int:
        """How many broken statements a move puts right; none if one that it touches should hold then and does not.

        What speaks of a cell of which nothing is known any more is put right by saying nothing. Two cells must put
        right two statements, as one of them by itself would put right one; whole rows may put right a single one.
        """
        lost = {number for cell, source in sources if source is None for number in self._standing[cell]}
        touched = {number for cell, _ in sources for number in self._standing[cell]}
        first = broken & touched
        fewest = 1 if len(sources) > 2 and not lost and not shared else 2
        if len(first - lost) < fewest:
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
        return mended if mended >= fewest else 0


class _Rows:
    """The printed rows of a grid read from each other. `figures` are those of each row, by their columns' order."""

    def __init__(self, system: System, grid: Grid, shared: frozenset[int]) -> None:
        self._system = system
        self._rows = grid.rows
        self._shared = shared
        self._row_of = {cell: number for number, row in enumerate(grid.rows) for cell in row.values()}
        self._known: dict[tuple[int, int], list[tuple[int, int | None]] | None] = {}
        self.figures = [[system.cells[cell].fen or 0 for cell in row.values()] for row in grid.rows]

    def read(self, sources: Mapping[int, int | None]) -> list[tuple[int, int | None]]:
        """Where each cell is read from when rows are read from `sources`; nothing if that cannot be right."""
        moved: list[tuple[int, int | None]] = []
        for row, source in sources.items():
            if source is None:
                continue
            if (row, source) not in self._known:
                self._known[row, source] = self._pasted(row, source)
            known = self._known[row, source]
            if known is None:
                return []
            moved += known
        moved += [
            (cell, None) for row, source in sources.items() if source is None for cell in self._rows[row].values()
        ]
        return moved

    def _pasted(self, row: int, source: int) -> list[tuple[int, int | None]] | None:
        """The cells of a row that differ from those of another; None where they may not stand in its place.

        That is so if a relation would not hold then that speaks of no other row of the grid.
        """
        system, origins = self._system, self._rows[source]
        pairs = [(cell, origins[column]) for column, cell in self._rows[row].items() if column in origins]
        moved = {cell: origin for cell, origin in pairs if system.figures[cell] != system.figures[origin]}
        if any(system.figures[origin] < 0 and not system.cells[cell].signed for cell, origin in moved.items()):
            return None
        readings = {cell: _reading(system, cell, origin) for cell, origin in moved.items()}
        for number in dict.fromkeys(number for cell in moved for number in system.standing[cell]):
            statement = system.statements[number]
            if number in self._shared or any(self._row_of.get(cell, row) != row for _, cell in statement.terms):
                continue
            if not can_hold(statement, system.intervals, readings):
                return None
        return list(moved.items())

    def left_behind(self, sources: Mapping[int, int | None]) -> bool:
        """Whether the rows whose figures no row claims are what a paste leaves: empty, or the figures pasted."""
        claimed = {source for source in sources.values() if source is not None}
        for row, source in sources.items():
            if row in claimed:
                continue
            figures = self.figures[row]
            if any(figures) and figures != (self.figures[source] if source is not None else []):
                return False
        return sum(1 for row in claimed for figure in self.figures[row] if figure) >= FEWEST_PASTED


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
