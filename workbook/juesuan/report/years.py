"""The main figures of this year beside those of last year and the year before, as far as their books were given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from juesuan.book import Book
from juesuan.checks.years import percent_of
from juesuan.model import TOTAL
from juesuan.money import grouped, to_text
from juesuan.reading.grid import spelled

MAIN = (
    ("收入总计", "summary", "grand_total", "revenue"),
    ("本年收入合计", "summary", "revenue_total", "revenue"),
    ("本年支出合计", "summary", "expenditure_total", "expenditure"),
    ("基本支出", "expenditure", TOTAL, "basic"),
    ("项目支出", "expenditure", TOTAL, "project"),
    ("年末结转和结余", "summary", "closing_carryover", "expenditure"),
    ("财政拨款收入", "appropriation_summary", "revenue_total", "revenue"),
    ("财政拨款支出", "appropriation_summary", "expenditure_total", "total"),
    ("一般公共预算财政拨款支出", "general_budget", TOTAL, "total"),
    ("人员经费", "basic_expenditure", "personnel", "amount"),
    ("公用经费", "basic_expenditure", "operating", "amount"),
    ("政府性基金预算财政拨款支出", "government_fund", TOTAL, "total"),
    ("国有资本经营预算财政拨款支出", "state_capital", TOTAL, "total"),
    ("“三公”经费决算数", "three_public", "actual", "total"),
)
MOST = 3
NUMERALS = {2: "两", 3: "三"}


class Row(NamedTuple):
    """One figure, `amounts` (分) from this year back; `change` and `percent`: since last year, where they are known."""

    name: str
    key: tuple[str, str, str]
    amounts: tuple[int | None, ...]

    @property
    def change(self) -> int | None:
        now, then, *_ = self.amounts
        return None if now is None or then is None else now - then

    @property
    def percent(self) -> str | None:
        then = self.amounts[1]
        return percent_of(self.change, then) if then and self.change is not None else None


class Years(NamedTuple):
    years: tuple[int | None, ...]
    rows: tuple[Row, ...]


def years_of(book: Book) -> Years | None:
    """None where no last year's book was given."""
    books = [book]
    while len(books) < MOST and (before := books[-1].last_year):
        books.append(before)
    if len(books) == 1:
        return None
    rows = []
    for name, *key in MAIN:
        cells = [each.cell(*key) for each in books]
        amounts = tuple(cell.fen if cell else None for cell in cells)
        if any(fen is not None for fen in amounts):
            rows.append(Row(name, (key[0], key[1], key[2]), amounts))
    years = [each.year or (book.year - back if book.year else None) for back, each in enumerate(books)]
    return Years(tuple(years), tuple(rows))


def heading(book: Book, years: Years) -> str:
    return f"{NUMERALS[len(years.years)]}年对比（{book.currency}）{other_units(book)}"


def other_units(book: Book) -> str:
    """Whose the earlier books are, where it is not this unit: it may be another's, or have gone by another name."""
    named = []
    while (before := book.last_year) is not None:
        if book.unit and before.unit and spelled(book.unit) != spelled(before.unit):
            named.append(f"{before.year or '上'} 年的单位是“{before.unit}”，与后一年的“{book.unit}”不同")
        book = before
    return f"（{'；'.join(named)}，请核实是否同一单位）" if named else ""


def columns(years: Years) -> tuple[str, ...]:
    return ("", *(f"{year} 年" for year in years.years), "比上年增减", "增减率")


def texts(book: Book, row: Row) -> tuple[str, ...]:
    """A row as it is shown: what is not there is a dash."""
    amounts = (*row.amounts, row.change)
    shown = ("—" if fen is None else grouped(fen, book.currency) for fen in amounts)
    return (row.name, *shown, f"{row.percent}%" if row.percent else "—")


def lines(book: Book) -> Iterator[str]:
    """The comparison for people at a terminal; nothing without last year's book."""
    if years := years_of(book):
        yield ""
        yield f"{heading(book, years)}："
        for row in years.rows:
            name, *amounts = texts(book, row)
            told = "，".join(f"{column} {text}" for column, text in zip(columns(years)[1:], amounts, strict=True))
            yield f"  {name}：{told}"


def as_dict(book: Book) -> dict[str, object] | None:
    """The same for programs, amounts as decimal strings in the book's own currency."""
    years = years_of(book)
    return years and {
        "years": list(years.years),
        "figures": [
            {
                "name": row.name,
                **dict(zip(("table", "row", "field"), row.key, strict=True)),
                "amounts": [None if fen is None else to_text(fen, book.currency) for fen in row.amounts],
                "change": None if row.change is None else to_text(row.change, book.currency),
                "percent": row.percent,
            }
            for row in years.rows
        ],
    }
