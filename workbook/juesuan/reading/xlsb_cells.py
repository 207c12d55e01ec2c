"""What the reader does not tell of an .xlsb: formulas, error values, what is hidden and merged.

A BIFF12 part is a row of records, each with its kind and length in front, seven bits a byte ([MS-XLSB]).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from posixpath import normpath
from xml.etree import ElementTree

from juesuan.ooxml.package import Package
from juesuan.reading.values import SheetValues

_ROW, _ERROR, _FORMULA_ERROR, _COLUMN, _SHEET, _MERGE = 0, 3, 11, 60, 156, 176
_FORMULAS = (8, 9, 10)
_HIDDEN_ROW = 0x10
_MOST_COLUMNS = 16_384


def with_cells(sheets: list[SheetValues], data: bytes) -> list[SheetValues]:
    """`sheets` with their computed cells, hidden rows and columns, and merged areas."""
    package = Package(data, "")
    parts = dict(_parts(package))
    return [
        _looked_at(sheet, package.read(part)) if (part := parts.get(sheet.name)) and package.has(part) else sheet
        for sheet in sheets
    ]


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(content):
        kind, position = _number(content, position, 2)
        length, position = _number(content, position, 4)
        yield kind, content[position : position + length]
        position += length


def _number(content: bytes, position: int, most: int) -> tuple[int, int]:
    """A number of at most `most` bytes, and where it ends."""
    number = 0
    for place, byte in enumerate(content[position : position + most]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, position + place + 1
    return number, position + most


def _parts(package: Package) -> Iterator[tuple[str, str]]:
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.bin.rels"))
    targets = {entry.get("Id"): entry.get("Target", "") for entry in relations}
    for kind, body in _records(package.read("xl/workbook.bin")):
        if kind == _SHEET:
            identity, end = _text(body, 8)
            target = targets.get(identity, "")
            yield _text(body, end)[0], normpath(target[1:] if target.startswith("/") else f"xl/{target}")


def _text(body: bytes, position: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<L", body, position)
    end = position + 4 + 2 * length
    return body[position + 4 : end].decode("utf-16-le", "replace"), end


def _looked_at(sheet: SheetValues, content: bytes) -> SheetValues:
    computed, rows, columns, merges, row = dict(sheet.computed), set(), set(), dict(sheet.merges), 0
    for kind, body in _records(content):
        if kind == _ROW and len(body) >= 12:
            (row,) = struct.unpack_from("<L", body)
            if body[11] & _HIDDEN_ROW:
                rows.add(row)
        elif kind in (_ERROR, _FORMULA_ERROR) and len(body) >= 4:
            computed[row, struct.unpack_from("<L", body)[0]] = "error"
        elif kind in _FORMULAS and len(body) >= 4:
            computed[row, struct.unpack_from("<L", body)[0]] = None
        elif kind == _COLUMN and len(body) >= 18 and body[16] & 1:
            first, last = struct.unpack_from("<LL", body)
            columns |= set(range(first, min(last, _MOST_COLUMNS - 1) + 1))
        elif kind == _MERGE and len(body) >= 16:
            top, bottom, left, right = struct.unpack_from("<LLLL", body)
            merges[top, left] = bottom, right
    return sheet._replace(computed=computed, hidden_rows=rows, hidden_columns=columns, merges=merges)
