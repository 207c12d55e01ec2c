"""`fill` adds the 类 and 款 that our template lacks, in its spare rows, and the formulas of rows put in by hand."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from clerk import (
    CATALOGUE,
    CODED,
    EDITION,
    TABLES,
    Exact,
    Slip,
    Template,
    amounts_of,
    codes_of,
    filled_file,
    look_at,
    open_rows,
    read,
    recalculate,
    total_row,
)
from exact import figures
from juesuan import cli
from juesuan.book import Book
from juesuan.check import check
from juesuan.classification import functional
from juesuan.fill import fill
from juesuan.money import Currency
from juesuan.ooxml.package import Package
from juesuan.reading.files import open_workbook
from juesuan.writing.filling import write_filled
from juesuan.writing.parent_rows import Completed, complete
from tools import require, validation_errors

SEED = 3
LABEL = TABLES["expenditure"].label
EXACT = figures(SEED, EDITION)

Gone = Callable[[str, str], bool]
"""Whether a row, by table and code, was never typed in."""


def every_parent(table: str, code: str) -> bool:
    return len(code) < 7


def without(gone: Gone, exact: Exact = EXACT) -> Exact:
    return {key: fen for key, fen in exact.items() if key[0] not in CODED or not gone(key[0], key[1])}


def template(
    path: Path, gone: Gone = every_parent, currency: Currency = "元", slip: Slip | None = None, seed: int = SEED
) -> Path:
    return filled_file(path, without(gone, figures(seed, EDITION)), currency, seed, slip)


def run(path: Path, *options: str) -> Path:
    assert cli.main(["fill", str(path), *options]) == 0
    return path.with_stem(f"{path.stem}-填列")


def completed(path: Path) -> Completed:
    file = open_workbook(str(path))
    return complete(file, read(path), CATALOGUE)


def rows_of(book: Book) -> dict[str, list[str]]:
    return {table: [row.key for row in book.sheets[table].rows] for table in CODED}


def edited(path: Path, edit: Callable[[Workbook], object]) -> Path:
    file = openpyxl.load_workbook(path)
    edit(file)
    file.save(path)
    return path


@pytest.mark.parametrize(
    ("gone", "currency", "seed"),
    [
        (every_parent, "元", SEED),
        (every_parent, "万元", 7),
        (lambda table, code: len(code) == 5, "元", 5),
        (lambda table, code: len(code) == 3, "万元", SEED),
        (lambda table, code: table == "revenue" and code == "22001", "元", SEED),
        (lambda table, code: table in ("revenue", "general_budget") and code in ("221", "22003"), "元", SEED),
    ],
)
def test_rows_that_are_missing_are_put_in_and_filled(gone: Gone, currency: Currency, seed: int, tmp_path: Path) -> None:
    """Filled as if the clerk had listed every 类 and 款; codes are texts and numbers as it comes."""
    whole = run(template(tmp_path / "全.xlsx", lambda *_: False, currency, seed=seed))
    result = run(template(tmp_path / "缺.xlsx", gone, currency, seed=seed))
    ours, theirs = read(result), read(whole)
    assert rows_of(ours) == rows_of(theirs)
    assert amounts_of(ours) == amounts_of(theirs)
    assert ours.filled == theirs.filled
    assert errors(ours) == errors(theirs)


def errors(book: Book) -> set[str]:
    return {item.rule for item in check(book, CATALOGUE).findings if item.level == "error"}


def test_what_was_added_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = [("revenue", "22001"), ("revenue", "22002"), ("general_budget", "221")]
    run(template(tmp_path / "缺.xlsx", lambda table, code: (table, code) in gone))
    names = {code: functional()[code].name for code in ("22001", "221")}
    assert (
        f"补列了 3 行缺少的类、款：公开02表 22001 {names['22001']}、22002；公开05表 221 {names['221']}。\n"
        in capsys.readouterr().out
    )


def test_a_new_row_is_a_row_of_the_template(tmp_path: Path) -> None:
    """Code as text, name, height, styles and formulas; what stands below the spare rows stays where it is."""
    whole, less = template(tmp_path / "全.xlsx", lambda *_: False), template(tmp_path / "缺.xlsx")
    package = completed(less).file.package
    before, after = sheet_of(openpyxl.load_workbook(whole)), sheet_of(openpyxl.load_workbook(io.BytesIO(package.data)))
    assert (after.dimensions, after.merged_cells) == (before.dimensions, before.merged_cells)
    for row in range(1, before.max_row + 1):
        assert after.row_dimensions[row].height == before.row_dimensions[row].height
        code = after.cell(row, 1).value
        for column in range(1, before.max_column + 1):
            cell, new = before.cell(row, column), after.cell(row, column)
            assert new.style_id == cell.style_id
            expected = {str(cell.value)} | ({functional_name(code)} if column == 2 else set())
            assert str(new.value) in expected, cell.coordinate
    first = after.cell(open_rows(after)[0], 1)
    assert (first.value, first.data_type) == (codes_of(EXACT, "expenditure")[0], "s")


def functional_name(code: object) -> str:
    known = functional().get(str(code))
    return known.name if known else "None"


def test_everything_else_stays_byte_for_byte(tmp_path: Path) -> None:
    path = template(tmp_path / "缺.xlsx", lambda table, code: table == "revenue" and code == "220")
    with_calc_chain(path)
    before, after = Package(path.read_bytes(), path.name), completed(path).file.package
    part = before.sheet_parts[TABLES["revenue"].label]
    changed = {name for name in after.entries if packed(after, name) != packed(before, name)}
    assert changed == {part, "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    assert before.entries.keys() - after.entries.keys() == {"xl/calcChain.xml"}
    for name in changed:
        assert b"calcChain" not in after.read(name)
    old, new = before.read(part), after.read(part)
    assert old.partition(b"<sheetData")[0] == new.partition(b"<sheetData")[0]
    assert old.partition(b"</sheetData>")[2] == new.partition(b"</sheetData>")[2]


def packed(package: Package, name: str) -> bytes | None:
    if not package.has(name):
        return None
    entry = package.entries[name]
    return package.data[entry.offset : entry.offset + 30 + entry.packed]


def with_calc_chain(path: Path) -> None:
    """As Excel saves it: with a list of the cells that have formulas."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    override = f'<Override PartName="/xl/calcChain.xml" ContentType="{content}"/>'
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/>'
    more = {
        "[Content_Types].xml": f"{override}</Types>",
        "xl/_rels/workbook.xml.rels": f"{relation}</Relationships>",
    }
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name in more:
                text = re.sub(r"</\w+>\s*$", more[name], text)
            new.writestr(name, text)
        new.writestr("xl/calcChain.xml", '<calcChain xmlns="…"><c r="C9" i="4"/></calcChain>')


