"""What is declared: an Edition is a set of Tables of Fields and Lines."""

from functools import cached_property
from typing import Literal

from juesuan.money import Currency
from juesuan.record import NamedTuple

Layout = Literal["lines", "codes", "items", "row"]

TOTAL = "total"
"""Row key of the 合计 row of a table with open rows."""
SUPPLEMENT = "supplement"
"""The table of what stands beside the nine, which may be spread over the sheets 补01–补09."""


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

    `code` is the 类 code of a functional class line; `part_of` the line whose sum it enters. `required`: a blank
    is not nothing but still awaited. `ratio` makes it a line of shares, which are shown and never checked: of one
    line in another, column by column or, where a third name is given, in that column of it. `variants` are other
    names this form prints, `aliases` those of other years; an `optional` line may be left out of the form.
    """

    id: str | None
    label: str
    number: int | None = None
    part_of: str | None = None
    code: str | None = None
    derived: bool = False
    signed: bool = False
    aliases: tuple[str, ...] = ()
    required: bool = False
    ratio: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Everything the line may be called."""
        return (self.label, *self.variants, *self.aliases)


class Side(NamedTuple):
    """One of the blocks that stand side by side in a table of fixed lines (收入 | 支出)."""

    heading: str
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]


class Row(NamedTuple):
    """A named row of amounts printed across the sheet (预算数, 决算数 of 三公)."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()


class _TableRecord(NamedTuple):
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
    working: bool = False
    partial: bool = False
    note: str = ""
    empty: str = ""
    aliases: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Table(_TableRecord):
    """One of the published tables. Which of the later attributes are filled depends on `layout`.

    ``lines``: `sides`. ``codes``: `code_header`, `name_header`, `fields`, `total_last`.
    ``items``: `groups` of economic codes, `totals`, one field. ``row``: `rows` × `fields`.
    `optional`: not one of the published tables; `working`: an optional one with which our template works figures out.
    `partial`: the form has more columns than are declared; they are neither read nor told. `beside`: headings of
    columns that are in no sum of the table, as 会议费 beside 三公; they are not read.
    """

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        return self.fields + tuple(field for side in self.sides for field in side.fields)

    @cached_property
    def all_lines(self) -> tuple[tuple[Line, tuple[Field, ...]], ...]:
        """Every fixed row that holds amounts, with the fields it holds."""
        beside = [(line, fields) for line, fields in self._beside if not line.ratio]
        return (*beside, *((line, self.fields) for line in self.totals))

    @cached_property
    def ratios(self) -> tuple[tuple[Line, tuple[Field, ...]], ...]:
        """Every fixed row of shares, with the fields it holds."""
        return tuple((line, fields) for line, fields in self._beside if line.ratio)

    @property
    def _beside(self) -> list[tuple[Line, tuple[Field, ...]]]:
        return [(line, side.fields) for side in self.sides for line in side.lines if line.id is not None]

    @cached_property
    def line_names(self) -> dict[str, str]:
        """Line ids by every name a rule may call them: the id and the label without its number."""
        lines = [(line.id, plain_label(line.label)) for line, _ in reversed(self.all_lines) if line.id]
        return {label: line_id for line_id, label in lines} | {line_id: line_id for line_id, _ in lines}

    @cached_property
    def parts(self) -> dict[str, str]:
        """For each line that enters the sum of another, that one."""
        return {line.id: line.part_of for line, _ in self.all_lines if line.id and line.part_of}

    @cached_property
    def first_class(self) -> str | None:
        """The code of the first functional 类 that has a line."""
        return next((line.code for line, _ in self.all_lines if line.code), None)

    @cached_property
    def row_names(self) -> frozenset[str]:
        """Keys of the rows that stand in the form itself."""
        fixed = {line.id for line, _ in self.all_lines if line.id} | {row.id for row in self.rows}
        return frozenset(fixed | ({TOTAL} if self.layout == "codes" else set()))

    @cached_property
    def _field_by_id(self) -> dict[str, Field]:
        return {field.id: field for field in self.all_fields}

    @cached_property
    def _line_by_id(self) -> dict[tuple[str | None, str | None], Line]:
        lines: dict[tuple[str | None, str | None], Line] = {}
        for line, fields in self.all_lines:
            lines.setdefault((line.id, None), line)
            lines |= {(line.id, field.id): line for field in fields}
        return lines

    @cached_property
    def _field_ids(self) -> dict[str, tuple[str, ...]]:
        fields: dict[str, tuple[str, ...]] = {}
        for line, group in self.all_lines:
            fields[line.id or ""] = (*fields.get(line.id or "", ()), *(field.id for field in group))
        return fields

    @cached_property
    def _every_field_id(self) -> tuple[str, ...]:
        return tuple(self._field_by_id)

    def field(self, field_id: str) -> Field | None:
        return self._field_by_id.get(field_id)

    def line(self, line_id: str, field_id: str | None = None) -> Line | None:
        """The fixed line `line_id`, of the side that holds `field_id` if that is given."""
        return self._line_by_id.get((line_id, field_id))

    def awaits(self, row: str, field: str) -> bool:
        """Whether a blank there is still awaited instead of nothing."""
        line = self.line(row, field)
        return line is not None and line.required

    def fields_of(self, row: str) -> tuple[str, ...]:
        """Ids of the fields a row holds: those of its side for a fixed line, else all of the table."""
        return self._field_ids.get(row) or self._every_field_id

    def side_of(self, row: str, field: str) -> Side | None:
        """The side that holds a fixed line's amount; a line such as 总计 may stand on both."""
        return self._side_by_cell.get((row, field))

    def side_heading(self, row: str, field: str) -> str:
        """“收入” or “支出” for a line that stands on both sides, else nothing."""
        headings = {side.heading for (line, _), side in self._side_by_cell.items() if line == row}
        side = self.side_of(row, field)
        return side.heading if side and len(headings) > 1 else ""

    @cached_property
    def _side_by_cell(self) -> dict[tuple[str, str], Side]:
        return {
            (line.id, field.id): side
            for side in self.sides
            for line in side.lines
            if line.id is not None
            for field in side.fields
        }

    @property
    def name(self) -> str:
        return self.label or self.title

    @property
    def names(self) -> tuple[str, ...]:
        """What people call it: “公开03表”, “支出决算表”, “03表”, “03”."""
        number = self.label.removeprefix("公开")
        names = (self.id, self.label, self.title, number, number.removesuffix("表"))
        return tuple(name for name in names if name)


