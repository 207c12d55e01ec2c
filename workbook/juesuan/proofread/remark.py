"""What is said of a text: a finding and the passage it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from juesuan.book import Book
from juesuan.evidence import note
from juesuan.proofread.blame import Blame
from juesuan.proofread.compare import Difference
from juesuan.proofread.document import Document, Passage
from juesuan.rules import Finding, Rule
from juesuan.wording import cell_name

ORDER = {"error": 0, "warning": 1, "info": 2}


class Remark(NamedTuple):
    """`finding` has no place in a workbook; its cells are those the text was compared with."""

    finding: Finding
    passage: Passage | None


def remarks(
    differences: Iterable[Difference],
    rules: dict[str, Rule],
    document: Document,
    book: Book | None,
    blame: Blame | None = None,
) -> tuple[Remark, ...]:
    """Worst first, then in the order of the text. `blame` says whether the text or a cell is wrong."""
    found = [_remark(item, rules[item.rule], document, book, blame) for item in differences]
    return tuple(
        sorted(found, key=lambda item: (ORDER[item.finding.level], item.passage.start if item.passage else -1))
    )


def _remark(item: Difference, rule: Rule, document: Document, book: Book | None, blame: Blame | None) -> Remark:
    found, mention = item.told.found, item.mention
    span = (mention.start, mention.end) if mention else (found.start, found.end)
    passage = document.passage(found.section, *span)
    level = "info" if item.tail or (item.mild and rule.code == "TXT013") else "warning" if item.mild else rule.level
    cells = tuple(cell for cell in (item.basis.cells if item.basis else ()) if book and book.holds(cell))
    compared = f"对照：{'、'.join(cell_name(book, cell) for cell in cells[:3])}。" if book and cells else ""
    if level == "error" and blame and blame.is_balanced(item):
        level = "warning"
    advice = "尾差由四舍五入而来，不用改。" if item.tail else (blame and blame.advice(item)) or rule.advice
    message = (
        f"{where(passage)}：{item.words}{compared}原文：“{passage.quote}”依据：{rule.title}（{rule.code}）。{advice}"
    )
    amounts = (item.actual, item.expected) if item.kind == "amount" else (None, None)
    status: Literal["fail", "tail", "note"] = "tail" if item.tail else "note" if level == "info" else "fail"
    return Remark(
        Finding(rule.code, level, status, None, message, tuple(note(cell) for cell in cells), *amounts), passage
    )


def where(passage: Passage) -> str:
    """“一、收入支出决算总体情况说明”第 12 页; in files without pages, the line or the paragraph."""
    if passage.aside:
        return f"“{passage.section}”{passage.aside}" if passage.section != passage.aside else passage.aside
    place = f"第 {passage.page} 页" if passage.page else f"第 {passage.line} 行"
    return f"“{passage.section}”{place if passage.paragraph is None else f'第 {passage.paragraph + 1} 段'}"


def absences(titles: Iterable[str], rule: Rule) -> Iterator[Remark]:
    for title in titles:
        message = f"没有找到“{title}”这一节。依据：{rule.title}（{rule.code}）。{rule.advice}"
        yield Remark(Finding(rule.code, rule.level, "fail", None, message), None)
