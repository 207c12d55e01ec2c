"""The first sheet of a template: the unit's data all headings refer to, and how to fill the book in, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.model import Edition, Table
from juesuan.money import Currency
from juesuan.ooxml.text_size import text_lines
from juesuan.template import style
from juesuan.template.page import set_page

COVER = "封面"
PLACES = {"unit": "$C$4", "year": "$C$5", "unit_type": "$C$6", "currency": "$C$7"}
UNIT_TYPES = ("行政单位", "参公事业单位", "事业单位")
ABOUT = "在本页填好单位名称、年度和单位性质；各表的抬头自动跟着变。"
CODES = (
    "：逐行填科目编码、名称和项级（7位）各栏的数；类、款和合计自动相加。"
    "可以在科目行之间插入、删除、粘贴行；打印前删去多余的空行。"
)
HANDED_OVER = "填预算数；项目支出里的“三公”经费填在“{}”，决算数自动得出。"
TYPED = "填预算数、决算数白底的格，其余自动得出。"
LINES = "填财政拨款收入、结转和结余等白底的格，其余自动得出。"
AFTERWARDS = (
    "看“勾稽检查”：全部为“平”（或“尾差”）就可以上报；再用 juesuan check 核对科目、说明等其余规则。",
    "要写情况说明的，填好补01—补09，再用 juesuan narrate；封面上有按钮的，点“生成情况说明”。",
)
TO_WAN = "公开用万元：核对没有错误以后，用 juesuan balance 另存一份万元的；封面上有按钮的，点“转为万元”。"
COLOURS = (
    ("FFFFFF", "白底：录入"),
    ("EDEDED", "灰底：自动计算，不要改"),
    ("E2EFDA", "绿底：juesuan 填列的数"),
    ("FFC7CE", "红底：差错，必须改"),
    ("FFEB9C", "黄底：需要核实"),
    ("DDEBF7", "蓝底：四舍五入尾差，不用改"),
)
COMMANDS = (
    ("juesuan fill 工作簿", "填列派生的合计数"),
    ("juesuan check 工作簿", "核对各表，指出差错在哪一格"),
    ("juesuan mark 工作簿", "核对并标在表上：涂色、批注、首页“核对结果”"),
    ("juesuan clear 工作簿", "去掉标注"),
)
_LINE = Border(bottom=Side(style="thin", color="000000"))
_HEAD = Font(name="宋体", size=12, bold=True)
_TITLE = Font(name="宋体", size=22, bold=True)


def draw_cover(sheet: Worksheet, edition: Edition, unit: str, year: int, currency: Currency) -> None:
    """Draw the cover on an empty sheet; 单位, 年度 and 单位性质 stay open, 金额单位 is the template's own."""
    sheet.title = COVER
    for column, width in zip("ABCD", (4, 16, 60, 4), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.merge_cells("B2:C2")
    _say(sheet, 2, 2, "部门决算公开表", _TITLE, "center")
    sheet.row_dimensions[2].height = 48
    given: tuple[tuple[str, str | int], ...] = (
        ("单位名称", unit),
        ("年度", year),
        ("单位性质", ""),
        ("金额单位", currency),
    )
    for row, (label, value) in enumerate(given, 4):
        _say(sheet, row, 2, label, style.LABEL.font, "left")
        _say(sheet, row, 3, value, style.LABEL.font, "left")
        cell = sheet.cell(row, 3)
        cell.border = _LINE
        cell.protection = Protection(locked=label == "金额单位")
        sheet.row_dimensions[row].height = 22
    types = DataValidation(type="list", formula1=f'"{",".join(UNIT_TYPES)}"', allow_blank=True, showErrorMessage=True)
    types.add(PLACES["unit_type"].replace("$", ""))
    years = DataValidation(type="whole", operator="between", formula1="2000", formula2="2100", showErrorMessage=True)
    years.errorTitle, years.error = "年度", "请填四位年度，如 2024。"
    years.add(PLACES["year"].replace("$", ""))
    sheet.add_data_validation(types)
    sheet.add_data_validation(years)
    row = _section(sheet, 9, "怎么填")
    for number, text in enumerate((*_steps(edition), *((TO_WAN,) if currency == "元" else ())), 1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)
        _say(sheet, row, 2, f"{number}. {text}", style.LABEL.font, "left")
        sheet.row_dimensions[row].height = 16 * text_lines(text, 74) + 4
        row += 1
    row = _section(sheet, row + 1, "颜色")
    for colour, text in COLOURS:
        sheet.cell(row, 2).fill = PatternFill("solid", fgColor=colour)
        sheet.cell(row, 2).border = style.CENTRED.border
        _say(sheet, row, 3, text, style.LABEL.font, "left")
        row += 1
    row = _section(sheet, row + 1, "命令")
    for command, text in COMMANDS:
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)
        _say(sheet, row, 2, f"{command}    {text}", style.LABEL.font, "left")
        row += 1
    _say(sheet, row + 1, 2, f"juesuan 模板  版式：{edition.title}（{edition.id}）", style.LABEL.font, "left")
    sheet.merge_cells(start_row=row + 1, end_row=row + 1, start_column=2, end_column=3)
    set_page(sheet, 4, row + 1, landscape=False, one_page=True)
    sheet.protection.sheet = True


def _steps(edition: Edition) -> Iterator[str]:
    """What is done one after the other, with the tables as the edition calls them."""
    yield ABOUT
    by_layout = {
        layout: [table for table in edition.template_tables if table.layout == layout and not table.working]
        for layout in ("codes", "items", "row", "lines")
    }
    yield _named(by_layout["codes"]) + CODES
    working = next((table.name for table in edition.template_tables if table.working), "")
    actual = HANDED_OVER.format(working) if working else TYPED
    yield f"{_named(by_layout['items'])}填各款；{_named(by_layout['row'])}{actual}"
    yield _named(by_layout["lines"]) + LINES
    yield from AFTERWARDS


def _named(tables: Sequence[Table]) -> str:
    """“公开02、03表”, or the titles of tables without a number."""
    numbers = [table.label.removeprefix("公开").removesuffix("表") for table in tables]
    return f"公开{'、'.join(numbers)}表" if all(numbers) else "、".join(table.name for table in tables)


def _say(sheet: Worksheet, row: int, column: int, text: str | int, font: Font, side: str) -> None:
    cell = sheet.cell(row, column, text if text != "" else None)
    if isinstance(text, str) and text:
        cell.data_type = "s"
    cell.font = font
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)


def _section(sheet: Worksheet, row: int, title: str) -> int:
    _say(sheet, row, 2, title, _HEAD, "left")
    sheet.row_dimensions[row].height = 22
    return row + 1
