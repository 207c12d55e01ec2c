"""Balancing in words: how it was done, why a figure was moved, what keeps a tail."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.balance.balanced import Balanced, Change
from juesuan.balance.method import METHODS
from juesuan.money import grouped, to_text
from juesuan.wording import cell_name, few

_NAMED = 3


def method_text(balanced: Balanced) -> str:
    """For a clerk who has never seen the options of the command."""
    return METHODS[balanced.method]


def reason(change: Change) -> str:
    """Why a figure is not what rounding makes of it."""
    moved = f"{'加' if change.fen > change.rounded else '减'} {to_text(abs(change.fen - change.rounded), '万元')}"
    if change.relation is None:
        return f"随相连的数调整，{moved}"
    rule = change.relation.rule
    return f"为使“{rule.title}”（{rule.code}）相符，{moved}"


def summary(balanced: Balanced) -> Iterator[str]:
    """What was done and what is left, a sentence each."""
    before = balanced.before
    moved = [abs(change.fen - (change.cell.fen or 0)) for change in balanced.changes]
    most = to_text(max(moved, default=0), "万元")
    if before.currency == "元":
        yield f"{len(balanced.written)} 个金额由元换算为万元，每个只舍入一次。"
    elif balanced.exact:
        yield "金额由工作簿里更细的数舍入到 0.01 万元。"
    elif moved:
        yield f"工作簿里只有舍入后的万元数，改动了 {len(moved)} 个，每个至多 {most} 万元。"
    if moved and balanced.exact:
        yield f"其中 {len(moved)} 个没有照四舍五入，与准确数相差最多 {most} 万元。"
    if vanished := list(_vanished(balanced)):
        yield (
            f"{'、'.join(vanished)}的数都太小，转为万元以后全是 0.00："
            "请在表下写明“说明：……”没有数据的原因，如“金额不足 50 元”；没有写的，核对会判为差错（FORM009）。"
        )
    if not balanced.tails:
        yield "全部勾稽关系分毫不差。"
        return
    laws = [outcome for outcome in balanced.tails if outcome.relation.rule.level == "error"]
    failed = sum(1 for outcome in laws if outcome.verdict == "failed")
    yield f"有 {len(balanced.tails)} 条关系留有尾差，逐条列出。"
    if failed and balanced.method != "optimal":
        yield f"其中 {failed} 条超出四舍五入能解释的范围，核对会判为差错；请用命令 balance --method optimal 再转。"
    if balanced.method == "optimal":
        yield unavoidable(balanced) if laws else "都是核实性的，与基础性的不能同时成立；基础性的关系全部分毫不差。"


def _vanished(balanced: Balanced) -> Iterator[str]:
    """The tables that had figures and now have none, and must say so."""
    for name, sheet in balanced.before.sheets.items():
        had, left = (any(cell.fen for cell in book.amounts(name)) for book in (balanced.before, balanced.after))
        if sheet.table.empty and had and not left:
            yield sheet.table.name


def unavoidable(balanced: Balanced) -> str:
    """That not all relations can hold, and what shows it."""
    proof = balanced.proof
    if proof is None:
        return "没有找到使全部关系都相符的取法，也没有证明不存在；留下的尾差已是求得的最小。"
    rules = list(dict.fromkeys(relation.rule.code for relation in proof.relations))
    named = few(rules, "条规则", _NAMED)
    return (
        f"不可能处处相符：各数只取相邻的两个万元数时，分 {proof.cases} 种情形逐一用 {named} 推出矛盾（已用整数验证），"
        "所以留下的尾差是最小的。"
    )


def tail_texts(balanced: Balanced) -> Iterator[str]:
    """Each relation that keeps a tail."""
    for outcome in balanced.tails:
        rule, target = outcome.relation.rule, outcome.relation.target
        yield (
            f"{cell_name(balanced.after, target)} {grouped(target.fen or 0, '万元')}，"
            f"各项相加 {grouped(outcome.expected, '万元')}，差 {grouped(outcome.difference, '万元')}"
            f"（{rule.code} {rule.title}）"
        )


def change_text(change: Change, balanced: Balanced) -> str:
    before = balanced.before
    return (
        f"{cell_name(before, change.cell)} 原 {grouped(change.cell.fen or 0, before.currency)} {before.currency}，"
        f"调后 {grouped(change.fen, '万元')} 万元：{reason(change)}"
    )
