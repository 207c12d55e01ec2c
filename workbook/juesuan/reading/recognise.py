"""From a workbook to a Book: find each table by its title and headings, wherever it stands."""

from collections.abc import Iterator, Mapping

from juesuan.book import Book, Cell, Key, Sheet, most_common
from juesuan.errors import UnreadableBook
from juesuan.model import SUPPLEMENT, Edition
from juesuan.money import Currency
from juesuan.ooxml.package import Package
from juesuan.place import Place
from juesuan.reading.amounts import read_cells
from juesuan.reading.around import TEMPLATE, Around, facts, look_around
from juesuan.reading.blocks import blocks_of
from juesuan.reading.code_lists import read_items
from juesuan.reading.code_rows import read_codes
from juesuan.reading.files import WorkbookFile
from juesuan.reading.fixed_lines import read_lines
from juesuan.reading.found import Block, Body
from juesuan.reading.grid import Grid
from juesuan.reading.single_row import read_row
from juesuan.reading.unread_sheets import may_hold, unread_sheets
from juesuan.record import NamedTuple

_SUPPLEMENTS = "补0"
_OWN_SHEETS = ("封面", "科目表")
"""Sheets of our template that hold none of the tables."""


class Reading(NamedTuple):
    """One table as read from one worksheet."""

    body: Body
    blocks: list[Block]
    around: Around

    @property
    def grid(self) -> Grid:
        return self.blocks[0].grid

    @property
    def is_rest(self) -> bool:
        """Whether its title says that it continues a table."""
        return any("续" in text for _, text in self.grid.row_texts(self.blocks[0].first - 1))


def read_book(file: WorkbookFile, edition: Edition, doubt: str = "") -> Book:
    """The figures of `file` as `edition` declares them; `doubt` says why it may be of another edition.

    Raises UnreadableBook when no table is recognised.
    """
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
    _require_known_currency(chosen, file)
    order = {grid.name: number for number, grid in enumerate(file.grids)}
    sheets = {table_id: _sheet(reading, file, order) for table_id, reading in chosen.items()}
    edition, sheets = _labelled_as_printed(edition, sheets)
    currency = most_common(sheet.currency for sheet in sheets.values() if sheet.currency) or edition.currency
    cells: list[Cell] = []
    for table_id, reading in chosen.items():
        cells += read_cells(table_id, reading.body.strips, currency, file.package)
    misread: dict[Place, str] = {}
    if any(grid.name.startswith(_SUPPLEMENTS) for grid in file.grids):
        from juesuan.reading.supplement_sheets import misread_cells, supplement_table

        misread = misread_cells(file, currency)
        if SUPPLEMENT not in sheets and (beside := supplement_table(file, edition, currency)):
            sheets[SUPPLEMENT] = beside[0]
            cells += beside[1]
    said = facts(file.grids)
    own = _OWN_SHEETS if TEMPLATE in said else ()
    others = tuple(grid for grid in file.grids if grid.name not in own and not grid.name.startswith(_SUPPLEMENTS))
    read = {block.grid.name for several in readings.values() for reading in several for block in reading.blocks}
    unknown = unread_sheets(others, read | {place.sheet for place in unread.values()})
    titled = [sheet.said for sheet in unknown if sheet.title]
    formulas = set(_formulas(file.package, cells))
    book = Book(
        edition,
        (sheets[table.id] for table in edition.tables if table.id in sheets),
        cells,
        currency=currency,
        facts=said,
        hidden=tuple(_hidden(file)),
        left_out=(
            *again,
            *([f"工作表{'、'.join(titled)}不在这个版式里，没有核对"] if titled else []),
            *(f"工作表“{sheet.grid.name}”有表头而没有认得的表名，没有核对" for sheet in unknown if not sheet.title),
            *(f"工作表“{name}”区域过大，没有读" for name in file.oversized),
        ),
        doubt=doubt,
        perhaps={
            table.id: names
            for table in edition.tables
            if table.id not in chosen and (names := tuple(s.grid.name for s in unknown if may_hold(s, table)))
        },
        misread=misread,
        unread={table: place for table, place in unread.items() if table not in chosen},
        filled=_filled(file.package, cells, currency, formulas),
        formulas=formulas,
        ratios={
            cell.key: cell
            for table_id, reading in chosen.items()
            for cell in read_cells(table_id, reading.body.ratios, "万元", file.package)
        },
    )
    if file.explained or any("comments" in part.lower() for part in file.package.entries):
        from juesuan.reading.explanations import explanations_of

        book.explanations = explanations_of(file, book)
    return book


