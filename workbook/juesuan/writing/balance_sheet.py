"""The sheet 舍位平衡: how the figures were rounded, each one that was not rounded by itself, each tail that is left."""

from __future__ import annotations

from collections.abc import Sequence

from juesuan.balance.balanced import Balanced
from juesuan.balance.sentences import method_text, reason, summary
from juesuan.marking.result_looks import looks_in
from juesuan.money import to_text
from juesuan.ooxml.new_sheet import NewCell
from juesuan.ooxml.styles_xml import Styles
from juesuan.place import Place
from juesuan.wording import cell_in_table
from juesuan.writing.listing import Listing

NAME = "舍位平衡"
MARKER = "_juesuan_balance"
"""A name that belongs to the sheet alone."""

WIDTHS = (6, 15, 38, 17, 14, 14, 58)


def balance_sheet(balanced: Balanced, styles: Styles) -> bytes:
    """The formats it needs are added to `styles`."""
    listing = Listing(looks_in(styles), WIDTHS)
    book = balanced.after
    about = "　".join(filter(None, (book.unit, f"{book.year}年度" if book.year else "", book.edition.title)))
    listing.title(NAME)
    listing.sentence(f"{about}　金额单位：万元")
    listing.sentence(f"办法：{method_text(balanced)}")
    listing.sentence("".join(summary(balanced)))
    listing.sentence("各表的金额写成数值，不再带公式；这张表供内部留存，公开前可以删除。")
    currency = balanced.before.currency
    headings = ("序号", "单元格", "是什么", f"原值（{currency}）", "四舍五入", "调后", "原因")
    listing.section("一、没有照四舍五入的数", len(balanced.changes), *headings)
    for number, change in enumerate(balanced.changes, 1):
        amounts = to_text(change.cell.fen or 0, currency), *_wan(change.rounded, change.fen)
        _line(listing, number, change.cell.place, cell_in_table(balanced.before, change.cell), amounts, reason(change))
    headings = ("序号", "单元格", "是什么", "现值", "各项相加", "差额", "规则")
    listing.section("二、留有尾差的关系", len(balanced.tails), *headings)
    for number, outcome in enumerate(balanced.tails, 1):
        rule, target = outcome.relation.rule, outcome.relation.target
        amounts = _wan(target.fen or 0, outcome.expected, outcome.difference)
        _line(listing, number, target.place, cell_in_table(book, target), amounts, f"{rule.title}（{rule.code}）")
    return listing.sheet.xml()


def _wan(*amounts: int) -> tuple[str, ...]:
    return tuple(to_text(fen, "万元") for fen in amounts)


def _fits(number: str) -> bool:
    """Whether the format of amounts shows all decimals."""
    return len(number.partition(".")[2]) <= 2


def _line(listing: Listing, number: int, place: Place, name: str, amounts: Sequence[str], why: str) -> None:
    looks = listing.looks
    listing.sheet.link(2, place)
    listing.line(
        {
            1: NewCell(str(number), looks.centred),
            2: NewCell(f"{place.sheet} {place.address}", looks.link),
            3: NewCell(name, looks.text),
            **{column: NewCell(text, looks.amount, number=_fits(text)) for column, text in enumerate(amounts, 4)},
            7: NewCell(why, looks.text),
        }
    )
