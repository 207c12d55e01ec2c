"""Signs beside an open table: ✓ or ✗ for each row and rule, outside the printed area."""

from __future__ import annotations

from typing import NamedTuple

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.expr import EACH, EACH_ROW, Ref
from juesuan.model import TOTAL
from juesuan.rules import Catalogue, Rule
from juesuan.template import style
from juesuan.template.formulas import ANY_LINE, Standing, Target, at_line, rows_below
from juesuan.template.room_formula import Rooms
from juesuan.template.verdict_formula import applicable, condition_of, verdict_of


class RowCheck(NamedTuple):
    """A column of signs beside an open table: one rule in one field."""

    rule: Rule
    field: str
    table: str
    column: str


def add_row_checks(sheet: Worksheet, standing: Standing, rooms: Rooms, catalogue: Catalogue) -> None:
    """Signs right of an open table, one narrow column a rule and field, outside the printed area."""
    head = standing.form.header.start
    for check in row_checks(standing, catalogue):
        total, open_row = (
            _row_sign(check.rule, Target(standing.table.id, row, check.field, line), rooms)
            for row, line in ((TOTAL, standing.total_row()), (EACH_ROW, ANY_LINE))
        )
        for line in (standing.total_row(), *standing.form.body[:-1]):
            sign = total if line == standing.total_row() else at_line(open_row, line)
            cell = sheet[f"{check.column}{line}"]
            cell.value = f"={sign}"
            style.SIGN.dress(cell)
        field = standing.table.field(check.field)
        title = sheet[f"{check.column}{head}"]
        title.value = f"{check.rule.code} {field.title if field else ''}"
        title.font = Font(name="宋体", size=8, color="7F7F7F")
        title.alignment = style.HEADER_SMALL
        sheet.merge_cells(f"{check.column}{head}:{check.column}{standing.form.header.stop - 1}")
        sheet.column_dimensions[check.column].width = 4.5


def row_checks(standing: Standing, catalogue: Catalogue) -> list[RowCheck]:
    """The rules about each row of an open table, with the column in which each is shown."""
    table = standing.table
    checks: list[tuple[Rule, str]] = []
    for rule in applicable(catalogue):
        assert rule.comparison is not None
        left = rule.comparison.left
        if left.table == table.id and left.rows == (EACH_ROW,):
            fields = [field.id for field in table.fields] if left.field == EACH else [left.field]
            checks += [(rule, field) for field in fields]
    first = len(table.fields) + 4
    return [
        RowCheck(rule, field, table.id, get_column_letter(first + number))
        for number, (rule, field) in enumerate(checks)
    ]


def last_column(standing: Standing, catalogue: Catalogue) -> int:
    """The last column that a table and the signs beside it take."""
    signs = row_checks(standing, catalogue) if standing.table.layout == "codes" else []
    return standing.width + 1 + len(signs)


def _row_sign(rule: Rule, target: Target, rooms: Rooms) -> str:
    """0 to 3 for one row: blank rows and rows without anything below are in order."""
    condition = "TRUE" if target.row == TOTAL else f'$A{target.line}<>""'
    if below := rows_below(rule, target, rooms.amounts):
        condition = f"{below}>0"
    conditions = [condition, *(condition_of(item, target, rooms.amounts) for item in rule.when)]
    verdict = verdict_of(rule, Ref(target.table, (EACH_ROW,), target.field), target, rooms)
    return f"IF(AND({','.join(conditions)}),{verdict},0)"
