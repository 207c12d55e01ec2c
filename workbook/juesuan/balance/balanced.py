"""A book in 元, or one in 万元 that has tails, as it is to be published: what becomes of every cell, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from juesuan.balance.apportion import apportioned
from juesuan.balance.figures import Figures, figures_of
from juesuan.balance.impossible import Impossible
from juesuan.balance.method import Method
from juesuan.balance.optimal import Controlled, controlled
from juesuan.book import Book, Cell, Key
from juesuan.bounds import Outcome, judge
from juesuan.check import Checked, check
from juesuan.errors import JuesuanError
from juesuan.model import SUPPLEMENT
from juesuan.money import WAN_STEP, YUAN_STEP, round_fen
from juesuan.narrative.supplement import supplement_forms
from juesuan.relations import Relation, relate
from juesuan.rules import Catalogue


class Change(NamedTuple):
    """A cell that is published otherwise than it is rounded by itself, or otherwise than it was printed.

    Amounts in 分: `cell.fen` the amount before, `rounded` what rounding makes of it, `fen` what is published.
    `relation`: one that would keep a tail without the change, None if it only goes along with others.
    """

    cell: Cell
    rounded: int
    fen: int
    relation: Relation | None


class Balanced(NamedTuple):
    """What balancing a book comes to.

    `before`, `after`: the book as read and as it is published; `written`: its cells whose number changes and, where
    any does, those that hold formulas; `changes`: those that rounding alone would not give; `tails`: relations that do
    not hold to the last digit; `proof`: why no values make all of them hold; `exact`: whether exact amounts were known.
    """

    before: Book
    after: Book
    method: Method
    exact: bool
    written: tuple[Cell, ...]
    changes: tuple[Change, ...]
    tails: tuple[Outcome, ...]
    proof: Impossible | None


def balance(book: Book, catalogue: Catalogue, method: Method = "none") -> Balanced:
    """Round a book to 0.01 万元. Raises JuesuanError for a book with errors, or one that cannot be judged."""
    checked = check(book, catalogue)
    _require_sound(checked)
    formulas = book.formulas | {key for key, cell in checked.book.cells.items() if cell.state == "uncached"}
    book = _settled(checked.book)
    counted = _counted(book)
    outcomes = [judge(item) for item in relate(catalogue, book).relations if _is_linear(item, counted)]
    disputed = {_name(outcome.relation) for outcome in outcomes if outcome.verdict == "failed"}
    binding = tuple(outcome.relation for outcome in outcomes if outcome.verdict in ("passed", "tail", "balanced"))
    exact = book.currency == "元" or _is_finer(book, outcomes)

    def tails(after: Book) -> tuple[Outcome, ...]:
        """What does not hold to the last digit between published figures, and is not disputed anyhow."""
        found = [judge(item) for item in relate(catalogue, after).relations if _is_linear(item, counted)]
        broken = (outcome for outcome in found if outcome.verdict not in ("passed", "inapplicable"))
        return tuple(outcome for outcome in broken if _name(outcome.relation) not in disputed)

    result = _result(book, binding, method, exact)
    left = tails(result.after)
    while method == "optimal" and (late := _late(result, left)):
        again = _result(book, (*result.relations, *_of(book, late)), method, exact)
        if again.proof or len(tails(again.after)) >= len(left):
            break
        result, left = again, tails(again.after)
    after = result.after
    amounts = [cell for key, cell in after.cells.items() if cell.fen is not None and key not in counted]
    changed = {cell.key for cell in amounts if _differs(cell, book)}
    touched = changed | formulas if changed else changed
    written = tuple(cell for cell in amounts if cell.key in touched)
    return Balanced(book, after, method, exact, written, result.changes, left, result.proof)


class _Result(NamedTuple):
    relations: tuple[Relation, ...]
    after: Book
    changes: tuple[Change, ...] = ()
    proof: Impossible | None = None


def _require_sound(checked: Checked) -> None:
    if checked.verdict == "unjudged":
        raise JuesuanError(f"这份工作簿没有判明，不能舍位：{checked.reason}。请先用 juesuan check 查清。")
    errors = [finding for finding in checked.findings if finding.level == "error"]
    if errors:
        raise JuesuanError(
            f"这份工作簿有 {len(errors)} 处错误，舍位平衡只处理尾差，不改差错。请先改正，如：{errors[0].message}"
        )


def _settled(book: Book) -> Book:
    """The book with what `check` computed of formulas that were never calculated taken as their results."""
    computed = {key: cell for key, cell in book.cells.items() if cell.state == "uncached" and cell.fen is not None}
    return book.with_cells({key: cell._replace(state="given") for key, cell in computed.items()})


def _counted(book: Book) -> frozenset[Key]:
    """Cells of 补充资料 that hold no money but numbers of people, cars and visits."""
    if book.sheet(SUPPLEMENT) is None:
        return frozenset()
    entries = [entry for form in supplement_forms() for entry in (*form.lines, *form.columns)]
    lines = {entry.table_line for entry in entries if entry.table_line and entry.kind != "amount"}
    return frozenset(cell.key for cell in book.amounts(SUPPLEMENT) if cell.row in lines)


def _name(relation: Relation) -> tuple[str, Key]:
    """What is the same relation in another reading of the book."""
    return relation.rule.code, relation.target.key


def _late(result: _Result, left: Iterable[Outcome]) -> list[Relation]:
    """Relations that only the published figures give occasion for, such as a sum of what is then nothing."""
    known = {_name(relation) for relation in result.relations}
    return [outcome.relation for outcome in left if _name(outcome.relation) not in known]


def _is_linear(relation: Relation, counted: frozenset[Key]) -> bool:
    rule = relation.rule
    return (
        rule.comparison is not None
        and not rule.tolerance
        and not any(ref.last_year for ref in rule.refs)
        and counted.isdisjoint(cell.key for cell in relation.cells)
    )


def _is_finer(book: Book, outcomes: Iterable[Outcome]) -> bool:
    """Whether a book in 万元 holds more than the two decimals it shows, and adds up to the 分."""
    finer = any(cell.step < WAN_STEP for cell in book.cells.values())
    return finer and not any(outcome.verdict in ("tail", "balanced") for outcome in outcomes)


def _result(book: Book, relations: tuple[Relation, ...], method: Method, exact: bool) -> _Result:
    """Where not all relations can hold exactly, those of level error are to, with the others of as many rules as can.

    Figures that were rounded before stay as they are if those hold: balancing again then changes nothing.
    """
    if method == "none":
        return _Result(relations, _published(book, {}))
    figures = figures_of(book, map(_at_least, relations), exact=exact)
    if method != "optimal":
        return _rounded(book, relations, figures, Controlled(apportioned(figures, method)))
    errors = {item.rule.code for item in relations if item.rule.level == "error"}
    if not exact:
        required = _of_rules(errors, book, relations, exact)
        if not required.broken(required.rounded):
            return _Result(relations, _published(book, {}))
    best = controlled(figures)
    if figures.broken(best.values) and any(item.rule.code not in errors for item in relations):
        figures, best = _as_many_as_can(errors, book, relations, exact)
    return _rounded(book, relations, figures, best)


def _as_many_as_can(
    kept: Set[str], book: Book, relations: tuple[Relation, ...], exact: bool
) -> tuple[Figures, Controlled]:
    """The relations of the rules `kept`, and after one another those of each other with which all can still hold."""
    figures = _of_rules(kept, book, relations, exact)
    best = controlled(figures)
    for code in dict.fromkeys(item.rule.code for item in relations if item.rule.code not in kept):
        more = _of_rules({*kept, code}, book, relations, exact)
        if not figures.broken(best.values) and not more.broken((found := controlled(more)).values):
            kept, figures, best = {*kept, code}, more, found
    return figures, best


def _of_rules(codes: Set[str], book: Book, relations: tuple[Relation, ...], exact: bool) -> Figures:
    return figures_of(book, (_at_least(item) for item in relations if item.rule.code in codes), exact=exact)


def _rounded(book: Book, relations: tuple[Relation, ...], figures: Figures, best: Controlled) -> _Result:
    values = figures.by_cell(best.values)
    return _Result(relations, _published(book, values), tuple(_changes(book, figures, values)), best.proof)


def _at_least(relation: Relation) -> Relation:
    """What must be more than something is published as at least 0.01 万元 more."""
    comparison = relation.rule.comparison
    if comparison is None or comparison.operator != ">":
        return relation
    rule = relation.rule._replace(comparison=comparison._replace(operator=">="))
    return relation._replace(rule=rule, constant=relation.constant + WAN_STEP)


def _published(book: Book, values: Mapping[Key, int]) -> Book:
    """The book in 万元. What has no value given is rounded by itself; in 补充资料 it only changes its unit."""
    counted = _counted(book)
    cells = {key: _printed(cell, values.get(key), key in counted, book) for key, cell in book.cells.items()}
    after = book.with_cells(cells)
    after.currency = "万元"
    after.sheets = {table: sheet._replace(currency="万元") for table, sheet in book.sheets.items()}
    after.filled = after.formulas = frozenset()
    return after


def _printed(cell: Cell, value: int | None, counted: bool, book: Book) -> Cell:
    fen, step = cell.fen, WAN_STEP
    if fen is None:
        return cell._replace(step=step)
    if counted:
        fen *= WAN_STEP if book.currency == "元" else 1
    elif value is not None:
        fen = value * WAN_STEP
    elif cell.table == SUPPLEMENT and fen % WAN_STEP:
        step = YUAN_STEP
    else:
        fen = round_fen(fen, WAN_STEP)
    return cell._replace(fen=fen, step=step, state="given", raw="", tidy=None, span=None)


def _of(book: Book, relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """The same relations between the cells of `book`."""
    return tuple(
        relation._replace(
            target=book.cells[relation.target.key],
            terms=tuple((sign, book.cells[cell.key]) for sign, cell in relation.terms),
        )
        for relation in relations
    )


def _differs(cell: Cell, book: Book) -> bool:
    """Whether another number is to be stored."""
    return book.currency == "元" or book.cells[cell.key].fen != cell.fen


def _changes(book: Book, figures: Figures, values: Mapping[Key, int]) -> Iterator[Change]:
    """In the order of the book."""
    untrue = figures.untrue(figures.rounded)
    for key, cell in book.cells.items():
        if cell.fen is None or key not in values:
            continue
        rounded, fen = round_fen(cell.fen, WAN_STEP), values[key] * WAN_STEP
        if fen != rounded:
            yield Change(cell, rounded, fen, untrue.get(key))
