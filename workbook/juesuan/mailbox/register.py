"""The register of units: which address speaks for which units. It is the list of units that `--expect` takes, too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from juesuan.batch.units import Unit

Register = Mapping[str, frozenset[str]]
"""Names of units by address."""
_BETWEEN = re.compile(r"[\s,;，；、]+")


def addresses(unit: Unit) -> tuple[str, ...]:
    """The addresses of a unit, in lower case; several may stand in one cell."""
    return tuple(filter(None, _BETWEEN.split(unit.email.lower())))


def register_of(units: Iterable[Unit]) -> Register:
    """Whoever does the accounts of several units speaks for each of them."""
    register: defaultdict[str, set[str]] = defaultdict(set)
    for unit in units:
        for address in addresses(unit):
            register[address].add(unit.name)
    return {address: frozenset(names) for address, names in register.items()}
