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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("cost", "workers", "memory", "kills"))
    parser.add_argument("--books", type=int, help="how many (cost: 1,000; workers: 400; kills: 40)")
    parser.add_argument("--times", type=int, default=50, help="how often to kill (default 50)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000], help="books of each memory run")
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent.parent / "workbook")
    match options.what:
        case "cost":
            return cost.against_openpyxl(options.books or 1_000)
        case "workers":
            return cost.two_workers(options.books or 400)
        case "memory":
            return memory.by_books(options.sizes)
    return kills.killed(options.books or 40, options.times, options.seed)


if __name__ == "__main__":
    sys.exit(main())
