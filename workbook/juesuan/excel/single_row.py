"""Read a table that is one row of amounts under a deep heading (三公: 预算数 and 决算数)."""

from __future__ import annotations

from juesuan.book import Place, RowLabel
from juesuan.excel.found import Amount, Block, Body, strays_among
from juesuan.excel.grid import Grid, spelled
from juesuan.excel.headings import COUNTER, is_counter, match_field, paths


def read_row(block: Block) -> Body | None:
    grid, table = block.grid, block.table
    titles = {spelled(row.title): row for row in table.rows}
    first = next((row for row, _, text in grid.texts(block.first, block.last) if text in titles), None)
    if first is None:
        return None
    above = [text for _, _, text in grid.texts(first - 1, first)] if first > block.first else []
    top = first - 1 if any(match_field((text,), table.fields) for text in above) else first
    numeric = [row for row in range(first, block.last) if _holds_amounts(grid, row)]
    counter = next((row for row in numeric if is_counter(grid, row)), None)
    data = next((row for row in numeric if row != counter), counter + 1 if counter is not None else None)
    end = counter if counter is not None else data
    if end is None or data is None:
        return None
    amounts: list[Amount] = []
    others: dict[int, tuple[str, ...]] = {}
    taken: set[tuple[str, str]] = set()
    for column, path in paths(grid, top, end, grid.left, grid.right).items():
        row = next((titles[text] for text in path if text in titles), None)
        field = match_field(path, table.fields, titles)
        if row and field and (row.id, field.id) not in taken:
            taken.add((row.id, field.id))
            amounts.append(Amount(row.id, field.id, grid.place(data, column), grid.value(data, column)))
        elif path:
            others[column] = path
    strays = strays_among(block, others, range(end, data + 1), top)
    rows = tuple(RowLabel(row.id, "", row.title, Place(grid.name, data, grid.left)) for row in table.rows)
    return Body(rows, tuple(amounts), frozenset(amount.field for amount in amounts), tuple(strays)) if amounts else None


def _holds_amounts(grid: Grid, row: int) -> bool:
    filled = [column for column in range(grid.left, grid.right) if not grid.is_blank(row, column)]
    return bool(filled) and all(
        not grid.text(row, column)
        or grid.text(row, column) == COUNTER
        or any(char.isdigit() for char in grid.text(row, column))
        for column in filled
    )
