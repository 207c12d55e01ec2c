"""Press a button: do its action quietly, say how it went in a message box, and log what should not have happened."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler

import xlwings as xw

from juesuan.buttons.actions import ACTIONS
from juesuan.errors import JuesuanError
from juesuan.live.quiet import quiet

TITLE = "决算公开"
LOG = logging.getLogger("juesuan.buttons")


def press(action: str, book: xw.Book) -> None:
    """Raises nothing: whatever happens is said to the clerk."""
    app = book.app

    def progress(text: str) -> None:
        app.status_bar = f"{TITLE}：{text}"

    try:
        with quiet(app):
            said = ACTIONS[action](book, progress)
    except JuesuanError as error:
        app.alert(str(error), TITLE, mode="critical")
    except Exception:
        LOG.exception("%s", action)
        app.alert(f"程序出错了，没有做完。详情记在“{log_path()}”，请把它发给维护人员。", TITLE, mode="critical")
    else:
        app.alert(said, TITLE, mode="info")


def log_path() -> str:
    """Where bugs are written down: in the user's own folder for such things."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "juesuan", "按钮.log")


def start_log() -> None:
    """Where no log can be written, the buttons work without one."""
    path = log_path()
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError:
        LOG.addHandler(logging.NullHandler())
        return
    handler = RotatingFileHandler(path, maxBytes=500_000, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
