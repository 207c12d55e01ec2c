"""Findings are grouped by what they have in common: one wrong figure is one group, two are two."""

from __future__ import annotations

from time import process_time

import pytest

from honest import CATALOGUE, EDITION, honest
from juesuan.book import Book
from juesuan.causes import grouped_by_cause
from juesuan.check import check
from juesuan.rules import Finding
from slips.slip import CENTRE

Key = tuple[str, str, str]
SLIP = 3_330_000
"""3.33 万元, in 分."""


def findings(*wrong: Key) -> list[Finding]:
    """What is found when these figures of an honest book are too large."""
    book = honest(CENTRE)
    cells = dict(book.cells)
    for key in wrong:
        cells[key] = cells[key]._replace(fen=(cells[key].fen or 0) + SLIP)
    altered = Book(EDITION, book.sheets.values(), cells.values(), facts=book.facts)
    return [item for item in check(altered, CATALOGUE).findings if item.rule not in ("CODE002", "TAIL")]


def test_any_one_wrong_figure_is_found_and_is_one_cause() -> None:
    figures = [key for key, cell in honest(CENTRE).cells.items() if cell.fen and key[0] != "supplement"]
    assert len(figures) > 300
    for key in figures:
        found = findings(key)
        groups = {item.group for item in found}
        assert len(groups) == 1, (key, [(item.rule, item.group) for item in found])
        assert len(found) == 1 or groups == {0}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("expenditure", "2070308", "basic"), ("basic_expenditure", "302", "amount")),
        (("summary", "208", "expenditure"), ("three_public", "actual", "vehicles")),
        (("general_budget", "2101103", "total"), ("revenue", "total", "other_revenue")),
        (("government_fund", "22960", "revenue"), ("state_capital", "22301", "project")),
    ],
)
def test_two_wrong_figures_in_different_tables_are_two_causes(first: Key, second: Key) -> None:
    together = findings(first, second)
    for key in (first, second):
        alone = {(item.rule, item.place) for item in findings(key)}
        groups = {item.group for item in together if (item.rule, item.place) in alone}
        assert len(groups) == 1
    assert len({item.group for item in together}) == 2


def test_what_is_found_in_an_honest_book_has_no_cause() -> None:
    assert findings() == []


def test_thousands_of_wrong_figures_are_grouped_soon() -> None:
    one = next(item for item in findings(("expenditure", "2070308", "basic")) if item.cells)
    many = [
        one._replace(cells=tuple(cell._replace(place=cell.place._replace(row=row)) for cell in one.cells), group=None)
        for row in range(3_000)
    ]
    start = process_time()
    grouped_by_cause(many, ())
    assert process_time() - start < 3
