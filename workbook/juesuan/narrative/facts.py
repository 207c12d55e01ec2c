"""What is known of the quantities: from the book and its supplement, from what a text says, or by working them out."""

from __future__ import annotations

from typing import Literal, NamedTuple

from juesuan.answers import reason_about
from juesuan.book import Book, Cell
from juesuan.money import WAN_STEP, round_fen
from juesuan.narrative.declaration import NUMBERS, Declaration, Kind, Quantity, Sentence
from juesuan.narrative.listing import Entry, listed_in
from juesuan.narrative.supplement import NOTHING, Supplement

Source = Literal["given", "said", "formula"]
Name = tuple[str, str | None]
"""A quantity and, of several in a list, which."""

STEPS: dict[Kind, int] = {"amount": WAN_STEP}
SCALES: dict[Kind, int] = {"amount": 1_000_000, "percent": 100, "score": 100}
"""How many of our integers make one 万元, one per cent, one point."""


GRADES = ((9_000, "优"), (8_000, "良"), (6_000, "中"), (0, "差"))
"""The least score of each grade, in hundredths of a point: 财预〔2020〕10号."""


class Fact(NamedTuple):
    """A number as it is printed, and the exact ones it may stand for: 分, hundredths of a per cent or of a point."""

    value: int
    low: int
    high: int
    source: Source
    cells: tuple[Cell, ...] = ()


def step_of(kind: Kind) -> int:
    return STEPS.get(kind, 1)


def printed(value: int, kind: Kind) -> int:
    """The number as it is printed in a text: amounts in 万元 with two decimals, half up."""
    return round_fen(value, step_of(kind))


def as_printed(value: int, kind: Kind, source: Source, cells: tuple[Cell, ...] = ()) -> Fact:
    """A number that is printed, so that all stand for it that are rounded to it."""
    half = step_of(kind) // 2
    shown, less = printed(value, kind), max(half - 1, 0)
    low, high = shown - (half if shown > 0 else less), shown + (half if shown < 0 else less)
    return Fact(value, min(value, low), max(value, high), source, cells)


