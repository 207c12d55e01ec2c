"""What a cold ``juesuan check`` costs, as ratios to the bare interpreter taken in the same run.

A fresh virtual environment gets the package as users get it (``pip install``, .pyc files compiled by pip, no
cache of ours). CPU is user + system time, the median of interleaved runs; memory is the peak resident set.
Exit code 1 when a target is missed or a module is imported that has no business there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import records

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLE = os.path.join(ROOT, "samples", "焦作2024.xlsx")

RATIO_TARGET = 6.0
MEMORY_TARGET = 30.0
"""MiB."""

FORBIDDEN = frozenset(
    {
        "dataclasses",
        "highspy",
        "importlib.resources",
        "inspect",
        "numpy",
        "openpyxl",
        "pandas",
        "pathlib",
        "xlwings",
        "zipfile",
    }
)
"""Too dear for the road every user walks every time; load them in the function that needs them."""

COSTLIEST = 10
RUNS, QUICK = 21, 7


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("book", nargs="?", default=SAMPLE, help="workbook to check (default samples/焦作2024.xlsx)")
    parser.add_argument("--runs", type=int, help=f"interleaved runs of each command (default {RUNS}, quick {QUICK})")
    parser.add_argument("--profile", action="store_true", help=f"only print the {COSTLIEST} costliest imports")
    records.add_options(parser, f"{QUICK} runs instead of {RUNS}")
    options = parser.parse_args()
    runs = options.runs or (QUICK if options.quick else RUNS)
    book = os.path.abspath(options.book)
    with tempfile.TemporaryDirectory() as folder:
        python = installed(folder)
        bare = [python, "-c", "pass"]
        command = [os.path.join(os.path.dirname(python), "juesuan"), "check", book]
        require_verdict(command)
        if options.profile:
            profile(python, command, runs)
            return 0
        return records.told("cold_check", measured(python, bare, command, runs), options)


def installed(folder: str) -> str:
    """The interpreter of a new virtual environment in `folder` that holds the wheel of this repository."""
    venv.create(folder, with_pip=True)
    python = os.path.join(folder, "bin", "python")
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([python, "-m", "pip", "install", *quiet, ROOT], check=True)
    return python


def require_verdict(command: Sequence[str]) -> None:
    """Stop unless `command` really checks: a crash is quick, and ends with the exit code of a book with errors."""
    result = subprocess.run(command, env=environment(), capture_output=True, encoding="utf-8", check=False)
    if "结论" not in result.stdout or result.stderr:
        raise SystemExit(f"{' '.join(command)}: {result.stderr or result.stdout}")


def measured(python: str, bare: Sequence[str], command: Sequence[str], runs: int) -> Iterator[records.Figure]:
    """CPU, memory and forbidden imports of `command` beside those of `bare`."""
    samples = [(cost(bare), cost(command)) for _ in range(runs)]
    bare_cpu, cpu = (median([pair[side][0] for pair in samples]) for side in (0, 1))
    bare_peak, peak = (median([pair[side][1] for pair in samples]) for side in (0, 1))
    banned = forbidden(name for _, _, name in import_times(python, command))
    if banned:
        print(f"forbidden imports: {', '.join(banned)}", file=sys.stderr)
    nothing = "空的 Python（python -c pass）"
    yield records.times_as_much("冷启动核对一本账", cpu, bare_cpu, nothing, "毫秒 CPU", RATIO_TARGET)
    yield records.at_most("内存峰值：juesuan check", peak, MEMORY_TARGET, "MiB", nothing, bare_peak)
    yield records.at_most("冷启动时不该有的导入", len(banned), 0, "个")


def cost(command: Sequence[str]) -> tuple[float, float]:
    """CPU milliseconds and peak MiB of one run. A child's peak is never below that of this small script."""
    silence = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    child = os.posix_spawn(command[0], list(command), environment(), file_actions=silence)
    _, status, usage = os.wait4(child, 0)
    if (code := os.waitstatus_to_exitcode(status)) not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit code {code}")
    return 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024


def environment() -> dict[str, str]:
    """Ours without what changes how Python starts."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def import_times(python: str, command: Sequence[str]) -> list[tuple[int, int, str]]:
    """(own µs, µs with what it imports, module) of every import of one run."""
    result = subprocess.run(
        [python, "-X", "importtime", *command],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    rows = [line.removeprefix("import time:").split("|") for line in result.stderr.splitlines() if "|" in line]
    return [(int(own), int(whole), name.strip()) for own, whole, name in rows if own.strip().isdigit()]


def forbidden(modules: Iterable[str]) -> list[str]:
    """Which of `modules` are FORBIDDEN, or inside a forbidden package."""
    return sorted(module for module in modules if any(f"{module}.".startswith(f"{banned}.") for banned in FORBIDDEN))


def profile(python: str, command: Sequence[str], runs: int) -> None:
    """Print the costliest imports, by the median of their own time."""
    times: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for _ in range(runs):
        for own, whole, name in import_times(python, command):
            times[name].append((own, whole))
    rows = [
        (median([own for own, _ in pairs]), median([whole for _, whole in pairs]), name)
        for name, pairs in times.items()
    ]
    print(f"{len(rows)} imports, {sum(own for own, _, _ in rows) / 1000:.1f} ms\n   own ms  with its own imports")
    for row in sorted(rows, reverse=True)[:COSTLIEST]:
        print(f"{row[0] / 1000:9.2f}{row[1] / 1000:9.2f}  {row[2]}")


def median(values: Sequence[float]) -> float:
    """The middle value; importing `statistics` would make this process, and so the measured ones, larger."""
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    sys.exit(main())
