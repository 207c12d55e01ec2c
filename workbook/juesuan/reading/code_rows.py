"""Read tables whose rows are functional codes: one code column, or 类, 款 and 项 in three."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Literal

from juesuan.book import RowLabel, Stray
from juesuan.model import TOTAL
from juesuan.reading.found import (
    PAGE_SUMS,
    Block,
    Body,
    Strip,
    as_typed,
    body_rows,
    heading_cells,
    numbers,
    strays_among,
    words,
)
from juesuan.reading.grid import Grid, Value, spelled
from juesuan.reading.headings import is_counter, is_divided, match_fields, paths

CODE_HEADINGS = ("科目编码", "科目代码", "编码", "代码")
NAME_HEADINGS = ("科目名称", "项目名称")
_NAME = "名称"
CODE_PARTS = ("类", "款", "项")
TOTALS = ("合计", "总计", "合计:", "总计:")
CODE_LENGTHS = (3, 5, 7)
JOINED_HEADINGS = (*CODE_HEADINGS, "科目", "编码及名称", "代码及名称")
_CODE_BEFORE = re.compile(r"\s*\[?(\d{7}|\d{5}|\d{3})(?!\d)\]?[-_:\s]*(?=\D)")
"""A code that stands before its name in one cell."""

_MARKS = "-.·•/_—–"
"""What may stand between 类, 款 and 项 of a code: “201.03.50”."""


def read_codes(block: Block) -> Body | None:
    """The rows and amounts of the block's table; None when its headings are not there."""
    grid, signs = block.grid, {field.id: field.signed for field in block.table.all_fields}
    found = _headings(block)
    if found is None:
        return None
    top, heading, code_columns, name_column = found
    below = range(grid.end_of(heading, code_columns[0])[0] + 1, block.last)
    read = _joined_code if name_column in code_columns else code_at
    left = max(name_column, code_columns[-1]) + 1
    start = next(
        (row for row in below if _is_code(read(grid, row, code_columns)[0]) or _is_total(grid, row, left)), None
    )
    shared = None if start is None or not _heads(block, start, left) else start
    ends = next((row for row in range(heading, start or block.last) if is_counter(grid, row)), start or below.start)
    ends = ends if shared is None else shared + 1
    body = range(ends if start is None else start, block.last)
    columns, strays = _columns(block, range(_top(block, top), ends), left, body)
    if not columns:
        return None
    fields = tuple((column, field, signs[field]) for column, field in columns.items())
    rows: list[RowLabel] = []
    strips: list[Strip] = []
    untidy: list[RowLabel] = []
    seen: dict[str, int] = defaultdict(int)
    above = ""
    for row in body_rows(block, body.start):
        code, raw, at = read(grid, row, code_columns, above)
        name, place = words(grid, row, name_column), grid.place(row, at)
        name = _CODE_BEFORE.sub("", name) if name_column in code_columns else name
        if _is_code(code):
            key = above = code
            untidy += [RowLabel("", raw, name, place)] if raw != code else []
        elif _is_total(grid, row, left):
            key, code, name = TOTAL, "", "合计"
            if seen[key] and _repeats(grid, row, columns, rows):
                continue
        else:
            strays += _stray(block, row, columns, RowLabel("", code or raw, name, place), raw)
            continue
        seen[key] += 1
        key = key if seen[key] == 1 else f"{key}#{seen[key]}"
        rows.append(RowLabel(key, code, name, place))
        amounts = tuple(field for field in fields if not grid.text(row, field[0])) if row == shared else fields
        strips.append(Strip(grid, row, key, amounts))
    return Body(tuple(rows), tuple(strips), frozenset(columns.values()), tuple(strays), tuple(untidy))


def _headings(block: Block) -> tuple[int, int, range, int] | None:
    """The first heading row and that of the codes, their columns, and the column of the names.

    Codes may stand in three columns; behind the names these reach to the next heading.
    """
    codes, names = heading_cells(block, CODE_HEADINGS), heading_cells(block, NAME_HEADINGS, _NAME)
    if not names:
        return _joined_heading(block)
    name = names[0][1]
    if not codes:
        parts = heading_cells(block, CODE_PARTS)
        codes = parts if len(parts) == len(CODE_PARTS) else []
    if not codes:
        return None
    heading, first = codes[0]
    top = min(heading, names[0][0])
    if name > first:
        return top, heading, range(first, name), name
    others = (column for row in (heading - 1, heading) for column, _ in block.grid.row_texts(row) if column > first)
    return top, heading, range(first, min(others, default=first + 1)), name


def _joined_heading(block: Block) -> tuple[int, int, range, int] | None:
    """The same of a table that has code and name in one column: “2010350-事业运行”, “[2010350]事业运行”."""
    for row, column in heading_cells(block, JOINED_HEADINGS)[:1]:
        if any(_CODE_BEFORE.match(text) for _, at, text in block.grid.texts(row + 1, block.last) if at == column):
            return row, row, range(column, column + 1), column
    return None


