"""The tables as they are published: which rows are listed, and what is printed of nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from openpyxl import Workbook

from honest import honest
from juesuan.book import Book
from juesuan.document.tables import Published, published_tables
from juesuan.edition import known_editions, load_edition
from juesuan.model import SUPPLEMENT
from juesuan.template.form import Heading, draw
from slips.slip import JIAOZUO

LEAF = "2010350"


def expenditure(book: Book) -> Published:
    _, tables = published_tables(book)
    return next(item for item in tables if item.table.id == "expenditure")


def listed(drawn: Published) -> list[tuple[str, list[object]]]:
    """The codes of the rows, and what stands in their columns of amounts."""
    columns = list(drawn.form.columns.values())
    return [
        (str(drawn.sheet.cell(row, 1).value), [drawn.sheet.cell(row, column).value for column in columns])
        for row in drawn.form.body
    ]


def with_amounts(book: Book, row: str, fen: int | None) -> Book:
    cells = {key: cell for key, cell in book.cells.items() if key[:2] == ("expenditure", row)}
    return book.with_cells({key: cell._replace(fen=fen) for key, cell in cells.items()})


def twice(book: Book) -> Book:
    """With a second row of one code."""
    sheet = book.sheets["expenditure"]
    label = next(label for label in sheet.rows if label.key == LEAF)
    again = f"{LEAF}#2"
    cells = [cell._replace(row=again) for cell in book.lines["expenditure"][LEAF].values()]
    book = book.with_cells({cell.key: cell for cell in cells})
    book.sheets = book.sheets | {"expenditure": sheet._replace(rows=(*sheet.rows, label._replace(key=again)))}
    return book


def test_a_code_that_stands_in_two_rows_is_printed_as_it_is_in_both() -> None:
    rows = listed(expenditure(twice(honest(JIAOZUO))))
    assert [code for code, _ in rows].count(LEAF) == 2
    assert not [code for code, _ in rows if "#" in code]
    assert len({tuple(amounts) for code, amounts in rows if code == LEAF}) == 1
    rows = listed(expenditure(with_amounts(twice(honest(JIAOZUO)), LEAF, None)))
    assert [any(amounts) for code, amounts in rows if code == LEAF] == [False, True], "有数的是后一行"


def test_rows_above_an_amount_are_listed_though_they_come_to_nothing() -> None:
    book = with_amounts(with_amounts(honest(JIAOZUO), "20103", 0), "201", 0)
    codes = [code for code, _ in listed(expenditure(book))]
    assert codes[:3] == ["201", "20103", LEAF]
    gone = with_amounts(book, LEAF, 0)
    assert not {"201", "20103", LEAF}.intersection(code for code, _ in listed(expenditure(gone)))


@pytest.mark.parametrize(("zero", "nothing"), [("0.00", Decimal("0.00")), ("blank", None)])
def test_what_is_too_small_to_be_seen_is_printed_as_0(zero: str, nothing: Decimal | None) -> None:
    book = with_amounts(honest(JIAOZUO), LEAF, 1)
    book.edition = book.edition._replace(zero=zero)
    amounts = dict(listed(expenditure(book)))
    assert set(amounts[LEAF]) == {Decimal("0.00")}
    assert amounts["20807"][-1] == nothing


@pytest.mark.parametrize("name", known_editions())
def test_amounts_have_separators_and_two_decimals_whether_the_tables_have_numbers_or_not(name: str) -> None:
    edition = load_edition(name)
    for table in edition.tables:
        sheet = Workbook().worksheets[0]
        form = draw(sheet, table, Heading("某局", 2024, "万元"))
        formats = {sheet.cell(*place).number_format for place in form.cells.values()}
        assert formats == ({"General"} if table.id == SUPPLEMENT else {"#,##0.00"})
