"""From a workbook to a Book: find each table by its title and headings, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from juesuan.book import Book, Cell, Key, Sheet, most_common
from juesuan.errors import UnreadableBook
from juesuan.excel.amounts import as_cell
from juesuan.excel.code_lists import read_items
from juesuan.excel.code_rows import read_codes
from juesuan.excel.files import WorkbookFile
from juesuan.excel.fixed_lines import read_lines
from juesuan.excel.found import NOTES, Block, Body
from juesuan.excel.grid import Grid, spelled
from juesuan.excel.package import Doubt, Package
from juesuan.excel.single_row import read_row
from juesuan.model import Edition, Table
from juesuan.money import Currency

_UNIT = re.compile(r"(?:部门|编制单位|填报单位|单位名称|部门名称|预算单位|公开部门|编报单位)(?:名称)?:(.+)")
_CURRENCY = re.compile(r"单位:(?:人民币)?(万元|元)")
_YEAR = re.compile(r"(20\d\d)年")
_LABEL = re.compile(r"公开\d\d表")
_AFTER_UNIT = re.compile(r"20\d\d年|金额单位:|单位:")


def read_book(file: WorkbookFile, edition: Edition) -> Book:
    """The figures of `file` as `edition` declares them. Raises UnreadableBook when no table is recognised."""
    bodies: dict[str, tuple[Body, list[Block]]] = {}
    again: list[str] = []
    for block in _blocks(file.grids, edition):
        body = _READERS[block.table.layout](block)
        if body is None or not body.rows:
            continue
        if block.table.id not in bodies:
            bodies[block.table.id] = (body, [block])
        elif bodies[block.table.id][1][0].grid is block.grid:
            earlier, blocks = bodies[block.table.id]
            bodies[block.table.id] = (earlier.and_(body), [*blocks, block])
        else:
            again.append(f"{block.table.name}又见于工作表“{block.grid.name}”")
    if not bodies:
        raise UnreadableBook(
            f"“{file.path}”里没有认出任何一张决算公开表。请确认文件是否正确、表名和表头是否保持公开格式的文字。"
        )
    sheets = {table_id: _sheet(body, blocks, file) for table_id, (body, blocks) in bodies.items()}
    currency = most_common(sheet.currency for sheet in sheets.values() if sheet.currency) or "万元"
    cells = [
        cell for table_id, (body, blocks) in bodies.items() for cell in _cells(table_id, body, blocks, file, currency)
    ]
    return Book(
        edition,
        (sheets[table.id] for table in edition.tables if table.id in sheets),
        cells,
        currency=currency,
        facts=_facts(file.grids),
        hidden=tuple(_hidden(file, sheets)),
        repeated=tuple(again),
        filled=_filled(file.package, cells),
    )


_READERS = {"codes": read_codes, "items": read_items, "row": read_row, "lines": read_lines}


def _blocks(grids: tuple[Grid, ...], edition: Edition) -> Iterator[Block]:
    """Stretches of rows that begin with the title of a table; a sheet without one is taken by its label or name."""
    titles = {spelled(title): table for table in edition.tables for title in (table.title, *table.aliases)}
    labels = {spelled(table.label): table for table in edition.tables if table.label}
    for grid in grids:
        starts = [
            (row, table) for row, _, text in grid.texts(grid.top, grid.bottom) if (table := _titled(text, titles))
        ]
        if not starts:
            named = [(row, labels[text]) for row, _, text in grid.texts(grid.top, grid.bottom) if text in labels]
            table = titles.get(spelled(grid.name)) or labels.get(spelled(grid.name))
            starts = named[:1] or ([(grid.top - 1, table)] if table else [])
        for (row, table), (end, _) in pairwise([*starts, (grid.bottom, None)]):
            if table:
                yield Block(table, grid, row + 1, end)


def _titled(text: str, titles: dict[str, Table]) -> Table | None:
    """The table a title cell names; a unit and year may stand before the title, a label in brackets behind it."""
    bare = re.sub(r"\(.*\)$", "", text)
    for title in (text, bare, re.sub(r"^.*20\d\d年度?(部门|单位)?", "", bare)):
        if title in titles:
            return titles[title]
    return None


def _sheet(body: Body, blocks: list[Block], file: WorkbookFile) -> Sheet:
    first, grid = blocks[0], blocks[0].grid
    body_rows = [row.place.row for row in body.rows]
    above = [text for _, _, text in grid.texts(_head(first, grid), min(body_rows))]
    notes = [
        text
        for block in blocks
        for _, _, text in grid.texts(max(block.first, min(body_rows)), block.last)
        if text.startswith(NOTES)
    ]
    return Sheet(
        table=first.table,
        name=grid.name,
        place=grid.place(max(first.first - 1, 0), grid.left),
        order=file.grids.index(grid),
        rows=body.rows,
        columns=body.columns,
        label=next((match[0] for text in above if (match := _LABEL.search(text))), None),
        unit=next((unit for text in above if (unit := _unit(text))), None),
        year=next((int(match[1]) for text in above if (match := _YEAR.search(text))), None),
        currency=next((_currency(match[1]) for text in above if (match := _CURRENCY.search(text))), None),
        notes=tuple(notes),
        strays=body.strays,
        untidy_codes=body.untidy_codes,
    )


def _head(block: Block, grid: Grid) -> int:
    """The first row above the block's title that can still belong to it: up to three rows of label, unit and year."""
    row = block.first - 1
    while row > grid.top and block.first - row <= 3 and not _ends_table(grid, row - 1):
        row -= 1
    return row


