"""What is answered about a whole book: can its rounding be harmless, and which cells are wrong. Amounts in 分."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from juesuan.book import Book, Cell, Key

if TYPE_CHECKING:
    from fractions import Fraction

    from juesuan.locate.certificate import Share
    from juesuan.relations import Relation

Range = tuple[int | None, int | None]
"""Lowest and highest amount, both included; None where there is no end."""

Diagnosis = Literal[
    "transposed_digits",
    "wrong_digit",
    "sign",
    "decimal_shift",
    "unit_yuan",
    "swapped_cells",
    "shifted_rows",
    "stale_total",
    "missing_row",
    "blank",
    "other",
]

Severity = Literal["any_rule", "same_rule"]


class Observation(NamedTuple):
    """A further linear statement about the book: low ≤ Σ coefficient × cell ≤ high, in 分; `source` says whose."""

    terms: "tuple[tuple[Fraction | int, Cell], ...]"
    low: "Fraction | int"
    high: "Fraction | int"
    source: str


class Missing(NamedTuple):
    """A table lacks a code that other tables have: evidence that a row is missing."""

    table: str
    code: str


class Material(NamedTuple):
    """What there is to judge from."""

    relations: "Sequence[Relation]"
    observations: Sequence[Observation]
    missing: Sequence[Missing]
    book: Book


class Suspect(NamedTuple):
    """A cell that may be wrong.

    `suggested`: what it should print, None when that cannot be said. `interval`: the printed values with which
    everything else would hold, both ends included; None where there is no end.
    """

    cell: Cell
    suggested: int | None
    interval: tuple[int | None, int | None]


class Gap(NamedTuple):
    """A row that would have to be there: below `parent` (a row key), with these printed amounts by field.

    `code` is its code when another table has it, else None. `intervals` are the printed values that would do.
    """

    table: str
    parent: str
    code: str | None
    amounts: Mapping[str, int]
    intervals: Mapping[str, tuple[int | None, int | None]]


class Culprit(NamedTuple):
    """One mistake: one cell, or several that one act made wrong.

    `explains` are indexes of the broken relations, as they were given. `alternatives` are equally small sets of
    cells that the book cannot tell apart from it, likeliest first; for a missing row that might be any of several,
    `gaps` holds them all, likeliest first. `hand_balanced`: one unit of the last place would do, as after balancing
    by hand.
    """

    suspects: tuple[Suspect, ...]
    diagnosis: Diagnosis
    explains: tuple[int, ...]
    alternatives: tuple[tuple[Suspect, ...], ...] = ()
    gaps: tuple[Gap, ...] = ()
    hand_balanced: bool = False


class Joint(NamedTuple):
    """The verdict on all relations of a book together.

    `feasible`: whether exact amounts exist with which every relation holds and every cell prints as it does; None
    when the time limit was hit before that was known, or nothing that could be verified was found. `witness`: such
    amounts, verified in integers. `certificate`: multipliers that prove there are none, verified in integers.
    `severity`: whether that is certain under any rule of rounding half a unit, or only if all tables round alike.
    `balanced`: infeasible, but feasible if each figure may have been moved by hand by less than one unit of its last
    place. `limited`: the search was cut somewhere, by time, by its length or because more is wrong than is named, so
    that culprits may be missing.
    """

    feasible: bool | None
    witness: Mapping[Key, int] | None = None
    certificate: "tuple[Share, ...]" = ()
    severity: Severity | None = None
    balanced: bool = False
    culprits: tuple[Culprit, ...] = ()
    limited: bool = False
