"""A run told line by line: one row a workbook, and one for every unit that sent none."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from juesuan.batch.ledger import Kept, Ledger
from juesuan.batch.standing import Received, day_of, receive, year_due
from juesuan.batch.tree import Tree
from juesuan.batch.units import Unit
from juesuan.intake.books import Source

MISSING = "missing"
LEVELS = ("error", "warning", "info")
APART = ("duplicate", "last_year", "unlisted")
"""Standings of books that are told but count for no unit."""
LARGEST_TAIL = 7
"""Hundredths of 万元; larger 尾差 are counted with these."""


class Row(NamedTuple):
    """`path` as given; `name` of the unit, else of the file; `verdict` ``missing`` where nothing was sent.

    `standing`, `code`, `received` (a day) and `deadline` only where there is a list of units; `branch` of the tree.
    `rules`: by rule, the number of its gravest level in LEVELS, and how many findings. `three_public` and `before`:
    三公 of the year and of the year before, in 分.
    """

    name: str
    path: str
    verdict: str
    branch: int
    year: int | None = None
    reason: str | None = None
    counts: dict[str, int] = {}  # noqa: RUF012
    culprits: int = 0
    rules: dict[str, tuple[int, int]] = {}  # noqa: RUF012
    three_public: int | None = None
    before: int | None = None
    marked: str | None = None
    code: str | None = None
    standing: str | None = None
    received: str | None = None
    deadline: str | None = None
    email: str | None = None


class Telling:
    """Everything about a run in the order in which it is told; reading it fills `tree`, `tally` and `editions`."""

    def __init__(self, ledger: Ledger, source: Source, units: Sequence[Unit] | None) -> None:
        self.ledger = ledger
        self.source = source
        self.units = {unit.code: unit for unit in units or ()}
        ledger.index()
        self.year = year_due(ledger, units or ())
        self.received: tuple[Received, ...] | None = None if units is None else receive(ledger, units, source.root)
        self.late = {each.unit.code for each in self.received or () if each.late}
        self.tree = Tree("全部", units or ())
        self.tally = Tally()
        self.editions: set[str] = set()

    def rows(self) -> Iterator[tuple[Row, dict[str, Any]]]:
        """Every row with the `books[]` element of its workbook; that of a missing unit is empty."""
        for kept in self.ledger.books():
            entry = json.loads(kept.line)
            row = self._row(kept, entry)
            self._count(row)
            self.tally.add(row, entry)
            if entry["edition"]:
                self.editions.add(entry["edition"])
            yield row, entry
        for each in self.received or ():
            self.tree.count(self.tree.of_unit(each.unit.code), "expected")
            if not each.books:
                row = self._missing(each.unit)
                self._count(row)
                yield row, {}

    def _row(self, kept: Kept, entry: dict[str, Any]) -> Row:
        name = self.source.name(kept.path)
        unit = self.units.get(kept.code or "")
        listed = self.received is not None
        branch = self.tree.of_unit(unit.code) if unit else 0 if listed else self.tree.of_folder(name)
        before = self.ledger.three_public(kept, kept.year - 1) if kept.year else None
        return Row(
            name=unit.name if unit else entry["unit"] or os.path.splitext(os.path.basename(name))[0],
            path=kept.path,
            verdict=kept.verdict,
            branch=branch,
            year=kept.year,
            reason=entry["reason"],
            counts=entry["counts"],
            culprits=len(entry["culprits"]),
            rules=_rules(entry),
            three_public=kept.three_public,
            before=before,
            marked=kept.marked,
            code=kept.code,
            standing=kept.standing,
            received=(day_of(kept.modified) or None) if listed else None,
            deadline=_day(unit),
            email=unit.email if unit else None,
        )

    def _missing(self, unit: Unit) -> Row:
        branch = self.tree.of_unit(unit.code)
        return Row(
            unit.name, "", MISSING, branch, code=unit.code, standing=MISSING, deadline=_day(unit), email=unit.email
        )

    def _count(self, row: Row) -> None:
        if row.standing in APART:
            return
        if row.verdict == MISSING:
            self.tree.count(row.branch, MISSING)
        else:
            self.tree.count(row.branch, "received", row.verdict, *(["late"] if row.standing == "late" else []))


class Tally:
    """What everyone gets wrong: findings and books by rule and level, 尾差 by hundredths of 万元.

    `broken`: by rule, the books with an error or a doubt, each once though it may have both. Books that do not count
    for their unit are told but not tallied.
    """

    def __init__(self) -> None:
        self.findings: Counter[tuple[str, str]] = Counter()
        self.books: Counter[tuple[str, str]] = Counter()
        self.broken: Counter[str] = Counter()
        self.tails: Counter[int] = Counter()

    def add(self, row: Row, entry: dict[str, Any]) -> None:
        if row.standing in APART:
            return
        found = Counter((item["rule"], item["level"]) for item in entry["findings"])
        self.findings.update(found)
        self.books.update(found.keys())
        self.broken.update(sorted({rule for rule, level in found if level != "info"}))
        for item in entry["findings"]:
            if item["status"] == "tail":
                self.tails.update(_hundredths(cell["difference"]) for cell in item["cells"])


def _rules(entry: dict[str, Any]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for item in entry["findings"]:
        level, count = found.get(item["rule"], (len(LEVELS), 0))
        found[item["rule"]] = min(level, LEVELS.index(item["level"])), count + 1
    return found


def _hundredths(difference: str) -> int:
    """The nearest, and at most LARGEST_TAIL to either side."""
    near = int((100 * Decimal(difference)).to_integral_value(ROUND_HALF_UP))
    return max(-LARGEST_TAIL, min(LARGEST_TAIL, near))


def _day(unit: Unit | None) -> str | None:
    return unit.deadline.isoformat() if unit and unit.deadline else None
