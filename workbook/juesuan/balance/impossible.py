"""Why no rounding of the figures makes all relations hold: case by case, each refuted by multipliers of the relations.

A case narrows some figures to one of their values; the cases together leave none out. Each refutation is verified in
integers, so that the proof rests on no solver.
"""

from __future__ import annotations

from typing import NamedTuple

from juesuan.balance.figures import Figures
from juesuan.locate.certificate import proof_of_row
from juesuan.locate.deadline import Deadline
from juesuan.locate.judgement import Range
from juesuan.money import WAN_STEP
from juesuan.relations import Relation

_MOST_CASES = 2000


class Impossible(NamedTuple):
    """`cases`: how many were refuted; `relations`: those that the refutations combine."""

    cases: int
    relations: tuple[Relation, ...]


def prove_impossible(figures: Figures, deadline: Deadline) -> Impossible | None:
    """The proof, or None when there are too many cases or one is not refuted. Raises OutOfTime."""
    from juesuan.locate.linear import Linear

    choices = [(choice.low * WAN_STEP, choice.high * WAN_STEP) for choice in figures.choices]
    system = figures.system.read_as([choices[variable] for variable in figures.system.variable_of])
    linear = Linear(system, [low for low, _ in choices], deadline)
    cases: list[dict[int, Range]] = [{}]
    used: set[int] = set()
    refuted = 0
    while cases:
        case = cases.pop()
        ranges: list[Range] = [case.get(variable, choice) for variable, choice in enumerate(choices)]
        proof = next(filter(None, (proof_of_row(system, number, ranges) for number in range(len(system.rows)))), None)
        if proof is None:
            answer = linear.solve(case)
            if answer.amounts is not None:
                split = next((v for v, amount in enumerate(answer.amounts) if amount % WAN_STEP), None)
                if split is None or refuted + len(cases) > _MOST_CASES:
                    return None
                down = answer.amounts[split] // WAN_STEP * WAN_STEP
                low, high = ranges[split]
                cases += [case | {split: (low, down)}, case | {split: (down + WAN_STEP, high)}]
                continue
            proof = answer.proof
            if proof is None or proof.spare(ranges) is None:
                return None
        refuted += 1
        used |= {system.rows[number].source for number, _ in proof.multipliers}
    return Impossible(refuted, tuple(figures.relations[source] for source in sorted(used)))
