"""What the reader does not tell of an .xls: which cells formulas gave, which are error values, what is hidden.

A BIFF8 stream is a row of records, each with its kind and length in front ([MS-XLS]).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from juesuan.reading.values import SheetValues

_BOF, _EOF, _SHEET, _FORMULA, _BOOL_OR_ERROR, _ROW, _COLUMNS = 0x809, 0x0A, 0x85, 0x06, 0x205, 0x208, 0x7D
_ERROR_RESULT = 2
_ON_LOAD = 0x2
_HIDDEN_ROW = 0x20
_MOST_COLUMNS = 256


def with_cells(sheets: list[SheetValues], data: bytes) -> list[SheetValues]:
    """`sheets` with their computed cells, hidden rows and columns."""
    stream = _stream(data)
    starts = dict(_starts(stream))
    return [_looked_at(sheet, stream, starts[sheet.name]) if sheet.name in starts else sheet for sheet in sheets]


def _stream(data: bytes) -> bytes:
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        name = "Workbook" if file.exists("Workbook") else "Book"
        content: bytes = file.openstream(name).read()
    return content


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """The records of the part that begins at `position`, without those of charts within it."""
    depth = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[position + 4 : position + 4 + length]
        elif depth <= 0:
            return
        position += 4 + length


def _starts(stream: bytes) -> Iterator[tuple[str, int]]:
    for kind, body in _records(stream, 0):
        if kind == _SHEET and len(body) > 8:
            start, _, _, length, wide = struct.unpack_from("<LBBBB", body)
            text = body[8 : 8 + length * (1 + (wide & 1))]
            yield text.decode("utf-16-le" if wide & 1 else "latin-1", "replace"), start


def _looked_at(sheet: SheetValues, stream: bytes, start: int) -> SheetValues:
    computed, rows, columns = dict(sheet.computed), set(), set()
    for kind, body in _records(stream, start):
        if kind == _FORMULA and len(body) >= 16:
            row, column = struct.unpack_from("<HH", body)
            result, (flags,) = body[6:14], struct.unpack_from("<H", body, 14)
            special = result[6:] == b"\xff\xff"
            if special and result[0] == _ERROR_RESULT:
                computed[row, column] = "error"
            elif flags & _ON_LOAD and not any(result):
                computed[row, column] = "uncached"
                _blank(sheet, row, column)
            else:
                computed[row, column] = None
        elif kind == _BOOL_OR_ERROR and len(body) >= 8 and body[7]:
            computed[struct.unpack_from("<HH", body)] = "error"
        elif kind == _ROW and len(body) >= 16 and body[12] & _HIDDEN_ROW:
            rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLUMNS and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            columns |= set(range(first, min(last, _MOST_COLUMNS - 1) + 1))
    return sheet._replace(computed=computed, hidden_rows=rows, hidden_columns=columns)


def _blank(sheet: SheetValues, row: int, column: int) -> None:
    """The 0 that a program wrote in place of a result it did not compute is no amount."""
    if sheet.rows and 0 <= row - sheet.top < len(sheet.rows) and 0 <= column - sheet.left < len(sheet.rows[0]):
        sheet.rows[row - sheet.top][column - sheet.left] = ""
