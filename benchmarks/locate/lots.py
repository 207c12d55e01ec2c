"""The lots of trials that are measured, cut into jobs that depend neither on each other nor on their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import NamedTuple

from juesuan.locate.judgement import Joint
from juesuan.money import WAN_STEP
from locate.books import numbered, synthetic
from locate.slips import KINDS, THIRTEEN, Ground, Slip, ground, slip
from locate.trials import ACCOUNTS, BALANCED, Trial, account, judged

CLEAN, ONE, FURTHER, TWO, THREE, TEN = "clean", "one", "further", "two", "three", "ten"
TIMED = {60: "60 rows", 300: "300 rows"}
"""Lots of books with just so many code rows, by their number."""

SINGLE = THIRTEEN[:11]
"""Classes that leave every row in its place, of which ten fit into one book."""

SIZES = (1, 2, 3, 5, 10, 20)
"""Changes tried in every figure of a published account, in 0.01 万元."""

SHARES = 4
"""Jobs a published account is cut into."""

WHOLE, FIFTH = "焦作2024", 5
"""The account in which every change is tried; of those in the others one in five."""


class Scale(NamedTuple):
    """How much is measured: books with slips, further clean ones, books of each timed lot and with ten slips.

    In the accounts: every figure and so many `zeros`; of the changes in them only one in `thin`.
    """

    books: int
    clean: int
    timed: int
    ten: int
    zeros: int
    thin: int = 1


FULL = Scale(books=240, clean=770, timed=20, ten=12, zeros=60)
QUICK = Scale(books=12, clean=30, timed=2, ten=2, zeros=6, thin=23)

Case = tuple[Trial, Joint, tuple[Slip, ...], Ground]
Job = Callable[[], Iterator[Case]]


def jobs(scale: Scale, seed: int) -> Iterator[Job]:
    """Every job, the long ones first so that the processes end together."""
    for number in range(scale.ten):
        yield partial(_ten_slips, seed, number)
    for rows in sorted(TIMED, reverse=True):
        for number in range(scale.timed):
            yield partial(_timed, seed, number, rows)
    for name in ACCOUNTS:
        if name != BALANCED:
            for share in range(SHARES):
                yield partial(_account, seed, name, share, scale)
    for number in reversed(range(scale.books)):
        yield partial(_slips, seed, number)
    for number in range(scale.books, scale.books + scale.clean):
        yield partial(_clean, seed, number)
    yield _published


def _slips(seed: int, number: int) -> Iterator[Case]:
    """One book: as it is, with one slip of every class, and twice each with two and with three."""
    where = ground(numbered(seed, number))
    yield _case(CLEAN, where)
    for kind in KINDS:
        if drawn := slip(kind, Random(f"one:{seed}:{number}:{kind}"), where):
            yield _case(ONE if kind in THIRTEEN else FURTHER, where, drawn)
    for lot, count in ((TWO, 2), (THREE, 3)):
        for turn in range(2):
            yield _case(lot, where, *_several(Random(f"{lot}:{seed}:{number}:{turn}"), where, count, THIRTEEN))


def _clean(seed: int, number: int) -> Iterator[Case]:
    yield _case(CLEAN, ground(numbered(seed, number)))


def _timed(seed: int, number: int, rows: int) -> Iterator[Case]:
    """A book of `rows` code rows with one slip of each of the thirteen classes."""
    where = ground(synthetic(Random(f"timed:{seed}:{number}").randrange(2**32), rows))
    for kind in THIRTEEN:
        if drawn := slip(kind, Random(f"timed:{seed}:{number}:{kind}"), where):
            yield _case(TIMED[rows], where, drawn)


def _ten_slips(seed: int, number: int) -> Iterator[Case]:
    """Ten independent slips in a book of 300 code rows."""
    chance = Random(f"ten:{seed}:{number}")
    where = ground(synthetic(chance.randrange(2**32), 300))
    yield _case(TEN, where, *_several(chance, where, 10, SINGLE))


def _published() -> Iterator[Case]:
    for name in ACCOUNTS:
        yield _case(name, account(name))


def _account(seed: int, name: str, share: int, scale: Scale) -> Iterator[Case]:
    """Every figure of an account, and some of its zeros, a little more and a little less."""
    where = account(name)
    figures = set(where.figures)
    zeros = [key for key in where.judged if key not in figures]
    zeros = Random(f"zeros:{seed}:{name}").sample(zeros, min(scale.zeros, len(zeros)))
    changes = [(key, sign * size) for key in (*where.figures, *zeros) for size in SIZES for sign in (1, -1)]
    thin = scale.thin * (1 if name == WHOLE else FIFTH)
    for key, units in changes[::thin][share::SHARES]:
        changed = (where.book.cells[key].fen or 0) + units * WAN_STEP
        if changed >= 0 or where.book.cells[key].signed:
            yield _case(name, where, Slip("small", {key: changed}), size=abs(units))


def _several(chance: Random, where: Ground, count: int, kinds: tuple[str, ...]) -> list[Slip]:
    """Slips of random classes in different rows."""
    slips: list[Slip] = []
    while len(slips) < count:
        if drawn := slip(chance.choice(kinds), chance, where, slips):
            slips.append(drawn)
    return slips


def _case(lot: str, where: Ground, *slips: Slip, size: int = 0) -> Case:
    return (*judged(lot, where, slips, size), slips, where)
