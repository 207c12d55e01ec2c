"""Open a workbook file safely and hand out its worksheets as grids. The file is only ever read."""

import io
import os
from typing import NamedTuple

from juesuan.errors import UnreadableBook, why
from juesuan.excel.grid import Grid
from juesuan.excel.own_sheet import own_sheets
from juesuan.excel.package import Package

LARGEST_FILE = 50 * 1024 * 1024
_BROKEN = "“{}”已损坏，读不出工作表。请用 Excel 或 WPS 打开后另存一份再核对。"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class WorkbookFile(NamedTuple):
    """`grids` in workbook order without our own report sheet; `package` is the zip they came in.

    `oversized` names worksheets that were not read because something stands far outside any table.
    """

    path: str
    grids: tuple[Grid, ...]
    hidden_sheets: tuple[str, ...]
    oversized: tuple[str, ...]
    package: Package


def open_workbook(path: str) -> WorkbookFile:
    """Read an .xlsx or .xlsm. Raises UnreadableBook with one sentence for everything else."""
    return workbook_of(path, _bytes(path))


def workbook_of(path: str, data: bytes) -> WorkbookFile:
    """The workbook whose content is `data`; `path` is what it is called."""
    name = os.path.basename(path)
    if data.startswith(_OLE):
        raise UnreadableBook(f"“{name}”打不开：文件加了密，或是旧的 .xls 格式。请取消密码，另存为 .xlsx 后再核对。")
    if not data.startswith(b"PK"):
        raise UnreadableBook(f"“{name}”不是 Excel 工作簿（内容不是 .xlsx）。请用 Excel 或 WPS 另存为 .xlsx 后再核对。")
    package = Package(data, name)
    if not package.has("xl/workbook.xml"):
        raise UnreadableBook(
            f"“{name}”不是完整的 .xlsx 工作簿（缺少 xl/workbook.xml）。请用 Excel 或 WPS 打开后另存一份。"
        )
    return _grids(path, data, package)


def digest(path: str) -> str | None:
    """SHA-256 of the file as it lies on the disk; None when it cannot be read."""
    import hashlib

    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _bytes(path: str) -> bytes:
    name = os.path.basename(path)
    try:
        if os.path.isdir(path):
            raise UnreadableBook(f"“{name}”是文件夹，不是工作簿。请给出 .xlsx 文件。")
        if os.path.getsize(path) > LARGEST_FILE:
            raise UnreadableBook(f"“{name}”超过 {LARGEST_FILE >> 20} MB，不像决算公开工作簿，未打开。")
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise UnreadableBook(f"找不到文件“{path}”。请核对路径。") from error
    except OSError as error:
        raise UnreadableBook(f"读不了文件“{path}”：{why(error)}。请核对权限，或先关闭占用它的程序。") from error
    if not data:
        raise UnreadableBook(f"“{name}”是空文件（0 字节），可能没有传完。请重新取得该文件。")
    return data


def _grids(path: str, data: bytes, package: Package) -> WorkbookFile:
    import python_calamine as calamine

    name = os.path.basename(path)
    oversized = package.oversized_sheets()
    own = own_sheets(package)
    grids, hidden = [], []
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in workbook.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet or meta.name in own or meta.name in oversized:
                continue
            if meta.visible != calamine.SheetVisibleEnum.Visible:
                hidden.append(meta.name)
            sheet = workbook.get_sheet_by_name(meta.name)
            top, left = sheet.start or (0, 0)
            merges = dict(sheet.merged_cell_ranges or ())
            grids.append(Grid(meta.name, top, left, sheet.to_python(), merges))
    except calamine.PasswordError as error:
        raise UnreadableBook(f"“{name}”加了密码，打不开。请取消密码后再核对。") from error
    except calamine.CalamineError as error:
        raise UnreadableBook(_BROKEN.format(name)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader's own bug; it derives from BaseException alone
            raise UnreadableBook(_BROKEN.format(name)) from error
        raise
    return WorkbookFile(path, tuple(grids), tuple(hidden), oversized, package)
