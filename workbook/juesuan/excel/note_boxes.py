"""The boxes of notes: shapes in a worksheet's legacy VML drawing, each as large as its text needs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from juesuan.excel.sheet_xml import attributes_of, sheet_data
from juesuan.excel.text_size import text_width

WIDTH, LINE, CHARACTER = 330, 17, 6.6
"""Size of a note in pixels: its width, a line of text and half a Chinese character at 9 points."""

_TALLEST = 560
LAST_COLUMN = 702
"""Columns beyond ZZ hold no table."""
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?col\b([^>]*?)/?>")
_HEIGHT = re.compile(rb"""\sht\s*=\s*["']([\d.]+)""")
_LINE = re.compile(rb"""(?:^|\s)r\s*=\s*["'](\d+)""")
_FORMAT = re.compile(rb"<(?:[\w.-]+:)?sheetFormatPr\b([^>]*?)/?>")
_SHAPE = re.compile(rb"<v:shape\b(?:(?!</v:shape>).)*?</v:shape\s*>", re.S)
_NUMBERS = re.compile(rb"_x0000_s(\d+)")
_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;width:{width}px;height:{height}px;'
    'z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def with_boxes(vml: bytes | None, sheet: bytes, texts: Mapping[tuple[int, int], str]) -> bytes:
    """The drawing with a box for each text, by zero-based row and column; `sheet` tells how large its cells are."""
    vml = vml or _EMPTY.encode()
    grid = _Grid(sheet)
    first = max((int(number) for number in _NUMBERS.findall(vml)), default=1024) + 1
    shapes = "" if b'id="_x0000_t202"' in vml else _TYPE
    for order, ((row, column), text) in enumerate(sorted(texts.items())):
        lines = sum(max(1, -(-text_width(line) * CHARACTER // (WIDTH - 20))) for line in text.splitlines())
        height = min(int(lines + 1) * LINE, _TALLEST)
        shapes += _BOX.format(
            number=first + order,
            order=order + 1,
            width=WIDTH,
            height=height,
            anchor=grid.anchor(row, column, WIDTH, height),
            row=row,
            column=column,
        )
    end = vml.rindex(b"</xml")
    return vml[:end] + shapes.encode() + vml[end:]


def without_boxes(vml: bytes, places: set[tuple[int, int]]) -> bytes:
    """The drawing without the boxes of the notes at these places."""

    def kept(match: re.Match[bytes]) -> bytes:
        row = re.search(rb"<x:Row>\s*(\d+)", match[0])
        column = re.search(rb"<x:Column>\s*(\d+)", match[0])
        note = b'ObjectType="Note"' in match[0] and row is not None and column is not None
        return b"" if note and row and column and (int(row[1]), int(column[1])) in places else match[0]

    return _SHAPE.sub(kept, vml)


def has_shapes(vml: bytes) -> bool:
    return (
        re.search(rb"<v:(?!shapetype\b|shapelayout\b)(?:shape|rect|oval|line|group|roundrect|image)\b", vml) is not None
    )


class _Grid:
    """How wide the columns and how high the rows of a worksheet are, in pixels."""

    def __init__(self, sheet: bytes) -> None:
        data = sheet_data(sheet)
        head = sheet[: data.start]
        found = _FORMAT.search(head)
        given = attributes_of(found[1]) if found else {}
        self._width = _pixels(float(given.get(b"defaultColWidth", b"8.43")))
        self._height = _points(given.get(b"defaultRowHeight", b"15"))
        self._widths: dict[int, int] = {}
        for match in _COLUMN.finditer(head):
            column = attributes_of(match[1])
            width = 0 if column.get(b"hidden") in (b"1", b"true") else _pixels(float(column.get(b"width", b"8.43")))
            run = range(int(column[b"min"]) - 1, min(int(column[b"max"]), LAST_COLUMN))
            self._widths |= dict.fromkeys(run, width)
        self._heights: dict[int, int] = {}
        for text in sheet[data.first : data.last].split(b"<%srow " % data.prefix)[1:]:
            tag = text.partition(b">")[0]
            number, height = _LINE.search(tag), _HEIGHT.search(tag)
            if number and height:
                self._heights[int(number[1]) - 1] = _points(height[1])

    def anchor(self, row: int, column: int, width: int, height: int) -> str:
        """Left and right edge, top and bottom, as cells and pixels within them: right of the cell, a little higher."""
        left, top = column + 1, max(row - 1, 0)
        right, over = _along(left, width + 12, self._widths, self._width)
        bottom, under = _along(top, height + 8, self._heights, self._height)
        return f"{left}, 12, {top}, 8, {right}, {over}, {bottom}, {under}"


def _along(start: int, distance: int, sizes: Mapping[int, int], usual: int) -> tuple[int, int]:
    """The cell that lies `distance` pixels on, and how far into it."""
    at = start
    while distance > (size := sizes.get(at, usual)) and at < start + 400:
        distance -= size
        at += 1
    return at, distance


def _pixels(width: float) -> int:
    return round(width * 7 + 5)


def _points(height: bytes) -> int:
    return round(float(height) * 4 / 3)
