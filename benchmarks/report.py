"""Measure, record, and write ``docs/benchmarks.md`` and what README quotes. ``python benchmarks/report.py [--quick]``

Without names all but those of `LONG` are run, one after another; ``all`` runs these, too (some hours). What a benchmark
measured last stays on record until it is run again. Exit code 1 when a target was missed, 2 when a benchmark failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORDED: dict[str, tuple[str, ...]] = {
    "cold_check": ("cold_check.py",),
    "read_check": ("read_check.py",),
    "mark": ("mark.py",),
    "kept": ("kept.py",),
    "batch_cost": ("batch", "cost"),
    "batch_workers": ("batch", "workers"),
    "batch_memory": ("batch", "memory"),
    "batch_kills": ("batch", "kills"),
    "mail": ("mail.py",),
}
LONG: dict[str, tuple[str, ...]] = {"locate": ("locate",), "balance": ("balance",), "fuzz": ("fuzz",)}
"""They keep files of results of their own, which only whole runs write."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(RECORDED | LONG)}, or all")
    parser.add_argument("--quick", action="store_true", help="fewer runs: some minutes in all")
    options = parser.parse_args()
    commands = RECORDED | LONG
    names = list(commands) if "all" in options.names else options.names or list(RECORDED)
    if unknown := set(names) - set(commands):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    worst = 0
    for name in names:
        script, *rest = commands[name]
        flags = ["--record", *(["--quick"] if options.quick else [])] if name in RECORDED else []
        print(f"== {name}", flush=True)
        worst = max(worst, _code([str(HERE / script), *rest, *flags]))
    return max(worst, _code([str(HERE.parent / "docs" / "generate.py")]))


def _code(command: list[str]) -> int:
    path = os.pathsep.join(filter(None, (str(HERE.parent / "workbook"), os.environ.get("PYTHONPATH"))))
    run = subprocess.run([sys.executable, *command], env=os.environ | {"PYTHONPATH": path}, check=False)
    return run.returncode if run.returncode in (0, 1) else 2


if __name__ == "__main__":
    sys.exit(main())
