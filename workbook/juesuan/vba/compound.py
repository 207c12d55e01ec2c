"""Compound files ([MS-CFB] version 3): folders and streams in one file, as a VBA project is stored."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TypeAlias

Tree: TypeAlias = "Mapping[str, bytes | Tree]"
"""Streams by name, and folders of them."""

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_FOLDER, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_PER_SECTOR = _SECTOR // 4
_IN_HEADER = 109


class _Entry:
    """A line of the directory; the streams and folders of a folder form a red-black tree below it."""

    def __init__(self, name: str, kind: int, data: bytes = b"") -> None:
        self.name, self.kind, self.data = name, kind, data
        self.start = 0
        self.colour = _BLACK
        self.left = self.right = self.child = _NONE

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        links = (self.left, self.right, self.child)
        head = name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), self.kind, self.colour, *links)
        return head + bytes(36) + struct.pack("<IQ", self.start, len(self.data))


def compound_file(tree: Tree) -> bytes:
    """The file that holds `tree`; the same content always gives the same bytes."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add(entries, 0, tree)
    return _File(entries).packed()


def _add(entries: list[_Entry], parent: int, tree: Tree) -> None:
    names = sorted(tree, key=lambda name: (len(name.encode("utf-16-le")), name.upper()))
    first = len(entries)
    for name in names:
        content = tree[name]
        entries.append(_Entry(name, _STREAM, content) if isinstance(content, bytes) else _Entry(name, _FOLDER))
    depth = len(names).bit_length()
    full = len(names) == (1 << depth) - 1

    def link(low: int, high: int, level: int) -> int:
        """A balanced tree over entries `low` to before `high`; only an incomplete last level is red."""
        if low >= high:
            return _NONE
        middle = (low + high) // 2
        entry = entries[middle]
        entry.colour = _RED if level == depth and not full else _BLACK
        entry.left, entry.right = link(low, middle, level + 1), link(middle + 1, high, level + 1)
        return middle

    entries[parent].child = link(first, first + len(names), 1)
    for place, name in enumerate(names, first):
        content = tree[name]
        if not isinstance(content, bytes):
            _add(entries, place, content)


class _File:
    """Lays the streams out in sectors."""

    def __init__(self, entries: list[_Entry]) -> None:
        self.entries = entries
        self.sectors: list[bytes] = []
        self.chain: list[int] = []

    def packed(self) -> bytes:
        mini, mini_chain = bytearray(), list[int]()
        for entry in self.entries:
            if entry.kind != _STREAM:
                continue
            if len(entry.data) >= _CUTOFF:
                entry.start = self._put(entry.data)
            elif entry.data:
                entry.start, count = len(mini_chain), -(-len(entry.data) // _MINI)
                mini_chain += [*range(entry.start + 1, entry.start + count), _END]
                mini += entry.data.ljust(count * _MINI, b"\0")
            else:
                entry.start = _END
        root = self.entries[0]
        root.data = bytes(mini)
        root.start = self._put(root.data)
        table = struct.pack(f"<{len(mini_chain)}I", *mini_chain)
        table += b"\xff" * (-len(table) % _SECTOR)
        mini_start = self._put(table)
        directory = b"".join(entry.packed() for entry in self.entries)
        empty = bytes(68) + struct.pack("<III", _NONE, _NONE, _NONE) + bytes(48)
        directory_start = self._put(directory + empty * (-len(self.entries) % (_SECTOR // 128)))
        fat_start, count = self._put_chain()
        head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
        head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        starts = (0, count, directory_start, 0, _CUTOFF, mini_start, len(table) // _SECTOR, _END, 0)
        places = [*range(fat_start, fat_start + count)] + [_FREE] * (_IN_HEADER - count)
        head += struct.pack("<9I", *starts) + struct.pack(f"<{_IN_HEADER}I", *places)
        return head + b"".join(self.sectors)

    def _put(self, data: bytes) -> int:
        """Lay `data` into sectors of its own; where it begins."""
        if not data:
            return _END
        first, count = len(self.sectors), -(-len(data) // _SECTOR)
        self.sectors += [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        self.chain += [*range(first + 1, first + count), _END]
        return first

    def _put_chain(self) -> tuple[int, int]:
        """Lay the chain of sectors into sectors, which it must name too: where it begins, and how many they are."""
        count = 1
        while count * _PER_SECTOR < len(self.chain) + count:
            count += 1
        assert count <= _IN_HEADER, "a VBA project of several megabytes"
        first = len(self.sectors)
        self.chain += [_FAT] * count
        self.chain += [_FREE] * (count * _PER_SECTOR - len(self.chain))
        packed = struct.pack(f"<{len(self.chain)}I", *self.chain)
        self.sectors += [packed[at : at + _SECTOR] for at in range(0, len(packed), _SECTOR)]
        return first, count
