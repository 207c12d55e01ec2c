"""From what stands in a cell to an exact amount."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from juesuan.book import Cell, State
from juesuan.money import (
    LARGEST,
    WAN_STEP,
    YUAN_STEP,
    Currency,
    fen_of,
    has_extra_decimals,
    plain_number,
    read_number,
    read_text,
)
from juesuan.ooxml.computed import Doubt
from juesuan.ooxml.package import Package
from juesuan.place import Place
from juesuan.reading.found import Strip

if TYPE_CHECKING:
    from juesuan.reading.grid import Value

_HUNDREDTH: dict[Currency, int] = {"元": 1, "万元": 10_000}
"""分 in a hundredth of the currency."""

_GIVEN: State = "given"
_place: partial[Place] = partial(tuple.__new__, Place)
_cell: partial[Cell] = partial(tuple.__new__, Cell)


def read_cells(table: str, strips: Iterable[Strip], currency: Currency, package: Package) -> list[Cell]:
    """The cells of a table's rows. Most hold a number of two decimals or nothing; all else goes a longer way."""
    step, hundredth = _step(currency), _HUNDREDTH[currency]
    doubts: dict[str, dict[tuple[int, int], Doubt]] = {}
    cells: list[Cell] = []
    for grid, row, key, columns, required in strips:
        values, left, name = grid.values(row), grid.left, grid.name
        blank: State = "awaited" if required else "blank"
        for column, field, signed in columns:
            value = values[column - left] if values else ""
            place = _place((name, row, column))
            if type(value) is float:
                if value == 0.0:
                    cells.append(_cell((table, key, field, place, 0, step, signed, "given", "", None, None)))
                    continue
                if -LARGEST < value < LARGEST and (hundredths := round(value * 100)) / 100 == value:
                    fen = hundredths * hundredth
                    cells.append(_cell((table, key, field, place, fen, step, signed, "given", "", None, None)))
                    continue
            cell = _cell((table, key, field, place, None, step, signed, blank, "", None, None))
            if type(value) is str and not value.strip():
                if name not in doubts:
                    doubts[name] = package.doubts(name)
                cells.append(_doubted(cell, doubts[name].get((row, column))) if doubts[name] else cell)
            else:
                cells.append(_read(cell, value, currency, package))
    return cells


def _doubted(blank: Cell, doubt: Doubt | None) -> Cell:
    """What reads as a blank: one, a formula never calculated, or an error value."""
    if doubt is None:
        return blank
    return blank._replace(state="uncached") if doubt == "uncached" else _unreadable(blank, "公式错误值")


def _read(blank: Cell, value: Value, currency: Currency, package: Package) -> Cell:
    """The cell of any value; `blank` is what it would be without one.

    万元 with more than two decimals is taken as exact to the 分, and shows in `raw`.
    """
    if isinstance(value, str):
        return _written(blank, value, currency)
    if isinstance(value, bool):
        return _unreadable(blank, ("否", "是")[value])
    if isinstance(value, int | float):
        millionths = read_number(value)
        return _unreadable(blank, str(value)) if millionths is None else _given(blank, millionths, currency)
    return _dated(blank, value, currency, package)


def _dated(blank: Cell, value: Any, currency: Currency, package: Package) -> Cell:
    """An amount that a date format shows as a date or a time."""
    from juesuan.reading.dates import number_behind

    number = number_behind(value, blank.place, package)
    if number is None or (millionths := read_number(number)) is None:
        return _unreadable(blank, str(value))
    return _given(blank, millionths, currency)._replace(raw=str(value), tidy=plain_number(millionths))


def _written(blank: Cell, text: str, currency: Currency) -> Cell:
    reading = read_text(text, currency)
    if reading is None:
        return _unreadable(blank, text.strip())
    if reading.millionths is None:
        return blank
    return _given(blank, reading.millionths, currency)._replace(raw=text, tidy=reading.tidy)


def _given(blank: Cell, millionths: int, currency: Currency) -> Cell:
    fen, state = fen_of(millionths, currency), _GIVEN
    if has_extra_decimals(millionths):
        return blank._replace(fen=fen, step=YUAN_STEP, state=state, raw=plain_number(millionths))
    return blank._replace(fen=fen, state=state)


def _unreadable(blank: Cell, shown: str) -> Cell:
    return blank._replace(state="unreadable", raw=shown)


def _step(currency: Currency) -> int:
    return WAN_STEP if currency == "万元" else YUAN_STEP
