"""Read a table that is a row of amounts for each of a few titles (三公: 预算数 and 决算数), whichever way it is turned.

Most forms print both rows beside each other below a deep heading; some print one below the other, and some print the
items of expense down the sheet, with a column for each title.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from juesuan.book import RowLabel, Stray
from juesuan.model import Row
from juesuan.reading.found import Block, Body, Strip, body_rows, numbers, strays_among
from juesuan.reading.grid import Grid, spelled, unnumbered
from juesuan.reading.headings import COUNTER, is_counter, match_fields, paths

_LABELS = "项目"


def read_row(block: Block) -> Body | None:
    grid = block.grid
    named = {spelled(title): row for row in block.table.rows for title in (row.title, *row.aliases)}
    texts = {text for _, _, text in grid.texts(block.first, block.last)}
    titles = {text: row for text in texts if (row := named.get(_of_any_year(text)))}
    places = [(row, column) for row, column, text in grid.texts(block.first, block.last) if text in titles]
    if not places:
        return None
    if len(places) == len(titles) == len({row for row, _ in places}) and len({column for _, column in places}) == 1:
        return _one_below_the_other(block, titles, places)
    first = places[0][0]
    label = next((column for column, text in grid.row_texts(first) if text.partition("(")[0] == _LABELS), None)
    return _beside(block, titles, first) or (None if label is None else _down(block, titles, first, label))


def _beside(block: Block, titles: Mapping[str, Row], first: int) -> Body | None:
    """Both rows on one line of the sheet."""
    grid, table = block.grid, block.table
    headings = _headings(block, first, titles)
    below = list(body_rows(block, headings.stop))
    after = headings.stop + is_counter(grid, headings.stop)
    data = next((row for row in below if _holds_amounts(grid, row)), below[0] if below else after)
    columns: dict[str, list[tuple[int, str, bool]]] = {}
    found = paths(grid, headings.start, headings.stop, grid.left, grid.right)
    for row in table.rows:
        headed = {column: path for column, path in found.items() if row in [titles.get(text) for text in path]}
        matched = match_fields(headed, table.fields, titles)
        columns |= {row.id: [(column, field.id, field.signed) for column, field in matched.items()]} if matched else {}
    taken = {column for strip in columns.values() for column, _, _ in strip}
    others = {column: path for column, path in found.items() if path and column not in taken}
    strays = strays_among(block, others, range(headings.stop, data + 1), headings.start)
    rows = tuple(RowLabel(row.id, "", row.title, grid.place(data, grid.left)) for row in table.rows)
    return _body(rows, [Strip(grid, data, row, tuple(strip)) for row, strip in columns.items()], strays)


def _one_below_the_other(block: Block, titles: Mapping[str, Row], places: list[tuple[int, int]]) -> Body | None:
    grid, table = block.grid, block.table
    first, left = places[0]
    names = _names(block)
    heads = [
        row for row in range(block.first, first) if any(unnumbered(text) in names for _, text in grid.row_texts(row))
    ]
    if not heads:
        return None
    found = paths(grid, heads[0], heads[-1] + 1, left + 1, grid.right)
    columns = match_fields(found, table.fields)
    others = {column: path for column, path in found.items() if path and column not in columns}
    strays = strays_among(block, others, range(first, places[-1][0] + 1), heads[0])
    strip = tuple((column, field.id, field.signed) for column, field in columns.items())
    rows = [(row, titles[grid.text(row, column)]) for row, column in places]
    labels = tuple(RowLabel(title.id, "", title.title, grid.place(row, left)) for row, title in rows)
    return _body(labels, [Strip(grid, row, title.id, strip) for row, title in rows if strip], strays)


def _down(block: Block, titles: Mapping[str, Row], first: int, left: int) -> Body | None:
    """The items of expense down the column `left`, the titles in row `first` to the right of it."""
    grid, table = block.grid, block.table
    columns: dict[int, Row] = {}
    for column, text in grid.row_texts(first):
        if column > left and text.partition("(")[0] == _LABELS:
            break
        if column > left and text in titles:
            columns[column] = titles[text]
    below = [row for row in body_rows(block, first + 1) if grid.text(row, left)]
    names = {row: (unnumbered(grid.text(row, left)),) for row in below}
    found = match_fields(names, table.fields)
    groups = match_fields({row: (*name, "小计") for row, name in names.items() if row not in found}, table.fields)
    found |= {row: field for row, field in groups.items() if field not in found.values()}
    strips = [
        Strip(grid, row, title.id, ((column, field.id, field.signed),))
        for row, field in found.items()
        for column, title in columns.items()
    ]
    strays = [
        Stray(table.id, grid.place(row, left), names[row][0], "row")
        for row in below
        if row not in found and any(numbers(grid, row, columns))
    ]
    labels = tuple(RowLabel(title.id, "", title.title, grid.place(first, column)) for column, title in columns.items())
    return _body(labels, strips, strays)


def _body(rows: tuple[RowLabel, ...], strips: list[Strip], strays: list[Stray]) -> Body | None:
    fields = frozenset(field for strip in strips for _, field, _ in strip.columns)
    return Body(rows, tuple(strips), fields, tuple(strays)) if strips else None


def _of_any_year(text: str) -> str:
    """“2023年度预算数” and “全年预算数” without the year."""
    return text.rpartition("年")[2].removeprefix("度")


def _names(block: Block) -> frozenset[str]:
    """Every heading that the fields have."""
    return frozenset(
        spelled(text) for field in block.table.fields for path in (field.header, *field.aliases) for text in path
    )


def _headings(block: Block, first: int, titles: Container[str]) -> range:
    """The heading rows: 预算数 and 决算数 stand above the items of expense, or below them, item by item."""
    fields = _names(block)

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
