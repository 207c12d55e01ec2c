"""Second look at what the joint verdict rests on, from the definition of rounding alone: no code of the package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from juesuan.book import Book, Cell, Key
from juesuan.relations import Relation
from locate.laws import operator_of


def witness_holds(witness: Mapping[Key, int], book: Book, laws: Iterable[Relation]) -> bool:
    """Whether every cell of a law has an amount that is printed as it is, and these fulfil every law to the 分."""
    for law in laws:
        for cell in law.cells:
            fen = witness.get(cell.key)
            if type(fen) is not int or cell != book.cells[cell.key] or not is_printed_as(fen, cell):
                return False
        if not _fulfilled(law, _imbalance(law, witness)):
            return False
    return True


def certificate_holds(shares: Iterable[tuple[Fraction, int]], laws: Sequence[Relation]) -> bool:
    """Whether laws added up with these multipliers contradict what the printed figures can stand for.

    The sum is an equation, or an inequality when its inequalities all pull the same way; it must be out of reach for
    any amounts that are printed as the cells are.
    """
    pulls: set[bool] = set()
    weights: dict[Key, Fraction] = defaultdict(Fraction)
    cells: dict[Key, Cell] = {}
    constant = Fraction(0)
    for multiplier, index in shares:
        law, operator = laws[index], operator_of(laws[index])
        if operator != "=" and multiplier:
            pulls.add((operator == ">=") == (multiplier > 0))
        constant -= multiplier * law.constant
        for coefficient, cell in ((-1, law.target), *law.terms):
            weights[cell.key] -= multiplier * coefficient
            cells[cell.key] = cell
    if len(pulls) > 1:
        return False
    least = most = constant
    for key, weight in weights.items():
        low, high = printed_range(cells[key])
        least += min(weight * low, weight * high)
        most += max(weight * low, weight * high)
    never_negative, never_positive = least > 0, most < 0
    if not pulls:
        return never_negative or never_positive
    return never_positive if pulls == {True} else never_negative


def is_printed_as(fen: int, cell: Cell) -> bool:
    """Whether an exact amount is printed as the cell is: rounded half away from zero, a blank as nothing."""
    if fen < 0 and not cell.signed and (cell.fen or 0) >= 0:
        return False
    steps, rest = divmod(abs(fen), cell.step)
    magnitude = (steps + (2 * rest >= cell.step)) * cell.step
    return (magnitude if fen >= 0 else -magnitude) == (cell.fen or 0)


def printed_range(cell: Cell) -> tuple[int, int]:
    """The least and the greatest amount in 分 that is printed as the cell is."""
    printed = cell.fen or 0
    around = range(printed - cell.step // 2 - 1, printed - cell.step // 2 + 2)
    above = range(printed + cell.step // 2 - 1, printed + cell.step // 2 + 2)
    candidates = [fen for fen in (*around, 0, *above) if is_printed_as(fen, cell)]
    return min(candidates), max(candidates)


def _imbalance(law: Relation, amounts: Mapping[Key, int]) -> int:
    """Target less what it should be, in 分."""
    return amounts[law.target.key] - law.constant - sum(factor * amounts[cell.key] for factor, cell in law.terms)


def _fulfilled(law: Relation, imbalance: int) -> bool:
    match operator_of(law):
        case "<=":
            return imbalance <= 0
        case ">=":
            return imbalance >= 0
    return imbalance == 0
