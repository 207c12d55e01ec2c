"""Catalogue × Book → the linear relations that hold for this book, cell by cell.

A relation is one rule applied to one target cell. What a rule needs and the book does not have is
reported, never guessed: unread tables, unrecognised columns or rows, unreadable cells.
"""

import operator
from collections.abc import Callable, Sequence
from functools import cached_property, partial

from juesuan.book import Book, Cell, Line
from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Comparison, Operator, Ref
from juesuan.hierarchy import code_of
from juesuan.model import TOTAL
from juesuan.record import NamedTuple
from juesuan.rules import Catalogue, NotChecked, Rule
from juesuan.terms import Spot, Terms, Unavailable, book_of, require_line, rows_of, table_of, unread

_HOLDS: dict[Operator, Callable[[int, int], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<=": operator.le,
}


class Relation(NamedTuple):
    """``target (operator) Σ coefficient × cell + constant``; amounts in 分."""

    rule: Rule
    target: Cell
    terms: tuple[tuple[int, Cell], ...]
    constant: int = 0

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.target, *(cell for _, cell in self.terms))


_relation: partial[Relation] = partial(tuple.__new__, Relation)
_ABSENT: Line = {}


class Relations(NamedTuple):
    """`inapplicable` counts rules and single applications that this book gives no occasion for."""

    relations: tuple[Relation, ...]
    not_checked: tuple[NotChecked, ...]
    inapplicable: int


