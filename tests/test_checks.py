"""The function rules where the planted mistakes of the samples do not reach: other ways to break and to keep them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from honest import CATALOGUE, EDITION, honest
from juesuan.book import Book, Cell, RowLabel, Sheet, Stray
from juesuan.check import check
from juesuan.money import to_fen
from juesuan.rules import Finding, NotChecked
from slips.slip import CENTRE, JIAOZUO

NO_DATA = "说明:我部门没有政府性基金收入，也没有使用政府性基金安排的支出，故本表无数据。"

Key = tuple[str, str, str]
Changes = dict[Any, dict[str, Any]]


def altered(name: str, sheets: Changes | None = None, cells: Changes | None = None, **more: Any) -> Book:
    """The honest book `name` with other attributes in some sheets and cells."""
    book = honest(name)
    found: dict[Key, Cell] = dict(book.cells)
    for key, changes in (cells or {}).items():
        found[key] = found[key]._replace(**changes)
    return Book(
        EDITION,
        (sheet._replace(**(sheets or {}).get(table, {})) for table, sheet in book.sheets.items()),
        found.values(),
        **{"facts": book.facts, "currency": book.currency} | more,
    )


def findings(code: str, book: Book) -> list[Finding]:
    return [item for item in check(book, CATALOGUE).findings if item.rule == code]


def left_out(code: str, book: Book) -> list[NotChecked]:
    return [item for item in check(book, CATALOGUE).not_checked if item.rule == code]


def the_only(code: str, book: Book) -> Finding:
    (found,) = findings(code, book)
    return found


def sheet_of(name: str, table: str) -> Sheet:
    return honest(name).sheets[table]


def relabelled(name: str, table: str, row: str, **changes: Any) -> Changes:
    """`sheets` for `altered`: one row of a table labelled otherwise."""
    rows = tuple(label._replace(**changes) if label.key == row else label for label in sheet_of(name, table).rows)
    return {table: {"rows": rows}}


def with_row(name: str, table: str, code: str, name_of_row: str) -> Changes:
    """`sheets` for `altered`: one more row below a table, without amounts."""
    sheet = sheet_of(name, table)
    below = sheet.rows[-1].place
    row = RowLabel(code, code, name_of_row, below._replace(row=below.row + 1))
    return {table: {"rows": (*sheet.rows, row)}}


def yuan(name: str, tables: set[str]) -> Changes:
    """`cells` for `altered`: the amounts of some tables written 10,000 times as large."""
    return {key: {"fen": (cell.fen or 0) * 10_000} for key, cell in honest(name).cells.items() if key[0] in tables}


def test_a_table_with_data_may_not_say_it_has_none() -> None:
    notes = (*sheet_of(CENTRE, "government_fund").notes, NO_DATA)
    found = the_only("FORM009", altered(CENTRE, {"government_fund": {"notes": notes}}))
    assert found.level == "error"
    assert "有数据" in found.message


def test_an_empty_table_without_any_notes_is_told_mildly() -> None:
    found = the_only("FORM009", altered(JIAOZUO, {"state_capital": {"notes": ()}}))
    assert found.level == "warning"


def test_a_book_that_names_no_currency_is_asked_for_it() -> None:
    found = the_only("FORM004", altered(JIAOZUO, {table: {"currency": None} for table in honest(JIAOZUO).sheets}))
    assert (found.level, found.place) == ("warning", None)
    assert "万元" in found.message


def test_a_book_all_in_yuan_is_as_good() -> None:
    book = altered(JIAOZUO, {table: {"currency": "元"} for table in honest(JIAOZUO).sheets}, currency="元")
    assert findings("FORM004", book) == []


def test_a_table_under_another_tables_number_is_to_be_verified() -> None:
    found = the_only("FORM001", altered(JIAOZUO, {"general_budget": {"label": "公开06表"}}))
    assert found.level == "warning"
    assert "公开06表" in found.message
    assert "公开05表" in found.message


def test_a_wrong_line_number_is_a_deviation_from_the_form() -> None:
    found = the_only("FORM012", altered(JIAOZUO, relabelled(JIAOZUO, "summary", "revenue_total", number="26")))
    assert "行次 26 应为 27" in found.message


def test_what_is_not_recognised_and_what_stands_there_twice_is_named() -> None:
    place = sheet_of(JIAOZUO, "revenue").place
    strays = (Stray("revenue", place, "非同级财政拨款收入", "column"),)
    book = altered(JIAOZUO, {"revenue": {"strays": strays}}, left_out=("公开03表又见于工作表“副本”",))
    messages = [item.message for item in findings("FORM017", book)]
    assert len(messages) == 2
    assert "非同级财政拨款收入" in messages[0] + messages[1]
    assert "副本" in messages[0] + messages[1]


def test_whatever_is_hidden_is_told_in_one_finding() -> None:
    found = the_only("FORM014", altered(JIAOZUO, hidden=("隐藏的工作表“底稿”", "指向其他工作簿的外部链接")))
    assert "底稿" in found.message
    assert "外部链接" in found.message


def test_codes_with_spaces_or_full_width_digits_are_untidy_not_wrong() -> None:
    row = sheet_of(JIAOZUO, "expenditure").rows[3]._replace(code="２０１０３５０")
    found = the_only("CODE001", altered(JIAOZUO, {"expenditure": {"untidy_codes": (row,)}}))
    assert found.level == "warning"
    assert "２０１０３５０" in found.message


def test_a_table_all_in_yuan_is_one_unit_slip() -> None:
    found = the_only("FORM005", altered(JIAOZUO, cells=yuan(JIAOZUO, {"general_budget"})))
    assert {cell.table for cell in found.cells} == {"general_budget"}
    assert len(found.cells) > 3
    assert "把“元”当成了“万元”" in found.message


def test_in_a_book_in_yuan_the_small_figure_is_the_slip() -> None:
    tables = set(honest(CENTRE).sheets) - {"general_budget"}
    found = the_only("FORM005", altered(CENTRE, cells=yuan(CENTRE, tables), currency="元"))
    assert {cell.table for cell in found.cells} == {"general_budget"}
    assert "万分之一" in found.message
    assert "把“万元”当成了“元”" in found.message


def test_a_part_forgotten_in_a_sum_is_no_unit_slip() -> None:
    """Without one part, and 0.01 of rounding, the sum leaves about a ten-thousandth for it."""
    parts = {("basic_expenditure", "30201", "amount"): "100.00", ("basic_expenditure", "302", "amount"): "55.01"}
    cells = {key: {"fen": to_fen(Decimal(text), "万元")} for key, text in parts.items()}
    assert findings("BAS001", altered(CENTRE, cells=cells))
    assert findings("FORM005", altered(CENTRE, cells=cells)) == []


def test_an_unrounded_figure_breaks_no_relation_that_its_rounding_explains() -> None:
    key = ("expenditure", "2010350", "basic")
    exact = {"fen": to_fen(Decimal("667.2318"), "万元"), "step": 1, "raw": "667.2318"}
    checked = check(altered(JIAOZUO, cells={key: exact}), CATALOGUE)
    assert checked.verdict == "warn"
    assert [item.rule for item in checked.findings if key[:1] == ("expenditure",) and item.rule.startswith("EXP")] == []


def test_a_fund_code_that_is_not_listed_is_known_by_its_branch() -> None:
    book = altered(JIAOZUO, with_row(JIAOZUO, "general_budget", "2120899", "其他国有土地使用权出让收入安排的支出"))
    assert "公开07表" in the_only("CODE008", book).message


def test_state_capital_does_not_belong_into_the_fund_table() -> None:
    book = altered(CENTRE, with_row(CENTRE, "government_fund", "2230105", "国有企业退休人员社会化管理补助支出"))
    assert "2230105" in the_only("CODE009", book).message


def test_an_economic_code_out_of_the_list_is_to_be_verified() -> None:
    book = altered(JIAOZUO, relabelled(JIAOZUO, "basic_expenditure", "30114", key="30198", code="30198"))
    assert "未收录" in the_only("CODE011", book).message


def test_a_row_that_cannot_be_read_is_not_called_empty() -> None:
    cells = {
        ("revenue", "2080711", field): {"fen": None, "state": "unreadable", "raw": "见附表"}
        for field in sheet_of(JIAOZUO, "revenue").columns
    }
    assert findings("CODE012", altered(JIAOZUO, cells=cells)) == []


def test_blanks_throughout_a_table_are_a_way_to_write_nothing() -> None:
    blank = {key: {"fen": None, "state": "blank"} for key, cell in honest(JIAOZUO).cells.items() if not cell.fen}
    assert findings("FORM008", altered(JIAOZUO, cells=blank)) == []


def test_without_a_limit_of_its_own_no_office_is_told_its_reception_is_dear() -> None:
    people = ("supplement", "reception_people", "value")
    limit = ("supplement", "reception_limit", "value")
    dear = {people: {"fen": 1_000_000}}
    assert findings("TPE023", altered(CENTRE, cells=dear))
    assert findings("TPE023", altered(CENTRE, cells=dear | {limit: {"fen": None, "state": "blank"}})) == []
    assert [item.reason for item in left_out("TPE023", honest(JIAOZUO))] == ["没有补充资料工作表"]


def test_the_table_that_is_not_read_in_its_own_currency_is_told_where_as_many_say_the_one_as_the_other() -> None:
    """That of the table that comes first in the workbook counts, which need not be the first of the form."""
    said: Changes = {table: {"currency": None} for table in honest(JIAOZUO).sheets}
    said |= {"summary": {"currency": "万元"}, "expenditure": {"currency": "元"}}
    found = the_only("FORM004", altered(JIAOZUO, said, currency="元"))
    assert found.message.startswith("公开01表 ")
    assert "的金额单位为“万元”，其他表为“元”；本次按元核对" in found.message


@pytest.mark.parametrize(("fen", "told"), [(300_49, ""), (300_50, "人均 100.17 元，高于设定的 100.16 元")])
def test_reception_a_head_is_rounded_before_it_is_compared(fen: int, told: str) -> None:
    cells = {
        ("three_public", "actual", "official_reception"): {"fen": fen},
        ("supplement", "reception_people", "value"): {"fen": 3 * 1_000_000},
        ("supplement", "reception_limit", "value"): {"fen": 100_16},
    }
    assert [told in item.message for item in findings("TPE023", altered(CENTRE, cells=cells))] == [True] * bool(told)


def test_formulas_are_only_missed_in_our_own_template() -> None:
    assert findings("FORM013", honest(JIAOZUO)) == []
    assert [item.blocking for item in left_out("FORM013", honest(JIAOZUO))] == [False]


def test_the_same_figure_one_last_digit_apart_is_to_be_verified_two_apart_wrong() -> None:
    """What hand balancing leaves between two tables: 208 in 01 and 03 of a published account."""
    key = ("summary", "208", "expenditure")

    def level(text: str) -> str:
        return the_only("X012", altered(JIAOZUO, cells={key: {"fen": to_fen(Decimal(text), "万元")}})).level

    assert level("84.61") == "warning"
    assert level("84.62") == "error"


def test_using_surplus_is_measured_against_the_units_own_money() -> None:
    """Fiscal money left for next year is no surplus that could have covered the gap."""
    cells = {
        ("appropriation_summary", "revenue_total", "revenue"): {"fen": to_fen(Decimal("686.00"), "万元")},
        ("summary", "revenue_total", "revenue"): {"fen": to_fen(Decimal("777.00"), "万元")},
    }
    book = altered(CENTRE, cells=cells)
    assert findings("SUM010", book) == []