class Facts:
    """The values of all quantities. `said` may be added to, as a text is read; what is given goes before it."""

    def __init__(self, declaration: Declaration, book: Book | None, supplement: Supplement = NOTHING) -> None:
        self.declaration = declaration
        self.book = book
        self.supplement = supplement
        self.said: dict[Name, int] = {}
        self._entries: dict[str, tuple[Entry, ...]] = {}

    def quantity(self, name: str) -> Quantity:
        return self.declaration.quantities[name]

    def name(self, quantity: str, key: str | None) -> Name:
        """The name of a quantity where a list is told at `key`: one that is not of the list is the same all over it."""
        return quantity, key if self.quantity(quantity).domain else None

    # ---- what is to be said at all

    def has_amounts(self, table: str) -> bool | None:
        """Whether any cell of a table is not nothing; None without the table."""
        if self.book is None or self.book.sheet(table) is None:
            return None
        return any(cell.fen for cell in self.book.amounts(table))

    def calls_for(self, sentence: Sentence) -> bool:
        """Whether a sentence is to be written; where the 单位性质 is not known, none that depends on it is.

        Of a table without amounts it is told in full where the supplement has a budget for one of its rows.
        """
        if table := sentence.empty or sentence.filled:
            known = self.has_amounts(table)
            return known is not None and (known or self._budgeted_in(table)) == bool(sentence.filled)
        if sentence.unit_types:
            return self.book is not None and self.book.facts.get("单位性质") in sentence.unit_types
        if quantity := sentence.zero or sentence.nonzero:
            fact = self.value(quantity)
            return fact is not None and (fact.value == 0) == bool(sentence.zero)
        if sentence.below:
            first, second = (self.value(name) for name in sentence.below)
            return first is not None and second is not None and first.value < second.value
        return True

    def _budgeted_in(self, table: str) -> bool:
        return any(domain.rows == table and self.entries(id) for id, domain in self.declaration.domains.items())

    # ---- what is told one by one

    def entries(self, domain: str) -> tuple[Entry, ...]:
        """The things of a domain that the book and the supplement have, in printed order."""
        if domain not in self._entries:
            listed = listed_in(self.declaration, domain, self.book, self.supplement)
            self._entries[domain] = tuple(listed)
        return self._entries[domain]

    # ---- values

    def value(self, name: str, key: str | None = None) -> Fact | None:
        """What is known: from the book, else from the text, else worked out."""
        name, key = self.name(name, key)
        return self.given(name, key) or self._said(name, key) or self.worked_out(name, key)

    def otherwise(self, name: str, key: str | None = None) -> Fact | None:
        """What it is without the text's saying so."""
        name, key = self.name(name, key)
        return self.given(name, key) or self.worked_out(name, key)

    def is_of_nothing(self, quantity: Quantity, key: str | None) -> bool:
        """Whether it is a share of what is known to be nothing."""
        whole = self.value(quantity.share[1], key) if quantity.share else None
        return whole is not None and whole.value == 0

    def given(self, name: str, key: str | None = None) -> Fact | None:
        """What the book or the supplement says."""
        quantity = self.quantity(name)
        if quantity.kind not in NUMBERS:
            return None
        if (cell := self._cell(quantity, key)) is not None:
            if cell.fen is None and cell.state != "blank":
                return None
            return as_printed(cell.fen or 0, quantity.kind, "given", (cell,))
        if self._unspent(quantity, key):
            return as_printed(0, quantity.kind, "given")
        typed = self.supplement.value(quantity.input, key) if quantity.input else None
        return as_printed(typed, quantity.kind, "given") if isinstance(typed, int) else None

    def _unspent(self, quantity: Quantity, key: str | None) -> bool:
        """Whether the table has no row for it and the supplement has: a budget of which nothing was spent."""
        domain = self.declaration.domains.get(quantity.domain)
        if domain is None or self.book is None or not quantity.cell or self.book.sheet(domain.rows) is None:
            return False
        return key in self.supplement.lists.get(domain.input, ())

    def grade(self, quantity: Quantity) -> str:
        """优, 良, 中 or 差; nothing where the score is not known."""
        score = self.value(quantity.grades)
        return next(word for least, word in GRADES if score.value >= least) if score else ""

    def text(self, name: str, key: str | None = None) -> str | None:
        """A reason or a name from the supplement."""
        quantity = self.quantity(name)
        typed = self.supplement.value(quantity.input or name, key)
        return (typed if isinstance(typed, str) else None) or self._explained(quantity) or None

    def _explained(self, quantity: Quantity) -> str:
        """What the clerk has written about a figure to be verified."""
        if not quantity.explained or self.book is None:
            return ""
        rules, _, place = quantity.explained.partition(" ")
        return reason_about(self.book, rules, *place.split("."))

    def listed(self, quantity: Quantity) -> tuple[str, ...] | None:
        """Names of the 款 with an amount, below the declared 类, in printed order."""
        table, *classes = quantity.listed
        sheet = self.book.sheet(table) if self.book else None
        if sheet is None or self.book is None:
            return None
        cells = {row.key: self.book.cell(table, row.key, sheet.table.fields[0].id) for row in sheet.rows}
        rows = sorted((row for row in sheet.rows if len(row.key) == 5), key=lambda row: row.key)
        return tuple(row.name for row in rows if row.key[:3] in classes and (cell := cells[row.key]) and cell.fen)

    def _cell(self, quantity: Quantity, key: str | None) -> Cell | None:
        for path, book in ((quantity.cell, self.book), (quantity.last, self.book.last_year if self.book else None)):
            if path and book and (key is None) == ("*" not in path):
                table, row, field = (key if part == "*" and key else part for part in path.split("."))
                if cell := book.cell(table, row, field):
                    return cell
        return None

    def _said(self, name: str, key: str | None) -> Fact | None:
        value = self.said.get((name, key))
        return None if value is None else as_printed(value, self.quantity(name).kind, "said")

    def worked_out(self, name: str, key: str | None = None, _busy: frozenset[Name] = frozenset()) -> Fact | None:
        """The value by the declared ways of working it out, the first that can be; never from itself."""
        quantity, busy = self.quantity(name), _busy | {(name, key)}
        for ways in (self._difference, self._share, self._sum, self._sum_each, self._same, self._count):
            if (found := ways(quantity, key, busy)) is not None:
                return found
        return None

    def _other(self, name: str, key: str | None, busy: frozenset[Name]) -> Fact | None:
        name, key = self.name(name, key)
        if (name, key) in busy:
            return None
        return self.given(name, key) or self._said(name, key) or self.worked_out(name, key, busy)

    def _difference(self, quantity: Quantity, key: str | None, busy: frozenset[Name]) -> Fact | None:
        if not quantity.difference:
            return None
        first, second = (self._other(name, key, busy) for name in quantity.difference)
        if first is None or second is None:
            return None
        cells = first.cells + second.cells
        value = printed(first.value, quantity.kind) - printed(second.value, quantity.kind)
        return Fact(value, first.low - second.high, first.high - second.low, "formula", cells)

    def _share(self, quantity: Quantity, key: str | None, busy: frozenset[Name]) -> Fact | None:
        if not quantity.share:
            return None
        part, whole = (self._other(name, key, busy) for name in quantity.share)
        if part is None or whole is None or whole.value <= 0 or whole.low <= 0:
            return None
        if part.value < 0 and quantity.id in self.declaration.directed:
            part = Fact(-part.value, -part.high, -part.low, part.source, part.cells)
        ends = (part.low if part.value < 0 else max(part.low, 0), part.high)
        ratios = [_half_up(end * 10_000, over) for end in ends for over in (whole.low, whole.high)]
        value = _half_up(part.value * 10_000, whole.value)
        return Fact(value, min(ratios), max(ratios), "formula", part.cells + whole.cells)

    def _sum(self, quantity: Quantity, key: str | None, busy: frozenset[Name]) -> Fact | None:
        return self._total([(name, key) for name in quantity.sum], busy) if quantity.sum else None

    def _sum_each(self, quantity: Quantity, key: str | None, busy: frozenset[Name]) -> Fact | None:
        if not quantity.sum_each or key is not None:
            return None
        keys = dict.fromkeys(entry.key for entry in self.entries(self.quantity(quantity.sum_each).domain))
        keys |= dict.fromkeys(key for name, key in self.said if name == quantity.sum_each and key)
        names: list[Name] = [(quantity.sum_each, each) for each in keys]
        return self._total(names + ([(quantity.plus, None)] if quantity.plus else []), busy) if keys else None

    def _total(self, names: list[Name], busy: frozenset[Name]) -> Fact | None:
        parts = [self._other(name, key, busy) for name, key in names]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        cells = tuple(cell for part in known for cell in part.cells)
        value = sum(printed(part.value, self.quantity(names[0][0]).kind) for part in known)
        slack = sum(part.high - part.value for part in known if part.value)
        return Fact(value, value - slack, value + slack, "formula", cells)

    def _same(self, quantity: Quantity, key: str | None, busy: frozenset[Name]) -> Fact | None:
        other = self._other(quantity.same, key, busy) if quantity.same else None
        return (
            other._replace(low=other.value, high=other.value, source="said")
            if other and other.source == "said"
            else other
        )

    def _count(self, quantity: Quantity, key: str | None, busy: frozenset[Name]) -> Fact | None:
        if not quantity.counts:
            return None
        said = {key for name, key in self.said if key and self.quantity(name).domain == quantity.counts}
        return Fact(len(said), len(said), len(said), "formula") if said else None


def _half_up(numerator: int, denominator: int) -> int:
    """Half away from zero; the denominator is more than nothing."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded
