"""Find the third part of a text, its sections, and in them the declared sentences with what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan.edition import chinese_number
from juesuan.narrative.declaration import (
    Attachment,
    Declaration,
    Section,
    Sentence,
    Slot,
    TableRow,
    known_narratives,
    load_declaration,
)
from juesuan.proofread.document import Document
from juesuan.proofread.patterns import NUMBER, Mention, pattern_of

NUMERALS = ("零", *map(chinese_number, range(1, 30)))
_NUMBERED = r"(?:([一二三四五六七八九十]+)、|[（(][一二三四五六七八九十]+[）)])"
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(?=万元|亿元|元|%|个|人次|辆|台|分)")
_ANY_CELL = rf"([≥≤<>]?\s*{NUMBER}%?|-%?|—|[^\s\d]{{1,8}})"
_PLAIN_CELL = f"({NUMBER})"
_SHARE_CELL = f"({NUMBER}%?)"


class Found(NamedTuple):
    """A sentence found in a section: what stands in its slots, and whether its flat form was read."""

    section: str
    sentence: Sentence
    mentions: tuple[Mention, ...]
    start: int
    end: int
    flat: bool = False


class Missed(NamedTuple):
    """A declared sentence that was not found in a section that is there, nor another that tells of the same list."""

    section: str
    sentence: Sentence


class Heading(NamedTuple):
    """The Chinese number before the title of a section, empty where it has none such, and where it stands."""

    section: str
    number: str
    start: int


class Reading(NamedTuple):
    """`sections`: where each section stands in the compact text, from behind its heading; `unread`: figures nothing
    was made of."""

    found: tuple[Found, ...]
    missed: tuple[Missed, ...]
    absent: tuple[str, ...]
    sections: tuple[tuple[str, int, int], ...]
    unread: tuple[tuple[str, int, int], ...]
    part: tuple[int, int]
    headings: tuple[Heading, ...]


def read_narrative(document: Document, declaration: Declaration) -> Reading:
    """Everything the declaration knows to find in a text. Raises nothing: what is not found is told."""
    start, end = _part(document.compact, declaration)
    placed = list(_sections(document, declaration.sections, start, end))
    found: list[Found] = []
    missed: list[Missed] = []
    unread: list[tuple[str, int, int]] = []
    for section, _, first, last in placed:
        here = _found_in(document.compact, section, first, last, declaration)
        found += here
        missed += _missed_of(section, here)
        unread += _unread_in(document.compact, section, first, last, here)
    named = {heading.section for _, heading, _, _ in placed}
    for attachment, first, last in _attachments(document.compact, declaration, end):
        found += _attached(document, attachment, first, last, declaration)
    return Reading(
        tuple(found),
        tuple(missed),
        tuple(section.title for section in declaration.sections if section.title not in named),
        tuple((section.title, first, last) for section, _, first, last in placed),
        tuple(unread),
        (start, end),
        tuple(heading for _, heading, _, _ in placed),
    )


def _found_in(text: str, section: Section, first: int, last: int, declaration: Declaration) -> list[Found]:
    """Each sentence behind the one before, as they are declared, or else anywhere in the section."""
    here: list[Found] = []
    for sentence in section.sentences:
        behind = here[-1].end if here else first
        here += list(_find(text, section.title, sentence, behind, last, declaration)) or list(
            _find(text, section.title, sentence, first, last, declaration)
        )
    return here


def _missed_of(section: Section, here: Sequence[Found]) -> Iterator[Missed]:
    read = {item.sentence for item in here}
    told = {item.sentence.each for item in here if item.sentence.each}
    for sentence in section.sentences:
        if sentence not in read and sentence.each not in told:
            yield Missed(section.title, sentence)


def _unread_in(
    text: str, section: Section, first: int, last: int, here: Sequence[Found]
) -> Iterator[tuple[str, int, int]]:
    for match in _FIGURE.finditer(text, first, last):
        if not any(item.start <= match.start() and match.end() <= item.end for item in here):
            yield section.title, *match.span()


def worded_as(document: Document) -> Declaration:
    """The declaration of whose sentences the text has most; of equals the first."""
    return max(map(load_declaration, known_narratives()), key=lambda one: _sentences_in(document, one))


def _sentences_in(document: Document, declaration: Declaration) -> int:
    return len({(item.section, item.sentence) for item in read_narrative(document, declaration).found})


def _part(text: str, declaration: Declaration) -> tuple[int, int]:
    """The part that tells of the figures, up to the next. Its heading stands in the contents too, so the last counts.

    Without one, from the heading of the first section that is not in the contents either.
    """
    headings = list(re.finditer(declaration.part_heading, text))
    first = list(re.finditer(_NUMBERED + declaration.sections[0].heading, text))
    start = headings[-1].start() if headings else first[-1].start() if len(first) > 1 else 0
    number = NUMERALS.index(headings[-1][1]) if headings else 3
    end = text.find(f"第{NUMERALS[number + 1]}部分", headings[-1].end() if headings else start)
    return start, end if end >= 0 else len(text)


def _sections(
    document: Document, sections: Sequence[Section], start: int, end: int
) -> Iterator[tuple[Section, Heading, int, int]]:
    """The sections in the order of the text, each from behind its heading to the next.

    A number that Word counts by itself is not in the text; a heading without one is a line of its own.
    """
    lines = [(document.start_of(line), line) for line in range(document.line_at(start), document.line_at(end) + 1)]
    heads = []
    for section in sections:
        if match := re.compile(_NUMBERED + section.heading).search(document.compact, start, end):
            heads.append((match.start(), match.end(), section, match[1] or ""))
            continue
        for place, line in lines:
            if re.fullmatch(section.heading, "".join(document.lines[line].text.split())):
                heads.append((place, document.start_of(line + 1), section, ""))
                break
    heads.sort(key=lambda head: head[0])
    for order, (place, first, section, number) in enumerate(heads):
        yield (
            section,
            Heading(section.title, number, place),
            first,
            heads[order + 1][0] if order + 1 < len(heads) else end,
        )


def _find(
    text: str, title: str, sentence: Sentence, first: int, last: int, declaration: Declaration
) -> Iterator[Found]:
    """Every place a sentence stands that is told one by one, else the first; the declared wording goes first."""
    taken: list[tuple[int, int]] = []
    for pieces, flat in ((sentence.text, False), (sentence.flat, True), *((also, False) for also in sentence.also)):
        if not pieces or (taken and not sentence.each):
            continue
        pattern = pattern_of(pieces, declaration)
        for match in pattern.regex.finditer(text, first, last):
            if match.end() == match.start() or any(
                match.start() < stop and begin < match.end() for begin, stop in taken
            ):
                continue
            taken.append(match.span())
            yield Found(title, sentence, pattern.mentions(match), *match.span(), flat)
            if not sentence.each:
                break


def _attachments(text: str, declaration: Declaration, start: int) -> Iterator[tuple[Attachment, int, int]]:
    """The attachments in the order of the text, each up to the next."""
    heads = [
        (match.start(), attachment)
        for attachment in declaration.attachments
        if (match := re.compile(attachment.heading).search(text, start))
    ]
    heads.sort(key=lambda head: head[0])
    for order, (first, attachment) in enumerate(heads):
        yield attachment, first, heads[order + 1][0] if order + 1 < len(heads) else len(text)


def _attached(
    document: Document, attachment: Attachment, first: int, last: int, declaration: Declaration
) -> Iterator[Found]:
    for sentence in attachment.sentences:
        yield from _find(document.compact, attachment.title, sentence, first, last, declaration)
    spaced = document.spaced(first, last)
    for row in attachment.rows:
        yield from _rows(spaced, document, document.line_at(first), attachment.title, row, declaration)


def _rows(
    spaced: str, document: Document, first: int, title: str, row: TableRow, declaration: Declaration
) -> Iterator[Found]:
    """The figures of a table's row: those behind its label, or every row of the shape where it has none."""
    label = r"\s*".join(_spelled(char) for char in row.label) + r"\s*"
    cells = r"\s+".join(_cell(slot, declaration, row) for slot in row.slots)
    pattern = re.compile((label if row.label else r"(?<=\s)") + cells + row.ends)
    sentence = Sentence((row.label or title,), each=row.each)
    for match in pattern.finditer(spaced):
        mentions = tuple(
            Mention(Slot(slot), match[number], *_compact_span(spaced, match.span(number), document, first))
            for number, slot in enumerate(row.slots, 1)
            if slot
        )
        yield Found(title, sentence, mentions, mentions[0].start, mentions[-1].end)
        if not row.each:
            return


def _spelled(char: str) -> str:
    return "[“”\"']?" if char in "“”" else "[（(]" if char == "（" else "[）)]" if char == "）" else re.escape(char)


def _cell(slot: str, declaration: Declaration, row: TableRow) -> str:
    if not slot:
        return _ANY_CELL
    return _SHARE_CELL if declaration.quantities[slot].kind == "percent" else _PLAIN_CELL


def _compact_span(spaced: str, span: tuple[int, int], document: Document, first: int) -> tuple[int, int]:
    base = document.start_of(first)
    before = base + sum(not char.isspace() for char in spaced[: span[0]])
    return before, before + sum(not char.isspace() for char in spaced[slice(*span)])
