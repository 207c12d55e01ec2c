"""The sheet 汇总来源: the units, the adjustments, and for every figure of the department what each unit gives to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan.book import Book, Cell
from juesuan.marking.result_looks import Looks, looks_in
from juesuan.merge.department import Department, Figure
from juesuan.merge.member import Member
from juesuan.merge.sentences import named, summary
from juesuan.model import TOTAL
from juesuan.money import to_text
from juesuan.ooxml.new_sheet import NewCell, NewSheet
from juesuan.ooxml.styles_xml import Styles
from juesuan.ooxml.text_size import text_lines

NAME = "汇总来源"
WIDTHS = (10, 12, 40, 30, 17, 17, 44)
MOST_LINES = 100_000
_LINE = 13.5
_WHOLE = (1, len(WIDTHS))
_AMOUNTS = (5, 6)


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
    writer = _Writer(looks_in(styles), made.book)
    writer.across(NAME, writer.looks.title, 30)
    for text in (*summary(made), *source.notes):
        writer.across(text, writer.looks.plain)
    writer.section("一、单位")
    writer.headings("序号", "单位编码", "单位", "工作簿", "本年收入合计", "本年支出合计", "说明")
    for number, member in enumerate(made.members, 1):
        writer.member(number, member)
    writer.section("二、调整")
    if made.adjustments:
        writer.headings("表", "单元格", "行和栏", "单位", "", "扣除", "原因")
    for adjustment in made.adjustments:
        cell = made.book.cells[adjustment.key]
        writer.line(cell, Part(adjustment.unit, 0, adjustment.fen, adjustment.reason))
    writer.section("三、每一格的来源（金额之和减去扣除，就是这一格的数；为零的不列）")
    if len(_listed(made)) < len(made.figures):
        writer.across("来源超过十万行，公式得出的合计没有列，它们的来源见 --format json。", writer.looks.plain)
    writer.headings("表", "单元格", "行和栏", "单位", "金额", "扣除", "说明")
    writer.filter_from_here()
    for figure in _listed(made):
        for number, part in enumerate(parts_of(figure, made)):
            writer.line(figure.cell, part, linked=not number)
    return writer.sheet.xml()


def _listed(made: Department) -> list[Figure]:
    """All figures; without those that follow from others where there would be too many lines to look through."""
    figures = list(made.figures.values())
    lines = sum(len(figure.sum.parts) for figure in figures if figure.sum)
    return figures if lines <= MOST_LINES else [figure for figure in figures if not figure.derived]


class _Writer:
    def __init__(self, looks: Looks, book: Book) -> None:
        self.looks = looks
        self.book = book
        self.sheet = NewSheet(WIDTHS)

    def across(self, text: str, look: int, height: float = 18) -> None:
        lines = text_lines(text, sum(WIDTHS))
        cells = {column: NewCell(text if column == 1 else "", look) for column in range(1, len(WIDTHS) + 1)}
        self.sheet.row(cells, max(height, _LINE * lines + 4), (_WHOLE,))

    def section(self, title: str) -> None:
        self.sheet.row({}, 8)
        self.across(title, self.looks.head, 20)

    def headings(self, *texts: str) -> None:
        self.sheet.row({column: NewCell(text, self.looks.heading) for column, text in enumerate(texts, 1)}, 18)

    def filter_from_here(self) -> None:
        self.sheet.filter_from(self.sheet.rows, len(WIDTHS))

    def member(self, number: int, member: Member) -> None:
        totals = [member.book.cell(table, TOTAL, "total") for table in ("revenue", "expenditure")]
        said = f"有 {member.errors} 处错误，照原数汇总" if member.errors else ""
        texts = (str(number), member.code, member.name, os.path.basename(member.path))
        self._row(texts, [cell.fen if cell else None for cell in totals], said)

    def line(self, cell: Cell, part: Part, *, linked: bool = True) -> None:
        if linked:
            self.sheet.link(2, cell.place)
        texts = (cell.place.sheet, cell.place.address, named(self.book, cell), part.unit)
        self._row(texts, [part.fen or None, part.off or None], part.why, linked=linked)

    def _row(self, texts: Sequence[str], amounts: Sequence[int | None], said: str, *, linked: bool = False) -> None:
        looks = self.looks
        cells = {
            column: NewCell(text, looks.link if linked and column == 2 else looks.text)
            for column, text in enumerate((*texts, "", "", said), 1)
        }
        for column, fen in zip(_AMOUNTS, amounts, strict=True):
            text = "" if fen is None else to_text(fen, self.book.currency)
            cells[column] = NewCell(text, looks.amount, number=True)
        lines = max(text_lines(text, width) for text, width in zip((*texts, "", "", said), WIDTHS, strict=True))
        self.sheet.row(cells, _LINE * lines + 4)
