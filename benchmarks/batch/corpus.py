"""Any number of workbooks as bureaus receive them: some dozens drawn for good, the others their like under other names.

A third of them have one to three wrong figures.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.package import Package
from ordinary_book import UNIT, write_ordinary_book

DRAWN = 36
"""Different books; every third has mistakes."""
A_FOLDER = 100
_WRITTEN = (("utf-8",), ("ascii", "xmlcharrefreplace"))
"""The ways in which openpyxl writes a text, without and with lxml."""


def unit_name(number: int) -> str:
    return f"示例市第{number:05d}单位"


def write_corpus(
    folder: Path,
    count: int,
    drawn: int = DRAWN,
    name: Callable[[int], str] = unit_name,
    seed: int = 1000,
    rows: int | None = None,
    mistakes: bool = True,
) -> None:
    """`count` workbooks of as many units, a hundred to a folder; `drawn` of them differ in more than the `name`.

    `rows`: as for `write_ordinary_book`. Without `mistakes` there are only doubts and 尾差.
    """
    models = list(_models(drawn, seed, rows, mistakes))
    for number in range(count):
        package = models[number % drawn]
        place = folder / f"{number // A_FOLDER:03d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:05d}.xlsx").write_bytes(_named(package, name(number)))


def has_mistakes(number: int) -> bool:
    return number % 3 == 2


def _named(package: Package, name: str) -> bytes:
    """The workbook with a unit's name in place of UNIT."""
    sheets = {}
    for part in package.sheet_parts.values():
        xml = package.read(part)
        for written in _WRITTEN:
            xml = xml.replace(UNIT.encode(*written), name.encode(*written))
        sheets[part] = xml
    return rewritten(package, sheets)


def _models(drawn: int, seed: int, rows: int | None, mistakes: bool) -> Iterator[Package]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "账.xlsx"
        for number in range(drawn):
            slips = 1 + number // 3 % 3 if mistakes and has_mistakes(number) else 0
            write_ordinary_book(path, slips, seed + number, rows)
            yield Package(path.read_bytes(), path.name)
