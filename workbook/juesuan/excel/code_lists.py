"""Read tables that list economic codes in groups side by side, with closing totals."""

from __future__ import annotations

from collections import defaultdict

from juesuan.book import RowLabel, Stray
from juesuan.excel.code_rows import CODE_HEADINGS, CODE_LENGTHS, code_at
from juesuan.excel.found import Amount, Block, Body, body_rows, heading_cells, names_of, numbers, words
from juesuan.excel.grid import unnumbered
from juesuan.excel.headings import match_field, paths


def read_items(block: Block) -> Body | None:
    grid, table = block.grid, block.table
    codes = heading_cells(block, CODE_HEADINGS)
    if not codes:
        return None
    field = table.fields[0]
    columns: dict[int, int] = {}
    edges = [column for _, column in codes] + [grid.right]
    for (row, column), edge in zip(codes, edges[1:], strict=True):
        for beside, path in paths(grid, row, row + 1, column + 1, edge).items():
            if match_field(path, [field]) and column not in columns:
                columns[column] = beside
    if not columns:
        return None
    rows: list[RowLabel] = []
    amounts: list[Amount] = []
    strays: list[Stray] = []
    untidy: list[RowLabel] = []
    seen: dict[str, int] = defaultdict(int)
    called = names_of(table.totals)
    for row in body_rows(block, codes[0][0] + 1):
        totals = {
            column: table.totals[called[unnumbered(text)][0]]
            for _, column, text in grid.texts(row, row + 1)
            if unnumbered(text) in called
        }
        for column, line in totals.items():
            target = _total_column(block, row, column, sorted(columns.values()))
            rows.append(RowLabel(line.id or "", "", line.label, grid.place(row, column)))
            amounts.append(Amount(line.id or "", field.id, grid.place(row, target), grid.value(row, target)))
        for column, target in columns.items() if not totals else ():
            code, raw, at = code_at(grid, row, range(column, column + 1))
            place = grid.place(row, at)
            name = words(grid, row, column + 1)
            if code.isdigit() and len(code) in CODE_LENGTHS:
                seen[code] += 1
                label = RowLabel(code if seen[code] == 1 else f"{code}#{seen[code]}", code, name, place)
                rows.append(label)
                amounts.append(Amount(label.key, field.id, grid.place(row, target), grid.value(row, target)))
                untidy += [label._replace(code=raw)] if raw != code else []
            elif any(numbers(grid, row, (target,))):
                coded = any(char.isdigit() for char in raw)
                strays.append(Stray(table.id, place, raw or name or "（无科目）", "code" if coded else "row"))
    return Body(tuple(rows), tuple(amounts), frozenset({field.id}), tuple(strays), tuple(untidy))


def _total_column(block: Block, row: int, column: int, amounts: list[int]) -> int:
    """Where the amount of a closing total stands: right after its merged label, else the first amount to the right."""
    after = block.grid.end_of(row, column)[1] + 1
    if after in amounts and after > column + 1:
        return after
    right = [place for place in amounts if place > column]
    return next((place for place in right if not block.grid.is_blank(row, place)), right[0] if right else after)
