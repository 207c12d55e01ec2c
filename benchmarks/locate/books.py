"""Books to measure on: exact random ones, rounded cell by cell, and three published accounts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import NamedTuple

from exact import figures, rounded
from juesuan.book import Book, Key
from juesuan.edition import load_edition
from juesuan.money import to_fen
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from published_book import account

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)
SAMPLES = Path(__file__).resolve().parents[2] / "samples"

BANDS = ((16, 60), (60, 120), (120, 200), (200, 300))
"""Code rows of synthetic books, by size band: small units, most units, large ones, whole departments."""

FINANCE, SOCIAL_WORK = "普陀区财政局2024", "普陀区委社会工作部2024"


class Specimen(NamedTuple):
    """A book without mistakes as far as anybody knows. `exact`: amounts before rounding in 分, empty if unknown."""

    name: str
    book: Book
    exact: Mapping[Key, int]

    @property
    def code_rows(self) -> int:
        """类, 款 and 项 of the expenditure table."""
        return len(self.book.sheets["expenditure"].rows) - 1


def numbered(seed: int, number: int) -> Specimen:
    """The book of this number in the run of this seed; every size band gets every fourth."""
    chance = Random(f"book:{seed}:{number}")
    return synthetic(chance.randrange(2**32), chance.randint(*BANDS[number % len(BANDS)]))


def synthetic(seed: int, rows: int) -> Specimen:
    exact = figures(seed, EDITION, rows)
    return Specimen(f"synthetic({seed}, {rows})", rounded(exact, EDITION), exact)


def jiaozuo() -> Specimen:
    """焦作市公共资源交易中心 2024, all nine tables as published."""
    return Specimen("焦作2024", read_book(open_workbook(str(SAMPLES / "焦作2024.xlsx")), EDITION), {})


def putuo(name: str) -> Specimen:
    """An account of 上海普陀 on Henan's form.

    All nine tables map: same columns and lines, and 07 and 08 have no rows, so that the columns Shanghai's 08 has
    beyond Henan's hold nothing. Blanks, and the economic codes that only Henan's 06 lists, count as 0.00.
    """
    amounts = account(name).amounts
    printed = {key: to_fen(amount, "万元") for key, amount in amounts.items() if amount is not None}
    return Specimen(name, rounded(printed, EDITION), {})


def unbalanced(specimen: Specimen) -> Specimen:
    """普陀区财政局 with what was balanced by hand set back: 208 is 326.72 in 02, 03 and 05 but 326.71 in 01 and 04."""
    cells = dict(specimen.book.cells)
    printed = cells["expenditure", "208", "total"].fen
    for key in (
        ("summary", "208", "expenditure"),
        ("appropriation_summary", "208", "total"),
        ("appropriation_summary", "208", "general_budget"),
    ):
        cells[key] = cells[key]._replace(fen=printed)
    return Specimen(f"{specimen.name}（还原舍位平衡）", specimen.book.with_cells(cells), {})
