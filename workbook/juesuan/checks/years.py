"""Against last year's book."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.evidence import Evidence, finding
from juesuan.money import FEN_PER, to_text
from juesuan.rules import Finding, NotChecked, Rule
from juesuan.wording import amount, cell_name

SHARE = 30
SMALLEST = 10 * FEN_PER["万元"]


def large_change(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """Expenditure of a code that moved by more than 30 % and 10 万元 since last year."""
    book, before = evidence.book, evidence.book.last_year
    if before is None:
        yield NotChecked(rule.code, "没有上年工作簿")
        return
    for sheet in evidence.sheets(rule):
        for row in sheet.rows:
            now = book.cell(sheet.table.id, row.key, "total")
            then = before.cell(sheet.table.id, row.key, "total")
            if not now or now.fen is None or not then or not then.fen:
                continue
            change = now.fen - then.fen
            if abs(change) > SMALLEST and abs(change) * 100 > SHARE * abs(then.fen):
                size = (2 * abs(change) * 10_000 + abs(then.fen)) // (2 * abs(then.fen))
                percent = to_text(size if change > 0 else -size, "元")
                message = (
                    f"{cell_name(book, now)}本年 {amount(now.fen, book)}，"
                    f"上年 {amount(then.fen, before)}，变动 {percent}%。"
                )
                yield finding(rule, now.place, message, now)


CHECKS = (large_change,)