def _ends_table(grid: Grid, row: int) -> bool:
    return any(text.startswith(NOTES) or len(text) > 60 for _, _, text in grid.texts(row, row + 1))


def _unit(text: str) -> str | None:
    match = _UNIT.search(text)
    unit = _AFTER_UNIT.split(match[1])[0] if match else ""
    return unit or None


def _currency(text: str) -> Currency:
    return "万元" if text == "万元" else "元"


def _cells(table_id: str, body: Body, blocks: list[Block], file: WorkbookFile, currency: Currency) -> Iterator[Cell]:
    grid = blocks[0].grid
    doubts: dict[tuple[int, int], Doubt] = {}
    if any(grid.is_blank(amount.place.row, amount.place.column) for amount in body.amounts):
        doubts = file.package.doubts(grid.name)
    for amount in body.amounts:
        yield as_cell(table_id, amount, currency, doubts.get((amount.place.row, amount.place.column)))


def _filled(package: Package, cells: list[Cell]) -> Iterator[Key]:
    """The cells that still hold what `fill` computed for them, as its record in the package says."""
    if any(part.startswith("customXml/item") for part in package.entries):
        from juesuan.excel.filled_part import recorded

        amounts = recorded(package)
        yield from (cell.key for cell in cells if cell.fen is not None and amounts.get(cell.key) == cell.fen)


def _facts(grids: tuple[Grid, ...]) -> dict[str, str]:
    """单位性质, wherever it is written: “单位性质：行政单位” in one cell or two."""
    for grid in grids:
        for row, column, text in grid.texts(grid.top, grid.bottom):
            if text.startswith("单位性质"):
                value = text.partition(":")[2] or grid.text(row, grid.end_of(row, column)[1] + 1)
                if value:
                    return {"单位性质": value}
    return {}


def _hidden(file: WorkbookFile, sheets: dict[str, Sheet]) -> Iterator[str]:
    """What is hidden within the tables, in words."""
    grids = {grid.name: grid for grid in file.grids}
    yield from (f"隐藏的工作表“{name}”" for name in file.hidden_sheets)
    spots: dict[tuple[str, str], list[int]] = {}
    for name, kind, index in file.package.hidden():
        grid = grids.get(name)
        if grid and index < (grid.bottom if kind == "行" else grid.right):
            spots.setdefault((name, kind), []).append(index + 1)
    for (name, kind), indexes in spots.items():
        listed = "、".join(str(index) for index in indexes[:5]) + ("等" if len(indexes) > 5 else "")
        yield f"工作表“{name}”隐藏的{kind}（第 {listed} {kind}）"
    if file.package.links_elsewhere:
        yield "指向其他工作簿的外部链接"
