"""The workbooks in a message: attached, forwarded, zipped or in winmail.dat. Runs in a process of its own.

The kind of a file is told by its content; its name is only shown.
"""

from __future__ import annotations

import email
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from email.message import Message
from email.policy import compat32
from typing import NamedTuple

from juesuan.mailbox import tnef
from juesuan.mailbox.encoded import decoded, file_name, from_base64, header, shown_name

DEEPEST = 5
MOST = 30
"""Attachments that are looked at; that there are more is told."""
LARGEST = 64 << 20
"""Bytes of all that is unpacked from one message."""
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_HEADER_LINES = re.compile(rb"(?:[A-Za-z-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3}")
_BIG_FILE_LINK = re.compile("超大附件|云附件|文件中转站|ftnExs_download|cowtransfer|mail\\.163\\.com/large-attachment")
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|~\$)")
"""What macOS, Windows and Excel leave in an archive."""
_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_BASE64 = (b"UEsDB", b"0M8R4KGx")
"""How the two begin in base64."""
_OF_OUTLOOK = "__substg1.0_".encode("utf-16-le")
_ARCHIVES = {b"Rar!\x1a\x07": "rar", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b": "gz"}
_TOO_DEEP = "邮件里一层套一层，太深，没有拆开。请把工作簿直接附在新邮件里发来。"


class Attached(NamedTuple):
    """`trouble`: why there is no content to judge, a Chinese sentence."""

    name: str
    content: bytes
    trouble: str | None = None


class Unpacked(NamedTuple):
    """`link`: the text points to a file kept at the mail provider."""

    attached: list[Attached]
    link: bool


def unpack(raw: bytes) -> Unpacked:
    """Everything in a message that may be a workbook; nothing in it raises, but that it be too large to hold."""
    found: list[Attached] = []
    texts: list[str] = []
    room = LARGEST
    try:
        for item in _of_message(raw, 0, texts):
            room -= len(item.content)
            if len(found) == MOST or room < 0:
                limit = f"附件多于 {MOST} 个" if room >= 0 else f"附件展开后超过 {LARGEST >> 20} MB"
                why = f"“{item.name}”和排在它后面的没有核对：{limit}。请分几封邮件发来。"
                found.append(Attached(item.name, b"", why))
                break
            found.append(item)
    except RecursionError:
        found.append(Attached("邮件", b"", _TOO_DEEP))
    return Unpacked(found, any(_BIG_FILE_LINK.search(text) for text in texts))


def _of_message(raw: bytes, depth: int, texts: list[str]) -> Iterator[Attached]:
    yield from _of_part(email.message_from_bytes(raw, policy=compat32), depth, texts)


def _of_part(part: Message, depth: int, texts: list[str]) -> Iterator[Attached]:
    if depth > DEEPEST:
        yield Attached("邮件", b"", _TOO_DEEP)
    elif part.get_content_type() == "message/rfc822":
        yield from _forwarded(part, depth, texts)
    elif part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _of_part(inner, depth, texts)
    else:
        name, content = file_name(part), _content(part)
        kind = "packed" if content.startswith((_ZIP, _OLE)) else part.get_content_maintype()
        if kind == "text" and name is None:
            texts.append(decoded(content[:20_000], part.get_content_charset()))
        elif kind != "image" or not header(part, "Content-ID"):
            yield from _opened(shown_name(name), content, depth)


def _forwarded(part: Message, depth: int, texts: list[str]) -> Iterator[Attached]:
    """A forwarded message; base64 is forbidden here and yet common, and leaves its text as the payload."""
    payload = part.get_payload()
    if not isinstance(payload, list) or not payload or not isinstance(payload[0], Message):
        yield from _of_message(_content(part), depth + 1, texts)
    elif header(part, "Content-Transfer-Encoding").lower() == "base64":
        yield from _of_message(from_base64(payload[0].as_bytes()), depth + 1, texts)
    else:
        yield from _of_part(payload[0], depth + 1, texts)


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError):
        content = None
    if not isinstance(content, bytes):
        return b""
    # Base64 that is not, or wrongly, said to be base64.
    return from_base64(content) if content.lstrip().startswith(_BASE64) else content


def _opened(name: str, content: bytes, depth: int) -> Iterator[Attached]:
    """What a file is, or what is in it if it is a container."""
    if content.startswith(tnef.SIGNATURE) and depth < DEEPEST:
        for inner, data in tnef.attachments(content):
            yield from _opened(shown_name(inner), data, depth + 1)
    elif content.startswith(_ZIP) and (archive := _plain_zip(content)) and depth < DEEPEST:
        yield from _zipped(name, archive, depth)
    elif kind := next((kind for mark, kind in _ARCHIVES.items() if content.startswith(mark)), None):
        why = f"“{name}”是 {kind} 压缩包，本系统不解开它。请改成 zip，或直接附上工作簿再发来。"
        yield Attached(name, b"", why)
    elif content.startswith(_OLE) and _OF_OUTLOOK in content:
        why = f"“{name}”是 Outlook 存的邮件，本系统不解开它。请把里面的工作簿直接附在新邮件里发来。"
        yield Attached(name, b"", why)
    elif not content.startswith((_ZIP, _OLE)) and (name.lower().endswith(".eml") or _HEADER_LINES.match(content)):
        yield from _of_message(content, depth + 1, [])
    else:
        yield Attached(name, content)


def _plain_zip(content: bytes) -> zipfile.ZipFile | None:
    """The archive, unless it is a workbook or document itself, or none that can be listed: that is told when judged."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None  # the last is what `zipfile` raises for an archive of a later version than it knows
    is_document = not names.isdisjoint(("[content_types].xml", "mimetype", "ofd.xml")) or any(
        name.startswith(("xl/", "word/", "ppt/")) for name in names
    )
    return None if is_document else archive


def _zipped(name: str, archive: zipfile.ZipFile, depth: int) -> Iterator[Attached]:
    for entry in archive.infolist():
        path = _zip_name(entry)
        inner = shown_name(path)
        if entry.is_dir() or _LITTER.search(path):
            continue
        if entry.flag_bits & _ENCRYPTED:
            yield Attached(name, b"", f"压缩包“{name}”加了密码，打不开。请不设密码重新压缩，或直接附上工作簿再发来。")
            return
        if entry.file_size > LARGEST:
            yield Attached(inner, b"", f"压缩包里的“{inner}”超过 {LARGEST >> 20} MB，不像决算公开工作簿，没有打开。")
            continue
        try:
            with archive.open(entry) as file:
                content = file.read(LARGEST + 1)
        except NotImplementedError:  # what `zipfile` raises for a way of packing it does not know
            why = f"压缩包里的“{inner}”用的压缩方式本系统不认识。请用普通的 zip 重新压缩，或直接附上工作簿再发来。"
            yield Attached(inner, b"", why)
            continue
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
            yield Attached(inner, b"", f"压缩包里的“{inner}”已损坏，打不开。请重新压缩，或直接附上工作簿再发来。")
            continue
        yield from _opened(inner, content, depth + 1)


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """Programs in China write GBK without saying so; `zipfile` then reads it as code page 437."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return decoded(entry.filename.encode("cp437"))
    except UnicodeEncodeError:
        return entry.filename
