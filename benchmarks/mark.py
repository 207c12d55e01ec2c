"""Mark a workbook against the usual way with openpyxl: load, fill, comment, save. ``python benchmarks/mark.py``

Both are timed in one process, in turn, on the same file; the ratio of the medians is what counts. The peak memory is
that of ``juesuan mark`` as a process of its own.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.marking.marking import marked
from juesuan.marks import COLOURS, Mark, marks_of
from juesuan.place import Place
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from juesuan.written import save
from ordinary_book import write_ordinary_book
from records import Figure, add_options, at_most, times_less, told

RUNS, QUICK = 15, 5
LEAST_MARK, LEAST_WHOLE, MOST_MEMORY = 20, 14, 40
"""Targets: mark alone and check + mark + save, how many times faster; peak memory in MiB."""


def with_openpyxl(path: Path, marks: dict[Place, Mark], output: Path) -> None:
    book = openpyxl.load_workbook(path)
    for place, mark in marks.items():
        cell = book[place.sheet].cell(place.row + 1, place.column + 1)
        cell.fill = PatternFill("solid", fgColor=COLOURS[mark.kind])
        cell.comment = Comment(mark.text, "juesuan")
    book.save(output)


def timed(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def peak(command: list[str]) -> float:
    """Peak memory of a command in MiB; a small process starts it, because a child counts what its parent holds."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    run = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True, text=True)
    return float(run.stdout)


class Costs(NamedTuple):
    """Seconds of CPU, medians of paired runs, and MiB at the peak of `juesuan mark`."""

    marks: int
    usual: float
    mark: float
    whole: float
    memory: float


def costs_of(path: Path, output: Path, runs: int) -> Costs:
    catalogue = load_catalogue(load_edition("henan-2024"))
    file = open_workbook(str(path))
    checked = check(read_book(file, catalogue.edition), catalogue)
    marks = marks_of(checked)

    def mark() -> None:
        save(marked(file, checked, catalogue), str(output))

    def whole() -> None:
        opened = open_workbook(str(path))
        found = check(read_book(opened, catalogue.edition), catalogue)
        save(marked(opened, found, catalogue), str(output))

    def usual_way() -> None:
        with_openpyxl(path, marks, output)

    jobs: tuple[Callable[[], None], ...] = (usual_way, mark, whole)
    for job in jobs:
        job()
    times = [[timed(job) for job in jobs] for _ in range(runs)]
    memory = peak([sys.executable, "-m", "juesuan", "mark", str(path), "-o", str(output)])
    usual, marking, both = (statistics.median(column) for column in zip(*times, strict=True))
    return Costs(len(marks), usual, marking, both, memory)


def measured(runs: int) -> Iterator[Figure]:
    usual = "openpyxl 读入、涂色、加批注、保存"
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder) / "账.xlsx", Path(folder) / "标注.xlsx"
        for slips, words in ((0, "只有尾差"), (3, "三处填错，要求起因")):
            write_ordinary_book(path, slips)
            costs = costs_of(path, output, runs)
            mark, whole, theirs = (1000 * seconds for seconds in (costs.mark, costs.whole, costs.usual))
            which = f"一本 60 行的账，{costs.marks} 处，{words}"
            yield times_less(f"标注{which}", mark, theirs, usual, "毫秒 CPU", LEAST_MARK)
            yield times_less(f"核对、标注并保存{which}", whole, theirs, usual, "毫秒 CPU", LEAST_WHOLE)
            yield at_most(f"内存峰值：juesuan mark，{words}", costs.memory, MOST_MEMORY, "MiB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser, f"{QUICK} runs instead of {RUNS}")
    options = parser.parse_args()
    return told("mark", measured(QUICK if options.quick else RUNS), options)


if __name__ == "__main__":
    sys.exit(main())
