"""The joint verdict: could some exact amounts satisfy all relations of a book at once and print as it prints them?

Three steps, each only when the one before did not settle it: amounts found by mending rows in plain integers; the
linear programme; the search for the fewest culprits. The answer rests on integers alone: amounts or multipliers
that the solver gives are verified before they are believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from juesuan.locate.answer import Culprit, Gap, Joint, Material, Missing, Severity, Suspect
from juesuan.locate.slips import Diagnosis
from juesuan.locate.system import Observation, System
from juesuan.locate.witness import find_witness

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.locate.certificate import Share
    from juesuan.locate.culprits import Search
    from juesuan.relations import Relation

__all__ = ["Culprit", "Diagnosis", "Gap", "Joint", "Missing", "Observation", "Suspect", "judge_jointly"]


def judge_jointly(
    relations: Iterable[Relation],
    book: Book,
    *,
    observations: Iterable[Observation] = (),
    missing: Iterable[Missing] = (),
    seconds: float = 10.0,
) -> Joint:
    """Judge the relations of a book together.

    `relations` are laws (level error; =, <= or >=) between readable cells; `observations` further linear facts;
    `missing` codes that a table lacks and others have. `seconds` limits the search, not the first verdict.
    """
    stated = tuple(relations)
    material = Material(stated, tuple(observations), tuple(missing), book)
    system = System(stated, material.observations, book)
    if not system.voids and next(system.broken({}), None) is None:
        amounts = find_witness(system, {})
        if amounts is not None:
            return _feasible(system, amounts)
    return _solve(system, material, seconds)


def _feasible(system: System, amounts: Sequence[int]) -> Joint:
    return Joint(True, {system.cells[cell].key: amounts[cell] for cell in sorted(system.suspects)})


def _solve(system: System, material: Material, seconds: float) -> Joint:
    from juesuan.locate.culprits import NONE, Deadline, OutOfTime, Search
    from juesuan.locate.linear import Linear, credible
    from juesuan.locate.story import tell

    search = Search(system, Linear(system, credible(system)), Deadline(seconds))
    try:
        infeasible = bool(system.voids or search.cores())
    except OutOfTime:
        return Joint(None, limited=True)
    if not infeasible:
        amounts = find_witness(system, {}, search.amounts(NONE))
        return _feasible(system, amounts) if amounts is not None else Joint(None, limited=True)
    certificate = _certificate(search)
    if not certificate:
        return Joint(None, limited=True)
    verdict = Joint(False, certificate=certificate)
    try:
        verdict = verdict._replace(severity=_severity(search), balanced=_balanced(search))
        return verdict._replace(culprits=tell(search, material))
    except OutOfTime:
        return verdict._replace(limited=True)


def _certificate(search: Search) -> tuple[Share, ...]:
    """The shortest proof at hand that the book cannot be right, in terms of what was stated and confirmed there."""
    from juesuan.locate.certificate import confirmed, shares

    system = search.system
    found = [shares(system, void=row.source) for row in system.voids]
    found += [shares(system, variable=variable) for variable in search.clashing]
    found += [shares(system, proof) for proof in search.proofs]
    for certificate in sorted(found, key=lambda certificate: (len(certificate), certificate)):
        if confirmed(system, certificate):
            return certificate
    return ()


def _severity(search: Search) -> Severity | None:
    """Whether the book is wrong under any rule of rounding; two printings of one amount must agree under any."""
    from juesuan.locate.culprits import NONE
    from juesuan.locate.latitude import any_rounding

    if search.clashing or search.system.voids:
        return "any_rule"
    wider = search.under(any_rounding(search.system), range(len(search.system.members)))
    if wider.cores():
        return "any_rule"
    return "same_rule" if find_witness(wider.system, {}, wider.amounts(NONE)) is not None else None


def _balanced(search: Search) -> bool:
    """Whether figures moved by hand by less than a unit would explain everything."""
    from juesuan.locate.culprits import NONE
    from juesuan.locate.latitude import hand_balanced

    wider = hand_balanced(search.system)
    if wider.voids or next(wider.broken({}), None) is not None:
        return False
    moved = search.under(wider, range(len(wider.members)))
    return not moved.cores() and find_witness(wider, {}, moved.amounts(NONE)) is not None
