"""A note to the staff that something waits for a person; one an hour at most, however much there is."""

from __future__ import annotations

import time

from juesuan.mailbox.config import Settings
from juesuan.mailbox.incoming import identity
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.letters import letter
from juesuan.mailbox.records import Letter
from juesuan.mailbox.spool import Spool
from juesuan.mailbox.told import saying

_TEXT = (
    "决算邮箱里有邮件要人看：发件人不在名单里、附件拆不开，或者回信退了回来。"
    "请看“{folder}”文件夹，或运行 juesuan mailbox status。"
)


def note(settings: Settings, journal: Journal, spool: Spool) -> None:
    """Put a note into the outbox, unless this hour's is there already or the settings name no staff."""
    staff = settings.policy.staff
    if not staff:
        return
    now = time.time()
    number = identity(journal.secret, "note", str(int(now // 3600)), settings.address)
    if journal.letter(number):
        return
    text = saying(_TEXT.format(folder=settings.folders.quarantine))
    content = letter(number, settings.address, staff, "决算邮箱：有邮件要人看", now, [text])
    journal.write(Letter(number, "note", None, staff, spool.put(content)))
