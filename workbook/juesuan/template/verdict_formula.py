"""The verdict on a relation as an Excel expression: 0 平, 1 尾差, 2 核实, 3 不平.

The same verdicts as `bounds.judge`: in 元 nothing may differ; in 万元 the half-open intervals of the printed figures,
and of the sums of printed figures, decide between 尾差 and 不平, and one figure printed twice 0.01 apart is 核实.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from juesuan.expr import Comparison, Ref, references
from juesuan.money import FEN_PER
from juesuan.rules import Catalogue, Rule
from juesuan.template.formulas import (
    SignedParts,
    Standings,
    Target,
    constant_of,
    parts_of,
    right_side,
    signed_parts,
    sum_of,
)
from juesuan.template.room_formula import Rooms, room_of

WORDS = ("平", "尾差", "核实", "不平")
CODES = {"error": 3, "warning": 2, "info": 1}


def applicable(catalogue: Catalogue) -> Iterator[Rule]:
    """Relations between the template's tables of this year."""
    held = {table.id for table in catalogue.edition.template_tables}
    for rule in catalogue.rules:
        if rule.comparison is None or not held.issuperset(rule.tables):
            continue
        if any(ref.last_year for ref in references(rule.comparison)):
            continue
        yield rule


def condition_of(condition: Comparison, target: Target, standings: Standings) -> str:
    """Whether a condition of a rule holds, as an expression."""
    terms, _ = condition.terms
    left = sum_of([(1, part) for part in parts_of(condition.left, target, standings)])
    right = sum_of([(sign, part) for sign, node in terms for part in parts_of(node, target, standings)])
    return f"ROUND({left}-({right}{constant_of(condition, standings)}),2){condition.operator}0"


def verdict_of(rule: Rule, own: Ref, target: Target, rooms: Rooms) -> str:
    """The verdict on the rule's `own` cell as an expression that yields 0 to 3."""
    assert rule.comparison is not None
    operator, wrong = rule.comparison.operator, CODES[rule.level]
    currency = rooms.amounts[own.table].currency
    [address] = (part.text for part in parts_of(own, target, rooms.amounts))
    parts = signed_parts(rule, target, rooms.amounts, direct=True)
    difference = f"ROUND(N({address})-({right_side(rule, target, rooms.amounts, direct=True)}),2)"
    if operator == ">":
        return f"IF({difference}>0,0,{wrong})"
    holds = {"=": f"{difference}=0", ">=": f"{difference}>=0", "<=": f"{difference}<=0"}[operator]
    if rule.tolerance:
        holds = f"ABS({difference})<={rule.tolerance / FEN_PER[currency]}"
    if currency == "元":
        return f"IF({holds},0,{wrong})"
    size, verify = f"ABS({difference})", min(wrong, CODES["warning"])
    under, above = room_of(partial(_compared, rule, own, target), rooms)
    room = f"INT(IF({difference}>0,{above},{under})+0.000001)/100"
    pair, inside = "TRUE", "1"
    if operator == "=":
        nonzero = "+".join(f"{part.positive}+{part.negative}" for _, part in parts) or "0"
        pair = f"({nonzero})=1"
        inside = f"IF({pair},{verify},1)"
    return f"IF({holds},0,IF({size}<={room},{inside},IF(AND({pair},{size}<=0.01),{verify},{wrong})))"


def _compared(rule: Rule, own: Ref, target: Target, standings: Standings) -> SignedParts:
    """The cell less what the rule compares it with."""
    parts = signed_parts(rule, target, standings, direct=True)
    return [(1, part) for part in parts_of(own, target, standings)] + [(-sign, part) for sign, part in parts]
