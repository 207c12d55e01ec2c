"""Compute derived cells from the rules that derive them, in dependency order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from juesuan.book import Book, Cell, Key
from juesuan.expr import Children
from juesuan.model import TOTAL
from juesuan.money import round_fen
from juesuan.relations import Relation, relate
from juesuan.rules import Catalogue, Rule

Decide = Callable[[Cell, Sequence[Relation]], Cell]
"""What becomes of a cell, given the relations that derive it and whose other cells are all known, in their order."""


class Derivation:
    """The rules that derive cells, applied to one book.

    `relations` are all relations that derive a cell, in the order of the catalogue, whether or not their terms
    are known; `not_stated` says which rules could not be applied. A rule that holds only under a condition is
    there to check with, not to compute with.
    """

    def __init__(self, book: Book, catalogue: Catalogue, decide: Decide) -> None:
        self._book = book
        self._legible = _legible(book)
        self._decide = decide
        self._settled: dict[Key, Cell] = {}
        rules = tuple(rule for rule in catalogue.rules if rule.derives and rule.kind == "equation" and not rule.when)
        stated = relate(catalogue._replace(rules=rules), self._legible)
        self.not_stated = stated.not_checked
        self.relations: dict[Key, list[Relation]] = defaultdict(list)
        for relation in (*stated.relations, *_nothing_listed(self._legible, rules)):
            self.relations[relation.target.key].append(relation)

    def settle(self, key: Key) -> Cell:
        """The cell as it is to be, decided after all the cells it is derived from."""
        if key not in self._settled:
            cell = self._book.cells[key]
            # A rule that leads back here must not find its own target blank and take it for nothing.
            self._settled[key] = cell if cell.fen is not None else cell._replace(state="uncached")
            relations = [self._with_terms(relation, cell) for relation in self.relations.get(key, ())]
            ready = [relation for relation in relations if all(is_known(term) for _, term in relation.terms)]
            self._settled[key] = self._decide(cell, ready)
        return self._settled[key]

    def awaits(self, key: Key) -> bool:
        """Whether nothing but awaited cells keeps a cell from being computed."""
        unknown = list(self.unknown_terms(key))
        return bool(unknown) and all(term.state == "awaited" for term in unknown)

    def unknown_terms(self, key: Key) -> Iterator[Cell]:
        """The cells for want of which a cell cannot be computed."""
        for relation in self.relations.get(key, ()):
            for _, term in self._with_terms(relation, relation.target).terms:
                if not is_known(term):
                    yield term

    def _with_terms(self, relation: Relation, target: Cell) -> Relation:
        """The relation between the cells as they are to be; those of last year's book stay as they are."""
        terms = tuple(
            (sign, self.settle(term.key) if self._legible.cells.get(term.key) is term else term)
            for sign, term in relation.terms
        )
        return relation._replace(target=target, terms=terms)


def is_known(cell: Cell) -> bool:
    """Whether the cell has an amount to compute with; a blank counts as nothing."""
    return cell.fen is not None or cell.state == "blank"


def computed(relation: Relation) -> Cell:
    """The target as the relation gives it: rounded once as it is printed, with the interval of what it sums.

    An amount that is known to the 分 enters by its exact amount, however it is printed.
    """
    low = high = fen = relation.constant
    for sign, cell in relation.terms:
        down, up = cell.interval
        fen += sign * (down if down == up else cell.fen or 0)
        low += sign * (down if sign > 0 else up)
        high += sign * (up if sign > 0 else down)
    return relation.target._replace(fen=round_fen(fen, relation.target.step), span=(low, high))


class Computed(NamedTuple):
    """A book without formulas that were never calculated, but for the cells that are `lost`."""

    book: Book
    lost: tuple[Cell, ...] = ()


def compute_uncached(book: Book, catalogue: Catalogue) -> Computed:
    """Give every derived cell whose formula was never calculated the value its rule gives it.

    Lost are those that cannot be computed: inputs behind a formula, and what depends on them. A computed
    cell carries the interval of the cells it sums, so that no rounding is counted that did not happen. So does
    a cell that `fill` computed, as long as it is still the sum it was.
    """
    uncached = book.uncached
    if not uncached and not book.filled:
        return Computed(book)

    def decide(cell: Cell, ready: Sequence[Relation]) -> Cell:
        if not ready and cell.state == "uncached" and derivation.awaits(cell.key):
            return cell._replace(state="awaited")
        if not ready or (cell.fen is not None and cell.key not in book.filled):
            return cell
        value = computed(ready[0])
        if cell.fen is None:
            return value if cell.state == "uncached" else cell
        return cell._replace(span=value.span) if cell.fen == value.fen else cell

    derivation = Derivation(book, catalogue, decide)
    settled = {key: derivation.settle(key) for key in (*uncached, *book.filled)}
    lost = (cell for key in uncached if (cell := settled[key]).state == "uncached" and cell.fen is None)
    return Computed(book.with_cells(settled), tuple(lost))


def _legible(book: Book) -> Book:
    """The book with what is not known left blank, so that every relation can be stated."""
    cells = {key: cell if is_known(cell) else cell._replace(state="blank") for key, cell in book.cells.items()}
    return book.with_cells(cells)


def _nothing_listed(book: Book, rules: Iterable[Rule]) -> Iterator[Relation]:
    """合计 of a table that lists no code adds up nothing, unless something stands in it."""
    for rule in rules:
        match rule.comparison and rule.comparison.right:
            case Children(cell) if (sheet := book.sheet(cell.table)) and sheet.table.layout == "codes":
                if not sheet.strays and not book.children(cell.table, TOTAL):
                    targets = (book.cell(cell.table, TOTAL, field) for field in sorted(sheet.columns))
                    yield from (Relation(rule, target, ()) for target in targets if target and target.fen is None)
