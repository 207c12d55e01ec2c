"""A workbook in the official form from the tables a text prints."""

from __future__ import annotations

from decimal import Decimal

from openpyxl import Workbook

from juesuan.classification import economic
from juesuan.excel.form import CodeRow, Heading, draw, put
from juesuan.excel.saving import workbook_bytes
from juesuan.model import Edition
from juesuan.proofread.printed_tables import Printed

_ZERO = Decimal("0.00")


def printed_workbook(printed: Printed, edition: Edition) -> bytes:
    """One worksheet a table, named by its label; tables that could not be read are left out."""
    file = Workbook()
    file.remove(file.worksheets[0])
    names = {code.code: code.name for code in economic().values()}
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
