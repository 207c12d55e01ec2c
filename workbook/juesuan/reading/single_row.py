"""Read a table that is one row of amounts under a deep heading (三公: 预算数 and 决算数)."""

from __future__ import annotations

from collections.abc import Container

from juesuan.book import RowLabel
from juesuan.place import Place
from juesuan.reading.found import Block, Body, Strip, body_rows, strays_among
from juesuan.reading.grid import Grid, spelled, unnumbered
from juesuan.reading.headings import COUNTER, is_counter, match_field, paths


def read_row(block: Block) -> Body | None:
    grid, table = block.grid, block.table
    titles = {spelled(row.title): row for row in table.rows}
    first = next((row for row, _, text in grid.texts(block.first, block.last) if text in titles), None)
    if first is None:
        return None
    headings = _headings(block, first, titles)
    below = list(body_rows(block, headings.stop))
    after = headings.stop + is_counter(grid, headings.stop)
    data = next((row for row in below if _holds_amounts(grid, row)), below[0] if below else after)
    columns: dict[str, list[tuple[int, str, bool]]] = {}
    others: dict[int, tuple[str, ...]] = {}
    taken: set[tuple[str, str]] = set()
    for column, path in paths(grid, headings.start, headings.stop, grid.left, grid.right).items():
        row = next((titles[text] for text in path if text in titles), None)
        field = match_field(path, table.fields, titles)
        if row and field and (row.id, field.id) not in taken:
            taken.add((row.id, field.id))
            columns.setdefault(row.id, []).append((column, field.id, field.signed))
        elif path:
            others[column] = path
    strays = strays_among(block, others, range(headings.stop, data + 1), headings.start)
    rows = tuple(RowLabel(row.id, "", row.title, Place(grid.name, data, grid.left)) for row in table.rows)
    strips = tuple(Strip(grid, data, row, tuple(found)) for row, found in columns.items())
    fields = frozenset(field for _, field in taken)
    return Body(rows, strips, fields, tuple(strays)) if strips else None


def _headings(block: Block, first: int, titles: Container[str]) -> range:
    """The heading rows: 预算数 and 决算数 stand above the items of expense, or below them, item by item."""
    fields = {spelled(text) for field in block.table.fields for path in (field.header, *field.aliases) for text in path}

    def is_heading(row: int) -> bool:
        return any(unnumbered(text) in fields or text in titles for _, text in block.grid.row_texts(row))

    top, end = first, first + 1
    while top > block.first and is_heading(top - 1):
        top -= 1
    while end < block.last and is_heading(end):
        end += 1
    return range(top, end)


def _holds_amounts(grid: Grid, row: int) -> bool:
    filled = [column for column in range(grid.left, grid.right) if not grid.is_blank(row, column)]
    return bool(filled) and all(
        not grid.text(row, column)
        or grid.text(row, column) == COUNTER
        or any(char.isdigit() for char in grid.text(row, column))
        for column in filled
    )
