"""A worksheet as a Word table: its columns across the page, its rows as high as the page has room for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from juesuan.document.runs import TABLE, TABLE_SIZE, align, highlight, is_missing, points, set_font

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table as WordTable
    from docx.text.paragraph import Paragraph as WordParagraph
    from openpyxl.worksheet.worksheet import Worksheet

BESIDE = 0.8
"""White on either side of a cell's text, in millimetres."""
LEAST = 0.6
"""By so much of their height on the worksheet rows can be lower and still hold their texts."""
USUAL_WIDTH, USUAL_HEIGHT = 10, 17


def draw_table(word: WordDocument, sheet: Worksheet, header: range, body_end: int, width: int, height: float) -> None:
    """The rows of headings and amounts; the headings are repeated on every page.

    `width` of the whole in Word's own unit; `height`: what there is on a page, in points. What fits on one is put on
    one, with rows as high as on the worksheet where there is room.
    """
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    rows, columns = range(header.start, body_end), range(1, sheet.max_column + 1)
    drawn = word.add_table(len(rows), len(columns), "Table Grid")
    drawn.autofit = False
    widths = [sheet.column_dimensions[_letter(column)].width or USUAL_WIDTH for column in columns]
    scale = width / sum(widths)
    cells = drawn._cells
    for column, wide in zip(drawn.columns, widths, strict=True):
        column.width = int(wide * scale)
    for merged in sheet.merged_cells.ranges:
        if merged.min_row in rows:
            first = cells[(merged.min_row - rows.start) * len(columns) + merged.min_col - 1]
            first.merge(cells[(merged.max_row - rows.start) * len(columns) + merged.max_col - 1])
    for cell in cells:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for order, row in enumerate(rows):
        for column in columns:
            source = sheet.cell(row, column)
            target = cells[order * len(columns) + column - 1]
            target.width = int(widths[column - 1] * scale)
            if source.value is not None:
                number = isinstance(source.value, (float, int, Decimal)) and "0.00" in source.number_format
                text = f"{source.value:,.2f}" if number else str(source.value)
                _fill(target.paragraphs[0], text, str(source.alignment.horizontal or "left"))
    _set_rows(drawn, [sheet.row_dimensions[row].height or USUAL_HEIGHT for row in rows], len(header), height)
    _set_margins(drawn)


def _fill(paragraph: WordParagraph, text: str, horizontal: str) -> None:
    run = paragraph.add_run(text)
    run.font.size = points(TABLE_SIZE)
    set_font(run._r.get_or_add_rPr(), TABLE)
    if is_missing(text):
        highlight(run._r.get_or_add_rPr())
    align(paragraph, horizontal)
    paragraph.paragraph_format.space_after = points(0)


def _set_rows(table: WordTable, heights: list[float], headings: int, room: float) -> None:
    """Heights; the first rows are headings; no row is broken over two pages."""
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.oxml import OxmlElement

    fitting = room / sum(heights)
    scale = fitting if LEAST <= fitting < 1 else 1.0
    for order, (row, height) in enumerate(zip(table.rows, heights, strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, points(height * scale)
        if order < headings:
            properties.append(OxmlElement("w:tblHeader"))


def _set_margins(table: WordTable) -> None:
    """Texts stand nearer to the sides of their cells than Word would have them."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(BESIDE).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
