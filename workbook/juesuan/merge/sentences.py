"""What is said of a department's book."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.merge.department import Department
from juesuan.model import TOTAL
from juesuan.wording import amount

BETWEEN = (
    ("remittance_to_superior", "上缴上级支出", "remittance_from_affiliates", "附属单位上缴收入"),
    ("subsidy_to_affiliates", "对附属单位补助支出", "grants_from_superior", "上级补助收入"),
)
"""What one unit pays another is spent by the one and received by the other: column and name in 支出, in 收入."""


def summary(made: Department) -> Iterator[str]:
    """Who was added up, in what, and what is to be known of it."""
    book = made.book
    first = made.members[0].book
    yield (
        f"{len(made.members)} 个单位，{first.year} 年度，{book.edition.title}，金额单位：{book.currency}；"
        f"部门数＝各单位数之和－调整数，调整 {len(made.adjustments)} 笔。"
    )
    if made.reason:
        yield f"放行理由：{made.reason}"
    if made.rests:
        largest = amount(max(abs(figure.rest) for figure in made.rests), book)
        yield f"{len(made.rests)} 个合计按明细重算，与各单位该格之和不同，最大相差 {largest}，逐格见“汇总来源”。"
    yield from paid_between_units(made)


def paid_between_units(made: Department) -> Iterator[str]:
    """Where units may have paid each other and nothing, or not all, was taken off."""
    book = made.book
    for paid, spending, received, income in BETWEEN:
        spent, got = book.cell("expenditure", TOTAL, paid), book.cell("revenue", TOTAL, received)
        if spent and spent.fen and got and got.fen:
            amounts = [amount(fen, book) for fen in (spent.fen, got.fen)]
            yield (
                f"汇总以后还有{spending} {amounts[0]}、{income} {amounts[1]}："
                "其中单位之间互相上缴、补助的算了两遍，请核对是否写进调整表（--adjust）。"
            )
