"""The declared narrative: sections of sentences, and the quantities their slots stand for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple

from juesuan.errors import DeclarationError
from juesuan.given import declared_in

FOLDER = os.path.join(os.path.dirname(__file__), os.pardir, "data", "narrative")
FIRST = "henan-2024"
WHAT = "情况说明的声明"

Kind = Literal["amount", "percent", "count", "score", "year", "name", "names", "reason", "term", "grade", "order"]
NUMBERS: tuple[Kind, ...] = ("amount", "percent", "count", "score")
ANY_TEXT = {"use": "用途", "unit": "部门名称", "last_year": "上年度"}
"""Slots that stand for no declared quantity, and what to call them."""

_TOKEN = re.compile(r"\{(?P<slot>[^{}]+)\}|〔(?P<optional>[^〔〕]*)〕|〈(?P<choice>[^〈〉]*)〉")


class Quantity(NamedTuple):
    """A figure or text of the narrative, and where it comes from; see the head of the declaration.

    `within`: it must not exceed that one; `with_`: both are nothing, or neither. `blank` is written for a share
    of nothing, where the form prints it all the same. `grades` is the score of which it is the grade. `explained`: the
    beginning of the rules, and the row of a table, whose 说明 tell a reason that is not given otherwise.
    """

    id: str
    title: str
    kind: Kind = "amount"
    domain: str = ""
    cell: str = ""
    last: str = ""
    input: str = ""
    share: tuple[str, ...] = ()
    difference: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    sum_each: str = ""
    plus: str = ""
    same: str = ""
    counts: str = ""
    within: str = ""
    with_: str = ""
    listed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    blank: str = ""
    without: str = ""
    grades: str = ""
    rule: str = ""
    explained: str = ""


class Slot(NamedTuple):
    """A place for a quantity; with `words` for its direction. `positive`: written only where it is not nothing."""

    quantity: str
    words: tuple[str, ...] = ()
    positive: bool = False


class Choice(NamedTuple):
    """Words of which the first is written and each is read."""

    words: tuple[str, ...]


class Part(NamedTuple):
    """What is written only if all its slots have a value."""

    pieces: tuple[Piece, ...]


Piece = str | Slot | Choice | Part


class Sentence(NamedTuple):
    """`each` repeats it for every entry of a domain; `flat` is written where the quantity `by` is nothing.

    It is to be written where the table `empty` has no amounts, `filled` has some, the quantity `zero` is nothing,
    `nonzero` is not, the first of `below` is less than the second; `read_only`: read, and never written.
    """

    text: tuple[Piece, ...]
    also: tuple[tuple[Piece, ...], ...] = ()
    flat: tuple[Piece, ...] = ()
    by: str = ""
    each: str = ""
    between: str = ""
    end: str = ""
    tail: str = ""
    before: str = ""
    joined: bool = False
    paragraph: bool = False
    optional: bool = False
    read_only: bool = False
    empty: str = ""
    filled: str = ""
    zero: str = ""
    nonzero: str = ""
    below: tuple[str, ...] = ()
    unit_types: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[tuple[Piece, ...], ...]:
        return (self.text, *self.also)


class Section(NamedTuple):
    title: str
    heading: str
    sentences: tuple[Sentence, ...]


class TableRow(NamedTuple):
    """A row of an attachment: figures behind a label, up to `ends`; an empty slot is passed over."""

    label: str
    slots: tuple[str, ...]
    each: str = ""
    ends: str = ""


class Attachment(NamedTuple):
    title: str
    heading: str
    rows: tuple[TableRow, ...]
    sentences: tuple[Sentence, ...]


class Domain(NamedTuple):
    """What is told one by one: the other fields of a row, rows of a table by length of code, or named things.

    `titles`: names of the things only the supplement has; `named_as`: its things are those of another domain; `rule`:
    what a missing or doubled one breaks.
    """

    fields: str = ""
    rows: str = ""
    length: int = 0
    field: str = ""
    name: str = ""
    names: tuple[str, ...] = ()
    input: str = ""
    titles: str = ""
    named_as: str = ""
    rule: str = "TXT007"


class _DeclarationRecord(NamedTuple):
    """`thousands`: whether amounts are written with separators."""

    quantities: Mapping[str, Quantity]
    domains: Mapping[str, Domain]
    sections: tuple[Section, ...]
    attachments: tuple[Attachment, ...]
    terms: tuple[tuple[str, str], ...]
    part: str
    part_heading: str
    thousands: bool


class Declaration(_DeclarationRecord):
    @cached_property
    def name_slots(self) -> Mapping[str, str]:
        """Which domain a slot for a name belongs to."""
        return {slot: id for id, domain in self.domains.items() for slot in (domain.name, *domain.names) if slot}

    @cached_property
    def directed(self) -> frozenset[str]:
        """Quantities of which a word says whether they are more or less than nothing, and shares of them: no sign."""
        sentences = (sentence for section in self.sections for sentence in section.sentences)
        texts = (text for sentence in sentences for text in sentence.readings)
        changes = {slot.quantity for text in texts for slot in slots_of(text) if slot.words}
        shares = (one.id for one in self.quantities.values() if one.share and one.share[0] in changes)
        return frozenset((*changes, *shares))


def load_declaration(edition: str) -> Declaration:
    """The narrative of an edition; of one that has none, that of Henan 2024, whose wording is the ministry's."""
    path = os.path.join(FOLDER, f"{edition}.toml")
    if not os.path.exists(path):
        path = os.path.join(FOLDER, f"{FIRST}.toml")
    try:
        return _declaration(_extended(declared_in(path, WHAT)))
    except (KeyError, TypeError, ValueError) as error:
        raise DeclarationError(f"{WHAT} {path} 写法有误：{error}。") from error