def share(path: Path) -> None:
    """As Excel writes formulas that were filled down: once, for all cells of the column that read alike."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            groups: dict[tuple[str, str], int] = {}

            def once(cell: re.Match[str], groups: dict[tuple[str, str], int] = groups) -> str:
                column, line, style, formula = cell.groups()
                alike = column, re.sub(rf"(?<=[A-Z]){line}\b", "#", formula)
                text = "/>" if alike in groups else f' ref="{column}{line}:{column}67">{formula}</f>'
                group = groups.setdefault(alike, len(groups))
                return f'<c r="{column}{line}"{style}><f t="shared" si="{group}"{text}'

            text = old.read(name).decode()
            if name.startswith("xl/worksheets/sheet"):
                text = re.sub(r'<c r="([A-Z]+)(\d+)"( s="\d+")><f>([^<]*)</f>', once, text)
            new.writestr(name, text)


def test_formulas_written_once_for_many_cells_are_moved_alike(tmp_path: Path) -> None:
    path, shared = template(tmp_path / "缺.xlsx"), template(tmp_path / "共.xlsx")
    share(shared)
    assert b"shared" in Package(shared.read_bytes(), "").read("xl/worksheets/sheet4.xml")
    ours, theirs = (
        sheet_of(openpyxl.load_workbook(io.BytesIO(completed(book).file.package.data))) for book in (shared, path)
    )
    for row in range(1, theirs.max_row + 1):
        for column in range(1, theirs.max_column + 1):
            assert ours.cell(row, column).value == theirs.cell(row, column).value, (row, column)
    assert amounts_of(read(run(shared))) == amounts_of(read(run(path)))


def test_filling_again_changes_nothing(tmp_path: Path) -> None:
    result = run(template(tmp_path / "缺.xlsx"))
    assert completed(result)[2:] == ({}, {}, [])
    assert run(result).read_bytes() == result.read_bytes()


def test_the_result_keeps_to_the_schema(tmp_path: Path) -> None:
    assert validation_errors(run(template(tmp_path / "缺.xlsx"))) == []


def test_libreoffice_computes_the_same_amounts_before_and_after(tmp_path: Path) -> None:
    """A template that LibreOffice saved, with results, some of which were right only without the new rows."""
    require("soffice")
    path = template(tmp_path / "缺.xlsx")
    saved = recalculate([[path]], tmp_path)[path.stem]
    result = run(saved)
    ours = amounts_of(read(result))
    assert ours == {key: EXACT.get(key, 0) for key in ours}
    again = look_at(recalculate([[result]], tmp_path / "again")[result.stem])
    assert amounts_of(again.book) == ours
    assert set(again.signs.values()) == {0}
    assert validation_errors(result) == []


def test_a_result_that_was_disputed_before_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A clerk's own formula in a derived cell stays as it is with its result, and is said."""
    require("soffice")
    path = template(tmp_path / "缺.xlsx")
    edited(path, put("公开01表", "F10", "=1+1"))
    run(recalculate([[path]], tmp_path)[path.stem])
    assert "公开01表 F10「公共安全支出」现值 2.00，应为 0.00" in capsys.readouterr().out


