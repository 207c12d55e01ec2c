"""Amounts under a date format: the reader gives the date that is shown, and the amount is the number behind it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from juesuan.ooxml.package import Package
from juesuan.place import Place

_CELL = rb"<(?:\w+:)?c\s"
_ADDRESS = rb'(?:^|\s)r="([A-Z]{1,3}\d{1,7})"'
_NUMBER = rb"<(?:\w+:)?v>(-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)</"
_DAY = timedelta(days=1)
_FIRST = datetime(1899, 12, 30)
_DOUBTFUL = 60
"""28 February 1900, as which two numbers are shown: Excel has a 29th that the calendar has not."""

Moment = date | time | timedelta


def number_behind(shown: object, place: Place, package: Package) -> float | None:
    """The number of a cell that shows a date, a time or a duration; None where it cannot be told for certain."""
    xml = package.worksheets.get(package.sheet_parts.get(place.sheet, ""), b"")
    stored = _stored(xml).get(place.address.encode())
    if stored is not None:
        return stored
    return number_in_excel(shown) if isinstance(shown, date | time | timedelta) else None


@lru_cache(maxsize=1)
def _stored(xml: bytes) -> dict[bytes, float]:
    """The numbers of a worksheet by address, as far as they are spelled as usual."""
    numbers: dict[bytes, float] = {}
    for cell in re.split(_CELL, xml)[1:]:
        head, _, body = cell.partition(b">")
        address, number = re.search(_ADDRESS, head), re.search(_NUMBER, body)
        if address and number:
            numbers[address[1]] = float(number[1])
    return numbers


def number_in_excel(value: Moment) -> float | None:
    """The number that Excel shows so; None where there are two."""
    days = number_of(value)
    if not isinstance(value, date) or days >= _DOUBTFUL + 1:
        return days
    return days - 1 if days < _DOUBTFUL else None


def number_of(value: Moment) -> float:
    """The days since 30 December 1899 of a date, a time or a duration, as LibreOffice counts them."""
    match value:
        case datetime():
            passed = value.replace(tzinfo=None) - _FIRST
        case date():
            passed = datetime.combine(value, time()) - _FIRST
        case time():
            passed = datetime.combine(_FIRST, value) - _FIRST
        case _:
            passed = value
    return passed / _DAY
