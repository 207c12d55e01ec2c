"""From sets of cells to what is told: each mistake with its likeliest cells, values, interval and diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from juesuan.locate.agreement import agreed, as_printed, nearest, printed_range
from juesuan.locate.answer import CROWD, Culprit, Gap, Suspect
from juesuan.locate.certificate import core, shares
from juesuan.locate.culprits import NONE, Cells, equals
from juesuan.locate.hypothesis import Hypothesis, best_hypothesis, equal_moves
from juesuan.locate.missing import Absent, absent_rows, with_row
from juesuan.locate.ranking import Candidate, Ranking
from juesuan.locate.system import FAR

if TYPE_CHECKING:
    from juesuan.locate.agreement import Values
    from juesuan.locate.answer import Material
    from juesuan.locate.culprits import Search
    from juesuan.locate.judgement import Range
    from juesuan.locate.moves import Move
    from juesuan.relations import Relation


def tell(search: Search, material: Material) -> tuple[Culprit, ...]:
    """The mistakes of an infeasible book, those of several cells first; none when there are too many to name.

    Raises OutOfTime.
    """
    best, culprits = best_hypothesis(material, search)
    if culprits is None:
        return ()
    stated = len(material.relations)
    printed = [source for source in search.system.broken if source < stated]
    rows = [absent for omission in best.omissions for absent in omission]
    lacking = [_lacking(material, best, culprits, absent, printed) for absent in rows]
    singles = Singles(best, culprits)
    values = singles.settle([wanted for gap in lacking for wanted in gap.wanted])
    told = [
        _missing_row([gap for gap in lacking if gap.absent in omission], values, printed, material)
        for omission in best.omissions
    ]
    told += [_moved_cells(best, singles.cells, move, printed) for move in best.moves]
    return (*told, *_stale_rows(singles.told(stated)))


class Singles:
    """The wrong cells of a hypothesis that no act explains, each the likeliest of those that would do in its place."""

    def __init__(self, best: Hypothesis, culprits: Cells) -> None:
        self._search = best.search
        self._ranking = Ranking(best.search.system)
        self._moved = {cell for move in best.moves for cell in move.cells}
        self._values: dict[int, int] = {}
        self.cells = culprits
        ranked = [self._likeliest(cell) for cell in sorted(culprits)]
        self._ranked = [
            candidates if beside == self.cells - {candidates[0].cell} else self._again(candidates[0].cell)
            for beside, candidates in ranked
        ]

    def _likeliest(self, cell: int) -> tuple[Cells, list[Candidate]]:
        """Put the likeliest in place of a cell; with the wrong cells beside which that was found."""
        rest, candidates = self.cells - {cell}, self._candidates(cell)
        self.cells = rest | {candidates[0].cell}
        return rest, candidates

    def _again(self, cell: int) -> list[Candidate]:
        """The candidates in place of a cell that stays the first of them."""
        return sorted(self._candidates(cell), key=lambda candidate: candidate.cell != cell)

    def _candidates(self, cell: int) -> list[Candidate]:
        """The cells that would do in place of `cell`, likeliest first; of a crowd below formulas none looks it."""
        search, rest = self._search, self.cells - {cell}
        others = [other for other in equals(search, self.cells, cell) if other not in self._moved]
        if search.system.followers and len(others) > CROWD:
            one = self._ranking.weigh(cell, search.extent(cell, self.cells), rest)._replace(slip=None)
            return [one, *(Candidate(other, 0.0, None, (None, None), None) for other in others if other != cell)]
        candidates = [self._ranking.weigh(other, search.extent(other, rest | {other}), rest) for other in others]
        return sorted(candidates, key=lambda candidate: (-candidate.likelihood, candidate.cell))

    def settle(self, further: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Values for these cells and for `further` ones that can stand together, the surest kept."""
        firsts = sorted((first for first, *_ in self._ranked), key=lambda first: _width(first.interval))
        wanted = [(first.cell, first.suggested) for first in firsts if first.suggested is not None]
        near = dict(further)

        def choose(cell: int, extent: Range) -> int | None:
            return nearest(near[cell], self._printed(cell, extent)) if cell in near else self._choose(cell, extent)

        values = agreed(self._search, self.cells, [*wanted, *further], choose)
        self._values = {cell: value for cell, value in values.items() if cell in self.cells}
        return values

    def _printed(self, cell: int, extent: Range) -> Range:
        return printed_range(extent, self._search.system.cells[cell].step)

    def _choose(self, cell: int, extent: Range) -> int | None:
        return self._ranking.weigh(cell, extent, self.cells - {cell}).suggested

    def told(self, stated: int) -> list[Culprit]:
        """Each with what else would do; `stated` relations were given."""
        broken = [source for source in self._search.system.broken if source < stated]
        return [
            Culprit(
                (_suspect(self._search, first, self._values.get(first.cell)),),
                self._ranking.diagnosis(self._settled(first)),
                _touching(self._search, {first.cell}, broken) or _accusing(self._search, first.cell, stated),
                tuple(self._instead(first.cell, other) for other in others),
                hand_balanced=_by_one_unit(self._search, first),
            )
            for first, *others in self._ranked
        ]

    def _settled(self, first: Candidate) -> Candidate:
        return self._ranking.with_value(first, self._values.get(first.cell))

    def _instead(self, cell: int, other: Candidate) -> tuple[Suspect, ...]:
        """Another cell in place of one, its value, and those of the other culprits that would have to differ then."""
        search = self._search
        rest = {known: value for known, value in self._values.items() if known != cell}
        if other.suggested is None or not rest:
            return (_suspect(search, other, other.suggested),)
        aside = self.cells - {cell} | {other.cell}
        if search.permits(aside, as_printed(search.system, rest)):
            values = agreed(search, aside, [*rest.items(), (other.cell, other.suggested)], self._choose)
        else:
            values = agreed(search, aside, [(other.cell, other.suggested), *rest.items()], self._choose)
        changed = [first for first, *_ in self._ranked if values.get(first.cell) != rest.get(first.cell)]
        return tuple(_suspect(search, one, values.get(one.cell)) for one in (other, *changed))


