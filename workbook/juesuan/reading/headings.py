"""Column headings: from merged, multi-row heading cells to the fields of a table."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import lru_cache

from juesuan.model import Field
from juesuan.reading.grid import Grid, Value, spelled, unnumbered

Headers = dict[tuple[str, ...], Field]

COUNTER = "栏次"
_UNITS = ("(万元)", "(元)", "(单位:万元)", "(单位:元)")
_SUBTOTALS = ("小计", "合计")
_GROUPS = ("决算数", "金额")
"""Headings that tell nothing where they stand over others."""


def is_counter(grid: Grid, row: int) -> bool:
    """Whether a row only numbers the columns: “栏次 1 2 3”, or 1 2 3 … by itself."""
    for _, text in grid.row_texts(row):
        if text == COUNTER:
            return True
        if not text.isdecimal():
            return False
    numbers = [_count(value) for value in grid.values(row) if value != ""]
    start = numbers[0] if numbers else None
    return start is not None and len(numbers) > 2 and numbers == list(range(start, start + len(numbers)))


def _count(value: Value) -> int | None:
    if isinstance(value, str):
        bare = spelled(value)
        return int(bare) if bare.isdecimal() else None
    return int(value) if isinstance(value, int | float) and value % 1 == 0 else None


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


def match_fields(
    found: Mapping[int, tuple[str, ...]], fields: tuple[Field, ...], drop: Iterable[str] = ()
) -> dict[int, Field]:
    """The field of each column that is one, by the column's headings; `drop`: surrounding groups that tell nothing.

    Of several columns for a field the first is taken. Headings that only end as a field's do are its own where no
    others end so: “基本支出” below “本年支出” is not that below “本年收入”.
    """
    ignored = {spelled(text) for text in drop}
    given = {column: telling for column, path in found.items() if (telling := _telling(path, ignored))}
    columns: dict[str, tuple[int, Field]] = {}
    for column, path in given.items():
        if field := _headed(path, fields):
            columns.setdefault(field.id, (column, field))
    endings: dict[str, dict[tuple[str, ...], tuple[int, Field]]] = {}
    for column, path in given.items() if len(columns) < len(given) else ():
        if field := _ending(path, fields):
            endings.setdefault(field.id, {}).setdefault(path, (column, field))
    for name, claims in endings.items():
        if len(claims) == 1:
            columns.setdefault(name, *claims.values())
    return dict(sorted(columns.values(), key=lambda pair: pair[0]))


def is_divided(path: tuple[str, ...], field: Field) -> bool:
    """Whether a field's column is the 小计 of columns that the form does not have."""
    known = any(header[-1] in _SUBTOTALS for header in (field.header, *field.aliases))
    return len(path) > 1 and path[-1] in _SUBTOTALS and not known


def _telling(path: tuple[str, ...], ignored: Container[str]) -> tuple[str, ...]:
    bare = [_without_unit(text) for text in path if text not in ignored]
    return tuple(text for text in (*(text for text in bare[:-1] if text not in _GROUPS), *bare[-1:]) if text)


def _headed(path: tuple[str, ...], fields: tuple[Field, ...]) -> Field | None:
    """The field with these headings; 小计 below a heading of its own is the whole of what that names."""
    known, joined = _headers(fields)
    for given in (path, path[:-1]) if len(path) > 1 and path[-1] in _SUBTOTALS else (path,):
        if field := known.get(given) or joined.get(given[-1:]):
            return field
        if given[-1].endswith(_SUBTOTALS):
            same = (field for wanted, field in known.items() if _same(given, wanted))
            alike = (field for wanted, field in joined.items() if _same(given[-1:], wanted))
            if field := next(same, None) or next(alike, None):
                return field
    return None


@lru_cache(maxsize=256)
def _headers(fields: tuple[Field, ...]) -> tuple[Headers, Headers]:
    """The fields by the headings over each, and by these written as one."""
    known: Headers = {}
    joined: Headers = {}
    for field in fields:
        for header in (field.header, *field.aliases):
            wanted = tuple(spelled(text) for text in header)
            known.setdefault(wanted, field)
            if len(wanted) > 1:
                joined.setdefault(("".join(wanted),), field)
    return known, joined


def _same(given: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether two paths are the same but for 小计 and 合计, which below or behind other words are one."""
    ends = given[-1][-2:], wanted[-1][-2:]
    return (
        set(ends) == set(_SUBTOTALS)
        and "".join(given) not in _SUBTOTALS
        and (*given[:-1], given[-1][:-2]) == (*wanted[:-1], wanted[-1][:-2])
    )


def _ending(path: tuple[str, ...], fields: Iterable[Field]) -> Field | None:
    """The one field whose headings these end in, or that has the last of them."""
    ends = {field.id: field for field in fields for header in (field.header, *field.aliases) if _ends(path, header)}
    return next(iter(ends.values())) if len(ends) == 1 else None


def _ends(path: tuple[str, ...], header: tuple[str, ...]) -> bool:
    wanted = tuple(spelled(text) for text in header)
    if path[-1] in _SUBTOTALS:
        return len(wanted) > 1 and (path[-len(wanted) :] == wanted or _same(path[-len(wanted) :], wanted))
    return path[-1] == wanted[-1]
