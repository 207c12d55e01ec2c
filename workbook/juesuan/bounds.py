"""Judge one relation exactly: could some amounts in 元 that satisfy it be printed as the book prints them?

Integer interval arithmetic in 分. Within the interval a difference is 尾差 and never an error; outside it is
one, except that a figure printed in two places 0.01 apart is what hand balancing leaves (舍位平衡): to verify.
"""

from functools import partial
from typing import Literal

from juesuan.record import NamedTuple
from juesuan.relations import Relation

Verdict = Literal["passed", "tail", "balanced", "failed", "inapplicable"]


class Outcome(NamedTuple):
    """What became of a relation. Amounts in 分; `bound` is the largest difference of its sign that rounding explains.

    `balanced` is a difference of one step (or one that only printed zeros could explain) between
    two printings of one figure.
    """

    relation: Relation
    verdict: Verdict
    expected: int
    bound: int

    @property
    def difference(self) -> int:
        return (self.relation.target.fen or 0) - self.expected


_outcome: partial[Outcome] = partial(tuple.__new__, Outcome)


def judge(relation: Relation) -> Outcome:
    """The verdict on one relation whose cells are all readable. What must be more than nothing must not be blank."""
    rule, target, terms, expected = relation
    for sign, cell in terms:
        if fen := cell.fen:
            expected += sign * fen
    difference = (target.fen or 0) - expected
    operator = rule.comparison.operator if rule.comparison else "="
    if operator == ">":
        return Outcome(relation, "passed" if difference > 0 else "failed", expected, 0)
    if target.fen is None and all(cell.fen is None for _, cell in terms):
        return Outcome(relation, "inapplicable", expected, 0)
    if difference == 0 or (operator == ">=" and difference > 0) or (operator == "<=" and difference < 0):
        return _outcome((relation, "passed", expected, 0))
    step = max(target.step, *(cell.step for _, cell in terms)) if terms else target.step
    grain = min(target.step, *(cell.step for _, cell in terms)) if terms else target.step
    bound = max(_bound(relation, difference) // grain * grain, rule.tolerance)
    return Outcome(relation, _verdict(relation, operator, abs(difference), bound, step, grain), expected, bound)


def _bound(relation: Relation, difference: int) -> int:
    """The largest difference of this sign that some exact amounts explain, in 分."""
    low, high = relation.target.interval
    for sign, cell in relation.terms:
        down, up = cell.interval
        low, high = (low - up, high - down) if sign > 0 else (low + down, high + up)
    low, high = low - relation.constant - difference, high - relation.constant - difference
    return -low if difference > 0 else high


def _verdict(relation: Relation, operator: str, size: int, bound: int, step: int, grain: int) -> Verdict:
    """`bound` is what rounding explains; a figure against just one other should be the same to the last digit.

    Unless one of the two was written out unrounded: `step` and `grain` are the coarsest and finest rounding.
    """
    if size <= relation.rule.tolerance:
        return "passed"
    pair = operator != "=" or sum(1 for _, cell in relation.terms if cell.fen) == 1
    if size <= bound:
        return "balanced" if pair and operator == "=" and step == grain else "tail"
    return "balanced" if pair and step > 1 and size <= step else "failed"
