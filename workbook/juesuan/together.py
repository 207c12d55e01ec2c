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
    culprits = tuple(_supported(culprit, broken) for culprit in joint.culprits)
    return Together(laws, joint._replace(culprits=culprits), _causes(laws, culprits, broken))


def judge_with(together: Together, book: Book, observations: "Iterable[Observation]") -> Joint:
    """The joint verdict when more is said about the book than its own laws, as by a text."""
    from juesuan.locate.joint import judge_jointly

    return judge_jointly(together.laws, book, observations=observations, missing=_missing(book))


def _causes(laws: Sequence[Relation], culprits: "Sequence[Culprit]", broken: Sequence[Relation]) -> dict[Relation, int]:
    """Which culprit each broken relation goes back to: one that explains it, or whose values would mend it.

    Of several the one with the fewest relations to its name, so that as few as possible are left without any.
    """
    causes: dict[Relation, int] = {}
    named = Counter[int]()
    explained = [{laws[index] for index in culprit.explains} for culprit in culprits]
    blamed = {
        relation: [
            number
            for number, culprit in enumerate(culprits)
            if relation in explained[number] or _mends(culprit.suspects, relation)
        ]
        for relation in broken
    }
    for relation, numbers in sorted(blamed.items(), key=lambda item: len(item[1])):
        if numbers:
            causes[relation] = min(numbers, key=lambda number: (named[number] > 0, number))
            named[causes[relation]] += 1
    return causes


def _supported(culprit: "Culprit", broken: Sequence[Relation]) -> "Culprit":
    """The culprit with that of its equally small explanations in front that mends most, what is no law included."""
    choices = (culprit.suspects, *culprit.alternatives)
    best = max(choices, key=lambda suspects: sum(_mends(suspects, relation) for relation in broken))
    if best is culprit.suspects or len(best) > 1:
        return culprit
    from juesuan.locate.slips import likeliest

    others = tuple(suspects for suspects in choices if suspects is not best)
    cell, should = best[0].cell, best[0].suggested or 0
    diagnosis = likeliest((cell.fen or 0) // cell.step, should // cell.step).diagnosis
    return culprit._replace(suspects=best, alternatives=others, diagnosis=diagnosis)


def _mends(suspects: "Sequence[Suspect]", relation: Relation) -> bool:
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
