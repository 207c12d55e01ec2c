"""What the rules of a run are called, whatever editions its books turn out to be of."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from juesuan.edition import DEFAULT_EDITION, known_editions
from juesuan.errors import DeclarationError
from juesuan.intake.judge import AUTO, Order

Titles = Mapping[str, tuple[str, str]]
"""Title and level by the code of a rule."""


def titles_of(order: Order) -> Titles:
    """Those of the edition asked for, else of all that the order fits; where editions differ, of the usual one.

    Raises DeclarationError when the order is malformed.
    """
    if order.edition != AUTO:
        return _titles(order, order.edition)
    titles: dict[str, tuple[str, str]] = {}
    for edition in (*known_editions(), DEFAULT_EDITION):
        with suppress(DeclarationError):
            titles |= _titles(order, edition)
    return titles or _titles(order, DEFAULT_EDITION)


def _titles(order: Order, edition: str) -> dict[str, tuple[str, str]]:
    return {rule.code: (rule.title, rule.level) for rule in order.catalogue(edition).rules}
