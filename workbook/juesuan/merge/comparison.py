"""A department's book as it was submitted, held against the sum of its units: which figures differ, and whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from juesuan.book import Book, Cell, Key
from juesuan.errors import JuesuanError
from juesuan.hierarchy import code_of
from juesuan.merge.department import Department, Figure
from juesuan.merge.sums import settled
from juesuan.money import WAN_STEP
from juesuan.rules import Catalogue
from juesuan.wording import amount

MOST_REASONS = 3


class Reason(NamedTuple):
    """A slip that would come to just the difference: what was done, and with which amount, in words."""

    slip: str
    amount: str

    def __str__(self) -> str:
        return f"像是{self.slip}（{self.amount}）"


class Difference(NamedTuple):
    """`cell` is that of the submitted book, None where it has no such row; amounts in 分.

    `level`: ``tail`` where rounding explains it. `follows`: it is what the differences of other figures, of which it is
    the sum, come to. `reasons`: what would explain it, what would explain most other differences first.
    """

    figure: Figure
    cell: Cell | None
    expected: int
    level: Literal["error", "tail"]
    follows: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def fen(self) -> int:
        return ((self.cell.fen or 0) if self.cell else 0) - self.expected


class Compared(NamedTuple):
    """`unknown`: amounts in rows that no unit has."""

    book: Book
    equal: int
    differences: tuple[Difference, ...]
    unknown: tuple[Cell, ...]

    @property
    def errors(self) -> tuple[Difference, ...]:
        return tuple(item for item in self.differences if item.level == "error")


def compare(made: Department, book: Book, catalogue: Catalogue) -> Compared:
    """Hold every figure of `book` against that of `made`. Raises JuesuanError where they are not of one kind."""
    _require_same(made, book)
    cells = _by_code(book)
    step = WAN_STEP if book.currency == "万元" else 1
    differences: list[Difference] = []
    equal = 0
    for key, figure in made.figures.items():
        cell, expected = cells.get(key), figure.cell.fen or 0
        if figure.sum is None and cell is None:
            continue
        fen = (cell.fen or 0) if cell else 0
        if fen == expected:
            equal += 1
        else:
            level = _level(figure, cell, fen - expected, step)
            differences.append(Difference(figure, cell, expected, level))
    follows = _consequences(made, {item.figure.cell.key: item.fen for item in differences}, catalogue)
    reasons = [list(_reasons(made, item, step)) for item in differences]
    shared = Counter(reason.slip for several in reasons for reason in several)
    explained = (
        item._replace(
            follows=item.figure.derived and abs(follows.get(item.figure.cell.key, 0) - item.fen) < step,
            reasons=tuple(sorted(several, key=lambda reason: -shared[reason.slip])[:MOST_REASONS]),
        )
        for item, several in zip(differences, reasons, strict=True)
    )
    tables = {table.id for table in made.book.edition.template_tables if not table.optional}
    unknown = (cell for key, cell in cells.items() if key not in made.figures and cell.fen and key[0] in tables)
    return Compared(book, equal, tuple(explained), tuple(unknown))


def _require_same(made: Department, book: Book) -> None:
    for what, one, other in (
        ("版式", book.edition.id, made.book.edition.id),
        ("年度", book.year, made.members[0].book.year),
    ):
        if one is None:
            raise JuesuanError(f"部门工作簿没有写{what}，不能与各单位比较。请先写明。")
        if one != other:
            raise JuesuanError(f"部门工作簿的{what}是 {one}，各单位是 {other}，不能比较。请核对是不是同一年度的账。")
    if book.currency == "元" and made.book.currency == "万元":
        raise JuesuanError("部门工作簿是元，各单位是万元，比不到分。请用各单位元的工作簿。")


def _by_code(book: Book) -> dict[Key, Cell]:
    """The cells of a book; what stands in several rows of one code is added up, where it stands first."""
    cells: dict[Key, Cell] = {}
    for cell in book.cells.values():
        key = (cell.table, code_of(cell.row), cell.field)
        if (first := cells.get(key)) is None:
            cells[key] = cell
        elif cell.fen is not None:
            (low, high), (down, up) = first.interval, cell.interval
            cells[key] = first._replace(fen=(first.fen or 0) + cell.fen, span=(low + down, high + up))
    return cells


def _level(figure: Figure, cell: Cell | None, difference: int, step: int) -> Literal["error", "tail"]:
    """A figure in 万元 may be off by its own rounding, and by that of the units' printed ones."""
    if step == 1:
        return "error"
    low, high = cell.interval if cell else (0, 0)
    near = low <= figure.span[1] and figure.span[0] <= high
    return "tail" if near or abs(difference) < step else "error"


def _consequences(made: Department, differences: Mapping[Key, int], catalogue: Catalogue) -> Mapping[Key, int]:
    """What the differences of the figures that are typed in make of those that follow from them."""
    typed = {
        key: figure.cell._replace(fen=differences.get(key, 0), state="given", step=1, span=None)
        for key, figure in made.figures.items()
        if not figure.derived
    }
    form = {
        key: figure.cell._replace(fen=None, step=1, span=None, state="uncached" if figure.derived else "blank")
        for key, figure in made.figures.items()
    }
    return {key: cell.fen or 0 for key, cell in settled(made.book.with_cells(form), catalogue, typed)[0].items()}


def _reasons(made: Department, item: Difference, step: int) -> Iterator[Reason]:
    """What one slip with a unit or an adjustment would come to just this difference."""

    def amounts_to(fen: int) -> bool:
        return bool(fen) and abs(item.fen - fen) < step

    figure = item.figure
    for number, fen in figure.sum.parts if figure.sum else ():
        member = made.members[number]
        if amounts_to(-fen):
            yield Reason(f"没有加“{member.name}”", amount(fen, made.book))
        elif amounts_to(fen):
            yield Reason(f"“{member.name}”加了两次", amount(fen, made.book))
        for version in member.older:
            before = version.book.cells.get(figure.cell.key)
            if before is not None and amounts_to((before.fen or 0) - fen):
                yield Reason(f"用了“{member.name}”旧的一份“{version.path}”", amount(before.fen or 0, made.book))
    if amounts_to(figure.off):
        yield Reason("没有扣除调整数", amount(figure.off, made.book))
    elif amounts_to(-figure.off):
        yield Reason("调整数扣了两次", amount(figure.off, made.book))
    for adjustment in made.adjustments:
        if adjustment.key == figure.cell.key and adjustment.fen != figure.off and amounts_to(adjustment.fen):
            yield Reason(f"没有扣除“{adjustment.reason}”", amount(adjustment.fen, made.book))
