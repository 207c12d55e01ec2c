"""Findings beside the 说明 of the clerk: which are answered, which 说明 no longer hold, which serve nothing.

A 说明 answers a finding of its rule, row and figures. What the figures were when it was written must be what they are:
it says why they are so, and of others it says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from juesuan.explanation import SOURCES, Explanation
from juesuan.hierarchy import code_of
from juesuan.model import plain_label
from juesuan.money import FEN_PER, round_fen, to_text
from juesuan.wording import amount, row_name

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.rules import Catalogue, CellNote, Finding


LONGEST = 400
"""Characters of a 说明 that are repeated in a message."""
ASKED = "核实事项："
"""How the line of a note begins that names what is to be explained."""
_ASKED = re.compile(r"([A-Z]+\d+)(?: (-?\d+\.\d+))?(?:（应为 (-?\d+\.\d+)）)?")
_MOVING = re.compile(r"[A-Za-z0-9]+")
"""What changes in a message when rows are inserted: addresses and numbers of rows."""


State = Literal["used", "stale", "refused", "unused"]
STATES: dict[State, str] = {"used": "已采用", "stale": "已失效", "refused": "错误要改正", "unused": "用不上"}


class Question(NamedTuple):
    """What is to be explained: a finding, as a 说明 names it. Amounts in 分; '' and None where it has none."""

    rule: str
    table: str
    row: str
    field: str
    amount: int | None
    expected: int | None


def question(finding: Finding, book: Book) -> Question:
    cell = _told_of(finding)
    if cell is None or not cell.table:
        sheet = finding.place.sheet if finding.place else ""
        return Question(finding.rule, sheet, "", "", finding.actual, finding.expected)
    now = cell.value if finding.actual is None else finding.actual
    return Question(finding.rule, *names(book, cell.table, cell.row, cell.field), now, finding.expected)


def names(book: Book, table_id: str, row: str | None, field_id: str | None) -> tuple[str, str, str]:
    """Table, row and column as the clerk calls them; '' for what is not told."""
    table = book.edition.table(table_id)
    assert table is not None
    field = table.field(field_id) if field_id else None
    side = table.side_heading(row, field_id) if row and field_id else ""
    return table.name, side + row_name(book, table_id, row) if row else "", field.title if field else ""


def open_questions(findings: Iterable[Finding], book: Book) -> list[tuple[Question, Finding]]:
    """What is to be verified and not yet explained; what two findings ask in the same words, once."""
    asked = {
        question(item, book): item for item in reversed([*findings]) if item.level == "warning" and not item.answer
    }
    return list(asked.items())[::-1]


def line_of(questions: Iterable[Question], book: Book) -> str:
    """Questions in a line of a note, below which they may be answered: “核实事项：X051 68.42（应为 54.43）”."""
    return ASKED + "；".join(dict.fromkeys(asked(each, book) for each in questions))


def asked(each: Question, book: Book) -> str:
    """One of them as it stands in that line."""
    shown = "" if each.amount is None else f" {to_text(each.amount, book.currency)}"
    return f"{each.rule}{shown}" + (
        "" if each.expected is None else f"（应为 {to_text(each.expected, book.currency)}）"
    )


def asked_in(line: str) -> list[tuple[str, str, str]]:
    """Rule, amount and what it should be, as written, of the questions in such a line."""
    return [match.groups("") for match in _ASKED.finditer(line)]  # type: ignore[misc]


def answered(findings: Sequence[Finding], book: Book, catalogue: Catalogue) -> list[Finding]:
    """The same findings, each with what was said about it; errors only where their rule is overridden."""
    told = [_overridden(item, catalogue) for item in findings]
    became = states(told, book)
    return [_answered(item, book, became) for item in told]


def states(findings: Iterable[Finding], book: Book) -> dict[Explanation, State]:
    """What becomes of each 说明: one serves nothing where nothing is asked, or another answers it."""
    asked = [item for item in findings if item.level != "info"]
    open_ = [item for item in asked if item.level == "warning" and not item.overridden]
    used = {each for each in book.explanations if any(_answers(each, item, book) for item in open_)}
    left = [item for item in open_ if not any(_answers(each, item, book) for each in used)]

    def state(each: Explanation) -> State:
        if each in used:
            return "used"
        if any(_regards(each, item, book) for item in left):
            return "stale"
        errors = (item for item in asked if item not in open_)
        return "refused" if any(_regards(each, item, book) for item in errors) else "unused"

    return {each: state(each) for each in book.explanations}


def answers_to(findings: Iterable[Finding], book: Book) -> dict[Explanation, Finding]:
    """Each 说明 that answers something, with what it answers first."""
    asked = [*findings]
    found = {each: next((item for item in asked if _answers(each, item, book)), None) for each in book.explanations}
    return {each: item for each, item in found.items() if item}


def standing(findings: Iterable[Finding]) -> str | None:
    """How far what is to be verified has been explained; None where nothing was said."""
    warnings = [item for item in findings if item.level == "warning"]
    overridden = sum(item.overridden for item in warnings)
    explained = sum(bool(item.answer) for item in warnings) - overridden
    left = len(warnings) - explained - overridden
    parts = [f"已说明 {explained} 条"] if explained else []
    parts += [f"放行错误 {overridden} 条"] if overridden else []
    return "，".join([*parts, f"还有 {left} 条待说明" if left else "没有待说明的"]) if parts else None


def reason_about(book: Book, rules: str, table: str, row: str) -> str:
    """What was written about a row of a table for rules whose codes begin so, as far as its figures are still those."""
    for item in book.explanations:
        cells = book.lines.get(table, {}).get(row, {}).values()
        named = item.rule.startswith(rules) and item.table and item.row and item.amount is not None
        if named and _names_table(item.table, table, book) and _names_row(item.row, table, row, book):
            here = [cell for cell in cells if not item.field or _names_field(item.field, table, cell.field, book)]
            if any(_same(item.amount, cell.fen, book) for cell in here):
                return item.text.rstrip("。")
    return ""


def described(item: Explanation, book: Book) -> str:
    """“YOY001 公开01表 年初结转和结余 12.34”."""
    figures = "" if item.amount is None else amount(item.amount, book)
    return " ".join(filter(None, (item.rule, item.table, item.row, item.field, figures)))


def _overridden(item: Finding, catalogue: Catalogue) -> Finding:
    if item.level != "error":
        return item
    for code, reason in catalogue.overrides:
        if item.rule.startswith(code):
            said = f"{item.message}已放行，没有改正。理由：{_sentence(reason)}"
            return item._replace(level="warning", message=said, answer=reason, overridden=True)
    return item


def _answered(item: Finding, book: Book, became: Mapping[Explanation, State]) -> Finding:
    if item.overridden or item.level == "info":
        return item
    about = [each for each in book.explanations if _regards(each, item, book)]
    if item.level == "error":
        return item._replace(message=f"{item.message}错误要改正，不能用说明代替。") if about else item
    if answers := [each for each in about if _answers(each, item, book)]:
        texts = dict.fromkeys(" ".join(each.text.split()) for each in answers)
        sources = "、".join(dict.fromkeys(SOURCES[each.source] for each in answers))
        said = "；".join(text.rstrip("。") for text in texts)
        return item._replace(message=f"{item.message}已说明（{sources}）：{_sentence(said)}", answer=said)
    stale = [each for each in about if became[each] == "stale"]
    return item._replace(message=item.message + _lost(stale[-1], item, book)) if stale else item


def _lost(item: Explanation, finding: Finding, book: Book) -> str:
    """Why a 说明 about a finding does not answer it."""
    now = question(finding, book)
    if now.amount is None and item.amount is None:
        return f"说明已失效：写说明时不是这个问题，请重新说明。原说明：{_sentence(item.text)}"
    if item.amount is None:
        return f"说明没有写金额，没有采用（应写 {amount(now.amount, book)}）：{_sentence(item.text)}"
    if now.amount is None and not now.field:
        return f"说明写了金额 {amount(item.amount, book)}，没有采用（这个问题没有金额，不要写）：{_sentence(item.text)}"
    was = _figures(item.amount, item.expected if now.expected is not None else None, book)
    shown = _figures(now.amount, now.expected if item.expected is not None else None, book)
    return f"说明已失效：写说明时为{was}，现为{shown}，请重新说明。原说明：{_sentence(item.text)}"


def _figures(fen: int | None, expected: int | None, book: Book) -> str:
    shown = "空白" if fen is None else f" {amount(fen, book)}"
    return shown if expected is None else f"{shown}（应为 {amount(expected, book)}）"


def _answers(item: Explanation, finding: Finding, book: Book) -> bool:
    if finding.level != "warning" or not _regards(item, finding, book):
        return False
    now = question(finding, book)
    if now.amount is None and item.about and _gist(item.about) != _gist(finding.message):
        return False
    return _same(item.amount, now.amount, book) and (item.expected is None or _same(item.expected, now.expected, book))


def matter(message: str) -> str:
    """What a message says is the matter, without what it rests on and what to do."""
    return message.partition("依据：")[0]


def _gist(message: str) -> str:
    return _MOVING.sub("", _spelled(matter(message)))


def _same(one: int | None, other: int | None, book: Book) -> bool:
    """Whether two amounts are printed alike, with two decimals."""
    if one is None or other is None:
        return one is other
    step = FEN_PER[book.currency] // 100
    return round_fen(one, step) == round_fen(other, step)


def _regards(item: Explanation, finding: Finding, book: Book) -> bool:
    """Whether it is about this, whatever the figures. What is found of a row is answered by that row's name alone."""
    if item.rule != finding.rule:
        return False
    cell = _told_of(finding)
    if cell is None or not cell.table:
        return not item.row and _spelled(item.table) == _spelled(finding.place.sheet if finding.place else "")
    return (
        (not item.table or _names_table(item.table, cell.table, book))
        and (_names_row(item.row, cell.table, cell.row, book) if cell.row else not item.row)
        and (not item.field or not cell.field or _names_field(item.field, cell.table, cell.field, book))
    )


