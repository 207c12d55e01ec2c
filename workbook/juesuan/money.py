"""Exact amounts: text and floats to integers of 分 and back. Float never decides a comparison.

One 万元 published to two decimals is a multiple of 0.01 万元 = 10,000 分 (`WAN_STEP`).
One 元 written to two decimals is a multiple of 1 分 (`YUAN_STEP`).
"""

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from juesuan.record import NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

Currency = Literal["元", "万元"]

FEN_PER: dict[Currency, int] = {"元": 100, "万元": 1_000_000}
WAN_STEP = 10_000
YUAN_STEP = 1

LARGEST = 10**12
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
"""Characters without width that come along when text is pasted from a web page or a PDF."""

MILLION = 1_000_000
_SAFE = 10**8
_MINUS = dict.fromkeys(map(ord, "−–‐‑‒"), "-")
_DASHES = "-—―─━"
_BLANKS = {"", "无", "/", "\\"}
_NUMBER = r"[-+]?(\d{1,3}(,\d{3})+(\.\d*)?|\d+(\.\d*)?|\.\d+)"


class Reading(NamedTuple):
    """What one cell says: `millionths` of the currency, None for a blank; `tidy` is how it should be typed."""

    millionths: int | None
    tidy: str | None = None


def read_text(text: str, currency: Currency | None = None) -> Reading | None:
    """Read an amount typed as text; None when no single amount can be meant.

    Where the `currency` is given that amounts are in, “1031.33元” among 万元 could mean either and is not read.

    Accepts thousands separators, full-width digits, spaces, ￥ or 人民币, a trailing 元 or 万元, any minus sign and
    accountants' brackets for negatives; dashes alone are a blank. What is ambiguous
    is not read: ``1.031,33``, ``12 34``, ``31.33②``.
    """
    if currency and _names_another(text, currency):
        return None
    if not text.isascii() and any(unicodedata.category(char) == "No" for char in text):
        return None
    normal = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    plain = "".join(re.sub(r"(?<=\d)\s+(?=\d)", ",", normal).split()).translate(_MINUS)
    if plain.strip(_DASHES) in _BLANKS:
        return Reading(None)
    body = _without_currency(plain)
    bracketed = body.startswith("(") and body.endswith(")")
    body = _without_currency(body[1:-1]) if bracketed else body
    sign = "-" if body.startswith("-") else ""
    body = sign + body[len(sign) :].removeprefix("人民币").removeprefix("¥")
    if not body.isascii() or not re.fullmatch(_NUMBER, body) or (bracketed and body[0] in "+-"):
        return None
    from decimal import Decimal

    number = Decimal(body.replace(",", ""))
    if abs(number) >= LARGEST:
        return None
    number = -number if bracketed else number
    return Reading(_millionths(number), f"{number:f}")


def read_value(value: object, currency: Currency | None = None) -> int | None:
    """Millionths of what a cell holds; None for a blank and for what is no amount. `currency` as for `read_text`."""
    if isinstance(value, str):
        reading = read_text(value, currency) if value else None
        return reading.millionths if reading else None
    return read_number(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _names_another(text: str, currency: Currency) -> bool:
    return currency != "万元" if "万" in text else "元" in text and currency != "元"


def _without_currency(text: str) -> str:
    return text.removesuffix("元").removesuffix("万")


def read_number(value: float) -> int | None:
    """Millionths of the number a spreadsheet shows for a stored double (15 significant digits); None beyond 10¹²."""
    if -_SAFE < value < _SAFE:
        return int(f"{value:.6f}".replace(".", ""))
    from decimal import Decimal

    return _millionths(Decimal(f"{value:.15g}")) if abs(value) < LARGEST else None


def millionths_of(value: float) -> int:
    """Millionths of a number written in a declaration; beyond 10¹² it means nothing and is refused."""
    millionths = read_number(value)
    if millionths is None:
        raise ValueError(f"数太大：{value}")
    return millionths


def _millionths(number: "Decimal") -> int:
    from decimal import ROUND_HALF_UP

    return int((number * MILLION).to_integral_value(ROUND_HALF_UP))


def has_extra_decimals(millionths: int) -> bool:
    """Whether the number has more than the two decimals amounts are published with."""
    return millionths % (MILLION // 100) != 0


def fen_of(millionths: int, currency: Currency) -> int:
    """Millionths of 元 or 万元 to 分, half up."""
    return millionths if currency == "万元" else round_fen(millionths, MILLION // 100) // (MILLION // 100)


def to_fen(number: "Decimal", currency: Currency) -> int:
    """元 or 万元 to 分, half up; 万元 has 分 at its sixth decimal."""
    return fen_of(_millionths(number), currency)


def round_fen(fen: int, step: int) -> int:
    """Round an amount to a multiple of `step`, half away from zero as Excel's ROUND does."""
    magnitude = (abs(fen) + step // 2) // step * step
    return magnitude if fen >= 0 else -magnitude


def to_text(fen: int, currency: Currency) -> str:
    """The amount in `currency` with two decimals, more only where the amount has them. No thousands separator."""
    return _decimals(fen, FEN_PER[currency], "")


def grouped(fen: int, currency: Currency) -> str:
    """The same amount with thousands separators, as it is published."""
    return _decimals(fen, FEN_PER[currency], ",")


def plain_number(millionths: int) -> str:
    """The number behind `millionths` in plain decimals."""
    return _decimals(millionths, MILLION, "")


@lru_cache(maxsize=4096)
def _decimals(value: int, unit: int, separator: str) -> str:
    hundredths, rest = divmod(abs(value), unit // 100)
    whole, cents = divmod(hundredths, 100)
    more = f"{rest:0{len(str(unit)) - 3}d}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{whole:{separator}}.{cents:02d}{more}"
