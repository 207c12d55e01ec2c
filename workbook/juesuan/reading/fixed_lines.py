"""Read tables of fixed lines, one or two sides beside each other (收入 | 支出)."""

from __future__ import annotations

from collections.abc import Sequence

from juesuan.book import RowLabel, Stray, StrayKind
from juesuan.model import Side
from juesuan.reading.found import (
    Block,
    Body,
    Strip,
    as_typed,
    body_rows,
    is_part,
    names_of,
    numbers,
    strays_among,
    words,
)
from juesuan.reading.grid import unnumbered
from juesuan.reading.headings import COUNTER, is_counter, match_fields, paths


def read_lines(block: Block) -> Body | None:
    grid = block.grid
    labels = _label_cells(block)
    if len(labels) < len(block.table.sides):
        return None
    top = labels[0][0]
    counter = next((row for row in range(top, block.last) if is_counter(grid, row)), None)
    edges = [column for _, column in labels] + [grid.right]
    body = Body()
    for side, left, right in zip(block.table.sides, edges, edges[1:], strict=False):
        start = counter + 1 if counter is not None else _below_headings(block, top, left, right)
        part = _side(block, side, top, start, left, right)
        if part is None:
            return None
        body = body.and_(part)
    return body


def _label_cells(block: Block) -> list[tuple[int, int]]:
    """Where “项目”, or “项目（按功能分类）”, heads the names of lines."""
    for row in range(block.first, block.last):
        texts = block.grid.row_texts(row)
        if labels := [(row, column) for column, text in texts if text.partition("(")[0] == "项目"]:
            return labels
    return []


def _below_headings(block: Block, top: int, left: int, right: int) -> int:
    """The first row below `top` whose first column says something else than the heading."""
    below = range(block.grid.end_of(top, left)[0] + 1, block.last)
    return next((row for row in below if not block.grid.is_blank(row, left)), block.last)


def _side(block: Block, side: Side, top: int, start: int, left: int, right: int) -> Body | None:
    grid, table = block.grid, block.table
    headed = paths(grid, top, start, left + 1, right).items()
    found = {column: tuple(text for text in path if text != COUNTER and not text.isdigit()) for column, path in headed}
    columns = {column: field.id for column, field in match_fields(found, side.fields, (side.heading,)).items()}
    others = {column: path for column, path in found.items() if path and column not in columns}
    number_column = next((column for column, path in reversed(others.items()) if path[-1] == "行次"), None)
    if not columns:
        return None
    strays = strays_among(block, others, range(start, block.last), top)
    rows: list[RowLabel] = []
    strips: list[Strip] = []
    ratios: list[Strip] = []
    fields, signed = (tuple((column, name, sign) for column, name in columns.items()) for sign in (False, True))
    called = names_of(side.lines)
    taken: set[int] = set()
    last = -1
    for row in body_rows(block, start):
        text = grid.text(row, left)
        index = _find(called.get(unnumbered(text), ()), taken, last)
        if index is None:
            if any(numbers(grid, row, columns)):
                kind: StrayKind = "apart" if is_part(text) else "row"
                strays.append(Stray(table.id, grid.place(row, left), text or "（无行名）", kind))
            continue
        taken.add(index)
        last, line = index, side.lines[index]
        number = "" if number_column is None else as_typed(grid, row, number_column)
        key = line.id or ""
        strip = Strip(grid, row, key, fields if not line.signed else signed, line.required)
        if line.ratio:
            ratios.append(strip)
            continue
        rows.append(RowLabel(key, "", words(grid, row, left), grid.place(row, left), number))
        strips.append(strip)
    return Body(tuple(rows), tuple(strips), frozenset(columns.values()), tuple(strays), ratios=tuple(ratios))


def _find(named: Sequence[int], taken: set[int], last: int) -> int | None:
    """Which of the lines of one name a row is: one below the last row's if it can be, for some names occur twice."""
    if len(named) == 1:
        return None if named[0] in taken else named[0]
    free = [index for index in named if index not in taken]
    return next((index for index in free if index > last), free[0] if free else None)
