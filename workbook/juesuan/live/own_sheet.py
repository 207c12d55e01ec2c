"""Our sheet 核对结果 in the open workbook, and the record at its right edge of what was there before the marks.

A line of the record names a cell by a formula that refers to it, so that rows may be inserted above meanwhile.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import xlwings as xw

from juesuan.marking.live_marks import RECORD, REFERENCE, WATERMARK
from juesuan.place import Place
from juesuan.reading.own_sheet import NAME

try:
    from pywintypes import com_error
except ImportError:
    _NO_SUCH_SHEET: tuple[type[Exception], ...] = (KeyError,)
else:
    _NO_SUCH_SHEET = (KeyError, com_error)

FIRST, LAST = RECORD


class Kept(NamedTuple):
    """A marked cell: the colour of its mark, what fill it had, and whether it got a culprit's border.

    `at` is where the cell is now; None when it was deleted.
    """

    at: tuple[str, str] | None
    shade: str
    before: str
    border: str


def own_sheets(book: xw.Book) -> list[xw.Sheet]:
    """Our sheets: one or none."""
    named = named_as_ours(book)
    return [named] if named and named.range(f"{FIRST}1").value == WATERMARK else []


def named_as_ours(book: xw.Book) -> xw.Sheet | None:
    """The sheet that is called as ours is."""
    try:
        return book.sheets[NAME]
    except _NO_SUCH_SHEET:
        return None


def recorded(sheet: xw.Sheet, rows: int) -> list[Kept]:
    """The record of at most `rows` marks, in the order they are walked through."""
    area = sheet.range(f"{FIRST}2:{LAST}{rows + 1}")
    found = []
    lines: Any = area.formula
    for reference, shade, before, border in lines:
        if reference:
            match = REFERENCE.fullmatch(reference)
            at = (match[1].replace("''", "'"), f"{match[2]}{match[3]}") if match else None
            found.append(Kept(at, shade, before, border))
    return found


def record_line(place: Place, shade: str, before: str, border: str) -> tuple[str, str, str, str]:
    """What is written for one mark."""
    name = place.sheet.replace("'", "''")
    texts = [f"'{text}" if text else "" for text in (shade, before, border)]
    return f"='{name}'!{place.address}", texts[0], texts[1], texts[2]
