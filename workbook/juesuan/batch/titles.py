"""What the rules of a run are called, whatever editions its books turn out to be of."""

from __future__ import annotations

from collections.abc import Mapping

from juesuan.edition import DEFAULT_EDITION, known_editions
from juesuan.intake.judge import AUTO, Order

Titles = Mapping[str, tuple[str, str]]
"""Title and level by the code of a rule."""


def titles_of(order: Order) -> Titles:
    """Those of the edition asked for, else of all; where editions differ, of the usual one.

    Raises DeclarationError when the order is malformed.
    """
    editions = (*known_editions(), DEFAULT_EDITION) if order.edition == AUTO else (order.edition,)
    return {rule.code: (rule.title, rule.level) for edition in editions for rule in order.catalogue(edition).rules}
