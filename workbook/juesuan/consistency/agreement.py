"""Which added rules contradict others, and which are implied by them: decided in exact arithmetic on a specimen book.

What is decided: the rules, applied to the `specimen` of the edition, are linear equations and inequalities. An added
rule contradicts others when no amounts satisfy them together in which every figure is above nothing that may be so by
the shipped rules alone; of ``T = A + B`` and ``T = A + B + C`` it follows that C is always nothing. A rule that itself
says that a figure is nothing, or gives it a fixed end, forbids no more than it says: what follows from it is allowed.
An added rule is implied when no amounts satisfy the others and not it. Both rest on integer multipliers
(`locate.certificate`), found by the exact simplex.

What is not decided: functions, rules with conditions or for some kinds of unit, rules about tables that only our own
template has, what depends on rows the specimen does not have, and whether a rule that contradicts nothing is right.
The shipped rules that are judged against are those that are errors; a 核实性 one may be contradicted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from juesuan.book import Cell
from juesuan.consistency.question import APART, Floors, Question, follows_from
from juesuan.consistency.specimen import specimen
from juesuan.locate.deadline import Deadline
from juesuan.relations import Relation, relate
from juesuan.rules import Catalogue, Rule

SECONDS = 20.0
MOST = 10
"""Contradictions that are told of one file."""


class Contradiction(NamedTuple):
    """The added rule `code` and the rules `against` it; together they leave nothing in the cells `zeros`."""

    code: str
    against: tuple[str, ...]
    zeros: tuple[Cell, ...]


class Agreement(NamedTuple):
    """`implied`: added rules by code, with the rules that already say them, none for what is always so.

    `undecided`: added rules that were not looked at.
    """

    contradictions: tuple[Contradiction, ...]
    implied: dict[str, tuple[str, ...]]
    undecided: tuple[str, ...]


def contradictions(catalogue: Catalogue, added: Sequence[str]) -> list[Contradiction]:
    """Each of the `added` rules, by code, that contradicts others, in the order of the catalogue.

    Raises OutOfTime when that cannot be decided soon.
    """
    found: dict[str, Contradiction] = {}
    for era in _eras(catalogue, added):
        for one in _Rules(era, frozenset(added)).contradictions():
            found.setdefault(one.code, one)
    return list(found.values())


def agreement(catalogue: Catalogue, added: Sequence[str]) -> Agreement:
    """How the `added` rules of a catalogue, by code, stand to all others. Raises OutOfTime."""
    found = contradictions(catalogue, added)
    wrong = {one.code for one in found}
    eras = [_Rules(era, frozenset(added) - wrong) for era in _eras(catalogue, added)]
    decided = {rule.code for rules in eras for rule in rules.decided} - wrong
    implied: dict[str, tuple[str, ...]] = {}
    for code in reversed(added):
        by = _implied_in_each(code, eras, implied) if code in decided else None
        if by is not None:
            implied[code] = by
    undecided = tuple(code for code in added if code not in decided and code not in wrong)
    return Agreement(tuple(found), dict(reversed(implied.items())), undecided)


def _implied_in_each(code: str, eras: Iterable[_Rules], left_out: Collection[str]) -> tuple[str, ...] | None:
    """The rules that say an added one in every era in which it is used; None where they do not."""
    by: dict[str, None] = {}
    for rules in eras:
        if rules.rule(code):
            found = rules.implying(code, left_out)
            if found is None:
                return None
            by |= dict.fromkeys(found)
    return tuple(by)


def _eras(catalogue: Catalogue, added: Sequence[str]) -> list[Catalogue]:
    """The rules used at one time, for every time at which other added ones are."""
    rules = [rule for rule in catalogue.rules if rule.code in set(added)]
    starts = {rule.since for rule in rules if rule.since} | {rule.until + 1 for rule in rules if rule.until}
    if not starts:
        return [catalogue]
    years = sorted({min(starts) - 1, *starts})
    eras = [tuple(rule for rule in catalogue.rules if rule.applies_to(year)) for year in years]
    return [catalogue._replace(rules=rules) for rules in dict.fromkeys(eras)]


class _Rules:
    """The linear rules of a catalogue on its specimen book; those `added` are asked about."""

    def __init__(self, catalogue: Catalogue, added: frozenset[str]) -> None:
        plain = tuple(rule for rule in catalogue.rules if _is_plain(rule) and (rule.is_law or rule.code in added))
        self._added = added
        self._book = specimen(catalogue.edition, [rule for rule in plain if rule.code in added])
        self._deadline = Deadline(SECONDS)
        stated = relate(catalogue._replace(rules=plain), self._book).relations
        self._relations: dict[str, list[Relation]] = {}
        for relation in stated:
            self._relations.setdefault(relation.rule.code, []).append(relation)
        self._known = {rule.code: rule for rule in plain}

    def rule(self, code: str) -> Rule | None:
        return self._known.get(code)

    @property
    def decided(self) -> list[Rule]:
        return [self._known[code] for code in self._relations]

    def contradictions(self) -> list[Contradiction]:
        """Rules that only set a limit come first: what they leave nothing in, the others may."""
        limits = [code for code in self._relations if code in self._added and _is_limit(self._known[code])]
        others = [code for code in self._relations if code in self._added and code not in limits]
        codes = [code for code in self._relations if code not in self._added]
        found: list[Contradiction] = []
        floors: Floors = {}
        for more in (limits, others):
            floors = self._question(codes).floors() if more is others else floors
            codes += more
            while len(found) < MOST and self._question(codes).refutation(floors):
                found.append(self._contradiction(codes, floors))
                codes.remove(found[-1].code)
        order = list(self._known)
        return sorted(found, key=lambda one: order.index(one.code))

    def _question(self, codes: Iterable[str], times: int = 1) -> Question:
        return Question(self._of(codes), self._book, self._deadline, times=times)

    def _of(self, codes: Iterable[str]) -> list[Relation]:
        return [relation for code in codes for relation in self._relations[code]]

    def _contradiction(self, codes: Sequence[str], floors: Floors) -> Contradiction:
        """The last added rule among those refuted, as shipped ones agree, against the fewest of the others."""

        def refuted(some: Sequence[str]) -> bool:
            return bool(self._question(some).refutation(floors))

        told = self._question(codes, APART).refutation(floors)
        codes = [code for code in self._known if told is None or code in told.codes]
        blamed = next(code for code in reversed(codes) if code in self._added)
        beside = self._beside(blamed, codes)
        kept = _irreducible(beside if refuted(beside) else codes, refuted)
        last = self._question(kept, APART).refutation(floors)
        return Contradiction(blamed, tuple(code for code in kept if code != blamed), last.cells if last else ())

    def implying(self, code: str, left_out: Collection[str]) -> tuple[str, ...] | None:
        """The fewest rules found that say all that rule `code` says; None where they do not."""
        rule, own = self._known[code], self._relations.get(code, [])
        others = [other for other in self._relations if other != code and other not in left_out]
        others = [other for other in others if rule.level != "error" or self._known[other].level == "error"]

        def implied(some: Sequence[str]) -> bool:
            return self._says(some, own) is not None

        if not own:
            return None
        beside = [other for other in self._beside(code, others) if other != code]
        if not implied(beside):
            if not implied(others):
                return None
            beside = others
        needed = self._says(beside, own, APART) or set()
        beside = [other for other in beside if other in needed]
        return tuple(_irreducible(beside, implied))

    def _says(self, codes: Iterable[str], own: Iterable[Relation], times: int = 1) -> set[str] | None:
        """Which of the rules say all of an own one's relations; None where they do not."""
        stated, needed = self._of(codes), set[str]()
        for relation in own:
            found = follows_from(relation, stated, self._book, self._deadline, times=times)
            if found is None:
                return None
            needed |= found
        return needed

    def _beside(self, code: str, others: Sequence[str]) -> list[str]:
        """An added rule, those of the `others` that are added, and all shipped ones about no other tables than it."""
        tables, added = set(self._known[code].tables), {*others} & self._added
        shipped = [other for other in self._relations if tables.issuperset(self._known[other].tables)]
        return [*(other for other in shipped if other not in self._added), *sorted(added | {code})]


def _is_plain(rule: Rule) -> bool:
    return rule.comparison is not None and not rule.when and not rule.unit_types


def _is_limit(rule: Rule) -> bool:
    """Whether it holds a figure against a fixed amount."""
    return rule.comparison is not None and not rule.comparison.terms[0]


def _irreducible(codes: Sequence[str], enough: Callable[[Sequence[str]], bool]) -> list[str]:
    """Those of the codes of which none can be left out while they are `enough`; the last are tried first."""
    kept, step = list(codes), max(1, len(codes) // 2)
    while True:
        for start in range(len(kept) - 1, -1, -step):
            fewer = kept[: max(0, start - step + 1)] + kept[start + 1 :]
            if fewer != kept and enough(fewer):
                kept = fewer
        if step == 1:
            return kept
        step //= 2
