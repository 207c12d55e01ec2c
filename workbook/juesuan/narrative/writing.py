"""Write the third part: each declared sentence with what is known, and a visible mark where something is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from juesuan.money import grouped
from juesuan.narrative.declaration import ANY_TEXT, NUMBERS, Choice, Piece, Quantity, Section, Sentence, Slot
from juesuan.narrative.facts import Facts, printed

WHOLE = 10_000


class Run(NamedTuple):
    """A stretch of text; `missing`: to be filled in by the clerk."""

    text: str
    missing: bool = False


class Paragraph(NamedTuple):
    """`heading`: 0 for text, 1 for the title of a section, 2 for that of a part of it."""

    runs: tuple[Run, ...]
    heading: int = 0

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def write_narrative(facts: Facts) -> tuple[Paragraph, ...]:
    """All sections, in the order of the declaration."""
    return tuple(paragraph for section in facts.declaration.sections for paragraph in _section(section, facts))


def _section(section: Section, facts: Facts) -> Iterator[Paragraph]:
    yield Paragraph((Run(section.title),), 1)
    pending: list[Run] = []
    told = [sentence for sentence in section.sentences if not sentence.read_only and facts.calls_for(sentence)]
    if not told:
        by_unit_type = any(sentence.unit_types for sentence in section.sentences)
        pending.append(_missing("单位性质" if by_unit_type else section.title.partition("、")[2]))
    for sentence in told:
        if sentence.before:
            if pending:
                yield Paragraph(tuple(pending))
                pending = []
            yield Paragraph((Run(sentence.before),), 2)
        for runs in _sentences(sentence, facts):
            pending += runs
            if not sentence.joined:
                yield Paragraph(tuple(pending))
                pending = []
    if pending:
        yield Paragraph(tuple(pending))


def _sentences(sentence: Sentence, facts: Facts) -> Iterator[list[Run]]:
    if not sentence.each:
        yield [*_runs(_chosen(sentence, None, facts), None, 0, facts), Run(sentence.end)]
        return
    written = [
        list(_runs(_chosen(sentence, entry.key, facts), entry.key, order, facts))
        for order, entry in enumerate(facts.entries(sentence.each), 1)
    ]
    if sentence.paragraph:
        yield from written
        return
    joined = [run for runs in written for run in (*runs, Run(sentence.between))][:-1]
    yield [*joined, Run(sentence.end), *([Run(sentence.tail)] if sentence.tail and _has_tail(sentence, facts) else [])]


def _has_tail(sentence: Sentence, facts: Facts) -> bool:
    """Whether the shares do not add up to 100.00."""
    shares = [slot.quantity for slot in sentence.text if isinstance(slot, Slot)]
    shares = [name for name in shares if facts.declaration.quantities[name].kind == "percent"]
    values = [facts.value(name, entry.key) for name in shares for entry in facts.entries(sentence.each)]
    return bool(values) and sum(value.value for value in values if value) != WHOLE


def _chosen(sentence: Sentence, key: str | None, facts: Facts) -> tuple[Piece, ...]:
    change = facts.value(sentence.by, key) if sentence.by else None
    return sentence.flat if sentence.flat and change and not change.value else sentence.text


def _runs(pieces: Sequence[Piece], key: str | None, order: int, facts: Facts) -> Iterator[Run]:
    for piece in pieces:
        if isinstance(piece, str):
            yield Run(piece)
        elif isinstance(piece, Choice):
            yield Run(piece.words[0])
        elif isinstance(piece, Slot):
            yield _slot(piece, key, order, facts)
        elif all(_known(part, key, facts) for part in piece.pieces if isinstance(part, Slot)):
            yield from _runs(piece.pieces, key, order, facts)


def _known(slot: Slot, key: str | None, facts: Facts) -> bool:
    if slot.quantity in ANY_TEXT:
        return bool(_told_by_book(slot.quantity, facts))
    quantity = facts.quantity(slot.quantity)
    if quantity.kind not in NUMBERS:
        return bool(facts.text(*facts.name(quantity.id, key)))
    fact = facts.value(quantity.id, key)
    return fact is not None and (not slot.positive or fact.value > 0)


def _told_by_book(name: str, facts: Facts) -> str:
    """What is written for a name in `ANY_TEXT`; nothing for a purpose, which nobody gives."""
    unit, year = (facts.book.unit, facts.book.year) if facts.book else (None, None)
    return {"unit": unit or "", "last_year": str(year - 1) if year else ""}.get(name, "")


def _slot(slot: Slot, key: str | None, order: int, facts: Facts) -> Run:
    if slot.quantity in ANY_TEXT:
        text = _told_by_book(slot.quantity, facts)
        return Run(text) if text else _missing(ANY_TEXT[slot.quantity])
    quantity = facts.quantity(slot.quantity)
    text = _words(slot, quantity, key, order, facts)
    return Run(text) if text else _missing("或".join(slot.words) or quantity.title)


def _missing(title: str) -> Run:
    return Run(f"【待填：{title}】", True)


def _words(slot: Slot, quantity: Quantity, key: str | None, order: int, facts: Facts) -> str:
    if slot.words:
        fact = facts.value(quantity.id, key)
        return slot.words[0 if fact.value > 0 else 1] if fact else ""
    if quantity.kind in NUMBERS:
        fact = facts.value(quantity.id, key)
        if fact is None:
            return quantity.blank if facts.is_of_nothing(quantity, key) else ""
        return _number(fact.value, quantity, facts)
    match quantity.kind:
        case "year":
            return str(facts.book.year) if facts.book and facts.book.year else ""
        case "order":
            return str(order)
        case "names":
            return "、".join(facts.listed(quantity) or ())
        case "term":
            return quantity.words[0]
        case "grade":
            return facts.grade(quantity)
        case "name":
            domain = facts.declaration.name_slots[quantity.id]
            names = (dict(one.names)[quantity.id] for one in facts.entries(domain) if one.key == key)
            name = next(names, "")
            return "" if key and key.startswith(name) and name.isdigit() else name.removesuffix(quantity.without)
    return facts.text(*facts.name(quantity.id, key)) or ""


def _number(value: int, quantity: Quantity, facts: Facts) -> str:
    value = abs(value) if quantity.id in facts.declaration.directed else value
    if quantity.kind == "amount":
        text = grouped(printed(value, "amount"), "万元")
        return text if facts.declaration.thousands else text.replace(",", "")
    if quantity.kind == "percent":
        return f"{Decimal(value).scaleb(-2):.2f}"
    if quantity.kind == "score":
        return f"{Decimal(value).scaleb(-2).normalize():f}"
    return str(value)
