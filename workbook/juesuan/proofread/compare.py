"""What a text says against what is known: each figure, share, direction and name, and text against text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan.money import round_fen
from juesuan.narrative.declaration import NUMBERS, Quantity
from juesuan.narrative.facts import Fact, Facts, Name, as_printed, printed
from juesuan.proofread.entries import Told
from juesuan.proofread.numbers import precision_of, read_number, show_number
from juesuan.proofread.patterns import Mention

DEFAULT_RULES = {"amount": "TXT001", "percent": "TXT002", "count": "TXT024", "score": "TXT024"}
TWICE = "TXT024"
CHANGE = "TXT005"


class Difference(NamedTuple):
    """One thing that does not agree: which rule, where, what stands there, what should, and why.

    `tail`: rounding explains it; `mild`: one in the last place, or nothing to mend. Numbers are those of `Facts`.
    """

    rule: str
    told: Told
    mention: Mention | None
    words: str
    actual: int | None = None
    expected: int | None = None
    kind: str = ""
    basis: Fact | None = None
    tail: bool = False
    mild: bool = False


class Said(NamedTuple):
    quantity: Quantity
    key: str | None
    mention: Mention
    told: Told
    value: int

    @property
    def name(self) -> Name:
        return self.quantity.id, self.key


def compare(told: Sequence[Told], facts: Facts) -> Iterator[Difference]:
    """All that differs, in the order of the text.

    What is not given, and a change of what is not, is taken from where it is said first.
    """
    said = numbers(told, facts)
    first: dict[tuple[str, str | None], Said] = {}
    directions = _directions(told, facts)
    worked_out = {item.name for item in said if item.quantity.rule == CHANGE and facts.otherwise(*item.name)}
    for item in said:
        name = item.name
        if facts.given(*name) is None and name not in worked_out and name not in first:
            first[name] = item
            falls = directions.get(name, True) is False
            facts.said[name] = -item.value if falls else item.value
    for one in told:
        if one.found.flat and one.found.sentence.by:
            facts.said.setdefault(facts.name(one.found.sentence.by, one.key), 0)
    for item in said:
        yield from _number(item, first, facts)
    for one in told:
        yield from _directed(one, facts, directions)
        yield from _named(one)
        yield from _terms(one, facts, told)
        yield from _grades(one, facts)
    yield from _limits(said, facts)
    yield from _rises(said, facts)


class Tally(NamedTuple):
    """Numbers that agree with what they were compared with, and those said once of which nothing else is known."""

    agreeing: int
    alone: int


def tally(told: Sequence[Told], facts: Facts, differences: Sequence[Difference]) -> Tally:
    said = numbers(told, facts)
    times = Counter((item.quantity.id, item.key) for item in said)
    wrong = {(item.mention.start, item.mention.end) for item in differences if item.mention}
    agreeing = alone = 0
    for item in said:
        name = item.quantity.id, item.key
        if times[name] == 1 and facts.otherwise(*name) is None:
            alone += 1
        elif (item.mention.start, item.mention.end) not in wrong:
            agreeing += 1
    return Tally(agreeing, alone)


def numbers(told: Sequence[Told], facts: Facts) -> list[Said]:
    """Every figure the text gives for a quantity, in its order."""
    return [item for one in told for item in _numbers(one, facts)]


def _numbers(one: Told, facts: Facts) -> Iterator[Said]:
    for mention in one.found.mentions:
        quantity = facts.declaration.quantities[mention.slot.quantity]
        if quantity.kind in NUMBERS and not mention.slot.words:
            _, key = facts.name(quantity.id, one.key)
            yield Said(quantity, key, mention, one, read_number(mention.text, quantity.kind))


def _directions(told: Sequence[Told], facts: Facts) -> dict[tuple[str, str | None], bool]:
    """Which way each change is first said to go."""
    found: dict[tuple[str, str | None], bool] = {}
    for one in told:
        for mention in one.found.mentions:
            if mention.slot.words:
                found.setdefault(facts.name(mention.slot.quantity, one.key), mention.points_up)
    return found


def _number(item: Said, first: dict[tuple[str, str | None], Said], facts: Facts) -> Iterator[Difference]:
    quantity, key = item.quantity, item.key
    basis = facts.otherwise(quantity.id, key)
    rule = quantity.rule or DEFAULT_RULES[quantity.kind]
    earlier = first.get((quantity.id, key))
    if basis is None and facts.is_of_nothing(quantity, key):
        words = f"“{quantity.title}”的分母为零，不写百分比。"
        yield Difference("TXT013", item.told, item.mention, words, mild=quantity.blank == item.mention.text)
    elif basis is None and earlier is not None and earlier is not item:
        basis = Fact(earlier.value, earlier.value, earlier.value, "said")
        rule = TWICE
    if basis is None:
        return
    should, low, high = (printed(number, quantity.kind) for number in (basis.value, basis.low, basis.high))
    if quantity.id in facts.declaration.directed:
        should, low, high = abs(should), *_sizes(low, high)
    if item.value == should:
        return
    tail = basis.source == "formula" and not quantity.same and low <= item.value <= high
    words = (
        f"“{quantity.title}”写 {show_number(item.value, quantity.kind)}，"
        f"{_by(basis)}应为 {show_number(should, quantity.kind)}"
    )
    if quantity.kind in ("amount", "count"):
        words += f"，相差 {show_number(item.value - should, quantity.kind)}"
    rounded = quantity.kind == "percent" and item.value == round_fen(should, precision_of(item.mention.text))
    if rounded:
        words += "；只写到这一位是对的，请写足两位小数"
    nearly = rounded or (quantity.kind == "percent" and abs(item.value - should) == 1)
    yield Difference(
        rule, item.told, item.mention, words + "。", item.value, should, quantity.kind, basis, tail, nearly
    )


def _sizes(low: int, high: int) -> tuple[int, int]:
    """The least and the greatest size of what lies between two numbers."""
    least = 0 if low < 0 < high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))


def _by(basis: Fact) -> str:
    return {"said": "另一处写的不同，", "formula": "按有关各数复算，", "given": ""}[basis.source]


def _directed(one: Told, facts: Facts, directions: dict[tuple[str, str | None], bool]) -> Iterator[Difference]:
    """增加 for a decrease; and 增加 with 下降 in one breath."""
    for mention in one.found.mentions:
        if not mention.slot.words:
            continue
        quantity = facts.quantity(mention.slot.quantity)
        fact = facts.otherwise(quantity.id, one.key)
        up = fact.value > 0 if fact and fact.value else directions[facts.name(quantity.id, one.key)]
        if mention.points_up != up:
            should = mention.slot.words[0 if up else 1]
            why = "前后说法相反" if not (fact and fact.value) else f"实际{'增加' if up else '减少'}"
            yield Difference("TXT004", one, mention, f"“{quantity.title}”写“{mention.text}”，{why}，应为“{should}”。")
    by = one.found.sentence.by
    if one.found.flat and by:
        fact = facts.otherwise(by, one.key)
        if fact and fact.value:
            shown = show_number(abs(fact.value), "amount")
            yield Difference("TXT004", one, None, f"写“持平”，“{facts.quantity(by).title}”实际为 {shown}。")


def _named(one: Told) -> Iterator[Difference]:
    for mention, name in one.misnamed:
        yield Difference("TXT010", one, mention, f"写“{mention.text}”，表中名称为“{name}”。")
    if not one.known:
        names = [mention for mention in one.found.mentions if mention.text == one.key]
        yield Difference("TXT010", one, names[0] if names else None, f"写到“{one.key}”，表中没有这一项，或其金额为零。")


def _terms(one: Told, facts: Facts, told: Sequence[Told]) -> Iterator[Difference]:
    """One amount called 全年预算 here and 年初预算 there."""
    for mention in one.found.mentions:
        quantity = facts.quantity(mention.slot.quantity)
        if quantity.kind == "term":
            first = next(
                other.text
                for earlier in told
                for other in earlier.found.mentions
                if other.slot.quantity == quantity.id and earlier.key == one.key
            )
            if mention.text != first:
                words = f"“{one.key}”的同一金额，这里称“{mention.text}预算”，另一处称“{first}预算”，请统一口径。"
                yield Difference(quantity.rule, one, mention, words)


def _grades(one: Told, facts: Facts) -> Iterator[Difference]:
    for mention in one.found.mentions:
        quantity = facts.quantity(mention.slot.quantity)
        should = facts.grade(quantity) if quantity.kind == "grade" else ""
        if should and mention.text != should:
            yield Difference(TWICE, one, mention, f"“{quantity.title}”写“{mention.text}”，按得分应为“{should}”。")


def _rises(said: Sequence[Said], facts: Facts) -> Iterator[Difference]:
    """An increase by more than there is now, so that there would have been less than nothing before."""
    for item in said:
        if item.quantity.kind == "amount" and item.quantity.rule == CHANGE:
            now, before = (facts.value(name, item.key) for name in item.quantity.difference)
            if now and before and now.value >= 0 > before.high:
                words = (
                    f"“{item.quantity.title}”写增加 {show_number(item.value, 'amount')}，比本年的还多，上年就成了负数。"
                )
                yield Difference(CHANGE, item.told, item.mention, words)


def _limits(said: Sequence[Said], facts: Facts) -> Iterator[Difference]:
    """A part that exceeds its whole; people without money, or money without people."""
    seen: set[tuple[str, str | None]] = set()
    for item in said:
        quantity = item.quantity
        other = quantity.within or quantity.with_
        if not other or (quantity.id, item.key) in seen:
            continue
        seen.add((quantity.id, item.key))
        fact = facts.value(other, item.key)
        if fact is None:
            continue
        title, shown = facts.quantity(other).title, show_number(fact.value, facts.quantity(other).kind)
        now = f"“{quantity.title}”为 {show_number(item.value, quantity.kind)}，“{title}”为 {shown}"
        if quantity.within and as_printed(item.value, quantity.kind, "said").low > fact.high:
            yield Difference(quantity.rule or "TXT025", item.told, item.mention, f"{now}，部分大于整体。")
        if quantity.with_ and (item.value == 0) != (fact.value == 0):
            yield Difference(quantity.rule or "TXT025", item.told, item.mention, f"{now}，应同时有数或同时为零。")
