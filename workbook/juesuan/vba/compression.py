"""The compression of streams in a VBA project ([MS-OVBA] 2.4.1), as Excel itself writes it."""

from __future__ import annotations

import struct

CHUNK = 4096
_SHORTEST = 3
"""Shorter repetitions are not worth a token."""


def compressed(data: bytes) -> bytes:
    """`data` as a compressed container; the same data always gives the same bytes."""
    chunks = (_chunk(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK))
    return b"\x01" + b"".join(chunks)


def _chunk(data: bytes) -> bytes:
    body = _tokens(data)
    if len(body) > CHUNK:
        return struct.pack("<H", 0x3000 | (CHUNK - 1)) + data.ljust(CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(body) - 1)) + body


def _tokens(data: bytes) -> bytes:
    """Groups of eight literals or copies, a byte of flags before each."""
    body = bytearray()
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(data):
        flags, group = 0, bytearray()
        for bit in range(8):
            if at >= len(data):
                break
            bits = max(4, (at - 1).bit_length())
            start, length = _earliest_longest(data, at, seen.get(data[at : at + _SHORTEST], ()))
            length = min(length, (0xFFFF >> bits) + _SHORTEST)
            if length >= _SHORTEST:
                flags |= 1 << bit
                group += struct.pack("<H", ((at - start - 1) << (16 - bits)) | (length - _SHORTEST))
            else:
                length = 1
                group.append(data[at])
            for place in range(at, at + length):
                seen.setdefault(data[place : place + _SHORTEST], []).append(place)
            at += length
        body += bytes((flags,)) + group
    return bytes(body)


def _earliest_longest(data: bytes, at: int, candidates: list[int] | tuple[()]) -> tuple[int, int]:
    """Where the longest repetition of what follows `at` begins, the earliest of equals, and its length."""
    best, longest = 0, 0
    for start in candidates:
        length = 0
        while at + length < len(data) and data[start + length] == data[at + length]:
            length += 1
        if length > longest:
            best, longest = start, length
    return best, longest
