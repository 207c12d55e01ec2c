"""Catalogue × Book → the linear relations that hold for this book, cell by cell.

A relation is one rule applied to one target cell. What a rule needs and the book does not have is
reported, never guessed: unread tables, unrecognised columns or rows, unreadable cells.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from juesuan.book import Book, Cell, code_of
from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Children, Comparison, Leaves, Ref, references, terms_of
from juesuan.model import TOTAL, Table
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


def relate(catalogue: Catalogue, book: Book) -> Relations:
    """Every relation the rules state about `book`; function rules are left to the checks."""
    relations: list[Relation] = []
    not_checked: dict[NotChecked, None] = {}
    inapplicable = 0
    doubtful = any(cell.state in ("unreadable", "uncached", "awaited") for cell in book.cells.values())
    unused = {table.id for table in book.edition.tables if table.working and table.id not in book.sheets}
    for rule in catalogue.rules:
        if rule.comparison is None:
            continue
        if not rule.applies_to(book.year) or not unused.isdisjoint(rule.tables):
            inapplicable += 1
            continue
        binder = _Binder(rule, rule.comparison, book, doubtful)
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

    def __init__(self, rule: Rule, comparison: Comparison, book: Book, doubtful: bool) -> None:
        self.rule = rule
        self.left = comparison.left
        self.book = book
        self.table = self._table(comparison.left)
        self.terms, self.constant = terms_of(comparison.right)
        self.sums = [node.cell for _, node in self.terms if not isinstance(node, Ref)]
        self.refs = [ref for part in (comparison, *rule.when) for ref in references(part)]
        self.each = [ref for ref in references(comparison) if ref.field == EACH and ref.table == self.table.id]
        self.doubtful = doubtful
        self.not_checked: list[NotChecked] = []

    def relations(self) -> Iterator[Relation]:
        """Relations of this rule; raises _Unavailable when the whole rule cannot be applied."""
        if not self._about_this_unit():
            return
        for ref in self.refs:
            self._require(ref)
        self._require_whole()
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

    def _table(self, ref: Ref) -> Table:
        table = self.book.edition.table(ref.table)
        assert table is not None
        return table

    def _require(self, ref: Ref) -> None:
        table, sheet = self._table(ref), self._book(ref).sheet(ref.table)
        if sheet is None:
            if table.optional:
                raise _Unavailable(f"没有{table.title}工作表", blocking=False)
            raise _Unavailable(f"没有读到{table.name}（{table.title}）")
        field = table.field(ref.field)
        if field and field.id not in sheet.columns:
            raise _Unavailable(f"{table.name}没有认出“{field.title}”栏")

    def _require_whole(self) -> None:
        """A sum over rows or columns cannot be judged while some row or column of the table is a stray."""
        summed = {ref.table for ref in self.sums}
        for sheet in self.book.strayed:
            table_id = sheet.table.id
            here = {ref for ref in self.refs if ref.table == table_id}
            over_rows = table_id in summed or len({ref.rows for ref in here}) > 2
            over_columns = len({ref.field for ref in here}) > 2
            for stray in sheet.strays:
                if over_columns if stray.kind == "column" else over_rows:
                    raise _Unavailable(f"{sheet.table.name}有认不出的“{stray.text}”（{stray.place.address}）")

    def _occasions(self) -> Iterator[tuple[str, str]]:
        """(row, field) of every cell the rule may be about."""
        columns = self.book.sheets[self.table.id].columns
        for row in self._rows():
            if self.left.field != EACH:
                yield row, self.left.field
                continue
            for field in self.table.fields_of(row):
                if field in columns and self._in_each_line(field):
                    yield row, field

    def _in_each_line(self, field: str) -> bool:
        """Whether every fixed line whose each column is meant has this column."""
        return all(self.table.line(row, field) for ref in self.each for row in ref.rows if self.table.line(row))

    def _rows(self) -> Iterator[str]:
        if self.left.rows == (EACH_ROW,):
            for row in dict.fromkeys(label.key for label in self.book.sheets[self.table.id].rows):
                fits = self.left.field == EACH or self.left.field in self.table.fields_of(row)
                if fits and (not self.sums or self.book.children(self.table.id, row)):
                    yield row
        elif self.left.rows == (EACH_CLASS,):
            yield from (code for code, _ in self.book.edition.classes)
        else:
            for row in self.left.rows:
                yield from [row] if row in self.table.row_names else self.book.rows_of(self.table.id, row)

    def _relation(self, row: str, field: str) -> Relation | None:
        target = self.book.cell(self.table.id, row, field)
        if target is None:
            if row == TOTAL:
                _rows_of(self.book, self.table, row)
            _require_line(self.table, row, field)
            return None
        if self.rule.when and not all(self._holds(condition, row, field) for condition in self.rule.when):
            return None
        terms = self._cells(self.terms, row, field)
        if not terms and self.sums:
            return None
        if self.book.repeats_codes:
            self._require_single(row, terms)
        relation = Relation(self.rule, target, terms, self.constant)
        if self.doubtful:
            if any(cell.state == "awaited" for cell in relation.cells):
                return None
            self._require_readable(relation)
        return relation

    def _require_single(self, row: str, terms: tuple[tuple[int, Cell], ...]) -> None:
        """A row of a repeated code has no counterpart in another table."""
        elsewhere = any(cell.table != self.table.id for _, cell in terms)
        if elsewhere and ("#" in row or any("#" in cell.row for _, cell in terms)):
            raise _Unavailable(f"科目{code_of(row)}重复出现，不知与哪一行对应")

    def _require_readable(self, relation: Relation) -> None:
        target = relation.target
        for cell in relation.cells:
            if cell.state == "unreadable" or (cell.state == "uncached" and cell.fen is None):
                raise _Unavailable(_unread(cell))
        if target.state == "uncached" and self.rule.derives:
            raise _Unavailable(_unread(target), blocking=False)

    def _holds(self, condition: Comparison, row: str, field: str) -> bool:
        """Whether a condition holds between the printed figures; a blank is nothing, so it equals zero."""
        terms, constant = terms_of(condition.right)
        difference = -constant
        for sign, cell in self._cells(((1, condition.left), *((-sign, node) for sign, node in terms)), row, field):
            if cell.fen is None and cell.state != "blank":
                raise _Unavailable(_unread(cell))
            difference += sign * (cell.fen or 0)
        match condition.operator:
            case "=":
                return difference == 0
            case ">":
                return difference > 0
            case ">=":
                return difference >= 0
            case "<=":
                return difference <= 0

    def _cells(
        self, terms: Iterable[tuple[int, Ref | Children | Leaves]], row: str, field: str
    ) -> tuple[tuple[int, Cell], ...]:
        """The cells the terms stand for when the rule is about `row` and `field`, each with its sign."""
        found: list[tuple[int, Cell]] = []
        for sign, node in terms:
            if not isinstance(node, Ref):
                found += [(sign, cell) for cell in self._below(node, row, field)]
                continue
            book, table, by_key = self._sources[node]
            column = field if node.field == EACH else node.field
            for name in node.rows:
                key = row if name in (EACH_ROW, EACH_CLASS) else name
                for each in (key,) if by_key else _rows_of(book, table, key):
                    if cell := book.cells.get((node.table, each, column)):
                        found.append((sign, cell))
                    else:
                        _require_line(table, each, column)
        return tuple(found)

    def _below(self, node: Children | Leaves, row: str, field: str) -> list[Cell]:
        """The rows that add up to a row; leaves that are just its children are left to the rule about children."""
        ref = node.cell
        start = row if ref.rows == (EACH_ROW,) else ref.rows[0]
        keys = self.book.children(ref.table, start)
        if isinstance(node, Leaves):
            leaves = self.book.leaves(ref.table, start)
            keys = [] if leaves == keys else leaves
        column = field if ref.field == EACH else ref.field
        return [cell for key in keys if (cell := self.book.cells.get((ref.table, key, column)))]

    @cached_property
    def _sources(self) -> dict[Ref, tuple[Book, Table, bool]]:
        """For each cell spoken of: its book, its table, and whether its rows are found by key or by code."""
        sources = {}
        for ref in self.refs:
            table = self._table(ref)
            by_key = table.layout in ("lines", "row") or (table is self.table and not ref.last_year)
            sources[ref] = (self._book(ref), table, by_key)
        return sources


def _require_line(table: Table, row: str, field: str) -> None:
    """A 类 the form does not list is nothing; any other fixed line must be there."""
    if (line := table.line(row, field)) and not line.code:
        raise _Unavailable(f"{table.name}没有找到“{line.label.strip()}”行")


def _rows_of(book: Book, table: Table, key: str) -> list[str]:
    """The rows of a code in another table.

    A code that the table does not list counts as nothing, but not while rows below it are there, and 合计 never.
    """
    rows = book.rows_of(table.id, code_of(key))
    if not rows and book.has_below(table.id, code_of(key)):
        raise _Unavailable(f"{table.name}没有找到{'“合计”' if key == TOTAL else f' {key} '}行")
    return rows


def _unread(cell: Cell) -> str:
    why = "公式未计算，请打开保存一次" if cell.state == "uncached" else "读不出数"
    return f"{cell.place.sheet} {cell.place.address} {why}"
