"""What a file of rules says, and how it stands to the rules that are there."""

from __future__ import annotations

from collections.abc import Sequence

from juesuan.consistency.agreement import Agreement
from juesuan.consistency.sentences import contradiction_words, rule_words
from juesuan.rules import LEVEL_NAMES, Catalogue
from juesuan.wording import sentence


def as_text(path: str, catalogue: Catalogue, added: Sequence[str], agreement: Agreement) -> str:
    lines = [f"{path}：{len(added)} 条规则。"]
    for code in added:
        rule = catalogue.rule(code)
        assert rule is not None
        lines += [
            f"{code:8}{LEVEL_NAMES[rule.level]:　<4}{rule.title}",
            f"        即：{sentence(rule, catalogue.edition)}",
        ]
    if agreement.contradictions:
        lines.append(f"矛盾 {len(agreement.contradictions)} 处，必须改正：")
        lines += [f"  {contradiction_words(one, catalogue)}。" for one in agreement.contradictions]
    if agreement.implied:
        lines.append(f"多余 {len(agreement.implied)} 条，别的规则已经说了，可以删去：")
        lines += [f"  {_implied(code, by, catalogue)}。" for code, by in agreement.implied.items()]
    if agreement.undecided:
        lines.append("没有判定是否矛盾、多余（带条件的、只用于某种单位的、只在本软件模板里的表）：")
        lines.append(f"  {'、'.join(agreement.undecided)}")
    lines.append("不能使用：核对时会拒绝这个文件。" if agreement.contradictions else "可以使用：没有发现矛盾。")
    return "\n".join(lines) + "\n"


def _implied(code: str, by: Sequence[str], catalogue: Catalogue) -> str:
    own = rule_words(code, catalogue)
    return (
        f"{own} 可由 {'、'.join(rule_words(other, catalogue) for other in by)} 推出" if by else f"{own}无论什么数都成立"
    )
