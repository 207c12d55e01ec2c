"""What a book is held to: its laws, judged jointly, by a fixed tolerance, or one at a time by its interval."""

from __future__ import annotations

from collections.abc import Iterable

from juesuan.book import Book, Key
from juesuan.bounds import judge
from juesuan.relations import Relation, relate

from benchmarks.locate.books import CATALOGUE

TOLERANCES = (10_000, 20_000, 50_000)
"""What clerks allow: 0.01, 0.02 or 0.05 万元, in 分."""

OPERATORS = ("=", "<=", ">=")


def laws_of(book: Book) -> tuple[Relation, ...]:
    """The relations of level error that are linear laws."""
    return tuple(relation for relation in relate(CATALOGUE, book).relations if is_law(relation))


def is_law(relation: Relation) -> bool:
    comparison = relation.rule.comparison
    return relation.rule.level == "error" and comparison is not None and comparison.operator in OPERATORS


def operator_of(relation: Relation) -> str:
    assert relation.rule.comparison is not None
    return relation.rule.comparison.operator


def excess(relation: Relation) -> int:
    """How far the printed figures are from what the law demands, in 分; 0 when they fulfil it."""
    difference = (relation.target.fen or 0) - relation.constant
    difference -= sum(coefficient * (cell.fen or 0) for coefficient, cell in relation.terms)
    match operator_of(relation):
        case "<=":
            return max(0, difference)
        case ">=":
            return max(0, -difference)
    return abs(difference)


def beyond_tolerance(laws: Iterable[Relation], tolerance: int) -> list[Relation]:
    return [law for law in laws if excess(law) > tolerance]


def beyond_interval(laws: Iterable[Relation]) -> list[Relation]:
    """The laws whose difference rounding cannot explain, taken one at a time as `check` takes them."""
    broken = []
    for law in laws:
        outcome = judge(law)
        if outcome.verdict in ("failed", "balanced") and abs(outcome.difference) > outcome.bound:
            broken.append(law)
    return broken


def cells_of(laws: Iterable[Relation]) -> dict[Key, None]:
    """Every cell of these laws, each once: what a clerk has to look through without help."""
    return dict.fromkeys(cell.key for law in laws for cell in law.cells)
