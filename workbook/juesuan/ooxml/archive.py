"""Write a package back: changed and new parts packed anew, every other zip entry copied as it lies in the file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from juesuan.errors import JuesuanError
from juesuan.ooxml.package import Entry, Package, Packed

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")
_ENCRYPTED, _DESCRIBED, _UTF8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_FAST = 1
"""Half the time of the usual level for a tenth more room; Excel packs the same way."""
_SMALL = 512
"""Bytes up to which a part is stored: to pack it saves little and takes as long as to pack a large one."""
_FOUR_GIB = 0xFFFFFFFF
_BORN = (0, 33)
"""Time and date of a new part: midnight of 1980-01-01, so that the same content always gives the same bytes."""


class Dense(bytes):
    """A content that to pack saves little, such as base64 of what is packed: it is stored."""


class _Central(NamedTuple):
    """A line of the central directory, before its name."""

    signature: bytes
    made_by: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name: int
    extra: int
    comment: int
    disk: int
    internal: int
    external: int
    offset: int


def rewritten(package: Package, parts: Mapping[str, bytes | Packed | None]) -> bytes:
    """The package with `parts` replaced, added, or, if None, left out; the same input always gives the same bytes.

    Raises JuesuanError for what cannot be copied faithfully: zip64, encrypted entries, entries of one name.
    """
    end = package.data.rfind(b"PK\x05\x06")
    count, comment = struct.unpack_from("<H8xH", package.data, end + 10)
    if package.data[end - 20 : end - 16] == b"PK\x06\x07" or count != len(package.entries):
        raise _not_copied(package, "压缩格式特殊")
    body: list[bytes] = []
    directory: list[bytes] = []
    position = 0
    for name, entry in package.entries.items():
        record = _Central(*_CENTRAL.unpack_from(entry.record))
        if record.flags & _ENCRYPTED or _FOUR_GIB in (record.packed, record.size, record.offset):
            raise _not_copied(package, "压缩格式特殊")
        if name in parts:
            content = parts[name]
            if content is None:
                continue
            raw = entry.record[_CENTRAL.size : _CENTRAL.size + record.name]
            packed, line = _packed(raw, content, record)
        else:
            packed, line = _as_it_lies(package, entry, record), entry.record
        directory.append(_moved(line, position))
        body.append(packed)
        position += len(packed)
    new = {name: content for name, content in parts.items() if content is not None and not package.has(name)}
    for name, content in sorted(new.items()):
        packed, line = _packed(name.encode(), content, None)
        directory.append(_moved(line, position))
        body.append(packed)
        position += len(packed)
    lines = b"".join(directory)
    closing = package.data[end + _END.size : end + _END.size + comment]
    number = len(directory)
    last = _END.pack(b"PK\x05\x06", 0, 0, number, number, len(lines), position, len(closing))
    return b"".join((*body, lines, last, closing))


def _as_it_lies(package: Package, entry: Entry, record: _Central) -> bytes:
    """Local header, packed content and, where there is one, the data descriptor behind it."""
    data, start = package.data, entry.offset
    if data[start : start + 4] != b"PK\x03\x04" or start + _LOCAL.size > len(data):
        raise _not_copied(package, "文件目录损坏")
    *_, name, extra = _LOCAL.unpack_from(data, start)
    end = start + _LOCAL.size + name + extra + record.packed
    if record.flags & _DESCRIBED:
        described = struct.pack("<LLL", record.crc, record.packed, record.size)
        behind = next((text for text in (b"PK\x07\x08" + described, described) if data.startswith(text, end)), None)
        if behind is None:
            raise _not_copied(package, "压缩格式特殊")
        end += len(behind)
    return data[start:end]


def _packed(name: bytes, content: bytes | Packed, old: _Central | None) -> tuple[bytes, bytes]:
    """A part packed, unless it already is, and its line of the directory, dated and marked as the part it replaces."""
    if not isinstance(content, Packed):
        content = _pressed(content)
    flags = old.flags & _UTF8 if old else 0 if name.isascii() else _UTF8
    time, date = (old.time, old.date) if old else _BORN
    sizes = content.crc, len(content.data), content.size
    common = (20, flags, content.method, time, date, *sizes, len(name), 0)
    made_by, internal, external = (old.made_by, old.internal, old.external) if old else (20, 0, 0)
    line = _CENTRAL.pack(b"PK\x01\x02", made_by, *common, 0, 0, internal, external, 0) + name
    return _LOCAL.pack(b"PK\x03\x04", *common) + name + content.data, line


def _pressed(content: bytes) -> Packed:
    size, crc = len(content), zlib.crc32(content)
    if size <= _SMALL or isinstance(content, Dense):
        return Packed(_STORED, content, size, crc)
    press = zlib.compressobj(_FAST, zlib.DEFLATED, -15)
    return Packed(_DEFLATED, press.compress(content) + press.flush(), size, crc)


def _moved(line: bytes, position: int) -> bytes:
    """The line of an entry that now lies at `position`."""
    return line[: _CENTRAL.size - 4] + struct.pack("<L", position) + line[_CENTRAL.size :]


def _not_copied(package: Package, why: str) -> JuesuanError:
    return JuesuanError(f"“{package.name}”不能原样改写（{why}）。请用 Excel 或 WPS 打开后另存一份再试。")
