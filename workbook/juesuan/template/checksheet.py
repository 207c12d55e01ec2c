"""勾稽检查: the relations as live formulas, so that plain Excel or WPS shows 平 or 不平 without any program.

The same verdicts as `bounds.judge`: in 元 nothing may differ; in 万元 the half-open intervals of the printed figures
decide between 尾差 and 不平, and one figure printed twice 0.01 apart is 核实.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from openpyxl.formatting.rule import Rule as ConditionalRule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Leaves, Ref, references
from juesuan.model import TOTAL, Table, plain_label
from juesuan.ooxml.text_size import text_lines
from juesuan.rules import Catalogue, Rule
from juesuan.template import style
from juesuan.template.cover import COVER, PLACES
from juesuan.template.formulas import (
    Standing,
    Standings,
    Target,
    all_given,
    parts_of,
    quoted,
    right_side,
    signed_parts,
    terms_for,
)
from juesuan.template.page import set_page
from juesuan.template.room_formula import Rooms
from juesuan.template.row_signs import RowCheck, row_checks
from juesuan.template.verdict_formula import WORDS, applicable, condition_of, verdict_of

HEADINGS = ("规则", "查什么", "位置", "现值", "应为", "差额", "结果")
WIDTHS = (9, 46, 40, 16, 16, 12, 9)
TOP = 4
TEXT_AMOUNTS = "FORM006"
COMPARED = {">=": "≥", "<=": "≤", ">": "＞"}
"""What stands before the amount that a cell must not be less or more than; then only a mistake has a difference."""
COLOURS = {"不平": "FFC7CE", "核实": "FFEB9C", "尾差": "DDEBF7"}


class FixedCheck(NamedTuple):
    rule: Rule
    target: Target
    place: tuple[int, int] | None


def _fixed(rule: Rule, standings: Standings, classes: tuple[str, ...]) -> Iterator[FixedCheck]:
    """Each cell of the form that a rule is about; rows of open tables are checked beside the rows.

    A code that a rule names has no place of its own: its row is looked up, wherever it is.
    """
    assert rule.comparison is not None
    left = rule.comparison.left
    standing = standings[left.table]
    table, cells = standing.table, standing.form.cells
    rows: tuple[str, ...] = left.rows
    if rows == (EACH_ROW,):
        if table.layout == "codes":
            return
        rows = tuple(dict.fromkeys(row for row, _ in cells))
    elif rows == (EACH_CLASS,):
        rows = classes
    each = [ref for ref in references(rule.comparison) if ref.field == EACH and ref.table == table.id]
    for row in rows:
        for field in table.fields_of(row) if left.field == EACH else (left.field,):
            common = all(table.line(name, field) for ref in each for name in ref.rows if table.line(name))
            if table.layout == "codes" and row != TOTAL:
                yield FixedCheck(rule, Target(table.id, row, field), None)
            elif (row, field) in cells and common:
                yield FixedCheck(rule, Target(table.id, row, field), cells[row, field])


def draw_check_sheet(sheet: Worksheet, rooms: Rooms, catalogue: Catalogue) -> None:
    """One line a relation; open tables are summed up from the signs beside their rows."""
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True), 1):
        style.HEADER.dress(sheet.cell(TOP, column, heading))
        sheet.column_dimensions[get_column_letter(column)].width = width
    line = TOP + 1
    classes = tuple(code for code, _ in catalogue.edition.classes)
    for rule in applicable(catalogue):
        assert rule.comparison is not None
        if isinstance(rule.comparison.right, Leaves):
            continue
        for check in _fixed(rule, rooms.amounts, classes):
            if signed_parts(rule, check.target, rooms.amounts) or not references(rule.comparison.right):
                _fixed_line(sheet, line, check, rooms)
                line += 1
        standing = rooms.amounts[rule.comparison.left.table]
        if standing.table.layout == "codes":
            for row_check in row_checks(standing, catalogue):
                if row_check.rule.code == rule.code:
                    _open_line(sheet, line, row_check, standing)
                    line += 1
    if text_amounts := catalogue.rule(TEXT_AMOUNTS):
        for standing in rooms.amounts.values():
            _text_line(sheet, line, text_amounts, standing)
            line += 1
    _head(sheet, line - 1)
    _set_page(sheet, line - 1)


def _text_line(sheet: Worksheet, line: int, rule: Rule, standing: Standing) -> None:
    """Amounts that are texts, which formulas pass over in silence."""
    found = "+".join(f"SUMPRODUCT(ISTEXT({area})*(LEN({area})>0))" for area in _amount_areas(standing))
    where = f"{standing.table.name} 各格"
    _write(sheet, line, (rule.code, rule.title, where, f'={found}&" 格是文本"', "", "", f'=IF({found}=0,"平","核实")'))


def _amount_areas(standing: Standing) -> list[str]:
    """The columns of amounts, from the first to the last of their rows."""
    form = standing.form
    rows: dict[int, list[int]] = defaultdict(list)
    for row, column in form.cells.values():
        rows[column].append(row)
    if standing.table.layout == "codes":
        rows = {column: list(standing.whole) for column in rows}
    return [
        f"{quoted(standing.sheet)}!${get_column_letter(column)}${min(lines)}:${get_column_letter(column)}${max(lines)}"
        for column, lines in sorted(rows.items())
    ]


def _fixed_line(sheet: Worksheet, line: int, check: FixedCheck, rooms: Rooms) -> None:
    standing = rooms.amounts[check.target.table]
    away = check.target._replace(table="")
    own = Ref(check.target.table, (check.target.row,), check.target.field)
    [address] = (part.text for part in parts_of(own, away, rooms.amounts))
    sign = verdict_of(check.rule, own, away, rooms)
    conditions = [condition_of(item, away, rooms.amounts) for item in check.rule.when]
    keys = [(check.target.table, check.target.row, check.target.field), *terms_for(check.rule, check.target)]
    if given := all_given([key for key in keys if rooms.amounts[key[0]].table.awaits(*key[1:])], away, rooms.amounts):
        conditions.append(given)
    if check.rule.unit_types:
        types = ",".join(f'{COVER}!{PLACES["unit_type"]}="{name}"' for name in check.rule.unit_types)
        conditions.append(f"OR({types})")
    if conditions:
        sign = f"IF(AND({','.join(conditions)}),{sign},0)"
    operator = check.rule.comparison.operator if check.rule.comparison else "="
    difference = f"ROUND(D{line}-E{line},2)"
    values = (
        check.rule.code,
        check.rule.title,
        _where(check, standing.table),
        f"=N({address})",
        f"={right_side(check.rule, away, rooms.amounts)}",
        f"={difference}" if operator == "=" else f'=IF(G{line}="{WORDS[0]}","",{difference})',
    )
    _write(sheet, line, (*values, f"=CHOOSE({sign}+1,{','.join(_quoted(word) for word in WORDS)})"))
    if operator in COMPARED:
        sheet.cell(line, 5).number_format = f'"{COMPARED[operator]} "{style.AMOUNT.number_format}'


def _where(check: FixedCheck, table: Table) -> str:
    row, field = check.target.row, table.field(check.target.field)
    line = table.line(row)
    titles = {TOTAL: "合计"} | {item.id: item.title for item in table.rows}
    name = plain_label(line.label) if line else titles.get(row, row)
    column = f"·{field.title}" if field and len(table.fields_of(row)) > 1 else ""
    address = f" {get_column_letter(check.place[1])}{check.place[0]}" if check.place else ""
    return f"{table.name}{address} {name}{column}"


def _open_line(sheet: Worksheet, line: int, check: RowCheck, standing: Standing) -> None:
    first, last = standing.whole
    signs = f"{quoted(standing.sheet)}!${check.column}${first}:${check.column}${last}"
    field = standing.table.field(check.field)
    where = f"{standing.table.name} 各行·{field.title if field else ''}"
    count = f'=COUNTIF({signs},">=2")&" 行不符"'
    words = ",".join(_quoted(word) for word in WORDS)
    _write(sheet, line, (check.rule.code, check.rule.title, where, count, "", "", f"=CHOOSE(MAX({signs})+1,{words})"))


def _quoted(word: str) -> str:
    return f'"{word}"'


def _write(sheet: Worksheet, line: int, values: tuple[str, ...]) -> None:
    looks = (style.LABEL, style.LABEL, style.LABEL, style.AMOUNT, style.AMOUNT, style.AMOUNT, style.CENTRED)
    for column, (value, look) in enumerate(zip(values, looks, strict=True), 1):
        look.dress(sheet.cell(line, column, value or None))
    lines = max(text_lines(values[column], WIDTHS[column]) for column in (1, 2))
    sheet.row_dimensions[line].height = style.row_height(lines, wide=True)


def _head(sheet: Worksheet, last: int) -> None:
    """The sum of all results on top, and colours that only repeat the words."""
    results = f"$G${TOP + 1}:$G${last}"
    sheet.merge_cells("A1:G1")
    sheet["A1"] = "勾稽检查"
    style.TITLE.dress(sheet["A1"])
    sheet.row_dimensions[1].height = style.ABOVE_HEIGHTS[0]
    sheet.merge_cells("A2:G2")
    sheet["A2"] = (
        f'=IF(COUNTIF({results},"不平")=0,"没有不平","有 "&COUNTIF({results},"不平")&" 处不平")'
        f'&"；核实 "&COUNTIF({results},"核实")&" 处；尾差 "&COUNTIF({results},"尾差")&" 处（不用改）"'
    )
    style.ABOVE["left"].dress(sheet["A2"])
    for word, colour in COLOURS.items():
        fill = PatternFill("solid", bgColor=colour)
        equal = ConditionalRule("cellIs", operator="equal", formula=[f'"{word}"'], dxf=DifferentialStyle(fill=fill))
        sheet.conditional_formatting.add(f"G{TOP + 1}:G{last}", equal)
    red = PatternFill("solid", bgColor=COLOURS["不平"])
    wrong = ConditionalRule("expression", formula=[f'COUNTIF({results},"不平")>0'], dxf=DifferentialStyle(fill=red))
    sheet.conditional_formatting.add("A2:G2", wrong)


def _set_page(sheet: Worksheet, last: int) -> None:
    set_page(sheet, len(HEADINGS), last, landscape=True, one_page=False)
    sheet.print_title_rows = f"{TOP}:{TOP}"
    sheet.freeze_panes = f"A{TOP + 1}"
    sheet.auto_filter.ref = f"A{TOP}:G{last}"
    sheet.protection.sheet = True
    sheet.protection.autoFilter = False
