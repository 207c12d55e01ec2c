"""A book in which any figure may stand: every table of an edition, with a few codes and those that rules name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from juesuan.book import Book, Cell, RowLabel, Sheet
from juesuan.hierarchy import CODE_LENGTHS
from juesuan.locate.system import FAR
from juesuan.model import TOTAL, Edition, Table
from juesuan.place import Place
from juesuan.rules import Rule

_STATE_CAPITAL = "223"
_GENERAL, _FUND = ("201", "208"), ("212",)
_BELOW = ("01", "02")
_OF_BUDGET = {"general_budget": _GENERAL, "government_fund": _FUND, "state_capital": (_STATE_CAPITAL,)}
"""The 类 that have 款 and 项 in the tables of one budget; in the other tables of codes all of these have. The other 类
of the edition, and codes that rules name, stand in every table.
"""


def specimen(edition: Edition, rules: Iterable[Rule]) -> Book:
    """A book with last year's beside it. Amounts may be anything, negative only where the edition says so."""
    named = _named_codes(rules)
    book = _book(edition, named, "本年")
    book.last_year = _book(edition, named, "上年")
    return book


def _book(edition: Edition, named: frozenset[str], sheet: str) -> Book:
    tables = [table for table in edition.tables if not table.working]
    rows = {table.id: _keys(edition, table, named) for table in tables}
    place = partial(Place, sheet)
    sheets = [
        Sheet(
            table,
            sheet,
            place(order, 0),
            order,
            tuple(RowLabel(key, "" if key == TOTAL else key, "", place(order, 0)) for key in rows[table.id]),
            frozenset(field.id for field in table.all_fields),
            *(None, None, None, None, ()),
        )
        for order, table in enumerate(tables)
    ]
    return Book(edition, sheets, [cell for table in tables for cell in _cells(table, rows[table.id], sheet)])


def _cells(table: Table, rows: tuple[str, ...], sheet: str) -> Iterator[Cell]:
    for row in rows:
        for number, field_id in enumerate(table.fields_of(row)):
            field, line = table.field(field_id), table.line(row, field_id)
            signed = bool((field and field.signed) or (line and line.signed))
            span = (-FAR if signed else 0), FAR
            yield Cell(table.id, row, field_id, Place(sheet, 0, number), 0, 1, signed=signed, span=span)


def _keys(edition: Edition, table: Table, named: frozenset[str]) -> tuple[str, ...]:
    if table.layout != "codes":
        items = [code for group in table.groups for code in group]
        fixed = [line.id for line, _ in table.all_lines if line.id]
        return tuple(dict.fromkeys([*items, *fixed, *(row.id for row in table.rows)]))
    classes = _OF_BUDGET.get(table.id, (*_GENERAL, *_FUND, _STATE_CAPITAL))
    own = {f"{above}{below}" for above in classes for below in ("", *_BELOW)}
    own |= {f"{above}{below}" for above in own if len(above) == CODE_LENGTHS[1] for below in _BELOW}
    own |= {code for code, _ in edition.classes}
    return (TOTAL, *sorted(own | {code[:length] for code in named for length in CODE_LENGTHS}))


def _named_codes(rules: Iterable[Rule]) -> frozenset[str]:
    """The functional codes that rules name."""
    rows = [row for rule in rules for ref in rule.refs for row in ref.rows if row.isdigit()]
    return frozenset(row for row in rows if row.startswith("2") and len(row) in CODE_LENGTHS)
