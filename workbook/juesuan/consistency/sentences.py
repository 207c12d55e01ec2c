"""How rules stand to each other, in words."""

from __future__ import annotations

from juesuan.consistency.agreement import Contradiction
from juesuan.expr import Ref, describe
from juesuan.rules import Catalogue

_EXAMPLES = 3


def contradiction_words(found: Contradiction, catalogue: Catalogue) -> str:
    """“PRV001「…」与 SUM001「…」不能同时成立，除非……”."""
    own = rule_words(found.code, catalogue)
    if not found.against:
        return f"{own}本身就不能成立"
    others = "、".join(rule_words(code, catalogue) for code in found.against)
    names = list(dict.fromkeys(_cell(cell.table, cell.row, cell.field, catalogue) for cell in found.zeros))
    more = f"等 {len(names)} 格" if len(names) > _EXAMPLES else ""
    unless = f"，除非{'、'.join(names[:_EXAMPLES])}{more}总是 0" if names else ""
    return f"{own} 与 {others}不能同时成立{unless}"


def rule_words(code: str, catalogue: Catalogue) -> str:
    """The code and title of a rule."""
    rule = catalogue.rule(code)
    assert rule is not None
    return f"{code}「{rule.title}」"


def _cell(table: str, row: str, field: str, catalogue: Catalogue) -> str:
    return describe(Ref(table, (row,), field), catalogue.edition)
