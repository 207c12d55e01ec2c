"""Measure 舍位平衡 on random books that are exact to the 分. ``python benchmarks/balance``

Writes ``benchmarks/balance/results.json`` unless --quick. Exit code 1 when a target is missed: with `optimal` some
relation does not hold or some figure is a whole 0.01 万元 off, or it takes too long.

Relations are counted by the laws of `benchmarks/locate`, which evaluates them apart from the product's judgement.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from statistics import mean, median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:] = [
    *(str(ROOT / folder) for folder in ("benchmarks", "tests", "samples")),
    *(path for path in sys.path if Path(path).resolve() != HERE),
]

BOOKS, QUICK = 240, 12
TIMED, ROWS = 24, 60
SECONDS = 0.1


def main() -> int:
    from balance.measure import measured, seconds_at

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} books, no results.json")
    parser.add_argument("--seed", type=int, default=0, help="of the books (default 0)")
    options = parser.parse_args()
    start = time.perf_counter()
    trials = [trial for number in range(QUICK if options.quick else BOOKS) for trial in measured(options.seed, number)]
    figures: dict[str, object] = {}
    for key in dict.fromkeys((trial.origin, trial.method) for trial in trials):
        own = [trial for trial in trials if (trial.origin, trial.method) == key]
        figures["/".join(key)] = {
            "books": len(own),
            "broken_per_book": round(mean(float(trial.broken) for trial in own), 2),
            "books_without_broken": sum(not trial.broken for trial in own),
            "books_that_check_calls_wrong": sum(trial.wrong for trial in own),
            "cells_a_step_off_per_book": round(mean(float(trial.far) for trial in own), 2),
            "worst_deviation": round(max(trial.worst for trial in own), 3),
            "mean_deviation": round(mean(trial.mean for trial in own), 4),
            "cells_not_as_rounded_percent": round(100 * mean(trial.changed for trial in own), 2),
        }
    times = [seconds_at(ROWS, seed) for seed in range(3 if options.quick else TIMED)]
    figures["seconds"] = {
        "rows": ROWS,
        "books": len(times),
        "median": round(median(times), 4),
        "most": round(max(times), 4),
    }
    figures["minutes"] = round((time.perf_counter() - start) / 60, 1)
    text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
    sys.stdout.write(text)
    if not options.quick:
        (HERE / "results.json").write_text(text, encoding="utf-8")
    best = [trial for trial in trials if trial.method == "optimal"]
    met = all(not trial.broken and not trial.far for trial in best if trial.origin == "元")
    return int(not met or median(times) > SECONDS)


if __name__ == "__main__":
    sys.exit(main())
