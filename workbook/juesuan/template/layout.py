"""The cells of one Table as boxes of text: column headings, 栏次 row, and the rows below, read from the declaration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from types import MappingProxyType
from typing import NamedTuple

from juesuan.model import SUPPLEMENT, TOTAL, Field, Line, Side, Table
from juesuan.ooxml.text_size import text_width
from juesuan.template import style
from juesuan.template.style import Look

Position = tuple[int, int]
"""One-based row and column."""
TOP = 4
"""First row of the table; above it stand the title, the 公开 label, and the row of unit, year and currency."""


class CodeRow(NamedTuple):
    """One open row of a table of codes, in printed order; a row still to be filled in has no code."""

    code: str
    name: str


class Box(NamedTuple):
    """A text and the cells it takes, merged if there are several."""

    text: str | int
    look: Look
    row: int
    column: int
    height: int = 1
    width: int = 1


class Column(NamedTuple):
    """One column of the sheet, with the path of its headings as in a Field."""

    header: tuple[str, ...]
    width: float


class Body(NamedTuple):
    """What stands below the headings.

    `cells`: (row key, field id) to its place. `rows`: the lines, the open rows or the one row of amounts,
    without 合计. `end`: the row after the last. `columns`: field id to its column, where rows are open. `ratios`: as
    `cells`, for lines of shares.
    """

    boxes: list[Box]
    cells: dict[tuple[str, str], Position]
    rows: range
    end: int
    columns: Mapping[str, int] = MappingProxyType({})
    ratios: Mapping[tuple[str, str], Position] = MappingProxyType({})


def lay(table: Table, rows: Sequence[CodeRow] = (), names: Mapping[str, str] | None = None) -> tuple[list[Box], Body]:
    """The headings of the table, 栏次 included, and what stands below them.

    `rows` are the open rows of a table of codes, `names` the names of the economic codes of a table of items.
    """
    header = lay_header(columns_of(table), TOP)
    header += lay_numbers(table, end_of(header))
    return header, lay_body(table, end_of(header), rows, names or {})


def end_of(boxes: Iterable[Box]) -> int:
    """The row after the last."""
    return max(box.row + box.height for box in boxes)


def columns_of(table: Table) -> list[Column]:
    """Every column of the sheet from left to right."""
    match table.layout:
        case "lines":
            return [column for side in table.sides for column in _side_columns(side)]
        case "codes":
            keys = [
                Column(("项目", table.code_header), style.CODE_WIDTH),
                Column(("项目", table.name_header), style.NAME_WIDTH),
            ]
            return keys + [Column(field.header, style.AMOUNT_WIDTH) for field in table.fields]
        case "items":
            group = [
                Column((table.code_header,), style.NARROW_CODE_WIDTH),
                Column((table.name_header,), style.NARROW_NAME_WIDTH),
                *(Column(field.header, style.NARROW_AMOUNT_WIDTH) for field in table.fields),
            ]
            return group * len(table.groups)
        case "row":
            return [
                Column((row.title, *field.header), style.NARROW_AMOUNT_WIDTH)
                for row in table.rows
                for field in table.fields
            ]


def _side_columns(side: Side) -> Iterator[Column]:
    group = (side.heading,) if side.heading else ()
    least, most = style.LABEL_WIDTHS
    label = max(text_width(line.label) for line in side.lines) + 2
    yield Column((*group, "项目"), min(max(label, least), most))
    if _numbered(side):
        yield Column((*group, "行次"), style.NUMBER_WIDTH)
    for field in side.fields:
        yield Column((*group, *field.header), style.AMOUNT_WIDTH)


def _numbered(side: Side) -> bool:
    return any(line.number is not None for line in side.lines)


def lay_header(columns: Sequence[Column], top: int) -> list[Box]:
    """Groups merge across the columns they share, a column's own heading down to the last level."""
    depth = max(len(column.header) for column in columns)
    boxes = []
    for level in range(depth):
        for path, group in groupby(enumerate(columns, 1), key=lambda item: item[1].header[: level + 1]):
            numbers = [number for number, _ in group]
            if len(path) > level:
                height = depth - level if path == columns[numbers[0] - 1].header else 1
                boxes.append(Box(path[-1], style.HEADER, top + level, numbers[0], height, len(numbers)))
    return boxes