def relate(catalogue: Catalogue, book: Book) -> Relations:
    """Every relation the rules state about `book`; function rules are left to the checks."""
    relations: list[Relation] = []
    not_checked: dict[NotChecked, None] = {}
    inapplicable = 0
    doubtful = book.is_doubtful
    unused = {table.id for table in book.edition.tables if table.working and table.id not in book.sheets}
    for rule in catalogue.rules:
        if rule.comparison is None:
            continue
        if not rule.applies_to(book.year) or not unused.isdisjoint(rule.tables):
            inapplicable += 1
            continue
        binder = _Binder(rule, rule.comparison, book, doubtful)
        try:
            stated = binder.relations()
        except Unavailable as reason:
            not_checked[_left_out(rule, reason)] = None
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
        self.table = table_of(self.book, comparison.left)
        self._nodes, self.constant = comparison.terms
        self.sums = [node.cell for _, node in self._nodes if not isinstance(node, Ref)]
        self.doubtful = doubtful
        self.not_checked: list[NotChecked] = []

    def relations(self) -> list[Relation]:
        """Relations of this rule; raises Unavailable when the whole rule cannot be applied."""
        if not self._about_this_unit():
            return []
        for ref in self.rule.columns:
            self._require(ref)
        if self.book.strayed:
            self._require_whole()
        stated: list[Relation] = []
        lines, fields = self.book.lines.get(self.table.id, {}), self._fields()
        places: Terms | None = None
        plain = not (self.doubtful or self.book.repeats_codes)
        for row in self._rows():
            line = lines.get(row, _ABSENT)
            spots: list[Spot] | None = None
            for field in fields(row):
                try:
                    target = line.get(field)
                    if target is None:
                        self._require_target(row, field)
                        continue
                    if self.rule.when and not self._holds(row, field):
                        continue
                    if places is None:
                        places = Terms(self._nodes, self.book, self.table)
                    if spots is None:
                        spots = places.at(row)
                    terms = places.cells(row, field, spots)
                    if not terms and self.sums:
                        continue
                    relation = _relation((self.rule, target, terms, self.constant))
                    if plain or self._is_usable(relation):
                        stated.append(relation)
                except Unavailable as reason:
                    self.not_checked.append(_left_out(self.rule, reason))
        return stated

    def _about_this_unit(self) -> bool:
        if not self.rule.unit_types:
            return True
        if not (unit_type := self.book.facts.get("单位性质")):
            raise Unavailable("工作簿没有写明单位性质", blocking=False)
        return unit_type in self.rule.unit_types

    def _require(self, ref: Ref) -> None:
        sheet = book_of(self.book, ref).sheets.get(ref.table)
        if sheet and ref.field in sheet.columns:
            return
        table = table_of(self.book, ref)
        if sheet is None:
            if table.optional:
                raise Unavailable(f"没有{table.title}工作表", blocking=False)
            raise Unavailable(f"没有读到{table.name}（{table.title}）")
        field = table.field(ref.field)
        if field and field.id not in sheet.columns:
            raise Unavailable(f"{table.name}没有认出“{field.title}”栏")

    def _require_whole(self) -> None:
        """A sum over rows or columns cannot be judged while some row or column of the table is a stray."""
        summed = {ref.table for ref in self.sums}
        for sheet in self.book.strayed:
            table_id = sheet.table.id
            here = {ref for ref in self.rule.refs if ref.table == table_id}
            over_rows = table_id in summed or len({ref.rows for ref in here}) > 2
            over_columns = len({ref.field for ref in here}) > 2
            for stray in sheet.strays:
                if stray.kind != "apart" and (over_columns if stray.kind == "column" else over_rows):
                    raise Unavailable(f"{sheet.table.name}有认不出的“{stray.text}”（{stray.place.address}）")

    def _fields(self) -> Callable[[str], Sequence[str]]:
        """What gives the fields of the cells in a row that the rule may be about."""
        if self.left.field != EACH:
            own = (self.left.field,)
            return lambda _: own
        columns = {field for field in self.book.sheets[self.table.id].columns if self._in_each_line(field)}
        return lambda row: [field for field in self.table.fields_of(row) if field in columns]

    def _in_each_line(self, field: str) -> bool:
        """Whether every fixed line whose each column is meant has this column."""
        each = (ref for ref in self.rule.refs if ref.field == EACH and ref.table == self.table.id)
        return all(self.table.line(row, field) for ref in each for row in ref.rows if self.table.line(row))

    def _rows(self) -> Sequence[str]:
        """The rows the rule may be about."""
        if self.left.rows == (EACH_ROW,):
            rows = self.book.hierarchy(self.table.id)
            found = [row for row in rows.keys if rows.children(row)] if self.sums else rows.keys
            if self.left.field == EACH or not self.table.row_names.difference((TOTAL,)):
                return found
            return [row for row in found if self.left.field in self.table.fields_of(row)]
        if self.left.rows == (EACH_CLASS,):
            return [code for code, _ in self.book.edition.classes]
        names = self.table.row_names
        known = (self.book.rows_of(self.table.id, row) if row not in names else [row] for row in self.left.rows)
        return [row for rows in known for row in rows]

    def _require_target(self, row: str, field: str) -> None:
        """A cell that is not there gives no relation; but a fixed line, or 合计, must be there."""
        if row == TOTAL:
            rows_of(self.table, self.book.hierarchy(self.table.id), row)
        require_line(self.table, row, field)

    def _is_usable(self, relation: Relation) -> bool:
        """Whether nothing in it is awaited. Raises Unavailable when a figure in it cannot be told."""
        if self.book.repeats_codes:
            self._require_single(relation.target.row, relation.terms)
        if any(cell.state == "awaited" for cell in relation.cells):
            return False
        self._require_readable(relation)
        return True

    def _require_single(self, row: str, terms: tuple[tuple[int, Cell], ...]) -> None:
        """A row of a repeated code has no counterpart in another table."""
        elsewhere = any(cell.table != self.table.id for _, cell in terms)
        if elsewhere and ("#" in row or any("#" in cell.row for _, cell in terms)):
            raise Unavailable(f"科目{code_of(row)}重复出现，不知与哪一行对应")

    def _require_readable(self, relation: Relation) -> None:
        target = relation.target
        for cell in relation.cells:
            if cell.state == "unreadable" or (cell.state == "uncached" and cell.fen is None):
                raise Unavailable(unread(cell))
        if target.state == "uncached" and self.rule.derives:
            raise Unavailable(unread(target), blocking=False)

    @cached_property
    def _conditions(self) -> list[tuple[Operator, Terms, int]]:
        """The conditions of the rule, each as the difference of its sides: terms and a constant."""
        conditions = []
        for condition in self.rule.when:
            nodes, constant = condition.terms
            sides = ((1, condition.left), *((-sign, node) for sign, node in nodes))
            conditions.append((condition.operator, Terms(sides, self.book, self.table), -constant))
        return conditions

    def _holds(self, row: str, field: str) -> bool:
        """Whether the conditions hold between the printed figures; a blank is nothing, so it equals zero.

        While a figure is awaited they do not hold. Raises Unavailable when one cannot be told.
        """
        for comparing, terms, difference in self._conditions:
            for sign, cell in terms.cells(row, field, terms.at(row)):
                if cell.state == "awaited":
                    return False
                if cell.fen is None and cell.state != "blank":
                    raise Unavailable(unread(cell))
                difference += sign * (cell.fen or 0)
            if not _HOLDS[comparing](difference, 0):
                return False
        return True


def _left_out(rule: Rule, reason: Unavailable) -> NotChecked:
    return NotChecked(rule.code, str(reason), reason.blocking)
