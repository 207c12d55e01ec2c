"""Draw what a command prints in a terminal as an SVG of plain text, with whatever fonts the reader has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

SIZE, LEADING = 15, 25
WIDTH, MARGIN, TITLE_BAR = 1060, 26, 38
LONGEST = 27
"""Lines shown at most; output is cut where a printed line ends."""

CLOSING = frozenset("，。；：、）”」】")
INK, GREY = "#24292f", "#6e7781"
COLOURS = {"【错误】": "#c00000", "【核实】": "#9a6700", "【提示】": "#0b5cad"}


class Piece(NamedTuple):
    """A line as drawn: how far indented in pixels, the mark at its head, and its text."""

    indent: float
    mark: str
    text: str
    colour: str = INK
    bold: bool = False


def picture(command: str, output: str) -> str:
    """The SVG of `command` at a prompt and the first lines of its `output`."""
    pieces = [Piece(0, "", f"$ {command}", GREY)]
    for line in output.splitlines():
        added = list(_pieces(line))
        if len(pieces) + len(added) > LONGEST:
            pieces.append(Piece(0, "", "……（以下略）", GREY))
            break
        pieces += added
    height = TITLE_BAR + LEADING * len(pieces) + MARGIN
    drawn = "\n".join(_text(order, piece) for order, piece in enumerate(pieces))
    dots = "".join(f'<circle cx="{22 + 20 * order}" cy="19" r="6" fill="#d0d7de"/>' for order in range(3))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">
<title>{escape(command)}</title>
<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
<path d="M0.5 {TITLE_BAR}.5H{WIDTH - 0.5}" stroke="#d0d7de"/>{dots}
<g font-family="monospace, sans-serif" font-size="{SIZE}">
{drawn}
</g>
</svg>
"""


def _pieces(line: str) -> Iterator[Piece]:
    """A printed line, wrapped; what does not fit hangs below its text, to the right of its mark."""
    bare = line.lstrip()
    mark = next((mark for mark in COLOURS if bare.startswith(mark)), "")
    indent = SIZE * (0.5 * (len(line) - len(bare)) + len(mark))
    for order, text in enumerate(_wrapped(bare.removeprefix(mark), WIDTH - 2 * MARGIN - indent)):
        yield Piece(indent, "" if order else mark, text, bold=bare.startswith("结论"))


def _wrapped(text: str, width: float) -> Iterator[str]:
    """Pieces no wider than `width`; none begins with closing punctuation or tears a number or code apart."""
    line = ""
    for word in re.findall(r"[\x21-\x7e]+|.", text):
        if _width(line + word) > width and word not in CLOSING:
            yield line
            line = ""
        line += word
    yield line


def _width(text: str) -> float:
    return sum(SIZE if unicodedata.east_asian_width(char) in "WFA" else 0.61 * SIZE for char in text)


def _text(order: int, piece: Piece) -> str:
    y = TITLE_BAR + LEADING * (order + 1)
    drawn = _words(MARGIN + piece.indent, y, piece.text, piece.colour, piece.bold)
    if piece.mark:
        drawn += _words(MARGIN + piece.indent - SIZE * len(piece.mark), y, piece.mark, COLOURS[piece.mark], True)
    return drawn


def _words(x: float, y: float, text: str, colour: str, bold: bool) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}"{weight}>{escape(text)}</text>'
