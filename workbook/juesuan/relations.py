"""Catalogue × Book → the linear relations that hold for this book, cell by cell.

A relation is one rule applied to one target cell. What a rule needs and the book does not have is
reported, never guessed: unread tables, unrecognised columns or rows, unreadable cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from juesuan.book import Book, Cell, code_of
from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Children, Comparison, Expr, Leaves, Number, Ref, Sum, references
from juesuan.model import Table
from juesuan.rules import Catalogue, NotChecked, Rule


class Relation(NamedTuple):
    """``target (operator) Σ coefficient × cell + constant``; amounts in 分."""

    rule: Rule
    target: Cell
    terms: tuple[tuple[int, Cell], ...]
    constant: int = 0

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.target, *(cell for _, cell in self.terms))


class Relations(NamedTuple):
    """`inapplicable` counts rules and single applications that this book gives no occasion for."""

    relations: tuple[Relation, ...]
    not_checked: tuple[NotChecked, ...]
    inapplicable: int


class _Unavailable(Exception):
    """A relation cannot be stated for this book; the message is the reason in Chinese."""

    def __init__(self, reason: str, *, blocking: bool = True) -> None:
        super().__init__(reason)
        self.blocking = blocking

    def of(self, rule: Rule) -> NotChecked:
        return NotChecked(rule.code, str(self), self.blocking)


def relate(catalogue: Catalogue, book: Book, *, computing: bool = False) -> Relations:
    """Every relation the rules state about `book`; function rules are left to the checks.

    `computing`: the relations are wanted to compute uncalculated targets, which are then no hindrance.
    """
    relations: list[Relation] = []
    not_checked: dict[NotChecked, None] = {}
    inapplicable = 0
    for rule in catalogue.rules:
        if rule.comparison is None:
            continue
        if not rule.applies_to(book.year):
            inapplicable += 1
            continue
        binder = _Binder(rule, rule.comparison, book, computing)
        try:
            stated = list(binder.relations())
        except _Unavailable as reason:
            not_checked[reason.of(rule)] = None
            continue
        not_checked |= dict.fromkeys(binder.not_checked)
        inapplicable += not stated and not binder.not_checked
        relations += stated
    return Relations(tuple(relations), tuple(not_checked), inapplicable)


class _Binder:
    """Applies one rule to one book."""

    def __init__(self, rule: Rule, comparison: Comparison, book: Book, computing: bool) -> None:
        self.rule = rule
        self.computing = computing
        self.comparison = comparison
        self.book = book
        self.not_checked: list[NotChecked] = []

    def relations(self) -> Iterator[Relation]:
        """Relations of this rule; raises _Unavailable when the whole rule cannot be applied."""
        if not self._about_this_unit():
            return
        refs = [ref for part in (self.comparison, *self.rule.when) for ref in references(part)]
        for ref in refs:
            self._require(ref)
        self._require_whole(refs)
        for row, field in self._occasions():
            try:
                relation = self._relation(row, field)
            except _Unavailable as reason:
                self.not_checked.append(reason.of(self.rule))
                continue
            if relation is not None:
                yield relation

    def _about_this_unit(self) -> bool:
        if not self.rule.unit_types:
            return True
        if not (unit_type := self.book.facts.get("单位性质")):
            raise _Unavailable("工作簿没有写明单位性质", blocking=False)
        return unit_type in self.rule.unit_types

    def _book(self, ref: Ref) -> Book:
        if not ref.last_year:
            return self.book
        if self.book.last_year is None:
            raise _Unavailable("没有上年工作簿", blocking=False)
        return self.book.last_year

    def _require(self, ref: Ref) -> None:
        book = self._book(ref)
        table, sheet = self._table(ref), book.sheet(ref.table)
        if sheet is None:
            if table.optional:
                raise _Unavailable(f"没有{table.title}工作表", blocking=False)
            raise _Unavailable(f"没有读到{table.name}（{table.title}）")
        field = table.field(ref.field)
        if field and field.id not in sheet.columns:
            raise _Unavailable(f"{table.name}没有认出“{field.title}”栏")

    def _require_whole(self, refs: list[Ref]) -> None:
        """A sum over rows or columns cannot be judged while some row or column of the table is a stray."""
        aggregated = {ref.table for ref in _aggregates(self.comparison.right)}
        for table_id in {ref.table for ref in refs}:
            here = {ref for ref in refs if ref.table == table_id}
            over_rows = table_id in aggregated or len({ref.rows for ref in here}) > 2
            over_columns = len({ref.field for ref in here}) > 2
            sheet = self.book.sheet(table_id)
            for stray in sheet.strays if sheet else ():
                if over_columns if stray.kind == "column" else over_rows:
                    name = self._table_named(table_id).name
                    raise _Unavailable(f"{name}有认不出的“{stray.text}”（{stray.place.address}）")

    def _table(self, ref: Ref) -> Table:
        return self._table_named(ref.table)

    def _table_named(self, table_id: str) -> Table:
        table = self.book.edition.table(table_id)
        assert table is not None
        return table

    def _occasions(self) -> Iterator[tuple[str, str]]:
        left = self.comparison.left
        table, sheet = self._table(left), self.book.sheets[left.table]
        for row in self._target_rows(left, table):
            if left.field != EACH:
                yield row, left.field
                continue
            for field in table.fields_of(row):
                if field in sheet.columns and self._common(table, field):
                    yield row, field

    def _common(self, table: Table, field: str) -> bool:
        """Whether every fixed line whose each column is meant has this column."""
        each = [ref for ref in references(self.comparison) if ref.field == EACH and ref.table == table.id]
        return all(table.line(row, field) for ref in each for row in ref.rows if table.line(row))

    def _target_rows(self, left: Ref, table: Table) -> Iterator[str]:
        if left.rows == (EACH_ROW,):
            sums = bool(list(_aggregates(self.comparison.right)))
            for row in dict.fromkeys(label.key for label in self.book.sheets[table.id].rows):
                fits = left.field in table.fields_of(row) or left.field == EACH
                if fits and (not sums or self.book.children(table.id, row)):
                    yield row
        elif left.rows == (EACH_CLASS,):
            yield from (code for code, _ in self.book.edition.classes)
        else:
            for row in left.rows:
                yield from [row] if table.line(row) or table.layout == "row" else self.book.rows_of(table.id, row)

    def _relation(self, row: str, field: str) -> Relation | None:
        left = self.comparison.left
        target = self._target(row, field)
        if target is None or not all(self._holds(condition, row, field) for condition in self.rule.when):
            return None
        terms: list[tuple[int, Cell]] = []
        constant = self._collect(self.comparison.right, 1, row, field, terms)
        if row != code_of(row) or any(code_of(cell.row) != cell.row for _, cell in terms):
            tables = {cell.table for _, cell in terms}
            if tables - {left.table}:
                raise _Unavailable(f"科目{code_of(row)}重复出现，不知与哪一行对应")
        if not terms and isinstance(self.comparison.right, Children | Leaves):
            return None
        relation = Relation(self.rule, target, tuple(terms), constant)
        self._require_readable(relation)
        return relation

    def _require_readable(self, relation: Relation) -> None:
        target = relation.target
        for cell in [cell for _, cell in relation.terms] if self.computing else relation.cells:
            if cell.state == "unreadable" or (cell.state == "uncached" and cell.fen is None):
                raise _Unavailable(_unread(cell))
        if target.state == "uncached" and self.rule.derives and not self.computing:
            raise _Unavailable(_unread(target), blocking=False)

    def _target(self, row: str, field: str) -> Cell | None:
        left = self.comparison.left
        cell = self.book.cell(left.table, row, field)
        table = self._table(left)
        if cell is None and (line := table.line(row, field)) and not line.code:
            raise _Unavailable(f"{table.name}没有找到“{line.label.strip()}”行")
        return cell

    def _holds(self, condition: Comparison, row: str, field: str) -> bool:
        """Whether a condition holds between the printed figures; a blank is nothing, so it equals zero."""
        left: list[tuple[int, Cell]] = []
        self._collect(condition.left, 1, row, field, left)
        right: list[tuple[int, Cell]] = []
        constant = self._collect(condition.right, 1, row, field, right)
        for _, cell in left + right:
            if cell.fen is None and cell.state != "blank":
                raise _Unavailable(_unread(cell))
        difference = _total(left) - _total(right) - constant
        match condition.operator:
            case "=":
                return difference == 0
            case ">":
                return difference > 0
            case ">=":
                return difference >= 0
            case "<=":
                return difference <= 0

    def _collect(self, expr: Expr, sign: int, row: str, field: str, terms: list[tuple[int, Cell]]) -> int:
        """Append the cells of `expr` to `terms`; return its constant part."""
        match expr:
            case Number(value):
                return sign * value
            case Sum(parts):
                return sum(self._collect(part, sign * factor, row, field, terms) for factor, part in parts)
            case Children(cell) | Leaves(cell):
                below = self.book.children if isinstance(expr, Children) else self.book.leaves
                start = row if cell.rows == (EACH_ROW,) else cell.rows[0]
                column = field if cell.field == EACH else cell.field
                found = [self.book.cell(cell.table, key, column) for key in below(cell.table, start)]
                if isinstance(expr, Leaves) and below(cell.table, start) == self.book.children(cell.table, start):
                    found = []
                terms += [(sign, item) for item in found if item is not None]
            case Ref():
                terms += [(sign, cell) for cell in self._cells(expr, row, field)]
        return 0

    def _cells(self, ref: Ref, row: str, field: str) -> Iterator[Cell]:
        book, table = self._book(ref), self._table(ref)
        column = field if ref.field == EACH else ref.field
        for name in ref.rows:
            key = row if name in (EACH_ROW, EACH_CLASS) else name
            same = ref.table == self.comparison.left.table and not ref.last_year
            keys = [key] if same or table.layout in ("lines", "row") else book.rows_of(ref.table, code_of(key))
            for found in keys:
                if cell := book.cell(ref.table, found, column):
                    yield cell
                elif (line := table.line(found, column)) and not line.code:
                    raise _Unavailable(f"{table.name}没有找到“{line.label.strip()}”行")


def _aggregates(expr: Expr) -> Iterator[Ref]:
    match expr:
        case Children(cell) | Leaves(cell):
            yield cell
        case Sum(terms):
            for _, term in terms:
                yield from _aggregates(term)


def _total(terms: list[tuple[int, Cell]]) -> int:
    return sum(sign * (cell.fen or 0) for sign, cell in terms)


def _unread(cell: Cell) -> str:
    why = "公式未计算，请打开保存一次" if cell.state == "uncached" else "读不出数"
    return f"{cell.place.sheet} {cell.place.address} {why}"
