"""Read tables whose rows are functional codes: one code column, or 类, 款 and 项 in three."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from juesuan.book import RowLabel, Stray
from juesuan.excel.found import Amount, Block, Body, as_typed, body_rows, heading_cells, repeats_headings
from juesuan.excel.grid import Grid, spelled
from juesuan.excel.headings import is_counter, match_field, paths
from juesuan.model import TOTAL

CODE_HEADINGS = ("科目编码", "科目代码", "编码")
NAME_HEADINGS = ("科目名称",)
CODE_LENGTHS = (3, 5, 7)


def read_codes(block: Block) -> Body | None:
    grid = block.grid
    codes, names = heading_cells(block, CODE_HEADINGS), heading_cells(block, NAME_HEADINGS)
    if not codes or not names:
        return None
    name_column = names[0][1]
    code_columns = range(codes[0][1], max(name_column, codes[0][1] + 1))
    start = next(
        (
            row
            for row in range(codes[0][0] + 1, block.last)
            if _hascode_at(grid, row, code_columns) or _is_total(grid, row)
        ),
        None,
    )
    if start is None:
        return None
    headings_end = next((row for row in range(codes[0][0], start) if is_counter(grid, row)), start)
    columns, strays = _columns(block, _top(block, codes[0][0]), headings_end, name_column + 1, grid.right, ("项目",))
    if not columns:
        return None
    rows: list[RowLabel] = []
    amounts: list[Amount] = []
    untidy: list[RowLabel] = []
    seen: dict[str, int] = defaultdict(int)
    for row in body_rows(block, start):
        code, raw, at = code_at(grid, row, code_columns)
        name = str(grid.value(row, name_column)).strip()
        filled = [column for column in columns if not grid.is_blank(row, column)]
        label = RowLabel("", code or raw, name, grid.place(row, at))
        if _is_total(grid, row):
            label = label._replace(key=TOTAL, code="", name="合计")
        elif code.isdigit() and code.isascii() and len(code) in CODE_LENGTHS:
            seen[code] += 1
            label = label._replace(key=code if seen[code] == 1 else f"{code}#{seen[code]}")
            if raw != code:
                untidy.append(label._replace(code=raw))
        elif raw and filled and not raw.endswith(CODE_HEADINGS):
            strays.append(Stray(block.table.id, label.place, raw, "code"))
            continue
        elif filled and (spelled(name) not in NAME_HEADINGS) and not repeats_headings(grid, row, filled):
            strays.append(Stray(block.table.id, grid.place(row, name_column), name or "（无科目）", "row"))
            continue
        if label.key:
            rows.append(label)
            amounts += _amounts(block, row, label.key, columns)
    return Body(tuple(rows), tuple(amounts), frozenset(columns.values()), tuple(strays), tuple(untidy))


def _amounts(block: Block, row: int, key: str, columns: dict[int, str]) -> Iterator[Amount]:
    signed = {field.id for field in block.table.all_fields if field.signed}
    for column, field in columns.items():
        yield Amount(key, field, block.grid.place(row, column), block.grid.value(row, column), field in signed)


def _top(block: Block, row: int) -> int:
    """The first heading row: one above the codes' own heading when that stands under “项目”."""
    above = [text for _, _, text in block.grid.texts(row - 1, row)]
    return row - 1 if row > block.first and above and "项目" in above else row


def _columns(
    block: Block, first: int, last: int, left: int, right: int, drop: tuple[str, ...]
) -> tuple[dict[int, str], list[Stray]]:
    """Columns of amounts by field id, and headed columns that are no field of the table."""
    columns: dict[int, str] = {}
    strays: list[Stray] = []
    for column, path in paths(block.grid, first, last, left, right).items():
        field = match_field(path, block.table.fields, drop)
        if field and field.id not in columns.values():
            columns[column] = field.id
        elif path:
            strays.append(Stray(block.table.id, block.grid.place(first, column), path[-1], "column"))
    return columns, strays


def _is_total(grid: Grid, row: int) -> bool:
    return grid.first_text(row) in ("合计", "总计")


def code_at(grid: Grid, row: int, columns: range) -> tuple[str, str, int]:
    """(code, code as typed, its column). Codes may be one cell, or 类, 款 and 项 in three."""
    parts = [(column, as_typed(grid, row, column)) for column in columns]
    typed = [(column, part) for column, part in parts if part]
    if not typed:
        return "", "", columns[0]
    code = ""
    for _, part in typed:
        plain = spelled(part)
        if len(columns) > 1 and code and len(plain) < 2 and plain.isdigit():
            plain = plain.zfill(2)
        code = plain if code and plain.startswith(code) else code + plain
    raw = typed[0][1] if len(typed) == 1 else code
    return code, raw, typed[-1][0]


def _hascode_at(grid: Grid, row: int, columns: range) -> bool:
    code, _, _ = code_at(grid, row, columns)
    return code.isdigit() and len(code) in CODE_LENGTHS
