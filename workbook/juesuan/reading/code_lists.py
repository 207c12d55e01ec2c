"""Read tables that list economic codes in groups side by side, with closing totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from juesuan.book import RowLabel, Stray, StrayKind
from juesuan.model import Line
from juesuan.reading.code_rows import CODE_HEADINGS, NAME_HEADINGS, TOTALS, code_at, is_code
from juesuan.reading.found import Block, Body, Strip, body_rows, heading_cells, names_of, numbers, words
from juesuan.reading.grid import unnumbered
from juesuan.reading.headings import match_fields, paths
from juesuan.record import NamedTuple


def read_items(block: Block) -> Body | None:
    groups = _groups(block)
    if not groups:
        return None
    grid, field = block.grid, block.table.fields[0]
    rows: list[RowLabel] = []
    strips: list[Strip] = []
    strays: list[Stray] = []
    untidy: list[RowLabel] = []
    seen: dict[str, int] = defaultdict(int)
    above = dict.fromkeys(groups, "")
    called = names_of(block.table.totals)
    for row in body_rows(block, groups[0].heading + 1):
        taken: set[int] = set()
        for column, line, target in _totals(block, row, groups, called):
            if target is None:
                strays.append(Stray(block.table.id, grid.place(row, column), line.label, "row"))
                continue
            rows.append(RowLabel(line.id or "", "", line.label, grid.place(row, column)))
            strips.append(Strip(grid, row, line.id or "", ((target, field.id, False),)))
            taken.add(target)
        for group in groups:
            if group.amount in taken:
                continue
            code, raw, at = code_at(grid, row, group.codes, above[group])
            if not is_code(code):
                strays += _stray(block, row, group, raw, at)
                continue
            above[group] = code
            seen[code] += 1
            key = code if seen[code] == 1 else f"{code}#{seen[code]}"
            label = RowLabel(key, code, words(grid, row, group.name), grid.place(row, at))
            rows.append(label)
            strips.append(Strip(grid, row, key, group.columns))
            untidy += [label._replace(code=raw)] if raw != code else []
    return Body(tuple(rows), tuple(strips), frozenset({field.id}), tuple(strays), tuple(untidy))


def _totals(
    block: Block, row: int, groups: list[_Group], called: Mapping[str, list[int]]
) -> Iterator[tuple[int, Line, int | None]]:
    """The closing totals of a row, `called` so: the column of the label, the line, and the column of the amount."""
    texts = [(column, unnumbered(text)) for column, text in block.grid.row_texts(row)]
    found = [(column, block.table.totals[called[name][0]]) for column, name in texts if name in called]
    edges = [column for column, _ in found[1:]] + [block.grid.right]
    for (column, line), edge in zip(found, edges, strict=False):
        amounts = [group.amount for group in groups if group.amount < edge]
        yield column, line, _total_column(block, row, column, amounts)


def _stray(block: Block, row: int, group: _Group, raw: str, at: int) -> list[Stray]:
    """What stands in a group and has no code: of account only if it holds an amount that is not zero."""
    if not any(numbers(block.grid, row, (group.amount,))):
        return []
    place, first = block.grid.place(row, at), block.grid.first_text(row)
    if first in TOTALS:
        return [Stray(block.table.id, place, first, "apart")]
    kind: StrayKind = "code" if any(char.isdigit() for char in raw) else "row"
    return [Stray(block.table.id, place, raw or words(block.grid, row, group.name) or "（无科目）", kind)]


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


def _total_column(block: Block, row: int, column: int, amounts: list[int]) -> int | None:
    """Where the amount of a closing total stands: right after its merged label, else the first amount to the right.

    None where no column of amounts is to the right of the label.
    """
    after = block.grid.end_of(row, column)[1] + 1
    if after in amounts and after > column + 1:
        return after
    right = [place for place in amounts if place >= after]
    return next((place for place in right if not block.grid.is_blank(row, place)), right[0] if right else None)
