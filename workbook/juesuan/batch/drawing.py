"""The recognised sheets of a workbook as plain data that a page can draw: values, merged areas, marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from juesuan.book import Book
from juesuan.marks import KINDS, Mark
from juesuan.place import Place
from juesuan.reading.files import WorkbookFile
from juesuan.reading.grid import Grid

MOST_ROWS, MOST_COLUMNS = 600, 60


def drawn(file: WorkbookFile, book: Book, marks: Mapping[Place, Mark]) -> list[dict[str, Any]]:
    """The tables of `book` in the order of the workbook.

    Each: `name`, `title`, `top` and `left` (zero-based), `rows` of values, `merges` as [row, column, last row, last
    column], `amounts` as the rows and the columns that amounts stand in, and `marks` by “row,column” as [number of the
    kind in KINDS, whether it is a culprit, text].
    """
    amounts: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for cell in book.cells.values():
        rows, columns = amounts[cell.place.sheet]
        rows.add(cell.place.row)
        columns.add(cell.place.column)
    marked: dict[str, dict[str, Any]] = defaultdict(dict)
    for place, mark in marks.items():
        marked[place.sheet][f"{place.row},{place.column}"] = [
            KINDS.index(mark.kind),
            int(mark.culprit),
            "\n".join(mark.messages),
        ]
    grids = {grid.name: grid for grid in file.grids}
    return [
        {
            **_drawn(grids[sheet.name]),
            "title": sheet.table.title,
            "amounts": [sorted(part) for part in amounts[sheet.name]],
            "marks": marked[sheet.name],
        }
        for sheet in sorted(book.sheets.values(), key=lambda sheet: sheet.order)
        if sheet.name in grids
    ]


def _drawn(grid: Grid) -> dict[str, Any]:
    rows = [row[:MOST_COLUMNS] for row in grid.rows[:MOST_ROWS]]
    while rows and not any(value != "" for value in rows[-1]):
        rows.pop()
    wide = max((at for row in rows for at, value in enumerate(row, 1) if value != ""), default=0)
    return {
        "name": grid.name,
        "top": grid.top,
        "left": grid.left,
        "rows": [row[:wide] for row in rows],
        "merges": [[*first, *last] for first, last in grid.merges.items()],
    }
