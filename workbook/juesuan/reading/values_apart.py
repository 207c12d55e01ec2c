"""Reading values in a process of its own: every format but .xlsx, and every .xlsx that is large or oddly written.

Run as a module it is that process: it opens envelopes that open without a password, reads, and looks up what
the reader does not tell of cells.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Collection
from typing import Any
from xml.parsers.expat import ExpatError

from juesuan.apart import Message, ask_once, serve
from juesuan.errors import UnreadableBook
from juesuan.reading.kinds import Kind
from juesuan.reading.values import SheetValues, broken, locked, read_values

MODULE = "juesuan.reading.values_apart"
DEFAULT_PASSWORD = "VelvetSweatshop"
"""With this Excel encrypts where only the structure is protected, and opens without asking."""
MOST_CELLS = 4_000_000
"""Of all worksheets together, blanks between others among them."""
MOST_TEXT = 16_000_000
"""Characters in all cells together."""
_BROKEN = (ExpatError, struct.error, LookupError, OSError, SyntaxError, ValueError)
"""What the libraries for these formats raise over broken content."""


def ask_values(
    data: bytes, name: str, kind: Kind, skip: Collection[str] = (), *, apart: bool = True
) -> list[SheetValues]:
    """`read_values`, and for other kinds than .xlsx what it does not tell. Raises UnreadableBook."""
    if not apart:
        return _read(data, name, kind, skip)
    _, answer = ask_once(MODULE, {"do": "read", "name": name, "kind": kind, "skip": list(skip)}, data)
    sheets: list[dict[str, Any]] = json.loads(answer, object_hook=_untagged)
    return [
        SheetValues(
            sheet["name"],
            sheet["visible"],
            sheet["top"],
            sheet["left"],
            sheet["rows"],
            {(top, left): (bottom, right) for top, left, bottom, right in sheet["merges"]},
            {(row, column): doubt for row, column, doubt in sheet["computed"]},
            frozenset(sheet["hidden_rows"]),
            frozenset(sheet["hidden_columns"]),
        )
        for sheet in sheets
    ]


def opened(data: bytes, name: str, *, apart: bool = True) -> bytes:
    """The workbook in an encrypted envelope, if it opens without being asked for a password."""
    if not apart:
        return _decrypted(data, name)
    return ask_once(MODULE, {"do": "open", "name": name}, data)[1]


def _answer(request: dict[str, Any], data: bytes) -> Message:
    name = request["name"]
    if request["do"] == "open":
        return {}, _decrypted(data, name)
    sheets = _read(data, name, request["kind"], request["skip"])
    plain = [
        sheet._asdict()
        | {
            "merges": [(*first, *last) for first, last in sheet.merges.items()],
            "computed": [(*place, doubt) for place, doubt in sheet.computed.items()],
            "hidden_rows": list(sheet.hidden_rows),
            "hidden_columns": list(sheet.hidden_columns),
        }
        for sheet in sheets
    ]
    return {}, json.dumps(plain, default=_tagged, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _read(data: bytes, name: str, kind: Kind, skip: Collection[str]) -> list[SheetValues]:
    sheets = _with_cells(data, name, kind, skip)
    values = [value for sheet in sheets for row in sheet.rows or () for value in row]
    if len(values) > MOST_CELLS or sum(len(value) for value in values if isinstance(value, str)) > MOST_TEXT:
        raise UnreadableBook(f"“{name}”没有读：各格的内容合计太多，不像决算表。请删去多余的内容后再核对。")
    return sheets


def _with_cells(data: bytes, name: str, kind: Kind, skip: Collection[str]) -> list[SheetValues]:
    try:
        sheets = read_values(data, name, skip)
    except UnreadableBook:
        if kind != "xls":
            raise
        data = _decrypted(data, name)
        sheets = read_values(data, name, skip)
    if kind == "xls":
        from juesuan.reading.xls_cells import with_cells
    elif kind == "xlsb":
        from juesuan.reading.xlsb_cells import with_cells
    elif kind == "ods":
        from juesuan.reading.ods_cells import with_cells
    else:
        return sheets
    try:
        return with_cells(sheets, data)
    except _BROKEN as error:
        raise broken(name) from error


def _decrypted(data: bytes, name: str) -> bytes:
    """`data` without the encryption of the default password. Raises UnreadableBook where that does not open it."""
    import msoffcrypto  # type: ignore[import-untyped]
    from msoffcrypto.exceptions import (  # type: ignore[import-untyped]
        DecryptionError,
        FileFormatError,
        ParseError,
    )

    clear = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        file.load_key(password=DEFAULT_PASSWORD)
        file.decrypt(clear)
    except DecryptionError as error:
        raise locked(name) from error
    except (FileFormatError, ParseError, *_BROKEN) as error:
        raise broken(name) from error
    return clear.getvalue()


def _tagged(value: Any) -> dict[str, Any]:
    """Dates and times as JSON has none."""
    from datetime import timedelta

    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    return {type(value).__name__: value.isoformat()}


def _untagged(entry: dict[str, Any]) -> Any:
    if len(entry) != 1:
        return entry
    import datetime

    ((kind, value),) = entry.items()
    return datetime.timedelta(seconds=value) if kind == "timedelta" else getattr(datetime, kind).fromisoformat(value)


if __name__ == "__main__":
    serve(_answer)
