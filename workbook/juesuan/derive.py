"""Compute derived cells from the rules that derive them, in dependency order."""

from __future__ import annotations

from juesuan.book import Book, Cell
from juesuan.relations import Relation, relate
from juesuan.rules import Catalogue


def compute_uncached(book: Book, catalogue: Catalogue) -> list[Cell]:
    """Give every derived cell whose formula was never calculated the value its rule gives it.

    Returns the cells that could not be computed: inputs behind a formula, and what depends on them. A computed
    cell carries the interval of the cells it sums, so that no rounding is counted that did not happen.
    """
    derivations = catalogue._replace(rules=tuple(rule for rule in catalogue.rules if rule.derives))
    while waiting := {key for key, cell in book.cells.items() if cell.state == "uncached" and cell.fen is None}:
        relations = relate(derivations, book, computing=True).relations
        ready = {
            (relation.target.table, relation.target.row, relation.target.field): relation
            for relation in reversed(relations)
        }
        computed = {key: _computed(ready[key]) for key in waiting if key in ready}
        if not computed:
            return [book.cells[key] for key in book.cells if key in waiting]
        book.cells.update(computed)
    return []


def _computed(relation: Relation) -> Cell:
    low = high = fen = relation.constant
    for sign, cell in relation.terms:
        fen += sign * (cell.fen or 0)
        down, up = cell.interval
        low += sign * (down if sign > 0 else up)
        high += sign * (up if sign > 0 else down)
    return relation.target._replace(fen=fen, span=(low, high))