def _readings(file: WorkbookFile, edition: Edition) -> tuple[dict[str, list[Reading]], dict[str, Place]]:
    """Every table on every worksheet, its pages joined; and titles below which no headings were recognised."""
    readings: dict[str, list[Reading]] = {}
    unread: dict[str, Place] = {}
    above: dict[Grid, int] = {}
    for block in blocks_of(file.grids, edition):
        body = _READERS[block.table.layout](block)
        if body is None:
            unread.setdefault(block.table.id, block.grid.place(max(block.first - 1, 0), block.grid.left))
            continue
        known = readings.setdefault(block.table.id, [])
        if known and known[-1].grid is block.grid:
            body, blocks = known[-1].body.and_(body), [*known.pop().blocks, block]
        else:
            blocks = [block]
        rows = {row.place.row for row in body.rows}
        known.append(Reading(body, blocks, look_around(blocks, rows, above.get(block.grid, 0))))
        above[block.grid] = max(rows, default=block.first) + 1
    return readings, unread


def _chosen(readings: dict[str, list[Reading]], file: WorkbookFile) -> tuple[dict[str, Reading], list[str]]:
    """One reading a table: of several, a visible one, of the year the other tables have, the first of equals.

    What has other rows than that one is its continuation on another worksheet.
    """
    year = most_common(reading.around.year for several in readings.values() for reading in several if len(several) == 1)
    order = {grid.name: number for number, grid in enumerate(file.grids)}
    chosen: dict[str, Reading] = {}
    again: list[str] = []
    for table_id, several in readings.items():
        best = min(several, key=lambda item: (item.grid.name in file.hidden_sheets, item.around.year != year))
        name = best.blocks[0].table.name
        for other in [item for item in several if item is not best]:
            if _continues(best, other, file):
                first, second = sorted((best, other), key=lambda item: (item.is_rest, order[item.grid.name]))
                best = Reading(first.body.and_(second.body), [*first.blocks, *second.blocks], first.around)
            else:
                again.append(f"{name}又见于工作表“{other.grid.name}”，只核对了“{best.grid.name}”")
        chosen[table_id] = best
    return chosen, again


def _continues(reading: Reading, other: Reading, file: WorkbookFile) -> bool:
    """Whether the other worksheet holds rows of the same table that this one has not, and none that it has."""
    if other.grid.name in file.hidden_sheets or other.around.year not in (reading.around.year, None):
        return False
    rows, others = ({row.key for row in item.body.rows if item.body.columns} for item in (reading, other))
    return bool(others) and bool(rows) and rows.isdisjoint(others) and reading.body.columns == other.body.columns


_READERS = {"codes": read_codes, "items": read_items, "row": read_row, "lines": read_lines}


def _sheet(reading: Reading, file: WorkbookFile, order: Mapping[str, int]) -> Sheet:
    body, around = reading.body, reading.around
    first = reading.blocks[0]
    return Sheet(
        table=first.table,
        name=reading.grid.name,
        place=reading.grid.place(max(first.first - 1, 0), reading.grid.left),
        order=order[reading.grid.name],
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


def _require_known_currency(chosen: dict[str, Reading], file: WorkbookFile) -> None:
    """Raise UnreadableBook where a table is in 千元 and the like: its amounts would be taken for others."""
    for reading in chosen.values():
        if said := reading.around.strange_currency:
            place = reading.around.spots["currency"]
            raise UnreadableBook(
                f"“{file.path}”的工作表“{place.sheet}”{place.address} 写的金额单位是“{said}”，能核对的只有元和万元。"
                "请改正金额单位，或换算成元、万元后再核对。"
            )


def _labelled_as_printed(edition: Edition, sheets: dict[str, Sheet]) -> tuple[Edition, dict[str, Sheet]]:
    """The tables under the numbers printed over them, where another year or province orders them otherwise."""
    printed = {table: sheet.label for table, sheet in sheets.items() if sheet.label and sheet.table.label}
    declared = {table: sheets[table].table.label for table in printed}
    if printed == declared or sorted(printed.values()) != sorted(declared.values()):
        return edition, sheets
    tables = tuple(table._replace(label=printed.get(table.id, table.label)) for table in edition.tables)
    renamed = {table.id: table for table in tables}
    return edition._replace(tables=tables), {
        name: sheet._replace(table=renamed[name]) for name, sheet in sheets.items()
    }


def _pending(reading: Reading, package: Package) -> bool:
    last = max((row.place.row for row in reading.body.rows), default=0)
    return any(row > last and doubt == "uncached" for (row, _), doubt in package.doubts(reading.grid.name).items())


def _formulas(package: Package, cells: list[Cell]) -> Iterator[Key]:
    """Cells whose amount is a formula's result."""
    places = {sheet: package.formulas(sheet) for sheet in dict.fromkeys([cell.place.sheet for cell in cells])}
    for cell in cells if any(places.values()) else ():
        if cell.fen is not None and cell.place[1:] in places[cell.place.sheet]:
            yield cell.key


def _filled(package: Package, cells: list[Cell], currency: Currency, formulas: set[Key]) -> set[Key]:
    """Cells whose amount is a sum of printed amounts: a formula of the workbook's, or what `fill` computed.

    In 元 nothing is rounded before it is summed, and it makes no difference.
    """
    if currency == "元":
        return set()
    if not any(part.startswith("customXml/item") for part in package.entries):
        return formulas
    from juesuan.reading.filled_part import recorded

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
