"""Read tables that list economic codes in groups side by side, with closing totals."""

from __future__ import annotations

from collections import defaultdict

from juesuan.book import RowLabel, Stray, StrayKind
from juesuan.reading.code_rows import CODE_HEADINGS, CODE_LENGTHS, NAME_HEADINGS, TOTALS, code_at
from juesuan.reading.found import Block, Body, Strip, body_rows, heading_cells, names_of, numbers, words
from juesuan.reading.grid import unnumbered
from juesuan.reading.headings import match_fields, paths
from juesuan.record import NamedTuple


def read_items(block: Block) -> Body | None:
    grid, table = block.grid, block.table
    field = table.fields[0]
    groups = _groups(block)
    if not groups:
        return None
    amounts = [group.amount for group in groups]
    rows: list[RowLabel] = []
    strips: list[Strip] = []
    strays: list[Stray] = []
    untidy: list[RowLabel] = []
    seen: dict[str, int] = defaultdict(int)
    above = dict.fromkeys(groups, "")
    called = names_of(table.totals)
    taken: set[tuple[int, int]] = set()
    for row in body_rows(block, groups[0].heading + 1):
        texts = grid.row_texts(row)
        totals = [(column, called[name][0]) for column, text in texts if (name := unnumbered(text)) in called]
        edges = [column for column, _ in totals[1:]] + [grid.right]
        for (column, order), edge in zip(totals, edges, strict=False):
            line = table.totals[order]
            target = _total_column(block, row, column, [place for place in amounts if place < edge])
            rows.append(RowLabel(line.id or "", "", line.label, grid.place(row, column)))
            strips.append(Strip(grid, row, line.id or "", ((target, field.id, False),)))
            taken.add((row, target))
        for group in groups:
            if (row, group.amount) in taken:
                continue
            code, raw, at = code_at(grid, row, group.codes, above[group])
            if code.isdigit() and len(code) in CODE_LENGTHS:
                above[group] = code
                seen[code] += 1
                key = code if seen[code] == 1 else f"{code}#{seen[code]}"
                label = RowLabel(key, code, words(grid, row, group.name), grid.place(row, at))
                rows.append(label)
                strips.append(Strip(grid, row, key, group.columns))
                untidy += [label._replace(code=raw)] if raw != code else []
            elif any(numbers(grid, row, (group.amount,))):
                whole = grid.first_text(row) in TOTALS
                kind: StrayKind = "apart" if whole else "code" if any(char.isdigit() for char in raw) else "row"
                text = grid.first_text(row) if whole else raw or words(grid, row, group.name) or "（无科目）"
                strays.append(Stray(table.id, grid.place(row, at), text, kind))
    return Body(tuple(rows), tuple(strips), frozenset({field.id}), tuple(strays), tuple(untidy))


class _Group(NamedTuple):
    """One of the groups side by side: the columns of its codes, of its names and of its amounts."""

    heading: int
    codes: range
    name: int
    amount: int
    columns: tuple[tuple[int, str, bool]]


def _groups(block: Block) -> list[_Group]:
    grid, field = block.grid, block.table.fields[0]
    codes, named = heading_cells(block, CODE_HEADINGS), heading_cells(block, NAME_HEADINGS)
    names = {column for _, column in named}
    top = min((row for row, _ in (*codes, *named)), default=block.first)
    edges = [column for _, column in codes] + [grid.right]
    groups = []
    for (row, column), edge in zip(codes, edges[1:], strict=True):
        name = next((beside for beside in range(column + 1, edge) if beside in names), column + 1)
        amount = next(iter(match_fields(paths(grid, top, row + 1, column + 1, edge), (field,))), None)
        if amount is not None:
            groups.append(_Group(row, range(column, name), name, amount, ((amount, field.id, False),)))
    return groups


def _total_column(block: Block, row: int, column: int, amounts: list[int]) -> int:
    """Where the amount of a closing total stands: right after its merged label, else the first amount to the right."""
    after = block.grid.end_of(row, column)[1] + 1
    if after in amounts and after > column + 1:
        return after
    right = [place for place in amounts if place > column]
    return next((place for place in right if not block.grid.is_blank(row, place)), right[0] if right else after)
