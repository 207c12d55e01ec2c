"""A Slip is one mistake of a clerk, planted in an honest book for one rule to find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from openpyxl.cell.cell import Cell

from exact_book import exact_book
from juesuan.template.form import CodeRow
from published_book import Drawn, Published, jiaozuo

JIAOZUO = "焦作2024"
CENTRE = "体育中心"
OFFICE = "机关事务服务局"
ARCHIVE = "档案馆"
MADE_UP = (CENTRE, OFFICE, ARCHIVE)

Place = tuple[()] | tuple[str, str] | tuple[str, str, str] | Callable[[Drawn], Cell]
"""An amount (table, row, field), a row's label (table, row), a cell of the drawn book, or the whole workbook ()."""

Writes = list[tuple[Cell, Any]]


class Slip(NamedTuple):
    """`mistake` says in the clerk's words what went wrong; `rule` must say so at `place`.

    From `base` to the broken book: `redo` changes its figures and rows before it is drawn, `touch` the sheets
    as drawn, and `writes` names single cells with what stands there instead.
    """

    rule: str
    mistake: str
    base: str
    place: Place
    writes: Callable[[Drawn], Writes] = lambda drawn: []
    redo: Callable[[Published], Published] | None = None
    touch: Callable[[Drawn], None] | None = None


def base_book(name: str) -> Published:
    return jiaozuo() if name == JIAOZUO else exact_book(name)


def entered(rule: str, base: str, cell: str, content: Any, mistake: str) -> Slip:
    """Something wrong entered in the amount `cell` (``table.row.field``)."""
    table, row, field = cell.split(".")
    return Slip(rule, mistake, base, (table, row, field), lambda drawn: [(drawn.amount(table, row, field), content)])


def worded(rule: str, base: str, place: Place, mistake: str, *texts: tuple[Callable[[Drawn], Cell], Any]) -> Slip:
    """Other words in some cells."""
    return Slip(rule, mistake, base, place, lambda drawn: [(find(drawn), text) for find, text in texts])


def recoded(book: Published, tables: Iterable[str], codes: Mapping[str, CodeRow]) -> Published:
    """The book with other codes and names in some rows of `tables`; rows stay where they stand."""
    amounts, rows = dict(book.amounts), dict(book.rows)
    for table in tables:
        rows[table] = tuple(codes.get(row.code, row) for row in rows[table])
        for (name, code, field), amount in book.amounts.items():
            if name == table and code in codes and codes[code].code != code:
                del amounts[name, code, field]
                amounts[name, codes[code].code, field] = amount
    return book._replace(amounts=amounts, rows=rows)


def without_row(book: Published, table: str, code: str) -> Published:
    amounts = {key: amount for key, amount in book.amounts.items() if key[:2] != (table, code)}
    rows = tuple(row for row in book.rows[table] if row.code != code)
    return book._replace(amounts=amounts, rows=book.rows | {table: rows})


def code_cell(table: str, row: str) -> Callable[[Drawn], Cell]:
    return lambda drawn: drawn.label(table, row)


def name_cell(table: str, row: str) -> Callable[[Drawn], Cell]:
    """The name beside a code."""
    return lambda drawn: drawn.beside(drawn.label(table, row), 1)


def amount_cell(table: str, row: str, field: str) -> Callable[[Drawn], Cell]:
    return lambda drawn: drawn.amount(table, row, field)


def title_cell(table: str) -> Callable[[Drawn], Cell]:
    return lambda drawn: drawn.at(table, 1, 1)


def heading_cell(table: str, what: str) -> Callable[[Drawn], Cell]:
    """部门 (unit), 年度 (year) or 金额单位 (currency) above a table."""
    return lambda drawn: drawn.at(table, *drawn.forms[table].heading[what])


def note_cell(table: str, order: int = 0) -> Callable[[Drawn], Cell]:
    """The 注 below a table, or the 说明 that follows it."""
    return lambda drawn: drawn.at(table, drawn.forms[table].notes[order], 1)
