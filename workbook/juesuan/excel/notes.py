"""Our notes among those of a worksheet: the texts of its comments part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import NamedTuple

from juesuan.book import Place
from juesuan.errors import JuesuanError
from juesuan.excel.sheet_xml import attributes_of, column_of
from juesuan.excel.xml_text import escaped

AUTHOR = "juesuan"
RULER = "──── juesuan ────"
"""What stands between a user's own note and ours below it."""

_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<authors></authors><commentList></commentList></comments>"
)
_COMMENT = re.compile(rb"<((?:[\w.-]+:)?)comment\b([^>]*)>(.*?)</\1comment\s*>", re.S)
_AUTHORS = re.compile(rb"<((?:[\w.-]+:)?)authors\s*(?:/>|>(.*?)</\1authors\s*>)", re.S)
_AUTHOR = re.compile(rb"<(?:[\w.-]+:)?author\s*(?:/>|>(.*?)</(?:[\w.-]+:)?author\s*>)", re.S)
_TEXT = re.compile(rb"<(?:[\w.-]+:)?t\b[^>]*>(.*?)</(?:[\w.-]+:)?t\s*>", re.S)
_LIST = re.compile(rb"<((?:[\w.-]+:)?)commentList\s*(?:/>|>(.*?)</\1commentList\s*>)", re.S)
_RUN = (
    '<{p}r><{p}rPr>{bold}<{p}sz val="9"/><{p}rFont val="宋体"/></{p}rPr><{p}t xml:space="preserve">{text}</{p}t></{p}r>'
)
_OWN = re.compile(rb"<((?:[\w.-]+:)?)r>(?:(?!</\1r>).)*" + RULER.encode() + rb".*?(?=</\1text\s*>)", re.S)


class Notes(NamedTuple):
    """A comments part, and the zero-based places of the notes that were put into it or taken out."""

    xml: bytes
    places: set[tuple[int, int]]


def with_notes(xml: bytes | None, texts: Mapping[tuple[int, int], str]) -> Notes:
    """The comments with ours; a text for a cell that has a note is added below it, and needs no box of its own."""
    xml = xml or _EMPTY.encode()
    found, authors = _LIST.search(xml), _AUTHORS.search(xml)
    if found is None or authors is None:
        raise JuesuanError("工作簿里的批注写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")
    p = found[1].decode()
    number = len(_AUTHOR.findall(authors[2] or b""))
    left = dict(texts)

    def continued(match: re.Match[bytes]) -> bytes:
        text = left.pop(_place(match), None)
        if text is None:
            return match[0]
        runs = _runs(f"\n{RULER}\n", text, p)
        body = re.sub(rb"(?=</(?:[\w.-]+:)?text\s*>)", lambda _: runs, _in_runs(match[3], p), count=1)
        return match[0].replace(match[3], body, 1)

    listed = _COMMENT.sub(continued, found[2] or b"")
    for (row, column), text in sorted(left.items()):
        address = Place("", row, column).address
        runs = _runs(f"{AUTHOR}：\n", text, p)
        listed += f'<{p}comment ref="{address}" authorId="{number}"><{p}text>'.encode() + runs
        listed += f"</{p}text></{p}comment>".encode()
    named = (authors[2] or b"") + f"<{p}author>{AUTHOR}</{p}author>".encode()
    xml = _put(_put(xml, _LIST, "commentList", listed), _AUTHORS, "authors", named)
    return Notes(xml, set(left))


def without_notes(xml: bytes) -> Notes:
    """The comments without ours: whole notes, and what stands below a user's own."""
    gone: set[tuple[int, int]] = set()
    names = _authors(xml)

    def kept(match: re.Match[bytes]) -> bytes:
        note = _note(match, names)
        if note.ours:
            gone.add(note.place)
            return b""
        return _shortened(match, note.text) if RULER in note.text else match[0]

    xml = _COMMENT.sub(kept, xml)
    if AUTHOR in names[-1:]:
        last = list(_AUTHOR.finditer(xml))[-1]
        xml = xml[: last.start()] + xml[last.end() :]
    return Notes(xml, gone)


class Note(NamedTuple):
    """One note of a comments part, at a zero-based row and column."""

    place: tuple[int, int]
    author: str
    text: str

    @property
    def ours(self) -> bool:
        """LibreOffice forgets who wrote a note."""
        return self.author == AUTHOR or self.text.startswith(f"{AUTHOR}：\n")

    @property
    def marks(self) -> bool:
        """Whether it is ours, or a user's with ours below it."""
        return self.ours or RULER in self.text


def notes_in(xml: bytes) -> list[Note]:
    names = _authors(xml)
    return [_note(match, names) for match in _COMMENT.finditer(xml)]


def _note(match: re.Match[bytes], names: Sequence[str]) -> Note:
    number = int(attributes_of(match[2]).get(b"authorId", b"0"))
    text = unescape(b"".join(_TEXT.findall(match[3])).decode())
    return Note(_place(match), names[number] if number < len(names) else "", text)


def _authors(xml: bytes) -> list[str]:
    found = _AUTHORS.search(xml)
    return [unescape(name.decode()) for name in _AUTHOR.findall(found[2] or b"")] if found else []


def _shortened(match: re.Match[bytes], text: str) -> bytes:
    """A user's note without ours below it; in one run if another program has cut ours up."""
    whole = _OWN.sub(b"", match[0])
    if whole != match[0]:
        return whole
    p, own = match[1].decode(), text.partition(f"\n{RULER}")[0]
    element = f'<{p}text><{p}t xml:space="preserve">{escaped(own)}</{p}t></{p}text>'.encode()
    return re.sub(rb"<((?:[\w.-]+:)?)text\s*>.*</\1text\s*>", lambda _: element, match[0], count=1, flags=re.S)


def _runs(head: str, text: str, prefix: str) -> bytes:
    parts = ((head, f"<{prefix}b/>"), (text, ""))
    return "".join(_RUN.format(p=prefix, bold=bold, text=escaped(part)) for part, bold in parts).encode()


def _in_runs(body: bytes, prefix: str) -> bytes:
    """A note whose text is one plain ``t`` as a note of one run, so that runs can follow."""
    plain = re.search(rb"(<(?:[\w.-]+:)?text\s*>)\s*(<(?:[\w.-]+:)?t\b.*?</(?:[\w.-]+:)?t\s*>)\s*(?=</)", body, re.S)
    if plain is None:
        return re.sub(rb"<((?:[\w.-]+:)?)text\s*/>", rb"<\1text></\1text>", body)
    run = b"<%sr>%s</%sr>" % (prefix.encode(), plain[2], prefix.encode())
    return body[: plain.start()] + plain[1] + run + body[plain.end() :]


def _place(match: re.Match[bytes]) -> tuple[int, int]:
    address = attributes_of(match[2])[b"ref"].partition(b":")[0]
    return int(address.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1, column_of(address)


def _put(xml: bytes, pattern: re.Pattern[bytes], name: str, content: bytes) -> bytes:
    match = pattern.search(xml)
    assert match is not None
    element = match[1] + name.encode()
    return xml[: match.start()] + b"<%s>%s</%s>" % (element, content, element) + xml[match.end() :]
