"""From the inbox into the journal: each message once, on the disk before it is recorded, filed when it is done with."""

from __future__ import annotations

import time
import traceback

from juesuan.mailbox.config import Settings
from juesuan.mailbox.encoded import header
from juesuan.mailbox.imap import IN_A_LINE, Inbox
from juesuan.mailbox.incoming import body_of, incoming, unreadable
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.logs import log
from juesuan.mailbox.notes import note
from juesuan.mailbox.policy import Judgement, admission, bounced, may_be_bounce
from juesuan.mailbox.records import Job
from juesuan.mailbox.register import Register
from juesuan.mailbox.spool import Spool

HOUR = 3600.0


class Receiving:
    """`looked`: when the last look at the whole inbox began, a time; letters without proof wait for it."""

    def __init__(self, settings: Settings, journal: Journal, spool: Spool, register: Register) -> None:
        self.settings = settings
        self.journal = journal
        self.spool = spool
        self.register = register
        self.looked = 0.0
        self._tidied = -HOUR
        self._withheld: set[int] = set()
        self._inbox: Inbox | None = None

    def step(self) -> bool:
        """Admit what had to wait, record what is new, file what is done; whether anything was admitted or new."""
        now = time.time()
        if time.monotonic() - self._tidied > HOUR:
            self._tidied = time.monotonic()
            self.journal.believe(now)
            for name in self.journal.outlived(now - self.settings.keep_days * 24 * HOUR):
                self.spool.drop(name)
        admitted = self.journal.admit_deferred(self.settings.policy.max_per_hour, now - HOUR, now)
        try:
            new = self.look()
        finally:  # a message that cannot be had keeps no other in the inbox
            self._file()
        return bool(new or admitted)

    def look(self) -> int:
        """Record what is new in the inbox; how many messages. What could not be had last time comes last."""
        began, inbox = time.time(), self._opened()
        new = self.journal.unseen(inbox.epoch, inbox.uids(self.settings.since))
        left = dict.fromkeys(sorted(new, key=self._withheld.__contains__))
        try:
            for uid, raw, cut in inbox.messages(list(left), self.settings.policy.max_mb << 20):
                self._record(inbox.epoch, uid, raw, cut)
                del left[uid]
        except Exception:  # hidden is nothing: it is raised on, the connection is done with, the message comes last
            self._withheld.update(list(left)[:1])
            self.close()
            raise
        self._withheld.clear()
        self.looked = began
        return len(new)

    def _opened(self) -> Inbox:
        self._inbox = self._inbox or Inbox(self.settings.imap, self.settings.folders)
        return self._inbox

    def close(self) -> None:
        inbox, self._inbox = self._inbox, None
        if inbox:
            inbox.close()

    def _record(self, epoch: int, uid: int, raw: bytes, cut: bool) -> None:
        try:
            message = incoming(raw)
        except Exception:  # a message that cannot be parsed must not keep the others waiting
            log("unreadable", trace=traceback.format_exc())
            message = unreadable(raw)
        if self.journal.letter(header(message.head, "Message-ID")):
            with self.journal.transaction():
                self.journal.sent(header(message.head, "Message-ID"), "copy")
                self.journal.see(epoch, uid, "copy", None)
            return
        if message.head.get_content_type() == "multipart/report" and self._bounce(raw):
            self.journal.see(epoch, uid, "bounce", None)
            return
        policy = self.settings.policy
        judgement = admission(message, policy, self.settings.address, self.register)
        if judgement.state == "ignored" and may_be_bounce(message.head, message.sender) and self._quotes_ours(raw):
            judgement = Judgement("quarantined", "像是退信：本邮箱的一封信可能没有送到")
        # What is not judged is not kept: strangers cannot fill the disk.
        content = self.spool.put(raw) if judgement.state == "received" else ""
        now = time.time()
        with self.journal.transaction():
            if judgement.state == "received":
                judgement = self._share(message.sender, now)
            job = Job(message.key, *judgement, *message[2:], content, cut, now)
            new = self.journal.receive(job)
            self.journal.see(epoch, uid, "submission", message.key)
            if new and judgement.state == "quarantined":
                note(self.settings, self.journal, self.spool)
        log("received", job=message.key[:12], state=judgement.state, sender=message.sender, new=new, bytes=len(raw))

    def _share(self, sender: str, now: float) -> Judgement:
        most = self.settings.policy.max_per_hour
        if self.journal.admitted_since(sender, now - HOUR) >= most:
            return Judgement("deferred", f"一小时内超过 {most} 封，稍后核对")
        return Judgement("received")

    def _quotes_ours(self, raw: bytes) -> bool:
        """Whether one of our letters is named in the body; automatic answers name them in their heads."""
        return any(self.journal.letter(number) for number in bounced(body_of(raw))[1])

    def _bounce(self, raw: bytes) -> bool:
        """Whether a delivery report is about one of our letters; what failed for its recipient is undeliverable."""
        failed, ids = bounced(raw)
        found = [letter for letter in map(self.journal.letter, ids) if letter]
        for letter in found:
            if letter.recipient.lower() in failed:
                with self.journal.transaction():
                    self.journal.undeliverable(letter.id, "对方服务器退信")
                    note(self.settings, self.journal, self.spool)
                log("bounced", letter=letter.id, recipient=letter.recipient)
        return bool(found)

    def _file(self) -> None:
        inbox, folders = self._opened(), self.settings.folders
        places: dict[str, list[int]] = {}
        for uid, kind, job, reply in self.journal.to_file(inbox.epoch):
            troubled = job == "quarantined" or reply == "failed"
            folder = folders.sent if kind == "copy" else folders.quarantine if troubled else folders.processed
            places.setdefault(folder, []).append(uid)
        for folder, uids in places.items():
            for start in range(0, len(uids), IN_A_LINE):
                together = uids[start : start + IN_A_LINE]
                inbox.file(together, folder)
                self.journal.filed(inbox.epoch, together)
