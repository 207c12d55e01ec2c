"""Whom units belong to, as a tree whose every branch counts what lies below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from juesuan.batch.units import Unit

COUNTED = ("expected", "received", "missing", "late", "pass", "tail", "warn", "fail", "unjudged")


class Branch(NamedTuple):
    """`parent`: the number of the branch above, None for the one at the root; `counts`: by COUNTED, all below."""

    name: str
    parent: int | None
    counts: Counter[str]


class Tree:
    """Branches are numbered; a parent stands before what is below it. The root is number 0."""

    def __init__(self, root: str, units: Sequence[Unit] = ()) -> None:
        self.branches = [Branch(root, None, Counter())]
        self._numbers: dict[str, int] = {}
        self._units = {unit.code: unit for unit in units}
        for unit in units:
            if unit.parent:
                self._unit_branch(unit.parent)

    def of_unit(self, code: str) -> int:
        """The branch a unit stands on: its own if others belong to it."""
        unit = self._units[code]
        return self._numbers.get(code, self._numbers.get(unit.parent, 0))

    def of_folder(self, name: str) -> int:
        """The branch of a book whose path below the root is `name`."""
        at, folder = 0, ""
        for part in name.split("/")[:-1]:
            folder += f"/{part}"
            if folder not in self._numbers:
                self._numbers[folder] = self._grow(part, at)
            at = self._numbers[folder]
        return at

    def count(self, branch: int, *what: str) -> None:
        """Count something on a branch and on all above it."""
        at: int | None = branch
        while at is not None:
            _, parent, counts = self.branches[at]
            counts.update(what)
            at = parent

    def _unit_branch(self, code: str) -> int:
        if code not in self._numbers:
            unit = self._units.get(code)
            above = self._unit_branch(unit.parent) if unit and unit.parent else 0
            self._numbers[code] = self._grow(unit.name if unit else code, above)
        return self._numbers[code]

    def _grow(self, name: str, above: int) -> int:
        self.branches.append(Branch(name, above, Counter()))
        return len(self.branches) - 1
