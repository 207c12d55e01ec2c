"""What the robot would do with the messages in the inbox, without sending, filing or remembering anything."""

from __future__ import annotations

import email
import email.policy
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage

from juesuan.mailbox.config import Settings
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.judging import Judging
from juesuan.mailbox.receiving import Receiving
from juesuan.mailbox.register import Register
from juesuan.mailbox.spool import Spool
from juesuan.mailbox.status import STATES


def rehearse(settings: Settings, register: Register) -> Iterator[str]:
    """A text about each message: from whom, and the letter that would answer it or why none would.

    Nothing is known of earlier versions. Raises what connecting to the inbox raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        journal, spool = Journal(folder), Spool(f"{folder}/spool")
        receiving = Receiving(settings, journal, spool, register)
        judging = Judging(settings, journal, spool, register)
        try:
            receiving.look()
            yield from (
                f"{STATES[state]}：{sender or '发件人不明'}：{why}\n" for state, sender, why in journal.left_alone()
            )
            while job := journal.waiting():
                judging.judge(job)
            while letter := journal.due(0, 0):
                journal.sent(letter.id, "rehearsed")
                yield f"会发给 {letter.recipient}：\n{_plain(spool.get(letter.content))}"
        finally:
            receiving.close()
            judging.close()
            journal.close()


def _plain(raw: bytes) -> str:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    attached = [part.get_filename() or "" for part in message.iter_attachments()]
    lines = (f"主题：{message['Subject']}\n{body.get_content() if body else ''}").splitlines()
    return "\n".join(f"    {line}" for line in [*lines, *(f"附件：{name}" for name in attached)]) + "\n"
