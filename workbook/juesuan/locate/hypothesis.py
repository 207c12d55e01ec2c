"""A book with mistakes of one act undone: rows put back that are missing, figures read from where they belong.

Undoing such a mistake costs as much as one wrong cell (generalised Fellegi–Holt, Scholtus 2016). It is kept only
when it saves more than that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from juesuan.locate.culprits import Cells, Search, fewest_culprits
from juesuan.locate.linear import Linear, credible
from juesuan.locate.missing import Absent, absent_rows, with_row
from juesuan.locate.moves import Move, Movements, readings_of
from juesuan.locate.system import System

if TYPE_CHECKING:
    from juesuan.locate.answer import Material

MOST_ACTS = 4
MOST_CULPRITS = 16
"""A book with more wrong cells than this is told to be wrong without naming them."""


class Hypothesis(NamedTuple):
    """`rows` put back and `moves` undone; `search` looks for wrong cells in what then remains."""

    search: Search
    rows: tuple[Absent, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def acts(self) -> int:
        return len(self.rows) + len(self.moves)


def best_hypothesis(material: Material, search: Search) -> tuple[Hypothesis, Cells | None]:
    """The hypothesis with the fewest acts and wrong cells, and its wrong cells; None if there are too many.

    Raises OutOfTime.
    """
    plain = Hypothesis(search)
    culprits = fewest_culprits(search, 1)
    if culprits is not None:
        return plain, culprits
    best = _with_moves(material, _with_rows(material, plain))
    if not best.acts:
        return plain, fewest_culprits(search, MOST_CULPRITS)
    culprits = fewest_culprits(best.search, MOST_CULPRITS)
    if culprits is None:
        return plain, fewest_culprits(search, MOST_CULPRITS)
    for without in _each_left_out(material, plain, best):
        other = without(best)
        fewer = fewest_culprits(other.search, len(culprits) + 1)
        if fewer is not None:
            best, culprits = other, fewer
    return best, culprits


def equal_moves(material: Material, best: Hypothesis, culprits: Cells, move: Move, most: int) -> list[Move]:
    """Other moves that explain as much as one of a hypothesis: with the same wrong cells, everything else holds."""
    others = tuple(other for other in best.moves if other is not move)
    base = _moved(best._replace(search=_unmoved(best.search), moves=()), others)
    system = base.search.system
    found: list[Move] = []
    proposals = Movements(system, material.book).proposals(frozenset(system.broken({})), {})
    mended = next((proposal.mended for proposal in proposals if proposal.sources == move.sources), move.mended)
    for proposal in proposals:
        if proposal.sources != move.sources and proposal.mended == mended and len(found) < most:
            tried = _moved(base, (proposal,))
            if not tried.search.cores(culprits):
                found.append(proposal)
    return found


def _with_rows(material: Material, hypothesis: Hypothesis) -> Hypothesis:
    broken = [index for index in hypothesis.search.system.broken({}) if index < len(material.relations)]
    rows: dict[tuple[str, str], Absent] = {}
    for absent in absent_rows(material.relations, broken, material.book, material.missing):
        rows.setdefault((absent.table, absent.parent), absent)
    return _put_back(material, hypothesis, tuple(rows.values())[:MOST_ACTS]) if rows else hypothesis


def _put_back(material: Material, hypothesis: Hypothesis, rows: tuple[Absent, ...]) -> Hypothesis:
    relations = list(material.relations)
    for absent in rows:
        relations, _ = with_row(relations, material.book, absent)
    # Statements of the relations given keep their numbers; those about the rows put back come after all others.
    added = relations[len(material.relations) :]
    system = System(relations[: len(material.relations)], material.observations, material.book, added)
    deadline = hypothesis.search.deadline
    search = Search(system, Linear(system, credible(system), deadline), deadline)
    return Hypothesis(search, rows)


def _with_moves(material: Material, hypothesis: Hypothesis) -> Hypothesis:
    while hypothesis.acts < MOST_ACTS:
        system = hypothesis.search.system
        broken = frozenset(system.broken({}))
        proposals = Movements(system, material.book).proposals(broken, {}) if broken else []
        if not proposals:
            break
        hypothesis = _moved(hypothesis, (proposals[0],))
    return hypothesis


def _moved(hypothesis: Hypothesis, moves: tuple[Move, ...]) -> Hypothesis:
    search = hypothesis.search
    for move in moves:
        search = search.under(*_read(search.system, move))
    return hypothesis._replace(search=search, moves=(*hypothesis.moves, *moves))


def _read(system: System, move: Move) -> tuple[System, set[int]]:
    intervals, figures = list(system.intervals), list(system.figures)
    for cell, span in readings_of(system, move.sources).items():
        intervals[cell] = span
    for cell, source in move.sources:
        figures[cell] = 0 if source is None else system.figures[source]
    return system.read_as(intervals, figures), {system.variable_of[cell] for cell, _ in move.sources}


def _unmoved(search: Search) -> Search:
    system = search.system
    printed = system.read_as([cell.interval for cell in system.cells], [cell.fen or 0 for cell in system.cells])
    return search.under(printed, range(len(system.members)))


def _each_left_out(material: Material, plain: Hypothesis, best: Hypothesis) -> list[Callable[[Hypothesis], Hypothesis]]:
    """For each act of a hypothesis, the last first, what makes the same hypothesis without it."""

    def without_move(move: Move) -> Callable[[Hypothesis], Hypothesis]:
        def leave_out(whole: Hypothesis) -> Hypothesis:
            rest = tuple(other for other in whole.moves if other.cells != move.cells)
            return _moved(whole._replace(search=_unmoved(whole.search), moves=()), rest)

        return leave_out

    def without_row(row: Absent) -> Callable[[Hypothesis], Hypothesis]:
        def leave_out(whole: Hypothesis) -> Hypothesis:
            rest = tuple(other for other in whole.rows if other != row)
            base = _put_back(material, plain, rest) if rest else plain
            moves = tuple(renumbered(move, whole.search.system, base.search.system) for move in whole.moves)
            return _moved(base, moves)

        return leave_out

    return [without_move(move) for move in reversed(best.moves)] + [without_row(row) for row in reversed(best.rows)]


def renumbered(move: Move, system: System, other: System) -> Move:
    """The same move in terms of another system's cell numbers."""

    def number(cell: int) -> int:
        found = other.number(system.cells[cell])
        assert found is not None
        return found

    return move._replace(
        sources=tuple((number(cell), None if source is None else number(source)) for cell, source in move.sources)
    )
