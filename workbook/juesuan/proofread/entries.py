"""Which entry of a list a sentence speaks of: by the names it says, or else by what agrees with it most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from juesuan.expr import spelled_alike
from juesuan.money import WAN_STEP
from juesuan.narrative.declaration import Sentence
from juesuan.narrative.facts import Facts, printed
from juesuan.narrative.listing import Entry
from juesuan.proofread.numbers import read_number
from juesuan.proofread.patterns import Mention
from juesuan.proofread.reading import Found

LONGEST_ROW = 60


class Told(NamedTuple):
    """A found sentence with the key of what it speaks of; `misnamed`: names that should be others.

    `known`: whether the book or the supplement has it.
    """

    found: Found
    key: str | None = None
    misnamed: tuple[tuple[Mention, str], ...] = ()
    known: bool = True


def tell_apart(found: Sequence[Found], facts: Facts, text: str) -> tuple[Told, ...]:
    """Every found sentence with its key. One whose names fit nothing is taken for the entry left over it resembles."""
    told: list[Told] = []
    groups: dict[tuple[str, str], list[Found]] = {}
    for item in found:
        if domain := _domain(item.sentence, facts):
            groups.setdefault((item.section, domain), []).append(item)
    matched = {id(item): one for (_, domain), items in groups.items() for item, one in _matched(items, domain, facts)}
    for item in found:
        told.append(matched.get(id(item)) or Told(item))
    return tuple(_called_as(one, told, facts, text) for one in told)


def _called_as(one: Told, told: Sequence[Told], facts: Facts, text: str) -> Told:
    """A row of a table whose name is broken over lines: the nearest name before it of those told elsewhere."""
    domain = _domain(one.found.sentence, facts)
    other = facts.declaration.domains[domain].named_as if domain else ""
    if not other:
        return one
    before = text[max(one.found.start - LONGEST_ROW, 0) : one.found.start]
    names = {each.key for each in told if each.key and _domain(each.found.sentence, facts) == other}
    near = max((name for name in names if name in before), key=before.rfind, default=None)
    return one._replace(key=near) if near else one


def same_name(said: str, name: str) -> bool:
    """“一般公共服务（类）支出” leaves out the 支出 of the name."""
    return spelled_alike(said.removesuffix("支出"), name.removesuffix("支出"))


def _domain(sentence: Sentence, facts: Facts) -> str:
    return sentence.each if sentence.each in facts.declaration.domains else ""


def _matched(items: list[Found], domain: str, facts: Facts) -> Iterable[tuple[Found, Told]]:
    entries = list(facts.entries(domain))
    left = list(entries)
    doubtful: list[Found] = []
    for order, item in enumerate(items):
        names = _names(item, domain, facts)
        if not names:
            yield item, Told(item, f"第{order + 1}行")
            continue
        entry = next((one for one in entries if all(same_name(said.text, _called(one, said)) for said in names)), None)
        if entry is None and entries:
            doubtful.append(item)
        elif entry is None:
            yield item, Told(item, names[-1].text)
        else:
            left = [one for one in left if one is not entry]
            yield item, Told(item, entry.key)
    for item in doubtful:
        names = _names(item, domain, facts)
        best = max(left, key=lambda one: _likeness(item, names, one, facts), default=None)
        if best is None or not _likeness(item, names, best, facts):
            yield item, Told(item, names[-1].text, known=False)
            continue
        left.remove(best)
        wrong = tuple((said, _called(best, said)) for said in names if not same_name(said.text, _called(best, said)))
        yield item, Told(item, best.key, wrong)


def _names(item: Found, domain: str, facts: Facts) -> list[Mention]:
    return [mention for mention in item.mentions if facts.declaration.name_slots.get(mention.slot.quantity) == domain]


def _called(entry: Entry, said: Mention) -> str:
    return dict(entry.names).get(said.slot.quantity, "")


def _likeness(item: Found, names: list[Mention], entry: Entry, facts: Facts) -> int:
    """How many names agree, an amount that agrees counting for two."""
    alike = sum(same_name(said.text, _called(entry, said)) for said in names)
    for mention in item.mentions:
        quantity = facts.declaration.quantities.get(mention.slot.quantity)
        if quantity and quantity.cell and quantity.kind == "amount" and not mention.slot.words:
            fact = facts.given(quantity.id, entry.key)
            if fact and abs(printed(fact.value, "amount") - read_number(mention.text, "amount")) < WAN_STEP:
                alike += 2
    return alike
