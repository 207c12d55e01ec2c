"""What a book is held to: its laws, judged jointly, by a fixed tolerance, or one at a time by its interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from juesuan.book import Book, Key
from juesuan.bounds import judge
from juesuan.locate.answer import Missing
from juesuan.model import TOTAL
from juesuan.relations import Relation, relate
from locate.books import CATALOGUE

TOLERANCES = (10_000, 20_000, 50_000)
"""What clerks allow: 0.01, 0.02 or 0.05 万元, in 分."""

METHODS = ("容差 0.01", "容差 0.02", "容差 0.05", "逐条区间")
"""What the joint verdict is compared with: a fixed tolerance, and the interval of each law by itself."""

LISTING = ("revenue", "expenditure")
BUDGETS = ("general_budget", "government_fund", "state_capital")
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


def beyond_interval(laws: Iterable[Relation]) -> list[Relation]:
    """The laws whose difference rounding cannot explain, taken one at a time as `check` takes them."""
    broken = []
    for law in laws:
        outcome = judge(law)
        if outcome.verdict in ("failed", "balanced") and abs(outcome.difference) > outcome.bound:
            broken.append(law)
    return broken


def alarms_of(laws: Sequence[Relation]) -> tuple[int, ...]:
    """How many laws each of METHODS finds broken."""
    by_tolerance = (sum(excess(law) > tolerance for law in laws) for tolerance in TOLERANCES)
    return (*by_tolerance, len(beyond_interval(laws)))


def cells_of(laws: Iterable[Relation]) -> dict[Key, None]:
    """Every cell of these laws, each once: what a clerk has to look through without help."""
    return dict.fromkeys(cell.key for law in laws for cell in law.cells)


def missing_of(book: Book) -> tuple[Missing, ...]:
    """Codes that the tables do not agree on: what rows may have been left out of where.

    02 and 03 list the same codes as a rule, and must list those of 05, 07 and 08; what has 财政拨款收入 in 02 but
    stands in none of those three may be lacking from any of them that has its 类.
    """
    codes = {
        table: dict.fromkeys(row.key for row in sheet.rows if row.key != TOTAL)
        for table in (*LISTING, *BUDGETS)
        if (sheet := book.sheet(table))
    }
    budgets = {code: None for table in BUDGETS for code in codes.get(table, ())}
    listed = {code: None for table in LISTING for code in codes.get(table, ())} | budgets
    found = [(table, code) for table in LISTING if table in codes for code in listed if code not in codes[table]]
    for code in listed:
        funded = book.cell("revenue", code, "fiscal_appropriation")
        if code not in budgets and funded and funded.fen:
            found += [(table, code) for table in BUDGETS if code[:3] in codes.get(table, ())]
    return tuple(Missing(table, code) for table, code in found)
