"""Slips that are wrong figures, each a line of ``figures.csv``; a rule's further lines belong to the same slip."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from published_book import Drawn
from slips.slip import Slip, Writes

FILE = Path(__file__).with_suffix(".csv")


class Line(NamedTuple):
    """One cell with a wrong figure; `typed` is empty where the figure was forgotten."""

    rule: str
    base: str
    table: str
    row: str
    field: str
    typed: str
    mistake: str


def figure_slips() -> tuple[Slip, ...]:
    lines: dict[str, list[Line]] = defaultdict(list)
    with FILE.open(encoding="utf-8", newline="") as file:
        for entry in list(csv.reader(file))[1:]:
            line = Line(*entry)
            lines[line.rule].append(line)
    return tuple(_slip(same) for same in lines.values())


def _slip(lines: list[Line]) -> Slip:
    def writes(drawn: Drawn) -> Writes:
        return [
            (drawn.amount(line.table, line.row, line.field), Decimal(line.typed) if line.typed else None)
            for line in lines
        ]

    first = lines[0]
    return Slip(first.rule, first.mistake, first.base, (first.table, first.row, first.field), writes)
