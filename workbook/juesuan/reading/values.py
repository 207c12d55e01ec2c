"""The worksheets of a workbook as plain values: the one place that runs the reader."""

from __future__ import annotations

import io
from collections.abc import Collection

from juesuan.errors import UnreadableBook
from juesuan.ooxml.computed import Computed
from juesuan.ooxml.extent import LARGEST_AREA, LAST_ROW
from juesuan.reading.grid import Value
from juesuan.record import NamedTuple


class SheetValues(NamedTuple):
    """The values of a worksheet from `top`, `left` on (zero-based); blanks are ''. `rows` is None where they were

    not read because their area is too large. `merges` maps the first cell of a merged area to its last one.
    `computed`, `hidden_rows` and `hidden_columns` are known only of formats without an .xlsx package.
    """

    name: str
    visible: bool
    top: int
    left: int
    rows: list[list[Value]] | None
    merges: dict[tuple[int, int], tuple[int, int]]
    computed: Computed = {}  # noqa: RUF012
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[int] = ()


def read_values(data: bytes, name: str, skip: Collection[str] = ()) -> list[SheetValues]:
    """Every worksheet but those to `skip`. Raises UnreadableBook for what the reader cannot read."""
    import python_calamine as calamine

    sheets = []
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in workbook.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet or meta.name in skip:
                continue
            visible = meta.visible == calamine.SheetVisibleEnum.Visible
            sheet = workbook.get_sheet_by_name(meta.name)
            top, left = sheet.start or (0, 0)
            merges = dict(sheet.merged_cell_ranges or ())
            far = sheet.height * sheet.width > LARGEST_AREA or top + sheet.height > LAST_ROW
            rows = None if far else sheet.to_python()
            sheets.append(SheetValues(meta.name, visible, top, left, rows, merges))
    except calamine.PasswordError as error:
        raise locked(name) from error
    except calamine.CalamineError as error:
        raise broken(name) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader's own bug; it derives from BaseException alone
            raise broken(name) from error
        raise
    return sheets


def locked(name: str) -> UnreadableBook:
    return UnreadableBook(f"“{name}”加了密码，打不开。请取消密码后再核对。")


def broken(name: str) -> UnreadableBook:
    return UnreadableBook(f"“{name}”已损坏，读不出工作表。请用 Excel 或 WPS 打开后另存一份再核对。")
