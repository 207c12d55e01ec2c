"""A warm check against the bare reader, and against a script with openpyxl. ``python benchmarks/read_check.py``

All three take the same file in turn in one process; the medians of CPU time are compared. The script is what an office
writes for itself: openpyxl loads the values, and the same relations, given as cell addresses, are added up in plain
Python with a fixed tolerance. It finds no tables, knows no rounding, names no culprit. Exit code 1 when a target is
missed. ``--quick``: five rounds instead of fifteen.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import openpyxl
import python_calamine

from juesuan.__main__ import OBJECTS_BETWEEN_COLLECTIONS
from juesuan.book import Cell
from juesuan.intake.judge import Order, judge
from juesuan.relations import relate
from ordinary_book import write_ordinary_book
from records import Figure, add_options, times_as_much, times_less, told

MOST_OF_BARE, LEAST_OF_SCRIPT = 2.0, 12.0
ROUNDS, QUICK = 15, 5
TOLERANCE = 0.015
BOOKS = {
    "处处相符": (0, False),
    "只有尾差": (0, True),
    "三处填错": (3, True),
}
"""By what is said of each: how many figures are wrong, and whether its amounts are rounded one by one."""

Address = tuple[str, int, int]


class Sum(NamedTuple):
    """``target (operator) Σ sign × term + constant``, by addresses, in the currency of the book."""

    target: Address
    operator: str
    terms: tuple[tuple[int, Address], ...]
    constant: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser, f"{QUICK} rounds")
    options = parser.parse_args()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    return told("read_check", measured(QUICK if options.quick else ROUNDS), options)


def measured(rounds: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "账.xlsx"
        for words, (slips, tails) in BOOKS.items():
            write_ordinary_book(path, slips, tails=tails)
            sums = sums_of(path)
            judge(str(path), Order())
            ways: tuple[Callable[[], object], ...] = (
                partial(bare, path),
                partial(judge, str(path), Order(), hashed=False),
                partial(script, path, sums),
            )
            times = [[cpu(way) for way in ways] for _ in range(rounds)]
            reader, ours, usual = (statistics.median(column) for column in zip(*times, strict=True))
            name = f"读入并核对一本 60 行的账，{words}"
            yield times_less(name, ours, usual, "openpyxl 读出、关系写死的脚本", "毫秒 CPU", LEAST_OF_SCRIPT)
            yield times_as_much(name, ours, reader, "python-calamine 光读不核对", "毫秒 CPU", MOST_OF_BARE)


def cpu(work: Callable[[], object]) -> float:
    """CPU milliseconds."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def bare(path: Path) -> list[object]:
    workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    return [workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names]


def script(path: Path, sums: Iterable[Sum]) -> list[Sum]:
    """The relations that do not hold."""
    workbook = openpyxl.load_workbook(path, data_only=True)
    values = {
        (sheet.title, row, column): value
        for sheet in workbook.worksheets
        for row, cells in enumerate(sheet.iter_rows(values_only=True))
        for column, value in enumerate(cells)
        if isinstance(value, int | float)
    }
    broken = []
    for item in sums:
        difference = values.get(item.target, 0) - item.constant
        difference -= sum(sign * values.get(term, 0) for sign, term in item.terms)
        allowed = {"=": abs(difference), ">=": -difference, "<=": difference, ">": -difference}[item.operator]
        if allowed > TOLERANCE:
            broken.append(item)
    return broken


def sums_of(path: Path) -> list[Sum]:
    """The relations of the book as an office would have written them down, with the addresses of their cells."""
    checked = judge(str(path), Order())
    assert checked.checked
    assert checked.catalogue
    return [
        Sum(
            address_of(relation.target),
            relation.rule.comparison.operator if relation.rule.comparison else "=",
            tuple((sign, address_of(cell)) for sign, cell in relation.terms),
            relation.constant / 1_000_000,
        )
        for relation in relate(checked.catalogue, checked.checked.book).relations
    ]


def address_of(cell: Cell) -> Address:
    return cell.place.sheet, cell.place.row, cell.place.column


if __name__ == "__main__":
    sys.exit(main())
