"""The rows of the journal as they are handed about: a message received, a letter to be sent, a book that was judged."""

from __future__ import annotations

from typing import Literal, NamedTuple

SeenKind = Literal["submission", "copy", "bounce"]


class Job(NamedTuple):
    """`content`: the message in the spool, only its head where `cut`. `thread`: ids for References."""

    key: str
    state: str
    reason: str | None
    sender: str
    subject: str
    message_id: str
    thread: str
    content: str
    cut: bool
    received: float


class Letter(NamedTuple):
    """`id` is its Message-ID, `content` its bytes in the spool, `due` the time before which it is not sent."""

    id: str
    kind: str
    job: str | None
    recipient: str
    content: str
    state: str = "ready"
    refusals: int = 0
    written: float = 0
    due: float = 0


class BookKept(NamedTuple):
    """One judged attachment. `items`: what was told, as `juesuan.mailbox.comparison` keeps it; `changes` since last."""

    job: str
    number: int
    name: str
    unit: str | None
    year: int | None
    sender: str
    sha256: str
    verdict: str
    received: float
    items: list[list[str]]
    changes: list[int] | None