def _told_of(finding: Finding) -> CellNote | None:
    """The cell among those of a finding that it stands at."""
    at = [cell for cell in finding.cells if cell.place == finding.place]
    return next(iter(at or finding.cells), None)


def _names_table(text: str, table_id: str, book: Book) -> bool:
    table, sheet = book.edition.table(table_id), book.sheet(table_id)
    names = [*(table.names if table else ()), *([sheet.name] if sheet else ())]
    return _spelled(text) in map(_spelled, names)


def _names_row(text: str, table_id: str, row: str, book: Book) -> bool:
    table, typed, code = book.edition.table(table_id), _spelled(text), code_of(row)
    name = row_name(book, table_id, row)
    headings = [side.heading for side in table.sides] if table else []
    names = [row, code, name, name.removeprefix(code), *(heading + name for heading in headings)]
    digits = typed[: len(typed) - len(typed.lstrip("0123456789"))]
    return bool(typed) and (
        digits == code or typed in map(_spelled, names) or _spelled(plain_label(text)) == _spelled(name)
    )


def _names_field(text: str, table_id: str, field_id: str, book: Book) -> bool:
    table = book.edition.table(table_id)
    field = table.field(field_id) if table else None
    return _spelled(text) in map(_spelled, [field_id, *([field.title] if field else [])])


def _spelled(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
    return text if text.endswith(("。", "！", "？")) else f"{text}。"
