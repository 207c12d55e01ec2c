"""The figures of a department on its form: what each is made of, and what the formulas make of the sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from juesuan.book import Book, Cell, Key
from juesuan.errors import JuesuanError
from juesuan.merge.member import Adjustment, Member
from juesuan.merge.sums import Sum, add_up, settled, taken_off
from juesuan.reading.grid import spelled
from juesuan.rules import Catalogue
from juesuan.wording import amount, cell_name

LISTED = 3


class Figure(NamedTuple):
    """A cell of the department and what it is made of; amounts in 分.

    `sum`: what the units give, None where not all of them have such a cell; `off`: what the adjustments take off it;
    `derived`: its formula stays, so that it follows from others.
    """

    cell: Cell
    sum: Sum | None
    off: int
    derived: bool

    @property
    def rest(self) -> int:
        """What its formula makes of the sums beyond the sum of what the units print there."""
        return (self.cell.fen or 0) - (self.sum.fen - self.off) if self.sum else 0

    @property
    def span(self) -> tuple[int, int]:
        """The exact amounts that the units' own figures there may come to."""
        return (self.sum.low - self.off, self.sum.high - self.off) if self.sum else self.cell.interval


class Department(NamedTuple):
    """`book` is the form filled in; `reason` why units with errors, or without some, were added up all the same."""

    book: Book
    members: tuple[Member, ...]
    adjustments: tuple[Adjustment, ...]
    figures: Mapping[Key, Figure]
    reason: str = ""

    @property
    def rests(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures.values() if figure.rest)


def department(
    members: Sequence[Member],
    adjustments: Sequence[Adjustment],
    form: Book,
    catalogue: Catalogue,
    reason: str = "",
) -> Department:
    """Fill `form`, an empty template that lists every code of the units, with their sums less the adjustments.

    What is typed in is the sum; what has a formula follows from it, and must be the sum too, within the rounding of
    the units' figures. Raises JuesuanError where it is not and no `reason` is given, where a figure has no place in
    the form, or where an adjustment is to none that is typed in.
    """
    sums = _placed(add_up(members, form.edition), form, members)
    off = taken_off(adjustments)
    given = {key: _given(form.cells[key], sums[key], off.get(key, 0)) for key in sums if not _is_derived(form, key)}
    cells, given = _with_typed(form, sums, off, given, catalogue)
    _require_inputs(adjustments, given, form)
    _require_enough(adjustments, sums, members, form)
    effects = _effects(form, given, off, catalogue)
    figures = {
        key: Figure(cell, sums.get(key), effects.get(key, 0), _is_derived(form, key) and key not in given)
        for key, cell in cells.items()
    }
    made = Department(form.with_cells(cells), tuple(members), tuple(adjustments), figures, reason)
    if not reason:
        _require_agreement(made)
    return made


def _is_derived(form: Book, key: Key) -> bool:
    return form.cells[key].state == "uncached"


def _given(cell: Cell, total: Sum, off: int) -> Cell:
    return cell._replace(fen=total.fen - off, state="given", span=(total.low - off, total.high - off))


def _with_typed(
    form: Book, sums: Mapping[Key, Sum], off: Mapping[Key, int], given: Mapping[Key, Cell], catalogue: Catalogue
) -> tuple[dict[Key, Cell], dict[Key, Cell]]:
    """All cells, and those typed in: a formula that comes to nothing, for want of what no unit has, gives way."""
    typed = dict(given)
    while True:
        cells, derivation = settled(form, catalogue, typed)
        lacking = {key for key, cell in cells.items() if cell.fen is None and key in sums}
        first = [key for key in lacking if lacking.isdisjoint(term.key for term in derivation.unknown_terms(key))]
        if not first:
            return cells, typed
        typed |= {key: _given(form.cells[key], sums[key], off.get(key, 0)) for key in first}


