"""Draw docs/images/*.png: sheets of the samples as LibreOffice prints them, side by side.

Needs soffice and pdftoppm (libreoffice-calc, poppler-utils, fonts-noto-cjk) and no further Python package. Run it
after the samples changed; the picture of the terminal is made by generate.py.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SAMPLES, PICTURES = ROOT / "samples", ROOT / "docs" / "images"
BODY = "栏次"
"""A word that every page of a form has, and 核对结果 has not."""


RESOLUTION = 96
MARGIN, GAP = 26, 10
WHITE, GREY = b"\xff" * 3, b"\xd0\xd7\xde"
LARGEST = 400_000
"""Bytes; a README should not be slow to open."""

FONTS = """<?xml version="1.0"?>
<fontconfig>
<include>/etc/fonts/fonts.conf</include>
{}
</fontconfig>
""".format(
    "".join(
        f"""<match target="pattern">
<test name="family"><string>{font}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Serif CJK SC</string></edit>
</match>"""
        for font in ("宋体", "仿宋", "楷体", "方正小标宋简体")
    )
)
"""The forms and texts are set in fonts that only Windows has."""


class Image(NamedTuple):
    """Rows of RGB bytes, all of one length."""

    rows: tuple[bytes, ...]

    @property
    def width(self) -> int:
        return len(self.rows[0]) // 3


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        marked = folder / "标注.xlsx"
        run(sys.executable, "-m", "juesuan", "mark", str(SAMPLES / "焦作2024-有误.xlsx"), "-o", str(marked))
        draw("焦作2024.png", printed(SAMPLES / "焦作2024.xlsx", folder), [("公开01表", BODY), ("公开03表", BODY)])
        whole = folder / "公开件.docx"
        supplemented = SAMPLES / "焦作2024-补充资料.xlsx"
        run(sys.executable, "-m", "juesuan", "narrate", str(supplemented), "-o", str(whole), "--full")
        draw("公开件.png", printed(whole, folder), [("收入支出决算总表", BODY), ("第三部分", "增长")])
        draw("标注.png", printed(marked, folder), [("核对结果",), ("公开03表", BODY)])
    return 0


def draw(name: str, pdf: Path, pages: list[tuple[str, ...]]) -> None:
    """A picture of the pages that carry all of some words each."""
    data = png(beside([trimmed(page(pdf, number_of(pdf, words))) for words in pages]))
    if len(data) > LARGEST:
        raise SystemExit(f"{name} 有 {len(data)} 字节，超过 {LARGEST}；请调小 RESOLUTION。")
    (PICTURES / name).write_bytes(data)


def printed(book: Path, folder: Path) -> Path:
    """`book` as PDF, in `folder`."""
    fonts, profile = folder / "fonts.conf", folder / "profile"
    fonts.write_text(FONTS, encoding="utf-8")
    os.environ |= {"FONTCONFIG_FILE": str(fonts), "LC_ALL": "C.UTF-8"}
    place = f"-env:UserInstallation={profile.as_uri()}"
    run("soffice", "--headless", place, "--convert-to", "pdf", "--outdir", str(folder), str(book))
    return folder / f"{book.stem}.pdf"


def run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout


def number_of(pdf: Path, words: tuple[str, ...]) -> int:
    pages = run("pdftotext", str(pdf), "-").decode().split("\f")
    return next(number for number, text in enumerate(pages, 1) if all(word in text for word in words))


def page(pdf: Path, number: int) -> Image:
    data = run("pdftoppm", "-f", str(number), "-l", str(number), "-r", str(RESOLUTION), str(pdf))
    _, measures, _, pixels = data.split(b"\n", 3)
    line = 3 * int(measures.split()[0])
    return Image(tuple(pixels[start : start + line] for start in range(0, len(pixels), line)))


def trimmed(image: Image) -> Image:
    """Without the page's margins and its footer, which stands alone at the very bottom."""
    blank = WHITE * image.width
    above_footer = image.rows[: len(image.rows) * 9 // 10]
    inked = [number for number, row in enumerate(above_footer) if row != blank]
    rows = image.rows[inked[0] : inked[-1] + 1]
    left = min(len(row) - len(row.lstrip(b"\xff")) for row in rows) // 3
    right = max(len(row.rstrip(b"\xff")) for row in rows) // 3 + 1
    side = WHITE * MARGIN
    return Image(tuple(side + row[3 * left : 3 * right] + side for row in rows))


def beside(images: list[Image]) -> Image:
    """All images on sheets of one height, with a grey gap around each."""
    height = max(len(image.rows) for image in images) + 2 * MARGIN
    sheets = [lengthened(image, height).rows for image in images]
    width = sum(image.width for image in images) + GAP * (len(images) + 1)
    edge, between = (GREY * width,) * GAP, GREY * GAP
    rows = (between + between.join(line) + between for line in zip(*sheets, strict=True))
    return Image((*edge, *rows, *edge))


def lengthened(image: Image, height: int) -> Image:
    blank = (WHITE * image.width,)
    return Image((*blank * MARGIN, *image.rows, *blank * (height - MARGIN - len(image.rows))))


def png(image: Image) -> bytes:
    header = struct.pack(">LLBBBBB", image.width, len(image.rows), 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in image.rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


if __name__ == "__main__":
    sys.exit(main())
