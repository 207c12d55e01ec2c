"""Mark a workbook against the usual way with openpyxl: load, fill, comment, save. ``python benchmarks/mark.py``

Both are timed in one process, in turn, on the same file; the ratio of the medians is what counts. The peak memory is
that of ``juesuan mark`` as a process of its own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.excel.files import open_workbook
from juesuan.excel.marking import marked
from juesuan.excel.recognise import read_book
from juesuan.marks import COLOURS, Mark, marks_of
from juesuan.place import Place
from juesuan.rules import load_catalogue
from juesuan.written import save
from ordinary_book import write_ordinary_book

RUNS = 15
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


def measured(path: Path, output: Path) -> Costs:
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
    times = [[timed(job) for job in jobs] for _ in range(RUNS)]
    memory = peak([sys.executable, "-m", "juesuan", "mark", str(path), "-o", str(output)])
    usual, marking, both = (statistics.median(column) for column in zip(*times, strict=True))
    return Costs(len(marks), usual, marking, both, memory)


def main() -> int:
    good = True
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder) / "账.xlsx", Path(folder) / "标注.xlsx"
        for slips, told in ((0, "only 尾差"), (3, "three wrong figures, their culprits sought")):
            write_ordinary_book(path, slips)
            costs = measured(path, output)
            mark, whole = costs.usual / costs.mark, costs.usual / costs.whole
            print(f"{told}: openpyxl, {costs.marks} marks {costs.usual * 1000:.1f} ms", end="   ")
            print(f"mark {costs.mark * 1000:.1f} ms   check + mark {costs.whole * 1000:.1f} ms")
            print(f"  mark {mark:.1f} × (≥ {LEAST_MARK})   check + mark {whole:.1f} × (≥ {LEAST_WHOLE})", end="   ")
            print(f"memory {costs.memory:.1f} MiB (≤ {MOST_MEMORY})")
            good &= mark >= LEAST_MARK and whole >= LEAST_WHOLE and costs.memory <= MOST_MEMORY
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
