"""Our notes among those of a worksheet: the texts of its comments part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import NamedTuple

from juesuan.answers import ASKED
from juesuan.errors import JuesuanError
from juesuan.ooxml.sheet_xml import attributes_of, column_of
from juesuan.ooxml.xml_text import escaped
from juesuan.place import Place

AUTHOR = "juesuan"
HEAD = f"{AUTHOR}：\n"
"""What a note of ours begins with."""
RULER = "──── juesuan ────"
"""What stands between a user's own note and ours below it."""
END = "──── 以下可写说明 ────"
"""What ours ends with: what the clerk writes below is the clerk's."""
THREADED = "tc="
"""How the author of a note is called that repeats a threaded comment for older programs."""

_OURS = re.compile(rf"(?:\n?{RULER}\n|(?:^|(?<=\n)){HEAD})(?:.*?{END}|.*)", re.S)
_ASKED = re.compile(rf"(?m)^{ASKED}.*\n?")
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<authors></authors><commentList></commentList></comments>"
)
_COMMENT = re.compile(rb"<((?:[\w.-]+:)?)comment\b([^>]*)>(.*?)</\1comment\s*>", re.S)
_AUTHORS = re.compile(rb"<((?:[\w.-]+:)?)authors\s*(?:/>|>(.*?)</\1authors\s*>)", re.S)
_AUTHOR = re.compile(rb"<(?:[\w.-]+:)?author\s*(?:/>|>(.*?)</(?:[\w.-]+:)?author\s*>)", re.S)
_WRITER = re.compile(rb"""(<(?:[\w.-]+:)?comment\b[^>]*?\bauthorId\s*=\s*["'])(\d+)""")
_LIST = re.compile(rb"<((?:[\w.-]+:)?)commentList\s*(?:/>|>(.*?)</\1commentList\s*>)", re.S)
_BODY = re.compile(rb"<((?:[\w.-]+:)?)text\b[^>]*?(?:/>|>(.*?)</\1text\s*>)", re.S)
_PHONETIC = re.compile(rb"<(?:[\w.-]+:)?(?:rPh|phoneticPr)\b")
_TEXT = re.compile(rb"<((?:[\w.-]+:)?)t(?:\s[^>]*?)?(?:/>|>(.*?)</\1t\s*>)", re.S)
_RUN = re.compile(rb"<((?:[\w.-]+:)?)r>(.*?)</\1r\s*>", re.S)


class Notes(NamedTuple):
    """A comments part; by zero-based row and column, the whole texts of the notes we wrote in or took out."""

    xml: bytes
    texts: dict[tuple[int, int], str]


def with_notes(xml: bytes | None, texts: Mapping[tuple[int, int], str]) -> Notes:
    """The comments with ours; a text for a cell that has a note is added below it."""
    xml = xml or _EMPTY.encode()
    found, authors = _LIST.search(xml), _AUTHORS.search(xml)
    if found is None or authors is None:
        raise JuesuanError("工作簿里的批注写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")
    p = found[1].decode()
    number = len(_AUTHOR.findall(authors[2] or b""))
    left, whole = dict(texts), {}

    def continued(match: re.Match[bytes]) -> bytes:
        place = _place(match)
        text = left.pop(place, None) if place else None
        if place is None or text is None:
            return match[0]
        whole[place] = f"{_said(match[3])}\n{RULER}\n{text}\n{END}"
        return match[0].replace(match[3], _continued(match[3], _runs(f"\n{RULER}\n", text, p).encode(), p), 1)

    listed = _COMMENT.sub(continued, found[2] or b"")
    new = []
    for (row, column), text in sorted(left.items()):
        address = Place("", row, column).address
        runs = _runs(HEAD, text, p)
        new.append(f'<{p}comment ref="{address}" authorId="{number}"><{p}text>{runs}</{p}text></{p}comment>')
        whole[row, column] = f"{HEAD}{text}\n{END}"
    listed += "".join(new).encode()
    named = (authors[2] or b"") + f"<{p}author>{AUTHOR}</{p}author>".encode()
    return Notes(_put(_put(xml, _LIST, "commentList", listed), _AUTHORS, "authors", named), whole)


