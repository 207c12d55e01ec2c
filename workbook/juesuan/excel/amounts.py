"""From what stands in a cell to an exact amount."""

from __future__ import annotations

from juesuan.book import Cell, State
from juesuan.excel.computed import Doubt
from juesuan.excel.found import Amount
from juesuan.money import (
    WAN_STEP,
    YUAN_STEP,
    Currency,
    fen_of,
    has_extra_decimals,
    plain_number,
    read_number,
    read_text,
)


def as_cell(table: str, amount: Amount, currency: Currency, doubt: Doubt | None) -> Cell:
    """The cell of one amount. 万元 with more than two decimals is taken as exact to the 分, and shows in `raw`."""
    value = amount.value
    if type(value) is float or type(value) is int:
        millionths = read_number(value)
        return (
            _other(table, amount, currency, "unreadable", str(value))
            if millionths is None
            else _given(table, amount, currency, millionths)
        )
    if isinstance(value, str):
        return _written(table, amount, currency, value, doubt)
    shown = ("否", "是")[value] if isinstance(value, bool) else str(value)
    return _other(table, amount, currency, "unreadable", shown)


def _written(table: str, amount: Amount, currency: Currency, text: str, doubt: Doubt | None) -> Cell:
    if text == "" and doubt == "uncached":
        return _other(table, amount, currency, "uncached")
    if text == "" and doubt == "error":
        return _other(table, amount, currency, "unreadable", "公式错误值")
    reading = read_text(text)
    if reading is None or _of_another_currency(text, currency):
        return _other(table, amount, currency, "unreadable", text.strip())
    if reading.millionths is None:
        return _other(table, amount, currency, "awaited" if amount.required else "blank")
    return _given(table, amount, currency, reading.millionths)._replace(raw=text, tidy=reading.tidy)


def _of_another_currency(text: str, currency: Currency) -> bool:
    """“1031.33元” in a book of 万元 could mean either."""
    said = text.rstrip()
    return said.endswith("元") and said.endswith("万元") != (currency == "万元")


def _given(table: str, amount: Amount, currency: Currency, millionths: int) -> Cell:
    fen = fen_of(millionths, currency)
    step, raw = _step(currency), ""
    if has_extra_decimals(millionths):
        step, raw = YUAN_STEP, plain_number(millionths)
    return Cell(table, amount.row, amount.field, amount.place, fen, step, amount.signed, "given", raw)


def _other(table: str, amount: Amount, currency: Currency, state: State, raw: str = "") -> Cell:
    return Cell(table, amount.row, amount.field, amount.place, None, _step(currency), amount.signed, state, raw)


def _step(currency: Currency) -> int:
    return WAN_STEP if currency == "万元" else YUAN_STEP
