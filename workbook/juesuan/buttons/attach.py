"""Find the open workbook whose button was pressed: by window, in any Excel, in WPS."""

from __future__ import annotations

import logging
import ntpath
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import xlwings as xw

from juesuan.errors import JuesuanError

WPS = ("Ket.Application", "ET.Application", "Excel.Application")
"""What WPS calls itself; and it may pass for Excel."""

_LOG = logging.getLogger("juesuan.buttons")

Source = Callable[[], Iterable[xw.App]]


def find_book(full_name: str, sources: Iterable[Source]) -> xw.Book:
    """The open workbook of this full name. Raises JuesuanError when no program has it open.

    A program that cannot be reached, in whatever way it fails, is passed over.
    """
    for app in _running(sources):
        with _passed_over():
            for book in app.books:
                if _same(book.api.FullName, full_name):
                    return book
    raise JuesuanError(f"没有找到打开着的“{ntpath.basename(full_name)}”。请在 Excel 或 WPS 里打开它再按按钮。")


def windows_sources(window: int | None) -> Iterator[Source]:
    """The program the window belongs to, every running Excel, and WPS under its names."""
    if window:
        yield lambda: [xw.App(impl=_windows().App(xl=window))]
    yield lambda: xw.apps
    for name in WPS:
        yield lambda name=name: [_registered(name)]  # type: ignore[misc]


def _running(sources: Iterable[Source]) -> Iterator[xw.App]:
    for source in sources:
        with _passed_over():
            yield from source()


@contextmanager
def _passed_over() -> Iterator[None]:
    try:
        yield
    except Exception:  # COM, window messages and half-installed programs fail in ways without a common base
        _LOG.info("passed over", exc_info=True)


def _registered(name: str) -> xw.App:
    """The running program of a registered name."""
    from win32com.client import GetActiveObject

    windows = _windows()
    return xw.App(impl=windows.App(xl=windows.COMRetryObjectWrapper(GetActiveObject(name))))


def _windows() -> Any:
    from xlwings import _xlwindows

    return _xlwindows


def _same(one: str, other: str) -> bool:
    """Whether two full names are one, as Windows sees it; an unsaved workbook's is its name alone."""
    return ntpath.normcase(one) == ntpath.normcase(other)
