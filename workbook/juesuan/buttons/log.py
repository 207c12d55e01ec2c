"""Where bugs of the buttons and of the small window are written down."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler

LOG = logging.getLogger("juesuan.buttons")


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
