"""Exact amounts: text and floats to integers of 分 and back. Float never decides a comparison.

One 万元 published to two decimals is a multiple of 0.01 万元 = 10,000 分 (`WAN_STEP`).
One 元 written to two decimals is a multiple of 1 分 (`YUAN_STEP`).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

Currency = Literal["元", "万元"]

FEN_PER: dict[Currency, int] = {"元": 100, "万元": 1_000_000}
WAN_STEP = 10_000
YUAN_STEP = 1

LARGEST = Decimal(10) ** 12
_BLANKS = {"", "-", "--", "—", "——", "－", "–", "无", "/"}
_CENT = Decimal("0.01")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")


class Reading(NamedTuple):
    """What one cell says: `number` is None for a blank; `tidy` is how it should have been typed, if otherwise."""

    number: Decimal | None
    tidy: str | None = None


def read_text(text: str) -> Reading | None:
    """Read an amount typed as text; None when no single amount can be meant.

    Accepts thousands separators, full-width digits, spaces, ￥, a trailing 元 or 万元 and
    accountants' brackets for negatives. Anything ambiguous (``1.031,33``) is not read.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if plain in _BLANKS:
        return Reading(None)
    bracketed = plain.startswith("(") and plain.endswith(")")
    body = plain[1:-1] if bracketed else plain
    body = body.removeprefix("¥").removesuffix("元").removesuffix("万")
    if not (_GROUPED.fullmatch(body) or _PLAIN.fullmatch(body)) or (bracketed and body[0] in "+-"):
        return None
    number = Decimal(body.replace(",", ""))
    if bracketed:
        number = -number
    return Reading(number, f"{number:f}") if abs(number) < LARGEST else None


def read_number(value: float) -> Decimal | None:
    """The decimal a spreadsheet shows for a stored double: 15 significant digits; None beyond 10¹²."""
    return Decimal(f"{value:.15g}") if abs(value) < LARGEST else None


def to_fen(number: Decimal, currency: Currency) -> int:
    """元 or 万元 to 分, half up; 万元 has 分 at its sixth decimal."""
    return int((number * FEN_PER[currency]).to_integral_value(ROUND_HALF_UP))


def round_fen(fen: int, step: int) -> int:
    """Round an amount to a multiple of `step` 分, half away from zero as Excel's ROUND does."""
    magnitude = (abs(fen) + step // 2) // step * step
    return magnitude if fen >= 0 else -magnitude


def to_text(fen: int, currency: Currency) -> str:
    """The amount in `currency` with two decimals, more only where the amount has them. No thousands separator."""
    number = Decimal(fen) / FEN_PER[currency]
    short = number.quantize(_CENT, ROUND_HALF_UP)
    return f"{short if short == number else number.normalize():f}"


def grouped(text: str) -> str:
    """The same amount with thousands separators, as it is published."""
    return f"{Decimal(text):,f}"