def without_notes(xml: bytes) -> Notes:
    """The comments without ours; a note stays with what the user wrote in it, above ours or below."""
    gone: dict[tuple[int, int], str] = {}

    def kept(match: re.Match[bytes]) -> bytes:
        text = _said(match[3])
        place, spans = _place(match), own_spans(text)
        if place and spans is None:
            gone[place] = text
            return b""
        return match[0].replace(match[3], _shortened(match[3], spans), 1) if spans else match[0]

    return Notes(_without_author(_COMMENT.sub(kept, xml)), gone)


def _without_author(xml: bytes) -> bytes:
    """The comments without us among their authors, unless somebody of our name wrote one; those behind us move up."""
    found = _AUTHORS.search(xml)
    authors = list(_AUTHOR.finditer(found[2] or b"")) if found else []
    writers = {int(match[2]) for match in _WRITER.finditer(xml)}
    ours = [number for number, author in enumerate(authors) if author[1] == AUTHOR.encode() and number not in writers]
    if not ours:
        return xml
    gone = ours[-1]
    names = b"".join(author[0] for number, author in enumerate(authors) if number != gone)

    def moved(match: re.Match[bytes]) -> bytes:
        number = int(match[2])
        return match[1] + b"%d" % (number - (number > gone))

    return _put(_WRITER.sub(moved, xml), _AUTHORS, "authors", names)


def own_spans(text: str) -> list[tuple[int, int]] | None:
    """Where ours stands in the text of a note; None when there is nothing else in it."""
    spans = [span for found in _OURS.finditer(text) for span in _but_what_is_answered(found, text)]
    if spans and RULER not in text:
        if not _OURS.sub("", text).strip():
            return None
        first, last = spans[0][0], spans[-1][1]
        if not first and text[last : last + 1] == "\n":
            spans.append((last, last + 1))
    return spans


def _but_what_is_answered(found: re.Match[str], text: str) -> list[tuple[int, int]]:
    """Where ours stands; its line that names what is to be explained stays with the explanation below."""
    line = _ASKED.search(found[0])
    below = _OURS.split(text[found.end() :], maxsplit=1)[0]
    if line is None or not below.strip():
        return [found.span()]
    start = found.start() + text[found.start()].isspace()
    return [(start, found.start() + line.start()), (found.start() + line.end(), found.end())]


def explanations_in(text: str) -> list[tuple[str, str]]:
    """What the user wrote of what a note asks: the line that asks, and the words below it."""
    for found in reversed([*_OURS.finditer(text)]):
        line = _ASKED.search(found[0])
        text = f"{text[: found.start()]}\n{line[0] if line else ''}{text[found.end() :]}"
    lines = [*_ASKED.finditer(text)]
    ends = [line.start() for line in lines[1:]] + [len(text)]
    told = [(line[0].strip(), text[line.end() : end].strip()) for line, end in zip(lines, ends, strict=False)]
    return [(line, words) for line, words in told if words]


def reworded(xml: bytes, words: Mapping[tuple[int, int], Mapping[str, str]]) -> bytes:
    """The comments with words in the notes at some places replaced by others; each stands within one run."""

    def note(match: re.Match[bytes]) -> bytes:
        place = _place(match)
        others = words.get(place, {}) if place else {}

        def text(found: re.Match[bytes]) -> bytes:
            said = _characters(found)
            for old, new in others.items():
                said = said.replace(old, new)
            return found[0].replace(found[2], escaped(said).encode(), 1) if found[2] else found[0]

        return _TEXT.sub(text, match[0]) if others else match[0]

    return _COMMENT.sub(note, xml)


class Note(NamedTuple):
    """One note of a comments part, at a zero-based row and column."""

    place: tuple[int, int]
    author: str
    text: str

    @property
    def marks(self) -> bool:
        """Whether it is ours, or has ours in it. Its author does not tell: LibreOffice forgets who wrote a note."""
        return _OURS.search(self.text) is not None


