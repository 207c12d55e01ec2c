"""Slips of a clerk's hand: thirteen classes, and longer shifts, put into books that were right.

Each knows what it changed, so that what is found can be compared with the truth. Amounts are in 分 and end, as printed
ones do, on a full 0.01 万元.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import NamedTuple

from juesuan.book import Book, Key
from juesuan.model import TOTAL
from juesuan.money import WAN_STEP
from juesuan.place import Place
from juesuan.relations import Relation
from locate.books import Specimen
from locate.laws import alarms_of, cells_of, laws_of, operator_of

PATIENCE = 300
"""Draws before a class of slips is taken to be impossible in a book."""


class Slip(NamedTuple):
    """One mistake. `printed`: what now stands in each cell that changed. `lost`: table and code of a left-out row."""

    kind: str
    printed: Mapping[Key, int | None]
    lost: tuple[str, str] | None = None


class Ground(NamedTuple):
    """A specimen with its laws, looked through once for where slips can fall.

    `alarms` are those of the book without slips; `judged` the cells some law speaks of; `figures` those that are not
    zero. `at`: the cells by where they stand.
    """

    specimen: Specimen
    laws: tuple[Relation, ...]
    alarms: tuple[int, ...]
    judged: tuple[Key, ...]
    figures: tuple[Key, ...]
    at: Mapping[Place, Key]

    @property
    def book(self) -> Book:
        return self.specimen.book


Draw = Callable[[Random, Ground], "Slip | None"]


def ground(specimen: Specimen) -> Ground:
    laws = laws_of(specimen.book)
    judged = tuple(cells_of(laws))
    figures = tuple(key for key in judged if specimen.book.cells[key].fen)
    at = {cell.place: key for key, cell in specimen.book.cells.items()}
    return Ground(specimen, laws, alarms_of(laws), judged, figures, at)


def slip(kind: str, chance: Random, where: Ground, others: Iterable[Slip] = ()) -> Slip | None:
    """A slip of this class that shares no row of a table with `others`; None when the book gives no occasion."""
    taken = {row for other in others for row in rows_of(other)}
    draw = KINDS[kind].draw
    for _ in range(PATIENCE):
        drawn = draw(chance, where)
        if drawn and taken.isdisjoint(rows_of(drawn)) and changes(drawn, where.book):
            return drawn._replace(kind=kind)
    return None


def rows_of(mistake: Slip) -> list[tuple[str, str]]:
    """Table and row of everything a slip touches."""
    return [key[:2] for key in mistake.printed] + ([mistake.lost] if mistake.lost else [])


def changes(mistake: Slip, book: Book) -> bool:
    return mistake.lost is not None or all((book.cells[key].fen or 0) != fen for key, fen in mistake.printed.items())


def with_slips(book: Book, mistakes: Iterable[Slip]) -> Book:
    """The book as it would be printed with these mistakes."""
    cells, sheets = dict(book.cells), dict(book.sheets)
    for mistake in mistakes:
        for key, fen in mistake.printed.items():
            cells[key] = cells[key]._replace(fen=fen, state="blank" if fen is None else "given")
        if mistake.lost:
            table, code = mistake.lost
            sheet = sheets[table]
            sheets[table] = sheet._replace(rows=tuple(row for row in sheet.rows if row.key != code))
            cells = {key: cell for key, cell in cells.items() if key[:2] != mistake.lost}
    return Book(book.edition, sheets.values(), cells.values(), currency=book.currency, facts=book.facts)


def _single(change: Callable[[Random, int], int | None]) -> Draw:
    """A slip in one figure that is not zero: `change` of its units of 0.01 万元."""

    def draw(chance: Random, where: Ground) -> Slip | None:
        key = chance.choice(where.figures)
        units = (where.book.cells[key].fen or 0) // WAN_STEP
        changed = change(chance, units)
        return None if changed is None else Slip("", {key: changed * WAN_STEP})

    return draw


def _of_digits(change: Callable[[Random, str], str | None]) -> Draw:
    """A slip in the digits of one figure, which keeps its number of digits and its sign."""

    def digits(chance: Random, units: int) -> int | None:
        text = f"{abs(units):03d}"
        changed = change(chance, text)
        if changed is None or (changed[0] == "0" and len(text) > 3):
            return None
        return int(changed) if units > 0 else -int(changed)

    return _single(digits)


def _transposed(chance: Random, text: str) -> str | None:
    place = chance.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _miswritten(chance: Random, text: str) -> str:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice("0123456789") + text[place + 1 :]


def _in_yuan(chance: Random, where: Ground) -> Slip:
    """The amount in 元, to the 分 where it is known, written where 万元 are meant."""
    key = chance.choice(where.figures)
    exact = where.specimen.exact.get(key) or where.book.cells[key].fen or 0
    return Slip("", {key: exact * 10_000})


def _stale(chance: Random, where: Ground) -> Slip | None:
    """A sum as it was before one of its items was added, or raised to what it is now."""
    law = chance.choice(where.laws)
    items = [cell for coefficient, cell in law.terms if coefficient == 1 and (cell.fen or 0) > 0]
    if operator_of(law) != "=" or len(items) < 2:
        return None
    item = chance.choice(items).fen or 0
    missed = item if chance.random() < 0.5 else chance.randint(1, item // WAN_STEP) * WAN_STEP
    total = (law.target.fen or 0) - missed
    return Slip("", {law.target.key: total}) if total >= 0 else None


def _blank(chance: Random, where: Ground) -> Slip:
    return Slip("", {chance.choice(where.figures): None})


def _small(chance: Random, where: Ground) -> Slip | None:
    """Up to 0.05 more or less, in any cell a law speaks of."""
    key = chance.choice(where.judged)
    changed = (where.book.cells[key].fen or 0) + chance.choice((-1, 1)) * chance.randint(1, 5) * WAN_STEP
    return Slip("", {key: changed}) if changed >= 0 else None


def _swapped_across(chance: Random, where: Ground) -> Slip | None:
    """Two neighbouring amounts of one row exchanged."""
    return _exchanged(chance, where, across=1)


def _swapped_down(chance: Random, where: Ground) -> Slip | None:
    """An amount exchanged with the one below it."""
    return _exchanged(chance, where, down=1)


def _exchanged(chance: Random, where: Ground, down: int = 0, across: int = 0) -> Slip | None:
    one = chance.choice(where.judged)
    place = where.book.cells[one].place
    other = where.at.get(place._replace(row=place.row + down, column=place.column + across))
    if other is None:
        return None
    return Slip("", {one: where.book.cells[other].fen, other: where.book.cells[one].fen})


def _row_off_by_one(chance: Random, where: Ground) -> Slip | None:
    """The amounts of two neighbouring code rows pasted one off: each stands in the other's row."""
    return _rotated(chance, where, length=2, offset=1)


