"""Write a workbook's values as an .xlsb, the least that Excel's binary format needs ([MS-XLSB])."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl

from hostile.kind import zipped

_ROW, _ERROR, _BOOL, _REAL, _TEXT, _FORMULA, _FORMULA_ERROR = 0, 3, 4, 5, 6, 9, 11
_BEGIN_SHEET, _END_SHEET, _BEGIN_BOOK, _END_BOOK = 129, 130, 131, 132
_BEGIN_SHEETS, _END_SHEETS, _BEGIN_DATA, _END_DATA, _SHEET = 143, 144, 145, 146, 156
_MERGE, _BEGIN_MERGES, _END_MERGES = 176, 177, 178
_MAIN = "application/vnd.ms-excel"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Computed:
    """A cell whose value a formula gave; an error where it has none."""

    def __init__(self, value: float | None) -> None:
        self.value = value


def as_xlsb(path: Path) -> bytes:
    """The values of a workbook."""
    file = openpyxl.load_workbook(path, data_only=True)
    return written({sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in file})


def written(sheets: dict[str, list[list[Any]]], merge: tuple[int, int, int, int] | None = None) -> bytes:
    """An .xlsb with these worksheets; None is a blank cell. `merge`: first and last row, first and last column."""
    listed = b"".join(
        _record(_SHEET, struct.pack("<LL", 0, number) + _wide(f"rId{number}") + _wide(name))
        for number, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.bin"/>'
        for number in range(1, len(sheets) + 1)
    )
    types = f'<Default Extension="bin" ContentType="{_MAIN}.sheet.binary.macroEnabled.main"/>'
    package = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": _relations(
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.bin"/>'
        ),
        "xl/workbook.bin": _record(_BEGIN_BOOK)
        + _record(_BEGIN_SHEETS)
        + listed
        + _record(_END_SHEETS)
        + _record(_END_BOOK),
        "xl/_rels/workbook.bin.rels": _relations(related),
    }
    for number, rows in enumerate(sheets.values(), 1):
        package[f"xl/worksheets/sheet{number}.bin"] = b"".join(_sheet(rows, merge))
    return zipped(package)


def _relations(entries: str) -> bytes:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'.encode()


def _sheet(rows: Iterable[list[Any]], merge: tuple[int, int, int, int] | None) -> Iterator[bytes]:
    yield _record(_BEGIN_SHEET) + _record(148, struct.pack("<LLLL", 0, 999, 0, 99)) + _record(_BEGIN_DATA)
    for number, row in enumerate(rows):
        yield _record(_ROW, struct.pack("<LLHBBBL", number, 0, 300, 0, 0, 0, 0))
        for column, value in enumerate(row):
            if value is not None:
                kind, content = _cell(value)
                yield _record(kind, struct.pack("<LL", column, 0) + content)
    yield _record(_END_DATA)
    if merge:
        yield _record(_BEGIN_MERGES, struct.pack("<L", 1)) + _record(_MERGE, struct.pack("<LLLL", *merge))
        yield _record(_END_MERGES)
    yield _record(_END_SHEET)


def _cell(value: Any) -> tuple[int, bytes]:
    match value:
        case Computed(value=None):
            return _FORMULA_ERROR, b"\x07" + bytes(10)
        case Computed():
            return _FORMULA, struct.pack("<d", value.value) + bytes(10)
        case bool():
            return _BOOL, bytes([value])
        case int() | float():
            return _REAL, struct.pack("<d", value)
    return _TEXT, _wide(str(value))


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(content)
    size = b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + size + content
