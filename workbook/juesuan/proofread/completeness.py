"""What a text should say and does not, says twice, or should not say: items, names, conditions, years, gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from juesuan.narrative.declaration import Sentence, Slot
from juesuan.narrative.facts import Facts
from juesuan.narrative.listing import Entry
from juesuan.proofread.compare import Difference
from juesuan.proofread.document import Document
from juesuan.proofread.entries import Told, same_name
from juesuan.proofread.numbers import read_number, show_number
from juesuan.proofread.patterns import Mention
from juesuan.proofread.reading import NUMERALS, Found, Reading
from juesuan.proofread.word_layer import HEADERS

_PLACEHOLDER = re.compile(
    r"[XxＸ]{2,}|[×✕]{2,}|[*＊]{2,}|[_＿]{2,}|[□]{2,}|(?<![\d.])[XxＸ×✕](?=万元|元|%|年|[个人辆台项次分])|【待填[^】]*】"
)
_YEAR = re.compile(r"(?<![\d.,])(?:\d{4}|2\d\d|20\d{3})(?=年)")
"""A year, also with a digit too few or too many; not the number of a page before one."""
FOUNDED = 1949
_TAIL_NOTE = ("尾数误差", "尾差", "四舍五入")
WHOLE = 10_000
LONGEST_REASON = 200


def complete(told: Sequence[Told], reading: Reading, document: Document, facts: Facts) -> Iterator[Difference]:
    yield from _items(told, reading, document, facts)
    yield from _orders(told, reading)
    yield from _headings(reading, document)
    yield from _lists(told, facts)
    yield from _conditions(told, facts)
    yield from _reasons(told, document, facts)
    yield from _counts(told, facts)
    yield from _shares(told, reading, document, facts)
    yield from _years(reading, document, facts)
    yield from _placeholders(reading, document)


def _at(section: str, start: int, end: int, text: str) -> tuple[Told, Mention]:
    """A place in the text of which no declared sentence speaks."""
    mention = Mention(Slot("order"), text, start, end)
    return Told(Found(section, Sentence((text,)), (mention,), start, end)), mention


def _items(told: Sequence[Told], reading: Reading, document: Document, facts: Facts) -> Iterator[Difference]:
    """Every entry of a list once, in the section that tells of them. An attachment may name what it likes.

    One whose name stands in words that were not read is not called missing.
    """
    groups: dict[tuple[str, str], list[Told]] = {}
    sections = {title for title, _, _ in reading.sections}
    for one in told:
        if one.found.sentence.each in facts.declaration.domains and one.found.section in sections:
            groups.setdefault((one.found.section, one.found.sentence.each), []).append(one)
    for (section, domain), items in groups.items():
        rule, entries = facts.declaration.domains[domain].rule, facts.entries(domain)
        counts = Counter(one.key for one in items)
        unread = _unread(section, reading, document)
        for entry in entries:
            if entry.key not in counts and not _is_named(entry, unread):
                yield Difference(rule, items[-1], None, f"表中有{_called(entry)}，文字没有写到。")
        called: dict[str | None, str] = {entry.key: _called(entry) for entry in entries}
        for one in items:
            if counts[one.key] > 1 and entries and one is not next(each for each in items if each.key == one.key):
                name = called.get(one.key, f"“{one.key}”")
                yield Difference(rule, one, None, f"{name}写了 {counts[one.key]} 次，只写一次。")


def _called(entry: Entry) -> str:
    """What a clerk calls it: its names, and its code where it has one."""
    code = f"（{entry.key}）" if entry.key.isdigit() else ""
    return f"“{''.join(name for _, name in entry.names)}”{code}"


def _unread(section: str, reading: Reading, document: Document) -> str:
    """What of a section no sentence was found in."""
    first, last = next((start, end) for title, start, end in reading.sections if title == section)
    spans = sorted((item.start, item.end) for item in reading.found if item.section == section)
    ends = (first, *(end for _, end in spans))
    starts = (*(start for start, _ in spans), last)
    return "。".join(document.compact[end:start] for end, start in zip(ends, starts, strict=True))


def _is_named(entry: Entry, text: str) -> bool:
    """Whether a text gives the last name of an entry with a figure, or as that of a 项; one of no known name may be."""
    *_, (_, name) = entry.names
    if name.isdigit():
        return True
    spelled = "".join("[（(]" if char in "（(" else "[）)]" if char in "）)" else re.escape(char) for char in name)
    return (
        re.search(rf"{spelled.removesuffix('支出')}(?:支出)?(?:[（(]项[）)]|[^，。；;\d]{{0,12}}\d)", text) is not None
    )


def _orders(told: Sequence[Told], reading: Reading) -> Iterator[Difference]:
    """Items are numbered 1, 2, 3, as they follow each other in the text; behind figures not read, as they go on."""
    begins = {title: start for title, start, _ in reading.sections}
    numbered: dict[tuple[str, str], tuple[int, int]] = {}
    for one in sorted(told, key=lambda item: item.found.start):
        for mention in one.found.mentions:
            if mention.slot.quantity == "order" and mention.text.isdigit():
                group = (one.found.section, one.found.sentence.each)
                last, end = numbered.get(group, (0, begins.get(one.found.section, 0)))
                should, number = last + 1, int(normalize("NFKC", mention.text))
                if any(end <= start < one.found.start for _, start, _ in reading.unread):
                    should = number
                if number != should:
                    yield Difference("TXT007", one, mention, f"序号写“{mention.text}”，按顺序应为“{should}”。")
                numbered[group] = should, one.found.end


def _headings(reading: Reading, document: Document) -> Iterator[Difference]:
    """Sections are numbered 一, 二, 三; one left out is of a section that is absent or that nobody declared."""
    written, should, end = 0, 0, reading.part[0]
    for heading in reading.headings:
        if heading.number not in NUMERALS:
            continue
        number = NUMERALS.index(heading.number)
        between = (f"{numeral}、" in document.compact[end : heading.start] for numeral in NUMERALS[should + 1 : number])
        if number in (written + 1, should + 1) or (number > should and (reading.absent or all(between))):
            should = number
        else:
            should += 1
            one, mention = _at(heading.section, heading.start, heading.start + len(heading.number), heading.number)
            words = f"这一节的序号写“{heading.number}”，按顺序应为“{NUMERALS[should]}”。"
            yield Difference("TXT032", one, mention, words)
        written, end = number, heading.start


def _lists(told: Sequence[Told], facts: Facts) -> Iterator[Difference]:
    for one in told:
        for mention in one.found.mentions:
            quantity = facts.quantity(mention.slot.quantity)
            if quantity.kind != "names" or (should := facts.listed(quantity)) is None:
                continue
            said = [name for name in re.split("[、，,]", mention.text) if name]
            extra = [name for name in said if not any(same_name(name, other) for other in should)]
            missing = [name for name in should if not any(same_name(name, other) for other in said)]
            twice = [name for name, count in Counter(said).items() if count > 1]
            words = [
                f"{head}“{'、'.join(names)}”"
                for head, names in (("写了表中为零的", extra), ("漏写", missing), ("重复写了", twice))
                if names
            ]
            if words:
                yield Difference("TXT011", one, mention, f"“{quantity.title}”{'，'.join(words)}。")


def _conditions(told: Sequence[Told], facts: Facts) -> Iterator[Difference]:
    """“没有政府性基金……” while the table has amounts, or amounts while it has none."""
    for one in told:
        sentence = one.found.sentence
        fact = facts.value(sentence.zero) if sentence.zero else None
        if fact and fact.value:
            title, shown = facts.quantity(sentence.zero).title, show_number(fact.value, "amount")
            yield Difference("TXT012", one, None, f"“{title}”为 {shown}，文字的说法与此相反。")
        if table_id := sentence.empty or sentence.filled:
            amounts = facts.has_amounts(table_id)
            wrong = amounts if sentence.empty else amounts is False and not facts.calls_for(sentence)
            if wrong:
                table = facts.book.edition.table(table_id) if facts.book else None
                state = "有数据" if amounts else "没有数据"
                yield Difference(
                    "TXT012", one, None, f"{table.name if table else table_id}{state}，文字的说法与此相反。"
                )


def _reasons(told: Sequence[Told], document: Document, facts: Facts) -> Iterator[Difference]:
    """An item that differs from its budget is told with a reason, behind its figures and before the next item."""
    items = [one for one in told if one.found.sentence.each and one.found.sentence.by]
    starts = sorted(one.found.start for one in told)
    for one in items:
        change = facts.otherwise(one.found.sentence.by, one.key)
        following = next((start for start in starts if start > one.found.start), one.found.end + LONGEST_REASON)
        if change and change.value and "原因" not in document.compact[one.found.start : following]:
            shown = show_number(abs(change.value), "amount")
            yield Difference("TXT009", one, None, f"决算数与年初预算数相差 {shown}，没有写明原因。")


def _counts(told: Sequence[Told], facts: Facts) -> Iterator[Difference]:
    for quantity in facts.declaration.quantities.values():
        rows = [one for one in told if quantity.counts and one.found.sentence.each == quantity.counts]
        should = facts.value(quantity.same) if rows and quantity.same else None
        if should and should.value != len(rows):
            words = (
                f"“{quantity.title}”为 {len(rows)}，“{facts.quantity(quantity.same).title}”写 {should.value}，不一致。"
            )
            yield Difference(quantity.rule, rows[0], None, words, len(rows), should.value, "count")


def _shares(told: Sequence[Told], reading: Reading, document: Document, facts: Facts) -> Iterator[Difference]:
    """Shares of one whole that do not add up to 100.00: a tail, which the text should mention."""
    groups: dict[tuple[str, str], list[tuple[Told, Mention]]] = {}
    for one in told:
        for mention in one.found.mentions:
            quantity = facts.quantity(mention.slot.quantity)
            whole = facts.quantity(quantity.share[1]) if quantity.share and quantity.domain else None
            if one.found.sentence.each and quantity.kind == "percent" and whole and not whole.domain:
                groups.setdefault((one.found.section, quantity.id), []).append((one, mention))
    for (section, _), shares in groups.items():
        total = sum(read_number(mention.text, "percent") for _, mention in shares)
        if total == WHOLE or len(shares) < 2 or abs(total - WHOLE) > len(shares):
            continue
        first, last = next((start, end) for title, start, end in reading.sections if title == section)
        noted = any(word in document.compact[first:last] for word in _TAIL_NOTE)
        advice = "文中已注明存在尾数误差，不用改。" if noted else "请在文中注明“金额单位转换时，存在尾数误差”。"
        one, mention = shares[-1]
        words = f"各项占比相加为 {show_number(total, 'percent')}，因四舍五入不等于 100.00%。{advice}"
        yield Difference("TXT030", one, mention, words, total, WHOLE, "percent", tail=noted)


def _years(reading: Reading, document: Document, facts: Facts) -> Iterator[Difference]:
    """Years other than this one; last year may be named in a comparison, earlier ones as history.

    A 年度 long past is history only where money or a document comes from it.
    """
    year = facts.book.year if facts.book else None
    if year is None:
        return
    start, end = reading.part
    stated = {mention.start for one in reading.found for mention in one.mentions if mention.slot.quantity == "year"}
    places = {match.start(): match for match in _YEAR.finditer(document.compact, 0, end)}
    heads = [("第三部分", start, min((first for _, first, _ in reading.sections), default=end)), *reading.sections]
    heads += [(HEADERS, first, last) for first, last in document.asides(HEADERS)]
    for section, first, last in heads:
        for place, match in places.items():
            if not first <= place < last or int(match[0]) == year:
                continue
            around = document.compact[max(place - 12, 0) : match.end() + 12]
            compared = int(match[0]) == year - 1 and re.search("相比|比20|较20|与20|上年|增加|减少|成立|结转", around)
            carried = document.compact[match.end() + 1 : match.end() + 2] != "度" or re.search("结转|下达|印发", around)
            history = FOUNDED <= int(match[0]) < year - 1 and place not in stated and carried
            if not compared and not history and not _in_a_name(document.compact, match):
                one, mention = _at(section, *match.span(), match[0])
                why = "疑似沿用上年文字" if len(match[0]) == len(str(year)) else "多写或少写了数字"
                words = f"写“{match[0]}年”，本年度为 {year} 年，{why}。"
                yield Difference("TXT023", one, mention, words, int(match[0]), year, "year")


def _in_a_name(text: str, year: re.Match[str]) -> bool:
    """Whether a year stands in a name between quotation marks, as of a project; one of a 年度 does not."""
    quoted = text.rfind("“", 0, year.start()) > text.rfind("”", 0, year.start())
    return quoted and text[year.end() + 1 : year.end() + 2] != "度"


def _placeholders(reading: Reading, document: Document) -> Iterator[Difference]:
    for first, last in (reading.part, *document.asides(HEADERS)):
        for match in _PLACEHOLDER.finditer(document.compact, first, last):
            titles = (title for title, start, end in reading.sections if start <= match.start() < end)
            section = next(titles, "第三部分" if first == reading.part[0] else HEADERS)
            one, mention = _at(section, *match.span(), match[0])
            yield Difference("TXT022", one, mention, f"“{match[0]}”没有填写。")
