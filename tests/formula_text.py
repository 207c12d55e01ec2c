"""Formulas as text: the ranges they name, the functions they call, how deep they nest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from openpyxl.utils import column_index_from_string

_TEXT = re.compile(r'"(?:[^"]|"")*"')
_CELL = r"\$?([A-Z]{1,3})\$?(\d+)"
_RANGE = re.compile(rf"(?:('(?:[^']|'')+'|[^\W\d]\w*)!)?{_CELL}(?::{_CELL})?(?![\w(])")
_BELOW = re.compile(r"INDEX\(\$?([A-Z]+):\$?[A-Z]+,ROW\(\)\+1\):\$?([A-Z]+)\$?(\d+)")


class Range(NamedTuple):
    """A rectangle of cells; `sheet` is '' for the formula's own."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


def bare(formula: str) -> str:
    """The formula with its quoted texts emptied; names of worksheets stay."""
    return _TEXT.sub('""', formula)


def ranges(formula: str, row: int) -> Iterator[Range]:
    """Every range a formula in `row` names.

    ``INDEX(A:A,ROW()+1):A$61`` is the rows below its own. Any other whole column or row would escape notice, and is
    refused.
    """
    text = bare(formula)
    for match in _BELOW.finditer(text):
        left, right = sorted(column_index_from_string(match[number]) for number in (1, 2))
        yield Range("", row + 1, left, int(match[3]), right)
    text = _BELOW.sub("0", text)
    assert not re.search(r"\$?\b[A-Z]{1,3}:\$?[A-Z]{1,3}\b|\$?\d+:\$?\d+|INDIRECT|OFFSET|INDEX", text), formula
    for match in _RANGE.finditer(text):
        sheet = (match[1] or "").strip("'")
        left, top = column_index_from_string(match[2]), int(match[3])
        right, bottom = (column_index_from_string(match[4]), int(match[5])) if match[4] else (left, top)
        yield Range(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def functions(formula: str) -> set[str]:
    return set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare(formula)))


def depth(formula: str) -> int:
    """How deep function calls nest; brackets alone count too, which errs on the safe side."""
    deepest = level = 0
    for char in bare(formula):
        level += (char == "(") - (char == ")")
        deepest = max(deepest, level)
    return deepest