def bare(filled: Template, _: Exact) -> None:
    """Rows of a 类, a 款 and two 项 as Excel's insert leaves them: formats, and what was typed in."""
    sheet = filled.sheet("expenditure")
    first = open_rows(sheet)[0]
    for row in range(first, first + 4):
        for column in range(3, sheet.max_column + 1):
            if str(sheet.cell(row, column).value or "").startswith("="):
                filled.type_in(LABEL, row, column, None)
    filled.type_in(LABEL, first, 5, 12.34)
    filled.type_in(LABEL, first + 2, 6, None)


@pytest.mark.parametrize("gone", [lambda *_: False, lambda table, code: code == "22002"])
def test_rows_put_in_by_hand_get_the_formulas_they_lack(
    gone: Gone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = sheet_of(openpyxl.load_workbook(run(template(tmp_path / "全.xlsx", gone))))
    capsys.readouterr()
    result = run(template(tmp_path / "空.xlsx", gone, slip=bare))
    said = capsys.readouterr().out
    after = sheet_of(openpyxl.load_workbook(result))
    first = open_rows(whole)[0]
    typed = {(first, 5): 12.34, (first + 2, 6): None}
    for row in range(first, first + 10):
        for column in range(1, whole.max_column + 1):
            value = typed.get((row, column), whole.cell(row, column).value)
            assert after.cell(row, column).value == value, (row, column)
    codes = "、".join(codes_of(EXACT, "expenditure")[:4])
    assert f"给 4 行没有公式的科目补上了公式：公开03表 {codes}。\n" in said
    assert f"{LABEL} E{first}「" in said


def test_a_table_without_room_is_said_and_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def remark(filled: Template, _: Exact) -> None:
        filled.type_in(LABEL, open_rows(filled.sheet("expenditure"))[-2], 9, "备注")

    path = template(tmp_path / "缺.xlsx", slip=remark)
    result = run(path)
    codes = [code for code in codes_of(EXACT, "expenditure") if len(code) < 7]
    assert (
        f"公开03表缺少上级科目 {'、'.join(codes)}，没有补列：要加 {len(codes)} 行，备用行只有 1 行。\n"
        in capsys.readouterr().out
    )
    before, after = rows_of(read(path)), rows_of(read(result))
    assert after["expenditure"] == before["expenditure"]
    assert len(after["revenue"]) > len(before["revenue"])
    assert "CODE004" in errors(read(result))


def test_a_workbook_that_is_not_ours_gets_no_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def unmark(file: Workbook) -> None:
        for row in file["封面"].iter_rows():
            for cell in row:
                if str(cell.value).startswith("juesuan 模板"):
                    cell.value = None

    path = edited(template(tmp_path / "缺.xlsx"), unmark)
    result = run(path)
    said = capsys.readouterr().out
    assert "补列" not in said
    assert "补上了公式" not in said
    assert rows_of(read(result)) == rows_of(read(path))
    assert "CODE004" in errors(read(result))


def sheet_of(file: Workbook, name: str = LABEL) -> Worksheet:
    sheet = file[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def charted(file: Workbook) -> None:
    chart = BarChart()
    chart.add_data(Reference(sheet_of(file), 4, 9, 4, 12))
    sheet_of(file, "封面").add_chart(chart, "F2")


def anchored(file: Workbook) -> None:
    chart = BarChart()
    chart.add_data(Reference(sheet_of(file, "公开01表"), 3, 9, 3, 12))
    sheet_of(file).add_chart(chart, "L20")


def commented(address: str) -> Callable[[Workbook], None]:
    def edit(file: Workbook) -> None:
        sheet_of(file)[address].comment = Comment("核过", "张三")

    return edit


def put(sheet: str, address: str, formula: str | ArrayFormula) -> Callable[[Workbook], None]:
    def edit(file: Workbook) -> None:
        sheet_of(file, sheet)[address].value = formula

    return edit


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (commented("D12"), "批注（D12）不能随行下移"),
        (lambda file: sheet_of(file).merge_cells("D30:E31"), "合并单元格（D30:E31）不能随行下移"),
        (lambda file: setattr(sheet_of(file)["B11"], "hyperlink", "https://example.org"), "超链接（B11）不能随行下移"),
        (anchored, "图形或控件（第 20 行）不能随行下移"),
        (put(LABEL, "V12", ArrayFormula("V12:V13", "=D12:D13*2")), "数组公式（V12:V13）不能随行下移"),
        (put(LABEL, "V7", "=SUM(D8:D20)"), "V7 的公式引用了要下移的行"),
        (put(LABEL, "V9", "=D9+D10"), "V9 的公式引用了要下移的行"),
        (put("公开01表", "H12", "=公开03表!D9"), "公开01表 H12 的公式引用了要下移的行"),
        (charted, "图表引用了要下移的行"),
        (
            lambda file: file.defined_names.add(DefinedName("本级", attr_text=f"'{LABEL}'!$D$9")),
            "名称“本级”引用了要下移的行",
        ),
    ],
)
def test_what_cannot_be_moved_is_said_and_stays_as_it_is(
    edit: Callable[[Workbook], None], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = edited(template(tmp_path / "缺.xlsx"), edit)
    result = run(path)
    codes = "、".join(completed_codes())
    assert f"公开03表缺少上级科目 {codes}，没有补列：{words}。\n" in capsys.readouterr().out
    before, after = rows_of(read(path)), rows_of(read(result))
    assert after["expenditure"] == before["expenditure"]
    assert len(after["revenue"]) > len(before["revenue"])
    assert read(result).cells["expenditure", "total", "basic"].fen


def test_a_chart_of_a_sheet_whose_name_is_escaped_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def charted_by_another_name(file: Workbook) -> None:
        sheet = sheet_of(file)
        sheet.title = f"{LABEL}&附"
        chart = BarChart()
        chart.add_data(Reference(sheet, 4, 9, 4, 12))
        sheet_of(file, "封面").add_chart(chart, "F2")

    run(edited(template(tmp_path / "缺.xlsx"), charted_by_another_name))
    assert "没有补列：图表引用了要下移的行。\n" in capsys.readouterr().out


def completed_codes() -> list[str]:
    return [code for code in codes_of(EXACT, "expenditure") if len(code) < 7]


@pytest.mark.parametrize(
    "edit",
    [
        commented("D7"),
        lambda file: setattr(sheet_of(file)["A3"], "hyperlink", "https://example.org"),
        put(LABEL, "V7", "=SUM(D8:D67)"),
        put(LABEL, "V9", "=D9*2+公开02表!$D$7"),
        put("公开01表", "H12", "=SUM(公开03表!D7:D68)+公开03表!D7"),
    ],
)
def test_what_does_not_speak_of_single_rows_is_in_nobodys_way(edit: Callable[[Workbook], None], tmp_path: Path) -> None:
    path = edited(template(tmp_path / "缺.xlsx"), edit)
    assert completed(path).refused == []
    after = openpyxl.load_workbook(io.BytesIO(completed(path).file.package.data))
    moved = sheet_of(after)["V11"].value
    assert moved in (None, "=D11*2+公开02表!$D$7")


def test_a_large_template_is_filled_within_two_seconds(tmp_path: Path) -> None:
    path = template(tmp_path / "缺.xlsx", seed=7)
    start = time.process_time()
    run(path)
    assert time.process_time() - start < 2


def test_the_codes_of_one_table_may_stand_in_no_order(tmp_path: Path) -> None:
    """A parent stands above the first of its rows, and its sum finds them all."""

    def shuffle(filled: Template, _: Exact) -> None:
        sheet = filled.sheet("expenditure")
        first = total_row(sheet) + 1
        values = [[cell.value for cell in row[:2] + row[3:8]] for row in sheet.iter_rows(first, first + 3)]
        for row, content in enumerate(reversed(values), first):
            for column, value in zip((1, 2, 4, 5, 6, 7, 8), content, strict=True):
                filled.type_in(LABEL, row, column, value)

    book = completed(template(tmp_path / "乱.xlsx", slip=shuffle)).book
    filled = fill(book, CATALOGUE)
    amounts = amounts_of(filled.book)
    assert amounts["expenditure", "220", "total"] == EXACT["expenditure", "220", "total"]
    assert not filled.conflicts
    write_filled(completed(tmp_path / "乱.xlsx").file, filled, str(tmp_path / "果.xlsx"))
