"""Fill the derived cells of a Book: which get what amount, which hold another number, which cannot be computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan.book import Book, Cell, Key, Sheet
from juesuan.bounds import judge
from juesuan.check import check
from juesuan.derive import Derivation, computed
from juesuan.errors import JuesuanError
from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Children, Comparison
from juesuan.hierarchy import code_of
from juesuan.model import TOTAL
from juesuan.ratios import outdated_ratios
from juesuan.relations import Relation
from juesuan.rules import Catalogue, Finding, Rule


class Conflict(NamedTuple):
    """A derived cell that holds another number (分) than `rule` gives it."""

    cell: Cell
    expected: int
    rule: Rule


class Unfilled(NamedTuple):
    """A blank derived cell that could not be computed, and why."""

    cell: Cell
    reason: str


class Filled(NamedTuple):
    """What filling a book comes to.

    `book`: the book as it is then; `cells`: the cells to write, those of `overwritten` among them; `empty`: the cells
    whose formulas yield no amount while inputs are awaited; `ratios`: shares to write, in millionths; `errors`: what
    a check of the filled book still finds wrong.
    """

    book: Book
    cells: tuple[Cell, ...]
    empty: tuple[Cell, ...]
    ratios: tuple[Cell, ...]
    overwritten: tuple[Conflict, ...]
    conflicts: tuple[Conflict, ...]
    unfilled: tuple[Unfilled, ...]
    errors: tuple[Finding, ...]


def fill(book: Book, catalogue: Catalogue, *, overwrite: bool = False) -> Filled:
    """Compute the blank derived cells of `book`; with `overwrite` also those that hold another number.

    Inputs are never touched. Raises JuesuanError when a code stands there twice: no sum over it can be right.
    """
    _require_single_codes(book)
    filler = _Filler(book, catalogue, overwrite)
    cells = {key: filler.derivation.settle(key) for key in book.cells}
    after = book.with_cells({key: cell for key, cell in cells.items() if cell.fen is not None})
    after.filled = book.filled | filler.written.keys()
    checked = check(after, catalogue)
    return Filled(
        checked.book,
        tuple(filler.written.values()),
        tuple(cell for cell in cells.values() if cell.state == "awaited" and book.cells[cell.key].state == "uncached"),
        tuple(outdated_ratios(after)),
        tuple(filler.overwritten),
        tuple(filler.conflicts),
        tuple(filler.unfilled),
        tuple(finding for finding in checked.findings if finding.level == "error"),
    )


class _Filler:
    """Decides cell by cell, from the inputs up, and keeps account."""

    def __init__(self, book: Book, catalogue: Catalogue, overwrite: bool) -> None:
        self.book = book
        self.catalogue = catalogue
        self.overwrite = overwrite
        self.derivation = Derivation(book, catalogue, self.decide)
        self.written: dict[Key, Cell] = {}
        self.overwritten: list[Conflict] = []
        self.conflicts: list[Conflict] = []
        self.unfilled: list[Unfilled] = []
        self._reasons: dict[Key, str] = {}
        self._disputed: set[Key] = set()

    def decide(self, cell: Cell, ready: Sequence[Relation]) -> Cell:
        if cell.fen is not None or cell.state == "unreadable":
            return self._given(cell, ready)
        if ready:
            return self._blank(cell, ready[0])
        reason = self._reason(cell)
        if reason is None:
            return cell
        self._reasons[cell.key] = reason
        self.unfilled.append(Unfilled(cell, reason))
        return cell._replace(state="awaited" if self.derivation.awaits(cell.key) else "uncached")

    def _blank(self, cell: Cell, relation: Relation) -> Cell:
        """Nothing but blanks add up to a zero only where the edition prints zeros."""
        nothing = cell.state == "blank" and all(term.fen is None for _, term in relation.terms)
        if nothing and self.book.edition.zero != "0.00":
            return cell
        return self._write(computed(relation))

    def _given(self, cell: Cell, ready: Sequence[Relation]) -> Cell:
        """A cell that holds something: it stays if the rules can be right with it."""
        conflict = self._conflict(cell, ready)
        if conflict is None:
            own = cell.key in self.book.filled and ready
            return cell._replace(span=computed(ready[0]).span) if own else cell
        value = computed(ready[0])
        if self.overwrite and value.fen != cell.fen:
            self.overwritten.append(conflict._replace(expected=value.fen or 0, rule=ready[0].rule))
            return self._write(value)
        self.conflicts.append(conflict)
        self._disputed.add(cell.key)
        return cell

    def _conflict(self, cell: Cell, ready: Sequence[Relation]) -> Conflict | None:
        """Rounding excuses a typed number; one that `fill` computed is the sum to the last digit, or out of date.

        What a disputed cell would lead to is not held against the cells above it.
        """
        ready = [relation for relation in ready if self._disputed.isdisjoint(term.key for _, term in relation.terms)]
        if ready and (cell.state == "unreadable" or cell.key in self.book.filled):
            value = computed(ready[0])
            return Conflict(cell, value.fen or 0, ready[0].rule) if value.fen != cell.fen else None
        for relation in ready:
            outcome = judge(relation)
            if abs(outcome.difference) > outcome.bound:
                return Conflict(cell, outcome.expected, relation.rule)
        return None

    def _write(self, value: Cell) -> Cell:
        cell = value._replace(state="given", raw="", tidy=None)
        self.written[cell.key] = cell
        return cell

    def _reason(self, cell: Cell) -> str | None:
        """Why a cell without an amount cannot be computed; None for an input."""
        for term in self.derivation.unknown_terms(cell.key):
            return self._reasons.get(term.key) or _lacking(term)
        for item in self.derivation.not_stated:
            rule = self.catalogue.rule(item.rule)
            if item.blocking and rule and rule.comparison and self._speaks_of(rule.comparison, cell):
                return item.reason
        return None

    def _speaks_of(self, comparison: Comparison, cell: Cell) -> bool:
        """Whether a rule that could not be applied would have derived the cell."""
        left = comparison.left
        if left.table != cell.table or left.field not in (cell.field, EACH):
            return False
        if isinstance(comparison.right, Children):
            return cell.row == TOTAL or bool(self.book.children(cell.table, cell.row))
        return left.rows in ((EACH_ROW,), (EACH_CLASS,) if cell.row.isdigit() else ()) or cell.row in left.rows


def _lacking(cell: Cell) -> str:
    match cell.state:
        case "uncached":
            why = "的公式没有计算结果，请打开保存一次"
        case "awaited":
            why = "还没有填（没有的填 0.00）"
        case _:
            why = f"的“{cell.raw}”读不出数"
    return f"{cell.place.sheet} {cell.place.address} {why}"


def _require_single_codes(book: Book) -> None:
    for sheet in book.sheets.values():
        for code, addresses in _repeated(sheet):
            raise JuesuanError(
                f"{sheet.table.name}的科目 {code} 重复出现（{'、'.join(addresses)}），不知以哪一行为准，没有填列。"
                "请合并或改正编码后再填。"
            )


def _repeated(sheet: Sheet) -> Iterator[tuple[str, list[str]]]:
    for code in dict.fromkeys(code_of(row.key) for row in sheet.rows if "#" in row.key):
        yield code, [row.place.address for row in sheet.rows if code_of(row.key) == code]
