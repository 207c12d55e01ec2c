"""Write a balanced book into a copy of its workbook: figures and unit in 万元, the note on 尾差, the sheet 舍位平衡.

The tables' figures are written as values: a formula would add up what was rounded. What checks the workbook in 元,
勾稽检查 and the signs beside the rows of our template, is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from juesuan.balance.balanced import Balanced, balance
from juesuan.balance.method import Method
from juesuan.book import Book, Sheet
from juesuan.checks.tails import mentions_rounding
from juesuan.errors import JuesuanError
from juesuan.marking.clearing import drop_sheet
from juesuan.money import fen_of, plain_number, read_number, read_text, to_text
from juesuan.ooxml.calculation import calculate_on_load, leave_out_calc_chain, without_orphans
from juesuan.ooxml.patch import WORKBOOK, Patch, patch_of, sheet_part
from juesuan.ooxml.sheet_xml import Change, change_cells, without_columns
from juesuan.ooxml.workbook_xml import listed_sheets, sheets_naming
from juesuan.place import Place
from juesuan.ratios import outdated_ratios
from juesuan.reading.around import TEMPLATE, currency_in
from juesuan.reading.files import WorkbookFile
from juesuan.reading.grid import Grid, Value
from juesuan.reading.supplement_sheets import amount_places
from juesuan.rules import Catalogue
from juesuan.writing.balance_part import is_balanced, record_balance
from juesuan.writing.balance_sheet import MARKER, NAME, balance_sheet
from juesuan.writing.carried_explanations import carry_explanations
from juesuan.writing.cell_change import number_change, text_change
from juesuan.writing.listing import put_last

TAIL_NOTE = "本表金额转换为万元时，因四舍五入可能存在尾差。"
CHECK_SHEET = "勾稽检查"
_UNIT = re.compile(r"(单\s*位\s*[:：]\s*(?:人民币)?\s*)元(?![^\W\d_])")


def balance_file(file: WorkbookFile, book: Book, catalogue: Catalogue, method: Method) -> tuple[bytes, Balanced | None]:
    """The workbook that `book` was read from, balanced; as it is, and None, if this method made its figures already.

    Raises JuesuanError for a book with errors, or a workbook that cannot be patched.
    """
    if is_balanced(file.package, book, method):
        return file.package.data, None
    balanced = balance(book, catalogue, method)
    return balanced_workbook(file, balanced, catalogue), balanced


def balanced_workbook(file: WorkbookFile, balanced: Balanced, catalogue: Catalogue) -> bytes:
    """The workbook; as it is when nothing changes. Raises JuesuanError when it cannot be patched."""
    changes = dict(_changes(file, balanced))
    if not changes:
        return file.package.data
    patch = patch_of(file.package)
    by_sheet: dict[str, dict[tuple[int, int], Change]] = defaultdict(dict)
    for place, change in changes.items():
        by_sheet[place.sheet][place.row, place.column] = change
    for name, cells in by_sheet.items():
        part = sheet_part(file.package, name)
        patch.write(part, without_orphans(change_cells(patch.read(part), cells)))
    if balanced.before.currency == "元" and TEMPLATE in balanced.before.facts:
        _leave_out_checks(patch, file, balanced)
    carry_explanations(patch, file, balanced, catalogue)
    leave_out_calc_chain(patch)
    calculate_on_load(patch)
    _put_last(patch, balanced)
    record_balance(patch, balanced.after, balanced.method)
    return patch.result()


def _changes(file: WorkbookFile, balanced: Balanced) -> Iterator[tuple[Place, Change]]:
    """What becomes of the cells, each by its place."""
    before = balanced.before
    for cell in balanced.written:
        yield cell.place, number_change(to_text(cell.fen or 0, "万元"), plain=True)
    if before.currency == "元":
        yield from _units(file)
        yield from _supplement(file, {cell.place for cell in balanced.written})
        shares = before.ratios | {cell.key: cell for cell in outdated_ratios(before)}
        for cell in shares.values():
            if cell.fen is not None:
                yield cell.place, number_change(plain_number(cell.fen), plain=True)
    yield from _notes(file, balanced)


def _units(file: WorkbookFile) -> Iterator[tuple[Place, Change]]:
    """Every text that names 元 as the unit: “单位：元”, alone or within a line, or in the cell beside."""
    for grid in file.grids:
        for row, column, text in grid.texts(grid.top, grid.bottom):
            typed = str(grid.value(row, column))
            if currency_in(text) == "元" and (changed := _UNIT.sub(r"\1万元", typed)) != typed:
                yield grid.place(row, column), text_change(changed)
            elif text == "元" and _names_unit(grid, row, column):
                yield grid.place(row, column), text_change("万元")


def _names_unit(grid: Grid, row: int, column: int) -> bool:
    before = [text for at, text in grid.row_texts(row) if at < column]
    return bool(before) and before[-1].rstrip(":").endswith("单位")


def _supplement(file: WorkbookFile, written: set[Place]) -> Iterator[tuple[Place, Change]]:
    """Amounts of 补01–补09 that are none of the book's: they only change their unit, exactly."""
    grids = {grid.name: grid for grid in file.grids}
    for place in amount_places(file):
        value = grids[place.sheet].value(place.row, place.column)
        millionths = _millionths(value)
        if millionths is not None and place not in written:
            yield place, number_change(plain_number(fen_of(millionths, "元")), plain=True)


