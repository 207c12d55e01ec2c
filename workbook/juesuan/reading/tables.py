"""The tables of a workbook: each found wherever it stands, its pages joined, one reading chosen of several."""

from collections.abc import Collection

from juesuan.book import most_common
from juesuan.model import TOTAL, Edition
from juesuan.place import Place
from juesuan.reading.around import Around, look_around
from juesuan.reading.blocks import blocks_of
from juesuan.reading.code_lists import read_items
from juesuan.reading.code_rows import read_codes
from juesuan.reading.files import WorkbookFile
from juesuan.reading.fixed_lines import read_lines
from juesuan.reading.found import Block, Body
from juesuan.reading.grid import Grid
from juesuan.reading.single_row import read_row
from juesuan.record import NamedTuple

_READERS = {"codes": read_codes, "items": read_items, "row": read_row, "lines": read_lines}


class Reading(NamedTuple):
    """One table as read from one worksheet, the one of number `order` in the workbook."""

    body: Body
    blocks: list[Block]
    around: Around
    order: int

    @property
    def grid(self) -> Grid:
        return self.blocks[0].grid

    @property
    def place(self) -> Place:
        """Where the table begins: by its title."""
        return self.grid.place(max(self.blocks[0].first - 1, 0), self.grid.left)

    @property
    def is_rest(self) -> bool:
        """Whether its title says that it continues a table."""
        return any("续" in text for _, text in self.grid.row_texts(self.blocks[0].first - 1))


class Tables(NamedTuple):
    """`chosen`: one reading a table. `again`: in words, others that were not read.

    `unread`: of tables that were not read, where a title stands below which no headings were recognised. `sheets`: the
    worksheets with a title or a table.
    """

    chosen: dict[str, Reading]
    again: list[str]
    unread: dict[str, Place]
    sheets: Collection[str]


def tables_of(file: WorkbookFile, edition: Edition) -> Tables:
    """The tables of `edition` that the workbook has."""
    readings, unread = _readings(file, edition)
    year = most_common(reading.around.year for several in readings.values() for reading in several if len(several) == 1)
    chosen: dict[str, Reading] = {}
    again: list[str] = []
    for table_id, several in readings.items():
        chosen[table_id], others = _chosen(several, year, file.hidden_sheets)
        again += others
    sheets = {reading.grid.name for several in readings.values() for reading in several}
    sheets |= {place.sheet for place in unread.values()}
    return Tables(chosen, again, {table: place for table, place in unread.items() if table not in chosen}, sheets)


def _readings(file: WorkbookFile, edition: Edition) -> tuple[dict[str, list[Reading]], dict[str, Place]]:
    """Every table on every worksheet, its pages joined; and titles below which no headings were recognised."""
    readings: dict[str, list[Reading]] = {}
    unread: dict[str, Place] = {}
    above: dict[Grid, int] = {}
    order = {grid.name: number for number, grid in enumerate(file.grids)}
    for block in blocks_of(file.grids, edition):
        body = _READERS[block.table.layout](block)
        if body is None:
            unread.setdefault(block.table.id, block.grid.place(max(block.first - 1, 0), block.grid.left))
            continue
        known = readings.setdefault(block.table.id, [])
        if known and known[-1].grid is block.grid:
            body, blocks = _with_page(known.pop(), block, body)
        else:
            blocks = [block]
        rows = {row.place.row for row in body.rows}
        around = look_around(blocks, rows, above.get(block.grid, 0))
        known.append(Reading(body, blocks, around, order[block.grid.name]))
        above[block.grid] = max(rows, default=block.first) + 1
    return readings, unread


def _chosen(several: list[Reading], year: int | None, hidden: Collection[str]) -> tuple[Reading, list[str]]:
    """Of the readings of a table a visible one, of the year the other tables have, the first of equals.

    What has other rows than that one is its continuation on another worksheet; of the rest is told that it was not
    read.
    """
    best = min(several, key=lambda item: (item.grid.name in hidden, item.around.year != year))
    again: list[str] = []
    for other in [item for item in several if item is not best]:
        if other.grid.name not in hidden and _continues(best, other):
            first, second = sorted((best, other), key=lambda item: (item.is_rest, item.order))
            blocks = [*first.blocks, *second.blocks]
            best = first._replace(body=_joined(first, second.body), blocks=blocks)
        else:
            name = best.blocks[0].table.name
            again.append(f"{name}又见于工作表“{other.grid.name}”，只核对了“{best.grid.name}”")
    return best, again


def _continues(reading: Reading, other: Reading) -> bool:
    """Whether the other worksheet holds rows of the same table that this one has not, and none that it has."""
    if other.around.year not in (reading.around.year, None):
        return False
    rows, others = ({row.key for row in item.body.rows if item.body.columns} for item in (reading, other))
    if reading.body.repeats_total(other.body):
        others.discard(TOTAL)
    return bool(others) and bool(rows) and rows.isdisjoint(others) and reading.body.columns == other.body.columns


def _with_page(reading: Reading, block: Block, body: Body) -> tuple[Body, list[Block]]:
    """A table and the next page of it on the worksheet; of fixed lines, some of one name, both are one stretch."""
    if block.table.layout == "lines":
        whole = reading.blocks[0]._replace(last=block.last)
        return read_lines(whole) or body, [whole]
    return _joined(reading, body), [*reading.blocks, block]


def _joined(reading: Reading, body: Body) -> Body:
    by_code = reading.blocks[0].table.layout in ("codes", "items")
    return reading.body.continued(body) if by_code else reading.body.and_(body)
