"""Letters as they go out: a plain text and the same in HTML, the copies attached, headers that keep machines quiet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from juesuan.mailbox.told import Block, Section

NEWLINE = "\r\n"
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CLOSING = (
    "附件是标注过的工作簿：首页“核对结果”列出全部问题，点一下就到那一格。请照着改好，保存后重新发来。",
    "本邮件由决算公开核对系统自动发出；数字是否真实、与批复是否一致，它不知道，以财政部门审核为准。",
)
_PAGE = "font-family:'Microsoft YaHei',SimSun,sans-serif;font-size:14px;line-height:1.6;max-width:760px"
_CLOSING = "color:#555;margin:6px 0"
_HEADLINE = "margin:4px 0;padding:6px 10px"
_COLOURS = {"error": "#FFC7CE", "warning": "#FFEB9C", "tail": "#DDEBF7", "note": "#EEEEEE"}


def reply_subject(subject: str) -> str:
    return subject if subject.lower().startswith(("re:", "回复:", "回复：")) else f"Re: {subject or '（无主题）'}"


def letter(
    identity: str,
    own: str,
    recipient: str,
    subject: str,
    when: float,
    sections: Sequence[Section],
    files: Iterable[tuple[str, bytes]] = (),
    answers: tuple[str, str] = ("", ""),
) -> bytes:
    """The bytes of a letter. `answers`: the Message-ID it replies to and its thread; both may be empty."""
    attached = list(files)
    closing = CLOSING[not attached :]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("决算公开核对", addr_spec=own)
    message["To"] = Address(addr_spec=recipient)
    message["Date"] = format_datetime(datetime.fromtimestamp(when, UTC).astimezone())
    message["Message-ID"] = identity
    message["Auto-Submitted"] = "auto-replied" if answers[0] or files else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "auto_reply"
    message.set_content(plain(sections, closing), cte="base64")
    message.add_alternative(html(sections, closing), subtype="html", cte="base64")
    for name, content in attached:
        subtype = XLSX if name.lower().endswith(".xlsx") else "vnd.ms-excel.sheet.macroEnabled.12"
        message.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return _from_others(subject, answers) + message.as_bytes()


def _from_others(subject: str, answers: tuple[str, str]) -> bytes:
    """The headers whose text others wrote.

    EmailMessage would decode a text like ``=?utf-8?Q?=0D=0A?=`` in it, and spell an id longer than a line as words.
    """
    lines = [f"Subject: {Header(subject, 'utf-8', header_name='Subject').encode(linesep=NEWLINE)}"]
    if answers[0]:
        lines += [f"In-Reply-To: {answers[0]}", f"References: {f'{NEWLINE} '.join(answers[1].split())}"]
    return "".join(f"{line}{NEWLINE}" for line in lines).encode("ascii")


def plain(sections: Sequence[Section], closing: Iterable[str]) -> str:
    parts = ["\n".join(_plain(section)) for section in sections]
    return "\n\n".join((*parts, *closing)) + "\n"


def _plain(section: Section) -> Iterable[str]:
    if section.title:
        yield f"■ {section.title}"
    yield section.headline
    for block in section.blocks:
        yield ""
        yield f"【{block.heading}】" if block.lines else block.heading
        yield from (f"{number}. {line}" for number, line in enumerate(block.lines, 1))
        if block.left:
            yield block.left


def html(sections: Sequence[Section], closing: Iterable[str]) -> str:
    body = "".join(map(_html, sections)) + "".join(f'<p style="{_CLOSING}">{escape(line)}</p>' for line in closing)
    head = '<head><meta charset="utf-8"></head>'
    return f'<!DOCTYPE html><html lang="zh-CN">{head}<body><div style="{_PAGE}">{body}</div></body></html>'


def _html(section: Section) -> str:
    title = f'<p style="margin:12px 0 4px"><b>{escape(section.title)}</b></p>' if section.title else ""
    colour = _COLOURS[section.kind]
    headline = f'<p style="{_HEADLINE};background:{colour}">{escape(section.headline)}</p>'
    return title + headline + "".join(map(_html_block, section.blocks))


def _html_block(block: Block) -> str:
    mark = f"border-left:6px solid {_COLOURS[block.kind]};padding-left:8px;margin:8px 0 2px"
    lines = "".join(f"<li>{escape(line)}</li>" for line in block.lines)
    listed = f'<ol style="margin:2px 0 2px 8px;padding-left:24px">{lines}</ol>' if lines else ""
    left = f'<p style="margin:2px 0 2px 24px">{escape(block.left)}</p>' if block.left else ""
    return f'<p style="{mark}"><b>{escape(block.heading)}</b></p>{listed}{left}'
