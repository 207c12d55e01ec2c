"""All laws of a book asked at once: can its rounding be harmless, and if not, which figures are wrong?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from juesuan.book import Book, Cell, Key
from juesuan.bounds import Outcome, judge
from juesuan.hierarchy import code_of
from juesuan.locate.judgement import Joint
from juesuan.model import TOTAL
from juesuan.record import NamedTuple
from juesuan.relations import Relation

if TYPE_CHECKING:
    from juesuan.locate.answer import Culprit, Missing, Observation, Suspect
    from juesuan.locate.followers import Followers

_BROKEN = ("failed", "balanced")


class Together(NamedTuple):
    """`laws`: the relations that were judged together, in the order in which `joint` counts them.

    `causes`: which culprit, by its number, a relation that does not hold goes back to.
    """

    laws: tuple[Relation, ...]
    joint: Joint
    causes: Mapping[Relation, int] = MappingProxyType({})


def judge_together(book: Book, outcomes: Sequence[Outcome]) -> Together:
    """The joint verdict on a book. Laws are the relations of level error that hold between amounts of this year.

    Where every law holds exactly, the printed figures are exact amounts that explain it, and nothing is solved.
    """
    judged = [outcome for outcome in outcomes if outcome.relation.rule.is_law]
    laws = tuple([outcome.relation for outcome in judged])
    if {outcome.verdict for outcome in judged} <= {"passed", "inapplicable"}:
        return Together(laws, Joint(True, {key: cell.fen or 0 for key, cell in book.cells.items()}))
    from juesuan.locate.joint import judge_jointly

    joint = judge_jointly(laws, book, missing=_missing(book))
    broken = [outcome.relation for outcome in outcomes if outcome.verdict in _BROKEN]
    if not joint.culprits:
        return Together(laws, joint)
    from juesuan.locate.followers import followers_of

    followers = followers_of(laws, book)
    culprits = tuple(_supported(culprit, broken, followers) for culprit in joint.culprits)
    return Together(laws, joint._replace(culprits=culprits), _causes(laws, culprits, broken, followers))


def judge_with(together: Together, book: Book, observations: "Iterable[Observation]") -> Joint:
    """The joint verdict when more is said about the book than its own laws, as by a text."""
    from juesuan.locate.joint import judge_jointly

    return judge_jointly(together.laws, book, observations=observations, missing=_missing(book))


def _causes(
    laws: Sequence[Relation], culprits: "Sequence[Culprit]", broken: Sequence[Relation], followers: "Followers"
) -> dict[Relation, int]:
    """Which culprit each broken relation goes back to: one that explains it, or whose values would mend it.

    Of several the one with the fewest relations to its name, so that as few as possible are left without any.
    """
    causes: dict[Relation, int] = {}
    named = Counter[int]()
    values = [_values(culprit.suspects, followers) for culprit in culprits]
    explained = [{laws[index] for index in culprit.explains} for culprit in culprits]
    blamed = {
        relation: [
            number
            for number, culprit in enumerate(culprits)
            if relation in explained[number] or _mends(values[number], relation)
        ]
        for relation in broken
    }
    for relation, numbers in sorted(blamed.items(), key=lambda item: len(item[1])):
        if numbers:
            causes[relation] = min(numbers, key=lambda number: (named[number] > 0, number))
            named[causes[relation]] += 1
    return causes


def _supported(culprit: "Culprit", broken: Sequence[Relation], followers: "Followers") -> "Culprit":
    """The culprit with that of its equally small explanations in front that mends most, what is no law included."""
    if culprit.crowded:
        return culprit
    choices = (culprit.suspects, *culprit.alternatives)
    values = {suspects: _values(suspects, followers) for suspects in choices}
    best = max(choices, key=lambda suspects: sum(_mends(values[suspects], relation) for relation in broken))
    if best is culprit.suspects or len(best) > 1:
        return culprit
    from juesuan.locate.slips import likeliest

    others = tuple(suspects for suspects in choices if suspects is not best)
    cell, should = best[0].cell, best[0].suggested or 0
    diagnosis = likeliest((cell.fen or 0) // cell.step, should // cell.step).diagnosis
    return culprit._replace(suspects=best, alternatives=others, diagnosis=diagnosis)


def _values(suspects: "Sequence[Suspect]", followers: "Followers") -> dict[Key, int]:
    """The amounts suggested for some cells, and those that formulas make of them."""
    from juesuan.locate.followers import with_followers

    values = {suspect.cell.key: suspect.suggested for suspect in suspects if suspect.suggested is not None}
    return with_followers(values, followers)


def _mends(values: Mapping[Key, int], relation: Relation) -> bool:
    """Whether a relation would hold if the cells took these values; that of sums of printed amounts within rounding."""
    if not any(cell.key in values for cell in relation.cells):
        return False
    mended = relation._replace(
        target=_with_value(relation.target, values),
        terms=tuple((sign, _with_value(cell, values)) for sign, cell in relation.terms),
    )
    verdict = judge(mended).verdict
    summed = any(cell.span for cell in relation.cells)
    return verdict not in _BROKEN or (verdict == "balanced" and summed and judge(relation).verdict == "failed")


def _with_value(cell: Cell, values: Mapping[Key, int]) -> Cell:
    """With another amount, and what a formula sums as much larger or smaller."""
    if cell.key not in values:
        return cell
    more = values[cell.key] - (cell.fen or 0)
    span = cell.span and (cell.span[0] + more, cell.span[1] + more)
    return cell._replace(fen=values[cell.key], span=span)


def _missing(book: Book) -> "Iterator[Missing]":
    """Codes that some table of functional codes lists and another does not."""
    from juesuan.locate.answer import Missing

    listed = {
        sheet.table.id: {code_of(row.key) for row in sheet.rows} - {TOTAL}
        for sheet in book.sheets.values()
        if sheet.table.layout == "codes"
    }
    known = sorted(set().union(*listed.values()))
    for table, codes in listed.items():
        yield from (Missing(table, code) for code in known if code not in codes)
