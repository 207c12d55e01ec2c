"""Protected sheets: opened for our marks and protected again as they were; those with a password stay closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import xlwings as xw

_ALLOWED = (
    "AllowFormattingCells",
    "AllowFormattingColumns",
    "AllowFormattingRows",
    "AllowInsertingColumns",
    "AllowInsertingRows",
    "AllowInsertingHyperlinks",
    "AllowDeletingColumns",
    "AllowDeletingRows",
    "AllowSorting",
    "AllowFiltering",
    "AllowUsingPivotTables",
)


@contextmanager
def opened(sheet: xw.Sheet) -> Iterator[bool]:
    """Whether the sheet can be written on, which it can be until the end of the block."""
    api = sheet.api
    if not api.ProtectContents:
        yield True
        return
    options = _options(api)
    if not _unprotected(api, "ProtectContents"):
        yield False
        return
    try:
        yield True
    finally:
        api.Protect(**options)


@contextmanager
def opened_structure(book: xw.Book) -> Iterator[bool]:
    """Whether sheets can be added to the workbook and deleted."""
    api = book.api
    if not api.ProtectStructure:
        yield True
        return
    windows = bool(api.ProtectWindows)
    if not _unprotected(api, "ProtectStructure"):
        yield False
        return
    try:
        yield True
    finally:
        api.Protect(Structure=True, Windows=windows)


def _options(api: Any) -> dict[str, bool]:
    options = {name: bool(getattr(api.Protection, name)) for name in _ALLOWED}
    return options | {
        "DrawingObjects": bool(api.ProtectDrawingObjects),
        "Contents": True,
        "Scenarios": bool(api.ProtectScenarios),
        "UserInterfaceOnly": bool(api.ProtectionMode),
    }


def _unprotected(api: Any, lock: str) -> bool:
    """Try the empty password: without one Excel would ask the user for it."""
    with suppress(Exception):  # what COM raises for a wrong password differs between programs; the lock tells
        api.Unprotect("")
    return not getattr(api, lock)
