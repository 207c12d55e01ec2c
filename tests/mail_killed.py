"""`juesuan mailbox run`, but now and then it is killed at one of the points where that would hurt.

Arguments: the settings, the chance of a kill at each passage, a seed.
"""

from __future__ import annotations

import os
import random
import signal
import smtplib
import sys
from collections.abc import Callable
from typing import Any

from juesuan.cli import main
from juesuan.mailbox.imap import Inbox
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.spool import Spool

POINTS = (
    (Spool, "put"),
    (Journal, "receive"),
    (Journal, "see"),
    (Journal, "answer"),
    (Journal, "sending"),
    (smtplib.SMTP, "data"),
    (Journal, "sent"),
    (Inbox, "file"),
    (Journal, "filed"),
)


def deadly(method: Callable[..., Any], chance: float, draw: random.Random) -> Callable[..., Any]:
    """`method`, before or after which the process may be killed."""

    def call(*arguments: Any, **named: Any) -> Any:
        if draw.random() < chance / 2:
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*arguments, **named)
        if draw.random() < chance / 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


if __name__ == "__main__":
    settings, chance, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(seed)
    for owner, name in POINTS:
        setattr(owner, name, deadly(getattr(owner, name), chance, draw))
    sys.exit(main(["mailbox", "run", "--config", settings]))
