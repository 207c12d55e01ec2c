"""How far rounding alone can have put an amount up or down, as Excel expressions in hundredths.

An amount printed once in 万元 hides at most half a hundredth away from zero and just under it towards zero. One that
a formula sums hides what its terms hide, as in `derive.computed`: how much further that goes stands in two cells
beside the table, for up and for down. Where there are none, as in a row inserted without formulas, nothing does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from openpyxl.worksheet.worksheet import Worksheet

from juesuan.expr import EACH_ROW, Ref
from juesuan.model import TOTAL
from juesuan.rules import Catalogue, Rule
from juesuan.template import style
from juesuan.template.formulas import (
    ANY_LINE,
    Part,
    SignedParts,
    Standing,
    Standings,
    Target,
    at_line,
    deriving_rules,
    parts_of,
    right_side,
    rows_below,
    signed_parts,
)

HEADINGS = ("尾差余地（向上）", "尾差余地（向下）")
"""They stand above the rows of headings, where no heading of an amount is looked for."""

IS_COMPUTED = "IFERROR(_xlfn.ISFORMULA({}),TRUE)"
"""Whether the formula of a cell is still there; Excel before 2013 cannot tell and goes by the amount alone."""

Terms = Callable[[Standings], SignedParts]
"""A signed sum, of the amounts or of the cells that stand for them in other standings."""


class Rooms(NamedTuple):
    """The drawn tables, and the same tables with the cells for further room up and down in the amounts' places."""

    amounts: Standings
    up: Standings
    down: Standings


def rooms_beside(standings: Standings, edges: Mapping[str, int]) -> Rooms:
    """The cells for further room stand right of `edges`, the last column that each table takes with its signs."""
    up, down = {}, {}
    for name, standing in standings.items():
        up[name] = _shifted(standing, edges[name] + 1)
        down[name] = _shifted(standing, edges[name] + 1 + standing.width)
    return Rooms(standings, up, down)


def _shifted(standing: Standing, by: int) -> Standing:
    form = standing.form
    cells = {key: (row, column + by) for key, (row, column) in form.cells.items()}
    columns = {field: column + by for field, column in form.columns.items()}
    return standing._replace(form=form._replace(cells=cells, columns=columns))


def room_of(terms: Terms, rooms: Rooms) -> tuple[str, str]:
    """How far rounding can have put a signed sum up and down."""
    up, down = _printed(terms(rooms.amounts))
    more, less = terms(rooms.up), terms(rooms.down)
    return f"{up}+{_added(more, less)}", f"{down}+{_added(less, more)}"


def _printed(parts: SignedParts) -> tuple[str, str]:
    """The room up and down of amounts that were each printed once."""
    up = [_up(part) if sign > 0 else _down(part) for sign, part in parts]
    down = [_down(part) if sign > 0 else _up(part) for sign, part in parts]
    return "+".join(up) or "0", "+".join(down) or "0"


def _up(part: Part) -> str:
    return f"0.4999*{part.cells}+0.0001*{part.negative}"


def _down(part: Part) -> str:
    """A printed zero hides nothing below itself unless it may be negative."""
    if part.signed:
        return f"0.4999*{part.cells}+0.0001*{part.positive}"
    return f"0.5*{part.positive}+0.4999*{part.negative}"


def _added(own: SignedParts, other: SignedParts) -> str:
    """What is added moves a sum its own way, what is taken away the other way."""
    texts = [part.text for sign, part in own if sign > 0] + [part.text for sign, part in other if sign < 0]
    return f"SUM({','.join(texts) or '0'})"


def add_rooms(sheet: Worksheet, standing: Standing, rooms: Rooms, catalogue: Catalogue) -> None:
    """Beside every amount that a formula sums, the two cells for its further room."""
    table = standing.table.id
    beside = (rooms.up[table], rooms.down[table])
    for target in _targets(standing):
        if rule := _summing(target, rooms.amounts, catalogue):
            for room, text in zip(beside, _further(rule, target, rooms), strict=True):
                if target.line is None:
                    style.ROOM.dress(sheet.cell(*room.form.cells[target.row, target.field], text))
                    continue
                for line in standing.form.body[:-1]:
                    style.OPEN_ROOM.dress(sheet.cell(line, room.form.columns[target.field], at_line(text, line)))
    for room, heading in zip(beside, HEADINGS, strict=True):
        first = min(column for _, column in room.form.cells.values())
        sheet.cell(room.form.header.start - 1, first, heading).font = style.ROOM.font


def _targets(standing: Standing) -> list[Target]:
    """Every amount of the form, and one of each column for all open rows."""
    table, form = standing.table, standing.form
    if table.layout != "codes":
        return [Target(table.id, row, field) for row, field in form.cells]
    rows = [Target(table.id, EACH_ROW, field, ANY_LINE) for field in form.columns]
    return [Target(table.id, TOTAL, field) for field in form.columns] + rows


def _summing(target: Target, standings: Standings, catalogue: Catalogue) -> Rule | None:
    """The first rule that gives the amount, as in `derive`."""
    rules = deriving_rules(catalogue, standings[target.table].table, target.row, target.field)
    return next((rule for rule in rules if signed_parts(rule, target, standings)), None)


def _further(rule: Rule, target: Target, rooms: Rooms) -> list[str]:
    """The formulas of the two cells: nothing unless the amount is a formula's and the sum that the rule says."""
    [own] = parts_of(Ref(target.table, (target.row,), target.field), target, rooms.amounts)
    terms = partial(signed_parts, rule, target, direct=True)
    computed = IS_COMPUTED.format(own.text)
    if target.line is not None:
        computed = f'AND($A{target.line}<>"",{computed})'
    agrees = f"ROUND(N({own.text})-({right_side(rule, target, rooms.amounts, direct=True)}),2)=0"
    if below := rows_below(rule, target, rooms.amounts):
        agrees = f"AND({below}>0,{agrees})"
    pairs = zip(room_of(terms, rooms), _printed([(1, own)]), strict=True)
    return [f"=IF({computed},IF({agrees},{summed}-({printed}),0),0)" for summed, printed in pairs]
