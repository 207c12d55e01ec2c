"""What is declared: an Edition is a set of Tables of Fields and Lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

Layout = Literal["lines", "codes", "items", "row"]

TOTAL = "total"
"""Row key of the 合计 row of a table with open rows."""


class Field(NamedTuple):
    """A column of amounts.

    `header` is the path of its heading cells from the outermost group to the column itself;
    `number` is the 栏次 (None where the form has none). `signed`: the amount may be negative, so that
    a printed 0.00 may hide a small amount of either sign.
    """

    id: str
    header: tuple[str, ...]
    number: int | None = None
    derived: bool = False
    signed: bool = False
    aliases: tuple[tuple[str, ...], ...] = ()

    @property
    def title(self) -> str:
        return self.header[-1] if self.header[-1] not in ("小计", "合计") else "".join(self.header)


class Line(NamedTuple):
    """A fixed row of one side of a table. `id` is None for a printed row that holds only its 行次.

    `code` is the 类 code of a functional class line; `part_of` the line whose sum it enters.
    """

    id: str | None
    label: str
    number: int | None = None
    part_of: str | None = None
    code: str | None = None
    derived: bool = False
    signed: bool = False
    aliases: tuple[str, ...] = ()


class Side(NamedTuple):
    """One of the blocks that stand side by side in a table of fixed lines (收入 | 支出)."""

    heading: str
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]


class Row(NamedTuple):
    """A named row of amounts printed across the sheet (预算数, 决算数 of 三公)."""

    id: str
    title: str


class Table(NamedTuple):
    """One of the published tables. Which of the later attributes are filled depends on `layout`.

    ``lines``: `sides`. ``codes``: `code_header`, `name_header`, `fields`, `total_last`.
    ``items``: `groups` of economic codes, `totals`, one field. ``row``: `rows` × `fields`.
    """

    id: str
    label: str
    title: str
    layout: Layout
    fields: tuple[Field, ...] = ()
    sides: tuple[Side, ...] = ()
    rows: tuple[Row, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    totals: tuple[Line, ...] = ()
    code_header: str = ""
    name_header: str = ""
    total_last: bool = False
    optional: bool = False
    note: str = ""
    empty: str = ""
    aliases: tuple[str, ...] = ()

    def all_fields(self) -> tuple[Field, ...]:
        return self.fields + tuple(field for side in self.sides for field in side.fields)

    def field(self, field_id: str) -> Field | None:
        return next((field for field in self.all_fields() if field.id == field_id), None)

    def all_lines(self) -> Iterator[tuple[Line, tuple[Field, ...]]]:
        """Every fixed row that holds amounts, with the fields it holds."""
        for side in self.sides:
            for line in side.lines:
                if line.id is not None:
                    yield line, side.fields
        for line in self.totals:
            yield line, self.fields

    def line(self, line_id: str, field_id: str | None = None) -> Line | None:
        for line, fields in self.all_lines():
            if line.id == line_id and (field_id is None or any(field.id == field_id for field in fields)):
                return line
        return None

    @property
    def name(self) -> str:
        return f"{self.label}" if self.label else self.title


class Edition(NamedTuple):
    """The form of one province and year.

    `classes` are the functional 类 (code, name) of the class lines; `zero` is how this edition publishes
    an amount of zero: ``0.00`` or ``blank``.
    """

    id: str
    title: str
    tables: tuple[Table, ...]
    classes: tuple[tuple[str, str], ...]
    zero: str
    basis: str

    def table(self, table_id: str) -> Table | None:
        return next((table for table in self.tables if table.id == table_id), None)
