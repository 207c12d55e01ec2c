"""What has become of everything, read from the journal while the robot works: as text, JSON or a page."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

from juesuan.errors import JuesuanError
from juesuan.mailbox.journal import database
from juesuan.wording import VERDICTS

STATES = {
    "received": "待核对",
    "deferred": "超过限额，稍后核对",
    "ready": "回信待发",
    "sending": "回信已发出，等证实",
    "sent": "已回复",
    "failed": "回信送不到",
    "ignored": "不回复",
    "quarantined": "转人工",
}
LEAST_ROOM = 64 << 20
"""Bytes; with less on the disk of the journal there is no room for the next message and its reply."""
_QUERY = """
SELECT job.received, job.sender, job.subject, coalesce(letter.state, job.state) AS state,
       coalesce(letter.trouble, job.reason) AS reason, letter.refusals, job.key
FROM job LEFT JOIN letter ON letter.job = job.key AND letter.kind = 'reply' ORDER BY job.received DESC
"""
_UNDELIVERED = "SELECT kind, recipient, trouble FROM letter WHERE job IS NULL AND state = 'failed' ORDER BY written"
_NONE = "“{}”里还没有收发记录。请先运行 juesuan mailbox once 或 run。"
KINDS = {"reminder": "提醒", "note": "通知"}


class Line(NamedTuple):
    """One message. `books`: file, unit, year, verdict and the counts of what changed since the last version."""

    received: str
    sender: str
    subject: str
    state: str
    reason: str | None
    refusals: int | None
    books: tuple[dict[str, Any], ...]


class Status(NamedTuple):
    """`latest`: (unit, sender, verdict, year) of every book judged, the newest last. `undelivered`: (kind, address,

    why) of the letters that answer no message and could not be delivered: reminders and notes.
    """

    counts: dict[str, int]
    health: dict[str, str | None]
    undelivered: tuple[tuple[str, str, str], ...]
    lines: tuple[Line, ...]
    latest: tuple[tuple[str | None, str, str, int | None], ...]

    def books(self, year: int | None) -> list[tuple[str | None, str, str]]:
        """(unit, sender, verdict) of the books of a year, of all if None; books of no known year are counted in."""
        return [book[:3] for book in self.latest if year is None or book[3] in (None, year)]


def status(folder: str, most: int) -> Status:
    """The state of all messages; the newest `most` one by one. Raises JuesuanError where there is no journal yet."""
    path = database(folder)
    if not os.path.exists(path):
        raise JuesuanError(_NONE.format(folder))
    with closing(_base(path)) as base:
        jobs = base.execute(_QUERY).fetchall()
        health = dict(base.execute("SELECT part, trouble FROM health ORDER BY part").fetchall())
        undelivered = tuple(map(tuple, base.execute(_UNDELIVERED)))
        lines = tuple(_line(base, job) for job in jobs[:most])
        latest = tuple(map(tuple, base.execute("SELECT unit, sender, verdict, year FROM book ORDER BY received")))
    counts = dict.fromkeys(STATES, 0)
    for job in jobs:
        counts[job["state"]] += 1
    return Status(counts, health | {"disk": _disk(folder)}, undelivered, lines, latest)


def _base(path: str) -> sqlite3.Connection:
    """The journal for reading. Where nobody has it open and the disk is full, it is read as a file that stands still:

    SQLite would make a file beside it, for which there is no room.
    """
    where = f"file:{quote(path)}?mode=ro"
    base = sqlite3.connect(where, uri=True, timeout=10)
    try:
        base.execute("SELECT 1 FROM job LIMIT 1")
    except sqlite3.OperationalError as error:
        base.close()
        if "no such table" in str(error):
            raise JuesuanError(_NONE.format(os.path.dirname(path))) from error
        if os.path.exists(f"{path}-wal") and os.path.getsize(f"{path}-wal"):
            raise
        base = sqlite3.connect(f"{where}&immutable=1", uri=True)
    base.row_factory = sqlite3.Row
    return base


def _disk(folder: str) -> str | None:
    """Asked of the disk itself: on a full one no trouble can be written down."""
    room = shutil.disk_usage(folder).free
    return None if room >= LEAST_ROOM else f"磁盘：“{folder}”那里只剩 {room >> 20} MB。请腾出空间，好了自己接着做。"


def _line(base: sqlite3.Connection, job: sqlite3.Row) -> Line:
    query = "SELECT name, unit, year, verdict, changes FROM book WHERE job = ? ORDER BY number"
    books = [dict(book) for book in base.execute(query, (job["key"],))]
    for book in books:
        book["changes"] = json.loads(book["changes"])
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(job["received"]))
    return Line(when, job["sender"], job["subject"], job["state"], job["reason"], job["refusals"], tuple(books))


def as_json(now: Status) -> str:
    lines = [line._asdict() for line in now.lines]
    entry = {
        "schema": "juesuan.mailbox/1",
        "counts": now.counts,
        "health": now.health,
        "undelivered": now.undelivered,
        "lines": lines,
    }
    return json.dumps(entry, ensure_ascii=False, indent=1) + "\n"


def as_text(now: Status) -> str:
    return "\n".join(_text(now)) + "\n"


def _text(now: Status) -> Iterator[str]:
    counted = [f"{STATES[state]} {count}" for state, count in now.counts.items() if count]
    yield f"共 {sum(now.counts.values())} 封：{'，'.join(counted) or '还没有邮件'}"
    yield from _troubles(now)
    for line in now.lines:
        yield f"{line.received}  {STATES[line.state]}  {line.sender}  {line.subject}"
        yield from (f"    {text}" for text in _details(line))


def _troubles(now: Status) -> Iterator[str]:
    yield from (f"【故障】{trouble}" for trouble in now.health.values() if trouble)
    yield from (f"{KINDS[kind]}送不到：{address}（{why}）" for kind, address, why in now.undelivered)


def _details(line: Line) -> Iterator[str]:
    if line.reason:
        yield line.reason
    for book in line.books:
        whose = f"{book['unit'] or '单位不明'} {book['year'] or ''}".strip()
        changes: Sequence[int] | None = book["changes"]
        since = f"；比上次：已改 {changes[0]}，未改 {changes[1]}，新出现 {changes[2]}" if changes else ""
        yield f"{book['name']}（{whose}）：{VERDICTS[book['verdict']]}{since}"


def as_html(now: Status) -> str:
    """One page, nothing fetched from elsewhere."""
    counted = "".join(f"<li><b>{count}</b> {STATES[state]}</li>" for state, count in now.counts.items() if count)
    troubles = "".join(f'<p class="trouble">{escape(text)}</p>' for text in _troubles(now))
    rows = "".join(
        f'<tr class="{line.state}">'
        + "".join(f"<td>{escape(text)}</td>" for text in (line.received, STATES[line.state], line.sender, line.subject))
        + f"<td>{'<br>'.join(map(escape, _details(line)))}</td></tr>"
        for line in now.lines
    )
    heads = "".join(f"<th>{title}</th>" for title in ("收到", "状态", "发件人", "主题", "说明"))
    head = f'<meta charset="utf-8"><title>决算邮箱</title><style>{_STYLE}</style>'
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head>'
        f"<body><h1>决算邮箱</h1><ul>{counted}</ul>{troubles}<table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></body></html>\n"
    )


_STYLE = (
    "body{font:14px/1.6 'Microsoft YaHei',sans-serif;margin:2em}ul{list-style:none;display:flex;gap:2em;padding:0}"
    "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}"
    "th{background:#eee}td:nth-child(2){white-space:nowrap}.trouble,tr.failed,tr.quarantined{background:#FFC7CE}tr.sending,tr.deferred{background:#FFEB9C}"
)
