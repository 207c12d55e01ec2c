"""The workbook a clerk fills in: cover, tables with live formulas, 勾稽检查 and the code list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule as ConditionalRule
from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.classification import Codes, economic, functional
from juesuan.expr import EACH_ROW
from juesuan.model import TOTAL, Table
from juesuan.money import Currency
from juesuan.narrative.supplement import supplement_forms
from juesuan.rules import Catalogue, Rule
from juesuan.template import style
from juesuan.template.awaiting import awaiting_cells
from juesuan.template.checksheet import draw_check_sheet
from juesuan.template.cover import COVER, PLACES, draw_cover
from juesuan.template.form import CodeRow, Heading, draw
from juesuan.template.formulas import ANY_LINE, Awaiting, Standing, Standings, Target, at_line, deriving_rules, formula
from juesuan.template.room_formula import add_rooms, rooms_beside
from juesuan.template.row_signs import add_row_checks, last_column
from juesuan.template.supplement_form import draw_supplement

SPARE_ROWS = 60
ITEM_LENGTH = 7
CLOSING_HEIGHT = 4
CODE_SHEET = "科目表"
MOST_CODES = 5000
"""The last line of the list of codes that is offered; the official list of a year has less than half as many."""
OPEN = Protection(locked=False)
DERIVED = PatternFill("solid", fgColor="EDEDED")


class Order(NamedTuple):
    """What the template is for. `codes` are the functional codes to list, with their names.

    Names that are not given are those of `year`, as far as the user's own lists have them.
    `rows`: those of single tables, in place of them; `spare`: how many open rows there are besides.
    """

    unit: str
    year: int
    currency: Currency
    codes: Sequence[CodeRow] = ()
    rows: Mapping[str, Sequence[CodeRow]] = MappingProxyType({})
    spare: int = SPARE_ROWS


class Template(NamedTuple):
    """`standings`: by table, where everything stands."""

    file: Workbook
    standings: Standings


def build_template(catalogue: Catalogue, order: Order) -> Workbook:
    """Draw the whole template; amounts are still to be filled in. Raises DeclarationError as `functional`."""
    return draw_template(catalogue, order).file


def draw_template(catalogue: Catalogue, order: Order) -> Template:
    """The same, with where everything stands."""
    edition = catalogue.edition
    file = Workbook()
    draw_cover(file.worksheets[0], edition, order.unit, order.year, order.currency)
    standings = {table.id: _draw(file, table, order) for table in edition.template_tables}
    awaiting = awaiting_cells(catalogue)
    rooms = rooms_beside(standings, {name: last_column(item, catalogue) for name, item in standings.items()})
    for standing in standings.values():
        sheet = file[standing.sheet]
        _derive(sheet, standing, standings, catalogue, awaiting)
        _share(sheet, standing)
        _open_inputs(sheet, standing)
        if standing.table.layout == "codes":
            add_row_checks(sheet, standing, rooms, catalogue)
        if order.currency == "万元":
            add_rooms(sheet, standing, rooms, catalogue)
        _head(sheet, standing)
        protect(sheet)
    draw_check_sheet(file.create_sheet("勾稽检查"), rooms, catalogue)
    items = [(code, name) for code, name in order.codes if len(code) == ITEM_LENGTH]
    draw_supplement(file, supplement_forms(), order.currency, keys=items)
    _list_codes(file.create_sheet(CODE_SHEET), functional(order.year))
    file.active = 0
    return Template(file, standings)


def _draw(file: Workbook, table: Table, order: Order) -> Standing:
    rows: list[CodeRow] = []
    if table.layout == "codes":
        known = functional(order.year)
        listed = order.rows.get(table.id, [code for code in order.codes if _belongs(table, code.code, known)])
        rows = [*_with_parents(listed, known), *[CodeRow("", "")] * (order.spare + 1)]
    names = {code.code: code.name for code in economic(order.year).values()}
    sheet = file.create_sheet(table.name)
    heading = Heading(order.unit, order.year, order.currency)
    form = draw(sheet, table, heading, rows, names, statement=True)
    standing = Standing(table, table.name, form, order.currency)
    if table.empty:
        _state_emptiness(sheet, standing)
    return standing


def _state_emptiness(sheet: Worksheet, standing: Standing) -> None:
    """The sentence that the table is empty appears while its 合计 row is."""
    total, columns = standing.total_row(), standing.form.columns.values()
    first, last = get_column_letter(min(columns)), get_column_letter(max(columns))
    text = f"说明：{standing.table.empty}"
    cell = sheet.cell(standing.form.notes.stop - 1, 1)
    cell.value = f'=IF(SUM({first}{total}:{last}{total})=0,"{text}","")'
    cell.data_type = "f"


def _with_parents(codes: Sequence[CodeRow], known: Codes) -> list[CodeRow]:
    """The codes with every 类 and 款 above them, in order."""
    chosen: dict[str, str] = {}
    for code, name in codes:
        for length in (3, 5):
            parent = known.get(code[:length])
            chosen.setdefault(code[:length], parent.name if parent else "")
        chosen[code] = name
    return [CodeRow(code, chosen[code]) for code in sorted(chosen)]


def _belongs(table: Table, code: str, known: Codes) -> bool:
    """Revenue and expenditure list every code, the tables of one budget those of that budget."""
    listed = known.get(code) or known.get(code[:5])
    kind = "state_capital" if code.startswith("223") else (listed.kind if listed else "") or "general_budget"
    return table.id in ("revenue", "expenditure") or table.id == kind


def _derive(
    sheet: Worksheet, standing: Standing, standings: Standings, catalogue: Catalogue, awaiting: Awaiting
) -> None:
    """Formulas in every derived cell of the form, and in the open rows."""
    table, form = standing.table, standing.form
    for (row, field_id), place in form.cells.items():
        if table.layout != "codes" or row == TOTAL:
            _write_first(sheet, place, Target(table.id, row, field_id), standings, catalogue, awaiting)
    if table.layout == "codes":
        for field in table.fields:
            target = Target(table.id, EACH_ROW, field.id, ANY_LINE)
            text = _row_formula(standing, target, field.derived, standings, catalogue)
            for line in form.body[:-1]:
                cell = sheet.cell(line, form.columns[field.id], at_line(text, line) if text else None)
                if field.derived:
                    cell.fill = DERIVED


def _write_first(
    sheet: Worksheet,
    place: tuple[int, int],
    target: Target,
    standings: Standings,
    catalogue: Catalogue,
    awaiting: Awaiting,
) -> None:
    """What a working table hands over may be typed in instead."""
    table = standings[target.table].table
    for rule in deriving_rules(catalogue, table, target.row, target.field):
        if text := formula(rule, target, standings, awaiting):
            cell = sheet.cell(*place)
            cell.value = text
            cell.fill = DERIVED
            cell.protection = Protection(locked=table.working or not _handed_over(rule, standings))
            return


def _handed_over(rule: Rule, standings: Standings) -> bool:
    return any(standings[table].table.working for table in rule.tables)


def _share(sheet: Worksheet, standing: Standing) -> None:
    """The formulas of lines of shares."""
    cells = {key: f"{get_column_letter(column)}{row}" for key, (row, column) in standing.form.cells.items()}
    for line, fields in standing.table.ratios:
        part, whole, *column = line.ratio
        for field in fields:
            numerator, denominator = cells[part, field.id], cells[whole, column[0] if column else field.id]
            cell = sheet.cell(*standing.form.ratios[line.id or "", field.id])
            known = f"AND(ISNUMBER({numerator}),N({denominator})<>0)"
            cell.value = f'=IF({known},ROUND({numerator}/N({denominator}),4),"")'
            cell.fill = DERIVED


def _row_formula(
    standing: Standing, target: Target, derived: bool, standings: Standings, catalogue: Catalogue
) -> str | None:
    """A derived column adds up its row; any other column of a 类 or 款 adds up the 项 below, and a 项 is typed in."""
    for rule in deriving_rules(catalogue, standing.table, EACH_ROW, target.field):
        across = rule.comparison is not None and rule.comparison.left.field == target.field
        if across == derived and (text := formula(rule, target, standings)):
            condition = f'$A{target.line}=""' if derived else f"AND(LEN($A{target.line})<>3,LEN($A{target.line})<>5)"
            return f'=IF({condition},"",{text[1:]})'
    return None


def _open_inputs(sheet: Worksheet, standing: Standing) -> None:
    """Unlock what is typed in, with two decimals at most; open rows are wholly unlocked but for the closing one."""
    form, table = standing.form, standing.table
    amounts = DataValidation(type="custom", errorStyle="stop", allow_blank=True, showErrorMessage=True)
    amounts.errorTitle, amounts.error = "金额", "请填数字，最多两位小数；没有数据填 0.00。"
    if table.layout == "codes":
        body = form.body[:-1]
        for line in body:
            sheet.row_dimensions[line].protection = OPEN
            for column in range(1, len(table.fields) + 3):
                sheet.cell(line, column).protection = OPEN
        sheet.row_dimensions[standing.last].height = CLOSING_HEIGHT
        _warn_of_codes(sheet, body)
        first, last = get_column_letter(3), get_column_letter(2 + len(table.fields))
        _shade_sums(sheet, f"{first}{body.start}:{last}{body.stop - 1}", body.start)
        amounts.add(f"{first}{body.start}:{last}{body.stop - 1}")
        start = f"{first}{body.start}"
    else:
        inputs = [sheet.cell(*place) for place in form.cells.values()]
        inputs = [cell for cell in inputs if cell.value is None or not cell.protection.locked]
        for cell in inputs:
            cell.protection = OPEN
            amounts.add(cell.coordinate)
        start = min(inputs, key=lambda cell: (cell.row, cell.column)).coordinate if inputs else "A1"
    amounts.formula1 = f"AND(ISNUMBER({start}),ROUND({start},2)={start})"
    sheet.add_data_validation(amounts)


def _shade_sums(sheet: Worksheet, cells: str, line: int) -> None:
    """Rows of 类 and 款 add themselves up, whichever rows they come to be."""
    condition = [f"OR(LEN($A{line})=3,LEN($A{line})=5)"]
    shade = DifferentialStyle(fill=PatternFill("solid", bgColor="EDEDED"))
    sheet.conditional_formatting.add(cells, ConditionalRule("expression", formula=condition, dxf=shade))


def _warn_of_codes(sheet: Worksheet, body: range) -> None:
    """A code outside the list may still be right: the list is offered, and anything else is only warned of."""
    codes = DataValidation(
        type="list",
        errorStyle="warning",
        allow_blank=True,
        showErrorMessage=True,
        formula1=f"{CODE_SHEET}!$A$2:$A${MOST_CODES}",
    )
    codes.errorTitle, codes.error = "科目编码", "本软件的科目表没有这个编码，请核对；确认无误可继续。"
    codes.add(f"A{body.start}:A{body.stop - 1}")
    sheet.add_data_validation(codes)


def _head(sheet: Worksheet, standing: Standing) -> None:
    """Unit and year come from the cover; the currency is settled, and must be readable before Excel saw the book."""
    for name, text in {"unit": '="部门："&{}', "year": '={}&"年度"'}.items():
        sheet.cell(*standing.form.heading[name]).value = text.format(f"{COVER}!{PLACES[name]}")


def protect(sheet: Worksheet) -> None:
    """Protected without a password; rows may be inserted, deleted and formatted."""
    sheet.protection.sheet = True
    sheet.protection.insertRows = False
    sheet.protection.deleteRows = False
    sheet.protection.formatRows = False
    sheet.protection.formatColumns = False
    sheet.protection.sort = False


def _list_codes(sheet: Worksheet, known: Codes) -> None:
    sheet.append(["科目编码", "科目名称"])
    for code in sorted(known.values()):
        sheet.append([code.code, code.name])
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format, cell.data_type = "@", "s"
            cell.font = style.LABEL.font
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 12, 40
    sheet.freeze_panes = "A2"
    sheet.cell(1, 1).alignment = Alignment(horizontal="left")
