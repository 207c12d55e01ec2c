"""Our fills and borders on cells, and the way back from them, which every program keeps.

A format we paint gets a cell style, “juesuan N”, that looks as the format did before: programs carry it along as they
do any style of the user's. The paint tells its N twice: by the hidden second colour of the fill, which LibreOffice
drops, and by the style the format belongs to, which openpyxl may renumber.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from juesuan.marks import COLOURS, Kind, Mark
from juesuan.ooxml.sheet_xml import Restyle, whole
from juesuan.ooxml.styles_xml import NO_BORDER, NO_FILL, Styles, lines, sides_of, solid, unframed, with_sides

BEHIND = "4A{:04X}"
"""The hidden second colour of our fills."""

RED = "D0{:04X}"
"""The colour of the lines round a marked cell: red to the eye."""

STYLE = "juesuan"
_SHADES = "|".join(COLOURS.values()).encode()
_SHADED = re.compile(rb"""<(?:[\w.-]+:)?fgColor\b[^>]*?\brgb=["']FF(?:%s)["'][^>]*>""" % _SHADES, re.I)
_FILL = re.compile(
    _SHADED.pattern + rb"""\s*(?:</[^>]*>\s*)?<(?:[\w.-]+:)?bgColor\b[^>]*?\brgb=["']FF4A([0-9A-F]{4})["']""", re.I
)
_BORDER = re.compile(rb"""<(?:[\w.-]+:)?color\b[^>]*?\brgb=["']FFD0[0-9A-F]{4}["']""", re.I)
_NAME = re.compile(rf"{STYLE} (\d+)(?: (.*))?", re.S)


class Paint:
    """Paints the formats of cells; the styles are told what they looked like."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._numbers: dict[int, int] = {}
        self._painted: dict[tuple[int, Kind, str], int] = {}

    def over(self, mark: Mark) -> Restyle:
        """From the format of a cell to the same with the colour and the lines of its mark."""

        def restyle(style: int) -> int:
            look = (style, mark.kind, mark.line)
            if look not in self._painted:
                self._painted[look] = self._paint(*look)
            return self._painted[look]

        return restyle

    def _paint(self, style: int, kind: Kind, line: str) -> int:
        number = self._numbers.setdefault(style, len(self._numbers))
        before = self._styles.style_like(style, f"{STYLE} {number}")
        fill = self._styles.fill(solid(COLOURS[kind], BEHIND.format(number)))
        drawn = self._styles.element(b"borders", self._styles.cell_format(style)) or NO_BORDER
        border = self._styles.border(with_sides(drawn, lines(RED.format(number), line)))
        return self._styles.restyled(style, fill, border, before)


class _Before(NamedTuple):
    """What a format was before we painted it: its fill and border, and the name of the style it belonged to."""

    number: int
    fill: bytes
    border: bytes
    style: str


def is_painted(xml: bytes) -> bool:
    """Whether the styles of a workbook have paint of ours."""
    return re.search(rb"""\bname=["']%s \d""" % STYLE.encode(), xml) is not None or _FILL.search(xml) is not None


def unpainted(xml: bytes) -> bytes:
    """The styles of a workbook with every format as it was before we painted it, for all cells that have it."""
    if not is_painted(xml):
        return xml
    styles = Styles(xml)
    names = {name: number for number, name in styles.style_names().items()}
    looks = {number: look for number, name in styles.style_names().items() if (look := _look(styles, number, name))}
    numbered = {look.number: look for look in looks.values()}

    def before(format_: dict[bytes, bytes]) -> dict[bytes, bytes]:
        fill, border = styles.element(b"fills", format_), styles.element(b"borders", format_)
        look = looks.get(whole(format_.get(b"xfId"), 0))
        found = _FILL.search(fill)
        painted = numbered.get(int(found[1], 16)) if found else look
        if look:
            format_[b"xfId"] = b"%d" % names.get(look.style, 0)
        if found or (look and _SHADED.search(fill)):
            format_[b"fillId"] = painted.fill if painted else b"0"
        if (found or look) and _BORDER.search(border):
            sides = sides_of(styles.element(b"borders", {b"borderId": painted.border})) if painted else {}
            format_[b"borderId"] = b"%d" % styles.border(unframed(border, sides, _BORDER))
        return format_

    styles.reformat(before)
    styles.replace(b"fills", lambda element: NO_FILL if _FILL.search(element) else element)
    styles.drop_styles({name for name in names if _NAME.fullmatch(name)})
    return styles.xml


def _look(styles: Styles, number: int, name: str) -> _Before | None:
    """What the style of a name keeps for us, if it is one of ours."""
    ours = _NAME.fullmatch(name)
    if ours is None:
        return None
    given = styles.style(number)
    return _Before(int(ours[1]), given.get(b"fillId", b"0"), given.get(b"borderId", b"0"), ours[2] or "")
