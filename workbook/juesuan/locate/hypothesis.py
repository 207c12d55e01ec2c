"""A book with mistakes of one act undone: rows put back that are missing, figures read from where they belong.

Undoing such a mistake costs as much as one wrong cell (generalised Fellegi–Holt, Scholtus 2016). It is kept only
when it saves more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from juesuan.locate.culprits import Cells, Search, fewest_culprits
from juesuan.locate.followers import freed
from juesuan.locate.missing import Omission, absent_rows, omissions, with_row
from juesuan.locate.moves import Move, Movements, readings_of
from juesuan.locate.solver import Solver
from juesuan.locate.system import System

if TYPE_CHECKING:
    from juesuan.locate.answer import Material

MOST_OMISSIONS = 6
MOST_MOVES = 4
MOST_RIVALS = 6
MOST_TRIALS = 4
MOST_CULPRITS = 16
"""A book with more wrong cells than this is told to be wrong without naming them."""
ACT, ATTESTED = 2, 1
"""What an act costs in cells: it has to save one beside its own, unless another table attests to it."""


class Hypothesis(NamedTuple):
    """Rows put back that `omissions` left out, and `moves` undone; `search` looks for wrong cells in what remains."""

    search: Search
    omissions: tuple[Omission, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def cost(self) -> int:
        """What its acts cost in cells, and the rows whose figures they lose."""
        moves = sum(_cost(self.search.system, move) for move in self.moves)
        return moves + sum(map(_price, self.omissions))

    def spares(self, cells: Cells) -> bool:
        """Whether none of the cells is read elsewhere by a move: it would be undone and wrong as well."""
        return all(move.cells.isdisjoint(cells) for move in self.moves)


def best_hypothesis(material: Material, search: Search) -> tuple[Hypothesis, Cells | None]:
    """The hypothesis that costs least, acts and wrong cells together, and its wrong cells; None if there are too many.

    Raises OutOfTime.
    """
    plain = Hypothesis(search)
    culprits = fewest_culprits(search, 1)
    if culprits is not None:
        return plain, culprits
    best, culprits = _by_acts(material, plain)
    if culprits is None:
        best, culprits = plain, fewest_culprits(search, MOST_CULPRITS)
    if culprits is None:
        return plain, None
    best, culprits = _amid(material, best, culprits)
    single = fewest_culprits(search, min(best.cost + len(culprits) - 1, MOST_CULPRITS)) if best.cost else None
    return (plain, single) if single is not None else (best, culprits)


def _by_acts(material: Material, plain: Hypothesis) -> tuple[Hypothesis, Cells | None]:
    """The acts that put right all they touch and save what they cost, and the wrong cells beside them."""
    best = _with_moves(material, plain)
    if not best.moves or any(move.lost for move in best.moves) or best.search.system.broken:
        mended = _with_omissions(material, plain)
        best = _with_moves(material, mended) if mended.omissions else best
    culprits = fewest_culprits(best.search, MOST_CULPRITS) if best.cost else None
    while culprits and (sound := [move for move in best.moves if move.cells.isdisjoint(culprits)]) != [*best.moves]:
        best = _with_just(best, sound)
        culprits = fewest_culprits(best.search, MOST_CULPRITS)
    if culprits is None:
        return best, None
    for cost, leave_out in _each_left_out(material, plain, best):
        other = leave_out(best)
        fewer = fewest_culprits(other.search, len(culprits) + cost - 1)
        if fewer is not None and other.spares(fewer):
            best, culprits = other, fewer
    return best, culprits


def _amid(material: Material, best: Hypothesis, culprits: Cells) -> tuple[Hypothesis, Cells]:
    """With the moves that explain some of the wrong cells although they share a sum with others."""
    while len(culprits) > ACT and len(best.moves) < MOST_MOVES:
        system = best.search.system
        broken = frozenset(system.broken)
        shared = _touching(system, broken, culprits)
        moved = {cell for move in best.moves for cell in move.cells}
        found = Movements(system, material.book, best.search.deadline).proposals(broken, shared)
        for move in [move for move in found if moved.isdisjoint(move.cells)][:MOST_TRIALS]:
            other = _moved(best, (move,))
            fewer = fewest_culprits(other.search, len(culprits) - _cost(system, move))
            if fewer is not None and other.spares(fewer):
                best, culprits = other, fewer
                break
        else:
            break
    return best, culprits


def _touching(system: System, broken: Iterable[int], cells: Cells) -> frozenset[int]:
    """The broken statements in which one of the cells stands."""
    return frozenset(number for number in broken if any(cell in cells for _, cell in system.statements[number].terms))


def _cost(system: System, move: Move) -> int:
    return ACT + len({system.cells[cell].key[:2] for cell in move.lost}) + (move.mended < 2)


def _price(omission: Omission) -> int:
    return ATTESTED if any(absent.code for absent in omission) else ACT


def equal_moves(best: Hypothesis, culprits: Cells, move: Move) -> list[Move]:
    """Other moves that explain as much as one of a hypothesis: with the same wrong cells, everything else holds."""
    if not move.rivals:
        return []
    others = [other for other in best.moves if other is not move]
    base = _with_just(best, others)
    return [rival for rival in move.rivals if not _moved(base, (rival,)).search.cores(culprits)]


def _with_omissions(material: Material, hypothesis: Hypothesis) -> Hypothesis:
    search = hypothesis.search
    broken = [index for index in search.system.broken if index < len(material.relations)]
    found = omissions(absent_rows(material.relations, broken, material.book, material.missing))
    search.deadline.cut = search.deadline.cut or len(found) > MOST_OMISSIONS
    return _put_back(material, hypothesis, tuple(found[:MOST_OMISSIONS])) if found else hypothesis


def _put_back(material: Material, hypothesis: Hypothesis, left_out: tuple[Omission, ...]) -> Hypothesis:
    relations = list(material.relations)
    for absent in (row for omission in left_out for row in omission):
        relations, _ = with_row(relations, material.book, absent)
    # Statements of the relations given keep their numbers; those about the rows put back come after all others.
    added = relations[len(material.relations) :]
    system = System(relations[: len(material.relations)], material.observations, material.book, added)
    if hypothesis.search.system.followers:
        system = freed(system, material.followers.keys())
    deadline = hypothesis.search.deadline
    search = Search(system, Solver(system, deadline), deadline)
    return Hypothesis(search, left_out)


def _with_moves(material: Material, hypothesis: Hypothesis) -> Hypothesis:
    """Undo moves that share no cell, one after the other, as long as there are any."""
    for _ in range(MOST_MOVES):
        system = hypothesis.search.system
        broken = frozenset(system.broken)
        moved = {cell for move in hypothesis.moves for cell in move.cells}
        movements = Movements(system, material.book, hypothesis.search.deadline)
        found = movements.proposals(broken) if broken else []
        proposals = [move for move in found if moved.isdisjoint(move.cells)]
        if not proposals:
            break
        best, *others = proposals
        rivals = [other for other in others if other.mended == best.mended]
        hypothesis = _moved(hypothesis, (best._replace(rivals=tuple(rivals[:MOST_RIVALS])),))
    else:
        deadline = hypothesis.search.deadline
        deadline.cut = deadline.cut or bool(hypothesis.search.system.broken)
    return hypothesis


def _moved(hypothesis: Hypothesis, moves: Sequence[Move]) -> Hypothesis:
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


def _with_just(hypothesis: Hypothesis, moves: Sequence[Move]) -> Hypothesis:
    """The same rows put back, and of the moves only these."""
    system = hypothesis.search.system
    printed = system.read_as([cell.interval for cell in system.cells], [cell.fen or 0 for cell in system.cells])
    search = hypothesis.search.under(printed, range(len(system.members)))
    return _moved(hypothesis._replace(search=search, moves=()), moves)


def _each_left_out(
    material: Material, plain: Hypothesis, best: Hypothesis
) -> list[tuple[int, Callable[[Hypothesis], Hypothesis]]]:
    """For each act of a hypothesis, the last first, what it costs and what makes the same hypothesis without it."""

    def without_move(move: Move) -> Callable[[Hypothesis], Hypothesis]:
        def leave_out(whole: Hypothesis) -> Hypothesis:
            return _with_just(whole, [other for other in whole.moves if other.cells != move.cells])

        return leave_out

    def without_omission(omission: Omission) -> Callable[[Hypothesis], Hypothesis]:
        def leave_out(whole: Hypothesis) -> Hypothesis:
            rest = tuple(other for other in whole.omissions if other != omission)
            base = _put_back(material, plain, rest) if rest else plain
            moves = tuple(renumbered(move, whole.search.system, base.search.system) for move in whole.moves)
            return _moved(base, moves)

        return leave_out

    system = best.search.system
    return [(_cost(system, move), without_move(move)) for move in reversed(best.moves)] + [
        (_price(omission), without_omission(omission)) for omission in reversed(best.omissions)
    ]


def renumbered(move: Move, system: System, other: System) -> Move:
    """The same move in terms of another system's cell numbers."""

    def number(cell: int) -> int:
        found = other.number(system.cells[cell])
        assert found is not None
        return found

    return move._replace(
        sources=tuple((number(cell), None if source is None else number(source)) for cell, source in move.sources),
        rivals=tuple(renumbered(rival, system, other) for rival in move.rivals),
    )
