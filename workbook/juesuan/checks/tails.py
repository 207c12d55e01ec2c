"""尾差: differences that rounding explains, told once a table and never as an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from juesuan.bounds import Outcome
from juesuan.evidence import Evidence, finding, note
from juesuan.rules import CellNote, Finding, Rule
from juesuan.wording import amount, few, row_name


def rounding_tails(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """One info finding a table, at its largest 尾差, with every one of them among its cells."""
    book = evidence.book
    tails = _tails(evidence)
    for table in book.edition.tables:
        if not (found := tails.get(table.id)):
            continue
        largest = max(found, key=lambda outcome: abs(outcome.difference))
        rows = list(dict.fromkeys(row_name(book, table.id, outcome.relation.target.row) for outcome in found))
        most = amount(abs(largest.difference), book)
        where = f"{table.name}的 {_cells(found)} 格有四舍五入尾差（{few(rows)}）"
        message = f"{where}，最大 {most}，都在可能的范围内。{rule.advice}"
        yield Finding(
            rule.code,
            rule.level,
            "tail",
            largest.relation.target.place,
            message,
            tuple(_note(outcome) for outcome in found),
            largest.relation.target.fen,
            largest.expected,
            largest.bound,
        )


def tail_not_noted(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Tables with 尾差 whose note does not say so, as that of the form does.

    A book without any notes is told about the notes instead.
    """
    if not any(sheet.notes for sheet in evidence.book.sheets.values()):
        return
    tails = _tails(evidence)
    for sheet in evidence.sheets(rule):
        found = tails.get(sheet.table.id)
        if found and mentions_rounding((sheet.table.note,)) and not mentions_rounding(sheet.notes):
            message = f"{sheet.table.name}的 {_cells(found)} 格有尾差，附注没有写明“因四舍五入可能存在尾差”。"
            yield finding(rule, sheet.spot("note"), message)


def _tails(evidence: Evidence) -> dict[str, list[Outcome]]:
    """尾差 by table."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in evidence.outcomes:
        if outcome.verdict == "tail":
            found[outcome.relation.target.table].append(outcome)
    return found


def _cells(found: Iterable[Outcome]) -> int:
    """How many cells; one may stand in several relations."""
    return len({outcome.relation.target.place for outcome in found})


def _note(outcome: Outcome) -> CellNote:
    target = outcome.relation.target
    return note(target)._replace(
        rule=outcome.relation.rule.code, actual=target.fen, expected=outcome.expected, bound=outcome.bound
    )


def mentions_rounding(notes: Iterable[str]) -> bool:
    """Whether a note below a table says that it may have 尾差."""
    return any(word in text for text in notes for word in ("尾差", "尾数", "四舍五入"))


CHECKS = (rounding_tails, tail_not_noted)
