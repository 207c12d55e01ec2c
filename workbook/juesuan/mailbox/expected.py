"""Who of the expected units has handed in what, and the reminders to those who have not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import NamedTuple

from juesuan.batch.units import Unit
from juesuan.mailbox.config import Settings
from juesuan.mailbox.incoming import identity
from juesuan.mailbox.journal import Journal
from juesuan.mailbox.letters import letter
from juesuan.mailbox.records import Letter
from juesuan.mailbox.register import addresses, register_of
from juesuan.mailbox.spool import Spool
from juesuan.mailbox.told import saying
from juesuan.reading.grid import spelled
from juesuan.wording import VERDICTS

DAY, WEEK = 24 * 3600, 7
_SUBJECT = "提醒：决算公开工作簿尚未{what}"
_TEXT = (
    "{unit}：截至 {today}，本邮箱{state}。{deadline}请把决算公开工作簿（.xlsx）作为附件回复本邮件，或发到 {own}；"
    "已经另行报送的，请不必理会。"
)
_STATES = {None: "还没有收到你单位的工作簿", "unjudged": "收到了你单位的文件，但没有能判完"}


class Standing(NamedTuple):
    """`verdict` of a unit's last book, None where it has sent none; `late`: its day has passed."""

    unit: Unit
    verdict: str | None
    late: bool

    @property
    def owed(self) -> bool:
        """Whether the unit has still to send something: a first version, or one without errors."""
        return self.verdict in (None, "fail", "unjudged")

    @property
    def overdue(self) -> bool:
        return self.owed and self.late


def standings(books: Sequence[tuple[str | None, str, str]], units: Sequence[Unit], today: date) -> list[Standing]:
    """Of every unit. `books` are (unit as it stands in the book, sender, verdict), the newest last.

    A book is that of the unit it names; where it names none of them, that of the unit from whose address it came,
    unless several units have that address.
    """
    listed = {spelled(unit.name) for unit in units}
    speaking = {address: spelled(next(iter(names))) for address, names in register_of(units).items() if len(names) == 1}
    verdicts: dict[str | None, str] = {}
    for name, sender, verdict in books:
        named = spelled(name or "")
        verdicts[named if named in listed else speaking.get(sender)] = verdict
    return [
        Standing(unit, verdicts.get(spelled(unit.name)), bool(unit.deadline and unit.deadline < today))
        for unit in units
    ]


def as_text(found: Sequence[Standing]) -> str:
    return "\n".join(_text(found)) + "\n"


def _text(found: Sequence[Standing]) -> Iterator[str]:
    missing = sum(item.verdict is None for item in found)
    wrong = sum(item.owed for item in found) - missing
    late = sum(item.overdue for item in found)
    counts = f"未报 {missing}，待改 {wrong}，其余 {len(found) - missing - wrong}；已过截止日的 {late}"
    yield f"名单 {len(found)} 个单位：{counts}"
    for item in found:
        if item.owed:
            what = VERDICTS[item.verdict] if item.verdict else "未报"
            yield f"    {item.unit.code} {item.unit.name}：{what}{'，已过截止日' if item.overdue else ''}"


def reminders(settings: Settings, found: Sequence[Standing], today: date) -> list[tuple[Standing, str, str]]:
    """(whom, address, text) of the reminders that are due; those without an address are left out."""
    due = []
    for item in found:
        if item.owed and addresses(item.unit):
            state = _STATES.get(item.verdict, "收到的工作簿还有必须改的地方")
            deadline = f"截止日是 {item.unit.deadline}。" if item.unit.deadline else ""
            facts = {"unit": item.unit.name, "today": today, "state": state, "deadline": deadline}
            due.append((item, addresses(item.unit)[0], _TEXT.format(**facts, own=settings.address)))
    return due


def remind(settings: Settings, due: Sequence[tuple[Standing, str, str]]) -> int:
    """Put the reminders into the outbox, one in seven days for a unit at most; how many are new. A robot sends them."""
    now = time.time()
    with closing(Journal(settings.state, alone=False)) as journal:
        spool, written = Spool(f"{settings.state}/spool", tidy=False), 0
        for item, address, text in due:
            number, *before = (
                identity(journal.secret, "remind", f"{item.unit.code} {int(now // DAY) - days}", settings.address)
                for days in range(WEEK)
            )
            if not any(map(journal.letter, (number, *before))):
                subject = _SUBJECT.format(what="报送" if item.verdict is None else "改好")
                content = letter(number, settings.address, address, subject, now, [saying(text)])
                written += journal.write(Letter(number, "reminder", None, address, spool.put(content)))
    return written
