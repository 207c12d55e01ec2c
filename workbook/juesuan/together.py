"""All laws of a book asked at once: can its rounding be harmless, and if not, which figures are wrong?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from juesuan.book import Book, Cell, Key, code_of
from juesuan.bounds import Outcome, judge
from juesuan.expr import references
from juesuan.locate.answer import Culprit, Joint, Missing, Suspect
from juesuan.model import TOTAL
from juesuan.relations import Relation
from juesuan.rules import Rule

_BROKEN = ("failed", "balanced")


class Together(NamedTuple):
    """`laws`: the relations that were judged together, in the order in which `joint` counts them."""

    laws: tuple[Relation, ...]
    joint: Joint


def judge_together(book: Book, outcomes: Sequence[Outcome]) -> Together:
    """The joint verdict on a book. Laws are the relations of level error that hold between amounts of this year.

    Where every law holds exactly, the printed figures are exact amounts that explain it, and nothing is solved.
    """
    judged = [outcome for outcome in outcomes if _is_law(outcome.relation.rule)]
    laws = tuple(outcome.relation for outcome in judged)
    if all(outcome.verdict in ("passed", "inapplicable") for outcome in judged):
        return Together(laws, Joint(True, {cell.key: cell.fen or 0 for law in laws for cell in law.cells}))
    from juesuan.locate.joint import judge_jointly

    joint = judge_jointly(laws, book, missing=_missing(book))
    broken = [outcome.relation for outcome in outcomes if outcome.verdict in _BROKEN]
    softer = [relation for relation in broken if not _is_law(relation.rule)]
    return Together(laws, joint._replace(culprits=tuple(_supported(culprit, softer) for culprit in joint.culprits)))


def _is_law(rule: Rule) -> bool:
    comparison = rule.comparison
    return (
        rule.level == "error"
        and comparison is not None
        and comparison.operator != ">"
        and not rule.tolerance
        and not any(ref.last_year for ref in references(comparison))
    )


def _supported(culprit: Culprit, softer: Sequence[Relation]) -> Culprit:
    """The culprit with that of its equally small explanations in front that also mends most of what is no law."""
    choices = (culprit.suspects, *culprit.alternatives)
    best = max(choices, key=lambda suspects: sum(_mends(suspects, relation) for relation in softer))
    if best is culprit.suspects or len(best) > 1:
        return culprit
    from juesuan.locate.slips import likeliest

    others = tuple(suspects for suspects in choices if suspects is not best)
    cell, should = best[0].cell, best[0].suggested or 0
    diagnosis = likeliest((cell.fen or 0) // cell.step, should // cell.step).diagnosis
    return culprit._replace(suspects=best, alternatives=others, diagnosis=diagnosis)


def _mends(suspects: Sequence[Suspect], relation: Relation) -> bool:
    """Whether a relation would hold if the cells took the values suggested for them."""
    values = {suspect.cell.key: suspect.suggested for suspect in suspects if suspect.suggested is not None}
    if not any(cell.key in values for cell in relation.cells):
        return False
    mended = relation._replace(
        target=_with_value(relation.target, values),
        terms=tuple((sign, _with_value(cell, values)) for sign, cell in relation.terms),
    )
    return judge(mended).verdict not in _BROKEN


def _with_value(cell: Cell, values: Mapping[Key, int]) -> Cell:
    return cell._replace(fen=values[cell.key], span=None) if cell.key in values else cell


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
