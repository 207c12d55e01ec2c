"""All laws of a book asked at once: can its rounding be harmless, and if not, which figures are wrong?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from juesuan.book import Book, code_of
from juesuan.bounds import Outcome
from juesuan.expr import references
from juesuan.locate.answer import Joint, Missing
from juesuan.model import TOTAL
from juesuan.relations import Relation
from juesuan.rules import Rule


class Together(NamedTuple):
    """`laws`: the relations that were judged together, in the order in which `joint` counts them."""

    laws: tuple[Relation, ...]
    joint: Joint


def judge_together(book: Book, outcomes: Iterable[Outcome]) -> Together:
    """The joint verdict on a book. Laws are the relations of level error that hold between amounts of this year.

    Where every law holds exactly, the printed figures are exact amounts that explain it, and nothing is solved.
    """
    judged = [outcome for outcome in outcomes if _is_law(outcome.relation.rule)]
    laws = tuple(outcome.relation for outcome in judged)
    if all(outcome.verdict in ("passed", "inapplicable") for outcome in judged):
        return Together(laws, Joint(True, {cell.key: cell.fen or 0 for law in laws for cell in law.cells}))
    from juesuan.locate.joint import judge_jointly

    return Together(laws, judge_jointly(laws, book, missing=_missing(book)))


def _is_law(rule: Rule) -> bool:
    comparison = rule.comparison
    return (
        rule.level == "error"
        and comparison is not None
        and comparison.operator != ">"
        and not rule.tolerance
        and not any(ref.last_year for ref in references(comparison))
    )


def _missing(book: Book) -> Iterator[Missing]:
    """Codes that some table of functional codes lists and another does not."""
    listed = {
        sheet.table.id: {code_of(row.key) for row in sheet.rows} - {TOTAL}
        for sheet in book.sheets.values()
        if sheet.table.layout == "codes"
    }
    known = sorted(set().union(*listed.values()))
    for table, codes in listed.items():
        yield from (Missing(table, code) for code in known if code not in codes)
