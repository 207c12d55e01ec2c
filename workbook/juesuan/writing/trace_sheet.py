"""The sheet 汇总来源: the units, the adjustments, and for every figure of the department what each unit gives to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan.book import Book, Cell
from juesuan.marking.result_looks import looks_in
from juesuan.merge.department import Department, Figure
from juesuan.merge.member import Member
from juesuan.merge.sentences import summary
from juesuan.model import TOTAL
from juesuan.money import Currency, to_text
from juesuan.ooxml.new_sheet import NewCell
from juesuan.ooxml.styles_xml import Styles
from juesuan.reading.own_sheet import TRACE_NAME
from juesuan.wording import cell_in_table
from juesuan.writing.listing import Listing

WIDTHS = (10, 12, 40, 30, 17, 17, 44)
MOST_LINES = 100_000


class Source(NamedTuple):
    """What is to be said of where the books came from: `notes` are sentences."""

    reason: str = ""
    notes: tuple[str, ...] = ()


class Part(NamedTuple):
    """A line of the trace: who gives an amount (分) to a cell, or what is taken off it, and why."""

    unit: str
    fen: int
    off: int
    why: str = ""


def parts_of(figure: Figure, made: Department) -> Iterator[Part]:
    """What a figure is made of: the amounts less what is taken off are the figure, to the 分."""
    for number, fen in figure.sum.parts if figure.sum else ():
        if fen:
            yield Part(made.members[number].name, fen, 0)
    if figure.derived and figure.off:
        yield Part("", 0, figure.off, "随明细的调整")
    for adjustment in made.adjustments if not figure.derived else ():
        if adjustment.key == figure.cell.key:
            yield Part(adjustment.unit, 0, adjustment.fen, adjustment.reason)
    if figure.rest:
        yield Part("", 0, -figure.rest, "各单位该格之和与按明细相加的差")
    if figure.sum is None and figure.cell.fen:
        yield Part("", figure.cell.fen, 0, "不是各单位都有这一格，由公式得出")


def trace_sheet(made: Department, source: Source, styles: Styles) -> bytes:
    """The formats it needs are added to `styles`."""
    listing = Listing(looks_in(styles), WIDTHS)
    listing.title(TRACE_NAME)
    for text in (*summary(made), *source.notes):
        listing.sentence(text)
    listing.heading("一、单位")
    listing.columns("序号", "单位编码", "单位", "工作簿", "本年收入合计", "本年支出合计", "说明")
    for number, member in enumerate(made.members, 1):
        _member(listing, number, member)
    headings = ("表", "单元格", "行和栏", "单位", "", "扣除", "原因")
    listing.section("二、调整", len(made.adjustments), *headings)
    for adjustment in made.adjustments:
        cell = made.book.cells[adjustment.key]
        _part(listing, made.book, cell, Part(adjustment.unit, 0, adjustment.fen, adjustment.reason))
    listing.heading("三、每一格的来源（金额之和减去扣除，就是这一格的数；为零的不列）")
    if len(_listed(made)) < len(made.figures):
        listing.sentence("来源超过十万行，公式得出的合计没有列，它们的来源见 --format json。")
    listing.columns("表", "单元格", "行和栏", "单位", "金额", "扣除", "说明")
    listing.sheet.filter_from(listing.sheet.rows, len(WIDTHS))
    for figure in _listed(made):
        for number, part in enumerate(parts_of(figure, made)):
            _part(listing, made.book, figure.cell, part, linked=not number)
    return listing.sheet.xml()


def _listed(made: Department) -> list[Figure]:
    """All figures; without those that follow from others where there would be too many lines to look through."""
    figures = list(made.figures.values())
    lines = sum(len(figure.sum.parts) for figure in figures if figure.sum)
    return figures if lines <= MOST_LINES else [figure for figure in figures if not figure.derived]


def _member(listing: Listing, number: int, member: Member) -> None:
    totals = [member.book.cell(table, TOTAL, "total") for table in ("revenue", "expenditure")]
    said = f"有 {member.errors} 处错误，照原数汇总" if member.errors else ""
    texts = (str(number), member.code, member.name, os.path.basename(member.path))
    _line(listing, texts, [cell.fen if cell else None for cell in totals], said, member.book.currency)


def _part(listing: Listing, book: Book, cell: Cell, part: Part, *, linked: bool = True) -> None:
    if linked:
        listing.sheet.link(2, cell.place)
    texts = (cell.place.sheet, cell.place.address, cell_in_table(book, cell), part.unit)
    _line(listing, texts, [part.fen or None, part.off or None], part.why, book.currency, linked=linked)


def _line(
    listing: Listing,
    texts: Sequence[str],
    amounts: Sequence[int | None],
    said: str,
    currency: Currency,
    *,
    linked: bool = False,
) -> None:
    looks = listing.looks
    shown = (NewCell("" if fen is None else to_text(fen, currency), looks.amount, number=True) for fen in amounts)
    first = (NewCell(text, looks.link if linked and at == 1 else looks.text) for at, text in enumerate(texts))
    listing.line(dict(enumerate((*first, *shown, NewCell(said, looks.text)), 1)))
