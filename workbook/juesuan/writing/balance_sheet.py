"""The sheet 舍位平衡: how the figures were rounded, each one that was not rounded by itself, each tail that is left."""

from __future__ import annotations

from collections.abc import Sequence

from juesuan.balance.balanced import Balanced
from juesuan.balance.sentences import method_text, reason, summary
from juesuan.book import Book, Cell
from juesuan.marking.result_looks import Looks, looks_in
from juesuan.money import to_text
from juesuan.ooxml.new_sheet import NewCell, NewSheet
from juesuan.ooxml.styles_xml import Styles
from juesuan.ooxml.text_size import text_lines
from juesuan.place import Place
from juesuan.wording import cell_name

NAME = "舍位平衡"
MARKER = "_juesuan_balance"
"""A name that belongs to the sheet alone."""

WIDTHS = (6, 15, 38, 17, 14, 14, 58)
_LINE = 13.5
_WHOLE = (1, len(WIDTHS))


def balance_sheet(balanced: Balanced, styles: Styles) -> bytes:
    """The formats it needs are added to `styles`."""
    writer = _Writer(looks_in(styles))
    book = balanced.after
    about = "　".join(filter(None, (book.unit, f"{book.year}年度" if book.year else "", book.edition.title)))
    writer.across(NAME, writer.looks.title, 30)
    writer.across(f"{about}　金额单位：万元", writer.looks.plain)
    writer.across(f"办法：{method_text(balanced)}", writer.looks.plain)
    writer.across("".join(summary(balanced)), writer.looks.plain)
    writer.across("各表的金额写成数值，不再带公式；这张表供内部留存，公开前可以删除。", writer.looks.plain)
    currency = balanced.before.currency
    writer.section("一、没有照四舍五入的数", len(balanced.changes))
    if balanced.changes:
        writer.headings("序号", "单元格", "是什么", f"原值（{currency}）", "四舍五入", "调后", "原因")
    for change in balanced.changes:
        was = to_text(change.cell.fen or 0, currency)
        writer.line(
            change.cell.place,
            _named(balanced.before, change.cell),
            (was, *_wan(change.rounded, change.fen)),
            reason(change),
        )
    writer.section("二、留有尾差的关系", len(balanced.tails))
    if balanced.tails:
        writer.headings("序号", "单元格", "是什么", "现值", "各项相加", "差额", "规则")
    for outcome in balanced.tails:
        rule, target = outcome.relation.rule, outcome.relation.target
        amounts = _wan(target.fen or 0, outcome.expected, outcome.difference)
        writer.line(target.place, _named(book, target), amounts, f"{rule.title}（{rule.code}）")
    return writer.sheet.xml()


def _named(book: Book, cell: Cell) -> str:
    """Row and column of a cell."""
    _, mark, name = cell_name(book, cell).partition("「")
    return mark + name


def _wan(*amounts: int) -> tuple[str, ...]:
    return tuple(to_text(fen, "万元") for fen in amounts)


def _fits(number: str) -> bool:
    """Whether the format of amounts shows all decimals."""
    return len(number.partition(".")[2]) <= 2


class _Writer:
    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.sheet = NewSheet(WIDTHS)
        self._number = 0

    def across(self, text: str, look: int, height: float = 18) -> None:
        lines = text_lines(text, sum(WIDTHS))
        cells = {column: NewCell(text if column == 1 else "", look) for column in range(1, len(WIDTHS) + 1)}
        self.sheet.row(cells, max(height, _LINE * lines + 4), (_WHOLE,))

    def section(self, title: str, count: int) -> None:
        self._number = 0
        self.sheet.row({}, 8)
        self.across(f"{title}（{f'{count} 条' if count else '没有'}）", self.looks.head, 20)

    def headings(self, *texts: str) -> None:
        self.sheet.row({column: NewCell(text, self.looks.heading) for column, text in enumerate(texts, 1)}, 18)

    def line(self, place: Place, name: str, amounts: Sequence[str], why: str) -> None:
        self._number += 1
        looks = self.looks
        self.sheet.link(2, place)
        cells = {
            1: NewCell(str(self._number), looks.centred),
            2: NewCell(f"{place.sheet} {place.address}", looks.link),
            3: NewCell(name, looks.text),
            **{column: NewCell(text, looks.amount, number=_fits(text)) for column, text in enumerate(amounts, 4)},
            7: NewCell(why, looks.text),
        }
        lines = max(text_lines(name, WIDTHS[2]), text_lines(why, WIDTHS[6]))
        self.sheet.row(cells, _LINE * lines + 4)
