"""Exact random books into which a known mistake is put: what is wrong is known without asking the package."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from functools import cache

from exact import figures as exact_figures
from exact import rounded
from juesuan.book import Book, Cell, Key
from juesuan.edition import load_edition
from juesuan.locate.joint import judge_jointly
from juesuan.locate.judgement import Joint
from juesuan.money import WAN_STEP
from juesuan.relations import Relation, relate
from juesuan.rules import load_catalogue

EDITION = load_edition("henan-2024")
LAWS = load_catalogue(EDITION)._replace(
    rules=tuple(
        rule
        for rule in load_catalogue(EDITION).rules
        if rule.level == "error" and rule.comparison and rule.comparison.operator in ("=", "<=", ">=")
    )
)
KINDS = ("transposed", "digit", "sign", "shift", "unit", "blank", "small", "random")


def laws(book: Book) -> tuple[Relation, ...]:
    return relate(LAWS, book).relations


PATIENCE = 120.0
"""Seconds a search may take where it is not time that is tested, on a machine that does other things as well."""


def judged(book: Book) -> Joint:
    return judge_jointly(laws(book), book, seconds=PATIENCE)


@cache
def clean(seed: int) -> Book:
    """A book without mistakes, its amounts printed in rows and columns as in a form."""
    book = rounded(exact_figures(seed, EDITION), EDITION)
    return with_cells(book, (_placed(book, cell) for cell in book.cells.values()))


def _placed(book: Book, cell: Cell) -> Cell:
    table = book.edition.table(cell.table)
    assert table is not None
    rows = list(dict.fromkeys(key[1] for key in book.cells if key[0] == cell.table))
    column = [field.id for field in table.all_fields].index(cell.field)
    return cell._replace(place=cell.place._replace(row=10 + rows.index(cell.row), column=3 + column))


def with_cells(book: Book, cells: Iterable[Cell]) -> Book:
    return Book(book.edition, book.sheets.values(), cells, currency=book.currency, facts=book.facts)


def printed_as(book: Book, figures: Mapping[Key, int | None]) -> Book:
    """The book with other figures (分) printed in some cells."""
    cells = dict(book.cells)
    for key, fen in figures.items():
        cells[key] = cells[key]._replace(fen=fen, state="blank" if fen is None else "given")
    return with_cells(book, cells.values())


def wrong(fen: int, kind: str, chance: random.Random) -> int | None:
    """What a slip of some kind makes of a printed amount (分)."""
    units = abs(fen) // WAN_STEP
    digits = list(str(units))
    match kind:
        case "transposed":
            places = [place for place in range(len(digits) - 1) if digits[place] != digits[place + 1]]
            if places:
                place = chance.choice(places)
                digits[place : place + 2] = digits[place + 1], digits[place]
        case "digit":
            place = chance.randrange(len(digits))
            digits[place] = chance.choice([digit for digit in "123456789" if digit != digits[place]])
    changed: dict[str, int | None] = {
        "sign": -units,
        "shift": units * chance.choice((10, 100)),
        "unit": units * 10_000,
        "blank": None,
        "small": units + chance.choice((-5, -4, -3, 3, 4, 5)),
        "random": chance.randint(0, 2 * units),
    }
    value = changed.get(kind, int("".join(digits)))
    return None if value is None else value * WAN_STEP * (1 if fen > 0 else -1)


def with_slip(seed: int, kind: str, count: int = 1) -> tuple[Book, dict[Key, int]]:
    """A book with slips in some of its cells, and what these cells should print (分)."""
    book, chance = clean(seed), random.Random(f"{seed} {kind}")
    keys = sorted(key for key, cell in book.cells.items() if cell.fen and abs(cell.fen) >= WAN_STEP)
    truth: dict[Key, int] = {}
    figures: dict[Key, int | None] = {}
    while len(truth) < count:
        key = chance.choice(keys)
        now = book.cells[key].fen or 0
        value = wrong(now, chance.choice(KINDS) if kind == "mixed" else kind, chance)
        if value != now and key not in truth:
            truth[key], figures[key] = now, value
    return printed_as(book, figures), truth


def named(joint: Joint) -> set[Key]:
    """Every cell that an answer names, as a culprit or as an alternative."""
    return {
        suspect.cell.key
        for culprit in joint.culprits
        for suspects in (culprit.suspects, *culprit.alternatives)
        for suspect in suspects
    }
