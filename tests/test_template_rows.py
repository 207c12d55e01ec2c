"""Rows of the template inserted, deleted, pasted and sorted in LibreOffice, as a clerk does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from clerk import CATALOGUE, CODED, EDITION, TABLES, Template, look_at, open_rows, read, total_row
from exact import figures
from juesuan import cli
from juesuan.book import Book
from juesuan.check import check
from juesuan.model import TOTAL
from juesuan.money import Currency
from juesuan.reading.files import open_workbook
from tools import python_of_libreoffice, require, work_on_rows

LABEL = TABLES["expenditure"].label
FIELDS = [field.id for field in TABLES["expenditure"].fields]
SEED = 3
EDITED, SORTED, MIXED, EDITED_IN_WAN = "改过.xlsx", "排过.xlsx", "混排.xlsx", "改过 万元.xlsx"
DELETED = "删过.xlsx"

Steps = list[list[Any]]


class Worked(NamedTuple):
    path: Path
    book: Book
    file: Workbook
    signs: list[str]
    report: dict[str, Any]


def code_at(template: Template, table: str, row: int) -> str:
    return str(template.sheet(table).cell(row, 1).value or "")


def edits(template: Template) -> Steps:
    """Rows inserted below the first and above the last, a 项 and spare rows deleted, rows pasted over spare ones."""
    sheet = template.sheet("expenditure")
    first, last = open_rows(sheet)[0], open_rows(sheet)[-1]
    item = next(row for row in open_rows(sheet) if len(code_at(template, "expenditure", row)) == 7)
    after = next(row for row in range(item, last) if not code_at(template, "expenditure", row))
    above_last: Steps = [["insert", LABEL, last, 3]]
    above_last += [["copy", LABEL, last + 3, row] for row in range(last, last + 3)]
    above_last += [
        ["put", LABEL, last, [229, "其他支出"]],
        ["put", LABEL, last + 1, [22999, "其他支出"]],
        ["put", LABEL, last + 2, [2299999, "其他支出", None, 11.11, 22.22, 0, 0, 0]],
    ]
    # Typed and pasted as numbers and as texts; the last one has its own sum pasted as a number.
    pasted: Steps = [
        ["put", LABEL, after, [234, "抗疫特别国债安排的支出"]],
        ["put", LABEL, after + 1, ["23401", "基础设施建设"]],
        ["put", LABEL, after + 2, [2340101, "公共卫生体系建设", None, 1000.01, 0.02, 0, 0, 0]],
        ["put", LABEL, after + 3, ["2340102", "重大疫情防控", 7.07, 3.03, 4.04, 0, 0, 0]],
    ]
    # Bottom up, so that the rows above keep their numbers.
    return [
        *above_last,
        ["delete", LABEL, last - 2, 2],
        *pasted,
        ["delete", LABEL, item, 1],
        ["insert", LABEL, item, 1],
        ["put", LABEL, item, [int(code_at(template, "expenditure", item)[:5] + "88"), "插入", 6.5, 6.5, 0, 0, 0, 0]],
        ["insert", LABEL, first + 1, 2],
        ["copy", LABEL, last - 5, first + 1],
        ["copy", LABEL, last - 5, first + 2],
        ["put", LABEL, first + 1, [int(code_at(template, "expenditure", first) + "77"), "插入"]],
        ["put", LABEL, first + 2, [code_at(template, "expenditure", first) + "7701", "插入", None, 5, 6, 7, 8, 9]],
    ]


def deleting(template: Template) -> Steps:
    """The empty rows go, as the cover says to do before printing."""
    steps: Steps = []
    for table in CODED.values():
        sheet = template.sheet(table.id)
        empty = [row for row in open_rows(sheet) if not code_at(template, table.id, row)]
        steps.append(["delete", table.label, empty[0], len(empty)])
    return steps


def sorting(template: Template) -> Steps:
    """Every list sorted by code; the codes of one table are texts, those of the others numbers."""
    steps: Steps = []
    for table in CODED.values():
        sheet = template.sheet(table.id)
        first, last = open_rows(sheet)[0], open_rows(sheet)[-1]
        for row in open_rows(sheet):
            if code := code_at(template, table.id, row):
                template.type_in(table.label, row, 1, code if table.id == "expenditure" else int(code))
        steps.append(["sort", table.label, first, last, 2 + len(table.fields)])
    return steps


def mixed_sorting(template: Template) -> Steps:
    """公开03表 sorted by code, its 项 pasted as numbers and the others as texts: numbers come before texts."""
    sheet = template.sheet("expenditure")
    first, last = open_rows(sheet)[0], open_rows(sheet)[-1]
    for row in open_rows(sheet):
        if code := code_at(template, "expenditure", row):
            template.type_in(LABEL, row, 1, int(code) if len(code) == 7 else code)
    return [["sort", LABEL, first, last, 2 + len(FIELDS)]]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    require("soffice")
    python_of_libreoffice()
    folder = tmp_path_factory.mktemp("rows")
    jobs = [
        job(folder / EDITED, edits),
        job(folder / SORTED, sorting, backwards=True),
        job(folder / DELETED, deleting),
        job(folder / MIXED, mixed_sorting),
        job(folder / EDITED_IN_WAN, edits, "万元"),
    ]
    return {
        Path(job["result"]).name: look(Path(job["result"]), report)
        for job, report in zip(jobs, work_on_rows(jobs, folder), strict=True)
    }


def job(
    result: Path, plan: Callable[[Template], Steps], currency: Currency = "元", *, backwards: bool = False
) -> dict[str, Any]:
    template = Template(currency)
    template.fill_in(figures(SEED, EDITION), SEED, backwards)
    steps = plan(template)
    path = template.save(result.with_name(f"模板 {result.name}"))
    return {"book": str(path), "result": str(result), "steps": steps}


def look(path: Path, report: dict[str, Any]) -> Worked:
    [grid] = [grid for grid in open_workbook(str(path)).grids if grid.name == "勾稽检查"]
    signs = [str(grid.value(row, 6)) for row in range(4, grid.bottom)]
    return Worked(path, read(path), openpyxl.load_workbook(path), signs, report)


def column(book: Book, table: str, field: str) -> dict[str, int]:
    return {row: cell.fen or 0 for (name, row, at), cell in book.cells.items() if (name, at) == (table, field)}


def sums(amounts: dict[str, int]) -> dict[str, int]:
    """What every 类, 款 and 合计 is by its 项."""
    return {
        row: sum(fen for item, fen in amounts.items() if len(item) == 7 and (row == TOTAL or item.startswith(row)))
        for row in amounts
        if row == TOTAL or len(row) < 7
    }


@pytest.mark.parametrize("name", [EDITED, SORTED])
def test_every_sum_is_that_of_its_items_whatever_was_done_to_the_rows(name: str, works: dict[str, Worked]) -> None:
    book = works[name].book
    for table in CODED.values():
        for field in table.fields:
            amounts = column(book, table.id, field.id)
            assert {row: amounts[row] for row in sums(amounts)} == sums(amounts), (table.id, field.id)
    classes = column(book, "expenditure", "total")
    listed = {row: fen for row, fen in column(book, "summary", "expenditure").items() if row.isdigit()}
    assert listed == {row: classes.get(row, 0) for row in listed}


def test_what_was_typed_into_inserted_and_pasted_rows_is_counted(works: dict[str, Worked]) -> None:
    amounts = column(works[EDITED].book, "expenditure", "total")
    assert {row: amounts[row] for row in ("229", "22999", "2299999")} == dict.fromkeys(
        ("229", "22999", "2299999"), 3333
    )
    assert [amounts[row] for row in ("234", "23401", "2340101", "2340102")] == [100_710, 100_710, 100_003, 707]
    [inserted] = [row for row in amounts if row.endswith("7701") and len(row) == 7]
    assert (amounts[inserted], amounts[inserted[:5]]) == (3500, 3500)
    exact = figures(SEED, EDITION)
    assert len(amounts) == len({row for table, row, _ in exact if table == "expenditure"}) + 9


def test_a_sorted_list_gives_the_amounts_of_the_book(works: dict[str, Worked]) -> None:
    exact, book = figures(SEED, EDITION), works[SORTED].book
    found = {key: cell.fen or 0 for key, cell in book.cells.items()}
    assert found == {key: exact.get(key, 0) for key in found}
    assert works[SORTED].signs
    assert "不平" not in works[SORTED].signs


def test_a_book_without_its_empty_rows_is_read_whole_and_right(works: dict[str, Worked]) -> None:
    checked = check(read(works[DELETED].path), CATALOGUE)
    assert set(checked.book.sheets) == set(TABLES)
    assert checked.counts["failed"] == 0
    exact = figures(SEED, EDITION)
    found = {key: cell.fen or 0 for key, cell in checked.book.cells.items()}
    assert found == {key: exact.get(key, 0) for key in found}


@pytest.mark.parametrize("name", [EDITED, SORTED, DELETED])
def test_no_formula_is_broken_and_the_sheets_stay_protected(name: str, works: dict[str, Worked]) -> None:
    work = works[name]
    assert work.report["wrong"] == []
    assert [sheet for sheet, kept in work.report["protected"].items() if not kept] == ["科目表"]
    formulas = [
        str(cell.value)
        for sheet in work.file.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(formulas) > 1000
    assert [formula for formula in formulas if "#REF!" in formula] == []
    sheet = work.file[LABEL]
    assert f"$A${open_rows(sheet).stop}" in str(sheet.cell(total_row(sheet), 4).value)


def test_the_check_sheet_sees_what_the_edited_rows_no_longer_agree_with(works: dict[str, Worked]) -> None:
    assert "不平" in works[EDITED].signs


def test_a_class_sorted_below_its_items_never_passes_in_silence(
    works: dict[str, Worked], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its formula finds nothing below it: the check sheet shows it, `check` says it, `fill` says what it does."""
    work = works[MIXED]
    rows = work.book.sheets["expenditure"].rows[1:]
    late = next(row for row in rows if len(row.key) == 3)
    assert any(row.key.startswith(late.key) for row in rows[: rows.index(late)])
    assert "不平" in work.signs
    found = {(item.rule, item.level): item.message for item in check(read(work.path), CATALOGUE).findings}
    assert ("EXP002", "error") in found
    assert found["CODE007", "warning"].startswith(f"公开03表 {late.place.address} 的科目 {late.key} 应排在")
    assert "编码有的是数字、有的是文本" in found["CODE007", "warning"]
    said = []
    for options in ([], ["--overwrite"]):
        assert cli.main(["fill", str(work.path), "-o", str(tmp_path / "填列.xlsx"), *options]) == 0
        said.append(capsys.readouterr().out)
    assert "格原有的数与规则不符，没有改动" in said[0]
    assert "处错误，请逐条核对（juesuan check" in said[0]
    assert "重新计算后以公式的结果为准" in said[1]


def test_in_wan_too_the_check_sheet_says_what_check_says_of_rows_without_formulas(works: dict[str, Worked]) -> None:
    result = look_at(works[EDITED_IN_WAN].path)
    assert result.signs == result.told


def test_inserted_rows_may_be_typed_in_and_the_closing_row_may_not(works: dict[str, Worked]) -> None:
    sheet = works[EDITED].file[LABEL]
    first, last = total_row(sheet), sheet.max_row
    assert [row for row in range(first, last) if sheet.cell(row, 4).protection.locked] == [first, last - 1]
