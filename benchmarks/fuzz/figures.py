"""What figures and texts an .xlsx holds, found by openpyxl: another pen than the one under test."""

from __future__ import annotations

import io
import warnings

import openpyxl

Figures = dict[tuple[str, str], object]


def figures(data: bytes) -> Figures | None:
    """Every value by sheet and address; None where openpyxl cannot read the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        return {
            (sheet.title, cell.coordinate): cell.value
            for sheet in file.worksheets
            for row in sheet.iter_rows(max_row=200, max_col=30)
            for cell in row
            if cell.value is not None
        }
    except Exception:
        return None
