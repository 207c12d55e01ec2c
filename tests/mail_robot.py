"""`juesuan mailbox` as a test starts it, what it says of itself, and what it has sent."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

from mail_servers import PASSWORD

UNIT = "unit1@unit.test"
PASSWORDS = {"JUESUAN_IMAP_PASSWORD": PASSWORD, "JUESUAN_SMTP_PASSWORD": PASSWORD}


def juesuan(*arguments: str | Path, environment: dict[str, str] = PASSWORDS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "juesuan", "mailbox", *map(str, arguments)],
        env=os.environ | environment | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def once(settings: Path) -> str:
    done = juesuan("once", "--config", settings)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@contextlib.contextmanager
def running(settings: Path, environment: dict[str, str] = PASSWORDS) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "juesuan", "mailbox", "run", "--config", str(settings)]
    with open(settings.parent / "robot.log", "ab") as log:
        robot = subprocess.Popen(command, stderr=log, env=os.environ | environment)
    try:
        yield robot
    finally:
        if robot.poll() is None:
            robot.send_signal(signal.SIGTERM)
        assert robot.wait(60) == 0


def states(settings: Path) -> dict[str, int]:
    done = juesuan("status", "--config", settings, "--format", "json", environment={})
    assert done.returncode == 0, done.stderr
    return {state: count for state, count in json.loads(done.stdout)["counts"].items() if count}


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text(reply: EmailMessage, kind: str = "plain") -> str:
    body = reply.get_body((kind,))
    assert body
    return str(body.get_content())


def copies(reply: EmailMessage) -> list[tuple[str, bytes]]:
    return [(part.get_filename() or "", part.get_content()) for part in reply.iter_attachments()]


def await_states(settings: Path, wanted: dict[str, int], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while (now := states(settings)) != wanted:
        assert time.monotonic() < until, now
        time.sleep(0.2)


def told(settings: Path) -> str:
    return juesuan("status", "--config", settings, environment={}).stdout


def await_told(
    settings: Path, sentence: str, *, gone: bool = False, seconds: float = 60, before: Callable[[], object] = bool
) -> None:
    """Wait until `status` says `sentence`, or no longer says it; `before` each look do something."""
    until = time.monotonic() + seconds
    before()
    while (sentence in (now := told(settings))) == gone:
        assert time.monotonic() < until, now
        time.sleep(0.2)
        before()
