"""Read the supplementary sheets 补01–补09 of a workbook, wherever on them the labels stand."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.book import Book, Cell, Sheet
from juesuan.model import SUPPLEMENT, Edition
from juesuan.money import MILLION, Currency, fen_of, read_text, read_value, round_fen
from juesuan.narrative.supplement import Carried, Entry, Supplement, SupplementForm, supplement_forms
from juesuan.place import Place
from juesuan.reading.amounts import read_cells
from juesuan.reading.files import WorkbookFile
from juesuan.reading.found import Strip
from juesuan.reading.grid import Grid, Value, as_text, spelled

_FIELD = "value"
_HUNDREDTH = MILLION // 100


def read_supplement(file: WorkbookFile, book: Book) -> Supplement:
    """What the sheets say; last year's figures that are not typed come from last year's book."""
    values: dict[str, int | str] = {}
    lists: dict[str, dict[str, int | str]] = {}
    for grid, form in _sheets(file):
        lines = ((values, entry.name, entry, place) for entry, place in _lines(grid, form))
        listed = ((lists.setdefault(entry.name, {}), key, entry, place) for key, entry, place in _listed(grid, form))
        for into, name, entry, place in (*lines, *listed):
            value = _value(grid.value(place.row, place.column), entry, book.currency)
            if value is not None:
                into[name] = value
    return Supplement(values, {name: entries for name, entries in lists.items() if entries})


def misread_cells(file: WorkbookFile, currency: Currency) -> dict[Place, str]:
    """Cells that hold no number where one should be, and what they hold."""
    found: dict[Place, str] = {}
    for grid, form in _sheets(file):
        for entry, place in (*_lines(grid, form), *((entry, place) for _, entry, place in _listed(grid, form))):
            typed = grid.value(place.row, place.column)
            if not _is_blank(typed) and _value(typed, entry, currency) is None:
                found[place] = as_text(typed)
    return found


def _is_blank(value: Value) -> bool:
    """Nothing, white space or a dash."""
    reading = read_text(value) if isinstance(value, str) else None
    return reading is not None and reading.millionths is None


def carried_over(file: WorkbookFile, book: Book, before: Book, *, overwrite: bool = False) -> Carried | None:
    """Last year's figures for the lines that want them; None where no sheet has such lines."""
    written: dict[Place, int] = {}
    kept: list[tuple[Place, int | None, int]] = []
    lacking: list[str] = []
    wanted = [(grid, entry, place) for grid, form in _sheets(file) for entry, place in _lines(grid, form) if entry.cell]
    for grid, entry, place in wanted:
        table, row, field = entry.cell.split(".")
        cell = before.cell(table, row, field)
        if cell is None or (cell.fen is None and cell.state != "blank"):
            lacking.append(entry.label)
            continue
        value = grid.value(place.row, place.column)
        typed, should = _value(value, entry, book.currency), cell.fen or 0
        if (isinstance(value, str) and not value.strip()) or (overwrite and typed != should):
            written[place] = should
        elif typed != should:
            kept.append((place, typed if isinstance(typed, int) else None, should))
    return Carried(written, tuple(kept), tuple(lacking)) if wanted else None


def supplement_table(file: WorkbookFile, edition: Edition, currency: Currency) -> tuple[Sheet, tuple[Cell, ...]] | None:
    """The lines of 补充资料 that the sheets hold, as a table of the book; several that count in one line add up."""
    table = edition.table(SUPPLEMENT)
    if table is None:
        return None
    found: dict[str, Cell] = {}
    sheets = list(_sheets(file))
    for grid, form in sheets:
        for entry, place in _lines(grid, form):
            if entry.table_line and place.column < grid.right:
                strip = Strip(grid, place.row, entry.table_line, ((place.column, _FIELD, False),))
                (cell,) = read_cells(SUPPLEMENT, (strip,), currency, file.package)
                found[entry.table_line] = _together(found.get(entry.table_line), cell)
    if all(cell.state == "blank" for cell in found.values()):
        return None
    grid = sheets[0][0]
    sheet = Sheet(
        table=table,
        name=grid.name,
        place=Place(grid.name, grid.top, grid.left),
        order=file.grids.index(grid),
        rows=(),
        columns=frozenset((_FIELD,)),
        label=None,
        unit=None,
        year=None,
        currency=None,
        notes=(),
    )
    return sheet, tuple(found.values())


def amount_places(file: WorkbookFile) -> Iterator[Place]:
    """Where the sheets hold amounts, in their lines and in their lists."""
    for grid, form in _sheets(file):
        yield from (place for entry, place in _lines(grid, form) if entry.kind == "amount")
        yield from (place for _, entry, place in _listed(grid, form) if entry.kind == "amount")


def _together(first: Cell | None, second: Cell) -> Cell:
    """Two cells that count in one line: the sum, which cannot be told where one of them cannot."""
    if first is None:
        return second
    if second.state == "blank" or first.state not in ("given", "blank"):
        return first
    return second if first.fen is None or second.fen is None else second._replace(fen=first.fen + second.fen)


def _sheets(file: WorkbookFile) -> Iterator[tuple[Grid, SupplementForm]]:
    """Each form with the sheet that carries its number and title."""
    for form in supplement_forms():
        name = spelled(form.name)
        for grid in file.grids:
            if spelled(grid.name) == name or any(text == name for _, _, text in grid.texts(grid.top, grid.top + 3)):
                yield grid, form
                break


def _lines(grid: Grid, form: SupplementForm) -> Iterator[tuple[Entry, Place]]:
    entries = {spelled(entry.label): entry for entry in form.lines}
    for row, column, text in grid.texts(grid.top, grid.bottom):
        if entry := entries.pop(text, None):
            yield entry, grid.place(row, grid.end_of(row, column)[1] + 1)


def _listed(grid: Grid, form: SupplementForm) -> Iterator[tuple[str, Entry, Place]]:
    """The cells of the list: below the row with all its headings, down to where no key stands."""
    labels = {spelled(entry.label): entry for entry in form.columns}
    for row in range(grid.top, grid.bottom) if labels else ():
        columns = {labels[text]: column for _, column, text in grid.texts(row, row + 1) if text in labels}
        if len(columns) < len(labels):
            continue
        (key_column, *_), below = columns.values(), range(row + 1, grid.bottom)
        for line in below:
            if key := as_text(grid.value(line, key_column)):
                others = list(columns.items())[1:]
                yield from ((key, entry, grid.place(line, column)) for entry, column in others)
        return


def _value(value: Value, entry: Entry, currency: Currency) -> int | str | None:
    if entry.kind in ("text", "name", "code"):
        return as_text(value).rstrip("。") or None
    millionths = read_value(value, currency)
    if millionths is None:
        return None
    if entry.kind == "amount":
        return fen_of(millionths, currency)
    if entry.kind == "score":
        return round_fen(millionths, _HUNDREDTH) // _HUNDREDTH
    return millionths // MILLION if millionths >= 0 and millionths % MILLION == 0 else None
