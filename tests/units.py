"""Workbooks of made-up units, exact to the 分, for departments that are the sum of them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from exact import Figures, figures
from juesuan.classification import functional
from juesuan.edition import load_edition
from juesuan.money import FEN_PER, WAN_STEP, Currency, round_fen
from juesuan.ooxml.saving import workbook_bytes
from juesuan.rules import load_catalogue
from juesuan.template.form import CodeRow
from published_book import Amounts, Published, workbook

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)


def unit_figures(seed: int) -> Figures:
    return figures(seed, EDITION)


def write_unit(
    path: Path,
    name: str,
    exact: Mapping[tuple[str, str, str], int],
    *,
    currency: Currency = "元",
    year: int = 2024,
    age: int = 0,
) -> Path:
    """A workbook in the official form; in 万元 every amount is rounded by itself. `age`: how many seconds old it is."""
    step = WAN_STEP if currency == "万元" else 1
    names = {code.code: code.name for code in functional().values()}
    amounts: Amounts = {key: Decimal(round_fen(fen, step)) / FEN_PER[currency] for key, fen in exact.items()}
    rows = {
        table.id: tuple(
            CodeRow(code, names.get(code, f"科目{code}"))
            for code in sorted({row for listed, row, _ in exact if listed == table.id and row.isdigit()})
        )
        for table in EDITION.tables
        if table.layout == "codes"
    }
    path.write_bytes(workbook_bytes(workbook(Published(name, year, amounts, rows, currency=currency))))
    os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    return path


def summed(*books: Mapping[tuple[str, str, str], int]) -> dict[tuple[str, str, str], int]:
    """What the books come to, cell by cell."""
    together: dict[tuple[str, str, str], int] = defaultdict(int)
    for book in books:
        for key, fen in book.items():
            together[key] += fen
    return dict(together)
