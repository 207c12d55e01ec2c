"""The register of units: which address speaks for which unit. It is the list of units that `--expect` takes, too."""

from __future__ import annotations

import re
from collections.abc import Iterable

from juesuan.batch.units import Unit
from juesuan.errors import DeclarationError

_BETWEEN = re.compile(r"[\s,;，；、]+")


def addresses(unit: Unit) -> tuple[str, ...]:
    """The addresses of a unit, in lower case; several may stand in one cell."""
    return tuple(filter(None, _BETWEEN.split(unit.email.lower())))


def register_of(units: Iterable[Unit]) -> dict[str, str]:
    """Address → name of the unit. Raises DeclarationError where two units claim one address."""
    register: dict[str, str] = {}
    for unit in units:
        for address in addresses(unit):
            if register.setdefault(address, unit.name) != unit.name:
                both = f"既是“{register[address]}”的邮箱，又是“{unit.name}”的"
                raise DeclarationError(f"单位名单里，{address} {both}。一个邮箱只能属于一个单位。")
    return register
