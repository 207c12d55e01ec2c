"""How far the cells of a worksheet reach, told from its XML before a reader lays out the whole area in memory."""

import re
from typing import Literal, NamedTuple

LAST_ROW = 20_000
LAST_COLUMN = 702
LARGEST_AREA = 1_000_000
_NOT_SMALL = re.compile(rb'<c(?! r="[A-Z]\d{1,3}"|[a-z])')
"""A cell that is not spelled as usual, or not among the first 26 columns and 999 rows."""
_NOT_USUAL = re.compile(rb'<c(?! r="[A-Z]{1,3}\d{1,7}"|[a-z])')
_PREFIXED = re.compile(rb":c[\s/>]")
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^>]*)>")
_AT = re.compile(rb"""(?:^|\s)r\s*=\s*["'](?:([A-Za-z]*)(\d+))["']""")


class Extent(NamedTuple):
    """The last row and column (zero-based) that hold a cell with content."""

    row: int
    column: int

    @property
    def is_far(self) -> bool:
        area = (self.row + 1) * (self.column + 1)
        return self.row >= LAST_ROW or self.column >= LAST_COLUMN or area > LARGEST_AREA


def is_usual(xml: bytes) -> bool:
    """Whether every cell says where it stands, in the usual spelling."""
    return b"<sheetData" in xml and _PREFIXED.search(xml) is None and _NOT_USUAL.search(xml) is None


def reach(xml: bytes) -> Literal["near", "odd", "far"]:
    """`far`: cells with content span an area that must not be held in memory; `odd`: so spelled that none can tell."""
    if b"<sheetData" in xml and _NOT_SMALL.search(xml) is None and _PREFIXED.search(xml) is None:
        return "near"
    if _extent(xml).is_far:
        return "far"
    return "near" if is_usual(xml) else "odd"


def _extent(xml: bytes) -> Extent:
    last_row = last_column = -1
    row = column = -1
    for tag in _TAG.finditer(xml):
        attributes = tag[2]
        at = _AT.search(attributes)
        if tag[1] == b"row":
            row, column = int(at[2]) - 1 if at else row + 1, -1
            continue
        column = column + 1
        if at and at[1]:
            row, column = int(at[2]) - 1, _column(at[1])
        if not attributes.endswith(b"/"):
            last_row, last_column = max(last_row, row), max(last_column, column)
    return Extent(last_row, last_column)


def _column(letters: bytes) -> int:
    """b"AB" → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
