"""Against last year's book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from juesuan.book import Book, Cell, Sheet
from juesuan.evidence import Evidence, finding
from juesuan.hierarchy import CODE_LENGTHS, code_of
from juesuan.model import TOTAL
from juesuan.money import to_text
from juesuan.rules import Finding, NotChecked, Rule
from juesuan.wording import amount, cell_name

OPENING, CLOSING = "opening_carryover", "closing_carryover"


def large_change(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """Expenditure of a code that moved since last year by more than the rule's per cent and amount.

    A row is left to those below it that are told themselves.
    """
    book, before = evidence.book, evidence.book.last_year
    if before is None:
        yield NotChecked(rule.code, "没有上年工作簿")
        return
    limits = f"（超过 {rule.percent}%，且超过 {to_text(rule.least, '万元')} 万元）"
    for sheet in evidence.sheets(rule):
        changed = list(_changed(rule, book, before, sheet.table.id))
        below = {code for now, _ in changed for code in _above(code_of(now.row))}
        for now, then in changed:
            if code_of(now.row) not in below:
                message = (
                    f"{cell_name(book, now)}本年 {amount(now.fen, book)}，上年 {amount(then, book)}，"
                    f"变动 {percent_of((now.fen or 0) - then, then)}%{limits}。"
                )
                yield finding(rule, now.place, message, now)


def _changed(rule: Rule, book: Book, before: Book, table: str) -> Iterator[tuple[Cell, int]]:
    """The totals of rows that moved that much, in printed order, with what they were last year (分)."""
    for line in book.lines.get(table, {}).values():
        now = line.get("total")
        then = before.cell(table, now.row, "total") if now else None
        if now and now.fen is not None and then and then.fen:
            change = abs(now.fen - then.fen)
            if change > rule.least and change * 100 > rule.percent * abs(then.fen):
                yield now, then.fen


def _above(code: str) -> tuple[str, ...]:
    """The codes that a code is part of."""
    return () if code == TOTAL else (TOTAL, *(code[:length] for length in CODE_LENGTHS if length < len(code)))


def percent_of(change: int, base: int) -> str:
    """A change in per cent of what it is a change of, half up to two decimals."""
    size = (2 * abs(change) * 10_000 + abs(base)) // (2 * abs(base))
    return to_text(size if change > 0 else -size, "元")


def carried_by_code(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """What a code begins the year with is what it ended the last one with; a code that is not listed has nothing.

    Only the lowest codes are looked at: their sums are those of other rules.
    """
    book, before = evidence.book, evidence.book.last_year
    if before is None:
        yield NotChecked(rule.code, "没有上年工作簿")
        return
    for sheet in evidence.sheets(rule):
        old = before.sheet(sheet.table.id)
        if OPENING not in sheet.columns or old is None or CLOSING not in old.columns:
            continue
        if stray := book.lost_row(sheet.table.id) or before.lost_row(sheet.table.id):
            yield NotChecked(rule.code, f"{sheet.table.name}有认不出的“{stray.text}”（{stray.place.address}）")
            continue
        opening, closing = _lowest(book, sheet, OPENING), _lowest(before, old, CLOSING)
        for code in sorted(opening.keys() | closing.keys()):
            yield from _carried(rule, book, sheet, code, opening.get(code, ()), closing.get(code, ()))


def _lowest(book: Book, sheet: Sheet, field: str) -> dict[str, list[Cell]]:
    """By code the cells of a column in rows that have none below them; several where a code stands there twice."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for row, line in book.lines.get(sheet.table.id, {}).items():
        if row != TOTAL and field in line and not book.children(sheet.table.id, row):
            found[code_of(row)].append(line[field])
    return found


def _carried(
    rule: Rule, book: Book, sheet: Sheet, code: str, opening: Sequence[Cell], closing: Sequence[Cell]
) -> Iterator[Finding]:
    if any(cell.fen is None and cell.state != "blank" for cell in (*opening, *closing)):
        return
    low, high = _interval(opening)
    least, most = _interval(closing)
    if low <= most and least <= high:
        return
    now, then = (amount(sum(cell.fen or 0 for cell in cells), book) for cells in (opening, closing))
    if opening:
        message = f"{cell_name(book, opening[0])}本年 {now}，上年年末 {then}。"
        yield finding(rule, opening[0].place, message, *opening)
    else:
        yield finding(rule, sheet.place, f"{sheet.table.name}没有科目 {code}，它上年年末有结转和结余 {then}。")


def _interval(cells: Sequence[Cell]) -> tuple[int, int]:
    """What the amounts of all cells together may be."""
    return sum(cell.interval[0] for cell in cells), sum(cell.interval[1] for cell in cells)


CHECKS = (large_change, carried_by_code)