def _joined_code(grid: Grid, row: int, columns: range, above: str = "") -> tuple[str, str, int]:
    found = _CODE_BEFORE.match(grid.text(row, columns[0]))
    code = found[1] if found else ""
    return code, code, columns[0]


def _stray(block: Block, row: int, columns: dict[int, str], label: RowLabel, raw: str) -> list[Stray]:
    """A row that is neither a code's nor 合计: of account only if it holds amounts that are not all zero."""
    grid = block.grid
    if grid.first_text(row) in PAGE_SUMS or not any(numbers(grid, row, columns)):
        return []
    kind: Literal["code", "row"] = "code" if any(char.isdigit() for char in raw) else "row"
    return [Stray(block.table.id, label.place, raw or label.name or "（无科目）", kind)]


def _repeats(grid: Grid, row: int, columns: dict[int, str], rows: list[RowLabel]) -> bool:
    """Whether 合计 is printed a second time with the same amounts."""
    first = next(label.place.row for label in rows if label.key == TOTAL)
    return numbers(grid, row, columns) == numbers(grid, first, columns)


def _top(block: Block, row: int) -> int:
    """The first heading row: one above the codes' own heading when that stands under “项目”."""
    above = [text for _, _, text in block.grid.texts(row - 1, row)]
    return row - 1 if row > block.first and above and "项目" in above else row


def _columns(block: Block, headings: range, left: int, body: range) -> tuple[dict[int, str], list[Stray]]:
    """Columns of amounts by field id, and columns with amounts that are no field of the table.

    Beyond a column that is wholly empty the table has ended: what is no field there is none of its business.
    """
    found = paths(block.grid, headings.start, headings.stop, left, block.grid.right)
    matched = match_fields(found, block.table.fields, ("项目",))
    columns = {column: field.id for column, field in matched.items()}
    others: dict[int, tuple[str, ...]] = {}
    ended = False
    for column, path in found.items():
        if column in columns:
            continue
        if path and not ended:
            others[column] = path
        elif not path:
            ended = ended or all(block.grid.is_blank(row, column) for row in range(headings.start, block.last))
    divided = {found[column][:-1] for column, field in matched.items() if is_divided(found[column], field)}
    apart = [column for column, path in others.items() if path[:-1] in divided]
    return columns, strays_among(block, others, body, headings.start, apart)


def _is_total(grid: Grid, row: int, left: int) -> bool:
    """Whether 合计 stands before the amounts, which begin at `left`; 类, 款 and 项 may be headed in the same row."""
    first = next(((column, text) for column, text in grid.row_texts(row) if text not in CODE_PARTS), None)
    return first is not None and first[0] < left and first[1].partition("(")[0] in TOTALS


def _heads(block: Block, row: int, left: int) -> bool:
    """Whether 合计 stands in a row of headings: the empty forms of Shanghai print 基本支出 and 项目支出 beside it."""
    known = {spelled(path[-1]) for field in block.table.fields for path in (field.header, *field.aliases)}
    beside = [text for column, text in block.grid.row_texts(row) if column >= left]
    return bool(beside) and known.issuperset(beside)


def _is_code(text: str) -> bool:
    return len(text) in CODE_LENGTHS and text.isascii() and text.isdigit()


def _joined(text: str) -> str:
    """A code without the marks between its parts."""
    parts = text.split(text[3]) if text[3:4] and text[3] in _MARKS else []
    parted = [len(part) for part in parts] in ([3, 2], [3, 2, 2]) and _is_code("".join(parts))
    return "".join(parts) if parted else text


def _untrimmed(value: Value, typed: str) -> str:
    """Spaces before a code are an indent; behind it they make another text of it, which formulas do not find."""
    return value.lstrip(" ") if isinstance(value, str) else typed


def code_at(grid: Grid, row: int, columns: range, above: str = "") -> tuple[str, str, int]:
    """(code, code as typed, its column).

    Codes may be one cell, or 类, 款 and 项 in three; of the three a row may hold only its own part, and the rest
    is that of the code `above` it.
    """
    if len(columns) == 1 and type(value := grid.value(row, columns[0])) is str and _is_code(value):
        return value, value, columns[0]
    typed = [(column, part) for column in columns if (part := as_typed(grid, row, column))]
    if not typed:
        return "", "", columns[0]
    missing = typed[0][0] - columns[0]
    code = above[: 1 + 2 * missing] if missing and len(spelled(typed[0][1])) <= 2 else ""
    for _, part in typed:
        plain = _joined(spelled(part))
        if len(columns) > 1 and code and len(plain) < 2 and plain.isdigit():
            plain = plain.zfill(2)
        code = plain if code and plain.startswith(code) else code + plain
    raw = _untrimmed(grid.value(row, typed[0][0]), typed[0][1]) if len(typed) == 1 and not missing else code
    return code, raw, typed[-1][0]
