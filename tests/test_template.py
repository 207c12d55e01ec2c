"""The template as a file: its formulas, what is locked and what is not, how it prints, and that Excel accepts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from clerk import CATALOGUE, CODED, TABLES, form_of, is_derived, open_rows, read, total_row
from formula_text import depth, functions, ranges
from juesuan.check import check
from juesuan.classification import Code
from juesuan.money import Currency
from juesuan.ooxml.saving import workbook_bytes
from juesuan.template.form import CodeRow
from juesuan.template.template import SPARE_ROWS, Order, build_template
from tools import validation_errors

CODES = (
    CodeRow("2010350", "事业运行"),
    CodeRow("2080505", "机关事业单位基本养老保险缴费支出"),
    CodeRow("2082202", "基础设施建设和经济发展"),
    CodeRow("2230105", "国有企业退休人员社会化管理补助支出"),
)
VARIANTS: dict[str, tuple[Currency, tuple[CodeRow, ...]]] = {
    "yuan": ("元", ()),
    "wan": ("万元", ()),
    "yuan with codes": ("元", CODES),
    "wan with codes": ("万元", CODES),
}
LONGEST_FORMULA, DEEPEST = 8192, 64
# All in Excel 2007 and WPS.
KNOWN = {
    "ABS", "AND", "CHOOSE", "COUNT", "COUNTIF", "IF", "IFERROR", "INDEX", "INT", "ISNUMBER", "ISTEXT", "LEFT", "LEN",
    "MAX", "N", "OR", "ROUND", "ROW", "SUM", "SUMPRODUCT",
}  # fmt: skip
# Of Excel 2013: guarded, so that one without it still comes to a verdict.
GUARDED = re.compile(r"IFERROR\(_xlfn\.ISFORMULA\([$A-Z0-9]+\),TRUE\)")
EXTRA = ("封面", "勾稽检查", "科目表")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("templates")
    paths = {}
    for name, (currency, codes) in VARIANTS.items():
        paths[name] = folder / f"{name}.xlsx"
        paths[name].write_bytes(content(currency, codes))
    return paths


@pytest.fixture(scope="module")
def books(files: dict[str, Path]) -> dict[str, Workbook]:
    return {name: openpyxl.load_workbook(path) for name, path in files.items()}


@pytest.fixture(scope="module")
def book(books: dict[str, Workbook]) -> Workbook:
    return books["yuan with codes"]


def content(currency: Currency, codes: tuple[CodeRow, ...] = ()) -> bytes:
    return workbook_bytes(build_template(CATALOGUE, Order("某局", 2024, currency, codes)))


def formulas(book: Workbook) -> Iterator[tuple[Any, str]]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from ((cell, str(cell.value)) for cell in row if cell.data_type == "f")


def sheet_of(book: Workbook, table: str) -> Worksheet:
    sheet = book[TABLES[table].label]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_formula_sums_its_own_cell(variant: str, books: dict[str, Workbook]) -> None:
    """Excel reports a circular reference where LibreOffice silently computes something."""
    seen = 0
    for cell, text in formulas(books[variant]):
        for area in ranges(text, cell.row):
            own = area.sheet in ("", cell.parent.title)
            assert not (own and area.holds(cell.row, cell.column)), (cell.parent.title, cell.coordinate, text)
            seen += 1
    assert seen > 5000


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_formula_is_one_that_excel_2010_and_wps_take(variant: str, books: dict[str, Workbook]) -> None:
    for cell, text in formulas(books[variant]):
        place = (cell.parent.title, cell.coordinate)
        assert len(text) <= LONGEST_FORMULA, place
        assert depth(text) <= DEEPEST, place
        assert functions(GUARDED.sub("TRUE", text)) <= KNOWN, place


def test_conditions_of_validations_and_colours_are_no_longer_than_excel_takes(book: Workbook) -> None:
    for sheet in book.worksheets:
        for validation in sheet.data_validations.dataValidation:
            assert validation.showErrorMessage
            assert len(str(validation.formula1)) <= 255
            assert len(validation.error or "") <= 255
            assert len(validation.errorTitle or "") <= 32


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_open_xml_sdk_finds_no_error(variant: str, files: dict[str, Path]) -> None:
    assert validation_errors(files[variant]) == []


def test_the_same_order_gives_the_same_bytes() -> None:
    assert content("元", CODES) == content("元", CODES)


@pytest.mark.parametrize("variant", VARIANTS)
def test_our_own_reader_recognises_every_table_and_sees_that_nothing_is_filled_in(
    variant: str, files: dict[str, Path]
) -> None:
    found = read(files[variant])
    assert set(found.sheets) == set(TABLES)
    assert [sheet.strays for sheet in found.sheets.values() if sheet.strays] == []
    assert found.currency == VARIANTS[variant][0]
    checked = check(found, CATALOGUE)
    if VARIANTS[variant][1]:
        assert checked.verdict == "unjudged"
        assert "公式没有计算结果" in (checked.reason or "")
    else:
        assert [item.rule for item in checked.findings if item.level == "error"] == ["SUM011"]


def test_derived_cells_of_fixed_lines_are_locked_formulas_and_every_other_cell_is_open(book: Workbook) -> None:
    """The items of 公开09 are between the two: 三公汇总 computes them, and they may be typed in where it is blank."""
    for name in TABLES.keys() - CODED.keys():
        for (row, field), place in form_of(name).cells.items():
            key, cell = (name, row, field), sheet_of(book, name).cell(*place)
            assert cell.protection.locked == is_derived(key), key
            assert (cell.data_type == "f") == (is_derived(key) or key[:2] == ("three_public", "actual")), key


@pytest.mark.parametrize("table", CODED)
def test_rows_of_codes_are_wholly_open_and_only_headings_total_and_the_closing_row_are_locked(
    table: str, book: Workbook
) -> None:
    sheet = sheet_of(book, table)
    rows = open_rows(sheet)
    assert len(rows) >= SPARE_ROWS
    for row in rows:
        assert sheet.row_dimensions[row].protection.locked is False
        assert [cell.coordinate for cell in sheet[row] if cell.has_style and cell.protection.locked] == []
    closing = sheet.row_dimensions[rows.stop]
    assert (closing.height or 99) < 6
    locked = [*range(1, rows.start), rows.stop]
    width = len(TABLES[table].fields) + 2
    assert all(sheet.cell(row, column).protection.locked for row in locked for column in range(1, width + 1))


@pytest.mark.parametrize("table", TABLES)
def test_sheets_are_protected_without_a_password_and_rows_may_come_and_go(table: str, book: Workbook) -> None:
    protection = sheet_of(book, table).protection
    assert protection.sheet
    assert (protection.password, protection.hashValue) == (None, None)
    # In the file False means: not forbidden.
    rows = (protection.insertRows, protection.deleteRows, protection.formatRows, protection.sort)
    assert rows == (False,) * 4
    assert (protection.insertColumns, protection.deleteColumns) == (True, True)


def test_inputs_take_only_amounts_and_codes_are_only_warned_of(book: Workbook) -> None:
    for name, table in TABLES.items():
        sheet = sheet_of(book, name)
        inputs = {
            cell.coordinate
            for row in sheet.iter_rows(max_col=len(table.fields) + 2 if name in CODED else None)
            for cell in (row[2:] if name in CODED else row)
            if not cell.protection.locked
        }
        kinds = {validation.type: validation for validation in sheet.data_validations.dataValidation}
        amounts = kinds["custom"]
        assert amounts.errorStyle in (None, "stop")
        assert "ROUND" in str(amounts.formula1)
        assert {cell for cell in inputs if cell not in amounts.sqref} == set()
        if name in CODED:
            codes = kinds["list"]
            assert (codes.errorStyle, codes.formula1) == ("warning", "科目表!$A$2:$A$5000")
            assert f"A{open_rows(sheet)[0]}" in codes.sqref
            assert f"A{open_rows(sheet)[-1]}" in codes.sqref
    summary = book["三公汇总"]
    unlocked = {cell.coordinate for row in summary.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {"C7", "E7", "F7", "G7"}


@pytest.mark.parametrize("name", [*(table.label for table in TABLES.values()), *EXTRA[:2]])
def test_every_sheet_prints_on_a4_one_page_wide(name: str, book: Workbook) -> None:
    sheet = book[name]
    assert int(sheet.page_setup.paperSize or 0) == 9
    fitting = sheet.sheet_properties.pageSetUpPr
    assert fitting is not None
    assert fitting.fitToPage
    assert sheet.page_setup.fitToWidth in (1, None)
    assert sheet.print_area


@pytest.mark.parametrize("table", TABLES)
def test_headings_are_repeated_on_every_page_and_stay_in_sight(table: str, book: Workbook) -> None:
    sheet = sheet_of(book, table)
    first, last = str(sheet.print_title_rows).replace("$", "").split(":")
    assert sheet.freeze_panes == f"A{int(last) + 1}"
    assert int(first) == 4
    if table in CODED:
        assert total_row(sheet) == int(last) + 1


@pytest.mark.parametrize("table", TABLES)
def test_unit_and_year_of_every_table_come_from_the_cover(table: str, book: Workbook) -> None:
    texts = [str(cell.value) for cell in sheet_of(book, table)[3] if cell.value]
    assert texts[:2] == ['="部门："&封面!$C$4', '=封面!$C$5&"年度"']
    assert texts[2:] == ["单位：元"]
    assert [book["封面"][place].value for place in ("C4", "C5", "C7")] == ["某局", 2024, "元"]
    assert [book["封面"][place].protection.locked for place in ("C4", "C5", "C6", "C7")] == [False, False, False, True]


def test_codes_are_listed_with_their_parents_in_the_tables_of_their_budget(book: Workbook) -> None:
    def listed(table: str) -> list[str]:
        sheet = sheet_of(book, table)
        return [str(sheet.cell(row, 1).value) for row in open_rows(sheet) if sheet.cell(row, 1).value]

    assert listed("revenue") == listed("expenditure")
    assert listed("expenditure")[:4] == ["201", "20103", "2010350", "208"]
    assert listed("general_budget") == ["201", "20103", "2010350", "208", "20805", "2080505"]
    assert listed("government_fund") == ["208", "20822", "2082202"]
    assert listed("state_capital") == ["223", "22301", "2230105"]


def test_the_supplementary_sheets_print_clearly() -> None:
    file = build_template(CATALOGUE, Order("某局", 2024, "元", CODES))
    sheets = [sheet for sheet in file.worksheets if sheet.title.startswith("补")]
    assert len(sheets) > 9
    for sheet in sheets:
        last = str(sheet.print_area).rpartition("$")[0].rpartition("$")[2]
        assert {f"A{row}:{last}{row}" for row in (1, 2, 3)} <= {area.coord for area in sheet.merged_cells.ranges}
        assert (sheet.row_dimensions[1].height or 0) >= 30
        assert sheet.oddFooter
        assert "&P" in str(sheet.oddFooter.center.text)
        listed = sheet.page_setup.orientation == "landscape"
        assert bool(sheet.print_title_rows) == listed
        assert sum(item.width for item in sheet.column_dimensions.values()) < 360


def test_a_relation_that_is_no_equation_says_so_and_has_a_difference_only_where_it_is_broken() -> None:
    sheet = build_template(CATALOGUE, Order("某局", 2024, "元"))["勾稽检查"]
    rows = {str(row[0].value): row for row in sheet.iter_rows(min_row=5)}
    assert rows["SUM006"][4].number_format == '"≥ "#,##0.00'
    assert str(rows["SUM006"][5].value).startswith(f'=IF(G{rows["SUM006"][0].row}="平","",ROUND(')
    assert rows["SUM003"][4].number_format == "#,##0.00"
    assert str(rows["SUM003"][5].value).startswith("=ROUND(")


def test_a_name_in_the_users_own_list_is_never_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"2010350": Code("2010350", "=1+1", "", "A")}
    monkeypatch.setattr("juesuan.template.template.functional", lambda year: own)
    cell = build_template(CATALOGUE, Order("某局", 2024, "元"))["科目表"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
