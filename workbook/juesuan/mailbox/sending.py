"""The outbox: each letter sent once. What may have been accepted is not sent again before the inbox was searched for

its copy: one SMTP transaction goes to the recipient and to ourselves, so the copy is the proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from juesuan.mailbox.config import Settings
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.logs import log
from juesuan.mailbox.notes import note
from juesuan.mailbox.records import Letter
from juesuan.mailbox.smtp import Post, Refused, Unproven
from juesuan.mailbox.spool import Gone, Spool

GIVE_UP, LEAST_TRIES = 5 * 24 * 3600.0, 50
"""Seconds and refusals after which a letter is given up; a machine that was off for a week still tries."""
KEEP_OPEN = 20.0
"""Seconds for which a connection that is not used stays open."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0
"""Seconds until a letter is offered again that the server refused for now: twice as long each time."""


class Sending:
    """`looked`: asks when the last whole look at the inbox began."""

    def __init__(self, settings: Settings, journal: Journal, spool: Spool, looked: Callable[[], float]) -> None:
        self.settings = settings
        self.journal = journal
        self.spool = spool
        self.looked = looked
        self._post = Post(settings.smtp, settings.address)
        self._used = 0.0

    def step(self) -> bool:
        """Send the next letter that is due; whether there was one."""
        now = time.time()
        letter = self.journal.due(now, self.looked() - self.settings.policy.grace_seconds)
        if letter is None:
            if now - self._used > KEEP_OPEN:
                self._post.close()
            return False
        self._used = now
        try:
            self._post.send(letter.recipient, self.spool.get(letter.content), lambda: self.journal.sending(letter.id))
        except Gone:
            self._give_up(letter, "本机保存的回信不见了，可能被杀毒软件移走")
        except Refused as refusal:
            self._refused(letter, refusal)
        except Unproven:
            log("unproven", letter=letter.id)
        else:
            self.journal.sent(letter.id, "250")
            log("sent", letter=letter.id, recipient=letter.recipient, kind=letter.kind)
        return True

    def close(self) -> None:
        self._post.close()

    def _refused(self, letter: Letter, refusal: Refused) -> None:
        now = time.time()
        if refusal.lasting or (now - letter.written > GIVE_UP and letter.refusals >= LEAST_TRIES):
            self._give_up(letter, refusal.sentence)
        else:
            wait = min(FIRST_WAIT * 2 ** min(letter.refusals, 10), LONGEST_WAIT)
            self.journal.not_sent(letter.id, refusal.sentence, now + wait)
        log("refused", letter=letter.id, recipient=letter.recipient, lasting=refusal.lasting, why=refusal.sentence)

    def _give_up(self, letter: Letter, why: str) -> None:
        with self.journal.transaction():
            self.journal.undeliverable(letter.id, why)
            if letter.kind != "note":
                note(self.settings, self.journal, self.spool)
