"""Templates in 万元 with numbers typed over formulas: 勾稽检查 allows for the rounding that `check` allows for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk import (
    CODED,
    EDITION,
    TABLES,
    Exact,
    Recalculated,
    Slip,
    Template,
    codes_of,
    filled_file,
    form_of,
    look_at,
    open_rows,
    recalculate,
    total_row,
)
from exact import figures
from juesuan.book import Cell, Key
from juesuan.model import TOTAL
from juesuan.reading.files import open_workbook
from juesuan.reading.grid import Grid
from tools import require

BOOK = 28
RANDOM = range(40, 43)
ROOMS = ("尾差余地(向上)", "尾差余地(向下)")


def typed(table: str, row: str | int, field: str, more: float) -> Slip:
    """The exact amount and `more` typed into a cell; a number for a row is the first code that long."""

    def slip(template: Template, exact: Exact) -> None:
        code = row if isinstance(row, str) else next(code for code in codes_of(exact, table) if len(code) == row)
        amount = template.printed(exact.get((table, code, field), 0)) + more
        template.type_in(TABLES[table].label, *place_of(template, (table, code, field)), round(amount, 2))

    return slip


def place_of(template: Template, key: Key) -> tuple[int, int]:
    table, row, field = key
    if table not in CODED:
        return form_of(table).cells[row, field]
    sheet = template.sheet(table)
    column = [item.id for item in CODED[table].fields].index(field) + 3
    lines = [total_row(sheet)] if row == TOTAL else open_rows(sheet)
    return next(line for line in lines if row in (TOTAL, str(sheet.cell(line, 1).value))), column


def cells_of(template: Template) -> Iterator[Key]:
    """Every amount of a filled-in template."""
    for name, table in TABLES.items():
        if name not in CODED:
            yield from ((name, row, field) for row, field in form_of(name).cells)
            continue
        sheet = template.sheet(name)
        codes = [str(sheet.cell(row, 1).value) for row in open_rows(sheet) if sheet.cell(row, 1).value]
        yield from ((name, row, field.id) for row in (TOTAL, *codes) for field in table.fields)


def some_cells(seed: int) -> Slip:
    """Numbers typed into some cells, over inputs and formulas alike: right, or a little off."""

    def slip(template: Template, exact: Exact) -> None:
        chance = random.Random(seed)
        for key in chance.sample(list(cells_of(template)), chance.choice((2, 6, 12))):
            typed(*key, chance.choice((0, 0.01, -0.01, 0.02, -0.02, 0.03, -0.03, 0.05, -0.05)))(template, exact)

    return slip


PLANNED: dict[str, Slip] = {
    "录入数": typed("summary", "closing_carryover", "expenditure", 0.03),
    "合计": typed("expenditure", TOTAL, "basic", 0.05),
    "类": typed("expenditure", 3, "basic", 0.02),
    "类的原数": typed("expenditure", 3, "basic", 0),
    "款": typed("general_budget", 5, "basic", -0.03),
    "项的合计栏": typed("revenue", 7, "total", 0.02),
    "01表的类": typed("summary", "201", "expenditure", 0.02),
    "04表的合计栏": typed("appropriation_summary", "expenditure_total", "total", -0.04),
    "负数": typed("expenditure", 7, "project", -77_777.77),
    "06表的类": typed("basic_expenditure", "302", "amount", 0.04),
}
SLIPS = PLANNED | {f"随机 {seed}": some_cells(seed) for seed in RANDOM}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    require("soffice")
    folder = tmp_path_factory.mktemp("rooms")
    names = list(SLIPS)
    half = len(names) // 2
    return recalculate(([slipped(folder, name) for name in part] for part in (names[:half], names[half:])), folder)


def slipped(folder: Path, name: str) -> Path:
    seed = int(name.split()[1]) if " " in name else BOOK
    return filled_file(folder / f"{name}.xlsx", figures(seed, EDITION), "万元", seed, SLIPS[name])


@pytest.fixture(scope="module")
def results(files: dict[str, Path]) -> dict[str, Recalculated]:
    return {name: look_at(path) for name, path in files.items()}


@pytest.mark.parametrize("name", SLIPS)
def test_the_check_sheet_says_what_check_says(name: str, results: dict[str, Recalculated]) -> None:
    result = results[name]
    assert {rule: sign for rule, sign in result.signs.items() if sign != result.told[rule]} == {}


@pytest.mark.parametrize("name", SLIPS)
def test_what_stands_beside_an_amount_is_what_check_allows_beyond_one_rounding(
    name: str, files: dict[str, Path], results: dict[str, Recalculated]
) -> None:
    grids = {grid.name: grid for grid in open_workbook(str(files[name])).grids}
    for key, cell in results[name].book.cells.items():
        assert room_beside(cell, grids[cell.place.sheet]) == room_of(cell), key


def room_of(cell: Cell) -> tuple[int, int]:
    """How much further up and down than one rounding (分) the amount may be off, as `check` knows it."""
    (low, high), (lowest, highest) = cell._replace(span=None).interval, cell.interval
    return highest - high, low - lowest


def room_beside(cell: Cell, grid: Grid) -> tuple[int, int]:
    """The same, as it stands beside the table."""
    first = min(column for _, column in form_of(cell.table).cells.values()) - 1
    found = {text: column for _, column, text in grid.texts(grid.top, grid.bottom) if text in ROOMS}
    values = [grid.value(cell.place.row, cell.place.column + found[text] - first) for text in ROOMS]
    up, down = (round(value * 10_000) if isinstance(value, float | int) else 0 for value in values)
    return up, down
