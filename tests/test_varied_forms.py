"""One thing at a time printed otherwise: it is read, or it is told what is not, and nothing right is called wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.check import Checked
from published_forms import TITLES, Form, Written, write
from test_published_forms import HARMLESS, ODD, judged

Change = Callable[[Workbook], None]
CODED = ("公开02表", "公开03表", "公开05表", "公开07表", "公开08表")
SEED = 3


def cells(sheet: Worksheet) -> Iterator[Cell]:
    yield from (cell for row in sheet.iter_rows() for cell in row)  # type: ignore[misc]


def place(sheet: Worksheet, text: str) -> Cell:
    return next(cell for cell in cells(sheet) if cell.value == text)


def unmerged(sheet: Worksheet) -> Worksheet:
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    return sheet


def amount(value: Any) -> float:
    return value if isinstance(value, float) else 0.0


def called(sheet: str, *names: tuple[str, str]) -> Change:
    def change(book: Workbook) -> None:
        for old, new in names:
            found = [cell for cell in cells(book[sheet]) if isinstance(cell.value, str) and cell.value.strip() == old]
            assert found
            for cell in found:
                cell.value = new

    return change


def codes_with_names(form: str, heading: str) -> Change:
    def change(book: Workbook) -> None:
        for name in CODED:
            sheet = unmerged(book[name])
            for code, called, *_ in sheet.iter_rows():
                if isinstance(code.value, str) and code.value.isdigit():
                    code.value = form.format(code.value, called.value)
            place(sheet, "功能分类科目编码").value = heading
            sheet.delete_cols(2)

    return change


def heading_in_two_rows(book: Workbook) -> None:
    """“功能分类” above “科目编码”, “经济分类” above “科目编码”."""
    for name in (*CODED, "公开06表"):
        sheet = unmerged(book[name])
        heads = [cell for cell in cells(sheet) if cell.value in ("功能分类科目编码", "科目编码")]
        sheet.insert_rows(heads[0].row + 1)
        for head in heads:
            sheet.cell(head.row, head.column, "经济分类" if name == "公开06表" else "功能分类")
            sheet.cell(head.row + 1, head.column, "科目编码")


def total_beside_parts(book: Workbook) -> None:
    """合计 with its amounts in the row that heads 类, 款 and 项."""
    for name in CODED:
        sheet = unmerged(book[name])
        row = place(sheet, "类").row
        assert sheet.cell(row + 1, 4).value == "合计"
        for column in range(4, sheet.max_column + 1):
            sheet.cell(row, column, sheet.cell(row + 1, column).value)
        sheet.delete_rows(row + 1)


def headings_beside_total(book: Workbook) -> None:
    """小计, 基本支出 and 项目支出 of the empty table in the row of 合计, as the district form of Shanghai has them."""
    sheet = unmerged(book["公开08表"])
    total = place(sheet, "合计").row
    for text in ("小计", "基本支出", "项目支出"):
        head = place(sheet, text)
        sheet.cell(total, head.column, "合计" if text == "小计" else text)
        head.value = None


def name_headings(book: Workbook) -> None:
    for name in CODED:
        called(name, ("科目名称", "名称"))(book)


def divided(sheet: Worksheet, heading: str, parts: tuple[str, str]) -> None:
    """Below `heading` 小计 and two parts of it, the first with all of it."""
    top = place(sheet, heading)
    row, column = top.row, top.column
    unmerged(sheet).insert_cols(column + 1, 2)
    under = row + 1
    if under == place(sheet, "栏次").row:
        sheet.insert_rows(under)
    for at, text in enumerate(("小计", *parts)):
        sheet.cell(under, column + at, text)
    sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 2)
    for line in range(under + 2, sheet.max_row):
        if isinstance(sheet.cell(line, column).value, float):
            sheet.cell(line, column + 1, sheet.cell(line, column).value)
            sheet.cell(line, column + 2, 0.0)


def basic_divided(book: Workbook) -> None:
    sheet = book["公开05表"]
    divided(sheet, "基本支出", ("人员经费", "公用经费"))
    group = place(sheet, "本年支出")
    sheet.merge_cells(start_row=group.row, end_row=group.row, start_column=group.column, end_column=group.column + 4)


def revenue_divided(book: Workbook) -> None:
    divided(book["公开02表"], "财政拨款收入", ("一般公共预算财政拨款收入", "政府性基金预算财政拨款收入"))


def whole_of_items(book: Workbook) -> None:
    sheet = book["公开06表"]
    row = place(sheet, "人员经费合计").row
    sheet.insert_rows(row + 1)
    sheet.cell(row + 1, 1, "合计")
    sheet.cell(row + 1, 9, amount(sheet.cell(row, 3).value) + amount(sheet.cell(row, 9).value))


def part_of_opening(book: Workbook) -> None:
    sheet = book["公开01表"]
    row = place(sheet, "年初结转和结余").row + 1
    sheet.cell(row, 1, "　　其中：项目支出结转和结余")
    sheet.cell(row, 3, 1.23)


def heading_over_budgets(book: Workbook) -> None:
    """One heading more: 决算数 over the columns of 04."""
    sheet = unmerged(book["公开04表"])
    row = place(sheet, "行次").row
    sheet.insert_rows(row)
    for column, text in enumerate(("项目", "行次", "决算数", "项目", "行次", "决算数"), 1):
        sheet.cell(row, column, text)
        sheet.cell(row + 1, column).value = None if column < 6 else sheet.cell(row + 1, column).value
    sheet.merge_cells(start_row=row, end_row=row, start_column=6, end_column=9)


def side_by_side(book: Workbook) -> None:
    for cell in cells(book["公开08表"]):
        if cell.value is not None:
            book["公开07表"].cell(cell.row, cell.column + 10, cell.value)
    del book["公开08表"]


def blank_rows(book: Workbook) -> None:
    for name in ("公开01表", "公开02表", "公开03表"):
        sheet = unmerged(book[name])
        sheet.insert_rows(8)
        sheet.insert_rows(1)
        sheet.insert_rows(sheet.max_row - 1)


READ: dict[str, Change] = {
    "全年预算数、支出决算数": called("公开09表", ("预算数", "全年预算数"), ("决算数", "支出决算数")),
    "年度写在预算数前": called("公开09表", ("预算数", "2023年度预算数"), ("决算数", "2023年度决算数")),
    "出国费用": called("公开09表", ("因公出国（境）费", "因公出国(境)费用")),
    "编码-名称": codes_with_names("{}-{}", "功能分类科目"),
    "[编码]名称": codes_with_names("[{}]{}", "功能分类科目编码及名称"),
    "编码 名称": codes_with_names("{} {}", "科目编码"),
    "编码的表头分两行": heading_in_two_rows,
    "名称": name_headings,
    "06表有合计": whole_of_items,
    "06表的小计": called("公开06表", ("人员经费合计", "人员经费小计"), ("公用经费合计", "公用经费小计")),
    "基本支出分人员、公用": basic_divided,
    "财政拨款收入分两本预算": revenue_divided,
    "年初结转的其中数": part_of_opening,
    "收支总计": called("公开04表", ("总计", "收支总计")),
    "收入合计、支出合计": called("公开01表", ("本年收入合计", "收入合计"), ("本年支出合计", "支出合计")),
    "03表的合计": called("公开03表", ("本年支出合计", "合计")),
    "04表多一层决算数": heading_over_budgets,
    "空行": blank_rows,
    "左右并列": side_by_side,
}
NOT_READ: dict[str, tuple[Change, str]] = {
    "补助": (called("公开03表", ("对附属单位补助支出", "对附属单位的补助")), "没有认出“对附属单位补助支出”栏"),
    "少一栏": (lambda book: unmerged(book["公开02表"]).delete_cols(5), "没有认出“上级补助收入”栏"),
    "01表的合计": (called("公开01表", ("总计", "合计")), "有认不出的“合计”"),
}


FORM = Form(2023, tuple(TITLES))
IN_PARTS = FORM._replace(codes="parts")
EMPTY_08 = FORM._replace(numbered=False, zero="", funds=("general_budget", "government_fund"))


def changed(
    folder: Path, change: Change, other: dict[Any, int] | None = None, form: Form = FORM
) -> tuple[Written, Checked]:
    written = write(folder / "书.xlsx", form, SEED, other)
    book = openpyxl.load_workbook(written.path)
    change(book)
    book.save(written.path)
    return written, judged(written.path)


@pytest.mark.parametrize("name", READ)
def test_what_is_printed_otherwise_is_read_all_the_same(name: str, tmp_path: Path) -> None:
    written, checked = changed(tmp_path, READ[name])
    read = {key: cell.fen for key, cell in checked.book.cells.items()}
    assert read == {key: fen for key, (_, _, fen) in written.figures.items()}
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert {item.rule for item in checked.findings if item.level == "warning"} <= HARMLESS | ODD | {"FORM012"}
    assert checked.verdict == "warn"


@pytest.mark.parametrize(
    ("change", "form"),
    [(heading_in_two_rows, IN_PARTS), (total_beside_parts, IN_PARTS), (headings_beside_total, EMPTY_08)],
)
def test_a_total_among_the_headings_is_read(change: Change, form: Form, tmp_path: Path) -> None:
    written, checked = changed(tmp_path, change, form=form)
    read = {key: cell.fen for key, cell in checked.book.cells.items()}
    assert {key: fen for key, fen in read.items() if fen} == {
        key: fen for key, (_, _, fen) in written.figures.items() if fen
    }
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert not [item for item in checked.not_checked if any(name in item.reason for name in CODED)]


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_not_read_stops_the_rules_and_is_no_error(name: str, tmp_path: Path) -> None:
    change, reason = NOT_READ[name]
    _, checked = changed(tmp_path, change)
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert any(reason in item.reason for item in checked.not_checked)
    assert checked.verdict == "unjudged"


@pytest.mark.parametrize("name", READ)
def test_a_wrong_total_is_found_however_it_is_printed(name: str, tmp_path: Path) -> None:
    key = ("state_capital", "total", "total")
    _, checked = changed(tmp_path, READ[name], {key: 123_450_000})
    assert checked.verdict == "fail"
    cell = checked.book.cells[key]
    (blamed,) = (culprit.suspects[0].cell for culprit in checked.culprits)
    assert (blamed.place, blamed.fen) == (cell.place, 123_450_000)


def test_a_title_over_nothing_we_know_beside_a_table_harms_no_other(tmp_path: Path) -> None:
    """Without an empty column between them, tables beside each other are told apart by their titles."""

    def close(book: Workbook) -> None:
        side_by_side(book)
        unmerged(book["公开07表"]).delete_cols(9, 2)

    _, checked = changed(tmp_path, close)
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert {"government_fund", "state_capital"} <= checked.book.sheets.keys()
