"""What the rules of a run are called, whatever editions its books turn out to be of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from juesuan.edition import DEFAULT_EDITION, known_editions
from juesuan.errors import DeclarationError
from juesuan.intake.judge import AUTO, Order

Titles = Mapping[str, tuple[str, str]]
"""Title and level by the code of a rule."""


def require_sound(order: Order) -> None:
    """Raise DeclarationError for an order that is malformed, or fits no edition at all."""
    try:
        order.require_sound()
    except DeclarationError as error:
        if order.edition != AUTO or not any(_fits(order, edition) for edition in known_editions()):
            raise error from None


def titles_of(order: Order, editions: Iterable[str]) -> Titles:
    """Those of the edition asked for, else of the `editions` that books are of; where they differ, of the usual one."""
    if order.edition != AUTO:
        return _titles(order, order.edition)
    titles: dict[str, tuple[str, str]] = {}
    for edition in sorted(editions, key=lambda edition: (edition == DEFAULT_EDITION, edition)):
        titles |= _titles(order, edition)
    return titles


def _fits(order: Order, edition: str) -> bool:
    with suppress(DeclarationError):
        return bool(_titles(order, edition))
    return False


def _titles(order: Order, edition: str) -> dict[str, tuple[str, str]]:
    return {rule.code: (rule.title, rule.level) for rule in order.catalogue(edition).rules}