def _rows_off(chance: Random, where: Ground) -> Slip | None:
    """The amounts of three to eight code rows pasted lower; those that fall off the end stand on top."""
    length = chance.randint(3, 8)
    return _rotated(chance, where, length, offset=chance.randint(1, length - 1))


def _rotated(chance: Random, where: Ground, length: int, offset: int) -> Slip | None:
    table = _open_table(chance, where.book)
    rows = _rows(where.book, table)[1:] if table else []
    if table is None or len(rows) < length:
        return None
    first = chance.randint(0, len(rows) - length)
    block = rows[first : first + length]
    fields = [field.id for field in where.book.sheets[table].table.fields]
    moved = {
        (table, row, field): where.book.cells[table, block[place - offset], field].fen
        for place, row in enumerate(block)
        for field in fields
    }
    changed = {key: fen for key, fen in moved.items() if fen != where.book.cells[key].fen}
    return Slip("", changed) if changed else None


def _missing_row(chance: Random, where: Ground) -> Slip | None:
    """A 项 with amounts left out of one table; were it the only one of its 款, rule CODE005 would miss it."""
    table = _open_table(chance, where.book)
    leaves = [row for row in _rows(where.book, table) if len(row) == 7] if table else []
    if table is None or not leaves:
        return None
    row = chance.choice(leaves)
    if len(where.book.children(table, row[:5])) < 2:
        return None
    fields = where.book.sheets[table].table.fields
    given = any(where.book.cells[table, row, field.id].fen for field in fields)
    return Slip("", {}, (table, row)) if given else None


def _open_table(chance: Random, book: Book) -> str | None:
    """One of the tables of codes that have rows, the larger the likelier."""
    rows = [(table, len(sheet.rows)) for table, sheet in book.sheets.items() if sheet.table.layout == "codes"]
    filled = {table: number for table, number in rows if number > 1}
    return chance.choices(list(filled), list(filled.values()))[0] if filled else None


def _rows(book: Book, table: str) -> list[str]:
    """Rows in printed order; a table of codes has its 合计 first here."""
    keys = [row.key for row in book.sheets[table].rows]
    return sorted(keys, key=lambda key: key != TOTAL)


class Kind(NamedTuple):
    """A class of slips: its name for clerks, and how one is drawn."""

    title: str
    draw: Draw


KINDS = {
    "transposed_digits": Kind("两位数字颠倒", _of_digits(_transposed)),
    "wrong_digit": Kind("一位数字写错", _of_digits(_miswritten)),
    "sign": Kind("正负号写反", _single(lambda _, units: -units)),
    "decimal_shift": Kind("小数点错位（×10、×100）", _single(lambda chance, units: units * chance.choice((10, 100)))),
    "unit_yuan": Kind("元当作万元（×10000）", _in_yuan),
    "stale_total": Kind("合计没有更新", _stale),
    "blank": Kind("漏填", _blank),
    "small": Kind("差 0.01—0.05", _small),
    "random_value": Kind("另一个数", _single(lambda chance, units: chance.randint(0, 2 * abs(units) + 100))),
    "swapped_across": Kind("相邻两栏对调", _swapped_across),
    "swapped_down": Kind("上下两格对调", _swapped_down),
    "row_off_by_one": Kind("整行错一行", _row_off_by_one),
    "missing_row": Kind("漏掉一行", _missing_row),
    "rows_off": Kind("数行错位（另加）", _rows_off),
}

THIRTEEN = tuple(KINDS)[:13]
