"""Where each table begins and ends: by its title, or without one by its number or the worksheet's name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise

from juesuan.model import Edition, Table
from juesuan.reading.found import Block
from juesuan.reading.grid import Grid, spelled
from juesuan.reading.titles import bare_title, may_be
from juesuan.reading.unread_sheets import printed_title

Titles = Mapping[str, Table]


def blocks_of(grids: Iterable[Grid], edition: Edition) -> Iterator[Block]:
    """Stretches of rows that begin with the title of a table; of tables beside each other each in its own columns."""
    titles = {spelled(title): table for table in edition.tables for title in (*table.aliases, table.title)}
    labels = {spelled(table.label): table for table in edition.tables if table.label}
    ends = {title[-1] for title in titles} | {")", "续"}
    for whole in grids:
        here = {text: table for text in whole.all_texts if text[-1] in ends and (table := _titled(text, titles))}
        if not here:
            yield from _between(whole, _untitled(whole, titles, labels))
            continue
        placed = [
            (row, column, here[text]) for row, column, text in whole.texts(whole.top, whole.bottom) if text in here
        ]
        if len({row for row, _, _ in placed}) == len(placed):
            yield from _between(whole, [(row, table) for row, _, table in placed])
            continue
        for part in _parts(whole, [(row, column) for row, column, _ in placed]):
            inside = range(part.left, part.right)
            yield from _between(part, [(row, table) for row, column, table in placed if column in inside])


def _between(grid: Grid, starts: list[tuple[int, Table]]) -> Iterator[Block]:
    for (row, table), (end, _) in pairwise([*starts, (grid.bottom, None)]):
        if table:
            yield Block(table, grid, row + 1, end)


def _untitled(grid: Grid, titles: Titles, labels: Titles) -> list[tuple[int, Table]]:
    """The one table of a sheet without a title we know: no other than what is printed there may mean."""
    numbered = [(row, labels[text]) for row, _, text in grid.texts(grid.top, grid.bottom) if text in labels][:1]
    named = titles.get(bare_title(spelled(grid.name))) or labels.get(spelled(grid.name))
    title = printed_title(grid)
    starts = [*numbered, *([(grid.top - 1, named)] if named else [])]
    return [(row, table) for row, table in starts if not title or may_be(title, table.title)][:1]


def _titled(text: str, titles: Titles) -> Table | None:
    return titles.get(text) or titles.get(bare_title(text))


def _parts(grid: Grid, placed: list[tuple[int, int]]) -> list[Grid]:
    """A part of the sheet for each of the titles that stand on one row: an empty column is between them."""
    most = max((list(group) for _, group in groupby(placed, key=lambda place: place[0])), key=len)
    empty = [
        column
        for column in range(grid.left, grid.right)
        if all(grid.is_blank(row, column) for row in range(grid.top, grid.bottom))
    ]
    edges = [grid.left]
    for (_, left), (_, right) in pairwise(most):
        edges.append(max((column for column in empty if left < column < right), default=right))
    return [grid.part(left, right) for left, right in pairwise([*edges, grid.right])]