class _EditionRecord(NamedTuple):
    id: str
    title: str
    tables: tuple[Table, ...]
    classes: tuple[tuple[str, str], ...]
    zero: str
    evidence: tuple[tuple[str, str], ...]
    assumptions: tuple[str, ...] = ()
    currency: Currency = "万元"
    nothing: frozenset[str] = frozenset()
    marks: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class Edition(_EditionRecord):
    """The form of one province and year.

    `classes` are the functional 类 (code, name) of the class lines; `zero` is how this edition publishes
    an amount of zero: ``0.00`` or ``blank``; `currency` what a book is in that does not say. `evidence` is what the
    declaration rests on, each with its tier (A: the seed accounts, B: other published ones), `assumptions` what it
    does not rest on. `nothing`: tables, and fields and lines (``table.name``), that the form does not have and that
    are nothing in a sum. `marks`: texts by which a workbook is known to be of this edition. `rules`: files of
    rules that it has beyond those every edition shares.
    """

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.id: table for table in self.tables}

    @cached_property
    def template_tables(self) -> tuple[Table, ...]:
        """The tables our template holds: the published ones and those it works with."""
        return tuple(table for table in self.tables if table.working or not table.optional)

    @cached_property
    def partial_tables(self) -> tuple[Table, ...]:
        """The published tables of which not all columns are declared: they cannot be drawn as they are published."""
        return tuple(table for table in self.tables if table.partial and not table.optional)

    @cached_property
    def _names(self) -> dict[str, Table]:
        names = [(name, table) for table in reversed(self.tables) for name in (table.id, table.title)]
        return dict(names)

    def table(self, table_id: str) -> Table | None:
        return self._tables.get(table_id)

    def named(self, name: str) -> Table | None:
        """The table of that id or title, the first of several."""
        return self._names.get(name)


def plain_label(label: str) -> str:
    """A line's label without its number and indent: “　　一、外交支出” → “外交支出”."""
    bare = label.strip()
    head, mark, tail = bare.partition("、")
    return tail if mark and all(char in "一二三四五六七八九十" for char in head) else bare
