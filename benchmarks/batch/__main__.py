"""What a batch run costs, and what it withstands. ``python benchmarks/batch cost|workers|memory|kills``

cost: CPU a book against the usual job with openpyxl, in turn on the same books. workers: two against one. memory: the
peak for 100, 1,000 and 10,000 books. kills: kill -9 at random moments, then --resume.
Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

# Run as `python benchmarks/batch`, the folder itself stands on the path; its modules belong to the package `batch`.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from batch import cost, kills, memory  # noqa: E402
from records import add_options, told  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("cost", "workers", "memory", "kills"))
    parser.add_argument("--books", type=int, help="how many (cost: 1,000; workers: 400; kills: 40)")
    parser.add_argument("--times", type=int, help="how often to kill (default 50)")
    parser.add_argument("--sizes", type=int, nargs="+", help="books of each memory run (default 100 1000 10000)")
    parser.add_argument("--seed", type=int, default=8)
    add_options(parser, "cost: 144 books in one run; workers: 80, once; memory: 50 and 200; kills: 8 books, 10 times")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent.parent / "workbook")
    quick, books = options.quick, options.books
    match options.what:
        case "cost":
            figures = cost.against_openpyxl(books or (144 if quick else 1_000), *([1] if quick else []))
        case "workers":
            figures = cost.two_workers(books or (80 if quick else 400), *([1] if quick else []))
        case "memory":
            figures = memory.by_books(options.sizes or ([50, 200] if quick else [100, 1_000, 10_000]))
        case _:
            figures = kills.killed(books or (8 if quick else 40), options.times or (10 if quick else 50), options.seed)
    options.quick = quick or any((books, options.times, options.sizes))  # told as such: it was not the whole
    return told(f"batch_{options.what}", figures, options)


if __name__ == "__main__":
    sys.exit(main())
