"""Marks that a button made in the open workbook, taken off the saved file by the record in our sheet 核对结果."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from juesuan.marking.live_record import LINES, NO_PATTERN, WATERMARK, Border, Fill, Kept, Side, kept_in, rgb
from juesuan.ooxml.patch import STYLES, Patch
from juesuan.ooxml.row_xml import SheetRows
from juesuan.ooxml.sheet_xml import Change, Restyle, change_cells, whole
from juesuan.ooxml.styles_xml import NO_FILL, Styles, unframed
from juesuan.place import Place

_FRAME = re.compile(rb"""\brgb=["'](?:[0-9A-F]{2})?D00000["']""", re.I)
"""The colour of the lines that a button draws round a marked cell."""

_PATTERNS = {
    -4126: "darkGray", -4125: "mediumGray", -4124: "lightGray", 17: "gray125", 18: "gray0625",
    -4128: "darkHorizontal", -4166: "darkVertical", -4121: "darkDown", -4162: "darkUp", 9: "darkGrid",
    10: "darkTrellis", 11: "lightHorizontal", 12: "lightVertical", 13: "lightDown", 14: "lightUp", 15: "lightGrid",
    16: "lightTrellis",
}  # fmt: skip
"""Names of patterns by Excel's numbers; any other is solid."""


Spot = tuple[int, int]
"""Zero-based row and column."""

_BESIDE = {b"left": (b"right", 0, -1), b"top": (b"bottom", -1, 0), b"bottom": (b"top", 1, 0), b"right": (b"left", 0, 1)}
"""By a side of a cell, which side of which other cell is the same line: so many rows down, columns to the right."""


def take_off_live_marks(patch: Patch, own: str) -> None:
    """Put back the fills and borders that the record in our sheet `own` tells of; what was painted since stays."""
    sheets: dict[str, dict[Spot, Kept]] = defaultdict(dict)
    for kept in _recorded(patch, own):
        if kept.at:
            sheets[kept.at.sheet][kept.at.row, kept.at.column] = kept
    if not sheets:
        return
    styles = Styles(patch.read(STYLES))
    for name, marks in sheets.items():
        part = patch.package.sheet_parts.get(name, "")
        if patch.has(part):
            xml = patch.read(part)
            patch.write(part, change_cells(xml, dict(_changes(styles, marks, xml))))
    patch.write(STYLES, styles.xml)


def _changes(styles: Styles, marks: Mapping[Spot, Kept], xml: bytes) -> Iterator[tuple[Spot, Change]]:
    """What becomes of the cells of a worksheet: the marked ones, and those beside them, which share a line each."""
    sides: dict[Spot, dict[bytes, bytes]] = defaultdict(dict)
    for (row, column), kept in marks.items():
        own = _sides(kept.border)
        for name, (beside, down, right) in _BESIDE.items():
            sides[row + down, column + right].setdefault(beside, own[name].replace(name, beside))
        sides[row, column] |= own
    for spot, before in sides.items():
        if spot in marks or (min(spot) >= 0 and b'"%s"' % Place("", *spot).address.encode() in xml):
            yield spot, Change(_restored(styles, marks.get(spot), before))


def _recorded(patch: Patch, own: str) -> list[Kept]:
    """The record of the sheet: calamine tells the texts, wherever they are stored, and the XML the formulas."""
    import python_calamine as calamine

    sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(patch.package.data)).get_sheet_by_name(own)
    (top, left), rows = sheet.start or (0, 0), sheet.to_python()
    if not any(WATERMARK in row for row in rows):
        return []
    for line, column, formula in SheetRows(patch.read(patch.package.sheet_parts[own]), own).formulas():
        if top <= line - 1 < top + len(rows) and left <= column < left + len(rows[0]):
            rows[line - 1 - top][column - left] = f"={formula}"
    return kept_in(rows) or []


def _restored(styles: Styles, kept: Kept | None, sides: Mapping[bytes, bytes]) -> Restyle:
    def restyle(style: int) -> int:
        look = styles.cell_format(style)
        fill, border = styles.element(b"fills", look), styles.element(b"borders", look)
        painted = kept is not None and kept.before.can_return and kept.shade.encode() in fill.upper()
        framed = _FRAME.search(border) is not None
        number = styles.fill(_fill(kept.before)) if kept and painted else whole(look.get(b"fillId"), 0)
        lines = styles.border(unframed(border, sides, _FRAME)) if framed else None
        return styles.restyled(style, number, lines) if painted or framed else style

    return restyle


def _fill(fill: Fill) -> bytes:
    if fill.pattern == NO_PATTERN:
        return NO_FILL
    given = f'theme="{fill.theme - 1}" tint="{fill.tint}"' if fill.theme else f'rgb="FF{rgb(fill.colour)}"'
    kind = _PATTERNS.get(fill.pattern, "solid")
    if kind == "solid":
        inner = f'<fgColor {given}/><bgColor indexed="64"/>'
    else:
        inner = f'<fgColor rgb="FF{rgb(fill.behind)}"/><bgColor {given}/>'
    return f'<fill><patternFill patternType="{kind}">{inner}</patternFill></fill>'.encode()


def _sides(border: Border) -> dict[bytes, bytes]:
    names = ("left", "top", "bottom", "right")
    return {name.encode(): _side(name, side).encode() for name, side in zip(names, border, strict=True)}


def _side(name: str, side: Side | None) -> str:
    if side is None:
        return f"<{name}/>"
    line = LINES.get((side.line, side.weight), "thin")
    return f'<{name} style="{line}"><color rgb="FF{rgb(side.colour)}"/></{name}>'
