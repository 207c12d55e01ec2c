"""From a workbook to a Book: its tables, wherever they stand, and what is to be told of all else in it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from juesuan.book import Book, Cell, Key, Sheet, most_common
from juesuan.errors import UnreadableBook
from juesuan.model import SUPPLEMENT, Edition
from juesuan.money import Currency
from juesuan.ooxml.package import Package
from juesuan.place import Place
from juesuan.reading.amounts import read_cells
from juesuan.reading.around import TEMPLATE, facts
from juesuan.reading.files import WorkbookFile
from juesuan.reading.tables import Reading, Tables, tables_of
from juesuan.reading.unread_sheets import Unread, left_out, may_hold, unread_sheets
from juesuan.record import NamedTuple

if TYPE_CHECKING:
    from juesuan.explanation import Explanation

_SUPPLEMENTS = "补0"
_OWN_SHEETS = ("封面", "科目表")
"""Sheets of our template that hold none of the tables."""


class Beside(NamedTuple):
    """What the sheets 补01–补09 hold: the table of their own, its cells, and cells that are no numbers."""

    table: Sheet | None = None
    cells: Sequence[Cell] = ()
    misread: dict[Place, str] = {}  # noqa: RUF012


def read_book(file: WorkbookFile, edition: Edition, doubt: str = "") -> Book:
    """The figures of `file` as `edition` declares them; `doubt` says why it may be of another edition.

    Raises UnreadableBook when no table is recognised, or one may be on what was not read, or in 千元.
    """
    tables = tables_of(file, edition)
    _require_tables(tables, file, edition)
    _require_known_currency(tables, file)
    found = {table_id: _sheet(reading, file.package) for table_id, reading in tables.chosen.items()}
    edition, sheets = _labelled_as_printed(edition, found)
    currency = most_common(sheet.currency for sheet in sheets.values() if sheet.currency) or edition.currency
    beside = _beside(file, edition, currency, known=SUPPLEMENT in sheets)
    if beside.table:
        sheets[SUPPLEMENT] = beside.table
    cells = [*_cells(tables, currency, file.package), *beside.cells]
    formulas = set(_formulas(file.package, cells))
    said = facts(file.grids)
    unknown = _unknown(file, tables, said)
    book = Book(
        edition,
        (sheets[table.id] for table in edition.tables if table.id in sheets),
        cells,
        currency=currency,
        facts=said,
        hidden=_hidden(file),
        left_out=(*tables.again, *left_out(unknown, file.oversized)),
        doubt=doubt,
        perhaps=_perhaps(edition, tables, unknown),
        misread=beside.misread,
        unread=tables.unread,
        filled=_filled(file.package, cells, currency, formulas),
        formulas=formulas,
        ratios=_ratios(tables, file.package),
    )
    book.explanations = _explanations(file, book)
    return book


def _require_tables(tables: Tables, file: WorkbookFile, edition: Edition) -> None:
    """Raise UnreadableBook where there are none, or where one that is lacking may be on a sheet that was not read."""
    if not tables.chosen:
        raise UnreadableBook(
            f"“{file.path}”里没有认出任何一张决算公开表。请确认文件是否正确、表名和表头是否保持公开格式的文字。"
        )
    if file.oversized and len(tables.chosen) < sum(not table.optional for table in edition.tables):
        raise UnreadableBook(
            f"“{file.path}”的工作表“{file.oversized[0]}”区域过大（远处有多余的内容），没有读。请删去表外的行列后再核对。"
        )


def _sheet(reading: Reading, package: Package) -> Sheet:
    body, around = reading.body, reading.around
    return Sheet(
        table=reading.blocks[0].table,
        name=reading.grid.name,
        place=reading.place,
        order=reading.order,
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
        pending=_pending(reading, package),
    )


def _cells(tables: Tables, currency: Currency, package: Package) -> Iterator[Cell]:
    for table_id, reading in tables.chosen.items():
        yield from read_cells(table_id, reading.body.strips, currency, package)


def _ratios(tables: Tables, package: Package) -> dict[Key, Cell]:
    """The rows of shares, in millionths."""
    rows = ((table_id, reading.body.ratios) for table_id, reading in tables.chosen.items() if reading.body.ratios)
    return {cell.key: cell for table_id, strips in rows for cell in read_cells(table_id, strips, "万元", package)}


def _beside(file: WorkbookFile, edition: Edition, currency: Currency, *, known: bool) -> Beside:
    """`known`: whether the book has 补充资料 as a table already."""
    if not any(grid.name.startswith(_SUPPLEMENTS) for grid in file.grids):
        return Beside()
    from juesuan.reading.supplement_sheets import misread_cells, supplement_table

    table, cells = (None if known else supplement_table(file, edition, currency)) or (None, ())
    return Beside(table, cells, misread_cells(file, currency))


def _unknown(file: WorkbookFile, tables: Tables, said: dict[str, str]) -> list[Unread]:
    """The worksheets that look like tables and of which nothing was read."""
    own = _OWN_SHEETS if TEMPLATE in said else ()
    others = [grid for grid in file.grids if grid.name not in own and not grid.name.startswith(_SUPPLEMENTS)]
    return unread_sheets(others, tables.sheets)


def _perhaps(edition: Edition, tables: Tables, unknown: Sequence[Unread]) -> dict[str, tuple[str, ...]]:
    """Of the tables that were not found, the worksheets that may hold them."""
    lacking = [table for table in edition.tables if table.id not in tables.chosen] if unknown else []
    places = {table.id: tuple([sheet.grid.name for sheet in unknown if may_hold(sheet, table)]) for table in lacking}
    return {table_id: names for table_id, names in places.items() if names}


def _explanations(file: WorkbookFile, book: Book) -> tuple["Explanation", ...]:
    if not file.explained and not any("comments" in part.lower() for part in file.package.entries):
        return ()
    from juesuan.reading.explanations import explanations_of

    return explanations_of(file, book)


def _require_known_currency(tables: Tables, file: WorkbookFile) -> None:
    """Raise UnreadableBook where a table is in 千元 and the like: its amounts would be taken for others."""
    for reading in tables.chosen.values():
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
