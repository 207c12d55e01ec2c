"""Read the 说明 of a workbook: its sheets of that name, and what is written below our notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from juesuan.answers import ASKED, asked_in, names
from juesuan.book import Book
from juesuan.errors import JuesuanError
from juesuan.explanation import Explanation, Source
from juesuan.money import Currency, fen_of, read_value
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import WORKBOOK, Patch
from juesuan.ooxml.workbook_xml import sheets_naming
from juesuan.place import Place
from juesuan.reading.files import EXPLAINED_BY, WorkbookFile, workbook_of
from juesuan.reading.grid import Grid, Value, as_text, spelled
from juesuan.reading.notes import explanations_in, notes_in

RULE, TABLE, ROW, FIELD, AMOUNT, EXPECTED, ABOUT, TEXT = COLUMNS = (
    "规则", "表", "科目/行", "栏", "金额", "应为", "问题", "说明",
)  # fmt: skip
STATE, UNIT = "状态", "单位"
MARKER = "_juesuan_explanations"
"""A hidden name that belongs to the sheet 说明 that we add; what is not written upon goes when our marks go."""
_ROWS = ("科目编码", "科目", "行", "科目编码/行")
_KNOWN = {name: name for name in (STATE, *COLUMNS, UNIT)} | dict.fromkeys(_ROWS, ROW)

Line = Mapping[str, Value]
"""What stands in a row, by the column's name in COLUMNS."""


class Headings(NamedTuple):
    """The row they stand in, and the column of each name."""

    row: int
    columns: dict[str, int]


def headings_of(grid: Grid) -> Headings | None:
    """The first row with the headings that make it one of 说明."""
    for row in range(grid.top, grid.bottom):
        columns = {_KNOWN[text]: column for column, text in reversed(grid.row_texts(row)) if text in _KNOWN}
        if all(name in columns for name in EXPLAINED_BY):
            return Headings(row, columns)
    return None


def lines_of(grid: Grid) -> Iterator[tuple[Place, Line]]:
    """Every row below the headings that says anything, and where its 说明 stands."""
    if found := headings_of(grid):
        for row in range(found.row + 1, grid.bottom):
            line = {name: grid.value(row, column) for name, column in found.columns.items()}
            if any(value != "" for value in line.values()):
                yield grid.place(row, found.columns[TEXT]), line


def explanation_of(line: Line, currency: Currency, source: Source, place: Place | None = None) -> Explanation | None:
    """What a row says; None where its 说明 is blank."""
    told = {name: as_text(line.get(name, "")) for name in COLUMNS}
    if not told[TEXT]:
        return None
    return Explanation(
        spelled("".join(told[RULE].split()[:1])).upper(),
        told[TEXT],
        told[TABLE],
        told[ROW],
        told[FIELD],
        amount_in(line.get(AMOUNT, ""), currency),
        amount_in(line.get(EXPECTED, ""), currency),
        told[ABOUT],
        source,
        place,
    )


def explanations_of(file: WorkbookFile, book: Book) -> tuple[Explanation, ...]:
    """All that the workbook says, from the left to the right."""
    lines = (line for grid in file.explained for line in lines_of(grid))
    found = [explanation_of(line, book.currency, "sheet", place) for place, line in lines]
    return (*(item for item in found if item), *_in_notes(file.package, book))


def unwritten_sheets(package: Package) -> list[str]:
    """The sheets that we added for 说明 and nobody has written upon."""
    workbook = package.read(WORKBOOK)
    if MARKER.encode() not in workbook:
        return []
    ours = sheets_naming(workbook, MARKER)
    explained = workbook_of(package.name, package.data).explained
    written = {grid.name for grid in explained for _, line in lines_of(grid) if as_text(line[TEXT])}
    return [name for name in ours if name not in written]


def amount_in(value: Value, currency: Currency) -> int | None:
    """The amount in 分; None for a blank and for what is no amount."""
    millionths = read_value(value, currency)
    return None if millionths is None else fen_of(millionths, currency)


def _in_notes(package: Package, book: Book) -> Iterator[Explanation]:
    parts = [part for part in package.entries if "comments" in part.lower() and part.lower().endswith(".xml")]
    if not any(ASKED.encode() in package.read(part) for part in parts):
        return
    cells = {cell.place: cell.key for cell in book.cells.values()}
    labels = {row.place[:2]: (table, row.key, "") for table, sheet in book.sheets.items() for row in sheet.rows}
    for place, text in _notes(package):
        known = cells.get(place) or labels.get(place[:2])
        table, row, field = names(book, *known) if known else (place.sheet, "", "")
        for line, words in explanations_in(text):
            for rule, amount, expected in asked_in(line):
                figures = amount_in(amount, book.currency), amount_in(expected, book.currency)
                yield Explanation(rule, words, table, row, field, *figures, "", "note", place)


def _notes(package: Package) -> Iterator[tuple[Place, str]]:
    """The notes of all worksheets; none where the package is too odd to carry any of ours."""
    patch = Patch(package)
    for sheet, part in package.sheet_parts.items():
        try:
            related = patch.related(part)
        except JuesuanError:
            return
        for item in related:
            if item.kind == "comments" and package.has(item.target):
                yield from ((Place(sheet, *note.place), note.text) for note in notes_in(package.read(item.target)))