def known_narratives() -> tuple[str, ...]:
    """The editions that have a narrative of their own, that of Henan 2024 first."""
    names = (name.removesuffix(".toml") for name in os.listdir(FOLDER) if name.endswith(".toml"))
    return tuple(sorted(names, key=lambda name: (name != FIRST, name)))


def _extended(content: dict[str, Any]) -> dict[str, Any]:
    """With what it does not say itself from the one it extends; quantities and domains are added to."""
    if "extends" not in content:
        return content
    base = declared_in(os.path.join(FOLDER, f"{content['extends']}.toml"), WHAT)
    return base | content | {name: base[name] | content.get(name, {}) for name in ("quantities", "domains")}


def slots_of(pieces: tuple[Piece, ...]) -> Iterator[Slot]:
    for piece in pieces:
        if isinstance(piece, Slot):
            yield piece
        elif isinstance(piece, Part):
            yield from slots_of(piece.pieces)
        elif isinstance(piece, Choice):
            for word in piece.words:
                yield from slots_of(pieces_of(word))


def _declaration(content: dict[str, Any]) -> Declaration:
    quantities = {
        name: Quantity(id=name, **{("with_" if key == "with" else key): _plain(value) for key, value in entry.items()})
        for name, entry in content["quantities"].items()
    }
    declared = Declaration(
        quantities,
        {
            name: Domain(**{key: _plain(value) for key, value in entry.items()})
            for name, entry in content["domains"].items()
        },
        tuple(
            Section(entry["title"], entry["heading"], tuple(_sentence(item) for item in entry.get("sentence", ())))
            for entry in content["section"]
        ),
        tuple(
            Attachment(
                entry["title"],
                entry["heading"],
                tuple(TableRow(**{key: _plain(value) for key, value in row.items()}) for row in entry.get("row", ())),
                tuple(_sentence(item) for item in entry.get("sentence", ())),
            )
            for entry in content.get("attachment", ())
        ),
        tuple((name, meaning) for name, meaning in content.get("terms", ())),
        content["part"],
        content["part_heading"],
        content.get("thousands", True),
    )
    for name in _named(declared):
        if name and name not in quantities and name not in ANY_TEXT:
            raise ValueError(f"没有“{name}”这个数")
    return declared


def _named(declared: Declaration) -> Iterator[str]:
    for quantity in declared.quantities.values():
        yield from (*quantity.share, *quantity.difference, *quantity.sum)
        yield from (quantity.sum_each, quantity.plus, quantity.same, quantity.within, quantity.with_)
        yield quantity.grades
    groups: tuple[Section | Attachment, ...] = (*declared.sections, *declared.attachments)
    for group in groups:
        for sentence in group.sentences:
            yield from (slot.quantity for text in (*sentence.readings, sentence.flat) for slot in slots_of(text))
            yield from (sentence.by, sentence.zero, sentence.nonzero, *sentence.below)
    for attachment in declared.attachments:
        yield from (slot for row in attachment.rows for slot in row.slots)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _sentence(entry: dict[str, Any]) -> Sentence:
    given = {key: _plain(value) for key, value in entry.items()}
    given |= {key: pieces_of(given[key]) for key in ("text", "flat") if key in given}
    return Sentence(**given | {"also": tuple(pieces_of(text) for text in entry.get("also", ()))})


def pieces_of(text: str) -> tuple[Piece, ...]:
    """A declared text taken apart."""
    pieces: list[Piece] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            pieces.append(text[end : match.start()])
        end = match.end()
        if match["slot"] is not None:
            name, _, words = match["slot"].partition(":")
            bare = name.removesuffix("!")
            pieces.append(Slot(bare, tuple(words.split("|")) if words else (), name != bare))
        elif match["optional"] is not None:
            pieces.append(Part(pieces_of(match["optional"])))
        else:
            pieces.append(Choice(tuple(match["choice"].split("|"))))
    if end < len(text):
        pieces.append(text[end:])
    return tuple(pieces)
