"""A workbook in the official form from the tables a text prints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from openpyxl import Workbook

from juesuan.classification import economic
from juesuan.model import Edition
from juesuan.ooxml.saving import workbook_bytes
from juesuan.proofread.cell_tables import CellTable
from juesuan.proofread.printed_tables import Printed
from juesuan.template.form import CodeRow, Heading, draw, put

_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})*\.\d{1,2}|-?\d+\.\d{1,2}")
_ZERO = Decimal("0.00")


def workbook_of_cells(tables: Iterable[CellTable]) -> bytes:
    """One worksheet a table, with its lines above it, as it is printed; amounts become numbers."""
    file = Workbook()
    file.remove(file.worksheets[0])
    for order, table in enumerate(tables, 1):
        sheet = file.create_sheet(f"第{order}张表")
        for row, text in enumerate(table.above, 1):
            sheet.cell(row, 1, text).data_type = "s"
        down = len(table.above) + 1
        for row, texts in enumerate(table.rows, down):
            for column, text in enumerate(texts, 1):
                if _AMOUNT.fullmatch(text):
                    sheet.cell(row, column, Decimal(text.replace(",", ""))).number_format = "#,##0.00"
                elif text:
                    sheet.cell(row, column, text).data_type = "s"
        for first, last, left, right in table.areas:
            sheet.merge_cells(start_row=first + down, end_row=last + down, start_column=left + 1, end_column=right + 1)
    return workbook_bytes(file)


def printed_workbook(printed: Printed, edition: Edition) -> bytes:
    """One worksheet a table, named by its label; tables that could not be read are left out."""
    file = Workbook()
    file.remove(file.worksheets[0])
    names = {code.code: code.name for code in economic(printed.year).values()}
    for table in edition.tables:
        figures = {key[1:]: amount for key, amount in printed.amounts.items() if key[0] == table.id}
        if not figures:
            continue
        sheet = file.create_sheet(table.label or table.title)
        rows = tuple(CodeRow(code, name) for code, name in printed.rows.get(table.id, ()))
        heading = Heading(printed.unit, printed.year, printed.currency)
        form = draw(sheet, table, heading, rows, names, statement=not any(figures.values()))
        put(sheet, form, {key: figures.get(key, _ZERO) for key in form.cells})
    return workbook_bytes(file)
