"""What becomes of a cell whose looks stay as they are."""

from __future__ import annotations

import re

from juesuan.ooxml.sheet_xml import Change

_ZEROS = re.compile(r"\.?0+$")


def stored(decimals: str) -> str:
    """A number with two decimals or more as Excel stores it: without zeros at the end."""
    return _ZEROS.sub("", decimals)


def number_change(decimals: str, *, plain: bool = False) -> Change:
    """The number, of two decimals or more or empty; a formula stays with it as its result, unless `plain`."""
    return Change(_as_it_is, stored(decimals), plain=plain)


def text_change(text: str) -> Change:
    return Change(_as_it_is, text=text)


def result_change(shown: str) -> Change:
    """The text that the cell's formula yields."""
    return Change(_as_it_is, shown=shown)


def _as_it_is(style: int) -> int:
    return style
