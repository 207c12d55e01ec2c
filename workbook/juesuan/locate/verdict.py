"""The verdict on a book that is not settled near its printed figures.

Three steps, each only when the one before did not settle it: amounts found by mending all rows in plain integers;
the linear programme; the search for the fewest culprits. Amounts or multipliers that the solver gives are verified in
integers before they are believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from juesuan.locate.certificate import confirmed, shares
from juesuan.locate.culprits import NONE, Search
from juesuan.locate.deadline import Deadline, OutOfTime
from juesuan.locate.followers import freed
from juesuan.locate.judgement import Joint
from juesuan.locate.latitude import any_rounding, hand_balanced
from juesuan.locate.system import System
from juesuan.locate.witness import find_witness

if TYPE_CHECKING:
    from juesuan.locate.answer import Material
    from juesuan.locate.certificate import Share
    from juesuan.locate.judgement import Severity


def verdict(material: Material, seconds: float) -> Joint:
    """Judge what there is to judge from, within about `seconds`."""
    system = System(material.relations, material.observations, material.book)
    if not system.voids and not system.broken:
        amounts = find_witness(system)
        if amounts is not None:
            return _feasible(system, amounts)
    return _solve(system, material, seconds)


def _feasible(system: System, amounts: Sequence[int]) -> Joint:
    return Joint(True, {system.cells[cell].key: amounts[cell] for cell in sorted(system.suspects)})


def _solve(system: System, material: Material, seconds: float) -> Joint:
    from juesuan.locate.solver import Solver
    from juesuan.locate.story import tell

    deadline = Deadline(seconds)
    search = Search(system, Solver(system, deadline), deadline)
    try:
        infeasible = bool(system.voids or search.cores())
    except OutOfTime:
        return Joint(None, limited="time")
    if not infeasible:
        try:
            amounts = _witness(search)
        except OutOfTime:
            amounts = None
        return _feasible(system, amounts) if amounts is not None else Joint(None, limited="time")
    certificate = _certificate(search)
    if not certificate:
        return Joint(None, limited="time")
    verdict = Joint(False, certificate=certificate)
    try:
        verdict = verdict._replace(severity=_severity(search), balanced=_balanced(search))
        verdict = verdict._replace(culprits=tell(_doubting_no_formula(search, material), material))
        more = deadline.cut or not (verdict.culprits or _hopeless(search))
        return verdict._replace(limited="many" if more else None)
    except OutOfTime:
        return verdict._replace(limited="time")


def _doubting_no_formula(search: Search, material: Material) -> Search:
    """The search among what is typed in, where that alone can explain what is wrong. Raises OutOfTime."""
    if not material.followers:
        return search
    system = freed(search.system, material.followers.keys())
    typed = search.under(system, {system.variable_of[cell] for cell in system.followers})
    return typed if typed.cores() else search


def _hopeless(search: Search) -> bool:
    """Whether the statements cannot hold whatever this book prints: they contradict each other or other books."""
    return bool(search.system.voids or search.cores(frozenset(search.system.suspects)))


def _witness(search: Search) -> Sequence[int] | None:
    """Whole amounts for the cells of a system that the solver found feasible, verified; None if there are none.

    Raises OutOfTime.
    """
    from juesuan.locate.linear import whole_amounts

    system = search.system
    amounts = find_witness(system, search.amounts(NONE))
    if amounts is not None:
        return amounts
    whole = whole_amounts(system, search.deadline)
    amounts = [whole[variable] for variable in system.variable_of] if whole else None
    return amounts if amounts and system.holds(amounts) else None


def _certificate(search: Search) -> tuple[Share, ...]:
    """The shortest proof at hand that the book cannot be right, in terms of what was stated and confirmed there."""
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
    if search.clashing or search.system.voids:
        return "any_rule"
    wider = search.under(any_rounding(search.system), range(len(search.system.members)))
    if wider.cores():
        return "any_rule"
    return "same_rule" if _witness(wider) is not None else None


def _balanced(search: Search) -> bool:
    """Whether figures moved by hand by less than a unit would explain everything."""
    wider = hand_balanced(search.system)
    if wider.voids or wider.broken:
        return False
    moved = search.under(wider, range(len(wider.members)))
    return not moved.cores() and _witness(moved) is not None
