"""Proofs of few relations: among the rows around a proof, those multipliers whose sizes are least together.

The least sum of sizes has few multipliers that are not zero; weighing down those that are small leaves fewer still
(Candès, Wakin and Boyd 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from juesuan.locate.certificate import proof_of_ray

if TYPE_CHECKING:
    from juesuan.locate.certificate import Proof
    from juesuan.locate.judgement import Range
    from juesuan.locate.system import System

BRIEF = 2
"""Proofs of so few rows are left as they are."""
ROUNDS = 3
FLOOR = 0.1


def briefer(system: System, proof: Proof, ranges: Sequence[Range]) -> Proof:
    """A proof from the rows near those of `proof`, of fewer rows if one was found; confirmed in integers."""
    from juesuan.locate.linear import least_multipliers

    weights: dict[int, float] = {}
    for _ in range(ROUNDS):
        if len(proof.multipliers) <= BRIEF:
            break
        ray = least_multipliers(system, _near(system, proof), ranges, weights)
        found = proof_of_ray(system, ray, ranges) if ray else None
        if found is None:
            break
        if len(found.multipliers) < len(proof.multipliers):
            proof = found
        largest = max(abs(value) for value in ray.values())
        weights = {number: largest / (abs(value) + FLOOR * largest) for number, value in ray.items()}
    return proof


def least_proof(system: System, ranges: Sequence[Range]) -> Proof | None:
    """A proof from all rows, for where the solver's own multipliers proved nothing."""
    from juesuan.locate.linear import least_multipliers

    ray = least_multipliers(system, range(len(system.rows)), ranges, {})
    return proof_of_ray(system, ray, ranges) if ray else None


def _near(system: System, proof: Proof) -> list[int]:
    """The rows that share an amount with a row of the proof."""
    variables = {variable for number, _ in proof.multipliers for _, variable in system.rows[number].terms}
    return sorted({number for variable in variables for number in system.rows_of[variable]})
