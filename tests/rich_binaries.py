"""The parts of the rich workbook that are no text: pictures, printer settings and a container for macros."""

from __future__ import annotations

import struct
import zlib


def parts(macros: bool) -> dict[str, bytes]:
    """By name; the container for macros only with `macros`."""
    found = {
        "xl/media/image1.png": picture(16, 8, b"\x9e\x1b\x32"),
        "xl/media/image2.png": picture(24, 12, b"\x1f\x49\x7d"),
        "xl/media/image3.png": picture(12, 12, b"\xc0\x00\x00"),
        "xl/printerSettings/printerSettings1.bin": printer_settings("HP LaserJet 财务科"),
    }
    return found | ({"xl/vbaProject.bin": compound_file()} if macros else {})


def picture(width: int, height: int, colour: bytes) -> bytes:
    """A PNG of one colour."""
    lines = (b"\x00" + colour * width) * height
    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def printer_settings(printer: str) -> bytes:
    """A DEVMODEW: landscape (2) on A4 (9), with nothing private to the driver."""
    name = printer.encode("utf-16-le").ljust(64, b"\x00")
    fields = struct.pack("<HHHHLhhhh", 0x0401, 0, 220, 0, 0x3, 2, 9, 0, 0)
    return (name + fields).ljust(220, b"\x00")


def compound_file() -> bytes:
    """An OLE file whose storage holds no stream: a header, one sector of allocations, one of the directory."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xLLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    allocations = struct.pack("<LL", 0xFFFFFFFD, _END)
    root = "Root Entry".encode("utf-16-le").ljust(64, b"\x00")
    root += struct.pack("<HBBLLL36xLQ", 22, 5, 1, _NONE, _NONE, _NONE, _END, 0)
    return header.ljust(512, b"\xff") + allocations.ljust(512, b"\xff") + root.ljust(512, b"\x00")


_END, _NONE = 0xFFFFFFFE, 0xFFFFFFFF
