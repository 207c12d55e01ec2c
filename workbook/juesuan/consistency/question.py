"""Whether rules, as relations between the cells of a specimen, can hold together; in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from juesuan.book import Book, Cell
from juesuan.locate.answer import Observation
from juesuan.locate.certificate import Proof
from juesuan.locate.deadline import Deadline
from juesuan.locate.judgement import Range
from juesuan.locate.simplex import Simplex
from juesuan.locate.system import System
from juesuan.relations import Relation

Floors: TypeAlias = Mapping[tuple[str, ...], int]
"""The least amount (分) a cell may have."""

APART = 2
"""Statements taken twice: of cells stated to be equal a system makes one amount, which is quicker, unless it is said
in other words; then a refutation can tell by which rule they are.
"""


class Refutation(NamedTuple):
    """The rules that cannot hold together, and the cells whose least amounts they go below."""

    codes: tuple[str, ...]
    cells: tuple[Cell, ...]


class Question:
    """Relations asked about together, and one `beside` them with other ends. Its answers raise OutOfTime.

    The codes of a refutation are only all of them where statements are kept APART.
    """

    def __init__(
        self,
        relations: Iterable[Relation],
        book: Book,
        deadline: Deadline,
        beside: tuple[Relation, Range] | None = None,
        *,
        times: int = 1,
    ) -> None:
        asked = [(relation, _ends(relation)) for relation in relations] + ([beside] if beside else [])
        self._relations = [relation for relation, _ in asked]
        self._system = System((), [_stated(relation, ends, times) for relation, ends in asked], book)
        self._simplex = Simplex(self._system, deadline)

    def refutation(self, floors: Floors) -> Refutation | None:
        """Why they cannot hold while each cell is at least its floor; None where they can."""
        if self._system.voids:
            return Refutation((self._relations[self._system.voids[0].source].rule.code,), ())
        proof = self._simplex.solve(self._spans(floors)).proof
        return self._refutation(proof) if proof else None

    def floors(self) -> dict[tuple[str, ...], int]:
        """1 for each cell that may be above nothing while all others with 1 are; else 0."""
        cells, empty = self._system.cells, self._plainly_nothing()
        floors = {identity(cell): int(number not in empty) for number, cell in enumerate(cells) if not cell.signed}
        while refutation := self.refutation(floors):
            zeros = [identity(cell) for cell in refutation.cells if floors.get(identity(cell))]
            if not zeros:
                break
            floors |= dict.fromkeys(zeros, 0)
        return floors

    def _plainly_nothing(self) -> set[int]:
        """The cells that are nothing because a sum of cells that cannot be negative is."""
        system = self._system
        sums = [statement.terms for statement in system.statements if statement.low == statement.high == 0]
        empty: set[int] = set()
        before = -1
        while len(empty) > before:
            before = len(empty)
            for terms in sums:
                left = [(coefficient, cell) for coefficient, cell in terms if cell not in empty]
                one_sign = len({coefficient > 0 for coefficient, _ in left}) == 1
                if one_sign and not any(system.cells[cell].signed for _, cell in left):
                    empty |= {cell for _, cell in left}
        return empty

    def _spans(self, floors: Floors) -> dict[int, Range]:
        spans: dict[int, Range] = {}
        for variable, members in enumerate(self._system.members):
            cells = [cell for number in members if not (cell := self._system.cells[number]).signed]
            spans[variable] = max((floors.get(identity(cell), 0) for cell in cells), default=None), None
        return spans

    def _refutation(self, proof: Proof) -> Refutation:
        system = self._system
        sources = [system.rows[number].source for number, _ in proof.multipliers]
        codes = tuple(dict.fromkeys(self._relations[source].rule.code for source in sources))
        cells = [system.cells[cell] for _, variable in proof.terms for cell in system.members[variable]]
        return Refutation(codes, tuple(cells))


def follows_from(
    relation: Relation, others: Sequence[Relation], book: Book, deadline: Deadline, *, times: int = 1
) -> set[str] | None:
    """The rules of the `others` that a relation follows from, whatever the amounts; None where it does not.

    They are all of them only where statements are kept APART. Raises OutOfTime.
    """
    low, high = _ends(relation)
    opposites: list[Range] = [(None, low - 1)] if low is not None else []
    opposites += [(high + 1, None)] if high is not None else []
    codes: set[str] = set()
    for ends in opposites:
        found = Question(others, book, deadline, (relation, ends), times=times).refutation({})
        if found is None:
            return None
        codes.update(found.codes)
    return codes - {relation.rule.code}


def identity(cell: Cell) -> tuple[str, ...]:
    """What tells a cell from all others, those of last year's book too."""
    return (*cell.key, cell.place.sheet)


def _ends(relation: Relation) -> Range:
    """Between what amounts the target less the terms must be."""
    rule, constant = relation.rule, relation.constant
    operator = rule.comparison.operator if rule.comparison else "="
    low = constant + 1 if operator == ">" else constant - rule.tolerance
    return (None if operator == "<=" else low), (constant + rule.tolerance if operator in ("=", "<=") else None)


def _stated(relation: Relation, ends: Range, times: int) -> Observation:
    terms = ((times, relation.target), *((-times * coefficient, cell) for coefficient, cell in relation.terms))
    low, high = (None if end is None else times * end for end in ends)
    return Observation(terms, low, high, relation.rule.code)
