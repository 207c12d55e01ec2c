"""The zip package of a workbook: its parts, and what the value reader cannot tell about cells.

Reads the central directory itself: importing `zipfile` costs as much CPU as the whole check, and writing
the package back (`excel.archive`) needs the raw entries anyway.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple

from juesuan.errors import UnreadableBook

LAST_ROW = 20_000
_FORMULA_OR_ERROR = (b"<f>", b"<f ", b":f>", b":f ", b't="e"')
LARGEST_PART = 200 * 1024 * 1024
_CELL = rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)"
_ATTRIBUTE = rb'\b(\w+)\s*=\s*"([^"]*)"'
_HIDDEN = rb'<(?:\w+:)?(row|col)\b[^>]*?\bhidden="(?:1|true)"[^>]*>'

Doubt = Literal["uncached", "error"]


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
        """Raises zlib.error when it is broken."""
        return self.data if self.method == 0 else zlib.decompressobj(-15).decompress(self.data, LARGEST_PART)

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
        self.entries = self._directory()
        self._looked_at: dict[str, dict[tuple[int, int], Doubt | None]] = {}

    def has(self, part: str) -> bool:
        return part in self.entries

    def read(self, part: str) -> bytes:
        if self.entries[part].size > LARGEST_PART:
            raise self._broken("内容过大")
        try:
            return self.packed(part).unpacked
        except zlib.error as error:
            raise self._broken("压缩内容损坏") from error

    def packed(self, part: str) -> Packed:
        """A part as it lies in the zip."""
        entry = self.entries[part]
        try:
            names, extra = struct.unpack_from("<HH", self.data, entry.offset + 26)
        except struct.error as error:
            raise self._broken("压缩内容损坏") from error
        start = entry.offset + 30 + names + extra
        return Packed(entry.method, self.data[start : start + entry.packed], entry.size, entry.crc)

    def _directory(self) -> dict[str, Entry]:
        end = self.data.rfind(b"PK\x05\x06")
        entries: dict[str, Entry] = {}
        try:
            if end < 0:
                raise self._broken("文件不完整")
            count, offset = struct.unpack_from("<H4xL", self.data, end + 10)
            for _ in range(count):
                fields = struct.unpack_from("<4s4xHH4xLLLHHH8xL", self.data, offset)
                signature, flags, method, crc, packed, size, names, extra, comment, header = fields
                if signature != b"PK\x01\x02":
                    raise self._broken("文件目录损坏")
                record = self.data[offset : offset + 46 + names + extra + comment]
                raw = record[46 : 46 + names]
                name = raw.decode("utf-8" if raw.isascii() or flags & 0x800 else "cp437", "replace")
                entries[name] = Entry(method, crc, packed, size, header, record)
                offset += len(record)
        except struct.error as error:
            raise self._broken("文件目录损坏") from error
        return entries

    def _broken(self, why: str) -> UnreadableBook:
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
                parts[sheet.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
        return parts

    def doubts(self, sheet: str) -> dict[tuple[int, int], Doubt]:
        """Cells that read as blank but are not: formulas without a cached value, and error values."""
        return {place: doubt for place, doubt in self._computed_cells(sheet).items() if doubt}

    def formulas(self, sheet: str) -> set[tuple[int, int]]:
        """Cells (zero-based row and column) whose value a formula gave."""
        return {place for place, doubt in self._computed_cells(sheet).items() if doubt is None}

    @cached_property
    def _computes(self) -> bool:
        """Whether any worksheet has a formula or an error value at all."""
        return any(mark in xml for xml in self.worksheets.values() for mark in _FORMULA_OR_ERROR)

    def _computed_cells(self, sheet: str) -> dict[tuple[int, int], Doubt | None]:
        if sheet not in self._looked_at:
            self._looked_at[sheet] = dict(self._formulas_and_errors(sheet))
        return self._looked_at[sheet]

    def _formulas_and_errors(self, sheet: str) -> Iterator[tuple[tuple[int, int], Doubt | None]]:
        """Cells with a formula, or with an error value; None where a formula has its value."""
        if not self._computes:
            return
        for cell in re.finditer(_CELL, self.worksheets.get(self.sheet_parts.get(sheet, ""), b""), re.S):
            attributes = dict(re.findall(_ATTRIBUTE, cell[1]))
            body = cell[2] or b""
            if b"r" not in attributes:
                continue
            if attributes.get(b"t") == b"e":
                yield _position(attributes[b"r"]), "error"
            elif re.search(rb"<(?:\w+:)?f\b", body):
                value = rb"<(?:\w+:)?v(?:>|/>)" if attributes.get(b"t") == b"str" else rb"<(?:\w+:)?v>[^<]"
                yield _position(attributes[b"r"]), None if re.search(value, body) else "uncached"

    @cached_property
    def worksheets(self) -> dict[str, bytes]:
        """The XML of every worksheet part."""
        parts = [part for part in self.entries if part.startswith("xl/worksheets/") and part.endswith(".xml")]
        return {part: self.read(part) for part in parts}

    def oversized_sheets(self) -> tuple[str, ...]:
        """Worksheets with a cell so far out that their area must not be held in memory."""
        far = {part for part, xml in self.worksheets.items() if _reaches_far(xml)}
        return tuple(name for name, part in self.sheet_parts.items() if part in far) if far else ()

    def hidden(self) -> list[tuple[str, str, int]]:
        """(worksheet, 行 or 列, zero-based index) of every hidden row and first column of a hidden run."""
        texts = self.worksheets
        if not any(b"hidden=" in text for text in texts.values()):
            return []
        found = []
        for name, part in self.sheet_parts.items():
            for tag in re.finditer(_HIDDEN, texts.get(part, b"")):
                attributes = dict(re.findall(_ATTRIBUTE, tag[0]))
                kind, index = ("行", b"r") if tag[1] == b"row" else ("列", b"min")
                found.append((name, kind, int(attributes.get(index, b"1")) - 1))
        return found

    @property
    def links_elsewhere(self) -> bool:
        """Whether the workbook takes values from other workbooks or programs."""
        return any(part.startswith("xl/externalLinks/") for part in self.entries)


def _reaches_far(xml: bytes) -> bool:
    """Whether a worksheet's last cell lies below LAST_ROW, or any beyond the two-letter columns."""
    last = xml[xml.rfind(b' r="') + 4 :].partition(b'"')[0]
    if last.isdigit():  # a row without cells, as LibreOffice leaves at the end of a sheet
        last = max(re.findall(rb' r="[A-Z]+(\d+)"', xml), key=int, default=b"0")
    row = last.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return (row.isdigit() and int(row) > LAST_ROW) or re.search(rb' r="[A-Z]{3}', xml) is not None


def _position(address: bytes) -> tuple[int, int]:
    """b"C12" → (11, 2)."""
    letters = address.rstrip(b"0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return int(address[len(letters) :]) - 1, column - 1
