"""One cell explained: every relation it takes part in with both sides' values, and what a try would leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from juesuan.book import Book, Cell, Key
from juesuan.bounds import Outcome, judge
from juesuan.check import Checked, check
from juesuan.money import WAN_STEP, YUAN_STEP, grouped
from juesuan.relations import Relation, relate
from juesuan.rules import Catalogue
from juesuan.wording import amount, cell_name, sum_text

_NAMES = {"passed": "相符", "tail": "尾差", "balanced": "核实", "failed": "不符", "inapplicable": "不适用"}
_BAD = ("failed", "balanced")
_MOST_TERMS = 12
_COMPARED = {"=": "＝", ">=": "≥", "<=": "≤", ">": "＞"}
_SIGNS = {"=": "应等于", ">=": "应不小于", "<=": "应不大于", ">": "应大于"}


def as_text(book: Book, cell: Cell, catalogue: Catalogue, fen: int | None = None) -> str:
    """The relations of a cell, worst first; with `fen`, an amount in 分, also what remains if the cell took it."""
    checked = check(book, catalogue)
    book = checked.book
    lines = [f"{cell_name(book, cell)}现为 {amount(cell.fen, book)}", *_suspicion(checked, cell), ""]
    lines += _relations(book, cell, catalogue, checked.together.joint.witness or {})
    if fen is not None:
        lines += ["", *_tried(checked, cell, catalogue, fen)]
    return "\n".join(lines) + "\n"


def _suspicion(checked: Checked, cell: Cell) -> Iterator[str]:
    from juesuan.locate.sentences import culprit_sentence

    for culprit in checked.culprits:
        named = [suspect.cell.key for suspect in culprit.suspects]
        others = [suspect.cell.key for suspects in culprit.alternatives for suspect in suspects]
        if cell.key in named:
            yield f"起因在这里：{culprit_sentence(culprit, checked.book)}"
        elif cell.key in others:
            yield f"也可能错在这里：{culprit_sentence(culprit, checked.book)}"


def _relations(book: Book, cell: Cell, catalogue: Catalogue, witness: Mapping[Key, int]) -> Iterator[str]:
    outcomes = _outcomes(book, cell, catalogue)
    bad = sum(outcome.verdict in _BAD for outcome in outcomes)
    if not outcomes:
        yield "没有哪条关系用到这一格。"
        return
    yield f"这一格参与 {len(outcomes)} 条关系，{f'不相符 {bad} 条' if bad else '没有不相符的'}："
    for outcome in outcomes:
        yield from _relation(outcome, book)
        if outcome.verdict == "tail" and all(
            book.holds(other) and other.key in witness for other in outcome.relation.cells
        ):
            yield f"    例如准确金额（元）是 {_exactly(outcome.relation, witness)}，各格四舍五入后正是现在的数"


def _exactly(relation: Relation, witness: Mapping[Key, int]) -> str:
    """A relation between exact amounts in 元 that the joint verdict found, those that are nothing left out."""
    terms = [(sign, witness[cell.key]) for sign, cell in relation.terms if witness[cell.key]]
    words = [f"{'＋' if sign > 0 else '－'}{grouped(fen, '元')}" for sign, fen in terms[:_MOST_TERMS]]
    more = f"＋……共 {len(terms)} 项" if len(terms) > _MOST_TERMS else ""
    compared = _COMPARED[relation.rule.comparison.operator if relation.rule.comparison else "="]
    right = "".join(words).removeprefix("＋") or "0.00"
    return f"{grouped(witness[relation.target.key], '元')}{compared}{right}{more}"


def _relation(outcome: Outcome, book: Book) -> Iterator[str]:
    relation = outcome.relation
    rule, target = relation.rule, relation.target
    sign = _SIGNS[rule.comparison.operator if rule.comparison else "="]
    yield f"【{_NAMES[outcome.verdict]}】{rule.code} {rule.title}"
    yield f"    左边 {amount(target.fen, book)}：{cell_name(book, target)}"
    right = sum_text(relation, book)
    yield f"    {sign} {amount(outcome.expected, book)}" + (f"：{right.lstrip('＝')}" if right else "")
    if outcome.difference:
        limit = f"，尾差至多 {amount(outcome.bound, book)}" if outcome.verdict != "passed" else ""
        yield f"    相差 {amount(outcome.difference, book)}{limit}"


def _tried(checked: Checked, cell: Cell, catalogue: Catalogue, fen: int) -> Iterator[str]:
    book = checked.book
    tried = _typed(cell, fen, book)
    altered = book.with_cells({cell.key: tried})
    after = check(altered, catalogue)
    bad = [outcome for outcome in _outcomes(altered, tried, catalogue) if outcome.verdict in _BAD]
    yield f"如果这一格是 {amount(fen, book)}："
    yield f"  它参与的关系{f'仍有 {len(bad)} 条不相符' if bad else '没有不相符的'}。"
    for outcome in bad:
        where = f"{outcome.relation.rule.code} {cell_name(altered, outcome.relation.target)}"
        yield f"    {where}，相差 {amount(outcome.difference, book)}"
    errors, warnings = (f"{checked.counts[name]} 条变为 {after.counts[name]} 条" for name in ("failed", "warning"))
    yield f"  全账的错误由 {errors}，核实由 {warnings}。"
    if after.together.joint.feasible:
        yield "  各表合起来说得通。"
    for culprit in after.culprits:
        from juesuan.locate.sentences import culprit_sentence

        yield f"  还有一处起因：{culprit_sentence(culprit, altered)}"


def _typed(cell: Cell, fen: int, book: Book) -> Cell:
    """The cell as it would be read if the amount were typed into it."""
    step = YUAN_STEP if book.currency == "元" or fen % WAN_STEP else WAN_STEP
    return cell._replace(fen=fen, step=step, state="given", raw="", tidy=None, span=None)


def _outcomes(book: Book, cell: Cell, catalogue: Catalogue) -> list[Outcome]:
    """What becomes of the relations a cell takes part in, worst first."""
    rank = list(reversed(_NAMES))
    stated = relate(catalogue, book).relations
    found = [judge(relation) for relation in stated if any(other.key == cell.key for other in relation.cells)]
    return sorted(found, key=lambda outcome: rank.index(outcome.verdict))
