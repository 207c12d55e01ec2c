"""A note to the staff that something waits for a person; one an hour at most, however much there is.

What happens after this hour's note is told when the next hour begins.
"""

from __future__ import annotations

import time

from juesuan.mailbox.config import Settings
from juesuan.mailbox.incoming import identity
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.letters import letter
from juesuan.mailbox.records import Letter
from juesuan.mailbox.spool import Spool
from juesuan.mailbox.told import saying

_HOUR = 3600
_TEXT = (
    "决算邮箱里有邮件要人看：发件人不在名单里、附件拆不开，或者回信退了回来。"
    "请看“{folder}”文件夹，或运行 juesuan mailbox status。"
)


def note(settings: Settings, journal: Journal, spool: Spool) -> None:
    """Put this hour's note into the outbox, or if it is there already the next hour's; none where there is no staff."""
    staff = settings.policy.staff
    if not staff:
        return
    this_hour = int(time.time() // _HOUR)
    for hour in (this_hour, this_hour + 1):
        number = identity(journal.secret, "note", str(hour), settings.address)
        if journal.letter(number) is None:
            text = saying(_TEXT.format(folder=settings.folders.quarantine))
            content = letter(number, settings.address, staff, "决算邮箱：有邮件要人看", time.time(), [text])
            due = 0 if hour == this_hour else hour * _HOUR
            journal.write(Letter(number, "note", None, staff, spool.put(content), due=due))
            return
