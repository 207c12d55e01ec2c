"""Dependent numbers as sums of free ones, exactly: what a simplex exchanges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    Number = int | Fraction


class Basis:
    """`parts` tells for a dependent number how often each free one enters it, `uses` where a free one stands.

    `uses` lists for a free number the dependent ones, in the order in which they came to depend on it.
    """

    def __init__(self) -> None:
        self.parts: dict[int, dict[int, Number]] = {}
        self.uses: dict[int, dict[int, None]] = {}

    def __contains__(self, number: int) -> bool:
        return number in self.parts or number in self.uses

    def users(self, free: int) -> Iterable[int]:
        """The dependent numbers in which a free one stands."""
        return self.uses.get(free, ())

    def add(self, number: int, terms: Iterable[tuple[int, int]]) -> None:
        """A further dependent number, the sum of terms (coefficient, number)."""
        parts: dict[int, Number] = {}
        for coefficient, other in terms:
            below = self.parts.get(other)
            if below is None:
                parts[other] = parts.get(other, 0) + coefficient
                continue
            for free, times in below.items():
                parts[free] = parts.get(free, 0) + coefficient * times
        self.parts[number] = parts if all(parts.values()) else {free: times for free, times in parts.items() if times}
        for free in self.parts[number]:
            self.uses.setdefault(free, {})[number] = None

    def exchange(self, leaving: int, entering: int) -> None:
        """Make the dependent number `leaving` free and the free one `entering`, on which it depends, dependent."""
        parts, uses = self.parts.pop(leaving), self.uses
        times = parts.pop(entering)
        for free in parts:
            del uses[free][leaving]
        if times in (1, -1):
            turned = {free: -times * size for free, size in parts.items()}
            turned[leaving] = times
        else:
            turned = {free: quotient(-size, times) for free, size in parts.items()}
            turned[leaving] = quotient(1, times)
        users = uses.pop(entering)
        del users[leaving]
        uses[leaving] = {}
        for dependent in users:
            own = self.parts[dependent]
            factor = own.pop(entering)
            for free, size in turned.items():
                total = own.get(free, 0) + factor * size
                if total:
                    own[free] = total
                    uses[free][dependent] = None
                else:
                    del own[free]
                    del uses[free][dependent]
        self.parts[entering] = turned
        for free in turned:
            uses[free][entering] = None


def quotient(number: Number, divisor: Number) -> Number:
    """A quotient that stays an integer where it is one."""
    if divisor == 1:
        return number
    if divisor == -1:
        return -number
    from fractions import Fraction

    exact = Fraction(number) / divisor
    return exact.numerator if exact.denominator == 1 else exact
