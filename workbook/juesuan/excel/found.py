"""A stretch of a worksheet that holds a table, and what reading it yields before amounts are converted."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from juesuan.book import Place, RowLabel, Stray
from juesuan.excel.grid import Grid, Value, unnumbered
from juesuan.excel.headings import is_counter
from juesuan.model import Line, Table

NOTES = ("注:", "说明:", "附注:", "备注:")


class Amount(NamedTuple):
    row: str
    field: str
    place: Place
    value: Value
    signed: bool = False


class Block(NamedTuple):
    """A stretch of rows of one worksheet that should hold `table`: `first` to before `last`."""

    table: Table
    grid: Grid
    first: int
    last: int


class Body(NamedTuple):
    """The rows, amounts and strays found in one or more blocks of a table."""

    rows: tuple[RowLabel, ...] = ()
    amounts: tuple[Amount, ...] = ()
    columns: frozenset[str] = frozenset()
    strays: tuple[Stray, ...] = ()
    untidy_codes: tuple[RowLabel, ...] = ()

    def and_(self, other: "Body") -> "Body":
        """This body continued by another page of the same table."""
        return Body(
            self.rows + other.rows,
            self.amounts + other.amounts,
            self.columns | other.columns,
            self.strays + other.strays,
            self.untidy_codes + other.untidy_codes,
        )


def heading_cells(block: Block, endings: tuple[str, ...]) -> list[tuple[int, int]]:
    """(row, column) of the cells in the first heading row whose text ends so; [] when there is none."""
    found = [(row, column) for row, column, text in block.grid.texts(block.first, block.last) if text.endswith(endings)]
    return [cell for cell in found if cell[0] == found[0][0]]


def body_rows(block: Block, start: int) -> Iterator[int]:
    """Body rows from `start` to the notes below the table, without rows that only number the columns."""
    grid = block.grid
    for row in range(start, block.last):
        if grid.first_text(row).startswith(NOTES):
            return
        if not is_counter(grid, row):
            yield row


def repeats_headings(grid: Grid, row: int, columns: Iterable[int]) -> bool:
    """Whether words stand where amounts belong: a heading repeated on the next page."""
    texts = [grid.text(row, column) for column in columns]
    return all(text and not any(char.isdigit() for char in text) for text in texts)


def as_typed(grid: Grid, row: int, column: int) -> str:
    """A code or line number as the clerk sees it."""
    value = grid.value(row, column)
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return value.strip(" ") if isinstance(value, str) else str(value)


def names_of(lines: Iterable[Line]) -> dict[str, list[int]]:
    """Indexes of the lines by each of their names, as `unnumbered` spells them."""
    names: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        for name in (line.label, *line.aliases) if line.id is not None else ():
            names.setdefault(unnumbered(name), []).append(index)
    return names
