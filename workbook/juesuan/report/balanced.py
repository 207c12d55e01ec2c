"""What `balance` did, for people at a terminal and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from juesuan import __version__
from juesuan.balance.balanced import Balanced
from juesuan.balance.sentences import change_text, method_text, reason, summary, tail_texts
from juesuan.book import Cell
from juesuan.money import to_text
from juesuan.report.listing import listed

LISTED = 10
SCHEMA = "juesuan.balance/1"


def as_text(balanced: Balanced | None, output: str) -> str:
    """None: the workbook had been balanced before, and was only copied."""
    if balanced is None:
        return f"已写出 {output}：已经这样舍位过，没有要改的，与原工作簿相同。\n"
    return "\n".join(_lines(balanced, output)) + "\n"


def _lines(balanced: Balanced, output: str) -> Iterator[str]:
    same = "" if balanced.written else "没有要改的数。"
    yield f"已写出 {output}：{same}办法：{method_text(balanced)}。"
    yield from summary(balanced)
    if balanced.written:
        yield "各表的金额写成数值，不再带公式；调整和尾差列在工作表“舍位平衡”，公开前可以删除。"
    yield from listed("调整过的数：", [change_text(change, balanced) for change in balanced.changes], LISTED)
    yield from listed("留有尾差：", list(tail_texts(balanced)), LISTED)


def as_json(balanced: Balanced | None, output: str) -> str:
    """One object. Amounts before are in the currency of the book, all others in 万元."""
    content: dict[str, object] = {"schema": SCHEMA, "version": __version__, "output": output}
    content |= {"unchanged": True} if balanced is None else _content(balanced)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _content(balanced: Balanced) -> dict[str, object]:
    before = balanced.before
    adjusted = {change.cell.key: change for change in balanced.changes}
    return {
        "unchanged": not balanced.written,
        "method": balanced.method,
        "currency_unit": {"before": before.currency, "after": "万元"},
        "exact": balanced.exact,
        "figures": [
            _address(cell)
            | {
                "before": to_text(before.cells[cell.key].fen or 0, before.currency),
                "after": to_text(cell.fen or 0, "万元"),
                "reason": reason(adjusted[cell.key]) if cell.key in adjusted else _plain(cell, balanced),
                "adjusted": cell.key in adjusted,
            }
            for cell in balanced.written
        ],
        "tails": [
            _address(outcome.relation.target)
            | {
                "rule": outcome.relation.rule.code,
                "actual": to_text(outcome.relation.target.fen or 0, "万元"),
                "expected": to_text(outcome.expected, "万元"),
                "difference": to_text(outcome.difference, "万元"),
            }
            for outcome in balanced.tails
        ],
        "impossible": balanced.proof
        and {
            "cases": balanced.proof.cases,
            "relations": [
                _address(relation.target) | {"rule": relation.rule.code} for relation in balanced.proof.relations
            ],
        },
    }


def _plain(cell: Cell, balanced: Balanced) -> str:
    return "四舍五入" if balanced.before.cells[cell.key].fen != cell.fen else "换成数值，数不变"


def _address(cell: Cell) -> dict[str, object]:
    place = cell.place
    return {"sheet": place.sheet, "address": place.address, "table": cell.table, "row": cell.row, "field": cell.field}
