"""From sets of cells to what is told: each culprit with its likeliest alternative, value, interval and diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from juesuan.locate.answer import Culprit, Missing, Suspect
from juesuan.locate.certificate import core, shares
from juesuan.locate.culprits import NONE, Cells, equals, fewest_culprits
from juesuan.locate.ranking import Candidate, Ranking

if TYPE_CHECKING:
    from juesuan.locate.culprits import Search

MOST = 24
"""A book with more culprits than this is told to be wrong without naming them."""


def tell(search: Search, stated: int, missing: tuple[Missing, ...]) -> tuple[tuple[Culprit, ...], bool]:
    """The culprits of an infeasible system, and whether the time limit was hit. `stated` is the number of relations.

    Raises OutOfTime when none could be named in time.
    """
    culprits = fewest_culprits(search, MOST)
    if culprits is None:
        return (), False
    ranking = Ranking(search.system)
    told = []
    for cell in sorted(culprits):
        best, others = _ranked(search, ranking, culprits, cell)
        culprits = culprits - {cell} | {best.cell}
        told.append((best, others))
    explains = _explained(search, [best.cell for best, _ in told], stated)
    return tuple(
        Culprit(
            (_suspect(search, best),),
            ranking.diagnosis(best),
            explains[best.cell],
            tuple((_suspect(search, other),) for other in others),
            hand_balanced=_by_one_unit(search, best),
        )
        for best, others in told
    ), False


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


def _explained(search: Search, cells: list[int], stated: int) -> dict[int, tuple[int, ...]]:
    """For each culprit the broken relations it stands in; else those that together prove something wrong with it."""
    system = search.system
    broken = [source for source in system.broken({}) if source < stated]
    explains: dict[int, tuple[int, ...]] = {}
    for cell in cells:
        own = tuple(
            source for source in broken if any(other == cell for _, other in system.statements[source].terms)
        )
        if not own:
            accusing = [
                tuple(share.index for share in shares(system, proof) if share.index < stated)
                for proof in search.proofs
                if cell in (core(system, proof, NONE) or NONE)
            ]
            own = min(accusing, key=lambda sources: (len(sources), sources), default=())
        explains[cell] = own
    return explains

