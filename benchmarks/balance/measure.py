"""One random book rounded by every method, from 元 and from what is printed in 万元."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from exact import figures, rounded
from juesuan.balance.balanced import balance
from juesuan.balance.method import METHODS
from juesuan.bounds import judge
from juesuan.money import WAN_STEP, round_fen
from locate.books import CATALOGUE, EDITION, numbered
from locate.laws import excess, laws_of


class Trial(NamedTuple):
    """Deviations are from the exact amounts, in steps of 0.01 万元; `far`: cells a whole step or more off.

    `broken`: laws that do not hold; `changed`: share of the cells that are not as rounding has them; `wrong`: whether
    rounding cannot explain some law, so that `check` calls it an error.
    """

    origin: str
    method: str
    broken: int
    far: int
    worst: float
    mean: float
    changed: float
    wrong: bool


def measured(seed: int, number: int) -> Iterator[Trial]:
    specimen = numbered(seed, number)
    yuan = rounded(dict(specimen.exact), EDITION, "元")
    for origin, book, methods in (("元", yuan, tuple(METHODS)), ("万元", specimen.book, ("optimal",))):
        for method in methods:
            after = balance(book.with_cells(dict(book.cells)), CATALOGUE, method).after
            off = [abs((cell.fen or 0) - (yuan.cells[key].fen or 0)) for key, cell in after.cells.items()]
            moved = [cell.fen != round_fen(yuan.cells[key].fen or 0, WAN_STEP) for key, cell in after.cells.items()]
            laws = laws_of(after)
            yield Trial(
                origin,
                method,
                sum(1 for law in laws if excess(law)),
                sum(1 for distance in off if distance >= WAN_STEP),
                max(off) / WAN_STEP,
                sum(off) / len(off) / WAN_STEP,
                sum(moved) / len(moved),
                any(judge(law).verdict == "failed" for law in laws),
            )


def seconds_at(rows: int, seed: int) -> float:
    """CPU seconds of balancing a read book of so many code rows, the check before it included."""
    book = rounded(figures(seed, EDITION, rows), EDITION, "元")
    balance(book, CATALOGUE, "optimal")
    start = time.process_time()
    balance(book, CATALOGUE, "optimal")
    return time.process_time() - start
