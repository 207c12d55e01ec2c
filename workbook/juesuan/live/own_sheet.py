"""Our sheet 核对结果 in the open workbook, and the record at its right edge of what was there before the marks.

A line of the record names a cell by a formula that refers to it, so that rows may be inserted above meanwhile.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import xlwings as xw

from juesuan.errors import JuesuanError
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


def own_sheet(book: xw.Book) -> xw.Sheet | None:
    """Our sheet; None when there is none. Raises JuesuanError for one of its name that no button added."""
    try:
        named = book.sheets[NAME]
    except _NO_SUCH_SHEET:
        return None
    if named.range(f"{FIRST}1").raw_value != WATERMARK:
        raise JuesuanError(
            f"工作簿里已有名为“{NAME}”的工作表，不是按钮加的。是收到的标注副本，请先关闭它，"
            "用“发送到 → 决算核对”里的“清除标记”去掉标注；是自己的表，请改名。"
        )
    return named


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
