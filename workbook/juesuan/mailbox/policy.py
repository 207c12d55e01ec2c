"""Whether a message is answered: never to a machine, a list or a stranger, and not more than a sender's share.

RFC 3834 (automatic replies), RFC 3464 (delivery reports), RFC 8601 (Authentication-Results).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message
from typing import NamedTuple

from juesuan.mailbox.config import Policy
from juesuan.mailbox.encoded import header, headers, shown_line
from juesuan.mailbox.incoming import Incoming
from juesuan.mailbox.register import Register

_AUTOMATIC = ("List-Id", "List-Unsubscribe", "List-Post", "X-Loop", "X-Autoreply", "X-Autorespond", "X-Auto-Reply-To")
_BULK = {"bulk", "junk", "list", "auto_reply"}
_MACHINES = {
    *("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "no_reply", "bounce"),
    "listserv",
    "majordomo",
}
_ANSWERING = re.compile(r"(?:外出)?自动(?:回复|答复)|auto(?:matic)?[ -]?reply|out of (?:the )?office", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+", re.ASCII)
_METHOD = re.compile(r"\s*(dmarc|dkim|spf)(?:/\d+)?\s*=\s*(\w+)(.*)", re.ASCII | re.DOTALL)
_HARMLESS = re.compile(r"[\w.@-]+", re.ASCII)
_DOMAIN = re.compile(r"(?<!\S)(?:header\.(?:d|i|from)|smtp\.mailfrom)\s*=\s*[\"']?(?:[^\s;\"']*@)?([\w.-]+)", re.ASCII)
_RECIPIENT = re.compile(rb"(?im)^Final-Recipient:\s*[\w-]+;\s*<?([^\s<>]+)")
_FAILED = re.compile(rb"(?im)^Action:\s*failed\b")
_OURS = re.compile(rb"<[a-z]+\.[0-9a-f]{40}@[\w.-]+>")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


class Judgement(NamedTuple):
    """`state` of the job to be made, and why in Chinese where it is not simply judged."""

    state: str
    reason: str | None = None


def admission(message: Incoming, policy: Policy, own: str, register: Register) -> Judgement:
    """What becomes of a message: received, ignored (a machine wrote it) or quarantined (a person looks at it)."""
    if why := automatic(message.head, message.sender, own):
        return Judgement("ignored", why)
    if not message.sender:
        return Judgement("quarantined", "发件人地址缺失或不合规范")
    if not is_allowed(message.sender, policy.allow, register):
        return Judgement("quarantined", "发件人不在允许的名单里")
    if policy.authserv_id and not authenticated(message.head, policy.authserv_id, message.sender):
        return Judgement("quarantined", "发件人身份没有通过本单位邮件服务器的验证（SPF、DKIM）")
    return Judgement("received")


def automatic(head: Message, sender: str, own: str) -> str | None:
    """Why a machine must not answer this message, in Chinese; None for a message of a person."""
    submitted = _WORD.match(header(head, "Auto-Submitted").lower())
    if submitted and submitted[0] != "no":
        return f"自动生成的邮件（Auto-Submitted: {submitted[0][:40]}）"
    if header(head, "Return-Path").replace(" ", "") == "<>":
        return "退信或回执（没有回信地址）"
    if header(head, "Precedence").lower() in _BULK:
        return "群发邮件（Precedence）"
    for name in _AUTOMATIC:
        if header(head, name):
            return f"邮件列表或自动答复（{name}）"
    if head.get_content_type() == "multipart/report":
        return "投递报告"
    if sender == own.lower():
        return "自己发出的邮件"
    if _ANSWERING.match(shown_line(header(head, "Subject"))):
        return "自动答复（主题）"
    return "系统地址发出的邮件" if sender.partition("@")[0] in _MACHINES else None


def is_allowed(sender: str, allow: Iterable[str], register: Register) -> bool:
    """By the list (an address, or every address of ``*@domain``) or by the register of units."""
    domain = sender.rpartition("@")[2]
    return sender in register or any(item == sender or (item.startswith("*@") and item[2:] == domain) for item in allow)


def authenticated(head: Message, server: str, sender: str) -> bool:
    """Whether our own server says that the sender is who he says; what other servers say does not count."""
    domain = sender.rpartition("@")[2]
    said = (_bare(value.lower()).split(";") for value in headers(head, "Authentication-Results"))
    ours = next((parts for parts in said if parts[0].split()[:1] == [server.lower()]), [])
    verdicts = [match.groups() for match in map(_METHOD.match, ours[1:]) if match]
    policies = [(verdict, _DOMAIN.findall(rest)) for method, verdict, rest in verdicts if method == "dmarc"]
    if policies and policies[0][0] != "none":
        verdict, domains = policies[0]
        return verdict == "pass" and domain in (domains or [domain])
    return any(
        verdict == "pass" and domain in _DOMAIN.findall(rest) for method, verdict, rest in verdicts if method != "dmarc"
    )


def _bare(value: str) -> str:
    """Without comments and quoted texts: a sender may have put into them whatever he likes."""
    told: list[str] = []
    depth, quoted, chars = 0, None, iter(value)
    for char in chars:
        if char == "\\" and (depth or quoted is not None):
            char = next(chars, "")
            quoted = None if quoted is None else quoted + char
        elif quoted is not None and char == '"':
            told += quoted if _HARMLESS.fullmatch(quoted) else ""
            quoted = None
        elif quoted is not None:
            quoted += char
        elif char == "(" or depth:
            depth += {"(": 1, ")": -1}.get(char, 0)
        elif char == '"':
            quoted = ""
        else:
            told.append(char)
    return "".join(told)


def may_be_bounce(head: Message, sender: str) -> bool:
    """Whether a mail server seems to speak of a letter that it could not deliver, in whatever form."""
    return header(head, "Return-Path").replace(" ", "") == "<>" or sender.partition("@")[0] in _MACHINES


def bounced(raw: bytes) -> tuple[set[str], set[str]]:
    """Of a delivery report: the recipients it failed for, and the ids of ours that stand in it."""
    failed = set()
    for block in _BLANK_LINE.split(raw):
        recipient = _RECIPIENT.search(block)
        if recipient and _FAILED.search(block):
            failed.add(recipient[1].decode("ascii", "replace").lower())
    return failed, {match.decode() for match in _OURS.findall(raw)}
