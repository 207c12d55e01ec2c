"""Our notes among those of a worksheet: the texts of its comments part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import NamedTuple
from xml.sax.saxutils import escape

from juesuan.book import Place
from juesuan.errors import JuesuanError
from juesuan.excel.sheet_xml import attributes_of, column_of

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
    authors = _AUTHORS.search(xml)
    names = [unescape(name.decode()) for name in _AUTHOR.findall(authors[2] or b"")] if authors else []
    ours = {number for number, name in enumerate(names) if name == AUTHOR}
    gone: set[tuple[int, int]] = set()

    def kept(match: re.Match[bytes]) -> bytes:
        if int(attributes_of(match[2]).get(b"authorId", b"0")) in ours:
            gone.add(_place(match))
            return b""
        return _OWN.sub(b"", match[0])

    xml = _COMMENT.sub(kept, xml)
    if ours and max(ours) == len(names) - 1 and authors:
        last = list(_AUTHOR.finditer(authors[2] or b""))[-1][0]
        head, _, tail = xml.rpartition(last)
        xml = head + tail
    return Notes(xml, gone)


def has_notes(xml: bytes) -> bool:
    return _COMMENT.search(xml) is not None


def noted(xml: bytes) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Place, author and text of every note."""
    authors = _AUTHORS.search(xml)
    names = [unescape(name.decode()) for name in _AUTHOR.findall(authors[2] or b"")] if authors else []
    for match in _COMMENT.finditer(xml):
        number = int(attributes_of(match[2]).get(b"authorId", b"0"))
        texts = re.findall(rb"<(?:[\w.-]+:)?t\b[^>]*>(.*?)</(?:[\w.-]+:)?t\s*>", match[3], re.S)
        yield _place(match), names[number] if number < len(names) else "", unescape(b"".join(texts).decode())


def _runs(head: str, text: str, prefix: str) -> bytes:
    parts = ((head, f"<{prefix}b/>"), (text, ""))
    return "".join(_RUN.format(p=prefix, bold=bold, text=escape(part)) for part, bold in parts).encode()


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
