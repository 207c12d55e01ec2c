"""Workbooks as bureaus really get them: what is odd about them is neither an error nor a reason not to judge."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import plain
from honest import judged
from hostile.kind import parts, zipped
from juesuan.check import Checked
from juesuan.errors import UnreadableBook
from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.package import Package
from plain import Style

HONEST = {"X051", "X052", "X053", "X054", "X057", "TAIL"}

Change = Callable[[Workbook], None]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Checked]:
    def judge(change: Change, style: Style | None = None) -> Checked:
        path = plain.write(tmp_path / "书.xlsx", style or Style())
        file = openpyxl.load_workbook(path)
        change(file)
        file.save(path)
        return judged(path)

    return judge


def row_of(sheet: Worksheet, text: str, column: int = 1) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value == text)


def remark_column(file: Workbook) -> None:
    for name in ("公开02表", "公开04表", "公开09表"):
        sheet = file[name]
        sheet.cell(4, sheet.max_column + 1, "备注")
        sheet.cell(9, sheet.max_column, "见附件")


def spare_rows(file: Workbook) -> None:
    sheet = file["公开03表"]
    note = row_of(sheet, plain.NOTE)
    sheet.insert_rows(note, 3)
    for row in range(note, note + 3):
        for column in range(3, 9):
            sheet.cell(row, column, 0)


def signatures(file: Workbook) -> None:
    for name in ("公开01表", "公开03表"):
        sheet = file[name]
        note = row_of(sheet, plain.NOTE)
        sheet.insert_rows(note)
        for column, text in ((1, "单位负责人：张三"), (3, "填表人：李四"), (5, "填表日期：8月1日")):
            sheet.cell(note, column, text)


def repeated_headings(file: Workbook) -> None:
    for name in ("公开02表", "公开03表", "公开05表"):
        sheet = file[name]
        sheet.insert_rows(14, 2)
        for row in (4, 5):
            for column in range(1, sheet.max_column + 1):
                sheet.cell(row + 10, column, sheet.cell(row, column).value)


def total_at_both_ends(file: Workbook) -> None:
    sheet = file["公开03表"]
    note = row_of(sheet, plain.NOTE)
    sheet.insert_rows(note)
    first = next(row for row in range(1, 12) if sheet.cell(row, 2).value == "合计")
    for column in range(1, sheet.max_column + 1):
        sheet.cell(note, column, sheet.cell(first, column).value)


def yuan_in_the_units_name(file: Workbook) -> None:
    for sheet in file:
        sheet["A3"] = "编制单位：元氏县公共资源交易中心"


def currency_in_two_cells(file: Workbook) -> None:
    sheet = file["公开01表"]
    sheet.cell(3, 6, None)
    sheet.cell(3, 5, "金额单位：")
    sheet.cell(3, 6, "万元")


def headings_with_units(file: Workbook) -> None:
    file["公开01表"]["C5"] = "决算数（万元）"
    file["公开01表"]["F5"] = "金额"


def stale_hidden_copy(file: Workbook) -> None:
    copy = file.copy_worksheet(file["公开03表"])
    copy.title = "旧"
    copy["C8"] = 1
    copy.sheet_state = "hidden"
    file.move_sheet(copy, -20)


def own_parts_of_codes_only(file: Workbook) -> None:
    for name in ("公开02表", "公开03表", "公开05表"):
        sheet = file[name]
        for row in range(7, sheet.max_row + 1):
            parts = [sheet.cell(row, column).value for column in (1, 2, 3)]
            filled = [column for column, part in enumerate(parts) if part]
            for column in filled[:-1] if str(parts[0] or "").isdigit() else ():
                sheet.cell(row, column + 1).value = None


def one_cell_heading(file: Workbook) -> None:
    for sheet in file:
        for column in range(1, sheet.max_column + 1):
            sheet.cell(3, column).value = None
        sheet["A3"] = "部门：焦作市公共资源交易中心　　2024年度　　单位：万元"


def invisible_characters(file: Workbook) -> None:
    for sheet in file:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and not cell.value.isdigit():
                    cell.value = f"{cell.value[:1]}\u200b{cell.value[1:]}\ufeff"


def checks_of_the_clerk(file: Workbook) -> None:
    for name in ("公开02表", "公开04表"):
        sheet = file[name]
        column = sheet.max_column + 1
        sheet.cell(5, column, "校验")
        for row in range(7, 15):
            sheet.cell(row, column, 0)


def telephone(file: Workbook) -> None:
    sheet = file["公开02表"]
    note = row_of(sheet, plain.NOTE)
    sheet.insert_rows(note)
    sheet.cell(note, 1, "制表人：王五")
    sheet.cell(note, 4, 2212345)


def total_with_its_unit(file: Workbook) -> None:
    sheet = file["公开03表"]
    sheet.cell(next(row for row in range(1, 12) if sheet.cell(row, 2).value == "合计"), 2, "合计（万元）")


def numbers_in_circles(file: Workbook) -> None:
    for name in ("公开01表", "公开03表", "公开06表"):
        sheet = file[name]
        note = row_of(sheet, plain.NOTE)
        sheet.insert_rows(note)
        for column, mark in ((3, "❶"), (4, "①"), (5, "②")):
            sheet.cell(note, column, mark)
    file["公开01表"]["B8"] = "②"


def who_is_above_the_unit(file: Workbook) -> None:
    for sheet in file:
        sheet["A2"] = "主管部门：焦作市人民政府"


def all_of_the_unit_in_one_cell(file: Workbook) -> None:
    for sheet in file:
        sheet["A3"] = "上级单位：无　编制单位（盖章）：焦作市公共资源交易中心　单位代码：507301"


def year_in_chinese(file: Workbook) -> None:
    for sheet in file:
        for row in sheet.iter_rows(max_row=3):
            for cell in row:
                text = str(cell.value or "").replace("2024年度", "二〇二四年度")
                cell.value = text.replace("单位：万元", "货币单位：人民币（万元）") or None


def words_before_the_label(file: Workbook) -> None:
    for sheet in file:
        cell = next(cell for cell in sheet[2] if str(cell.value).startswith("公开"))
        cell.value = f"部门决算公开 {cell.value}"


def far_cell_elsewhere(file: Workbook) -> None:
    file.create_sheet("备查")["XFD1048576"] = " "


ODD: dict[str, tuple[Change, Style]] = {
    "a column of remarks": (remark_column, Style()),
    "spare rows of zeros": (spare_rows, Style()),
    "signatures above the note": (signatures, Style()),
    "headings repeated on the next page": (repeated_headings, Style()),
    "合计 first and last": (total_at_both_ends, Style()),
    "a unit whose name begins with 元": (yuan_in_the_units_name, Style()),
    "单位： and 万元 in two cells": (currency_in_two_cells, Style()),
    "headings with their unit": (headings_with_units, Style()),
    "unit, year and currency in one cell": (one_cell_heading, Style()),
    "invisible characters": (invisible_characters, Style()),
    "a clerk's own column of differences": (checks_of_the_clerk, Style()),
    "a telephone number above the note": (telephone, Style()),
    "合计 with its unit": (total_with_its_unit, Style()),
    "numbers in circles": (numbers_in_circles, Style()),
    "who is above the unit": (who_is_above_the_unit, Style()),
    "all of the unit in one cell": (all_of_the_unit_in_one_cell, Style()),
    "the year in Chinese numerals, the currency in brackets": (year_in_chinese, Style(merged=False)),
    "公开 twice before the number of a table": (words_before_the_label, Style()),
    "each code column holds only its own part": (own_parts_of_codes_only, Style(split_codes=True, merged=False)),
}


@pytest.mark.parametrize(("change", "style"), ODD.values(), ids=list(ODD))
def test_what_is_odd_changes_nothing(change: Change, style: Style, changed: Callable[..., Checked]) -> None:
    checked = changed(change, style)
    assert {item.rule for item in checked.findings} == HONEST
    assert checked.verdict == "warn"
    assert checked.book.currency == "万元"
    assert checked.book.unit in ("焦作市公共资源交易中心", "元氏县公共资源交易中心")
    assert checked.book.year == 2024
    assert all(sheet.label for sheet in checked.book.sheets.values())


@pytest.mark.parametrize("around", ["［{}］", "【{}】", "（{}）", "{}：", "{}—", " {}、"])
def test_a_code_may_stand_before_its_name_however_it_is_set_apart(around: str, changed: Callable[..., Checked]) -> None:
    def join(file: Workbook) -> None:
        for name in ("公开02表", "公开03表", "公开05表"):
            sheet = file[name]
            for row in range(7, sheet.max_row + 1):
                code, called = sheet.cell(row, 1), sheet.cell(row, 2)
                if str(code.value).isdigit():
                    code.value = f"{around.format(code.value)}{called.value}"
                elif called.value == "合计":
                    code.value = called.value
            sheet["A5"] = "科目编码及名称"
            sheet.delete_cols(2)

    checked = changed(join, Style(merged=False))
    assert {item.rule for item in checked.findings} == HONEST


@pytest.mark.parametrize("value", ["NaN", "INF", "1e999"])
@pytest.mark.parametrize("address", ["A10", "C6", "C10", "D10"])
def test_what_is_no_number_is_no_reason_to_stop(value: str, address: str, tmp_path: Path) -> None:
    """As programs write that divide by zero: in a code, a number of a column, a total and an amount."""
    content = parts()
    sheet = "xl/worksheets/sheet3.xml"
    cell = re.search(rf'<c r="{address}"[^>]*>.*?</c>', content[sheet].decode())
    assert cell
    odd = f'<c r="{address}"><v>{value}</v></c>'
    path = tmp_path / "书.xlsx"
    path.write_bytes(zipped(content | {sheet: content[sheet].replace(cell[0].encode(), odd.encode())}))
    checked = judged(path)
    assert checked.verdict == "fail"
    told = {item.rule for item in checked.findings if item.place and item.place.address == address}
    assert bool(told & {"FORM016", "FORM017"}) == (address != "C6")


def test_a_missing_row_may_have_columns_that_no_relation_asks_for(changed: Callable[..., Checked]) -> None:
    """One column is gone, the total of another is no number, and the rest of the table is not joined to it."""

    def spoil(file: Workbook) -> None:
        sheet = file["公开03表"]
        sheet["H7"] = "见附件"
        sheet.delete_cols(7)
        file["公开04表"]["I5"] = "一般公共预算财政拨款基本支出决算表"

    assert changed(spoil, Style(continued=True, merged=False)).verdict == "fail"


def next_page(*rows: int | list[Any]) -> Change:
    """公开03表 with its title and headings again above “20807”, and below them other rows, or those of some numbers."""

    def add(file: Workbook) -> None:
        sheet = file["公开03表"]
        again: list[list[Any]] = [
            [cell.value for cell in sheet[row]] if isinstance(row, int) else row for row in (1, 4, 5, *rows)
        ]
        at = row_of(sheet, "20807")
        sheet.insert_rows(at, len(again))
        for row, values in enumerate(again, at):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column, value)

    return add


def test_the_total_may_be_printed_again_on_every_page(changed: Callable[..., Checked]) -> None:
    assert {item.rule for item in changed(next_page(7), Style(merged=False)).findings} == HONEST


def test_the_total_may_be_printed_again_on_a_second_sheet(changed: Callable[..., Checked]) -> None:
    def repeat(file: Workbook) -> None:
        file["公开03表续"].insert_rows(7)
        for column in range(1, 9):
            file["公开03表续"].cell(7, column, file["公开03表"].cell(7, column).value)

    assert {item.rule for item in changed(repeat, Style(continued=True, merged=False)).findings} == HONEST


def test_a_code_that_comes_again_on_the_next_page_does_not_hide_the_first(changed: Callable[..., Checked]) -> None:
    checked = changed(next_page(["2010350", "事业运行", 1, 1, 0, 0, 0, 0]), Style(merged=False))
    keys = [key for key in checked.book.lines["expenditure"] if key.startswith("2010350")]
    assert [checked.book.cells["expenditure", key, "total"].fen for key in keys] == [900_810_000, 1_000_000]
    assert "CODE006" in {item.rule for item in checked.findings}


def test_the_other_columns_of_a_table_may_stand_on_the_next_page(changed: Callable[..., Checked]) -> None:
    def part(file: Workbook) -> None:
        sheet = file["公开03表"]
        end = row_of(sheet, plain.NOTE)
        for row, above in zip(range(end + 1, 2 * end), [1, *range(4, end)], strict=False):
            for column in (1, 2, 6, 7, 8):
                cell = sheet.cell(above, column)
                sheet.cell(row, column if column < 3 else column - 3, cell.value)
                cell.value = cell.value if column < 3 else None

    assert {item.rule for item in changed(part, Style(merged=False)).findings} == HONEST


def test_lines_of_one_name_are_told_apart_on_the_next_page(changed: Callable[..., Checked]) -> None:
    """The page begins between “年初财政拨款结转和结余” and the first line below it."""

    def part(file: Workbook) -> None:
        sheet = file["公开04表"]
        at = row_of(sheet, "年初财政拨款结转和结余") + 1
        again = [[cell.value for cell in sheet[row]] for row in (1, 4, 5)]
        sheet.insert_rows(at, len(again))
        for row, values in enumerate(again, at):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column, value)

    assert {item.rule for item in changed(part, Style(merged=False)).findings} == HONEST


def test_a_closing_total_beyond_all_amounts_is_told(changed: Callable[..., Checked]) -> None:
    def move(file: Workbook) -> None:
        sheet = file["公开06表"]
        row = row_of(sheet, "人员经费合计")
        sheet.cell(row, 4).value = None
        sheet.cell(row, 9).value = "公用经费合计"

    told = [item for item in changed(move, Style(merged=False)).findings if item.rule == "FORM017"]
    assert [item.place and item.place.address for item in told] == ["I33"]
    assert "“公用经费合计”行认不出" in told[0].message


def test_a_visible_table_is_preferred_to_a_hidden_stale_copy(changed: Callable[..., Checked]) -> None:
    checked = changed(stale_hidden_copy)
    assert not [item for item in checked.findings if item.level == "error"]
    assert {"FORM014", "FORM017"} <= {item.rule for item in checked.findings}


def test_a_far_cell_on_another_sheet_is_said_and_the_book_is_judged(changed: Callable[..., Checked]) -> None:
    checked = changed(far_cell_elsewhere)
    assert checked.verdict == "warn"
    assert any("备查" in item.message for item in checked.findings)


def test_a_far_cell_in_a_table_is_one_sentence(tmp_path: Path) -> None:
    path = plain.write(tmp_path / "书.xlsx", Style())
    file = openpyxl.load_workbook(path)
    file["公开02表"]["XFD1048576"] = 1
    file.save(path)
    with pytest.raises(UnreadableBook, match="公开02表"):
        judged(path)


def test_a_missing_total_row_is_told_at_its_table_and_blames_no_other(changed: Callable[..., Checked]) -> None:
    def remove(file: Workbook) -> None:
        sheet = file["公开02表"]
        sheet.delete_rows(next(row for row in range(1, 12) if sheet.cell(row, 2).value == "合计"))

    checked = changed(remove)
    errors = [item for item in checked.findings if item.level == "error"]
    assert [(item.rule, item.place and item.place.sheet) for item in errors] == [("FORM019", "公开02表")]
    assert {"X010", "X013"} <= {item.rule for item in checked.not_checked}


def test_a_missing_class_row_is_one_error_and_blames_no_other_table(changed: Callable[..., Checked]) -> None:
    def remove(file: Workbook) -> None:
        file["公开03表"].delete_rows(row_of(file["公开03表"], "208"))

    errors = [item for item in changed(remove).findings if item.level == "error"]
    assert [item.rule for item in errors] == ["CODE004"]


def test_a_title_without_known_headings_is_not_called_missing(changed: Callable[..., Checked]) -> None:
    def rename(file: Workbook) -> None:
        file["公开05表"]["A5"] = "功能科目"

    told = [item for item in changed(rename).findings if item.rule == "FORM001"]
    assert [item.place and item.place.sheet for item in told] == ["公开05表"]
    assert "表头认不出" in told[0].message


def test_an_unknown_column_is_told_where_its_heading_stands(changed: Callable[..., Checked]) -> None:
    def rename(file: Workbook) -> None:
        file["公开09表"]["J6"] = "其他费用"
        file["公开09表"]["J8"] = 1.5

    told = [item for item in changed(rename).findings if item.rule == "FORM017"]
    assert [item.place and item.place.address for item in told] == ["J6"]


def test_an_empty_table_may_say_so_in_other_words(changed: Callable[..., Checked]) -> None:
    def reword(file: Workbook) -> None:
        sheet = file["公开07表"]
        sheet.cell(row_of(sheet, plain.EMPTY), 1, "本单位没有政府性基金收支，故本表无数据。")
        sheet = file["公开08表"]
        sheet.cell(row_of(sheet, plain.EMPTY), 1, "注：本表为空表。")

    assert {item.rule for item in changed(reword).findings} == HONEST


@pytest.mark.parametrize(
    ("written", "rules"),
    [("行政单位", True), ("公益一类事业单位", False), ("参照公务员法管理的事业单位", False)],
)
def test_the_kind_of_unit_is_understood_in_its_usual_wordings(
    written: str, rules: bool, changed: Callable[..., Checked]
) -> None:
    def state(file: Workbook) -> None:
        cover = file.create_sheet("封面", 0)
        cover["A1"], cover["B1"] = "单位性质", written

    checked = changed(state)
    assert not {"SUM008", "X059"} & {item.rule for item in checked.not_checked}
    assert ("X059" in {item.rule for item in checked.findings}) is rules


def test_a_total_that_is_a_formula_carries_the_rounding_of_what_it_sums(tmp_path: Path) -> None:
    """公用经费合计 is published as 14.96: a 302 typed as 14.98 contradicts it, one that sums its items need not."""
    path = plain.write(tmp_path / "书.xlsx", Style())
    file = openpyxl.load_workbook(path)
    sheet = file["公开06表"]
    row = row_of(sheet, "302", 4)
    sheet.cell(row, 6, 14.98)
    sheet.cell(row_of(sheet, "30299", 4), 6, 0.73)
    file.save(path)
    assert ("BAS003", "error") in {(item.rule, item.level) for item in judged(path).findings}
    with_formula(path, "公开06表", f"F{row}", f"SUM(F{row + 1}:F{row + 26})", "14.98")
    summed = judged(path)
    assert ("basic_expenditure", "302", "amount") in summed.book.filled
    assert not [item for item in summed.findings if item.level == "error"]


def with_formula(path: Path, sheet: str, address: str, formula: str, value: str) -> None:
    """Put a formula with its value into the worksheet's XML, as Excel saves it."""
    package = Package(path.read_bytes(), path.name)
    part = package.sheet_parts[sheet]
    xml = package.read(part).decode()
    cell = re.search(rf'<c r="{address}"([^>]*)><v>[^<]*</v></c>', xml)
    assert cell
    written = f'<c r="{address}"{cell[1]}><f>{formula}</f><v>{value}</v></c>'
    path.write_bytes(rewritten(package, {part: xml.replace(cell[0], written).encode()}))


