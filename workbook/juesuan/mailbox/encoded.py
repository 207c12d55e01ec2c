"""Text in message headers as Chinese programs really write it: wrong charsets, split characters, raw bytes.

RFC 2047 and RFC 2231, read tolerantly; nothing here raises for what a header says.
"""

from __future__ import annotations

import base64
import quopri
import re
import unicodedata
from collections.abc import Iterable
from email.message import Message
from urllib.parse import unquote_to_bytes

_SPELLINGS_OF_GB18030 = {
    *("gb2312", "gbk", "x-gbk", "cp936", "ms936", "windows-936", "gb_2312-80", "gb2312-80", "x-euc-cn", "euc-cn"),
    "gb-18030",
}
_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=")
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_PARAMETER_NAME = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_LONGEST_NAME = 180
"""Bytes; file systems allow 255, and a copy's name grows by a few characters."""
_LONGEST_LINE = 150


def decoded(data: bytes, charset: str | None = None) -> str:
    """By the charset claimed, or what is usually meant by it; then UTF-8, then GB18030."""
    claimed = (charset or "").strip().strip("\"'").lower()
    claimed = "gb18030" if claimed in _SPELLINGS_OF_GB18030 else claimed
    for name in filter(None, (claimed, "utf-8", "gb18030")):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return data.decode("gb18030", "replace")


def words(text: str) -> str:
    """`text` with its encoded words decoded; neighbours of one charset are one run of bytes."""
    told: list[str] = []
    held, charset, end = b"", "", 0
    for match in _WORD.finditer(text):
        between, name = text[end : match.start()], match[1].lower()
        if between.strip() or name != charset:
            told += [decoded(held, charset), between if between.strip() or not charset else ""]
            held = b""
        held += _word_bytes(match[2].lower(), match[3])
        charset, end = name, match.end()
    return "".join(told) + decoded(held, charset) + text[end:]


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding == "q":
        return quopri.decodestring(text.encode("ascii", "replace"), header=True)
    return from_base64(text.encode("ascii", "replace"))


def from_base64(text: bytes) -> bytes:
    """What is not base64 is passed over; a last letter on its own says nothing."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def headers(message: Message, name: str) -> list[str]:
    """Every value of a header, unfolded, raw bytes decoded, encoded words left as they are."""
    found = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    return [decoded(value.encode("utf-8", "surrogateescape")).replace("\r", "").replace("\n", "") for value in found]


def header(message: Message, name: str) -> str:
    """The first value of a header, as `headers` gives it; empty if there is none."""
    return next(iter(headers(message, name)), "").strip()


def file_name(part: Message) -> str | None:
    """What a part of a message is called, by RFC 2231, by RFC 2047 or by raw bytes."""
    disposition = parameters(header(part, "Content-Disposition"))
    kind = parameters(header(part, "Content-Type"))
    found = (disposition.get("filename*"), disposition.get("filename"), kind.get("name*"), kind.get("name"))
    return next((name for name in found if name), None)


def parameters(value: str) -> dict[str, str]:
    """The parameters of a header; one in the manner of RFC 2231 keeps its star."""
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(value):
        text = match[2].strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = re.sub(r'\\(["\\])', r"\1", text[1:-1])
        named = _PARAMETER_NAME.fullmatch(match[1].lower())
        if not named:
            continue
        name, number, starred = named[1], named[2], bool(named[3])
        if number is not None:
            pieces.setdefault(name, {})[int(number)] = (starred, text)
        elif starred:
            charset, _, rest = text.partition("'")
            found[f"{name}*"] = decoded(unquote_to_bytes(rest.partition("'")[2] if rest else text), charset)
        else:
            found.setdefault(name, words(text))
    for name, numbered in pieces.items():
        found.setdefault(f"{name}*", _joined(numbered[number] for number in sorted(numbered)))
    return found


def _joined(pieces: Iterable[tuple[bool, str]]) -> str:
    """Pieces of one parameter; runs of %XX are joined before they are decoded, as a piece may end inside one."""
    charset: str | None = None
    whole, run = b"", ""
    for starred, text in pieces:
        piece = text
        if not starred:
            whole += unquote_to_bytes(run) + text.encode("utf-8", "surrogateescape")
            run = ""
            continue
        if charset is None and text.count("'") >= 2:
            charset, _, piece = text.split("'", 2)
        run += piece
    text = decoded(whole + unquote_to_bytes(run), charset)
    return words(text) if "=?" in text else text


def shown_name(name: str | None) -> str:
    """A file name fit to be shown and to be given to an attachment: no path, nothing invisible, not too long."""
    text = unicodedata.normalize("NFC", name or "").translate(_INVISIBLE)
    text = re.split(r"[\\/]", text)[-1]
    text = "".join(char for char in text if unicodedata.category(char)[0] != "C").strip(" .")
    text = re.sub(r'[<>:"|?*]', "_", text)
    stem, dot, suffix = text.rpartition(".")
    if not stem or len(suffix) > 10:
        stem, dot, suffix = text, "", ""
    while stem and len(f"{stem}{dot}{suffix}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{dot}{suffix}" or "附件"


def shown_line(text: str) -> str:
    """A line fit for a header or a table: encoded words decoded, nothing that breaks a line."""
    plain = words(text).translate(_INVISIBLE)
    return " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in plain).split())[
        :_LONGEST_LINE
    ]
