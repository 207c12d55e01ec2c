"""Column headings: from merged, multi-row heading cells to the fields of a table."""

from __future__ import annotations

from collections.abc import Iterable

from juesuan.model import Field
from juesuan.reading.grid import Grid, Value, spelled, unnumbered

COUNTER = "栏次"
_UNITS = ("(万元)", "(元)", "(单位:万元)", "(单位:元)")
_SUBTOTALS = ("小计", "合计")


def is_counter(grid: Grid, row: int) -> bool:
    """Whether a row only numbers the columns: “栏次 1 2 3”, or 1 2 3 … by itself."""
    for _, text in grid.row_texts(row):
        if text == COUNTER:
            return True
        if not text.isdigit():
            return False
    numbers = [_count(value) for value in grid.values(row) if value != ""]
    start = numbers[0] if numbers else None
    return start is not None and len(numbers) > 2 and numbers == list(range(start, start + len(numbers)))


def _count(value: Value) -> int | None:
    if isinstance(value, str):
        bare = spelled(value)
        return int(bare) if bare.isdigit() else None
    return int(value) if isinstance(value, int | float) and value == int(value) else None


def paths(grid: Grid, first: int, last: int, left: int, right: int) -> dict[int, tuple[str, ...]]:
    """For each column from `left` to before `right`, its headings in rows `first` to before `last`, outermost first.

    A heading reaches over its merged area; where the file has no merges, an upper heading reaches right to the
    next one as long as there are headings below it, and never into the next group of the headings above.
    """
    levels: list[dict[int, str]] = []
    groups: list[set[int]] = []
    begun: set[int] = set()
    for row in range(first, last):
        texts = [(column, text) for column, text in grid.row_texts(row) if left <= column < right]
        groups.append(set(begun))
        begun.update(column for column, _ in texts)
        level: dict[int, str] = {}
        for column, text in texts:
            for reached in range(column, min(grid.end_of(row, column)[1] + 1, right)):
                level.setdefault(reached, unnumbered(text))
        levels.append(level)
    headed_below: set[int] = set()
    for level, group in zip(reversed(levels), reversed(groups), strict=True):
        heading = ""
        for column in range(left, right):
            heading = level.get(column, "" if column in group else heading)
            if heading and column in headed_below:
                level.setdefault(column, heading)
        headed_below |= level.keys()
    found = {column: tuple(level[column] for level in levels if column in level) for column in range(left, right)}
    return {column: tuple(dict.fromkeys(path)) for column, path in found.items()}


def _without_unit(text: str) -> str:
    return next((text.removesuffix(unit) for unit in _UNITS if text.endswith(unit)), text)


def match_field(path: tuple[str, ...], fields: Iterable[Field], drop: Iterable[str] = ()) -> Field | None:
    """The field whose heading this is, or None. `drop`: headings of surrounding groups that tell nothing."""
    ignored = {spelled(text) for text in drop}
    given = tuple(bare for text in path if text not in ignored and (bare := _without_unit(text)))
    if not given:
        return None
    known = list(fields)
    for field in known:
        for header in (field.header, *field.aliases):
            wanted = tuple(spelled(text) for text in header)
            if given == wanted or given[-1] == "".join(wanted):
                return field
    leaves = [field for field in known if spelled(field.header[-1]) == given[-1] and given[-1] not in _SUBTOTALS]
    return leaves[0] if len(leaves) == 1 else None
