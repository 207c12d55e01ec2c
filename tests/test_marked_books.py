"""Marks on every sample and on many random books, as the Open XML SDK and LibreOffice see them.

JUESUAN_MARKED_BOOKS says how many random books; more than a few are for a release, not for every run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest

from honest import CATALOGUE, SAMPLES, read
from juesuan.check import check
from juesuan.marking.clearing import cleared
from juesuan.marking.marking import marked
from juesuan.marks import COLOURS, marks_of
from juesuan.ooxml.package import Package
from juesuan.reading.files import open_workbook
from juesuan.written import save
from rich_book import ill_formed, unpacked
from test_fill import written
from tools import libreoffice, require, validation_errors

COUNT = int(os.environ.get("JUESUAN_MARKED_BOOKS", "6"))
TOGETHER = 25
"""Books in one run of LibreOffice."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    """Samples and random books with an error, and each marked."""
    folder = tmp_path_factory.mktemp("books")
    pairs = []
    for number, source in enumerate(_books(folder)):
        path = folder / f"{number}.xlsx"
        if source != path:
            shutil.copyfile(source, path)
        file = open_workbook(str(path))
        checked = check(read(path), CATALOGUE)
        result = folder / "marked" / path.name
        result.parent.mkdir(exist_ok=True)
        save(marked(file, checked, CATALOGUE), str(result))
        pairs.append((path, result))
    return pairs


def _books(folder: Path) -> Iterator[Path]:
    samples = sorted(path for path in SAMPLES.rglob("*.xlsx"))
    every = 1 if COUNT >= 200 else 12
    yield from samples[::every]
    for number in range(COUNT):
        path = folder / f"{len(samples[::every]) + number}.xlsx"
        written(number, "元" if number % 2 else "万元", path)
        book = openpyxl.load_workbook(path)
        book["公开03表"].cell(9 + number % 5, 4).value = 123456.78
        book.save(path)
        yield path


def test_the_way_back_is_exact(books: list[tuple[Path, Path]]) -> None:
    for path, result in books:
        assert ill_formed(result.read_bytes()) == [], path
        back = cleared(Package(result.read_bytes(), result.name))
        assert unpacked(back) == unpacked(path.read_bytes()), path


def test_the_open_xml_sdk_finds_no_new_error(books: list[tuple[Path, Path]]) -> None:
    def new(pair: tuple[Path, Path]) -> list[str]:
        before, after = pair
        if not (errors := validation_errors(after)):
            return []
        known = {str(error["description"]) for error in validation_errors(before)}
        return [str(error) for error in errors if str(error["description"]) not in known]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        assert [found for found in pool.map(new, books) if found] == []


def test_libreoffice_reads_every_note_and_fill_at_its_cell(books: list[tuple[Path, Path]], tmp_path: Path) -> None:
    require("soffice")
    for start in range(0, len(books), TOGETHER):
        some = books[start : start + TOGETHER]
        libreoffice(["--convert-to", "xlsx", "--outdir", tmp_path, *(result for _, result in some)], tmp_path)
        for path, result in some:
            seen = openpyxl.load_workbook(tmp_path / result.name)
            for place, mark in marks_of(check(read(path), CATALOGUE)).items():
                cell = seen[place.sheet][place.address]
                assert str(cell.fill.fgColor.rgb)[2:] == COLOURS[mark.kind], (path, place)
                assert cell.comment, (path, place)
                assert mark.text.splitlines()[0] in cell.comment.text, (path, place)
