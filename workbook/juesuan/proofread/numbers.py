"""Numbers as a text prints them, to the integers of `Facts` and back."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from juesuan.money import grouped
from juesuan.narrative.declaration import Kind
from juesuan.narrative.facts import SCALES

UNITS: dict[Kind, str] = {"amount": "万元", "percent": "%", "score": "分", "count": "", "year": "年"}


def read_number(text: str, kind: Kind) -> int:
    """“1,031.33” of an amount in 万元 as 分; “99.94” of a share as hundredths of a per cent."""
    number = Decimal(text.replace(",", "").removesuffix("%"))
    return int((number * SCALES.get(kind, 1)).to_integral_value(ROUND_HALF_UP))


def precision_of(text: str) -> int:
    """In hundredths what one in the last place of a share is: 100 of “99%”, 10 of “99.9%”, 1 of “99.94%”."""
    decimals = len(text.removesuffix("%").partition(".")[2])
    return (100, 10, 1)[min(decimals, 2)]


def show_number(value: int, kind: Kind) -> str:
    """The number with its unit, as it should stand in the text."""
    if kind == "amount":
        return f"{grouped(value, '万元')}万元"
    if kind in ("percent", "score"):
        return f"{Decimal(value).scaleb(-2):.2f}{UNITS[kind]}"
    return f"{value}{UNITS.get(kind, '')}"
