"""Sums that must come into their ranges, mended in integers: the simplex of solvers for linear arithmetic.

Every equation gives its target from its other amounts; what no equation gives is an item. A sum that leaves its range
changes places with one of the items it hangs on, and so on until nothing is out of range (Dutertre and de Moura 2006),
on a tableau that is nearly solved to begin with. What this finds is a proof; that it finds nothing is none.
"""

from collections.abc import Sequence
from typing import cast

from juesuan.locate.basis import Basis
from juesuan.locate.judgement import Range
from juesuan.record import NamedTuple

EXCHANGES_PER_ROW = 2


class Row(NamedTuple):
    """low ≤ Σ coefficient × variable ≤ high; `source` is the number of the statement that says so."""

    terms: tuple[tuple[int, int], ...]
    low: int | None
    high: int | None
    source: int


def gap_to(amount: int, low: int | None, high: int | None) -> int:
    """By how much an amount would have to grow to come between its ends."""
    if low is not None and amount < low:
        return low - amount
    return high - amount if high is not None and amount > high else 0


class Tableau:
    """Dependent amounts as sums of free ones. Beside the variables, each row that gives none is an amount of its own.

    Only amounts that enter just once are exchanged, so that all stay integers.
    """

    def __init__(
        self, rows: Sequence[Row], targets: Sequence[int], ranges: Sequence[Range], amounts: Sequence[int]
    ) -> None:
        self._most = EXCHANGES_PER_ROW * len(rows)
        self._ends = [*ranges, *[(row.low, row.high) for row in rows]]
        self.amounts = [*amounts, *([0] * len(rows))]
        self._basis = Basis()
        self._parts = cast("dict[int, dict[int, int]]", self._basis.parts)
        given = given_by(rows, targets)
        for variable, number in given.items():
            row = rows[number]
            own = next(coefficient for coefficient, other in row.terms if other == variable)
            rest = [(-own * coefficient, other) for coefficient, other in row.terms if other != variable]
            self._enter(variable, rest, own * (row.low or 0))
        sums = set(given.values())
        for number, row in enumerate(rows):
            if number not in sums:
                self._enter(len(amounts) + number, row.terms, 0)

    def _enter(self, dependent: int, terms: Sequence[tuple[int, int]], constant: int) -> None:
        amounts = self.amounts
        amounts[dependent] = constant + sum([coefficient * amounts[variable] for coefficient, variable in terms])
        self._basis.add(dependent, terms)

    def settles(self) -> bool:
        """Exchange amounts until all are within their ends; False when that is impossible or takes too long."""
        parts = self._parts
        missed = {amount for amount in parts if self._misses(amount)}
        for _ in range(self._most):
            if not missed:
                return True
            leaving = min([(len(parts[amount]), amount) for amount in missed])[1]
            gap = gap_to(self.amounts[leaving], *self._ends[leaving])
            entering = self._entering(leaving, gap)
            if entering is None:
                return False
            self._shift(entering, gap * self._parts[leaving][entering], missed)
            missed.discard(leaving)
            self._basis.exchange(leaving, entering)
            if self._misses(entering):
                missed.add(entering)
        return False

    def _misses(self, amount: int) -> bool:
        low, high = self._ends[amount]
        value = self.amounts[amount]
        return (low is not None and value < low) or (high is not None and value > high)

    def _entering(self, leaving: int, gap: int) -> int | None:
        """The free amount that can bring a dependent one back and disturbs the fewest others; None if there is none."""
        best: tuple[int, int, int] | None = None
        for free, times in self._parts[leaving].items():
            if times not in (1, -1):
                continue
            low, high = self._ends[free]
            end = high if (gap > 0) == (times > 0) else low
            room = abs(gap) if end is None else abs(end - self.amounts[free])
            if room:
                rank = (0 if room >= abs(gap) else 1, len(self._basis.uses[free]), free)
                if best is None or rank < best:
                    best = rank
        return best[-1] if best else None

    def _shift(self, free: int, distance: int, missed: set[int]) -> None:
        """Move a free amount, and with it all that depend on it."""
        self.amounts[free] += distance
        for dependent in self._basis.uses[free]:
            self.amounts[dependent] += self._parts[dependent][free] * distance
            if self._misses(dependent):
                missed.add(dependent)
            else:
                missed.discard(dependent)


def given_by(rows: Sequence[Row], targets: Sequence[int]) -> dict[int, int]:
    """The equation that gives each sum, its target: the sums in such an order that each follows those it is made of."""
    choices: dict[int, int] = {}
    for number, (row, target) in enumerate(zip(rows, targets, strict=True)):
        exact = row.low is not None and row.low == row.high
        if exact and target not in choices and any(variable == target and abs(a) == 1 for a, variable in row.terms):
            choices[target] = number
    given: dict[int, int] = {}
    open_: set[int] = set()
    done: set[int] = set()
    for first in choices:
        path = [first]
        while path:
            variable = path[-1]
            if variable in done:
                path.pop()
                continue
            below = [other for _, other in rows[choices[variable]].terms if other in choices]
            waiting = [other for other in below if other != variable and other not in done]
            if waiting and variable not in open_ and open_.isdisjoint(waiting):
                open_.add(variable)
                path += waiting
                continue
            if not waiting:
                given[variable] = choices[variable]
            open_.discard(variable)
            done.add(variable)
            path.pop()
    return given
