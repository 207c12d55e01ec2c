"""The sample workbooks: built from the declared figures and mistakes, always to the same bytes."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.money import to_fen
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from published_book import jiaozuo
from slips.together import SLIPS_TOGETHER

EDITION = load_edition("henan-2024")
SAMPLES = Path(__file__).parent.parent / "samples"
WRONG = {
    "EXP002": ("公开03表", "D9"),
    "GPB002": ("公开05表", "C7"),
    "TPE002": ("公开09表", "I8"),
    "FORM006": ("公开06表", "F28"),
    "CODE004": ("公开02表", "A17"),
}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples built anew, over a broken one whose rule is gone; where no other XML writer is loaded yet."""
    folder = tmp_path_factory.mktemp("samples")
    (folder / "broken").mkdir()
    (folder / "broken" / "EXP999.xlsx").write_bytes(b"")
    script = "import sys, pathlib, build; build.build(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=SAMPLES, check=True)
    return folder


def files(folder: Path) -> set[str]:
    patterns = ("*.xlsx", "made_up/*.xlsx", "broken/*")
    return {path.relative_to(folder).as_posix() for pattern in patterns for path in folder.glob(pattern)}


def same(path: Path, other: Path) -> bool:
    """Same bytes, or, where another zlib or XML writer was at work, the same parts."""
    if path.read_bytes() == other.read_bytes():
        return True
    if path.suffix != ".xlsx":
        return False
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other) as fresh:
        return archive.namelist() == fresh.namelist() and all(
            same_part(archive.read(part), fresh.read(part)) for part in archive.namelist()
        )


def same_part(part: bytes, other: bytes) -> bool:
    return part == other or canonical(part) == canonical(other)


def canonical(part: bytes) -> str:
    return ElementTree.canonicalize(part.decode("utf-8"))


def test_the_committed_samples_are_what_the_script_builds(rebuilt: Path) -> None:
    assert files(rebuilt) == files(SAMPLES)
    stale = [name for name in sorted(files(rebuilt)) if not same(SAMPLES / name, rebuilt / name)]
    assert stale == [], "样本过期，请运行 python samples/build.py"


def test_the_filled_sample_holds_every_published_figure() -> None:
    book = read_book(open_workbook(str(SAMPLES / "焦作2024.xlsx")), EDITION)
    published = {key: to_fen(amount, "万元") for key, amount in jiaozuo().amounts.items() if amount is not None}
    assert {key: cell.fen for key, cell in book.cells.items()} == published
    assert (book.unit, book.year, book.currency) == ("焦作市公共资源交易中心", 2024, "万元")
    assert [sheet.label for sheet in book.sheets.values()] == [f"公开0{number}表" for number in range(1, 10)]


def test_each_of_the_mistakes_put_together_is_found() -> None:
    book = read_book(open_workbook(str(SAMPLES / "焦作2024-有误.xlsx")), EDITION)
    checked = check(book, load_catalogue(EDITION))
    places = {(item.rule, (item.place.sheet, item.place.address)) for item in checked.findings if item.place}
    assert checked.verdict == "fail"
    assert set(WRONG) == {slip.rule for slip in SLIPS_TOGETHER}
    assert set(WRONG.items()) <= places
    groups = {item.group for item in checked.findings if item.rule in ("EXP002", "GPB002", "TPE002")}
    assert groups == {0, 1, 2}, "三处数字错应各成一组"