def notes_in(xml: bytes) -> list[Note]:
    authors = _AUTHORS.search(xml)
    names = [unescape(name.decode(errors="replace")) for name in _AUTHOR.findall(authors[2] or b"")] if authors else []
    return [_note(place, match, names) for match in _COMMENT.finditer(xml) if (place := _place(match))]


def _note(place: tuple[int, int], match: re.Match[bytes], names: Sequence[str]) -> Note:
    number = attributes_of(match[2]).get(b"authorId", b"0")
    author = int(number) if number.isdigit() else len(names)
    return Note(place, names[author] if author < len(names) else "", _said(match[3]))


def _said(comment: bytes) -> str:
    """The text of a note, its runs joined, without how it is pronounced."""
    body = _BODY.search(comment)
    return "".join(_characters(match) for match in _TEXT.finditer(_parted(body)[0])) if body else ""


def _characters(match: re.Match[bytes]) -> str:
    return unescape((match[2] or b"").decode(errors="replace"))


def _parted(body: re.Match[bytes]) -> tuple[bytes, bytes]:
    """The content of a note's text: its runs, and what tells how they are pronounced."""
    content = body[2] or b""
    phonetic = _PHONETIC.search(content)
    end = phonetic.start() if phonetic else len(content)
    return content[:end], content[end:]


def _continued(comment: bytes, runs: bytes, prefix: str) -> bytes:
    """A note with further runs below its text; a text that is one plain ``t`` becomes a run."""
    body = _BODY.search(comment)
    if body is None:
        return comment
    said, phonetic = _parted(body)
    if said.strip() and not _RUN.search(said):
        said = b"<%sr>%s</%sr>" % (prefix.encode(), said.strip(), prefix.encode())
    return _put(comment, _BODY, "text", said + runs + phonetic)


def _shortened(comment: bytes, spans: Sequence[tuple[int, int]]) -> bytes:
    """A note without some spans of its text; runs of which nothing is left go with it."""
    body = _BODY.search(comment)
    if body is None:
        return comment
    said, phonetic = _parted(body)
    pieces, position, at = [], 0, 0
    for match in _TEXT.finditer(said):
        text = _characters(match)
        kept = "".join(
            char for place, char in enumerate(text, at) if not any(start <= place < end for start, end in spans)
        )
        at += len(text)
        if kept != text:
            element = b'<%st xml:space="preserve">%s</%st>' % (match[1], escaped(kept).encode(), match[1])
            pieces += [said[position : match.start()], element]
            position = match.end()
    said = b"".join((*pieces, said[position:]))
    left = _RUN.sub(lambda run: run[0] if any(map(_characters, _TEXT.finditer(run[2]))) else b"", said)
    return _put(comment, _BODY, "text", left + phonetic)


def _runs(head: str, text: str, prefix: str) -> str:
    return _run(head, prefix, f"<{prefix}b/>") + _run(f"{escaped(text)}\n{END}", prefix)


def _run(text: str, p: str, bold: str = "") -> str:
    look = f'<{p}rPr>{bold}<{p}sz val="9"/><{p}rFont val="宋体"/></{p}rPr>'
    return f'<{p}r>{look}<{p}t xml:space="preserve">{text}</{p}t></{p}r>'


def _place(match: re.Match[bytes]) -> tuple[int, int] | None:
    """The cell a note is on, if it says so."""
    address = attributes_of(match[2]).get(b"ref", b"").partition(b":")[0]
    try:
        return int(address.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1, column_of(address)
    except ValueError:
        return None


def _put(xml: bytes, pattern: re.Pattern[bytes], name: str, content: bytes) -> bytes:
    match = pattern.search(xml)
    assert match is not None
    element = match[1] + name.encode()
    return xml[: match.start()] + b"<%s>%s</%s>" % (element, content, element) + xml[match.end() :]