def _effects(form: Book, given: Mapping[Key, Cell], off: Mapping[Key, int], catalogue: Catalogue) -> Mapping[Key, int]:
    """What the adjustments take off every cell, those that follow included."""
    if not off:
        return off
    alone = {key: cell._replace(fen=off.get(key, 0), span=None, step=1) for key, cell in given.items()}
    exact = form.with_cells({key: cell._replace(step=1) for key, cell in form.cells.items()})
    return {key: cell.fen or 0 for key, cell in settled(exact, catalogue, alone)[0].items()}


def _placed(sums: Mapping[Key, Sum], form: Book, members: Sequence[Member]) -> dict[Key, Sum]:
    """The sums that have a cell in the form; no other may be anything but nothing."""
    for key, total in sums.items():
        if key not in form.cells and (given := next((number for number, fen in total.parts if fen), None)) is not None:
            sheet = members[given].book.sheets[key[0]]
            raise JuesuanError(
                f"“{members[given].name}”的{sheet.table.name}有 {key[1]} 一行，填报模板里没有，不能相加。请先核对。"
            )
    return {key: total for key, total in sums.items() if key in form.cells}


def _require_inputs(adjustments: Sequence[Adjustment], given: Mapping[Key, Cell], form: Book) -> None:
    for adjustment in adjustments:
        if adjustment.key not in given:
            cell = form.cells.get(adjustment.key)
            if cell is None or not _is_derived(form, adjustment.key):
                why = f"各单位都没有 {adjustment.key[1]} 这一格的数。请核对表、科目和栏"
            else:
                why = f"{cell_name(form, cell)}由公式得出。请调整录入的明细，合计随着变"
            raise JuesuanError(f"调整表里的“{adjustment.reason}”不能用：{why}。")


def _require_enough(
    adjustments: Sequence[Adjustment], sums: Mapping[Key, Sum], members: Sequence[Member], form: Book
) -> None:
    """No more may be taken off a cell than all units, or the one that is named, have in it."""
    numbers = {spelled(name): number for number, member in enumerate(members) for name in _names(member)}
    for unit in dict.fromkeys(["", *(adjustment.unit for adjustment in adjustments)]):
        own = [adjustment for adjustment in adjustments if unit in ("", adjustment.unit)]
        if unit and spelled(unit) not in numbers:
            why = f"要汇总的单位里没有“{unit}”。请写工作簿上的单位名称，或不写"
            raise JuesuanError(f"调整表里的“{own[0].reason}”不能用：{why}。")
        for key, off in taken_off(own).items():
            there = sum(fen for number, fen in sums[key].parts if not unit or number == numbers[spelled(unit)])
            if off > max(there, 0) and not form.cells[key].signed:
                reason = next(adjustment.reason for adjustment in own if adjustment.key == key)
                who = f"“{unit}”" if unit else "各单位一共"
                raise JuesuanError(
                    f"调整表里的“{reason}”不能用：{cell_name(form, form.cells[key])}{who}只有 {amount(there, form)}，"
                    f"扣不了 {amount(off, form)}。请核对科目、栏和金额。"
                )


def _names(member: Member) -> Iterator[str]:
    """What a unit, or one it is the sum of, goes by."""
    yield from (name for name in (member.name, member.code, *member.parts) if name)


def _require_agreement(made: Department) -> None:
    """A formula may come to another amount than the units' own figures only as far as these are rounded."""
    wrong = [figure for figure in made.rests if not _overlap(figure.cell.interval, figure.span)]
    if wrong:
        told = "；".join(_disagreement(made, figure) for figure in wrong[:LISTED])
        raise JuesuanError(f"各单位的合计与明细相加不一致，没有汇总：{told}。请先核对这些单位的工作簿。")


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _disagreement(made: Department, figure: Figure) -> str:
    fen = figure.cell.fen or 0
    summed, printed = amount(fen, made.book), amount(fen - figure.rest, made.book)
    return f"{cell_name(made.book, figure.cell)}按明细相加 {summed}，各单位该格之和 {printed}"
