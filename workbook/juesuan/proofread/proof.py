"""Proofread one text against a book and its supplement: all remarks, what was not read, and the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from juesuan.book import Book
from juesuan.check import Verdict
from juesuan.narrative.declaration import Declaration, slots_of
from juesuan.narrative.facts import Facts
from juesuan.narrative.supplement import NOTHING, Supplement
from juesuan.proofread.blame import lay_blame
from juesuan.proofread.compare import DEFAULT_RULES, Difference, Said, Tally, compare, numbers, tally
from juesuan.proofread.completeness import complete
from juesuan.proofread.document import Document
from juesuan.proofread.entries import tell_apart
from juesuan.proofread.reading import Reading, read_narrative
from juesuan.proofread.remark import ORDER, Remark, absences, remarks
from juesuan.rules import NotChecked, Rule
from juesuan.together import Together

ABSENT = "TXT029"
LISTED = 6


class Proof(NamedTuple):
    """`counts`, by the words of `Checked.counts`: of them "not_applicable" are figures nothing could be compared with.

    `reason`: why it is not judged, or not passed.
    """

    document: Document
    book: Book | None
    verdict: Verdict
    reason: str | None
    counts: dict[str, int]
    remarks: tuple[Remark, ...]
    not_checked: tuple[NotChecked, ...]


def proofread(
    document: Document,
    book: Book | None,
    rules: tuple[Rule, ...],
    declaration: Declaration,
    supplement: Supplement = NOTHING,
    others: tuple[Difference, ...] = (),
    together: Together | None = None,
) -> Proof:
    """Compare a text with its book.

    `others`: differences found elsewhere, in the tables the document prints. `together`: how the laws of the book were
    judged; the figures of the text are judged with them, which says whether the text or a cell is wrong.
    """
    facts, reading = Facts(declaration, book, supplement), read_narrative(document, declaration)
    by_code = {rule.code: rule for rule in rules}
    if not reading.found:
        reason = "没有认出情况说明的任何一节，请确认文件是否为部门决算公开说明"
        return Proof(document, book, "unjudged", reason, _counts((), Tally(0, 0), ()), (), ())
    told = tell_apart(reading.found, facts, document.compact)
    differences = [*compare(told, facts), *complete(told, reading, document, facts), *others]
    blame = None
    if book and together:
        part = {section.title for section in declaration.sections}
        said = [item for item in numbers(told, facts) if item.told.found.section in part and _is_law(item, by_code)]
        blame = lay_blame(said, facts, book, together)
        differences += blame.untold(differences)
    found = (*absences(reading.absent, by_code[ABSENT]), *remarks(differences, by_code, document, book, blame))
    found = tuple(sorted(found, key=lambda item: ORDER[item.finding.level]))
    agreement = tally(told, facts, differences)
    not_checked = tuple(_not_checked(reading, document, facts))
    levels = {item.finding.level for item in found}
    verdict: Verdict = "fail" if "error" in levels else "warn" if "warning" in levels else "pass"
    why: str | None = None
    if verdict == "pass" and not_checked:
        verdict, why = "warn", f"有 {len(not_checked)} 项没有核对，列在最后，请自行核对"
    elif verdict == "pass" and any(item.finding.status == "tail" for item in found):
        verdict = "tail"
    return Proof(document, book, verdict, why, _counts(found, agreement, not_checked), found, not_checked)


def _is_law(item: Said, rules: dict[str, Rule]) -> bool:
    """Whether a figure must agree with its book, and not only should."""
    return rules[item.quantity.rule or DEFAULT_RULES[item.quantity.kind]].level == "error"


def _counts(found: tuple[Remark, ...], agreement: Tally, not_checked: tuple[NotChecked, ...]) -> dict[str, int]:
    levels = Counter(item.finding.level for item in found)
    tails = sum(item.finding.status == "tail" for item in found)
    return {
        "passed": agreement.agreeing,
        "tail": tails,
        "failed": levels["error"],
        "warning": levels["warning"],
        "not_applicable": agreement.alone,
        "not_checked": len(not_checked),
    }


def _not_checked(reading: Reading, document: Document, facts: Facts) -> Iterator[NotChecked]:
    """Sentences that were not found where the facts ask for them, and figures of which nothing was made."""
    missed: dict[str, list[str]] = {}
    for section, sentence in reading.missed:
        if not (sentence.optional or sentence.read_only) and facts.calls_for(sentence):
            slots = (facts.declaration.quantities.get(slot.quantity) for slot in slots_of(sentence.text))
            titles = [quantity.title for quantity in slots if quantity and quantity.kind != "year"]
            missed.setdefault(section, []).append(titles[0] if titles else "没有这项支出")
    for section, titles in missed.items():
        words = _listed(dict.fromkeys(titles))
        yield NotChecked("TXT001", f"“{section}”有 {len(titles)} 句没有认出，没有核对（写{words}的）")
    unread: dict[str, list[str]] = {}
    for section, start, end in reading.unread:
        unread.setdefault(section, []).append(document.compact[max(start - 8, 0) : end + 2])
    for section, places in unread.items():
        words = _listed(f"“{place}”" for place in places)
        yield NotChecked("TXT001", f"“{section}”有 {len(places)} 个数没有认出，没有核对：{words}")


def _listed(words: Iterable[str]) -> str:
    every = list(words)
    return "、".join(every[:LISTED]) + ("等" if len(every) > LISTED else "")
