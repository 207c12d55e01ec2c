"""How single amounts are written, and whether they are plausible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from juesuan.book import Cell
from juesuan.bounds import Outcome
from juesuan.evidence import Evidence, finding
from juesuan.model import SUPPLEMENT
from juesuan.money import FEN_PER, Currency, grouped
from juesuan.rules import Finding, NotChecked, Rule
from juesuan.wording import EXAMPLES, amount, cell_name, few

YUAN_AS_WAN = (9_900, 10_100)
CERTAIN = 10
LEAST: dict[Currency, int] = {"元": 10**7, "万元": 0}
MOST: dict[Currency, int] = {"元": 10**18, "万元": 10**12}
"""What the largest amount of a unit may be (分): in 元 not below 100,000 元, in 万元 not above 10 billion 元."""


def text_amount(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Amounts typed as text or shown as dates: read, told once a table, with the number each should be."""
    yield from _once_a_table(
        rule,
        evidence,
        [cell for cell in evidence.oddities(rule) if cell.tidy is not None],
        lambda cell: f"{cell.place.address} 的“{cell.raw.strip()}”应为数值 {cell.tidy}",
        "{count} 个金额写成了文本或日期：",
    )


def extra_decimals(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Stored amounts with more decimals than are shown."""
    yield from _once_a_table(
        rule,
        evidence,
        [cell for cell in evidence.oddities(rule) if cell.state == "given" and _decimals(cell.tidy or cell.raw) > 2],
        lambda cell: f"{cell.place.address} 实际存的是 {cell.raw.strip()}",
        "{count} 个金额多于两位小数：",
    )


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])


def blank_amounts(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Blanks among printed 0.00, where the edition prints 0.00."""
    if evidence.book.edition.zero != "0.00":
        return
    for sheet in evidence.sheets(rule):
        cells = evidence.book.amounts(sheet.table.id)
        blank = [cell for cell in cells if cell.state == "blank"]
        if blank and any(cell.fen == 0 for cell in cells):
            places = few([cell.place.address for cell in blank])
            message = f"{sheet.table.name}有 {len(blank)} 格空白（{places}），其余的零填了 0.00。"
            yield finding(rule, blank[0].place, message, *blank)


def unreadable_amount(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """What is no number, each by itself; where a table has many of them, once a table."""
    yield from _each_or_once_a_table(
        rule,
        evidence,
        [cell for cell in evidence.oddities(rule) if cell.state == "unreadable"],
        lambda cell: f"是“{cell.raw}”，不是数，无法核对",
        "{count} 格读不成数：",
    )
    for place, shown in evidence.book.misread.items():
        yield finding(
            rule, place, f"{place.sheet} {place.address} 是“{shown}”，这一格不能这样填，情况说明和有关规则都没有用它。"
        )


def uncached_formula(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    yield from _once_a_table(
        rule,
        evidence,
        [cell for cell in evidence.oddities(rule) if cell.state == "uncached"],
        lambda cell: cell.place.address,
        "{count} 个公式没有计算结果，能由规则推算的已推算后用于核对其他关系：",
    )


def negative_amount(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Negative amounts where the form expects none; carryovers may be negative and have rules of their own."""
    yield from _each_or_once_a_table(
        rule,
        evidence,
        [cell for cell in evidence.amounts(rule) if cell.fen is not None and cell.fen < 0 and not cell.signed],
        lambda cell: f"为负数 {amount(cell.fen, evidence.book)}",
        "{count} 个负数：",
    )


def unit_slip(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Figures 10,000 times, or a ten-thousandth of, what a broken equation asks for: 元 and 万元 mixed up.

    Where all of them are, no equation tells, but how large the largest is.
    """
    book = evidence.book
    slips: dict[Cell, int] = {}
    for outcome in evidence.outcomes:
        if outcome.verdict == "failed" and outcome.relation.rule.kind == "equation":
            slips |= {cell: wanted for cell, wanted in _wanted(outcome) if _mistaken(cell, wanted, book.currency)}
    if not slips:
        yield from _implausible(rule, evidence)
        return
    other, times = ("元", "一万倍") if book.currency == "万元" else ("万元", "万分之一")
    yield from _once_a_table(
        rule,
        evidence,
        [cell for cell in evidence.amounts(rule) if cell in slips],
        lambda cell: f"{cell.place.address} 的 {amount(cell.fen, book)}（对应数 {amount(slips[cell], book)}）",
        f"{{count}} 个金额约为对应数的{times}，疑似把“{other}”当成了“{book.currency}”：",
    )


def _implausible(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """A unit of more than 10 billion 元, or one of less than 100,000: the 金额单位 may be the wrong one."""
    book = evidence.book
    most = max([abs(cell.fen) for cell in evidence.amounts(rule) if cell.fen], default=0)
    if not most or LEAST[book.currency] <= most <= MOST[book.currency]:
        return
    largest = next(cell for cell in evidence.amounts(rule) if cell.fen in (most, -most))
    spot = next((sheet.spot("currency") for sheet in evidence.sheets(rule) if sheet.currency), None)
    other = "元" if book.currency == "万元" else "万元"
    message = (
        f"金额单位按“{book.currency}”，而最大的金额{cell_name(book, largest)}为 {amount(largest.fen, book)} "
        f"{book.currency}，疑似实为“{other}”。"
    )
    advice = "请核对金额单位；确实如此的，可忽略。"
    yield finding(rule, spot or largest.place, message, largest, advice=advice)._replace(level="warning")


def _wanted(outcome: Outcome) -> Iterator[tuple[Cell, int]]:
    """Each cell with the amount that would mend the equation by itself, if rounding leaves that amount certain."""
    relation = outcome.relation
    alone = sum(1 for _, cell in relation.terms if cell.fen) == 1
    for sign, cell in ((-1, relation.target), *relation.terms):
        wanted = (cell.fen or 0) + sign * outcome.difference
        if wanted and (alone or abs(wanted) > CERTAIN * (cell.step + outcome.bound)):
            yield cell, wanted


def _mistaken(cell: Cell, wanted: int, currency: Currency) -> bool:
    """Whether the cell, not its counterpart, is in the wrong currency: in 万元 too large, in 元 too small."""
    small, large = sorted((abs(cell.fen or 0), abs(wanted)))
    too_large = abs(cell.fen or 0) == large
    return YUAN_AS_WAN[0] * small <= large <= YUAN_AS_WAN[1] * small and too_large == (currency == "万元")


def reception_per_person(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """Reception cost a head (分, half up) above the line the office has set; counts are whole numbers as typed."""
    book = evidence.book
    if book.sheet(SUPPLEMENT) is None:
        yield NotChecked(rule.code, "没有补充资料工作表")
        return
    limit, people = (book.cell(SUPPLEMENT, row, "value") for row in ("reception_limit", "reception_people"))
    spent = book.cell("three_public", "actual", "official_reception")
    if not (limit and limit.fen and people and people.fen and spent and spent.fen):
        return
    heads = people.fen // FEN_PER[book.currency]
    if heads and (each := (2 * spent.fen + heads) // (2 * heads)) > limit.fen:
        message = (
            f"{cell_name(book, people)}为 {heads} 人，{cell_name(book, spent)}为 {amount(spent.fen, book)} "
            f"{book.currency}，人均 {grouped(each, '元')} 元，高于设定的 {grouped(limit.fen, '元')} 元。"
        )
        yield finding(rule, people.place, message, people, spent)


def _each_or_once_a_table(
    rule: Rule, evidence: Evidence, concerned: Iterable[Cell], what: Callable[[Cell], str], summary: str
) -> Iterator[Finding]:
    """A few cells of a table one by one, more than that in one finding."""
    for found in _by_table(concerned).values():
        if len(found) > EXAMPLES:
            yield from _once_a_table(rule, evidence, found, lambda cell: f"{cell.place.address} {what(cell)}", summary)
            continue
        for cell in found:
            yield finding(rule, cell.place, f"{cell_name(evidence.book, cell)}{what(cell)}。", cell)


def _once_a_table(
    rule: Rule,
    evidence: Evidence,
    concerned: Iterable[Cell],
    describe: Callable[[Cell], str],
    summary: str,
) -> Iterator[Finding]:
    """One finding a table that names the first few cells and carries them all."""
    for table, found in _by_table(concerned).items():
        examples = few([describe(cell) for cell in found], between="，")
        message = f"{evidence.book.sheets[table].table.name}有 {summary.format(count=len(found))}{examples}。"
        yield finding(rule, found[0].place, message, *found)


def _by_table(concerned: Iterable[Cell]) -> dict[str, list[Cell]]:
    cells: dict[str, list[Cell]] = defaultdict(list)
    for cell in concerned:
        cells[cell.table].append(cell)
    return cells


CHECKS = (
    text_amount,
    extra_decimals,
    blank_amounts,
    unreadable_amount,
    uncached_formula,
    negative_amount,
    unit_slip,
    reception_per_person,
)
