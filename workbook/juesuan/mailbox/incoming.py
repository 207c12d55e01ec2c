"""What the head of a message says: from whom, about what, which message it is. The body is only ever hashed here."""

from __future__ import annotations

import hashlib
import hmac
import re
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses
from typing import NamedTuple

from juesuan.mailbox.encoded import header, headers, shown_line

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_IDENTITY = re.compile(r"<[!-;=?-~]{1,900}>")
_MOST_REFERENCES = 20
LONGEST_HEAD = 128 << 10
"""Bytes of a head that are read; nobody writes longer ones but to keep us busy."""
_BODY = re.compile(rb"\r?\n\r?\n")


class Incoming(NamedTuple):
    """`sender` is empty where no single honest address stands in From. `thread` are ids for References."""

    head: Message
    key: str
    sender: str
    subject: str
    message_id: str
    thread: str


def incoming(raw: bytes) -> Incoming:
    """The head of a message, whatever it is: nothing in it raises."""
    head = BytesHeaderParser(policy=compat32).parsebytes(raw[:LONGEST_HEAD])
    message_id = header(head, "Message-ID")
    sender = _sender(head)
    return Incoming(
        head,
        _key(head, raw, message_id, sender),
        sender,
        shown_line(header(head, "Subject")),
        message_id if _IDENTITY.fullmatch(message_id) else "",
        _thread(head, message_id),
    )


def unreadable(raw: bytes) -> Incoming:
    """A message whose head cannot be made sense of; without a sender it is for a person to look at."""
    return Incoming(Message(), hashlib.sha256(raw).hexdigest(), "", "", "", "")


def identity(secret: bytes, kind: str, about: str, address: str) -> str:
    """The Message-ID of a letter: the same at every try, and only we could have made it."""
    digest = hmac.new(secret, f"{kind}\0{about}".encode(), hashlib.sha256).hexdigest()[:40]
    return f"<{kind}.{digest}@{address.rpartition('@')[2]}>"


def _sender(head: Message) -> str:
    """The one address in From. It is looked for before words are decoded: a name may hide another address."""
    try:
        found = {address.lower() for _, address in getaddresses(headers(head, "From")) if address}
    except RecursionError:
        return ""
    address = found.pop() if len(found) == 1 else ""
    return address if is_address(address) else ""


def is_address(text: str) -> bool:
    """Whether this is an address to which a letter can be written, and nothing else."""
    return _ADDRESS.fullmatch(text) is not None


def _key(head: Message, raw: bytes, message_id: str, sender: str) -> str:
    """Which message this is: a second delivery has the same key, whatever servers on its way have added on top.

    The body counts too: some programs give all their messages one id, and none of them may be lost.
    """
    body = hashlib.sha256(body_of(raw)).hexdigest()
    about = message_id or f"date:{header(head, 'Date')}"
    return hashlib.sha256("\0".join((about, sender, body)).encode("utf-8", "replace")).hexdigest()


def body_of(raw: bytes) -> bytes:
    begin = _BODY.search(raw)
    return raw[begin.end() :] if begin else b""


def _thread(head: Message, message_id: str) -> str:
    before = header(head, "References") or header(head, "In-Reply-To")
    found = dict.fromkeys(_IDENTITY.findall(f"{before} {message_id}"))
    return " ".join(list(found)[-_MOST_REFERENCES:])
