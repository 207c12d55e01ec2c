"""How far a run is: one line at the bottom of a terminal, or a line now and then in a log."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from typing import TextIO

from juesuan.wording import VERDICTS

_WIDTH = 24
_EVERY, _EVERY_LOGGED = 0.2, 30.0
"""Seconds between two lines in a terminal, and in a log."""
_NAMES = (("通过", ("pass", "tail")), ("核实", ("warn",)), ("有错", ("fail",)), ("判不了", ("unjudged",)))


class Progress:
    """Shows the counts of `verdicts` on `stream`; the `done` first books were judged in an earlier run."""

    def __init__(self, stream: TextIO, total: int, verdicts: dict[str, int]) -> None:
        self.stream = stream
        self.total = total
        self.counts = Counter(verdicts)
        self.before = sum(verdicts.values())
        self.start = self.shown = time.monotonic()
        self.live = stream.isatty()
        self.ended = False

    def add(self, verdict: str) -> None:
        assert verdict in VERDICTS
        self.counts[verdict] += 1
        now = time.monotonic()
        if now - self.shown >= (_EVERY if self.live else _EVERY_LOGGED):
            self.shown = now
            self._show()

    def say(self, sentence: str) -> None:
        """A sentence that stays, above the line as long as there is one."""
        self._write(f"\r\x1b[K{sentence}\n" if self.live and not self.ended else f"{sentence}\n")
        if not self.ended:
            self._show()

    def end(self) -> None:
        """The last line, which stays."""
        self._show()
        if self.live:
            self._write("\n")
        self.ended = True

    def _show(self) -> None:
        text = self.line(time.monotonic() - self.start)
        self._write(f"\r\x1b[K{text}" if self.live else f"{text}\n")

    def _write(self, text: str) -> None:
        """A run goes on though nobody listens any more."""
        with suppress(OSError):
            self.stream.write(text)
            self.stream.flush()

    def line(self, seconds: float) -> str:
        """What is shown `seconds` after the start."""
        done = sum(self.counts.values())
        filled = _WIDTH * done // self.total if self.total else _WIDTH
        rate = (done - self.before) / seconds if seconds else 0.0
        left = f"，约剩 {_clock((self.total - done) / rate)}" if rate and done < self.total else ""
        judged = "，".join(f"{name} {sum(self.counts[key] for key in keys)}" for name, keys in _NAMES)
        bar = "━" * filled + "─" * (_WIDTH - filled)
        return f"{bar} {done}/{self.total} 份，每秒 {rate:.1f} 份{left}；{judged}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
