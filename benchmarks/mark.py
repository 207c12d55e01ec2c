"""Mark a workbook against the usual way with openpyxl: load, fill, comment, save. ``python benchmarks/mark.py``

Both are timed in one process, in turn, on the same file; the ratio of the medians is what counts. The peak memory is
that of ``juesuan mark`` as a process of its own.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from juesuan.book import Place
from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.excel.archive import save
from juesuan.excel.files import open_workbook
from juesuan.excel.marking import marked
from juesuan.excel.recognise import read_book
from juesuan.marks import COLOURS, Mark, marks_of
from juesuan.rules import load_catalogue

ROOT = Path(__file__).resolve().parent.parent
BOOK = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "samples" / "焦作2024-有误.xlsx"
RUNS = 15
LEAST_MARK, LEAST_WHOLE, MOST_MEMORY = 20, 14, 40
"""Targets: mark alone and check + mark + save, how many times faster; peak memory in MiB."""


def with_openpyxl(marks: dict[Place, Mark], output: Path) -> None:
    book = openpyxl.load_workbook(BOOK)
    for place, mark in marks.items():
        cell = book[place.sheet].cell(place.row + 1, place.column + 1)
        cell.fill = PatternFill("solid", fgColor=COLOURS[mark.kind])
        cell.comment = Comment(mark.text, "juesuan")
    book.save(output)


def timed(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def main() -> int:
    catalogue = load_catalogue(load_edition("henan-2024"))
    file = open_workbook(str(BOOK))
    checked = check(read_book(file, catalogue.edition), catalogue)
    marks = marks_of(checked)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "标注.xlsx"

        def mark() -> None:
            save(marked(file, checked, catalogue), str(output))

        def whole() -> None:
            opened = open_workbook(str(BOOK))
            found = check(read_book(opened, catalogue.edition), catalogue)
            save(marked(opened, found, catalogue), str(output))

        def usual_way() -> None:
            with_openpyxl(marks, output)

        jobs: tuple[Callable[[], None], ...] = (usual_way, mark, whole)
        for job in jobs:
            job()
        times = [[timed(job) for job in jobs] for _ in range(RUNS)]
        subprocess.run([sys.executable, "-m", "juesuan", "mark", BOOK, "-o", output], check=True, capture_output=True)
    usual, marking, all_of_it = (statistics.median(column) for column in zip(*times, strict=True))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"openpyxl {usual * 1000:.1f} ms   mark {marking * 1000:.1f} ms   check + mark {all_of_it * 1000:.1f} ms")
    print(f"mark {usual / marking:.1f} × (≥ {LEAST_MARK})   check + mark {usual / all_of_it:.1f} × (≥ {LEAST_WHOLE})")
    print(f"memory {memory:.1f} MiB (≤ {MOST_MEMORY})")
    good = usual / marking >= LEAST_MARK and usual / all_of_it >= LEAST_WHOLE and memory <= MOST_MEMORY
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
