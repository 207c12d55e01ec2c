"""The attachments inside winmail.dat, as Outlook packs them (MS-OXTNEF): names and contents, nothing else."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from juesuan.mailbox.encoded import decoded

SIGNATURE = b"\x78\x9f\x3e\x22"
_BEGIN, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_NAME, _LONG_NAME_8BIT = 0x3707001F, 0x3707001E
_SIZES = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of the values of fixed size, by type."""
_NAMED = 0x8000


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each attachment; what is cut off in the middle is left out."""
    name, content = "", b""
    for level, kind, value in _attributes(data):
        if level != 2:
            continue
        if kind == _BEGIN:
            if content:
                yield name, content
            name, content = "", b""
        elif kind == _TITLE:
            name = name or decoded(value.rstrip(b"\0"), "gb18030")
        elif kind == _DATA:
            content = value
        elif kind == _PROPERTIES:
            name = _long_name(value) or name
    if content:
        yield name, content


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 6
    while at + 9 <= len(data):
        level, kind, _, length = struct.unpack_from("<BHHI", data, at)
        at += 9
        if at + length + 2 > len(data):
            return
        yield level, kind, data[at : at + length]
        at += length + 2


def _long_name(data: bytes) -> str:
    """PR_ATTACH_LONG_FILENAME among the MAPI properties; empty if they do not read as such."""
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(count):
            tag_type, tag_id = struct.unpack_from("<HH", data, at)
            at += 4
            if tag_id >= _NAMED:
                at = _behind_name(data, at)
            values = 1
            if tag_type & 0x1000 or tag_type in (0x1E, 0x1F, 0x102, 0xD):
                (values,) = struct.unpack_from("<I", data, at)
                at += 4
            for _ in range(min(values, len(data))):
                kind = tag_type & 0xFFF
                if kind in _SIZES:
                    at += _SIZES[kind]
                    continue
                (length,) = struct.unpack_from("<I", data, at)
                value = data[at + 4 : at + 4 + length]
                at += 4 + length + -length % 4
                if (tag_id << 16 | tag_type) == _LONG_NAME:
                    return value.decode("utf-16-le", "replace").rstrip("\0")
                if (tag_id << 16 | tag_type) == _LONG_NAME_8BIT:
                    return decoded(value.rstrip(b"\0"), "gb18030")
            if at > len(data):
                return ""
    except struct.error:
        return ""
    return ""


def _behind_name(data: bytes, at: int) -> int:
    """Behind the name of a named property: a GUID, a kind, and an id or a text."""
    (kind,) = struct.unpack_from("<I", data, at + 16)
    if kind == 0:
        return at + 24
    (length,) = struct.unpack_from("<I", data, at + 20)
    return at + 24 + int(length) + -int(length) % 4
