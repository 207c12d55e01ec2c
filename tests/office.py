"""A LibreOffice of its own for a test: hidden, or on a screen of its own (Xvfb), where a mouse can click."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

from tools import SECONDS, require

T = TypeVar("T")


class Office(NamedTuple):
    """Its desktop object, and the display it is seen on."""

    desktop: Any
    display: str | None


SCREEN = "1400x1000x24"


@contextmanager
def office(home: Path, environment: dict[str, str] | None = None, *, on_screen: bool = False) -> Iterator[Office]:
    """A running LibreOffice; everything it started ends with the block."""
    from libreoffice_book import desktop

    require("soffice")
    started: list[subprocess.Popen[str]] = []
    display = _display(started) if on_screen else None
    pipe = f"juesuan-{os.getpid()}-{home.name}"
    given = os.environ | {"LC_ALL": "C.UTF-8", "JUESUAN_TEST_PIPE": pipe} | (environment or {})
    given |= {"DISPLAY": display} if display else {}
    profile = (home / "profile").resolve().as_uri()
    options = ["--norestore", "--nologo", "--nofirststartwizard", f"-env:UserInstallation={profile}"]
    command = ["soffice", *options, f"--accept=pipe,name={pipe};urp", *([] if on_screen else ["--headless"])]
    try:
        running = subprocess.Popen(command, env=given, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
        started.append(running)
        yield Office(wait(lambda: desktop(pipe), "LibreOffice"), display)
    finally:
        for process in reversed(started):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait(ready: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
    """What `ready` returns once it is something; the test fails when that takes too long."""
    end = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < end:
        try:
            if found := ready():
                return found
        except Exception as error:  # UNO raises exceptions of its own while nobody listens
            last = error
        time.sleep(0.2)
    pytest.fail(f"{what} 在 {seconds:.0f} 秒内没有就绪：{last}", pytrace=False)


def button_program(folder: Path) -> Path:
    """An executable that stands for Python in the command the macros build."""
    program = folder / "python 按钮"
    runner = Path(__file__).parent / "libreoffice_button.py"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{runner}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


def _display(started: list[subprocess.Popen[str]]) -> str:
    """A display of its own, which tells its number when it is ready, and does not start afresh between two clients."""
    command = [require("Xvfb"), "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    started.append(server)
    assert server.stdout is not None
    return f":{server.stdout.readline().strip()}"


@contextmanager
def screen() -> Iterator[str]:
    """A display alone."""
    started: list[subprocess.Popen[str]] = []
    display = _display(started)
    try:
        yield display
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
