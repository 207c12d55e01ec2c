"""What the reader does not tell of cells: which are formulas, with a value or without, and which are errors."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from juesuan.ooxml.extent import is_usual
from juesuan.place import column_number

Doubt = Literal["uncached", "error"]
Computed = dict[tuple[int, int], Doubt | None]
"""Cells (zero-based row and column) with a formula, or with an error value; None where a formula has its value."""

_FORMULA = re.compile(rb"<f[\s/>]")
_PREFIXED_FORMULA = re.compile(rb":f[\s/>]")
_ERROR = rb"""\bt\s*=\s*["']e["']"""
_STRING = rb"""\bt\s*=\s*["']str["']"""
_CELLS_END = b"</sheetData"


def computes(worksheets: Iterable[bytes]) -> bool:
    """Whether any of these worksheets has a formula or an error value at all."""
    return any(
        b'"e"' in xml or b"'e'" in xml or _FORMULA.search(xml) or _PREFIXED_FORMULA.search(xml) for xml in worksheets
    )


def computed_cells(xml: bytes) -> Computed:
    """Those of one worksheet. Raises ExpatError when it is written in an unusual way, and wrongly."""
    return dict(_usual(xml) if is_usual(xml) else _walked(xml))


def _usual(xml: bytes) -> Iterator[tuple[tuple[int, int], Doubt | None]]:
    for cell in xml.partition(_CELLS_END)[0].split(b"<c ")[1:]:
        head, _, body = cell.partition(b">")
        formula = _FORMULA.search(body)
        error = re.search(_ERROR, head)
        if not (error or formula):
            continue
        before, _, result = body.partition(b"<v")
        given = result[:1] == b">" and result[1:2] != b"<"
        late = formula is not None and formula.start() > len(before)
        known = not late and (given or re.search(_STRING, head))
        yield _position(head[3 : head.index(b'"', 3)]), "error" if error else None if known else "uncached"


def _walked(xml: bytes) -> Iterator[tuple[tuple[int, int], Doubt | None]]:
    """By a parser, whatever the prefixes, quotation marks and white space; cells may leave out where they are."""
    from xml.parsers import expat

    walk = _Walk()
    parser = expat.ParserCreate()
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.text
    parser.Parse(xml, True)
    yield from walk.found.items()


class _Walk:
    def __init__(self) -> None:
        self.found: Computed = {}
        self._row = self._column = -1
        self._type = ""
        self._formula = self._late = self._in_value = False
        self._value = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "row":
            self._row, self._column = int(given["r"]) - 1 if "r" in given else self._row + 1, -1
        elif kind == "c":
            self._column += 1
            if "r" in given:
                self._row, self._column = _position(given["r"].encode())
            self._type, self._value = given.get("t", ""), ""
            self._formula = self._late = False
        elif kind == "f":
            self._formula, self._late = True, bool(self._value)
        self._in_value = kind == "v"

    def text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def end(self, tag: str) -> None:
        self._in_value = False
        if tag.rpartition(":")[2] == "c" and (self._formula or self._type == "e"):
            known = not self._late and (self._value or self._type == "str")
            self.found[self._row, self._column] = "error" if self._type == "e" else None if known else "uncached"


def _position(address: bytes) -> tuple[int, int]:
    """b"C12" → (11, 2)."""
    letters = address.rstrip(b"0123456789")
    return int(address[len(letters) :]) - 1, column_number(letters.decode())
