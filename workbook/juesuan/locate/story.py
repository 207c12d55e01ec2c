"""From sets of cells to what is told: each mistake with its likeliest cells, values, interval and diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from juesuan.locate.answer import Culprit, Gap, Suspect
from juesuan.locate.certificate import core, shares
from juesuan.locate.culprits import NONE, Cells, equals
from juesuan.locate.hypothesis import Hypothesis, best_hypothesis, equal_moves
from juesuan.locate.missing import Absent, absent_rows, with_row
from juesuan.locate.ranking import Candidate, Ranking
from juesuan.money import round_fen

if TYPE_CHECKING:
    from juesuan.locate.answer import Material
    from juesuan.locate.culprits import Search
    from juesuan.locate.moves import Move

MOST_ALTERNATIVE_MOVES = 6


def tell(search: Search, material: Material) -> tuple[Culprit, ...]:
    """The mistakes of an infeasible book, those of several cells first; none when there are too many to name.

    Raises OutOfTime.
    """
    best, culprits = best_hypothesis(material, search)
    if culprits is None:
        return ()
    printed = [source for source in search.system.broken({}) if source < len(material.relations)]
    told = [_missing_row(material, best, culprits, absent, printed) for absent in best.rows]
    told += [_moved_cells(material, best, culprits, move, printed) for move in best.moves]
    return (*told, *_stale_rows(_single_cells(best.search, culprits, len(material.relations))))


def _single_cells(search: Search, culprits: Cells, stated: int) -> list[Culprit]:
    ranking = Ranking(search.system)
    told = []
    for cell in sorted(culprits):
        best, others = _ranked(search, ranking, culprits, cell)
        culprits = culprits - {cell} | {best.cell}
        told.append((best, others))
    broken = [source for source in search.system.broken({}) if source < stated]
    return [
        Culprit(
            (_suspect(search, best),),
            ranking.diagnosis(best),
            _touching(search, {best.cell}, broken) or _accusing(search, best.cell, stated),
            tuple((_suspect(search, other),) for other in others),
            hand_balanced=_by_one_unit(search, best),
        )
        for best, others in told
    ]


def _ranked(search: Search, ranking: Ranking, culprits: Cells, cell: int) -> tuple[Candidate, list[Candidate]]:
    """The likeliest of the cells that would do in place of `cell`, and the others."""
    rest = culprits - {cell}
    candidates = [
        ranking.weigh(other, search.extent(other, rest | {other}), rest) for other in equals(search, culprits, cell)
    ]
    best, *others = sorted(candidates, key=lambda candidate: (-candidate.likelihood, candidate.cell))
    return best, others


def _suspect(search: Search, candidate: Candidate) -> Suspect:
    return Suspect(search.system.cells[candidate.cell], candidate.suggested, candidate.interval)


def _by_one_unit(search: Search, candidate: Candidate) -> bool:
    """Whether a figure one unit of the last place away would do."""
    record = search.system.cells[candidate.cell]
    low, high = candidate.interval
    near = [(record.fen or 0) + sign * record.step for sign in (-1, 1)]
    return record.step > 1 and any((low is None or low <= n) and (high is None or n <= high) for n in near)


def _touching(search: Search, cells: Iterable[int], broken: Sequence[int]) -> tuple[int, ...]:
    """The broken statements in which one of the cells stands."""
    wrong = set(cells)
    statements = search.system.statements
    return tuple(source for source in broken if any(cell in wrong for _, cell in statements[source].terms))


def _accusing(search: Search, cell: int, stated: int) -> tuple[int, ...]:
    """The fewest relations that only together prove something wrong with a cell."""
    system = search.system
    proofs = [
        tuple(share.source for share in shares(system, proof) if share.source < stated)
        for proof in search.proofs
        if cell in (core(system, proof, NONE) or NONE)
    ]
    return min(proofs, key=lambda sources: (len(sources), sources), default=())


def _stale_rows(told: Sequence[Culprit]) -> list[Culprit]:
    """The same culprits, those that are totals of one row, not brought up to date, as one."""
    rows: dict[tuple[str, str], list[Culprit]] = {}
    for culprit in told:
        if culprit.diagnosis == "stale_total" and not culprit.alternatives:
            rows.setdefault(culprit.suspects[0].cell.key[:2], []).append(culprit)
    joined = []
    for culprit in told:
        same = rows.get(culprit.suspects[0].cell.key[:2], [])
        if culprit not in same:
            joined.append(culprit)
        elif culprit is same[0]:
            joined.append(
                culprit._replace(
                    suspects=tuple(other.suspects[0] for other in same),
                    explains=tuple(sorted({source for other in same for source in other.explains})),
                )
            )
    return joined


def _moved_cells(material: Material, best: Hypothesis, culprits: Cells, move: Move, broken: Sequence[int]) -> Culprit:
    search = best.search
    others = equal_moves(material, best, culprits, move, MOST_ALTERNATIVE_MOVES)
    return Culprit(
        _moved_suspects(search, culprits, move),
        move.diagnosis,
        _touching(search, move.cells, broken),
        tuple(_moved_suspects(search, culprits, other, known=False) for other in others),
    )


def _moved_suspects(search: Search, culprits: Cells, move: Move, *, known: bool = True) -> tuple[Suspect, ...]:
    """The cells of a move with the figures of their sources.

    What else would do is worked out for the cells of a pair and for those whose figure is lost, and only of a move
    that is `known` to hold; any other cell should print just the figure of its source.
    """
    system = search.system
    suspects = []
    for cell, source in move.sources:
        record = system.cells[cell]
        value = None if source is None else system.cells[source].fen or 0
        low, high = value, value
        if known and (source is None or len(move.sources) == 2):
            low, high = search.extent(cell, culprits | {cell})
        suspects.append(Suspect(record, value, (_printed(low, record.step), _printed(high, record.step))))
    return tuple(suspects)


def _printed(end: int | None, step: int) -> int | None:
    return None if end is None else round_fen(end, step)


def _missing_row(
    material: Material, best: Hypothesis, culprits: Cells, absent: Absent, broken: Sequence[int]
) -> Culprit:
    relations = material.relations
    extended, cells = with_row(relations, material.book, absent)
    sums = [index for index in broken if extended[index] is not relations[index]]
    short = {
        relation.target.field: (relation.target.fen or 0) - sum(cell.fen or 0 for _, cell in relation.terms)
        for relation in (relations[index] for index in sums)
        if relation.target.row == absent.parent
    }
    amounts, intervals = {}, {}
    for (_, _, field), cell in cells.items():
        number = best.search.system.number(cell)
        assert number is not None
        low, high = (_printed(end, cell.step) for end in best.search.extent(number, culprits))
        amount = short.get(field, 0)
        amount = low if low is not None and amount < low else amount
        amounts[field] = high if high is not None and amount > high else amount
        intervals[field] = (low, high)
    codes = [
        other.code
        for other in absent_rows(relations, broken, material.book, material.missing)
        if (other.table, other.parent) == (absent.table, absent.parent)
    ]
    gaps = tuple(Gap(absent.table, absent.parent, code, amounts, intervals) for code in codes)
    parents = [material.book.cells[absent.table, absent.parent, field] for field in short]
    return Culprit(
        tuple(Suspect(cell, None, (cell.fen, cell.fen)) for cell in parents),
        "missing_row",
        tuple(sums),
        gaps=gaps,
    )
