"""Functional and economic classification codes that have been seen, each with its evidence tier.

The lists are incomplete: tier A stands in the seed accounts, B in other published accounts, C is
general knowledge. A code that is absent proves nothing, and a name of tier C is never held against a clerk.
"""

import os
from functools import cache

from juesuan.record import NamedTuple

FOLDER = os.path.join(os.path.dirname(__file__), "data", "classification")


class Code(NamedTuple):
    """`kind` is the budget of a functional code, or personnel/operating for an economic one."""

    code: str
    name: str
    kind: str
    tier: str

    @property
    def published(self) -> bool:
        return self.tier in "AB"


@cache
def functional() -> dict[str, Code]:
    return _read("functional.csv")


@cache
def economic() -> dict[str, Code]:
    return _read("economic.csv")


def budget_of(code: str) -> str | None:
    """The budget a 款 or 项 belongs to as far as its own or its 款's listing tells; the 类 223 tells by itself."""
    if code.startswith("223"):
        return "state_capital"
    known = functional().get(code) or functional().get(code[:5])
    return known.kind if known and len(code) > 3 else None


def _read(name: str) -> dict[str, Code]:
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return {code.code: code for code in (Code(*line.split(",")) for line in file.read().splitlines()[1:])}
