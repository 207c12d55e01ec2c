"""Formulas in the XML of cells: read, rewritten, and those that cells share written out in each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple

from juesuan.ooxml.references import copied
from juesuan.ooxml.sheet_xml import CELL, FORMULA, attributes_of, position_of, unplaced
from juesuan.ooxml.xml_text import escaped


class _Shared(NamedTuple):
    """A formula that stands in one cell for many."""

    formula: str
    line: int
    column: int


def formula_in(cell: bytes) -> str | None:
    """The cell's formula without its “=”; None when it has none."""
    found = FORMULA.search(cell)
    return unescape((found[3] or b"").decode()) if found else None


def with_formula(cell: bytes, change: Callable[[str], str]) -> bytes:
    """The cell with its formula, if it has one, as `change` makes it."""

    def rewrite(found: re.Match[bytes]) -> bytes:
        formula = unescape((found[3] or b"").decode())
        new = change(formula)
        return found[0] if new == formula else b"<%s%s>%s</%s>" % (found[1], found[2], escaped(new).encode(), found[1])

    return FORMULA.sub(rewrite, cell)


def written_out(rows: bytes) -> bytes:
    """The rows with every shared formula in each cell that shares it, as Excel would copy it there."""
    if b"shared" not in rows:
        return rows
    groups: dict[bytes, _Shared] = {}

    def write(cell: re.Match[bytes]) -> bytes:
        found = FORMULA.search(cell[0])
        given = attributes_of(found[2]) if found else {}
        if found is None or given.pop(b"t", b"") != b"shared":
            return cell[0]
        group = given.pop(b"si", b"")
        try:
            line, column = position_of(attributes_of(cell[1]).get(b"r", b""))
        except ValueError as error:
            raise unplaced() from error
        if found[3]:
            groups[group] = _Shared(unescape(found[3].decode()), line, column)
        if group not in groups:
            return cell[0]
        shared = groups[group]
        given.pop(b"ref", None)
        kept = b"".join(b' %s="%s"' % item for item in given.items())
        formula = escaped(copied(shared.formula, line - shared.line, column - shared.column)).encode()
        plain = b"<%s%s>%s</%s>" % (found[1], kept, formula, found[1])
        return cell[0].replace(found[0], plain)

    CELL.sub(write, rows)  # the cell that has the formula may come after one that shares it
    return CELL.sub(write, rows)
