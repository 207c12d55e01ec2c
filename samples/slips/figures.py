"""Slips that are wrong figures, each a line of ``figures.csv``; a rule's further lines belong to the same slip."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from published_book import Drawn
from slips.slip import Slip, Writes

FILE = Path(__file__).with_suffix(".csv")


def figure_slips() -> tuple[Slip, ...]:
    lines: dict[str, list[list[str]]] = defaultdict(list)
    with FILE.open(encoding="utf-8", newline="") as file:
        for line in list(csv.reader(file))[1:]:
            lines[line[0]].append(line)
    return tuple(_slip(same) for same in lines.values())


def _slip(lines: list[list[str]]) -> Slip:
    rule, base, table, row, field, _, mistake = lines[0]

    def writes(drawn: Drawn) -> Writes:
        return [(drawn.amount(*line[2:5]), Decimal(line[5])) for line in lines]

    return Slip(rule, mistake, base, (table, row, field), writes)
