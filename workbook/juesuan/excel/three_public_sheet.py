"""三公汇总: each item's basic expenditure (06) and project expenditure (typed in) make the actual figure of 09."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.excel import style
from juesuan.excel.cover import COVER, PLACES
from juesuan.excel.formulas import Standings, quoted
from juesuan.excel.page import set_page
from juesuan.model import Table

SUMMARY = "三公汇总"
HEADINGS = ("项目", "公开06表基本支出", "项目支出", "决算数", "预算数", "决算减预算", "完成预算", "占决算合计")
WIDTHS = (34, 16, 14, 14, 14, 14, 12, 12)
TOP = 3
PERCENT = "0.00%"
NOTE = (
    "说明：项目支出由单位填写（没有的填 0.00），决算数＝基本支出＋项目支出，自动转入公开09表；"
    "项目支出空白时公开09表不自动填列，可以在那里直接填，但不能小于公开06表的数。"
)


def draw_three_public(sheet: Worksheet, standings: Standings, file: Workbook) -> None:
    """Draw the summary and let 公开09表 take its actual figures from it."""
    standing = standings["three_public"]
    table = standing.table
    lines = {field.id: row for row, field in enumerate(table.fields, TOP + 1)}
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADINGS))
    sheet.cell(1, 1, "“三公”经费汇总")
    style.TITLE.dress(sheet.cell(1, 1))
    sheet.row_dimensions[1].height = style.ABOVE_HEIGHTS[0]
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=len(HEADINGS))
    sheet.cell(2, 1, f'="单位："&{COVER}!{PLACES["currency"]}')
    style.ABOVE["right"].dress(sheet.cell(2, 1))
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True), 1):
        style.HEADER.dress(sheet.cell(TOP, column, heading))
        sheet.column_dimensions[get_column_letter(column)].width = width
    inputs = DataValidation(type="custom", errorStyle="stop", allow_blank=True)
    inputs.errorTitle, inputs.error = "金额", "请填数字，最多两位小数；没有填 0.00。"
    inputs.formula1 = f"AND(ISNUMBER(C{TOP + 1}),ROUND(C{TOP + 1},2)=C{TOP + 1})"
    for field in table.fields:
        row = lines[field.id]
        for column, look in enumerate((style.LABEL, *[style.AMOUNT] * 7), 1):
            look.dress(sheet.cell(row, column))
        sheet.cell(row, 1, field.title)
        sheet.cell(row, 5, f"={_reference(standings, 'budget', field.id)}")
        sheet.cell(row, 6, f"=ROUND(N(D{row})-N(E{row}),2)")
        sheet.cell(row, 7, f'=IF(N(E{row})=0,"",N(D{row})/E{row})').number_format = PERCENT
        sheet.cell(row, 8, f'=IF(N(D${lines["total"]})=0,"",N(D{row})/D${lines["total"]})').number_format = PERCENT
        if field.economic:
            basic = standings["basic_expenditure"]
            place = basic.form.cells[field.economic, "amount"]
            sheet.cell(row, 2, f"={quoted(basic.sheet)}!{get_column_letter(place[1])}{place[0]}")
            sheet.cell(row, 3).protection = Protection(locked=False)
            sheet.cell(row, 4, f'=IF(C{row}="","",ROUND(N(B{row})+C{row},2))')
            inputs.add(f"C{row}")
            _feed(file[standing.sheet], standing.form.cells["actual", field.id], row)
        else:
            _total(sheet, table, field.id, row, lines)
    sheet.add_data_validation(inputs)
    end = TOP + len(table.fields) + 1
    sheet.merge_cells(start_row=end, end_row=end, start_column=1, end_column=len(HEADINGS))
    sheet.cell(end, 1, NOTE)
    style.NOTE.dress(sheet.cell(end, 1))
    sheet.row_dimensions[end].height = 34
    set_page(sheet, len(HEADINGS), end, landscape=True, one_page=True)
    sheet.freeze_panes = f"B{TOP + 1}"
    sheet.protection.sheet = True


def _reference(standings: Standings, row: str, field: str) -> str:
    standing = standings["three_public"]
    place = standing.form.cells[row, field]
    return f"{quoted(standing.sheet)}!{get_column_letter(place[1])}{place[0]}"


def _total(sheet: Worksheet, table: Table, field: str, row: int, lines: dict[str, int]) -> None:
    """合计 adds the items up, 公务用车小计 the two kinds of vehicle cost."""
    items = [item for item in table.fields if item.economic]
    if field != "total":
        group = next(item.header[0] for item in table.fields if item.id == field)
        items = [item for item in items if item.header[0] == group]
    for column in "BCD":
        cells = ",".join(f"{column}{lines[item.id]}" for item in items)
        sheet[f"{column}{row}"] = f'=IF(COUNT({cells})=0,"",ROUND(SUM({cells}),2))'
        sheet[f"{column}{row}"].fill = PatternFill("solid", fgColor="EDEDED")


def _feed(sheet: Worksheet, place: tuple[int, int], row: int) -> None:
    cell = sheet.cell(*place)
    cell.value = f'=IF({SUMMARY}!C{row}="","",{SUMMARY}!D{row})'
