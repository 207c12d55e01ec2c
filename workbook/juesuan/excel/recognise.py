"""From a workbook to a Book: find each table by its title and headings, wherever it stands."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from juesuan.book import Book, Cell, Key, Place, Sheet, most_common
from juesuan.errors import UnreadableBook
from juesuan.excel.amounts import as_cell
from juesuan.excel.around import TEMPLATE, Around, facts, look_around
from juesuan.excel.code_lists import read_items
from juesuan.excel.code_rows import read_codes
from juesuan.excel.files import WorkbookFile
from juesuan.excel.fixed_lines import read_lines
from juesuan.excel.found import Amount, Block, Body
from juesuan.excel.grid import Grid, spelled
from juesuan.excel.package import Doubt, Package
from juesuan.excel.single_row import read_row
from juesuan.model import Edition, Table
from juesuan.money import Currency

SUPPLEMENT = "supplement"
"""The table of what stands beside the nine, which may be spread over the sheets 补01–补09."""


class Reading(NamedTuple):
    """One table as read from one worksheet."""

    body: Body
    blocks: list[Block]
    around: Around

    @property
    def grid(self) -> Grid:
        return self.blocks[0].grid


def read_book(file: WorkbookFile, edition: Edition) -> Book:
    """The figures of `file` as `edition` declares them. Raises UnreadableBook when no table is recognised."""
    readings, unread = _readings(file, edition)
    if not readings:
        raise UnreadableBook(
            f"“{file.path}”里没有认出任何一张决算公开表。请确认文件是否正确、表名和表头是否保持公开格式的文字。"
        )
    chosen, again = _chosen(readings, file)
    if file.oversized and len(chosen) < sum(not table.optional for table in edition.tables):
        raise UnreadableBook(
            f"“{file.path}”的工作表“{file.oversized[0]}”区域过大（远处有多余的内容），没有读。请删去表外的行列后再核对。"
        )
    sheets = {table_id: _sheet(reading, file) for table_id, reading in chosen.items()}
    currency = most_common(sheet.currency for sheet in sheets.values() if sheet.currency) or "万元"
    cells = [
        cell
        for table_id, reading in chosen.items()
        for cell in _cells(table_id, reading.body.amounts, reading.grid, file, currency)
    ]
    if any(grid.name.startswith("补0") for grid in file.grids):
        from juesuan.excel.supplement_sheets import supplement_table

        if SUPPLEMENT not in sheets and (beside := supplement_table(file, edition, currency)):
            sheets[SUPPLEMENT] = beside[0]
            cells += beside[1]
    said = facts(file.grids)
    formulas = set(_formulas(file.package, cells)) if currency == "万元" or TEMPLATE in said else set()
    return Book(
        edition,
        (sheets[table.id] for table in edition.tables if table.id in sheets),
        cells,
        currency=currency,
        facts=said,
        hidden=tuple(_hidden(file)),
        repeated=(*again, *(f"工作表“{name}”区域过大，没有读" for name in file.oversized)),
        unread={table: place for table, place in unread.items() if table not in chosen},
        filled=_filled(file.package, cells, currency, formulas),
        formulas=formulas,
        ratios={cell.key: cell for table_id, reading in chosen.items() for cell in _ratios(table_id, reading, file)},
    )


def _readings(file: WorkbookFile, edition: Edition) -> tuple[dict[str, list[Reading]], dict[str, Place]]:
    """Every table on every worksheet, its pages joined; and titles below which no headings were recognised."""
    readings: dict[str, list[Reading]] = {}
    unread: dict[str, Place] = {}
    for block in _blocks(file.grids, edition):
        body = _READERS[block.table.layout](block)
        if body is None:
            unread.setdefault(block.table.id, block.grid.place(max(block.first - 1, 0), block.grid.left))
            continue
        known = readings.setdefault(block.table.id, [])
        if known and known[-1].grid is block.grid:
            body, blocks = known[-1].body.and_(body), [*known.pop().blocks, block]
        else:
            blocks = [block]
        known.append(Reading(body, blocks, look_around(blocks, [row.place.row for row in body.rows])))
    return readings, unread


def _chosen(readings: dict[str, list[Reading]], file: WorkbookFile) -> tuple[dict[str, Reading], list[str]]:
    """One reading a table: of several, a visible one, of the year the other tables have, the first of equals."""
    year = most_common(reading.around.year for several in readings.values() for reading in several if len(several) == 1)
    chosen: dict[str, Reading] = {}
    again: list[str] = []
    for table_id, several in readings.items():
        best = min(several, key=lambda item: (item.grid.name in file.hidden_sheets, item.around.year != year))
        chosen[table_id] = best
        name = best.blocks[0].table.name
        others = (item.grid.name for item in several if item is not best)
        again += [f"{name}又见于工作表“{other}”，只核对了“{best.grid.name}”" for other in others]
    return chosen, again


_READERS = {"codes": read_codes, "items": read_items, "row": read_row, "lines": read_lines}


def _blocks(grids: tuple[Grid, ...], edition: Edition) -> Iterator[Block]:
    """Stretches of rows that begin with the title of a table; a sheet without one is taken by its label or name."""
    titles = {spelled(title): table for table in edition.tables for title in (table.title, *table.aliases)}
    labels = {spelled(table.label): table for table in edition.tables if table.label}
    ends = {title[-1] for title in titles} | {")"}
    for grid in grids:
        texts = ((row, text) for row, _, text in grid.texts(grid.top, grid.bottom) if text[-1] in ends)
        starts = [(row, table) for row, text in texts if (table := _titled(text, titles))]
        if not starts:
            named = [(row, labels[text]) for row, _, text in grid.texts(grid.top, grid.bottom) if text in labels]
            table = titles.get(spelled(grid.name)) or labels.get(spelled(grid.name))
            starts = named[:1] or ([(grid.top - 1, table)] if table else [])
        for (row, table), (end, _) in pairwise([*starts, (grid.bottom, None)]):
            if table:
                yield Block(table, grid, row + 1, end)


def _titled(text: str, titles: dict[str, Table]) -> Table | None:
    """The table a title cell names; a unit and year may stand before the title, a label in brackets behind it."""
    bare = text.partition("(")[0] if text.endswith(")") else text
    if table := titles.get(text) or titles.get(bare):
        return table
    _, found, title = bare.rpartition("年")
    return titles.get(title.removeprefix("度").removeprefix("部门").removeprefix("单位")) if found else None


def _sheet(reading: Reading, file: WorkbookFile) -> Sheet:
    body, around = reading.body, reading.around
    first = reading.blocks[0]
    return Sheet(
        table=first.table,
        name=reading.grid.name,
        place=reading.grid.place(max(first.first - 1, 0), reading.grid.left),
        order=file.grids.index(reading.grid),
        rows=body.rows,
        columns=body.columns,
        label=around.texts.get("label"),
        unit=around.texts.get("unit"),
        year=around.year,
        currency=around.currency,
        notes=around.notes,
        strays=body.strays,
        untidy_codes=body.untidy_codes,
        spots=around.spots,
        pending=_pending(reading, file.package),
    )


def _pending(reading: Reading, package: Package) -> bool:
    last = max((row.place.row for row in reading.body.rows), default=0)
    return any(row > last and doubt == "uncached" for (row, _), doubt in package.doubts(reading.grid.name).items())


def _ratios(table_id: str, reading: Reading, file: WorkbookFile) -> Iterator[Cell]:
    """Shares, in millionths: what an amount of 万元 is in 分."""
    return _cells(table_id, reading.body.ratios, reading.grid, file, "万元")


def _cells(
    table_id: str, amounts: tuple[Amount, ...], grid: Grid, file: WorkbookFile, currency: Currency
) -> Iterator[Cell]:
    doubts: dict[tuple[int, int], Doubt] = {}
    if any(grid.is_blank(amount.place.row, amount.place.column) for amount in amounts):
        doubts = file.package.doubts(grid.name)
    for amount in amounts:
        yield as_cell(table_id, amount, currency, doubts.get((amount.place.row, amount.place.column)))


def _formulas(package: Package, cells: list[Cell]) -> Iterator[Key]:
    """Cells whose amount is a formula's result."""
    places = {sheet: package.formulas(sheet) for sheet in {cell.place.sheet for cell in cells}}
    for cell in cells:
        if cell.fen is not None and (cell.place.row, cell.place.column) in places[cell.place.sheet]:
            yield cell.key


