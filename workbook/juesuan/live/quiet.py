"""A program that does not redraw, recalculate or react while we work, and is afterwards as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import xlwings as xw


@contextmanager
def quiet(app: xw.App) -> Iterator[None]:
    """Every setting is put back, whatever happens, even if another cannot be."""
    with ExitStack() as after:
        for name, still in (("screen_updating", False), ("enable_events", False), ("calculation", "manual")):
            after.callback(setattr, app, name, getattr(app, name))
            setattr(app, name, still)
        after.callback(setattr, app, "status_bar", False)
        yield
