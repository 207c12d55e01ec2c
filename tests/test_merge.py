"""Departments from units: the sum is exact, in whatever order it is made, and as right as the units are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exact import Figures, rounded
from juesuan.book import Book, Key
from juesuan.check import Checked, check
from juesuan.errors import JuesuanError
from juesuan.merge.comparison import compare
from juesuan.merge.department import Department
from juesuan.merge.member import Adjustment, Member
from juesuan.merge.sums import add_up
from juesuan.model import TOTAL
from juesuan.money import WAN_STEP, Currency
from juesuan.reading.files import workbook_of
from juesuan.reading.recognise import read_book
from juesuan.writing.merging import form_for, merged_file
from juesuan.writing.trace_sheet import Source, parts_of
from units import CATALOGUE, EDITION, summed, unit_figures

SEEDS = st.integers(0, 400)


def member(exact: Mapping[Key, int], name: str, currency: Currency = "元") -> Member:
    return Member(name, "", f"{name}.xlsx", rounded(dict(exact), EDITION, currency))


def merged(members: Sequence[Member], adjustments: Sequence[Adjustment] = ()) -> tuple[bytes, Department]:
    return merged_file(form_for(members, "某部门", CATALOGUE), members, adjustments, CATALOGUE, Source())


def read(content: bytes) -> Book:
    return read_book(workbook_of("某部门.xlsx", content), EDITION)


def amounts(book: Book) -> dict[Key, int]:
    """Every amount of the nine tables that is not nothing."""
    return {key: cell.fen for key, cell in book.cells.items() if cell.fen and key[0] != "three_public_summary"}


def is_printed(key: Key) -> bool:
    """Whether a figure of an exact book has a cell in the nine tables."""
    table = EDITION.table(key[0])
    return (
        table is not None
        and not table.optional
        and table.field(key[2]) is not None
        and key[2] in table.fields_of(key[1])
    )


def truth(*books: Figures) -> dict[Key, int]:
    return {key: fen for key, fen in summed(*books).items() if fen and is_printed(key)}


def errors(checked: Checked) -> list[str]:
    return [finding.message for finding in checked.findings if finding.level == "error"]


@cache
def exact_unit(seed: int) -> Figures:
    return unit_figures(seed)


def sound(*seeds: int) -> list[Figures]:
    """The books of these seeds; only such as have no errors themselves are worth adding up."""
    books = [exact_unit(seed) for seed in seeds]
    assume(all(not errors(check(member(book, "").book, CATALOGUE)) for book in books))
    return books


@settings(max_examples=30, deadline=None)
@given(st.lists(SEEDS, min_size=1, max_size=6))
def test_sums_are_exact(seeds: list[int]) -> None:
    books = [exact_unit(seed) for seed in seeds]
    sums = add_up([member(book, str(number)) for number, book in enumerate(books)], EDITION)
    assert {key: total.fen for key, total in sums.items() if total.fen} == truth(*books)


@settings(max_examples=3, deadline=None)
@given(SEEDS, SEEDS, SEEDS)
def test_a_department_is_the_same_however_its_units_are_grouped(one: int, two: int, three: int) -> None:
    books = sound(one, two, three)
    first, second, third = (member(book, f"单位{number}") for number, book in enumerate(books))
    whole = merged([first, second, third])[1].book
    left = Member("前二", "", "", read(merged([first, second])[0]))
    right = Member("后二", "", "", read(merged([third, second])[0]))
    assert amounts(whole) == truth(*books)
    assert amounts(merged([left, third])[1].book) == amounts(whole)
    assert amounts(merged([right, first])[1].book) == amounts(whole)


@settings(max_examples=5, deadline=None)
@given(st.lists(SEEDS, min_size=1, max_size=4))
def test_a_department_of_units_without_errors_has_none(seeds: list[int]) -> None:
    books = sound(*seeds)
    content, made = merged([member(book, f"单位{number}") for number, book in enumerate(books)])
    written = read(content)
    assert amounts(written) == truth(*books)
    assert not errors(check(written, CATALOGUE))
    assert not made.rests
    assert not written.uncached, "每个公式都带着结果"


def trace_adds_up(made: Department) -> bool:
    return all(
        sum(part.fen - part.off for part in parts_of(figure, made)) == (figure.cell.fen or 0)
        for figure in made.figures.values()
    )


@settings(max_examples=6, deadline=None)
@given(SEEDS, SEEDS)
def test_in_wan_the_sum_is_as_right_as_rounding_allows(one: int, two: int) -> None:
    books = sound(one, two)
    content, made = merged([member(book, f"单位{number}", "万元") for number, book in enumerate(books)])
    assert trace_adds_up(made)
    spans = {key: cell._replace(span=made.figures[key].cell.interval) for key, cell in read(content).cells.items()}
    exact = summed(*books)
    for key, cell in made.book.cells.items():
        if cell.fen is not None and is_printed(key):
            low, high = cell.interval
            assert low <= exact.get(key, 0) <= high, key
    assert not errors(check(read(content).with_cells(spans), CATALOGUE))


def paid(figures: Figures, table: str, field: str) -> dict[str, int]:
    """What a unit paid, or received, of a kind, by 项."""
    return {
        row: fen
        for (name, row, column), fen in figures.items()
        if (name, column) == (table, field) and len(row) == 7 and fen
    }


PAYMENTS = (
    ("remittance_to_superior", "remittance_from_affiliates"),
    ("subsidy_to_affiliates", "grants_from_superior"),
)


@settings(max_examples=6, deadline=None)
@given(SEEDS, SEEDS, st.sampled_from(PAYMENTS), st.data())
def test_what_units_paid_each_other_is_taken_off_on_both_sides(
    payer: int, receiver: int, payment: tuple[str, str], data: st.DataObject
) -> None:
    books = sound(payer, receiver)
    spent, got = paid(books[0], "expenditure", payment[0]), paid(books[1], "revenue", payment[1])
    assume(spent and got)
    given_for, taken_as = data.draw(st.sampled_from(sorted(spent))), data.draw(st.sampled_from(sorted(got)))
    amount = data.draw(st.integers(1, min(spent[given_for], got[taken_as])))
    both = [
        Adjustment(("expenditure", given_for, payment[0]), amount, "付"),
        Adjustment(("revenue", taken_as, payment[1]), amount, "收"),
    ]
    members = [member(book, f"单位{number}") for number, book in enumerate(books)]
    content, made = merged(members, both)
    total = truth(*books)
    assert trace_adds_up(made)
    assert not errors(check(read(content), CATALOGUE))
    for key in (("expenditure", TOTAL, "total"), ("revenue", TOTAL, "total"), ("summary", "grand_total", "revenue")):
        assert amounts(made.book).get(key, 0) == total[key] - amount
    half = merged(members, both[:1])[0]
    assert errors(check(read(half), CATALOGUE)), "只扣一边，收支就不平"


def department_of(*seeds: int) -> tuple[list[Figures], Department, bytes]:
    books = [exact_unit(seed) for seed in seeds]
    content, made = merged([member(book, f"单位{number}") for number, book in enumerate(books)])
    return books, made, content


def test_the_department_that_was_merged_equals_the_sum() -> None:
    _, made, content = department_of(1, 2, 3)
    compared = compare(made, read(content), CATALOGUE)
    assert not compared.differences
    assert compared.equal > 800


@pytest.mark.parametrize(("year", "said"), [(2023, "年度是 2023，各单位是 2024"), (None, "部门工作簿没有写年度")])
def test_a_book_of_another_year_or_of_none_is_not_compared(year: int | None, said: str) -> None:
    _, made, content = department_of(1)
    book = read(content)
    book.sheets = {name: sheet._replace(year=year) for name, sheet in book.sheets.items()}
    with pytest.raises(JuesuanError, match=said):
        compare(made, book, CATALOGUE)


def test_a_unit_that_was_left_out_is_named() -> None:
    books, made, _ = department_of(1, 2, 3)
    submitted = rounded(truth(*books[:2]), EDITION, "元")
    compared = compare(made, submitted, CATALOGUE)
    lacking = {key for key, fen in truth(books[2]).items() if key in made.figures}
    assert {item.figure.cell.key for item in compared.errors} == lacking
    assert all("没有加“单位2”" in {reason.slip for reason in item.reasons} for item in compared.errors)
    own = {item.figure.cell.key for item in compared.errors if not item.follows}
    assert own == {key for key in lacking if not made.figures[key].derived}


def test_a_slip_in_one_sum_is_told_as_its_own() -> None:
    """A total that does not follow from other differences is itself what is wrong."""
    _, made, content = department_of(1, 2)
    book = read(content)
    key = ("expenditure", TOTAL, "total")
    book = book.with_cells({key: book.cells[key]._replace(fen=(book.cells[key].fen or 0) + 100)})
    (item,) = compare(made, book, CATALOGUE).errors
    assert (item.figure.cell.key, item.fen, item.follows) == (key, 100, False)


def test_a_code_that_was_submitted_in_two_rows_counts_with_both() -> None:
    _, made, content = department_of(1, 2)
    book = read(content)
    row = next(row for row in book.lines["expenditure"] if len(row) == 7)
    for cell in [cell for cell in book.lines["expenditure"][row].values() if cell.fen is not None]:
        again = cell._replace(row=f"{row}#2", fen=100)
        book = book.with_cells({cell.key: cell._replace(fen=(cell.fen or 0) - 100), again.key: again})
    assert not compare(made, book, CATALOGUE).differences


def test_rounding_and_balancing_of_the_published_book_are_no_differences() -> None:
    books, made, _ = department_of(4, 5)
    published = rounded(truth(*books), EDITION, "万元")
    key = next(key for key, cell in published.cells.items() if cell.fen and cell.fen > 10 * WAN_STEP)
    compared = compare(made, published, CATALOGUE)
    assert not compared.errors
    assert compared.differences
    published = published.with_cells(
        {key: published.cells[key]._replace(fen=(published.cells[key].fen or 0) + 2 * WAN_STEP)}
    )
    assert [item.figure.cell.key for item in compare(made, published, CATALOGUE).errors] == [key]


def listing(rows: Iterable[tuple[str, int]]) -> Figures:
    """A book that spends on these codes, in 公开03 alone."""
    return {("expenditure", code, "basic"): fen for code, fen in rows}


def test_codes_listed_to_different_depths_are_refused() -> None:
    items = member(listing([("201", 100), ("20103", 100), ("2010350", 100)]), "甲")
    groups = member(listing([("201", 200), ("20103", 200)]), "乙")
    with pytest.raises(JuesuanError, match=r"“乙”的公开03表只列到 20103.*“甲”列到了下级科目"):
        add_up([items, groups], EDITION)
    assert add_up([groups, groups], EDITION)["expenditure", "20103", "basic"].fen == 400