def test_lost_class_lines_are_told_once_a_table(changed: Callable[..., Checked]) -> None:
    def remove(file: Workbook) -> None:
        sheet = file["公开01表"]
        row = row_of(sheet, "十、节能环保支出", 4)
        for column in (4, 5, 6):
            sheet.cell(row, column).value = None

    checked = changed(remove)
    told = [item for item in checked.findings if item.rule == "FORM019"]
    assert [(item.level, "十、节能环保支出" in item.message) for item in told] == [("warning", True)]


def test_an_amount_in_another_currency_than_the_books_is_not_read(changed: Callable[..., Checked]) -> None:
    def write(file: Workbook) -> None:
        file["公开03表"]["D10"] = "667.23元"

    errors = [item for item in changed(write).findings if item.level == "error"]
    assert [(item.rule, item.place and item.place.address) for item in errors] == [("FORM016", "D10")]


def with_marks(mark: str) -> Change:
    """类, 款 and 项 of every code with a mark between them."""

    def part(file: Workbook) -> None:
        for sheet in file.worksheets:
            for cell in (cell for row in sheet.iter_rows(max_col=2) for cell in row):
                code = str(cell.value)
                if code.isdigit() and len(code) in (5, 7):
                    cell.value = mark.join(filter(None, (code[:3], code[3:5], code[5:])))

    return part


@pytest.mark.parametrize("mark", ".-·/")
def test_codes_are_read_with_marks_between_their_parts(mark: str, changed: Callable[..., Checked]) -> None:
    checked = changed(with_marks(mark))
    assert {finding.rule for finding in checked.findings} == HONEST | {"CODE001"}
    told = [finding for finding in checked.findings if finding.rule == "CODE001"]
    assert {finding.level for finding in told} == {"warning"}
    assert all("分隔符" in finding.message for finding in told)


def test_codes_that_are_not_recognised_are_told_once_a_table_and_no_other_row_is_blamed(
    changed: Callable[..., Checked],
) -> None:
    checked = changed(with_marks("#"))
    errors = [finding for finding in checked.findings if finding.level == "error"]
    assert {finding.rule for finding in errors} == {"CODE001"}
    assert len({finding.place.sheet for finding in errors if finding.place}) == len(errors)
    left_out = {item.rule: item.reason for item in checked.not_checked}
    assert "有认不出的“" in left_out["CODE004"]
    assert "有认不出的“" in left_out["CODE005"]
