"""What is answered about a whole book: can its rounding be harmless, and if not, who is to blame. Amounts in 分."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from juesuan.book import Key
from juesuan.record import NamedTuple

if TYPE_CHECKING:
    from juesuan.locate.answer import Culprit
    from juesuan.locate.certificate import Share

Range = tuple[int | None, int | None]
"""Lowest and highest amount, both included; None where there is no end."""

Severity = Literal["any_rule", "same_rule"]

Limit = Literal["time", "many"]


class Joint(NamedTuple):
    """The verdict on all relations of a book together.

    `feasible`: whether exact amounts exist with which every relation holds and every cell prints as it does; None
    when the time limit was hit before that was known, or nothing that could be verified was found. `witness`: such
    amounts, verified in integers. `certificate`: multipliers that prove there are none, verified in integers.
    `severity`: whether that is certain under any rule of rounding half a unit, or only if all tables round alike.
    `balanced`: infeasible, but feasible if each figure may have been moved by hand by less than one unit of its last
    place. `limited`: culprits may be missing, as the time was up, or as more is wrong than is searched or named.
    """

    feasible: bool | None
    witness: Mapping[Key, int] | None = None
    certificate: "tuple[Share, ...]" = ()
    severity: Severity | None = None
    balanced: bool = False
    culprits: "tuple[Culprit, ...]" = ()
    limited: Limit | None = None
