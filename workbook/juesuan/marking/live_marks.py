"""Marks that a button made in the open workbook, taken off the saved file by the record in our sheet 核对结果."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from juesuan.ooxml.patch import STYLES, Patch
from juesuan.ooxml.sheet_xml import FORMULA, Change, Restyle, change_cells, column_of
from juesuan.ooxml.styles_xml import NO_FILL, Styles

WATERMARK = "juesuan:1"
"""What the record of marks made in the open workbook begins with."""

RECORD = ("AD", "AG")
"""First and last column of that record: hidden, far right of what is shown."""

REFERENCE = re.compile(r"='?(.*?)'?!\$?([A-Z]+)\$?(\d+)", re.S)
"""How a line of the record names a cell."""

_CELL = re.compile(rb'<(?:[\w.-]+:)?c\b[^>]*?\br="%s(\d+)"[^>]*>(.*?)</(?:[\w.-]+:)?c\s*>' % RECORD[0].encode(), re.S)
_FRAME = b"D00000"
_PATTERNS = {
    -4126: "darkGray", -4125: "mediumGray", -4124: "lightGray", 17: "gray125", 18: "gray0625",
    -4128: "darkHorizontal", -4166: "darkVertical", -4121: "darkDown", -4162: "darkUp", 9: "darkGrid",
    10: "darkTrellis", 11: "lightHorizontal", 12: "lightVertical", 13: "lightDown", 14: "lightUp", 15: "lightGrid",
    16: "lightTrellis",
}  # fmt: skip
"""Names of patterns by Excel's numbers; any other is solid."""

_LINES = {
    (1, 1): "hair", (1, 2): "thin", (1, -4138): "medium", (1, 4): "thick", (-4119, 4): "double",
    (-4118, 2): "dotted", (-4115, 2): "dashed", (4, 2): "dashDot", (5, 2): "dashDotDot",
    (-4115, -4138): "mediumDashed", (4, -4138): "mediumDashDot", (5, -4138): "mediumDashDotDot",
    (13, -4138): "slantDashDot",
}  # fmt: skip
"""Names of lines by Excel's numbers for line and weight; any other is thin."""


class LiveMark(NamedTuple):
    """A marked cell, by zero-based row and column: its colour now, and what fill and border it had."""

    sheet: str
    place: tuple[int, int]
    shade: str
    before: str
    border: str


def take_off_live_marks(patch: Patch, own: str) -> None:
    """Put back the fills and borders that the record in our sheet `own` tells of; what was painted since stays."""
    sheets: dict[str, list[LiveMark]] = defaultdict(list)
    for mark in _recorded(patch, own):
        sheets[mark.sheet].append(mark)
    if not sheets:
        return
    styles = Styles(patch.read(STYLES))
    for name, marks in sheets.items():
        part = patch.package.sheet_parts.get(name, "")
        if patch.has(part):
            changes = {mark.place: Change(_restored(styles, mark)) for mark in marks}
            patch.write(part, change_cells(patch.read(part), changes))
    patch.write(STYLES, styles.xml)


def _recorded(patch: Patch, own: str) -> Iterator[LiveMark]:
    import python_calamine as calamine

    sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(patch.package.data)).get_sheet_by_name(own)
    (top, left), rows = sheet.start or (0, 0), sheet.to_python()
    first = column_of(f"{RECORD[0]}1".encode()) - left
    if not rows or top or len(rows[0]) < first + 4 or rows[0][first] != WATERMARK:
        return
    for cell in _CELL.finditer(patch.read(patch.package.sheet_parts[own])):
        formula, row = FORMULA.search(cell[2]), int(cell[1]) - 1
        match = REFERENCE.fullmatch("=" + unescape((formula[3] or b"").decode())) if formula else None
        if match and row < len(rows):
            shade, before, border = (str(value) for value in rows[row][first + 1 : first + 4])
            place = int(match[3]) - 1, column_of(f"{match[2]}{match[3]}".encode())
            yield LiveMark(match[1].replace("''", "'"), place, shade, before, border)


def _restored(styles: Styles, mark: LiveMark) -> Restyle:
    def restyle(style: int) -> int:
        look = styles.cell_format(style)
        ours = mark.shade.encode() in styles.element(b"fills", look).upper()
        framed = mark.border and _FRAME in styles.element(b"borders", look).upper()
        fill = styles.fill(_fill(mark.before)) if ours else int(look.get(b"fillId", b"0"))
        return styles.restyled(style, fill, styles.border(_border(mark.border)) if framed else None)

    return restyle


def _fill(before: str) -> bytes:
    """What the record tells of a fill: pattern, colour, theme, tint and second colour, as Excel counts them."""
    if not before:
        return NO_FILL
    pattern, colour, theme, tint, behind = (float(part) for part in before.split(","))
    given = f'theme="{int(theme) - 1}" tint="{tint}"' if theme else f'rgb="FF{_rgb(int(colour))}"'
    kind = _PATTERNS.get(int(pattern), "solid")
    if kind == "solid":
        inner = f'<fgColor {given}/><bgColor indexed="64"/>'
    else:
        inner = f'<fgColor rgb="FF{_rgb(int(behind))}"/><bgColor {given}/>'
    return f'<fill><patternFill patternType="{kind}">{inner}</patternFill></fill>'.encode()


def _border(before: str) -> bytes:
    left, top, bottom, right = before.split(";")
    sides = (("left", left), ("right", right), ("top", top), ("bottom", bottom))
    return f"<border>{''.join(_side(name, told) for name, told in sides)}<diagonal/></border>".encode()


def _side(name: str, told: str) -> str:
    if not told:
        return f"<{name}/>"
    line, weight, colour = (int(part) for part in told.split(","))
    return f'<{name} style="{_LINES.get((line, weight), "thin")}"><color rgb="FF{_rgb(colour)}"/></{name}>'


def _rgb(colour: int) -> str:
    """Excel counts blue, green, red."""
    return f"{(colour & 255) << 16 | colour & 0xFF00 | colour >> 16:06X}"
