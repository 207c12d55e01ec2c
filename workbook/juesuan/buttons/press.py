"""Press a button: do its action quietly, say how it went in a message box, and log what should not have happened."""

from __future__ import annotations

import xlwings as xw

from juesuan.buttons.actions import ACTIONS
from juesuan.buttons.log import LOG, log_path
from juesuan.errors import JuesuanError
from juesuan.live.quiet import quiet

TITLE = "决算公开"


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
    except Exception:  # VBA shows nothing of it: the clerk is told, the traceback is in the log
        LOG.exception("%s", action)
        app.alert(f"程序出错了，没有做完。详情记在“{log_path()}”，请把它发给维护人员。", TITLE, mode="critical")
    else:
        app.alert(said, TITLE, mode="info")
