"""A workbook as a bureau receives it: the nine tables in the official form, figures only, with a few slips."""

from __future__ import annotations

import random
import sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "samples")]

import exact  # noqa: E402
from juesuan.classification import functional  # noqa: E402
from juesuan.edition import load_edition  # noqa: E402
from juesuan.money import FEN_PER, WAN_STEP, round_fen  # noqa: E402
from juesuan.template.form import CodeRow  # noqa: E402
from published_book import Amounts, Published, workbook  # noqa: E402

SEED = 106
"""Of the exact random book: 60 code rows in 公开03, 1 346 amounts, 2 312 cells with a value."""

UNIT = "某某局"


def write_ordinary_book(
    path: Path, slips: int = 3, seed: int = SEED, code_rows: int | None = None, *, tails: bool = True
) -> None:
    """Every amount rounded by itself from 元 to 0.01 万元; in the first tables one figure each is wrong.

    `seed` is that of the exact random book, `code_rows` about how many it has in 公开03. Without `tails` 分 are taken
    for hundredths of 万元, and every sum is right to the last digit.
    """
    edition = load_edition("henan-2024")
    figures = exact.figures(seed, edition, code_rows)
    names = {code.code: code.name for code in functional().values()}
    amounts: Amounts = {
        key: Decimal(round_fen(fen, WAN_STEP)) / FEN_PER["万元"] if tails else Decimal(fen) / 100
        for key, fen in figures.items()
    }
    rows = {}
    for table in edition.tables:
        codes = sorted({row for name, row, _ in figures if name == table.id and row.isdigit()})
        if table.layout == "codes":
            rows[table.id] = tuple(CodeRow(code, names.get(code, "其他支出")) for code in codes)
    book = workbook(Published(UNIT, 2024, amounts, rows))
    chance = random.Random(seed)
    for sheet in book.worksheets[1 : slips + 1]:
        cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, Decimal) and cell.value]
        wrong = chance.choice(cells)
        wrong.value = Decimal(str(wrong.value)) + Decimal("1.11")
    book.save(path)
