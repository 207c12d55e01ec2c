"""What the units' figures come to, cell by cell, in exact integers; and what follows from them in the sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from juesuan.book import Book, Cell, Key
from juesuan.derive import Derivation, computed
from juesuan.errors import JuesuanError
from juesuan.hierarchy import code_of
from juesuan.merge.member import Adjustment, Member
from juesuan.model import TOTAL, Edition
from juesuan.relations import Relation
from juesuan.rules import Catalogue


class Sum(NamedTuple):
    """A cell of the department, in 分: `parts` are the units that give an amount, by their order, with that amount.

    `low` and `high`: the exact amounts that the units' printed ones may stand for.
    """

    parts: tuple[tuple[int, int], ...]
    low: int
    high: int

    @property
    def fen(self) -> int:
        return sum(fen for _, fen in self.parts)


def add_up(members: Sequence[Member], edition: Edition) -> dict[Key, Sum]:
    """The sums of all cells that any unit gives an amount in.

    What need not be there, or is still awaited, is summed only where every unit gives it: a part of it would pass for
    the whole. Raises JuesuanError where units list a code to different depths.
    """
    _require_one_depth(members)
    tables = {
        table.id: table
        for table in edition.template_tables
        if not table.optional or all(table.id in member.book.sheets for member in members)
    }
    parts: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    spans: dict[Key, tuple[int, int]] = {}
    for number, member in enumerate(members):
        for cell in member.book.cells.values():
            if cell.table in tables and cell.fen is not None:
                key = (cell.table, code_of(cell.row), cell.field)
                parts[key].append((number, cell.fen))
                low, high = spans.get(key, (0, 0))
                spans[key] = low + cell.interval[0], high + cell.interval[1]
    return {
        key: Sum(tuple(given), *spans[key])
        for key, given in parts.items()
        if not tables[key[0]].awaits(*key[1:]) or len({number for number, _ in given}) == len(members)
    }


def taken_off(adjustments: Iterable[Adjustment]) -> dict[Key, int]:
    """By cell all that is taken off it, in 分."""
    together: dict[Key, int] = defaultdict(int)
    for adjustment in adjustments:
        together[adjustment.key] += adjustment.fen
    return dict(together)


def settled(book: Book, catalogue: Catalogue, given: Mapping[Key, Cell]) -> tuple[dict[Key, Cell], Derivation]:
    """All cells of a template: those that are `given`, and every formula's result that follows from them."""
    whole = book.with_cells(given)

    def decide(cell: Cell, ready: Sequence[Relation]) -> Cell:
        if cell.state != "uncached" or cell.fen is not None:
            return cell
        if ready:
            return computed(ready[0])
        return cell._replace(state="awaited") if derivation.awaits(cell.key) else cell

    derivation = Derivation(whole, catalogue, decide)
    return {key: derivation.settle(key) for key in whole.cells}, derivation


def _require_one_depth(members: Sequence[Member]) -> None:
    """A 款 that one unit fills in and another takes apart into 项 cannot be added up by 项."""
    for table in dict.fromkeys(table for member in members for table in member.book.sheets):
        below: dict[str, Member] = {}
        for member in members:
            for row in member.book.hierarchy(table).keys:
                code = code_of(row)
                below |= {above: member for above in (code[:3], code[:5], TOTAL) if above != code and code != TOTAL}
        for member in members:
            if (found := _lowest(member.book, table, below)) is not None:
                code = code_of(found.row)
                sheet = member.book.sheets[table]
                named = "只有合计，没有列科目" if code == TOTAL else f"只列到 {code}"
                raise JuesuanError(
                    f"“{member.name}”的{sheet.table.name}{named}（{found.place.address}），"
                    f"“{below[code].name}”列到了下级科目，不能逐科目相加。请先把它补列到同一级。"
                )


def _lowest(book: Book, table: str, below: Mapping[str, Member]) -> Cell | None:
    """An amount in a row with no rows below it, whose code has some in other books."""
    if table not in book.sheets or book.sheets[table].table.layout != "codes":
        return None
    for row, line in book.lines.get(table, {}).items():
        found = next((cell for cell in line.values() if cell.fen), None)
        if found and code_of(row) in below and not book.children(table, row):
            return found
    return None
