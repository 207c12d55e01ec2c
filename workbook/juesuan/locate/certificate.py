"""Proofs that no amounts can satisfy the statements: multipliers whose combination asks more than the cells can give.

By Farkas' lemma every infeasible linear system has such multipliers. They come from the solver as floating point,
are made rational here, and count only when integers confirm them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from juesuan.locate.judgement import Range
from juesuan.locate.system import System

FINEST = 64
"""Largest denominator looked for in a multiplier; those of accounts are nearly always ±1."""


class Share(NamedTuple):
    """How often a statement enters a certificate.

    `source` counts the relations as they were given and then the observations. A positive multiplier uses the
    statement's lower end, a negative one its upper end.
    """

    multiplier: Fraction
    source: int


class Proof(NamedTuple):
    """Integer multipliers of rows, and what they come to: Σ coefficient × variable must reach `need` (分)."""

    multipliers: tuple[tuple[int, int], ...]
    terms: tuple[tuple[int, int], ...]
    need: int

    def spare(self, ranges: Sequence[Range] | Mapping[int, Range]) -> int | None:
        """By how many 分 the sum falls short of what is needed, whatever the amounts; None where it need not."""
        reach = 0
        for coefficient, variable in self.terms:
            end = ranges[variable][1 if coefficient > 0 else 0]
            if end is None:
                return None
            reach += coefficient * end
        return self.need - reach if reach < self.need else None


def prove(system: System, multipliers: Mapping[int, int]) -> Proof | None:
    """Combine rows; None when a multiplier asks for an end that a row does not have."""
    terms: dict[int, int] = {}
    need = 0
    for number, multiplier in multipliers.items():
        row = system.rows[number]
        end = row.low if multiplier > 0 else row.high
        if end is None:
            return None
        need += multiplier * end
        for coefficient, variable in row.terms:
            terms[variable] = terms.get(variable, 0) + multiplier * coefficient
    kept = tuple((coefficient, variable) for variable, coefficient in sorted(terms.items()) if coefficient)
    return Proof(tuple(sorted(multipliers.items())), kept, need)


def proof_of_row(system: System, number: int, ranges: Sequence[Range]) -> Proof | None:
    """The proof that one row by itself cannot hold, if it cannot."""
    for sign in (1, -1):
        proof = prove(system, {number: sign})
        if proof and proof.spare(ranges) is not None:
            return proof
    return None


def proof_of_ray(system: System, ray: Mapping[int, float], ranges: Sequence[Range]) -> Proof | None:
    """The proof that floating-point multipliers stand for, confirmed in integers; None when they stand for none."""
    sizes = sorted({abs(value) for value in ray.values()})
    for unit in dict.fromkeys((sizes[0], sizes[-1], 1.0)):
        fractions = {number: Fraction(value / unit).limit_denominator(FINEST) for number, value in ray.items()}
        scale = lcm(*(fraction.denominator for fraction in fractions.values()))
        whole = {number: int(fraction * scale) for number, fraction in fractions.items() if fraction}
        if not whole:
            continue
        common = gcd(*whole.values())
        for sign in (1, -1):
            proof = prove(system, {number: sign * value // common for number, value in whole.items()})
            if proof and proof.spare(ranges) is not None:
                return proof
    return None


def core(system: System, proof: Proof, set_aside: Iterable[int]) -> frozenset[int] | None:
    """Cells of which at least one must be set aside beside those that are, as the proof still stands; else None.

    Cells without which the proof would stand all the same are left out.
    """
    known = frozenset(set_aside)
    readings = system.set_aside(known)
    ranges = {variable: system.range_of(variable, readings) for _, variable in proof.terms}
    spare = proof.spare(ranges)
    if spare is None:
        return None
    cells = set()
    for coefficient, variable in proof.terms:
        end = ranges[variable][1 if coefficient > 0 else 0]
        open_end = system.domain(variable)[1 if coefficient > 0 else 0]
        assert end is not None
        if open_end is not None:
            dearer = abs(coefficient * (open_end - end))
            if dearer < spare:
                spare -= dearer
                continue
        cells.add(narrowest(system, variable, readings, upper=coefficient > 0))
    return frozenset(cells & system.suspects) - known


def clash(system: System, variable: int, set_aside: Iterable[int]) -> frozenset[int] | None:
    """Cells printed with different amounts although they are the same amount, at most two; None when there are none.

    A cell that is set aside keeps its sign, so one that is printed negative beside it may be alone.
    """
    known = frozenset(cell for cell in set_aside if system.variable_of[cell] == variable)
    readings = system.set_aside(known)
    low, high = system.range_of(variable, readings)
    if low is None or high is None or low <= high:
        return None
    pair = {narrowest(system, variable, readings, upper=upper) for upper in (False, True)}
    return frozenset(pair & system.suspects) - known


def narrowest(system: System, variable: int, readings: Mapping[int, Range], *, upper: bool) -> int:
    """The cell that keeps a variable from being larger (`upper`) or smaller; the first of equals."""
    best: tuple[int, int] | None = None
    for cell in system.members[variable]:
        end = (readings.get(cell) or system.intervals[cell])[1 if upper else 0]
        if end is not None:
            rank = end if upper else -end
            if best is None or rank < best[0]:
                best = rank, cell
    assert best is not None
    return best[1]


def shares(
    system: System, proof: Proof | None = None, *, variable: int | None = None, void: int | None = None
) -> tuple[Share, ...]:
    """A proof in terms of the statements given, ties included.

    Instead of a proof: the `variable` whose cells clash, or the number of a statement that is `void`, whatever the
    amounts.

    Where a row's cell and the cell that limits its amount are two printings of one amount, the ties between them
    enter with the multipliers that carry the one over to the other.
    """
    multipliers: dict[int, int] = {}
    wanted: dict[int, int] = {}
    if proof:
        for number, multiplier in proof.multipliers:
            source = system.rows[number].source
            multipliers[source] = multipliers.get(source, 0) + multiplier
        for coefficient, own in proof.terms:
            wanted[narrowest(system, own, {}, upper=coefficient > 0)] = coefficient
    if variable is not None:
        wanted[narrowest(system, variable, {}, upper=True)] = 1
        wanted[narrowest(system, variable, {}, upper=False)] = -1
    if void is not None:
        multipliers[void] = 1 if (system.statements[void].low or 0) > 0 else -1
    held: dict[int, int] = {}
    for source, multiplier in multipliers.items():
        for coefficient, cell in system.statements[source].terms:
            held[cell] = held.get(cell, 0) + multiplier * coefficient
    _carry(system, held, wanted, multipliers)
    return tuple(
        Share(Fraction(multiplier * system.statements[source].scale), source)
        for source, multiplier in sorted(multipliers.items())
        if multiplier
    )


def _carry(system: System, held: Mapping[int, int], wanted: Mapping[int, int], multipliers: dict[int, int]) -> None:
    """Add to `multipliers` the ties that turn the coefficients `held` into those `wanted`."""
    excess = {cell: held.get(cell, 0) - wanted.get(cell, 0) for cell in {**held, **wanted}}
    for variable in dict.fromkeys(system.variable_of[cell] for cell, amount in excess.items() if amount):
        order = _from_leaves(system, variable)
        for cell, above in order:
            amount = excess.get(cell, 0)
            if amount and above is not None:
                other, source, own = above
                multipliers[source] = multipliers.get(source, 0) - amount * own
                excess[cell] = 0
                excess[other] = excess.get(other, 0) + amount


def _from_leaves(system: System, variable: int) -> list[tuple[int, tuple[int, int, int] | None]]:
    """The cells of a variable, outermost first, each with the tie towards the first cell."""
    first = system.members[variable][0]
    order: list[tuple[int, tuple[int, int, int] | None]] = [(first, None)]
    seen = {first}
    for cell, _ in order:
        for other, source, own in system.tie_paths.get(cell, ()):
            if other not in seen:
                seen.add(other)
                order.append((other, (cell, source, -own)))
    return order[::-1]


def confirmed(system: System, certificate: Sequence[Share]) -> bool:
    """Whether a certificate proves, in exact numbers and from the statements alone, that they cannot all hold."""
    need = Fraction(0)
    terms: dict[int, Fraction] = {}
    for multiplier, source in certificate:
        statement = system.statements[source]
        part = multiplier / statement.scale
        end = statement.low if part > 0 else statement.high
        if end is None:
            return False
        need += part * end
        for coefficient, cell in statement.terms:
            terms[cell] = terms.get(cell, Fraction(0)) + part * coefficient
    reach = Fraction(0)
    for cell, total in terms.items():
        end = system.intervals[cell][1 if total > 0 else 0]
        if total and end is None:
            return False
        reach += total * (end or 0)
    return reach < need