def lay_numbers(table: Table, row: int) -> list[Box]:
    """The 栏次 row, where the form has one."""
    cells: list[tuple[str | int, int]] = []
    match table.layout:
        case "lines":
            for side in table.sides:
                cells += [("栏次", 1)] + [("", 1)] * _numbered(side) + _field_numbers(side.fields)
        case "codes":
            cells = [("栏次", 2), *_field_numbers(table.fields)]
        case "row":
            cells = [(number, 1) for number in range(1, len(table.rows) * len(table.fields) + 1)]
    if not any(isinstance(text, int) for text, _ in cells):
        return []
    starts = accumulate((width for _, width in cells), initial=1)
    return [Box(text, style.HEADER, row, start, 1, width) for (text, width), start in zip(cells, starts, strict=False)]


def _field_numbers(fields: Iterable[Field]) -> list[tuple[str | int, int]]:
    return [("" if field.number is None else field.number, 1) for field in fields]


def lay_body(table: Table, top: int, rows: Sequence[CodeRow], names: Mapping[str, str]) -> Body:
    """The rows below the headings, starting at row `top`."""
    match table.layout:
        case "lines":
            return _lines(table, top)
        case "codes":
            return _codes(table, top, rows)
        case "items":
            return _items(table, top, names)
        case "row":
            return _row(table, top)


def _lines(table: Table, top: int) -> Body:
    """The sides next to each other; a list outside the published tables holds counts as well as amounts."""
    boxes: list[Box] = []
    cells: dict[tuple[str, str], Position] = {}
    ratios: dict[tuple[str, str], Position] = {}
    left = 1
    for side in table.sides:
        first = left + 1 + _numbered(side)
        for row, line in enumerate(side.lines, top):
            boxes += _line_boxes(line, row, left)
            if line.id is not None:
                places = {(line.id, field.id): (row, first + order) for order, field in enumerate(side.fields)}
                (ratios if line.ratio else cells).update(places)
        left = first + len(side.fields)
    boxes += _amounts(cells.values(), style.FIGURE if table.id == SUPPLEMENT else style.AMOUNT)
    boxes += _amounts(ratios.values(), style.SHARE)
    end = top + max(len(side.lines) for side in table.sides)
    return Body(boxes, cells, range(top, end), end, ratios=ratios)


def _line_boxes(line: Line, row: int, column: int) -> Iterator[Box]:
    yield Box(line.label, style.LABEL, row, column)
    if line.number is not None:
        yield Box(line.number, style.CENTRED, row, column + 1)


def _codes(table: Table, top: int, rows: Sequence[CodeRow]) -> Body:
    body = range(top, top + len(rows)) if table.total_last else range(top + 1, top + 1 + len(rows))
    total = body.stop if table.total_last else top
    end = top + len(rows) + 1
    boxes = [Box("合计", style.CENTRED, total, 1, 1, 2)]
    keys = {total: TOTAL}
    seen: Counter[str] = Counter()
    for row, (code, name) in zip(body, rows, strict=True):
        boxes += [Box(code, style.CODE, row, 1), Box(name, style.LABEL, row, 2)]
        if code:
            seen[code] += 1
            keys[row] = code if seen[code] == 1 else f"{code}#{seen[code]}"
    columns = {field.id: column for column, field in enumerate(table.fields, 3)}
    boxes += _amounts((row, column) for row in range(top, end) for column in columns.values())
    cells = {(key, field): (row, column) for row, key in keys.items() for field, column in columns.items()}
    return Body(boxes, cells, body, end, columns)


def _items(table: Table, top: int, names: Mapping[str, str]) -> Body:
    """Groups of codes next to each other; each total closes its group, the last one the groups that remain."""
    boxes: list[Box] = []
    cells: dict[tuple[str, str], Position] = {}
    field, width = table.fields[0].id, 3
    end = top + max(len(group) for group in table.groups)
    for order, group in enumerate(table.groups):
        left = 1 + order * width
        for row, code in enumerate(group, top):
            boxes += [Box(code, style.CODE, row, left), Box(names.get(code, ""), style.LABEL, row, left + 1)]
            cells[code, field] = (row, left + 2)
    for order, line in enumerate(table.totals):
        right = width * (len(table.groups) if line is table.totals[-1] else order + 1)
        boxes.append(Box(line.label, style.CENTRED, end, 1 + order * width, 1, right - 1 - order * width))
        cells[line.id or "", field] = (end, right)
    boxes += _amounts(cells.values())
    return Body(boxes, cells, range(top, end), end + 1)


def _row(table: Table, top: int) -> Body:
    keys = [(row.id, field.id) for row in table.rows for field in table.fields]
    cells = {key: (top, column) for column, key in enumerate(keys, 1)}
    return Body(list(_amounts(cells.values())), cells, range(top, top + 1), top + 1)


def _amounts(places: Iterable[Position], look: Look = style.AMOUNT) -> Iterator[Box]:
    return (Box("", look, row, column) for row, column in places)
