"""What is typed into 补01–补09 is taken for what it says, to the last digit, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from juesuan.book import Book
from juesuan.errors import JuesuanError
from juesuan.intake.adjustment_file import read_adjustments
from juesuan.intake.last_year import find_last_year
from juesuan.money import Currency
from juesuan.narrative.supplement import Supplement
from juesuan.reading.files import WorkbookFile, open_workbook
from juesuan.reading.recognise import read_book
from juesuan.reading.supplement_sheets import carried_over, read_supplement
from test_fill_last_year import this_year, year_before
from texts import EDITION

Typed = dict[tuple[str, str], Any]
Told = tuple[WorkbookFile, Book, Supplement]


def told(path: Path) -> Told:
    file = open_workbook(str(path))
    book = read_book(file, EDITION)
    return file, book, read_supplement(file, book)


@pytest.fixture
def typed(tmp_path: Path) -> Callable[[Typed], Told]:
    """A workbook in 万元 with its supplementary sheets, and something typed into them beside the labels."""

    def write(cells: Typed) -> Told:
        path = this_year(tmp_path / "本年.xlsx")
        book = openpyxl.load_workbook(path)
        for (sheet, label), value in cells.items():
            row = next(row for row in book[sheet].iter_rows() if row[0].value == label)
            row[1].value = value
        book.save(path)
        return told(path)

    return write


def test_an_amount_in_another_currency_is_not_taken_for_one_in_this(typed: Callable[[Typed], Told]) -> None:
    cells = {("补02 上年数", "上年收、支总计"): "10320000元", ("补06 政府采购", "政府采购货物支出"): "12.5万元"}
    _, book, supplement = typed(cells)
    assert "last_total" not in supplement.values
    assert supplement.values["procurement_goods"] == 12_500_000
    assert list(book.misread.values()) == ["10320000元"]


def test_a_code_typed_as_a_number_keeps_all_its_digits(typed: Callable[[Typed], Told]) -> None:
    _, _, supplement = typed({("补01 基本信息", "单位代码"): 410800123, ("补01 基本信息", "主管部门编码"): 507})
    assert (supplement.text("unit_code"), supplement.text("parent_code")) == ("410800123", "507")


def test_units_whose_codes_begin_alike_are_two(tmp_path: Path, typed: Callable[[Typed], Told]) -> None:
    file, book, _ = typed({("补01 基本信息", "单位代码"): 410800123})
    other = year_before(tmp_path / "上年" / "另一家.xlsx", code="x")
    changed = openpyxl.load_workbook(other)
    changed["补01 基本信息"]["B4"] = 410800456
    changed.save(other)
    with pytest.raises(JuesuanError, match="没有找到"):
        find_last_year(str(other.parent), file, book)


def test_a_score_is_rounded_and_a_count_is_whole(typed: Callable[[Typed], Told]) -> None:
    cells = {
        ("补08 绩效", "部门整体支出绩效自评得分"): 94.675,
        ("补08 绩效", "全面自评的项目个数"): 4.5,
        ("补08 绩效", "部门评价的项目个数"): "4",
    }
    _, book, supplement = typed(cells)
    assert supplement.values["whole_score"] == 9468
    assert supplement.values["review_count"] == 4
    assert list(book.misread.values()) == ["4.5"]


def test_a_sum_with_a_part_that_cannot_be_read_cannot_be_told(typed: Callable[[Typed], Told]) -> None:
    owned = ("supplement", "vehicles_owned", "value")
    first, second = "省级领导干部用车（辆）", "离退休干部服务用车（辆）"
    for cells, state in (({first: 1, second: 2}, "given"), ({first: 1, second: "两辆"}, "unreadable")):
        _, book, _ = typed({("补07 国有资产", label): value for label, value in cells.items()})
        assert book.cells[owned].state == state
    _, book, _ = typed({("补07 国有资产", first): "一辆", ("补07 国有资产", second): 2})
    assert book.cells[owned].state == "unreadable"


def test_white_space_is_a_blank_to_be_filled(tmp_path: Path, typed: Callable[[Typed], Told]) -> None:
    file, book, _ = typed({("补02 上年数", "上年收、支总计"): "  "})
    before = find_last_year(str(year_before(tmp_path / "上年.xlsx")), file, book)
    carried = carried_over(file, book, before.book)
    assert carried
    assert (len(carried.written), carried.kept) == (3, ())


def test_an_adjustment_in_another_currency_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "调整表.csv"
    wrong: list[tuple[str, Currency]] = [("31.5万元", "元"), ("315000元", "万元")]
    for amount, currency in wrong:
        path.write_text(f"表,行,栏,金额,原因\n公开03表,2010350,基本支出,{amount},往来\n", encoding="utf-8")
        with pytest.raises(JuesuanError, match=f"第 2 行：金额“{amount}”不对"):
            read_adjustments(str(path), EDITION, currency)
    (first,) = read_adjustments(str(path), EDITION, "元")
    assert first.fen == 31_500_000


def test_a_list_whose_sheet_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "调整表.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0]["A30000"] = 1
    book.save(path)
    with pytest.raises(JuesuanError, match="里没有读得了的工作表"):
        read_adjustments(str(path), EDITION, "元")
