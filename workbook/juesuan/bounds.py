"""Judge one relation exactly: could some amounts in 元 that satisfy it be printed as the book prints them?

Integer interval arithmetic in 分. Within the interval a difference is 尾差 and never an error; outside it is
one, except that a figure printed in two places 0.01 apart is what hand balancing leaves (舍位平衡): to verify.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from juesuan.book import Cell
from juesuan.relations import Relation

Verdict = Literal["passed", "tail", "balanced", "failed", "inapplicable"]


class Outcome(NamedTuple):
    """What became of a relation. Amounts in 分; `bound` is the largest difference rounding explains on its side.

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


def judge(relation: Relation) -> Outcome:
    """The verdict on one relation whose cells are all readable."""
    cells = relation.cells
    expected = sum(sign * (cell.fen or 0) for sign, cell in relation.terms) + relation.constant
    if all(cell.state == "blank" for cell in cells):
        return Outcome(relation, "inapplicable", expected, 0)
    difference = (relation.target.fen or 0) - expected
    low, high = _noise(relation)
    step = max(cell.step for cell in cells)
    comparison = relation.rule.comparison
    operator = comparison.operator if comparison else "="
    if operator == ">":
        return Outcome(relation, "passed" if difference > 0 else "failed", expected, 0)
    if difference == 0 or (operator == ">=" and difference > 0) or (operator == "<=" and difference < 0):
        return Outcome(relation, "passed", expected, _whole(-low if difference >= 0 else high, step))
    bound = max(_whole(-low if difference > 0 else high, step), relation.rule.tolerance)
    return Outcome(relation, _verdict(relation, operator, abs(difference), bound, step), expected, bound)


def _verdict(relation: Relation, operator: str, size: int, bound: int, step: int) -> Verdict:
    if size <= relation.rule.tolerance:
        return "passed"
    alike = operator != "=" or sum(1 for _, cell in relation.terms if cell.fen) == 1
    if size <= bound:
        return "balanced" if alike and operator == "=" else "tail"
    return "balanced" if alike and step > 1 and size <= step else "failed"


def _noise(relation: Relation) -> tuple[int, int]:
    """Extremes of what rounding adds to ``target − terms``: exact amounts minus printed ones."""
    low, high = _slack(relation.target)
    for sign, cell in relation.terms:
        down, up = _slack(cell)
        if sign > 0:
            low, high = low - up, high - down
        else:
            low, high = low + down, high + up
    return low, high


def _slack(cell: Cell) -> tuple[int, int]:
    low, high = cell.interval
    fen = cell.fen or 0
    return low - fen, high - fen


def _whole(slack: int, step: int) -> int:
    return slack // step * step