def _width(interval: Range) -> int:
    low, high = interval
    return FAR if low is None or high is None else high - low


def _suspect(search: Search, candidate: Candidate, value: int | None) -> Suspect:
    return Suspect(search.system.cells[candidate.cell], value, candidate.interval)


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


def _moved_cells(best: Hypothesis, culprits: Cells, move: Move, broken: Sequence[int]) -> Culprit:
    search = best.search
    others = equal_moves(best, culprits, move)
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
        suspects.append(Suspect(record, value, printed_range((low, high), record.step)))
    return tuple(suspects)


class Lacking(NamedTuple):
    """A row put back: its cells by field, with the printed amounts its sums lack and the ranges that would do."""

    absent: Absent
    cells: Mapping[str, int]
    amounts: Mapping[str, int]
    ranges: Mapping[str, Range]

    @property
    def wanted(self) -> list[tuple[int, int]]:
        return [(cell, self.amounts[field]) for field, cell in self.cells.items()]


def _lacking(material: Material, best: Hypothesis, culprits: Cells, absent: Absent, broken: Sequence[int]) -> Lacking:
    short = {
        relation.target.field: (relation.target.fen or 0) - sum(cell.fen or 0 for _, cell in relation.terms)
        for relation in _sums(material, absent, broken)
        if relation.target.row == absent.parent
    }
    numbers, amounts, ranges = {}, {}, {}
    for (_, _, field), cell in with_row(material.relations, material.book, absent)[1].items():
        number = best.search.system.number(cell)
        if number is None:  # no relation asks for that column
            continue
        low, high = printed_range(best.search.extent(number, culprits), cell.step)
        numbers[field], ranges[field] = number, (low, high)
        amounts[field] = nearest(short.get(field, 0), (low, high))
    return Lacking(absent, numbers, amounts, ranges)


def _sums(material: Material, absent: Absent, broken: Sequence[int]) -> list[Relation]:
    """The broken sums that the row would have entered."""
    extended, _ = with_row(material.relations, material.book, absent)
    return [material.relations[index] for index in broken if extended[index] is not material.relations[index]]


def _missing_row(lacking: Sequence[Lacking], values: Values, broken: Sequence[int], material: Material) -> Culprit:
    """One row that one table lacks, or several."""
    known = absent_rows(material.relations, broken, material.book, material.missing)
    gaps, parents, explains = [], [], set()
    for absent, cells, amounts, ranges in lacking:
        codes = [other.code for other in known if (other.table, other.parent) == (absent.table, absent.parent)]
        settled = {field: values.get(cell, amounts[field]) for field, cell in cells.items()}
        gaps.append(Gap(absent.table, absent.parent, tuple(code for code in codes if code), settled, ranges))
        sums = _sums(material, absent, broken)
        explains |= {index for index in broken if material.relations[index] in sums}
        parents += [relation.target for relation in sums if relation.target.row == absent.parent]
    return Culprit(
        tuple(Suspect(cell, None, (cell.fen, cell.fen)) for cell in parents),
        "missing_row",
        tuple(sorted(explains)),
        gaps=tuple(gaps),
    )
