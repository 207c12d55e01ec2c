"""The boxes of notes: shapes in a worksheet's legacy VML drawing, each as large as its text needs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from juesuan.ooxml.sheet_xml import attributes_of, odd, sheet_data
from juesuan.ooxml.text_size import text_lines

WIDTH, LINE, CHARACTER = 330, 17, 6.6
"""Size of a note in pixels: its width, a line of text and half a Chinese character at 9 points."""

MARGIN = 20
MOST_LINES = 29
"""Lines of ours that a box shows; with a line above them and one below it is 560 pixels high."""
_REST = "\n……全文见“核对结果”"
LAST_COLUMN = 702
"""Columns beyond ZZ hold no table."""
_COLUMN = re.compile(rb"col\s([^<>]*?)/?>")
_ROW = re.compile(rb"""row(?=[^<>]*?\sr\s*=\s*["'](\d+))[^<>]*?\sht\s*=\s*["']([\d.]+)""")
_FORMAT = re.compile(rb"sheetFormatPr\s([^<>]*?)/?>")
_SHAPE = re.compile(rb"<((?:[\w.-]+:)?)shape\b.*?</\1shape\s*>", re.S)
_ANY_SHAPE = re.compile(rb"<(?:[\w.-]+:)?(?:shape|rect|oval|line|group|roundrect|image|polyline|arc|curve)[\s/>]")
_NOTE = re.compile(rb"""\bObjectType\s*=\s*["']Note["']""")
_AT = {name: re.compile(rb"<(?:[\w.-]+:)?%s\b[^>]*>\s*(\d+)" % name) for name in (b"Row", b"Column")}
_ANCHOR = re.compile(rb"(<(?:[\w.-]+:)?Anchor\b[^>]*>)([\d\s,]*)(?=<)")
_SIZE = re.compile(rb"(?<![\w-])(width|height)\s*:\s*(\d*\.?\d+)(\w*)")
_RECTANGLE = re.compile(rb"""\bid\s*=\s*["']_x0000_t202["']""")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?xml\b[^>]*>")
_NUMBERS = re.compile(rb"_x0000_s(\d+)")
_SPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_TYPE = (
    '<v:shapetype{spaces} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_DECLARED = {prefix: f'xmlns:{prefix}="{space}"' for prefix, space in _SPACES.items()}
_EMPTY = (
    f'<xml {" ".join(_DECLARED.values())}><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_BOX = (
    '<v:shape%s id="_x0000_s%d" type="#_x0000_t202" '
    'style="position:absolute;width:%dpx;height:%dpx;z-index:%d;'
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>"
)


def with_boxes(vml: bytes | None, sheet: bytes, texts: Mapping[tuple[int, int], str]) -> bytes:
    """The drawing with a box for each text, by zero-based row and column; one that is there grows if it is too small.

    `sheet` tells how large its cells are. Raises JuesuanError when it gives sizes that are no numbers.
    """
    vml = vml if vml and b"</" in vml else _EMPTY.encode()
    try:
        grid = _Grid(sheet)
    except (KeyError, ValueError, OverflowError) as error:
        raise odd("工作表") from error
    left = dict(texts)

    def fitted(match: re.Match[bytes]) -> bytes:
        text = left.pop(place, None) if (place := _place_of(match[0])) else None
        return match[0] if text is None else _grown(match[0], text, grid)

    vml = _SHAPE.sub(fitted, vml)
    first = max((int(number) for number in _NUMBERS.findall(vml)), default=1024) + 1
    spaces = _undeclared(vml)
    shapes = [] if _RECTANGLE.search(vml) or not left else [_TYPE.format(spaces=spaces)]
    for order, ((row, column), text) in enumerate(sorted(left.items())):
        height = height_for(text)
        anchor = grid.anchor(row, column, WIDTH, height)
        shapes.append(_BOX % (spaces, first + order, WIDTH, height, order + 1, anchor, row, column))
    end = vml.rindex(b"</")
    return b"".join((vml[:end], "".join(shapes).encode(), vml[end:]))


def without_boxes(vml: bytes, places: set[tuple[int, int]]) -> bytes:
    """The drawing without the boxes of the notes at these places."""
    return _SHAPE.sub(lambda match: b"" if _place_of(match[0]) in places else match[0], vml)


def has_shapes(vml: bytes) -> bool:
    return _ANY_SHAPE.search(vml) is not None


def fitting(text: str) -> str:
    """The text, or as much of it as a box shows and where the rest is to be read."""
    if len(text) * 2 * CHARACTER / (WIDTH - MARGIN) + text.count("\n") + 1 <= MOST_LINES:
        return text  # even if every character is a wide one
    if _lines(text, WIDTH) <= MOST_LINES:
        return text
    end = bisect_right(range(len(text)), MOST_LINES - 1, key=lambda end: _lines(text[:end], WIDTH)) - 1
    return text[:end].rstrip() + _REST


def height_for(text: str, width: int = WIDTH) -> int:
    """Of a box of this width in which all of a text is read, in pixels."""
    return (_lines(text, width) + 1) * LINE


def _place_of(shape: bytes) -> tuple[int, int] | None:
    """The cell whose note a shape is the box of."""
    row, column = (pattern.search(shape) for pattern in _AT.values())
    return (int(row[1]), int(column[1])) if _NOTE.search(shape) and row and column else None


def _grown(shape: bytes, text: str, grid: _Grid) -> bytes:
    """The box, at least as large as its text needs; its upper left corner stays."""
    opening, rest = shape[: shape.index(b">")], shape[shape.index(b">") :]
    anchor = _ANCHOR.search(rest)
    edges = [int(number) for number in re.findall(rb"\d+", anchor[2])] if anchor else []
    width, height = grid.size(edges) if len(edges) == 8 else _styled_size(opening)
    if height >= height_for(text, width):
        return shape
    wide = max(width, WIDTH)
    high = max(height, height_for(text, wide))
    sides = {b"width": b"width:%dpx" % wide, b"height": b"height:%dpx" % high}
    opening = _SIZE.sub(lambda match: sides[match[1]], opening)
    if len(edges) == 8:
        rest = _ANCHOR.sub(rb"\g<1>" + grid.stretched(edges, wide, high).encode(), rest, count=1)
    return opening + rest


def _styled_size(opening: bytes) -> tuple[int, int]:
    """Width and height of a box that no anchor ties to cells, as openpyxl writes them."""
    given = {match[1]: float(match[2]) * (4 / 3 if match[3] == b"pt" else 1) for match in _SIZE.finditer(opening)}
    return int(given.get(b"width", 0)), int(given.get(b"height", 0))


def _undeclared(vml: bytes) -> str:
    """What a shape of ours must declare: another program may have bound other prefixes to the same namespaces."""
    root = _ROOT.search(vml)
    known = root[0].decode() if root else ""
    return "".join(f" {name}" for name in _DECLARED.values() if name not in known)


def _lines(text: str, width: int) -> int:
    room = max(width - MARGIN, MARGIN)
    return text_lines(text, room / CHARACTER + 1)


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
        rows = _ROW.findall(sheet, data.first, data.last)
        points = {height: _points(height) for height in {height for _, height in rows}}
        self._heights = {int(row) - 1: points[height] for row, height in rows}

    def anchor(self, row: int, column: int, width: int, height: int) -> str:
        """Left and right edge, top and bottom, as cells and pixels within them: right of the cell, a little higher."""
        return self.stretched([column + 1, 12, max(row - 1, 0), 8], width, height)

    def stretched(self, edges: Sequence[int], width: int, height: int) -> str:
        """The anchor of a box of this size whose left and top edge are the first four of `edges`."""
        left, within, top, below = edges[:4]
        right, over = _along(left, width + within, self._widths, self._width)
        bottom, under = _along(top, height + below, self._heights, self._height)
        return f"{left}, {within}, {top}, {below}, {right}, {over}, {bottom}, {under}"

    def size(self, edges: Sequence[int]) -> tuple[int, int]:
        """Width and height of a box in pixels."""
        left, within, top, below, right, over, bottom, under = edges
        wide = sum(self._widths.get(column, self._width) for column in range(left, min(right, LAST_COLUMN)))
        high = sum(self._heights.get(row, self._height) for row in range(top, min(bottom, top + 400)))
        return wide + over - within, high + under - below


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
