"""From a received message to its reply in the outbox. What a message does to the process that reads it, is counted."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Iterable
from typing import Any, NamedTuple

from juesuan.apart import Apart, Limits
from juesuan.errors import JuesuanError, OutOfLimits
from juesuan.mailbox import told
from juesuan.mailbox.comparison import Changes, Item, compared, items_of
from juesuan.mailbox.config import Settings
from juesuan.mailbox.incoming import identity
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.letters import letter, reply_subject
from juesuan.mailbox.logs import log
from juesuan.mailbox.notes import note
from juesuan.mailbox.records import BookKept, Job, Letter
from juesuan.mailbox.register import Register
from juesuan.mailbox.spool import Gone, Spool
from juesuan.mailbox.worker import MODULE
from juesuan.reading.grid import spelled

LIMITS = Limits(seconds=60, memory=3 << 29, file=128 << 20)
MOST_FAILURES = 2
"""Deaths of the process over one file before the sender is told; the robot's own deaths do not count."""
MOST_IN_VAIN, DAY = 5, 24 * 3600.0
"""Messages without a workbook that are answered to one sender in a day: a machine that answers us would never end."""
MESSAGES_A_PROCESS = 900
LARGEST_REPLY = 17 << 20
"""Bytes of all copies in a reply; base64 makes 37 % more of them, and many servers refuse letters of 25 MB and more."""
_NO_BOOKS = (
    *(".docx", ".doc", ".wps", ".pdf", ".ofd", ".pptx", ".ppt", ".txt", ".htm", ".html", ".p7s", ".ics", ".vcf"),
    *(".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic"),
)
"""Names of what comes along with a workbook; passed over in silence, unless it is a workbook all the same."""


_WITHOUT_BOOK = ([told.saying(told.NOTHING)], [told.saying(told.NO_BOOK)])


class _Answer(NamedTuple):
    """What came of one attachment. `copy`: name and content of the marked workbook."""

    section: told.Section
    book: BookKept | None = None
    copy: tuple[str, bytes] | None = None


