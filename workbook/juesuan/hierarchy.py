"""The rows of one table: which carry a code, and which stand below which."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from juesuan.model import TOTAL

CODE_LENGTHS = (3, 5, 7)
_NONE: list[str] = []


class Hierarchy:
    """`keys` are the rows in printed order, each once; `parts` names for a fixed line the one whose sum it enters.

    A row whose 类 or 款 is missing counts below its nearest ancestor that is there, so that a missing row is one
    finding and breaks no sum.
    """

    def __init__(self, keys: Iterable[str], parts: Mapping[str, str]) -> None:
        self.keys = tuple(dict.fromkeys(keys))
        self._parts = parts
        self._leaves: dict[str, list[str]] = {}

    def carrying(self, code: str) -> list[str]:
        """The rows that carry `code`: none, one, or several when a code is repeated."""
        return self._by_code.get(code, _NONE)

    def has_below(self, code: str) -> bool:
        """Whether any row belongs below `code`; below 合计 every row does."""
        return code in self._branches

    def children(self, row: str) -> list[str]:
        """The rows directly below `row`: by code prefix, or by the form's own declaration."""
        return self._children.get(row, _NONE)

    def leaves(self, row: str) -> list[str]:
        """The lowest rows below `row`."""
        if row not in self._leaves:
            below: list[str] = []
            for child in self.children(row):
                below += self.leaves(child) or [child]
            self._leaves[row] = below
        return self._leaves[row]

    @cached_property
    def _by_code(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self.keys:
            code = code_of(key)
            if key == TOTAL or code != TOTAL:
                found.setdefault(code, []).append(key)
        return found

    @cached_property
    def _branches(self) -> frozenset[str]:
        codes = [code_of(key) for key in self.keys]
        prefixes = [code[:length] for code in codes for length in CODE_LENGTHS]
        return frozenset([*prefixes, TOTAL] if codes else ())

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        tree: dict[str, list[str]] = {}
        present, parts = frozenset(self.keys), self._parts
        for key in self.keys:
            if key in parts:
                above = parts[key]
            elif key[0].isdigit():
                code = code_of(key)
                if len(code) > CODE_LENGTHS[1] and code[: CODE_LENGTHS[1]] in present:
                    above = code[: CODE_LENGTHS[1]]
                elif len(code) > CODE_LENGTHS[0] and code[: CODE_LENGTHS[0]] in present:
                    above = code[: CODE_LENGTHS[0]]
                else:
                    above = TOTAL
            else:
                continue
            tree.setdefault(above, []).append(key)
        return tree


def code_of(row: str) -> str:
    """The code a row key stands for: ``2010350#2`` is a second row of 2010350."""
    return row.partition("#")[0]
