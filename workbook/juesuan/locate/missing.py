"""A row that is not there: what its figures would have to be, as further cells in the sums it should have entered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from juesuan.book import Cell, Key
from juesuan.hierarchy import code_of
from juesuan.locate.system import FAR
from juesuan.model import TOTAL
from juesuan.relations import Relation

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.locate.answer import Missing


class Absent(NamedTuple):
    """A row that may be missing below `parent`, with the broken sums of the parent that speak for it."""

    table: str
    parent: str
    code: str | None
    broken: int

    @property
    def row(self) -> str:
        return self.code or f"{self.parent}+"


Omission = tuple[Absent, ...]
"""What one act left out: the same row, from one table or from several."""


def omissions(absent: Iterable[Absent]) -> list[Omission]:
    """One row below each parent, the likeliest; the same row of several tables taken together."""
    rows: dict[tuple[str, str], Absent] = {}
    for row in absent:
        rows.setdefault((row.table, row.parent), row)
    same: dict[str, list[Absent]] = {}
    for row in rows.values():
        same.setdefault(row.row, []).append(row)
    return [tuple(group) for group in same.values()]


def absent_rows(
    relations: Sequence[Relation], broken: Iterable[int], book: Book, missing: Iterable[Missing]
) -> list[Absent]:
    """Rows that would explain sums over rows that come out too small, those that explain most first.

    One column alone speaks for a wrong figure rather than for a missing row, unless another table has the code.
    """
    short: dict[tuple[str, str], list[int]] = {}
    for index in broken:
        relation = relations[index]
        if _is_sum_of_children(relation, book):
            gap = (relation.target.fen or 0) - sum(cell.fen or 0 for _, cell in relation.terms)
            short.setdefault(relation.target.key[:2], []).append(gap)
    known: dict[tuple[str, str], list[str]] = {}
    for table, code in missing:
        known.setdefault((table, _parent(book, table, code)), []).append(code)
    found = []
    for (table, parent), gaps in short.items():
        codes: list[str | None] = list(known.get((table, parent), ())) or [None]
        if all(gap > 0 for gap in gaps) and len(gaps) >= (2 if codes == [None] else 1):
            found += [Absent(table, parent, code, len(gaps)) for code in codes]
    return sorted(found, key=lambda absent: (-absent.broken, absent.code is None))


def with_row(relations: Sequence[Relation], book: Book, absent: Absent) -> tuple[list[Relation], dict[Key, Cell]]:
    """The relations as they would be with the row, and the row's cells, about which nothing is known."""
    sisters = book.children(absent.table, absent.parent)
    cells = {
        cell.field: cell._replace(row=absent.row, fen=None, state="blank", raw="", tidy=None, span=_anything(cell))
        for cell in (book.cell(absent.table, sisters[0], field) for field in _fields(book, absent.table))
        if cell is not None
    }
    extended = []
    for relation in relations:
        cell = cells.get(relation.target.field)
        extended.append(
            relation._replace(terms=(*relation.terms, (1, cell)))
            if cell is not None and _would_sum(relation, book, absent)
            else relation
        )
    extended += [
        relation._replace(
            target=cells[relation.target.field], terms=tuple((sign, cells[cell.field]) for sign, cell in relation.terms)
        )
        for relation in relations
        if all(cell.table == absent.table and cell.row == sisters[0] for cell in relation.cells)
        and all(cell.field in cells for cell in relation.cells)
    ]
    return extended, {cell.key: cell for cell in cells.values()}


def _fields(book: Book, table: str) -> Iterator[str]:
    record = book.edition.table(table)
    for field in record.all_fields if record else ():
        yield field.id


def _anything(cell: Cell) -> tuple[int, int]:
    return (-FAR if cell.signed else 0), FAR


def _is_sum_of_rows(relation: Relation) -> bool:
    target = relation.target
    return bool(relation.terms) and all(
        sign == 1 and cell.table == target.table and cell.field == target.field and cell.row != target.row
        for sign, cell in relation.terms
    )


def _is_sum_of_children(relation: Relation, book: Book) -> bool:
    if relation.target.row != TOTAL and not relation.target.row.isdigit():
        return False
    rows = [cell.row for _, cell in relation.terms]
    return _is_sum_of_rows(relation) and rows == book.children(relation.target.table, relation.target.row)


def _would_sum(relation: Relation, book: Book, absent: Absent) -> bool:
    """Whether the row would enter the sum: over the rows below its parent, or over all last rows of an ancestor."""
    target = relation.target
    if target.table != absent.table or not _is_sum_of_rows(relation):
        return False
    if target.row == absent.parent:
        return True
    above = target.row == TOTAL or code_of(absent.parent).startswith(code_of(target.row))
    rows = [cell.row for _, cell in relation.terms if book.holds(cell)]
    return above and rows != book.children(target.table, target.row)


def _parent(book: Book, table: str, code: str) -> str:
    """The row below which a code would stand: its nearest ancestor that is there."""
    present = {label.key for label in sheet.rows} if (sheet := book.sheet(table)) else set()
    return next((code[:length] for length in (5, 3) if len(code) > length and code[:length] in present), TOTAL)
