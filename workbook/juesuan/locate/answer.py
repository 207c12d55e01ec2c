"""What a whole book is judged from, and which of its cells are wrong. Amounts in 分."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from juesuan.book import Book, Cell

if TYPE_CHECKING:
    from fractions import Fraction

    from juesuan.locate.followers import Followers
    from juesuan.relations import Relation

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


CROWD = 20
"""Equally small explanations of which one more is no help."""


class Observation(NamedTuple):
    """A further linear statement about the book: low ≤ Σ coefficient × cell ≤ high, in 分; `source` says whose.

    None: there is no such end. A cell may be none of the book's own, then it stands for what else may be wrong.
    """

    terms: "tuple[tuple[Fraction | int, Cell], ...]"
    low: "Fraction | int | None"
    high: "Fraction | int | None"
    source: str


class Missing(NamedTuple):
    """A table lacks a code that other tables have: evidence that a row is missing."""

    table: str
    code: str


class Material(NamedTuple):
    """What there is to judge from; `followers`: the amounts of formulas, see `locate.followers`."""

    relations: "Sequence[Relation]"
    observations: Sequence[Observation]
    missing: Sequence[Missing]
    book: Book
    followers: "Followers"


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

    `codes` are the codes it may have that other tables list, likeliest first; none when no table has one.
    `intervals` are the printed values that would do.
    """

    table: str
    parent: str
    codes: tuple[str, ...]
    amounts: Mapping[str, int]
    intervals: Mapping[str, tuple[int | None, int | None]]


class Culprit(NamedTuple):
    """One mistake: one cell, or several that one act made wrong.

    `explains` are indexes of the broken relations, as they were given. `alternatives` are equally small sets of
    cells that the book cannot tell apart from it, likeliest first. All suggestions together make the book right, and
    so does each alternative in place of its culprit; one that needs other values for other culprits names these too.
    `gaps` are the rows that one omission left out, one in a table. `hand_balanced`: one unit of the last place would
    do, as after balancing by hand.
    """

    suspects: tuple[Suspect, ...]
    diagnosis: Diagnosis
    explains: tuple[int, ...]
    alternatives: tuple[tuple[Suspect, ...], ...] = ()
    gaps: tuple[Gap, ...] = ()
    hand_balanced: bool = False

    @property
    def crowded(self) -> bool:
        """Whether so many cells may be wrong, and none looks it, that to name one would be to guess."""
        return self.diagnosis == "other" and len(self.alternatives) > CROWD
