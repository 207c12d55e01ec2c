"""What kind of slip turns one amount into another, and how likely it is.

The shares of the kinds are guesses from practice (Scholtus 2009 for transposed and mistyped digits); they only
order cells that the book itself cannot tell apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from juesuan.locate.answer import Diagnosis

SHARES = {
    "transposed_digits": 0.16,
    "distant_digits": 0.01,
    "wrong_digit": 0.22,
    "extra_digit": 0.03,
    "lost_digit": 0.03,
    "sign": 0.08,
    "decimal_shift": 0.12,
    "unit_yuan": 0.06,
    "blank": 0.08,
    "copied": 0.08,
    "small": 0.06,
    "other": 0.08,
}
YUAN_PER_WAN = 10_000
SMALL = 5
"""Differences of at most so many units of the last place are wrong rounding as likely as anything."""
SPREAD = 7
"""Amounts are spread evenly over their logarithm, over about so many powers of e."""


class Slip(NamedTuple):
    """One way in which `true` may have become `printed`, both in units of the last place printed.

    `manner` tells kinds of one diagnosis apart: a digit wrong, extra or lost; `factor` is how many times too
    large a shifted figure is (or 1/factor when negative). `likelihood` is relative to other slips.
    """

    diagnosis: Diagnosis
    manner: str
    likelihood: float
    factor: int = 1


def slips(printed: int, true: int) -> Iterator[Slip]:
    """Every way in which `true` may have become `printed`: units of the last place, a blank counting as 0."""
    if printed == true:
        return
    size = max(abs(true), 1)
    if printed == 0:
        yield Slip("blank", "blank", SHARES["blank"] / (SPREAD * size))
        return
    if printed == -true:
        yield Slip("sign", "sign", SHARES["sign"])
    if (printed < 0) == (true < 0):
        yield from _digits(str(abs(printed)), str(abs(true)))
        yield from _shifts(abs(printed), abs(true))
    if abs(printed - true) <= SMALL:
        yield Slip("other", "small", SHARES["small"] / (2 * SMALL))
    yield Slip("other", "other", SHARES["other"] / (SPREAD * max(size, abs(printed), 100)))


def likeliest(printed: int, true: int) -> Slip:
    """The likeliest way in which `true` may have become another figure, `printed`."""
    return max(slips(printed, true), key=lambda slip: slip.likelihood)


def _digits(printed: str, true: str) -> Iterator[Slip]:
    length = len(true)
    if len(printed) == length:
        places = [place for place in range(length) if printed[place] != true[place]]
        if len(places) == 1:
            yield Slip("wrong_digit", "wrong_digit", SHARES["wrong_digit"] / (9 * length))
        elif len(places) == 2 and printed[places[0]] == true[places[1]] and printed[places[1]] == true[places[0]]:
            kind = "transposed_digits" if places[1] == places[0] + 1 else "distant_digits"
            yield Slip("transposed_digits", kind, SHARES[kind] / max(1, length - 1))
    elif len(printed) == length + 1 and _without_one(printed, true):
        yield Slip("wrong_digit", "extra_digit", SHARES["extra_digit"] / (10 * (length + 1)))
    elif len(printed) == length - 1 and _without_one(true, printed):
        yield Slip("wrong_digit", "lost_digit", SHARES["lost_digit"] / length)


def _without_one(longer: str, shorter: str) -> bool:
    """Whether one digit left out of `longer` leaves `shorter`."""
    place = next((place for place, digit in enumerate(shorter) if digit != longer[place]), len(shorter))
    return longer[place + 1 :] == shorter[place:]


def _shifts(printed: int, true: int) -> Iterator[Slip]:
    for factor in (10, 100, 1000):
        share = SHARES["decimal_shift"] / (4 if factor < 1000 else 40)
        if abs(printed - factor * true) <= factor // 2:
            yield Slip("decimal_shift", "shift", share / (1 if printed == factor * true else factor), factor)
        elif true and abs(factor * printed - true) <= factor // 2:
            yield Slip("decimal_shift", "shift", share, -factor)
    if true and abs(printed - YUAN_PER_WAN * true) <= YUAN_PER_WAN // 2:
        yield Slip("unit_yuan", "unit", SHARES["unit_yuan"], YUAN_PER_WAN)
    elif printed and abs(YUAN_PER_WAN * printed - true) <= YUAN_PER_WAN // 2:
        yield Slip("unit_yuan", "unit", SHARES["unit_yuan"] / 10, -YUAN_PER_WAN)


def origins(printed: int) -> set[int]:
    """Amounts that a common slip turns into `printed` (units of the last place), for windows too wide to walk."""
    sign = -1 if printed < 0 else 1
    digits = str(abs(printed))
    texts = set()
    for place in range(len(digits)):
        texts |= {digits[:place] + digit + digits[place + 1 :] for digit in "0123456789"}
        texts.add(digits[:place] + digits[place + 1 :])
        for other in range(place + 1, len(digits)):
            middle = digits[place + 1 : other]
            texts.add(digits[:place] + digits[other] + middle + digits[place] + digits[other + 1 :])
    for place in range(len(digits) + 1):
        texts |= {digits[:place] + digit + digits[place:] for digit in "0123456789"}
    found = {sign * int(text) for text in texts if text}
    for factor in (10, 100, 1000, YUAN_PER_WAN):
        found |= {sign * ((abs(printed) + factor // 2) // factor), printed * factor}
    return (found | {-printed}) - {printed}
