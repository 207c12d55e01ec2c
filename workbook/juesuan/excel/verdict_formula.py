"""The verdict on a relation as an Excel expression: 0 平, 1 尾差, 2 核实, 3 不平.

The same verdicts as `bounds.judge`: in 元 nothing may differ; in 万元 the half-open intervals of the printed figures
decide between 尾差 and 不平, and one figure printed twice 0.01 apart is 核实.
"""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.excel.formulas import Part, Standings, Target, parts_of, sum_of
from juesuan.expr import Comparison, references, terms_of
from juesuan.model import Table
from juesuan.money import FEN_PER, Currency
from juesuan.rules import Catalogue, Rule

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


def is_signed(table: Table, target: Target) -> bool:
    line, field = table.line(target.row, target.field), table.field(target.field)
    return bool(line.signed if line else field and field.signed)


def condition_of(condition: Comparison, target: Target, standings: Standings) -> str:
    terms, constant = terms_of(condition.right)
    left = sum_of([(1, part) for part in parts_of(condition.left, target, standings)])
    right = sum_of([(sign, part) for sign, node in terms for part in parts_of(node, target, standings)])
    return f"ROUND({left}-({right}),2){condition.operator}{constant}"


def verdict_of(rule: Rule, address: str, signed: bool, parts: list[tuple[int, Part]], currency: Currency) -> str:
    """The verdict on ``address`` against the parts as an expression that yields 0 to 3."""
    assert rule.comparison is not None
    operator, wrong = rule.comparison.operator, CODES[rule.level]
    difference = f"ROUND(N({address})-({sum_of(parts)}),2)"
    if operator == ">":
        return f"IF({difference}>0,0,{wrong})"
    holds = {"=": f"{difference}=0", ">=": f"{difference}>=0", "<=": f"{difference}<=0"}[operator]
    if rule.tolerance:
        holds = f"ABS({difference})<={rule.tolerance / FEN_PER[currency]}"
    if currency == "元":
        return f"IF({holds},0,{wrong})"
    above, under = _room(address, signed, parts)
    room = f"INT(IF({difference}>0,{above},{under})+0.000001)/100"
    pair = "TRUE"
    if operator == "=":
        nonzero = "+".join(f"{part.positive}+{part.negative}" for _, part in parts) or "0"
        pair = f"({nonzero})=1"
    inside = f"IF({pair},2,1)" if operator == "=" else "1"
    outside = f"IF(AND({pair},ABS({difference})<=0.01),{min(wrong, 2)},{wrong})"
    return f"IF({holds},0,IF(ABS({difference})<={room},{inside},{outside}))"


def _room(address: str, signed: bool, parts: list[tuple[int, Part]]) -> tuple[str, str]:
    """How far rounding alone can put the target above or under the parts, in hundredths.

    A printed amount hides at most half a hundredth away from zero and just under it towards zero; a printed zero
    hides nothing below itself unless it may be negative.
    """
    own = Part(address, "1", f"(N({address})>0)", f"(N({address})<0)", signed)
    above, under = [_down(own)], [_up(own)]
    for sign, part in parts:
        above.append(_up(part) if sign > 0 else _down(part))
        under.append(_down(part) if sign > 0 else _up(part))
    return "+".join(above), "+".join(under)


def _up(part: Part) -> str:
    return f"0.4999*{part.cells}+0.0001*{part.negative}"


def _down(part: Part) -> str:
    if part.signed:
        return f"0.4999*{part.cells}+0.0001*{part.positive}"
    return f"0.5*{part.positive}+0.4999*{part.negative}"
