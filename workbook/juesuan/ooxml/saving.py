"""Turn a workbook made with openpyxl into bytes: the same workbook always gives the same, and the schema is kept."""

from __future__ import annotations

import io
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.writer.excel import ExcelWriter

from juesuan.ooxml.new_package import repacked

BORN = datetime(2025, 1, 1)
# openpyxl writes a font's children in another order than the schema has them, which validators report.
Font.__elements__ = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family",
    "charset", "scheme",
)  # fmt: skip


def workbook_bytes(file: Workbook, born: datetime = BORN, author: str = "juesuan") -> bytes:
    """The workbook as an .xlsx whose every byte depends on its content and `born` alone."""
    file.properties.created = file.properties.modified = born
    file.properties.creator = author
    saved = io.BytesIO()
    with ZipFile(saved, "w", ZIP_STORED) as archive:
        ExcelWriter(file, archive).save()
    return repacked(saved)
