"""The robot: receiving, judging and sending side by side, each going on when the others are held up."""

from __future__ import annotations

import sqlite3
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from imaplib import IMAP4

from juesuan.mailbox.config import Server, Settings
from juesuan.mailbox.imap import Inbox
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.judging import Judging
from juesuan.mailbox.logs import log
from juesuan.mailbox.receiving import Receiving
from juesuan.mailbox.records import Job
from juesuan.mailbox.register import Register
from juesuan.mailbox.sending import Sending
from juesuan.mailbox.spool import Spool
from juesuan.mailbox.trouble import Trouble, trouble_of

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between tries while something does not work."""
PATIENCE = 60.0
"""Seconds that `once` waits for letters which are not due yet."""
RENEW_IDLE = 600.0
_TICK = 0.5


class Stage:
    """A part of the robot in a thread of its own: `step` again and again, a pause when it says there is nothing."""

    def __init__(
        self, name: str, what: str, step: Callable[[], bool], reset: Callable[[], None], server: Server | None
    ):
        self.name = name
        self.what = what
        self.step = step
        self.reset = reset
        self.server = server
        self.wake = threading.Event()
        self.busy = False
        self.rounds = 0
        self.trouble: str | None = None
        self.noted: str | None = ""
        self.thread: threading.Thread | None = None


class Robot:
    """Use it in a ``with``. Raises JuesuanError if another one has the state folder."""

    def __init__(self, settings: Settings, register: Register) -> None:
        self.settings = settings
        self.journal = Journal(settings.state)
        self.spool = Spool(f"{settings.state}/spool")
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._claimed: set[str] = set()
        parts = (settings, self.journal, self.spool)
        self.receiving = Receiving(*parts, register)
        self.sending = Sending(*parts, lambda: self.receiving.looked)
        self.judges = [Judging(*parts, register) for _ in range(settings.policy.workers)]
        self.receiver = Stage("imap", "收信", self._receive, self.receiving.close, settings.imap)
        self.sender = Stage("smtp", "发信", self._send, self.sending.close, settings.smtp)
        self.judgers = [
            Stage(f"judge-{number}", "核对", lambda judge=judge: self._judge(judge), judge.close, None)  # type: ignore[misc]
            for number, judge in enumerate(self.judges, 1)
        ]
        self.stages = [self.receiver, self.sender, *self.judgers]

    def run(self) -> None:
        """Work until `stop`; whatever fails is told in `status` and tried again."""
        self._start()
        threading.Thread(target=self._watch, daemon=True).start()
        while not self.stopping.wait(_TICK):
            pass

    def once(self) -> list[str]:
        """Handle what is in the mailbox, settle what is open; what kept parts from working, a sentence each."""
        self._start()
        with self._changed:
            while not self.stopping.is_set() and not self._is_done():
                self._changed.wait(_TICK)
        self._end()
        if not self.receiver.trouble:
            try:
                self.receiving.step()
            except Exception as error:  # said by `once` and in `status`, as of a stage that runs; the trace is logged
                self._tell(self.receiver, trouble_of(error, self.receiver.what, self.receiver.server), error)
        return [stage.trouble for stage in self.stages if stage.trouble]

    def stop(self) -> None:
        self.stopping.set()

    def __enter__(self) -> Robot:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self.receiver.reset()
        self.journal.close()

    def _end(self) -> None:
        """A letter under way is finished; a workbook being judged is not waited for, it is judged next time."""
        self.stop()
        for stage in self.stages:
            stage.wake.set()
        for stage in (self.receiver, self.sender):
            if stage.thread:
                stage.thread.join(30)
        for judging in self.judges:
            judging.stop()
        for stage in self.judgers:
            if stage.thread:
                stage.thread.join(10)
            stage.reset()
        self.sender.reset()

    # --- what the stages do

    def _receive(self) -> bool:
        new = self.receiving.step()
        for stage in self.judgers if new else ():
            stage.wake.set()
        if self.journal.open_letters():
            self.sender.wake.set()
        return False

    def _judge(self, judging: Judging) -> bool:
        job = self._claim()
        if job is None:
            return False
        try:
            judging.judge(job)
        finally:
            with self._changed:
                self._claimed.discard(job.key)
        self.sender.wake.set()
        return True

    def _claim(self) -> Job | None:
        with self._changed:
            job = self.journal.waiting(self._claimed)
            if job:
                self._claimed.add(job.key)
        return job

    def _send(self) -> bool:
        """Where letters have gone out and no more are due, their submissions can be filed."""
        sent = self.sending.step()
        if self.sender.busy and not sent:
            self.receiver.wake.set()
        return sent

    # --- threads

    def _start(self) -> None:
        for stage in self.stages:
            stage.thread = threading.Thread(target=self._keep_on, args=(stage,), name=stage.name, daemon=True)
            stage.thread.start()

    def _keep_on(self, stage: Stage) -> None:
        pause = FIRST_PAUSE
        while not self.stopping.is_set():
            stage.wake.clear()
            try:
                stage.busy = stage.step()
                self._tell(stage, None)
                pause = FIRST_PAUSE
            except Exception as error:  # whatever a stage meets, it tries again; bugs leave their trace in the log
                if self.stopping.is_set():
                    return
                stage.reset()
                stage.busy = False
                self._tell(stage, trouble_of(error, stage.what, stage.server), error)
                self.stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if not stage.busy:
                stage.wake.wait(self.settings.poll)

    def _tell(self, stage: Stage, trouble: str | None, error: Exception | None = None) -> None:
        changed = trouble != stage.trouble
        with self._changed:
            stage.trouble = trouble
            stage.rounds += 1
            self._changed.notify_all()
        if trouble != stage.noted:
            with suppress(sqlite3.Error):  # where the disk is full; it is noted when there is room
                self.journal.healthy(stage.name, trouble)
                stage.noted = trouble
        if error and changed:
            known = isinstance(error, (Trouble, OSError, IMAP4.error))
            log("trouble", part=stage.name, why=trouble, trace=None if known else traceback.format_exc())

    def _watch(self) -> None:
        """A second connection that is always in IDLE: no message slips in between a look and the wait for news.

        It gives way to the first, as some servers take only one.
        """
        trouble = None
        while not self.stopping.wait(_TICK):
            if not self.receiver.rounds or self.receiver.trouble:
                continue
            inbox = None
            try:
                inbox = Inbox(self.settings.imap, self.settings.folders)
                if not inbox.has_idle:
                    return
                trouble = None
                for something in inbox.news(RENEW_IDLE):
                    if self.receiver.trouble:
                        break
                    if something:
                        self.receiver.wake.set()
            except Exception as error:  # the receiver looks from time to time anyway
                known = isinstance(error, (OSError, IMAP4.error))
                before, trouble = trouble, trouble_of(error, "等新邮件", self.settings.imap)
                if trouble != before:
                    log("watch", why=trouble, trace=None if known else traceback.format_exc())
                self.stopping.wait(self.settings.poll)
            finally:
                if inbox:
                    inbox.close()

    def _is_done(self) -> bool:
        """Whether `once` may end: all that came is judged and all that can be sent soon is sent."""
        if any(stage.trouble for stage in self.stages):
            return True
        if not all(stage.rounds for stage in (self.receiver, self.sender)) or self.journal.waiting():
            return False
        now, grace = time.time(), self.settings.policy.grace_seconds
        waits = (
            (due if state == "ready" else changed + grace) - now for state, due, changed in self.journal.open_letters()
        )
        return all(wait > PATIENCE for wait in waits)
