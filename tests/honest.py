"""Books without any mistake: the published accounts and the made-up units of the samples, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from juesuan.book import Book
from juesuan.check import Checked, check
from juesuan.edition import load_edition
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from slips.slip import JIAOZUO, MADE_UP

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)
SAMPLES = Path(__file__).parent.parent / "samples"
HONEST = (JIAOZUO, *MADE_UP)


@cache
def read(path: Path) -> Book:
    return read_book(open_workbook(str(path)), EDITION)


def judged(path: Path) -> Checked:
    """A workbook as it lies there now."""
    return check(read_book(open_workbook(str(path)), EDITION), CATALOGUE)


def honest_path(name: str) -> Path:
    return SAMPLES / f"{name}.xlsx" if name == JIAOZUO else SAMPLES / "made_up" / f"{name}.xlsx"


def honest(name: str) -> Book:
    return read(honest_path(name))
