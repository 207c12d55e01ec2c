"""What a text says of the cells of its book, as statements that are judged together with the laws of the book.

Every figure of the text is an amount of its own that may be wrong like any cell; a share or a rate of growth, rounded
to 0.01 %, bounds the ratio of two amounts, unless it is set aside. Amounts in 分.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from juesuan.book import Book, Cell, Key
from juesuan.locate.answer import Observation
from juesuan.money import WAN_STEP
from juesuan.narrative.facts import Facts, Name
from juesuan.place import Place
from juesuan.proofread.compare import Said
from juesuan.proofread.patterns import Mention

TEXT = "文字"
HALF = WAN_STEP // 2
PER_CENT = 10_000
"""Hundredths of a per cent in one."""


class Observed(NamedTuple):
    """`said`: by the key of the cell that stands for it, a figure of the text and the cells of the book it is about."""

    statements: tuple[Observation, ...]
    said: Mapping[Key, tuple[Said, tuple[Cell, ...]]]


class _Linear(NamedTuple):
    """Σ coefficient × cell, plus something from `low` to `high`."""

    terms: Mapping[Cell, int]
    low: int = 0
    high: int = 0

    @property
    def printed(self) -> int:
        return sum(sign * (cell.fen or 0) for cell, sign in self.terms.items()) + self.low

    def times(self, sign: int) -> _Linear:
        low, high = sorted((sign * self.low, sign * self.high))
        return _Linear({cell: sign * factor for cell, factor in self.terms.items()}, low, high)

    def plus(self, other: _Linear) -> _Linear:
        terms = {cell: self.terms.get(cell, 0) + other.terms.get(cell, 0) for cell in (*self.terms, *other.terms)}
        return _Linear(
            {cell: factor for cell, factor in terms.items() if factor}, self.low + other.low, self.high + other.high
        )


def key_of(mention: Mention) -> Key:
    """The key of the cell that stands for a figure of the text."""
    return TEXT, str(mention.start), str(mention.end)


def observe(said: Iterable[Said], facts: Facts) -> Observed:
    """The statements of the figures in `said` that speak of amounts of the book; what the text alone knows makes none.

    Figures of last year's book and of the supplement are believed.
    """
    statements: list[Observation] = []
    figures: dict[Key, tuple[Said, tuple[Cell, ...]]] = {}
    for item in said:
        made = list(_amount(item, facts) if item.quantity.kind == "amount" else _share(item, facts))
        if made:
            statements += made
            cells = dict.fromkeys(cell for one in made for _, cell in one.terms if cell.table != TEXT)
            figures[key_of(item.mention)] = item, tuple(cells)
    return Observed(tuple(statements), figures)


def _amount(item: Said, facts: Facts) -> Iterator[Observation]:
    meant = _linear((item.quantity.id, item.key), facts, frozenset())
    if meant is None or not meant.terms:
        return
    falls = meant.printed < 0 and item.quantity.id in facts.declaration.directed
    value = -item.value if falls else item.value
    cell = _figure(item.mention)._replace(fen=value, step=WAN_STEP)
    others = tuple((-factor, other) for other, factor in meant.terms.items())
    yield Observation(((1, cell), *others), meant.low, meant.high, item.quantity.title)


def _share(item: Said, facts: Facts) -> Iterator[Observation]:
    """part ÷ whole within half a hundredth of a per cent; both may have been taken as they are printed."""
    if item.quantity.kind != "percent" or not item.quantity.share:
        return
    part, whole = (_linear(facts.name(name, item.key), facts, frozenset()) for name in item.quantity.share)
    if part is None or whole is None or not (part.terms or whole.terms) or whole.printed <= 0:
        return
    if part.printed < 0 and item.quantity.id in facts.declaration.directed:
        part = part.times(-1)
    ratio, apart = Fraction(item.value, PER_CENT), Fraction(1, 2 * PER_CENT)
    room, slack = HALF * (1 + abs(ratio)), _figure(item.mention)
    for end, is_low in ((ratio - apart, True), (ratio + apart, False)):
        factors: dict[Cell, Fraction] = {cell: Fraction(factor) for cell, factor in part.terms.items()}
        for cell, factor in whole.terms.items():
            factors[cell] = factors.get(cell, Fraction(0)) - end * factor
        terms = (*((factor, cell) for cell, factor in factors.items() if factor), (Fraction(-1), slack))
        low, high = end * whole.low - part.high - room, end * whole.high - part.low + room
        yield Observation(terms, low if is_low else None, None if is_low else high, item.quantity.title)


def _figure(mention: Mention) -> Cell:
    """A figure of the text as a cell: nothing, exactly, of either sign."""
    return Cell(*key_of(mention), Place(TEXT, mention.start, mention.end), 0, 1, signed=True, raw=mention.text)


def _linear(name: Name, facts: Facts, busy: frozenset[Name]) -> _Linear | None:
    """An amount in terms of the book's cells; None where it is known from the text alone."""
    quantity, fact = facts.quantity(name[0]), facts.given(*name)
    if fact is not None:
        cell = fact.cells[0] if fact.cells else None
        return _Linear({cell: 1}) if cell and _holds(facts.book, cell) else _Linear({}, fact.low, fact.high)
    if name in busy:
        return None
    busy |= {name}
    signed = [(other, sign) for other, sign in zip(quantity.difference, (1, -1), strict=False)]
    parts = signed or [(other, 1) for other in quantity.sum or ((quantity.same,) if quantity.same else ())]
    total = _Linear({})
    for other, sign in parts:
        found = _linear(facts.name(other, name[1]), facts, busy)
        if found is None:
            return None
        total = total.plus(found.times(sign))
    return total if parts else None


def _holds(book: Book | None, cell: Cell) -> bool:
    return book is not None and book.holds(cell)
