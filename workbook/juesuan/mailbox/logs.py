"""One line of JSON an event, on standard error; never the content of a message, never a password."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_LOGGER = logging.getLogger("juesuan.mailbox")


def log(event: str, **facts: object) -> None:
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
    _LOGGER.info("%s", json.dumps(line, ensure_ascii=False, default=str))


def start_logging() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False
