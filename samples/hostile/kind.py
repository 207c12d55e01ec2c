"""One hostile file: how it is made and what has to come of it; and how the sample is altered to make it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
SAMPLE = FOLDER.parent / "焦作2024-有误.xlsx"
SHEET = "xl/worksheets/sheet9.xml"
"""The worksheet that most files spoil; 公开09表."""
MEGABYTE = 1 << 20


class HostileFile(NamedTuple):
    """`name` and `what` it is. `refused`: what the sentence says that refuses it; None where it is judged as if

    nothing were odd about it, but that `said` stands among what is said of it.
    """

    name: str
    what: str
    make: Callable[[], bytes]
    refused: str | None
    said: str


FILES: list[HostileFile] = []
Make = Callable[[], bytes]


def judged(name: str, what: str, said: str = "") -> Callable[[Make], Make]:
    """Register a file that is judged as well as the sample itself."""

    def add(make: Make) -> Make:
        FILES.append(HostileFile(name, what, make, None, said))
        return make

    return add


def refused(name: str, what: str, words: str) -> Callable[[Make], Make]:
    """Register a file that is refused with a sentence that says `words`."""

    def add(make: Make) -> Make:
        FILES.append(HostileFile(name, what, make, words, ""))
        return make

    return add


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(SAMPLE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    """The sample with `new` in the place of the first `old` of one part."""
    content = parts()
    before, found, after = content[part].partition(old)
    assert found, f"{part} has no {old!r}"
    return zipped(content | {part: before + new + after})


def rows(xml: str) -> bytes:
    """The sample with more rows below 公开09表."""
    return changed(SHEET, b"</sheetData>", xml.encode() + b"</sheetData>")


def cells(xml: str) -> bytes:
    """The sample with more cells in a row below 公开09表."""
    return rows(f'<row r="60">{xml}</row>')
