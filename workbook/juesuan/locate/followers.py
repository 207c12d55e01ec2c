"""Amounts that formulas of the workbook compute: they follow from what is typed in and are not wrong by themselves.

One typing error in a workbook of formulas changes every sum above it. It is one mistake all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from juesuan.book import Book, Key
    from juesuan.locate.system import System
    from juesuan.relations import Relation

Followers = Mapping["Key", "Relation"]
"""By the key of each amount that a formula computes, the relation that says of what."""

UNBOUNDED = (None, None)


def followers_of(relations: Iterable[Relation], book: Book) -> Followers:
    """The amounts of formulas that show just what a rule sums there; one that shows anything else follows nothing."""
    computed = book.formulas | book.filled
    found: dict[Key, Relation] = {}
    for relation in relations if computed else ():
        key, comparison = relation.target.key, relation.rule.comparison
        if (
            key in computed
            and key not in found
            and relation.rule.derives
            and comparison is not None
            and comparison.operator == "="
            and relation.terms
            and relation.target.fen == _sum(relation, {})
            and all(book.holds(cell) for cell in relation.cells)
        ):
            found[key] = relation
    return found


def with_followers(values: Mapping[Key, int], followers: Followers) -> dict[Key, int]:
    """Amounts (分) that some cells take, and what becomes of all that follow from them.

    None is further off than there are followers; those that follow from each other in a circle are left at that.
    """
    known = dict(values)
    for _ in followers:
        before = dict(known)
        for key, relation in followers.items():
            if key not in values and any(cell.key in known for _, cell in relation.terms):
                known[key] = _sum(relation, known)
        if known == before:
            break
    return known


def freed(system: System, keys: Collection[Key]) -> System:
    """The system with no figure of these cells believed: what they hold is left to the statements about them."""
    cells = frozenset(cell for cell in system.suspects if system.cells[cell].key in keys)
    spans = [UNBOUNDED if cell in cells else span for cell, span in enumerate(system.intervals)]
    other = system.read_as(spans)
    other.followers = cells
    return other


def _sum(relation: Relation, known: Mapping[Key, int]) -> int:
    return relation.constant + sum(sign * known.get(cell.key, cell.fen or 0) for sign, cell in relation.terms)
