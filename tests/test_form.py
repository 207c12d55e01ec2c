"""The drawn form against the headings of the published Henan tables, written out by hand from FORMS.md."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.edition import load_edition
from juesuan.model import Table
from juesuan.template.form import CodeRow, Form, Heading, draw, put

EDITION = load_edition("henan-2024")
HEADING = Heading("某某中心", 2024, "万元")
ROWS = (CodeRow("201", "一般公共服务支出"), CodeRow("20103", "政府办公厅（室）及相关机构事务"))
NAMES = {"301": "工资福利支出", "39908": "对民间非营利组织和群众性自治组织补贴"}
IDS = [table.id for table in EDITION.tables]


def declared(table_id: str) -> Table:
    table = EDITION.table(table_id)
    assert table is not None
    return table


def blank_sheet() -> Worksheet:
    sheet = Workbook().create_sheet("表")
    assert isinstance(sheet, Worksheet)
    return sheet


def drawn(table: Table, heading: Heading = HEADING, statement: bool = False) -> tuple[Worksheet, Form]:
    sheet = blank_sheet()
    rows = ROWS if table.layout == "codes" else ()
    return sheet, draw(sheet, table, heading, rows, NAMES, statement)


def texts(sheet: Worksheet, area: str) -> list[list[object]]:
    """Rows of an area, with the empty and the merged-away cells as blanks."""
    return [["" if cell.value is None else cell.value for cell in row] for row in sheet[area]]


def merges(sheet: Worksheet, rows: range) -> set[str]:
    return {area.coord for area in sheet.merged_cells.ranges if area.min_row in rows}


def declared_keys(table: Table) -> set[tuple[str, str]]:
    if table.layout == "lines":
        return {(line.id or "", field.id) for line, fields in table.all_lines for field in fields}
    if table.layout == "codes":
        return {(row, field.id) for row in ("total", *(row.code for row in ROWS)) for field in table.fields}
    if table.layout == "items":
        codes = [code for group in table.groups for code in group]
        return {(row, "amount") for row in (*codes, "personnel", "operating")}
    return {(row.id, field.id) for row in table.rows for field in table.fields}


HEADINGS: dict[str, tuple[list[str], set[str]]] = {
    "summary": (
        [
            "收入|||支出||",
            "项目|行次|决算数|项目|行次|决算数",
            "栏次||1|栏次||2",
            "一、一般公共预算财政拨款收入|1||一、一般公共服务支出|32|",
        ],
        {"A4:C4", "D4:F4"},
    ),
    "revenue": (
        [
            "项目||本年收入合计|财政拨款收入|上级补助收入|事业收入|经营收入|附属单位上缴收入|其他收入",
            "功能分类科目编码|科目名称|||||||",
            "栏次||1|2|3|4|5|6|7",
            "合计||||||||",
            "201|一般公共服务支出|||||||",
        ],
        {"A4:B4", "C4:C5", "D4:D5", "E4:E5", "F4:F5", "G4:G5", "H4:H5", "I4:I5", "A6:B6", "A7:B7"},
    ),
    "expenditure": (
        [
            "项目||本年支出合计|基本支出|项目支出|上缴上级支出|经营支出|对附属单位补助支出",
            "功能分类科目编码|科目名称||||||",
            "栏次||1|2|3|4|5|6",
            "合计|||||||",
            "201|一般公共服务支出||||||",
        ],
        {"A4:B4", "C4:C5", "D4:D5", "E4:E5", "F4:F5", "G4:G5", "H4:H5", "A6:B6", "A7:B7"},
    ),
    "appropriation_summary": (
        [
            "收入|||支出|||||",
            "项目|行次|金额|项目|行次|合计|一般公共预算财政拨款|政府性基金预算财政拨款|国有资本经营预算财政拨款",
            "栏次||1|栏次||2|3|4|5",
            "一、一般公共预算财政拨款|1||一、一般公共服务支出|33||||",
        ],
        {"A4:C4", "D4:I4"},
    ),
    "general_budget": (
        [
            "项目||本年支出||",
            "功能分类科目编码|科目名称|小计|基本支出|项目支出",
            "栏次||1|2|3",
            "合计||||",
            "201|一般公共服务支出|||",
        ],
        {"A4:B4", "C4:E4", "A6:B6", "A7:B7"},
    ),
    "basic_expenditure": (
        [
            "|".join(["经济分类科目编码|科目名称|决算数"] * 3),
            "301|工资福利支出||302|||307||",
        ],
        set(),
    ),
    "government_fund": (
        [
            "项目||年初结转和结余|本年收入|本年支出|||年末结转和结余",
            "功能分类科目编码|科目名称|||小计|基本支出|项目支出|",
            "栏次||1|2|3|4|5|6",
            "合计|||||||",
            "201|一般公共服务支出||||||",
        ],
        {"A4:B4", "C4:C5", "D4:D5", "E4:G4", "H4:H5", "A6:B6", "A7:B7"},
    ),
    "state_capital": (
        [
            "项目||本年支出||",
            "科目代码|科目名称|小计|基本支出|项目支出",
            "栏次||1|2|3",
            "合计||||",
            "201|一般公共服务支出|||",
        ],
        {"A4:B4", "C4:E4", "A6:B6", "A7:B7"},
    ),
    "three_public": (
        [
            "预算数||||||决算数|||||",
            "|".join(["合计|因公出国（境）费|公务用车购置及运行维护费|||公务接待费"] * 2),
            "||小计|公务用车购置费|公务用车运行维护费||||小计|公务用车购置费|公务用车运行维护费|",
            "1|2|3|4|5|6|7|8|9|10|11|12",
            "|||||||||||",
        ],
        {
            *("A4:F4", "A5:A6", "B5:B6", "C5:E5", "F5:F6"),
            *("G4:L4", "G5:G6", "H5:H6", "I5:K5", "L5:L6"),
        },
    ),
    "three_public_summary": (
        [
            "项目|合计|因公出国（境）费|公务用车购置及运行维护费|||公务接待费",
            "|||小计|公务用车购置费|公务用车运行维护费|",
            "基本支出（公开06表）||||||",
        ],
        {"A4:A5", "B4:B5", "C4:C5", "D4:F4", "G4:G5"},
    ),
    "supplement": (
        ["项目|数值", "因公出国（境）团组数（个）|"],
        set(),
    ),
}


@pytest.mark.parametrize("table_id", IDS)
def test_the_headings_are_those_of_the_published_form(table_id: str) -> None:
    lines, merged = HEADINGS[table_id]
    sheet, _ = drawn(declared(table_id))
    last = 3 + len(lines)
    width = lines[0].count("|") + 1
    found = ["|".join(map(str, row)) for row in texts(sheet, f"A4:{'ABCDEFGHIJKL'[width - 1]}{last}")]
    assert found == lines
    assert merges(sheet, range(4, last + 1)) == merged
    assert sheet.max_column == width


@pytest.mark.parametrize(
    ("table_id", "title", "label", "last"),
    [
        ("summary", "收入支出决算总表", "公开01表", "F"),
        ("revenue", "收入决算表", "公开02表", "I"),
        ("expenditure", "支出决算表", "公开03表", "H"),
        ("appropriation_summary", "财政拨款收入支出决算总表", "公开04表", "I"),
        ("general_budget", "一般公共预算财政拨款支出决算表", "公开05表", "E"),
        ("basic_expenditure", "一般公共预算财政拨款基本支出决算明细表", "公开06表", "I"),
        ("government_fund", "政府性基金预算财政拨款收入支出决算表", "公开07表", "H"),
        ("state_capital", "国有资本经营预算财政拨款支出决算表", "公开08表", "E"),
        ("three_public", "一般公共预算财政拨款“三公”经费支出决算表", "公开09表", "L"),
    ],
)
def test_above_the_table_stand_title_label_unit_year_and_currency(
    table_id: str, title: str, label: str, last: str
) -> None:
    sheet, form = drawn(declared(table_id))
    assert sheet["A1"].value == title
    assert sheet["A2"].value == label
    assert {f"A1:{last}1", f"A2:{last}2"} <= merges(sheet, range(1, 3))
    assert [text for text in texts(sheet, f"A3:{last}3")[0] if text] == ["部门：某某中心", "2024年度", "单位：万元"]
    left, middle, right = (sheet.cell(*form.heading[part]) for part in ("unit", "year", "currency"))
    assert [cell.alignment.horizontal for cell in (left, middle, right)] == ["left", "center", "right"]
    assert left.coordinate == "A3"
    assert right.coordinate == f"{last}3" or f"{right.coordinate}:{last}3" in merges(sheet, range(3, 4))


def test_a_book_in_yuan_says_so_above_the_table() -> None:
    sheet, form = drawn(declared("summary"), HEADING._replace(currency="元"))
    assert sheet.cell(*form.heading["currency"]).value == "单位：元"


def test_a_long_unit_name_moves_the_year_to_the_right() -> None:
    _, short = drawn(declared("summary"))
    _, long = drawn(declared("summary"), HEADING._replace(unit="某某市住房和城乡建设局建设工程质量监督站"))
    assert long.heading["year"] > short.heading["year"]


@pytest.mark.parametrize("table_id", IDS)
def test_every_declared_amount_has_a_cell_of_its_own(table_id: str) -> None:
    sheet, form = drawn(declared(table_id))
    assert set(form.cells) == declared_keys(declared(table_id))
    assert len(set(form.cells.values())) == len(form.cells)
    assert all(sheet.cell(*place).value is None for place in form.cells.values())


def test_amounts_stand_beside_their_labels() -> None:
    sheet, form = drawn(declared("appropriation_summary"))
    assert form.cells["revenue_total", "revenue"] == (33, 3)
    assert form.cells["201", "total"] == (7, 6)
    assert form.cells["grand_total", "revenue"] == (38, 3)
    assert form.cells["grand_total", "state_capital"] == (38, 9)
    assert texts(sheet, "A38:E38") == [["总计", 32, "", "总计", 64]]
    assert texts(sheet, "A35:B35") == [["　　一般公共预算财政拨款", 29]]


def test_the_closing_row_of_basic_expenditure_spans_the_groups() -> None:
    sheet, form = drawn(declared("basic_expenditure"))
    assert texts(sheet, "A33:I33") == [["人员经费合计", "", "", "公用经费合计", "", "", "", "", ""]]
    assert merges(sheet, range(33, 34)) == {"A33:B33", "D33:H33"}
    assert (form.cells["personnel", "amount"], form.cells["operating", "amount"]) == ((33, 3), (33, 9))
    assert form.body == range(5, 33)


def test_a_shorter_group_is_padded_with_bordered_empty_cells() -> None:
    sheet, _ = drawn(declared("basic_expenditure"))
    assert texts(sheet, "G31:I32") == [["", "", ""], ["", "", ""]]
    assert all(cell.border.left.style == cell.border.bottom.style == "thin" for row in sheet["G31:I32"] for cell in row)


def test_where_the_edition_puts_the_total_last_it_closes_the_rows() -> None:
    sheet, form = drawn(declared("general_budget")._replace(total_last=True))
    assert texts(sheet, "A7:A9") == [["201"], ["20103"], ["合计"]]
    assert (form.body, form.cells["total", "basic"]) == (range(7, 9), (9, 4))


def test_open_rows_are_told_by_code_and_a_repeated_code_by_its_occurrence() -> None:
    rows = [CodeRow("201", "甲"), CodeRow("201", "乙"), CodeRow("", ""), CodeRow("", "")]
    form = draw(blank_sheet(), declared("revenue"), HEADING, rows)
    assert {row for row, _ in form.cells} == {"total", "201", "201#2"}
    assert (form.cells["201#2", "total"], form.body) == ((9, 3), range(8, 12))
    assert form.columns["other_revenue"] == 9


def test_rows_still_to_be_filled_in_are_ready_for_codes_and_amounts() -> None:
    sheet = blank_sheet()
    form = draw(sheet, declared("revenue"), HEADING, [CodeRow("", "")])
    row = form.body.start
    assert sheet.cell(row, 1).number_format == "@"
    assert {sheet.cell(row, column).number_format for column in form.columns.values()} == {"#,##0.00"}


def test_the_note_follows_the_table_and_the_statement_only_where_asked() -> None:
    note = "注：本表反映部门本年度政府性基金预算财政拨款收入、支出及结转和结余情况。"
    statement = "说明：我部门没有政府性基金收入，也没有使用政府性基金安排的支出，故本表无数据。"
    plain, form = drawn(declared("government_fund"))
    assert (form.notes, plain["A10"].value) == (range(10, 11), note)
    stated, form = drawn(declared("government_fund"), statement=True)
    assert (form.notes, texts(stated, "A10:A11")) == (range(10, 12), [[note], [statement]])
    assert merges(stated, form.notes) == {"A10:H10", "A11:H11"}
    assert not drawn(declared("supplement"), statement=True)[1].notes


def test_a_long_note_gets_the_height_of_its_lines() -> None:
    sheet, form = drawn(declared("three_public"))
    assert sheet.row_dimensions[form.notes.start].height > 1.5 * sheet.row_dimensions[form.body.start].height


@pytest.mark.parametrize("hostile", ["=1+1", "+86", "-5", "@SUM(A1)", "#N/A", "007"])
def test_strings_stay_strings(hostile: str) -> None:
    sheet = blank_sheet()
    draw(sheet, declared("revenue"), HEADING._replace(unit=hostile), [CodeRow(hostile, hostile)])
    file = BytesIO()
    assert sheet.parent is not None
    sheet.parent.save(file)
    read = load_workbook(file)["表"]
    assert read["A3"].value == f"部门：{hostile}"
    assert [(read[place].value, read[place].data_type) for place in ("A8", "B8")] == [(hostile, "s")] * 2


def test_codes_are_left_aligned_text_and_line_numbers_centred() -> None:
    sheet, _ = drawn(declared("revenue"))
    assert (sheet["A8"].value, sheet["A8"].number_format, sheet["A8"].alignment.horizontal) == ("201", "@", "left")
    sheet, _ = drawn(declared("summary"))
    assert (sheet["B7"].value, sheet["B7"].alignment.horizontal) == (1, "center")


def test_amounts_are_put_right_aligned_with_separators_and_none_leaves_the_cell_empty() -> None:
    sheet, form = drawn(declared("summary"))
    put(sheet, form, {("general_budget", "revenue"): Decimal("1031.33"), ("government_fund", "revenue"): None})
    cell = sheet["C7"]
    assert (cell.value, cell.number_format, cell.alignment.horizontal) == (Decimal("1031.33"), "#,##0.00", "right")
    assert sheet["C8"].value is None


def test_an_amount_without_a_cell_is_refused() -> None:
    sheet, form = drawn(declared("summary"))
    with pytest.raises(KeyError):
        put(sheet, form, {("no_such_line", "revenue"): Decimal(1)})


@pytest.mark.parametrize("table_id", IDS)
def test_every_cell_of_the_table_is_bordered(table_id: str) -> None:
    sheet, form = drawn(declared(table_id))
    edges = set()
    for row in sheet.iter_rows(form.header.start, form.notes.start - 1):
        edges |= {row[0].border.left.style, row[-1].border.right.style}
    for row in sheet.iter_rows(form.body.start, form.body.stop - 1):
        edges |= {cell.border.bottom.style for cell in row}
    assert edges == {"thin"}


@pytest.mark.parametrize(
    ("table_id", "orientation", "area", "repeated", "frozen"),
    [
        ("summary", "portrait", "$A$1:$F$38", "$4:$6", "A7"),
        ("revenue", "landscape", "$A$1:$I$10", "$4:$6", "A7"),
        ("expenditure", "landscape", "$A$1:$H$10", "$4:$6", "A7"),
        ("appropriation_summary", "landscape", "$A$1:$I$39", "$4:$6", "A7"),
        ("general_budget", "portrait", "$A$1:$E$10", "$4:$6", "A7"),
        ("basic_expenditure", "landscape", "$A$1:$I$34", "$4:$4", "A5"),
        ("government_fund", "landscape", "$A$1:$H$10", "$4:$6", "A7"),
        ("state_capital", "portrait", "$A$1:$E$10", "$4:$6", "A7"),
        ("three_public", "landscape", "$A$1:$L$9", "$4:$7", "A8"),
    ],
)
def test_each_table_prints_one_a4_page_wide_with_repeated_headings(
    table_id: str, orientation: str, area: str, repeated: str, frozen: str
) -> None:
    sheet, _ = drawn(declared(table_id))
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize or 0)) == (orientation, 9)
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.page_setup.fitToHeight == (0 if declared(table_id).layout == "codes" else 1)
    assert sheet.print_area.endswith(area)
    assert (sheet.print_title_rows, sheet.freeze_panes) == (repeated, frozen)