def _millionths(value: Value) -> int | None:
    if isinstance(value, str):
        reading = read_text(value)
        return reading.millionths if reading else None
    return read_number(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _notes(file: WorkbookFile, balanced: Balanced) -> Iterator[tuple[Place, Change]]:
    """The note below a table that keeps tails and does not say so."""
    grids = {grid.name: grid for grid in file.grids}
    tables = dict.fromkeys(outcome.relation.target.table for outcome in balanced.tails)
    for table in tables:
        sheet = balanced.before.sheet(table)
        if sheet is None or not sheet.rows or mentions_rounding(sheet.notes):
            continue
        grid = grids[sheet.name]
        if spot := sheet.spots.get("note"):
            note = str(grid.value(spot.row, spot.column)).rstrip()
            yield spot, text_change(f"{note}{'' if note.endswith('。') else '。'}{TAIL_NOTE}")
        else:
            yield _below(sheet, grid), text_change(f"注：{TAIL_NOTE}")


def _below(sheet: Sheet, grid: Grid) -> Place:
    """The first row below a table in which nothing stands."""
    row = max(label.place.row for label in sheet.rows) + 1
    while row < grid.bottom and any(str(value) for value in grid.values(row)):
        row += 1
    return grid.place(row, sheet.place.column)


def _leave_out_checks(patch: Patch, file: WorkbookFile, balanced: Balanced) -> None:
    """勾稽检查 and the signs beside open tables hold figures in 元 against each other, to the 分."""
    if CHECK_SHEET in (sheet.name for sheet in listed_sheets(patch.read(WORKBOOK))):
        drop_sheet(patch, CHECK_SHEET)
    for sheet in balanced.before.sheets.values():
        if sheet.table.layout == "codes":
            last = max((cell.place.column for cell in balanced.before.amounts(sheet.table.id)), default=None)
            if last is not None:
                part = sheet_part(file.package, sheet.name)
                patch.write(part, without_columns(patch.read(part), last + 1))


def _put_last(patch: Patch, balanced: Balanced) -> None:
    for sheet in sheets_naming(patch.read(WORKBOOK), MARKER):
        drop_sheet(patch, sheet)
    if NAME in (sheet.name for sheet in listed_sheets(patch.read(WORKBOOK))):
        raise JuesuanError(f"“{patch.package.name}”里已有名为“{NAME}”的工作表。请先改名或删除它。")
    put_last(patch, NAME, MARKER, partial(balance_sheet, balanced))