class Judging:
    """One of those who judge: it has a process of its own for that."""

    def __init__(self, settings: Settings, journal: Journal, spool: Spool, register: Register) -> None:
        self.settings = settings
        self.journal = journal
        self.spool = spool
        self.register = register
        self._apart = Apart(MODULE, LIMITS)

    def judge(self, job: Job) -> None:
        """Put the reply to a job into the outbox. A message that our own code fails over goes to a person."""
        try:
            self._judge(job)
        except (OSError, sqlite3.Error):
            raise
        except Exception:  # logged, and after some tries a person gets it; the others go on
            log("not_judged", job=job.key[:12], trace=traceback.format_exc())
            if self.journal.failed(job.key) >= MOST_FAILURES:
                self._hand_over(job, "核对程序出错，没有回复")

    def _judge(self, job: Job) -> None:
        if self._apart.answered >= MESSAGES_A_PROCESS:
            self._apart.close()
        try:
            sections, answers = self._answers(job)
        except Gone:
            self._hand_over(job, "本机保存的邮件原文不见了，可能被杀毒软件移走，没有回复")
            return
        if sections in _WITHOUT_BOOK and (reason := self._for_a_person(job)):
            self._hand_over(job, reason)
            return
        sections += [answer.section for answer in answers]
        copies, left_out = _fitting(answer.copy for answer in answers if answer.copy)
        if left_out:
            sections.append(told.saying(f"标注过的工作簿太大，没有附上：{'、'.join(left_out)}。请分几封邮件发来。"))
        number = identity(self.journal.secret, "r", job.key, self.settings.address)
        content = letter(
            number,
            self.settings.address,
            job.sender,
            reply_subject(job.subject),
            job.received,
            sections,
            copies,
            (job.message_id, job.thread),
        )
        reply = Letter(number, "reply", job.key, job.sender, self.spool.put(content))
        books = [answer.book for answer in answers if answer.book]
        self.journal.answer(job.key, reply, books)
        log("judged", job=job.key[:12], verdicts=[book.verdict for book in books], bytes=len(content))

    def _hand_over(self, job: Job, reason: str) -> None:
        with self.journal.transaction():
            self.journal.quarantine(job.key, reason)
            note(self.settings, self.journal, self.spool)

    def _for_a_person(self, job: Job) -> str | None:
        """Why a message without a workbook is for a person to read."""
        if any(self.journal.letter(number) for number in job.thread.split()):
            return "回了本邮箱的信，没有附工作簿，可能是说明"
        if self.journal.answered_in_vain(job.sender, job.received - DAY) >= MOST_IN_VAIN:
            return f"一天内第 {MOST_IN_VAIN + 1} 次来信仍没有附工作簿，可能是自动答复"
        return None

    def stop(self) -> None:
        """Break off: what is being judged is judged next time, and this is no failure of it."""
        self._apart.stop()

    def close(self) -> None:
        self._apart.close()

    def _answers(self, job: Job) -> tuple[list[told.Section], list[_Answer]]:
        """What is to be said of the message itself, and of each of its files."""
        if job.cut:
            most = self.settings.policy.max_mb
            return [told.saying(f"邮件超过 {most} MB，没有收下附件。请删去多余的内容或分几封发来，只附工作簿。")], []
        try:
            head, data = self._asked(job.key, {"do": "unpack"}, self.spool.get(job.content))
        except OutOfLimits:
            note(self.settings, self.journal, self.spool)
            return [told.saying(told.UNREADABLE_MAIL)], []
        listed = head["attached"]
        answers, at = [], 0
        for number, item in enumerate(listed):
            content = data[at : at + item["size"]]
            at += item["size"]
            if item["trouble"]:
                answers.append(_Answer(told.refused(item["name"], item["trouble"])))
            elif answer := self._answer(job, number, item["name"], content):
                answers.append(answer)
        if answers:
            return [], answers
        return [told.saying(told.LINK if head["link"] else told.NO_BOOK if listed else told.NOTHING)], []

    def _answer(self, job: Job, number: int, name: str, content: bytes) -> _Answer | None:
        request = {"do": "judge", "name": name, "order": self.settings.order._asdict()}
        try:
            head, copy = self._asked(job.key, request, content)
        except OutOfLimits as error:
            return _Answer(told.unfinished(name, error))
        except JuesuanError as error:
            return _Answer(told.refused(name, str(error)))
        if not head["opened"] and name.lower().endswith(_NO_BOOKS):
            return None
        if "fault" in head:
            log("not_marked", job=job.key[:12], trace=head["fault"])
        book: dict[str, Any] = head["book"]
        items = items_of(book)
        changes = self._changes(job, book, items)
        kept = BookKept(
            job.key,
            number,
            name,
            book["unit"],
            book["year"],
            job.sender,
            book["sha256"],
            book["verdict"],
            job.received,
            [list(item) for item in items],
            changes.counts if changes else None,
        )
        section = told.of_answer(name, head, items, changes)
        return _Answer(section, kept, (head["copy"], copy) if head["copy"] else None)

    def _changes(self, job: Job, book: dict[str, Any], items: list[Item]) -> Changes | None:
        """Since the unit's last version; what others handed in under its name is not shown to this sender."""
        unit = book["unit"]
        if not unit or book["verdict"] == "unjudged":
            return None
        names = self.register.get(job.sender, frozenset())
        own = {name for name in names if spelled(name) == spelled(unit)} or names
        senders = [address for address, theirs in self.register.items() if theirs & own]
        last = self.journal.last_book(unit, book["year"], [job.sender, *senders], job.received)
        return compared((Item(*item) for item in last.items), items) if last else None

    def _asked(self, key: str, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        while True:
            try:
                return self._apart.ask(request, data)
            except OutOfLimits as error:
                if self._apart.stopped:
                    raise InterruptedError from error
                log("worker_died", job=key[:12], why=error.why)
                if self.journal.failed(key) >= MOST_FAILURES:
                    raise


def _fitting(copies: Iterable[tuple[str, bytes]]) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The copies that go into one reply, and the names of the others."""
    room, fitting, left_out = LARGEST_REPLY, [], []
    for name, content in copies:
        if len(content) <= room:
            room -= len(content)
            fitting.append((name, content))
        else:
            left_out.append(name)
    return fitting, left_out
