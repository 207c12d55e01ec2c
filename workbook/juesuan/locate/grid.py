"""Where cells stand beside each other: the amounts of each sheet in printed rows and columns, by their numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.locate.system import System


class Grid:
    """The cells of one worksheet that statements speak of.

    `rows` are its printed rows from above, each with its cells by column.
    """

    def __init__(self, rows: dict[int, dict[int, int]]) -> None:
        self.lines = sorted(rows)
        self.rows = [dict(sorted(rows[line].items())) for line in self.lines]

    def pairs(self) -> list[tuple[int, int]]:
        """Cells that stand next to each other in a row or in a column."""
        found: list[tuple[int, int]] = []
        for row in self.rows:
            cells = list(row.values())
            found += pairwise(cells)
        for row, below in pairwise(self.rows):
            found += [(cell, below[column]) for column, cell in row.items() if column in below]
        return found


def grids(system: System, book: Book) -> list[Grid]:
    """The grid of every worksheet, in the order of the book."""
    by_sheet: dict[str, dict[int, dict[int, int]]] = {}
    for cell in book.cells.values():
        number = system.number(cell)
        if number is not None:
            rows = by_sheet.setdefault(cell.place.sheet, {})
            rows.setdefault(cell.place.row, {})[cell.place.column] = number
    return [Grid(rows) for rows in by_sheet.values()]
