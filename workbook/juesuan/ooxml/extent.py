"""How far the cells of a worksheet reach, told from its XML before a reader lays out the whole area in memory."""

import re
from typing import Literal

from juesuan.place import column_number

LAST_ROW = 20_000
LAST_COLUMN = 702
LARGEST_AREA = 1_000_000
_NOT_SMALL = re.compile(rb'<c(?! r="[A-Z]\d{1,3}"|[a-z])')
"""A cell that is not spelled as usual, or not among the first 26 columns and 999 rows."""
_PREFIXED = re.compile(rb":c[\s/>]")
# Patterns that an ordinary workbook does not need are compiled when they are.
_NOT_USUAL = rb'<c(?! r="[A-Z]{1,3}\d{1,7}"|[a-z])'
_TAG = rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^>]*)"
_AT = rb"""(?:^|\s)r\s*=\s*["'](?:([A-Za-z]{0,9})(\d{1,12}))["']"""


def is_usual(xml: bytes) -> bool:
    """Whether every cell says where it stands, in the usual spelling."""
    return b"<sheetData" in xml and _PREFIXED.search(xml) is None and re.search(_NOT_USUAL, xml) is None


def reach(xml: bytes) -> Literal["near", "odd", "far"]:
    """`far`: cells with content span an area that must not be held in memory; `odd`: so spelled that none can tell."""
    if b"<sheetData" in xml and _NOT_SMALL.search(xml) is None and _PREFIXED.search(xml) is None:
        return "near"
    rows, columns = _extent(xml)
    if rows > LAST_ROW or columns > LAST_COLUMN or rows * columns > LARGEST_AREA:
        return "far"
    return "near" if is_usual(xml) else "odd"


def _extent(xml: bytes) -> tuple[int, int]:
    """How many rows and columns there are up to the last cell with content."""
    rows = columns = 0
    row = column = -1
    for tag in re.finditer(_TAG, xml):
        attributes = tag[2]
        at = re.search(_AT, attributes)
        if tag[1] == b"row":
            row, column = int(at[2]) - 1 if at else row + 1, -1
            continue
        column += 1
        if at and at[1]:
            row, column = int(at[2]) - 1, column_number(at[1].decode().upper())
        if not attributes.endswith(b"/"):
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows, columns
