"""Recognition by labels and reading of amounts: what a clerk may write, what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from time import process_time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import plain
from honest import judged
from hostile.kind import zipped
from juesuan.check import Checked
from juesuan.money import MILLION, read_text
from juesuan.ooxml.package import Package
from juesuan.place import Place
from juesuan.reading.dates import number_behind
from juesuan.reading.titles import bare_title
from plain import Style
from test_odd_books import HONEST, row_of, with_formula
from test_reading import figures, published_figures

Change = Callable[[Workbook], None]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Change], Checked]:
    def judge(change: Change) -> Checked:
        path = plain.write(tmp_path / "书.xlsx", Style())
        file = openpyxl.load_workbook(path)
        change(file)
        file.save(path)
        return judged(path)

    return judge


def rules(checked: Checked) -> set[str]:
    return {item.rule for item in checked.findings}


@pytest.mark.parametrize(
    "title",
    [
        "收入决算表（续）",
        "收入决算表续表",
        "收入决算表（续表1）",
        "公开02表收入决算表",
        "附表2收入决算表",
        "二、收入决算表",
        "某局2024年度收入决算表",
        "2024年度部门收入决算表(公开02表)",
    ],
)
def test_a_title_is_known_with_what_is_printed_around_it(title: str) -> None:
    assert bare_title(title.replace("（", "(").replace("）", ")")) == "收入决算表"


@pytest.mark.parametrize("title", ["财政拨款收入支出决算总表", "支出决算表", "手续费表"])
def test_a_title_that_stands_alone_is_left_as_it_is(title: str) -> None:
    assert bare_title(title) == title


def continue_on_another_sheet(file: Workbook) -> None:
    sheet = file["公开03表"]
    rest = file.copy_worksheet(sheet)
    rest.title = "公开03表（2）"
    rest["A1"] = "支出决算表（续表）"
    rest.delete_rows(7, 10)
    sheet.delete_rows(17, row_of(sheet, plain.NOTE) - 17)


def test_a_table_that_goes_on_on_another_sheet_is_joined(changed: Callable[[Change], Checked]) -> None:
    checked = changed(continue_on_another_sheet)
    assert figures(checked.book) == published_figures()
    assert rules(checked) == HONEST
    assert {cell.place.sheet for cell in checked.book.amounts("expenditure")} == {"公开03表", "公开03表（2）"}


def test_a_repeated_table_is_not_joined_but_said(changed: Callable[[Change], Checked]) -> None:
    def repeat(file: Workbook) -> None:
        file.copy_worksheet(file["公开03表"]).title = "副本"

    checked = changed(repeat)
    assert figures(checked.book) == published_figures()
    assert any("公开03表又见于工作表“副本”" in item.message for item in checked.findings)


def test_unit_year_and_currency_may_stand_far_above_the_title(changed: Callable[[Change], Checked]) -> None:
    def move(file: Workbook) -> None:
        for sheet in file:
            said = [(column, sheet.cell(3, column).value) for column in range(1, sheet.max_column + 1)]
            for column, _ in said:
                sheet.cell(3, column).value = None
            for merge in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merge))
            sheet.insert_rows(1, 7)
            for column, text in said:
                sheet.cell(2, column, text)

    checked = changed(move)
    assert (checked.book.unit, checked.book.year, checked.book.currency) == ("焦作市公共资源交易中心", 2024, "万元")
    assert rules(checked) == HONEST


def test_two_tables_on_one_sheet_keep_their_own_heads(changed: Callable[[Change], Checked]) -> None:
    def together(file: Workbook) -> None:
        first, second = file["公开02表"], file["公开03表"]
        below = first.max_row + 1
        for row in second.iter_rows(values_only=True):
            below += 1
            for column, value in enumerate(row, 1):
                first.cell(below, column, value)
        del file["公开03表"]
        first.title = "收支"

    checked = changed(together)
    assert figures(checked.book) == published_figures()
    assert {sheet.name for sheet in checked.book.sheets.values()} >= {"收支"}
    assert rules(checked) == HONEST


def test_headings_of_class_section_and_item_are_known_without_a_heading_of_the_code(
    changed: Callable[[Change], Checked],
) -> None:
    def split(file: Workbook) -> None:
        sheet = file["公开05表"]
        for merge in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merge))
        sheet.insert_cols(2, 2)
        for column, text in enumerate("类款项", 1):
            sheet.cell(5, column, text)
        for row in range(7, sheet.max_row):
            code = str(sheet.cell(row, 1).value or "")
            if code.isdigit():
                for column, part in enumerate((code[:3], code[3:5], code[5:]), 1):
                    sheet.cell(row, column).value = part or None

    checked = changed(split)
    assert figures(checked.book) == published_figures()
    assert rules(checked) == HONEST


def test_a_table_whose_headings_are_not_known_is_not_judged_and_not_called_wrong(
    changed: Callable[[Change], Checked],
) -> None:
    def rename(file: Workbook) -> None:
        file["公开05表"]["A5"] = "功能科目"

    checked = changed(rename)
    assert [(item.rule, item.level) for item in checked.findings if item.rule == "FORM001"] == [("FORM001", "warning")]
    assert not [item for item in checked.findings if item.level == "error"]
    assert checked.verdict == "unjudged"
    assert {"GPB001", "GPB002", "X022"} <= {item.rule for item in checked.not_checked}


def test_a_column_that_is_not_known_is_listed_and_the_rules_it_disables_are_counted(
    changed: Callable[[Change], Checked],
) -> None:
    def rename(file: Workbook) -> None:
        file["公开03表"]["E4"] = "专项支出"

    checked = changed(rename)
    (told,) = (item for item in checked.findings if item.rule == "FORM017")
    assert told.place
    assert (told.place.sheet, told.place.address) == ("公开03表", "E4")
    reasons = {item.rule: item.reason for item in checked.not_checked}
    assert "项目支出" in reasons["EXP001"]
    assert not [item for item in checked.findings if item.level == "error"]
    assert checked.verdict == "unjudged"


def test_a_worksheet_with_another_table_of_final_accounts_is_said(changed: Callable[[Change], Checked]) -> None:
    def add(file: Workbook) -> None:
        sheet = file.create_sheet("附")
        sheet["A1"], sheet["A3"], sheet["B3"] = "机关运行经费支出决算表", "合计", 3.5

    checked = changed(add)
    assert any("机关运行经费支出决算表" in item.message for item in checked.findings if item.rule == "FORM017")
    assert checked.verdict == "warn"


@pytest.mark.parametrize("text", ["—", "——", "－", "- -", "−", "无", "/", "　", "\u200b"])
def test_dashes_and_the_like_are_blank(text: str) -> None:
    reading = read_text(text)
    assert reading is not None
    assert reading.millionths is None


@pytest.mark.parametrize(
    "text",
    [
        "１，０３１．３３",
        " 1 031.33 ",
        "￥1,031.33",
        "¥ 1031.33",
        "人民币1,031.33元",
        "1,031.33万元",
        "1031.33 万",
        "+1031.33",
        "1031.330",
    ],
)
@pytest.mark.parametrize("wrap", ["{}", "({})", "（{}）"])
def test_amounts_are_read_in_all_usual_spellings(text: str, wrap: str) -> None:
    reading = read_text(wrap.format(text))
    negative = wrap != "{}"
    if negative and "+" in text:
        assert reading is None
        return
    assert reading is not None
    assert reading.millionths == 1_031_330_000 * (-1 if negative else 1)


@pytest.mark.parametrize("text", ["−5.20", "－5.20", "–5.20", "-￥5.20", "￥-5.20", "(5.20)万元", "（￥5.20）"])
def test_negative_amounts_are_read_in_all_usual_spellings(text: str) -> None:
    reading = read_text(text)
    assert reading is not None
    assert reading.millionths == -5_200_000


@pytest.mark.parametrize(
    "text",
    [
        "1.031,33",
        "1,03",
        "12,34.5",
        "1,0312.33",
        "1.2.3",
        "约5",
        "5-6",
        "--5",
        "12 34",
        "676.23 12",
        "31.33②",
        "5²",
        "#REF!",
        "（5",
    ],
)
def test_what_could_mean_two_things_or_none_is_not_read(text: str) -> None:
    assert read_text(text) is None


@given(st.integers(-(10**9), 10**9), st.sampled_from(["{}", " {} ", "￥{}", "{}万元"]))
def test_any_amount_is_read_as_it_is_published(cents: int, wrap: str) -> None:
    text = f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
    reading = read_text(wrap.format(text))
    assert reading is not None
    assert reading.millionths == cents * MILLION // 100


def test_an_ambiguous_amount_is_a_finding_at_its_cell(changed: Callable[[Change], Checked]) -> None:
    def write(file: Workbook) -> None:
        file["公开03表"]["C7"] = "1.031,33"

    checked = changed(write)
    found = [item for item in checked.findings if item.rule == "FORM016"]
    assert [(item.level, item.place and item.place.address) for item in found] == [("error", "C7")]


@pytest.mark.parametrize("text", ["667.23万元", "667.23 万"])
def test_an_amount_that_says_its_currency_is_read_in_that_currency_alone(
    text: str, changed: Callable[[Change], Checked]
) -> None:
    def write(file: Workbook) -> None:
        file["公开03表"]["D10"] = text

    assert rules(changed(write)) == HONEST | {"FORM006"}

    def in_yuan(file: Workbook) -> None:
        write(file)
        for sheet in file:
            for row in sheet.iter_rows(max_row=3):
                for cell in row:
                    if cell.value == "单位：万元":
                        cell.value = "单位：元"

    assert ("FORM016", "D10") in {(item.rule, item.place.address) for item in changed(in_yuan).findings if item.place}


def test_many_amounts_under_a_date_format_are_looked_up_at_once() -> None:
    rows = "".join(f'<c r="A{row}" s="1"><v>{row}.5</v></c>' for row in range(1, 9_000))
    file = Package(zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": f"<sheetData>{rows}".encode()}), "书")
    file.__dict__["sheet_parts"] = {"表": "xl/worksheets/sheet1.xml"}
    start = process_time()
    found = [number_behind(None, Place("表", row, 0), file) for row in range(8_999)]
    assert found == [row + 1.5 for row in range(8_999)]
    assert process_time() - start < 5


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", "h:mm:ss", "[h]:mm", 'yyyy"年"m"月"'])
@pytest.mark.parametrize("base_1904", [False, True])
def test_amounts_under_a_date_format_are_recovered(number_format: str, base_1904: bool, tmp_path: Path) -> None:
    """Among them 59 and 60, which a reader shows as the same day, and amounts of less than a day."""
    path = plain.write(tmp_path / "书.xlsx", Style())
    file = openpyxl.load_workbook(path)
    if base_1904:
        file.epoch = CALENDAR_MAC_1904
    for sheet in file:
        for row in sheet.iter_rows(min_row=7):
            for cell in row:
                if isinstance(cell.value, float):
                    cell.number_format = number_format
    file["公开09表"]["A8"], file["公开09表"]["B8"], file["公开09表"]["C8"] = 59, 60, -5.2
    for cell in file["公开09表"]["8"][:3]:
        cell.number_format = number_format
    file.save(path)
    checked = judged(path)
    own = {("three_public", "budget", field) for field in ("total", "overseas_travel", "vehicles")}
    read = figures(checked.book)
    assert {key: read[key] for key in read if key not in own} == {
        key: amount for key, amount in published_figures().items() if key not in own
    }
    assert sorted(read[key] for key in own) == [Decimal("-5.2"), 59, 60]
    assert "FORM006" in rules(checked)


def test_errors_and_formulas_never_calculated_are_told_from_blanks(tmp_path: Path) -> None:
    path = plain.write(tmp_path / "书.xlsx", Style(blank_zeros=True))
    with_formula(path, "公开03表", "C7", "SUM(C8)", "1031.33")
    file = openpyxl.load_workbook(path)
    file["公开03表"]["E8"] = "#REF!"
    file["公开03表"]["E9"] = "=C9-D9"
    file.save(path)
    book = judged(path).book
    states = {cell.place.address: cell.state for cell in book.amounts("expenditure")}
    assert states["E8"] == "unreadable"
    assert states["E9"] == "uncached"
    assert "blank" in states.values()


@pytest.mark.parametrize(
    ("factor", "unit", "said"),
    [(1, "元", True), (10_000, "万元", True), (1, "万元", False), (10_000, "元", False)],
)
def test_the_currency_must_fit_the_magnitude(
    factor: int, unit: str, said: bool, changed: Callable[[Change], Checked]
) -> None:
    def write(file: Workbook) -> None:
        for sheet in file:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value == "单位：万元":
                        cell.value = f"单位：{unit}"
                    elif isinstance(cell.value, float):
                        cell.value = round(cell.value * factor, 2)

    checked = changed(write)
    told = [item for item in checked.findings if item.rule == "FORM005" and "疑似实为" in item.message]
    assert [item.level for item in told] == ["warning"] * said
    assert checked.book.currency == unit


def test_many_rows_that_are_not_known_are_told_once_with_all_their_cells(
    changed: Callable[[Change], Checked],
) -> None:
    def rename(file: Workbook) -> None:
        sheet = file["公开01表"]
        for row in range(7, 15):
            sheet.cell(row, 1, f"第{row}项收入")
            sheet.cell(row, 3, 1.0)

    (told,) = (item for item in changed(rename).findings if item.rule == "FORM017")
    assert len(told.cells) == 8


def test_many_amounts_that_are_none_are_told_once_a_table(changed: Callable[[Change], Checked]) -> None:
    def write(file: Workbook) -> None:
        for row in range(8, 14):
            file["公开03表"].cell(row, 6, "见附表")

    (told,) = (item for item in changed(write).findings if item.rule == "FORM016")
    assert told.level == "error"
    assert [cell.place.address for cell in told.cells] == [f"F{row}" for row in range(8, 14)]


def test_what_rows_that_are_not_recognised_may_hold_is_not_judged(changed: Callable[[Change], Checked]) -> None:
    def into_names(file: Workbook) -> None:
        for code, name, *_ in file["公开03表"].iter_rows(min_row=8):
            if isinstance(code.value, str) and code.value.isdigit():
                code.value, name.value = None, f"{code.value} {name.value}"

    checked = changed(into_names)
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert checked.verdict == "unjudged"
    assert {"X012", "CODE013", "EXP002"} <= {item.rule for item in checked.not_checked}


def test_a_table_without_its_title_is_not_called_missing(changed: Callable[[Change], Checked]) -> None:
    def untitle(file: Workbook) -> None:
        sheet = file["公开03表"]
        sheet.title = "Sheet3"
        for row in sheet.iter_rows(max_row=2):
            for cell in row:
                cell.value = None

    checked = changed(untitle)
    assert [item.message for item in checked.findings if item.level == "error"] == []
    said = [item.message for item in checked.findings if item.rule in ("FORM001", "FORM017")]
    assert all("“Sheet3”" in message for message in said)
    assert len(said) == 2
