"""Our sheet 核对结果 in the open workbook, and the record in it of what was there before the marks."""

from __future__ import annotations

from typing import Any, NamedTuple

import xlwings as xw

from juesuan.errors import JuesuanError
from juesuan.marking.live_record import Kept, kept_in
from juesuan.reading.own_sheet import NAME

try:
    from pywintypes import com_error
except ImportError:
    _NO_SUCH_SHEET: tuple[type[Exception], ...] = (KeyError,)
else:
    _NO_SUCH_SHEET = (KeyError, com_error)


class OwnSheet(NamedTuple):
    """The sheet, and the marks it records, in the order they are walked through."""

    sheet: xw.Sheet
    kept: list[Kept]


def own_sheet(book: xw.Book) -> OwnSheet | None:
    """Our sheet; None when there is none. Raises JuesuanError for one of its name that no button added."""
    try:
        named = book.sheets[NAME]
    except _NO_SUCH_SHEET:
        return None
    formulas: Any = named.used_range.formula
    kept = kept_in(formulas if isinstance(formulas, list | tuple) else [[formulas]])
    if kept is None:
        raise JuesuanError(
            f"工作簿里已有名为“{NAME}”的工作表，不是按钮加的。是收到的标注副本，请先关闭它，"
            "用“发送到 → 决算核对”里的“清除标记”去掉标注；是自己的表，请改名。"
        )
    return OwnSheet(named, kept)
