"""The zip package of a workbook: its parts, and what the value reader cannot tell about cells.

Reads the central directory itself: importing `zipfile` costs as much CPU as the whole check, and writing
the package back (`ooxml.archive`) needs the raw entries anyway.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from functools import cached_property
from posixpath import normpath

from juesuan.errors import UnreadableBook
from juesuan.ooxml.computed import Computed, Doubt, computed_cells, computes
from juesuan.record import NamedTuple

NOT_XML = (".png", ".jpeg", ".jpg", ".gif", ".emf", ".wmf", ".bmp", ".tif", ".tiff", ".svg", ".wdp", ".bin", ".dat")
"""Endings of parts that nobody parses."""
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_ATTRIBUTE = rb"""\b(\w+)\s*=\s*["']([^"']*)["']"""
_LONGEST_NUMBER = 10
_ROW_OR_COLUMN = rb"<(?:\w+:)?(row|col)\b([^>]*)"
_HIDDEN = rb"""\bhidden\s*=\s*["'](?:1|true)["']"""


class Entry(NamedTuple):
    """Where one part lies: `offset` of its local header in the data; `record` is its line of the central directory."""

    method: int
    crc: int
    packed: int
    size: int
    offset: int
    record: bytes


class Packed(NamedTuple):
    """The content of a part as it is packed, and what its content is checked by."""

    method: int
    data: bytes
    size: int
    crc: int

    @property
    def unpacked(self) -> bytes:
        """At most one byte more than it should be. Raises zlib.error when it is broken."""
        return self.data if self.method == 0 else zlib.decompressobj(-15).decompress(self.data, self.size + 1)

    @property
    def sound(self) -> bool:
        try:
            content = self.unpacked
        except zlib.error:
            return False
        return self.method in (0, 8) and len(content) == self.size and zlib.crc32(content) == self.crc


class Package:
    """The parts of an OOXML zip held in memory. Raises UnreadableBook when the zip is broken."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.data = data
        self.count = 0
        self.end = self._end()
        self.entries = self._directory()
        self._parts: dict[str, bytes] = {}
        self._looked_at: dict[str, Computed] = {}

    def named(self, part: str) -> str:
        """The name of a part as the zip spells it, but for backslashes: names that differ in case alone are one."""
        return part if part in self.entries else self._spelled.get(part.lower(), part)

    def has(self, part: str) -> bool:
        return self.named(part) in self.entries

    def read(self, part: str) -> bytes:
        """The content of a part; it is kept, since several ask for the same ones."""
        part = self.named(part)
        if part not in self._parts:
            try:
                self._parts[part] = self.packed(part).unpacked
            except zlib.error as error:
                raise self.broken("压缩内容损坏") from error
        return self._parts[part]

    def packed(self, part: str) -> Packed:
        """A part as it lies in the zip."""
        entry = self.entries[self.named(part)]
        try:
            names, extra = struct.unpack_from("<HH", self.data, entry.offset + 26)
        except struct.error as error:
            raise self.broken("压缩内容损坏") from error
        start = entry.offset + 30 + names + extra
        return Packed(entry.method, self.data[start : start + entry.packed], entry.size, entry.crc)

    @cached_property
    def _spelled(self) -> dict[str, str]:
        return {part.lower(): part for part in self.entries}

    def _end(self) -> int:
        """Where the record at the end begins; what looks like one may stand in the comment behind it."""
        last = end = self.data.rfind(_END)
        first = max(len(self.data) - _LONGEST_COMMENT - _END_SIZE, 0)
        while end >= 0 and not self._ends_at(end):
            end = self.data.rfind(_END, first, end)
        return last if end < 0 else end

    def _ends_at(self, end: int) -> bool:
        length = self.data[end + _END_SIZE - 2 : end + _END_SIZE]
        return end + _END_SIZE + int.from_bytes(length, "little") == len(self.data)

    def _directory(self) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        try:
            if self.end < 0:
                raise self.broken("文件不完整")
            self.count, offset = struct.unpack_from("<H4xL", self.data, self.end + 10)
            for _ in range(self.count):
                fields = struct.unpack_from("<4s4xHH4xLLLHHH8xL", self.data, offset)
                signature, flags, method, crc, packed, size, names, extra, comment, header = fields
                if signature != b"PK\x01\x02":
                    raise self.broken("文件目录损坏")
                record = self.data[offset : offset + 46 + names + extra + comment]
                raw = record[46 : 46 + names]
                name = raw.decode("utf-8" if raw.isascii() or flags & 0x800 else "cp437", "replace").replace("\\", "/")
                entries[name] = Entry(method, crc, packed, size, header, record)
                offset += len(record)
        except struct.error as error:
            raise self.broken("文件目录损坏") from error
        return entries

    def broken(self, why: str) -> UnreadableBook:
        return UnreadableBook(
            f"“{self.name}”已损坏（{why}），可能没有传完。请重新取得该文件，或用 Excel、WPS 打开后另存一份。"
        )

    @cached_property
    def sheet_parts(self) -> dict[str, str]:
        """Worksheet name → part, from the workbook's own list."""
        from xml.etree import ElementTree

        try:
            relations = ElementTree.fromstring(self.read("xl/_rels/workbook.xml.rels"))
            targets = {entry.get("Id"): entry.get("Target", "") for entry in relations}
            workbook = ElementTree.fromstring(self.read("xl/workbook.xml"))
        except (ElementTree.ParseError, KeyError):
            return {}
        parts = {}
        for sheet in workbook.iter():
            if sheet.tag.endswith("}sheet"):
                identity = next((value for key, value in sheet.items() if key.endswith("}id")), None)
                target = targets.get(identity, "")
                part = normpath(target[1:] if target.startswith("/") else f"xl/{target}".replace("\\", "/"))
                parts[sheet.get("name", "")] = self.named(part)
        return parts

    def doubts(self, sheet: str) -> dict[tuple[int, int], Doubt]:
        """Cells that read as blank but are not: formulas without a cached value, and error values."""
        return {place: doubt for place, doubt in self._computed_cells(sheet).items() if doubt}

    def formulas(self, sheet: str) -> set[tuple[int, int]]:
        """Cells (zero-based row and column) whose value a formula gave."""
        return {place for place, doubt in self._computed_cells(sheet).items() if doubt is None}

    @cached_property
    def _computes(self) -> bool:
        return computes(self.worksheets.values())

    def knows(self, computed: Mapping[str, Computed]) -> None:
        """Take what is computed on worksheets from elsewhere, where their XML does not tell it."""
        self._looked_at |= computed

    def _computed_cells(self, sheet: str) -> Computed:
        if sheet not in self._looked_at:
            self._looked_at[sheet] = self._found_on(sheet) if self._computes else {}
        return self._looked_at[sheet]

    def _found_on(self, sheet: str) -> Computed:
        from xml.parsers.expat import ExpatError

        try:
            return computed_cells(self.worksheets.get(self.sheet_parts.get(sheet, ""), b""))
        except (ExpatError, ValueError) as error:
            raise self.broken("内容不完整") from error

    @cached_property
    def worksheets(self) -> dict[str, bytes]:
        """The XML of every worksheet part, wherever the zip keeps it."""
        parts = [part for part in self.entries if part.startswith("xl/") and not part.lower().endswith(NOT_XML)]
        return {part: xml for part in parts if b"sheetData" in (xml := self.read(part))}

    def hidden(self) -> list[tuple[str, str, int]]:
        """(worksheet, 行 or 列, zero-based index) of every hidden row and first column of a hidden run."""
        texts = self.worksheets
        if not any(b"hidden=" in text for text in texts.values()):
            return []
        found = []
        for name, part in self.sheet_parts.items():
            for tag in re.finditer(_ROW_OR_COLUMN, texts.get(part, b"")):
                if not re.search(_HIDDEN, tag[2]):
                    continue
                attributes = dict(re.findall(_ATTRIBUTE, tag[2]))
                kind, index = ("行", b"r") if tag[1] == b"row" else ("列", b"min")
                number = attributes.get(index, b"1")
                if number.isdigit() and len(number) < _LONGEST_NUMBER:
                    found.append((name, kind, int(number) - 1))
        return found

    @property
    def links_elsewhere(self) -> bool:
        """Whether the workbook takes values from other workbooks or programs."""
        return any(part.startswith("xl/externalLinks/") for part in self.entries)
