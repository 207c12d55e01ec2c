"""Draw one Table of an Edition as the official printed form, and tell where every amount stands.

The samples and the fill-in template are drawn here, from the declaration alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.model import Table
from juesuan.money import Currency
from juesuan.ooxml.text_size import text_lines, text_width
from juesuan.template import style
from juesuan.template.layout import TOP, Box, CodeRow, Column, Position, columns_of, end_of, lay
from juesuan.template.page import set_page

__all__ = ["CodeRow", "Form", "Heading", "draw", "put"]


class Heading(NamedTuple):
    """What stands above the table; a year that is not known leaves its place blank."""

    unit: str
    year: int | None
    currency: Currency


class Form(NamedTuple):
    """Where everything stands.

    `cells`: (row key, field id) as in a Book. `heading`: the attributes of Heading that are printed.
    `header`: rows of the column headings, 栏次 included. `body`: rows of the lines, the open rows or the
    one row of amounts, without 合计. `columns`: column of each field of an open row, whose code stands in
    column 1 and name in column 2. `notes`: rows of 注 and 说明. `ratios`: as `cells`, for lines of shares.
    """

    cells: dict[tuple[str, str], Position]
    heading: dict[str, Position]
    header: range
    body: range
    columns: Mapping[str, int]
    notes: range
    ratios: Mapping[tuple[str, str], Position]


def draw(
    sheet: Worksheet,
    table: Table,
    heading: Heading,
    rows: Sequence[CodeRow] = (),
    names: Mapping[str, str] | None = None,
    statement: bool = False,
) -> Form:
    """Draw `table` on the empty `sheet`, without amounts.

    `rows` are the open rows of a table of codes, `names` the names of the economic codes of a table of
    items. `statement` adds the sentence that the unit has nothing to declare in this table.
    """
    columns = columns_of(table)
    above, places = _above(table, heading, [column.width for column in columns])
    header, body = lay(table, rows, names)
    notes = _notes(table, statement, body.end, len(columns))
    _frame(sheet, range(TOP, body.end), len(columns))
    _paint(sheet, [*above, *header, *body.boxes, *notes])
    wide = sum(column.width for column in columns) > style.PORTRAIT_WIDTH
    _measure(sheet, [*header, *body.boxes, *notes], columns, wide)
    form = Form(
        cells=body.cells,
        heading=places,
        header=range(TOP, end_of(header)),
        body=body.rows,
        columns=body.columns,
        notes=range(body.end, body.end + len(notes)),
        ratios=body.ratios,
    )
    _set_page(sheet, form, len(columns), wide, one_page=table.layout != "codes")
    return form


def put(sheet: Worksheet, form: Form, amounts: Mapping[tuple[str, str], Decimal | None]) -> None:
    """Write amounts, in the currency of the heading, into their cells; None empties the cell.

    Raises KeyError for an amount the form has no cell for.
    """
    for key, amount in amounts.items():
        row, column = form.cells[key]
        sheet.cell(row, column).value = amount


def _above(table: Table, heading: Heading, widths: Sequence[float]) -> tuple[list[Box], dict[str, Position]]:
    """Title, label, and the row of unit, year and currency; a list of two columns has no common currency."""
    unit, currency = f"部门：{heading.unit}", f"单位：{heading.currency}"
    year = f"{heading.year}年度" if heading.year else ""
    count = len(widths)
    left, right = _middle(widths, (unit, year, currency)) if count > 2 else (2, 2)
    boxes = [
        Box(table.title, style.TITLE, 1, 1, 1, count),
        Box("" if table.working else table.label, style.ABOVE["right"], 2, 1, 1, count),
        Box(unit, style.ABOVE["left"], 3, 1, 1, left - 1),
        Box(year, style.ABOVE["center" if right < count else "right"], 3, left, 1, right - left + 1),
    ]
    places = {"unit": (3, 1), "year": (3, left)}
    if right < count:
        boxes.append(Box(currency, style.ABOVE["right"], 3, right + 1, 1, count - right))
        places["currency"] = (3, right + 1)
    return boxes, places


def _middle(widths: Sequence[float], texts: tuple[str, str, str]) -> tuple[int, int]:
    """First and last column of the middle text: as near the middle as leaves room for all three."""
    edges = list(accumulate(widths, initial=0.0))
    needed = [text_width(text) + 1 for text in texts]

    def worth(span: tuple[int, int]) -> tuple[float, float]:
        left, right, end = edges[span[0] - 1], edges[span[1]], edges[-1]
        lacking = (need - room for need, room in zip(needed, (left, right - left, end - right), strict=True))
        return sum(max(0.0, lack) for lack in lacking), abs(left + right - end)

    return min(((left, right) for left in range(2, len(widths)) for right in range(left, len(widths))), key=worth)


def _notes(table: Table, statement: bool, row: int, width: int) -> list[Box]:
    texts = [f"注：{table.note}"] if table.note else []
    if statement and table.empty:
        texts.append(f"说明：{table.empty}")
    return [Box(text, style.NOTE, row + order, 1, 1, width) for order, text in enumerate(texts)]


def _frame(sheet: Worksheet, rows: range, columns: int) -> None:
    for row in rows:
        for column in range(1, columns + 1):
            style.LABEL.dress(sheet.cell(row, column))


def _paint(sheet: Worksheet, boxes: Iterable[Box]) -> None:
    for box in boxes:
        cell = sheet.cell(box.row, box.column, box.text if box.text != "" else None)
        if isinstance(box.text, str) and box.text:
            cell.data_type = "s"
        box.look.dress(cell)
        if box.height * box.width > 1:
            sheet.merge_cells(None, box.row, box.column, box.row + box.height - 1, box.column + box.width - 1)


def _measure(sheet: Worksheet, boxes: Iterable[Box], columns: Sequence[Column], wide: bool) -> None:
    """Column widths as laid out, and rows high enough for their texts."""
    edges = list(accumulate((column.width for column in columns), initial=0.0))
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    lines: dict[int, float] = {}
    for box in boxes:
        width = edges[box.column + box.width - 1] - edges[box.column - 1]
        needed = text_lines(str(box.text), width) / box.height if box.look.wrapped else 1
        for row in range(box.row, box.row + box.height):
            lines[row] = max(lines.get(row, 1), needed)
    for row, count in lines.items():
        sheet.row_dimensions[row].height = style.row_height(count, wide)
    for row, height in enumerate(style.ABOVE_HEIGHTS, 1):
        sheet.row_dimensions[row].height = height


def _set_page(sheet: Worksheet, form: Form, columns: int, wide: bool, one_page: bool) -> None:
    """A4, one page wide, with the column headings repeated on every page and kept in sight on the screen."""
    set_page(sheet, columns, form.notes.stop - 1, landscape=wide, one_page=one_page)
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = f"{form.header.start}:{form.header.stop - 1}"
    sheet.freeze_panes = f"A{form.header.stop}"
