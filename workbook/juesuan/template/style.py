"""How the printed form looks: fonts, borders and alignments, and how much room a text takes."""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

LABEL_WIDTHS = (28, 36)
CODE_WIDTH, NAME_WIDTH, NUMBER_WIDTH, AMOUNT_WIDTH = 12, 34, 5.5, 15
NARROW_CODE_WIDTH, NARROW_NAME_WIDTH, NARROW_AMOUNT_WIDTH = 9.5, 29, 12
"""Column widths in half-width characters; the narrow ones for three groups or two rows side by side."""

ABOVE_HEIGHTS = (32, 16, 18)
"""Heights of the rows above the table, in points."""

PORTRAIT_WIDTH = 115
"""The widest table that is printed on upright paper."""

_THIN = Side(style="thin", color="000000")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_OPEN = Border()
_BODY = Font(name="宋体", size=10)
_GREY = PatternFill("solid", fgColor="F2F2F2")
_NO_FILL = PatternFill()
_DRESSED: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()
"""Per workbook, the looks already put together in it."""


class Look(NamedTuple):
    """All that is set on one cell; no two looks share a name."""

    name: str
    horizontal: str
    vertical: str = "center"
    wrapped: bool = True
    number_format: str = "General"
    font: Font = _BODY
    border: Border = _BOX
    fill: PatternFill = _NO_FILL
    locked: bool = True

    def dress(self, cell: Cell | MergedCell) -> None:
        """Text that may not wrap shrinks into its column instead of being cut or shown as ###.

        openpyxl looks every font and border up anew; a look is put together once a workbook and copied from then on.
        """
        styled: Any = cell
        looks = _DRESSED.setdefault(styled.parent.parent, {})
        if self.name in looks:
            styled._style = copy(looks[self.name])
            return
        cell.font, cell.border, cell.fill, cell.number_format = self.font, self.border, self.fill, self.number_format
        cell.alignment = Alignment(
            horizontal=self.horizontal,
            vertical=self.vertical,
            wrap_text=self.wrapped,
            shrink_to_fit=not self.wrapped,
            indent=1 if self.horizontal == "right" and self.border is _BOX else 0,
        )
        cell.protection = Protection(locked=self.locked)
        looks[self.name] = copy(styled._style)


TITLE = Look("title", "center", wrapped=False, font=Font(name="宋体", size=18, bold=True), border=_OPEN)
ABOVE = {side: Look(f"above {side}", side, wrapped=False, border=_OPEN) for side in ("left", "center", "right")}
HEADER = Look("header", "center", fill=_GREY)
CENTRED = Look("centred", "center")
LABEL = Look("label", "left")
TYPED = Look("typed", "left", number_format="@")
CODE = Look("code", "left", wrapped=False, number_format="@")
AMOUNT = Look("amount", "right", wrapped=False, number_format="#,##0.00")
SHARE = Look("share", "right", wrapped=False, number_format="0.00%")
FIGURE = Look("figure", "right", wrapped=False)
HEADER_SMALL = Alignment(horizontal="center", vertical="top", wrap_text=True)
SIGN = Look(
    "sign",
    "center",
    number_format='[=0]"✓";[<3]"～";"✗"',
    font=Font(name="宋体", size=9, color="7F7F7F"),
    border=_OPEN,
    locked=False,
)
ROOM = Look(
    "room",
    "left",
    wrapped=False,
    number_format="0.0000;-0.0000;",
    font=Font(name="宋体", size=8, color="BFBFBF"),
    border=_OPEN,
)
OPEN_ROOM = ROOM._replace(name="open room", locked=False)
HINT = Look("hint", "left", border=_OPEN)
NOTE = Look("note", "left", vertical="top", border=_OPEN)


def row_height(lines: float, wide: bool) -> float:
    """Height in points of a row of `lines` lines of body text; upright paper has room for higher rows."""
    return 13 * lines + (4 if wide else 7)