def _filled(package: Package, cells: list[Cell], currency: Currency, formulas: set[Key]) -> set[Key]:
    """Cells whose amount is a sum of printed amounts: a formula of the workbook's, or what `fill` computed.

    In 元 nothing is rounded before it is summed, and it makes no difference.
    """
    if currency == "元":
        return set()
    if not any(part.startswith("customXml/item") for part in package.entries):
        return formulas
    from juesuan.excel.filled_part import recorded

    amounts = recorded(package)
    return formulas | {cell.key for cell in cells if cell.fen is not None and amounts.get(cell.key) == cell.fen}


def _hidden(file: WorkbookFile) -> Iterator[str]:
    """What is hidden within the tables, in words."""
    grids = {grid.name: grid for grid in file.grids}
    yield from (f"隐藏的工作表“{name}”" for name in file.hidden_sheets)
    spots: dict[tuple[str, str], list[str]] = {}
    for name, kind, index in file.package.hidden():
        grid = grids.get(name)
        if grid and index < (grid.bottom if kind == "行" else grid.right):
            named = str(index + 1) if kind == "行" else grid.place(0, index).address[:-1]
            spots.setdefault((name, kind), []).append(named)
    for (name, kind), places in spots.items():
        listed = "、".join(places[:5]) + ("等" if len(places) > 5 else "")
        yield f"工作表“{name}”隐藏的{kind}（第 {listed} {kind}）"
    if file.package.links_elsewhere:
        yield "指向其他工作簿的外部链接"
