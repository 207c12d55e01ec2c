"""From what stands in a cell to an exact amount."""

from __future__ import annotations

from decimal import Decimal

from juesuan.book import Cell
from juesuan.excel.found import Amount
from juesuan.excel.package import Doubt
from juesuan.money import FEN_PER, WAN_STEP, YUAN_STEP, Currency, read_number, read_text, to_fen


def as_cell(table: str, amount: Amount, currency: Currency, doubt: Doubt | None) -> Cell:
    """The cell of one amount. 万元 with more than two decimals is taken as exact to the 分, and shows in `raw`."""
    value = amount.value
    blank = Cell(table, amount.row, amount.field, amount.place, None, _step(currency), amount.signed, "blank")
    if value == "" and doubt == "uncached":
        return blank._replace(state="uncached")
    if value == "" and doubt == "error":
        return blank._replace(state="unreadable", raw="公式错误值")
    if isinstance(value, str):
        reading = read_text(value)
        if reading is None:
            return blank._replace(state="unreadable", raw=value.strip())
        if reading.number is None:
            return blank
        return _given(blank, reading.number, currency)._replace(raw=value, tidy=reading.tidy)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return blank._replace(state="unreadable", raw=str(value))
    number = read_number(value)
    return blank._replace(state="unreadable", raw=str(value)) if number is None else _given(blank, number, currency)


def _given(blank: Cell, number: Decimal, currency: Currency) -> Cell:
    fen = to_fen(number, currency)
    step, raw = blank.step, ""
    if number * 100 % 1:
        raw = f"{number:f}"
        step = YUAN_STEP
    return blank._replace(fen=fen, step=step, raw=raw, state="given")


def _step(currency: Currency) -> int:
    return WAN_STEP if FEN_PER[currency] > FEN_PER["元"] else YUAN_STEP
