"""What a benchmark measured, in one shape for all of them, and the machine it ran on.

``--record`` writes ``benchmarks/records/<name>.json``, from which ``docs/generate.py`` makes docs/benchmarks.md and
what README quotes. A process that is measured is never smaller than the one that starts it: what is dear to import
is imported after the measuring.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "records")
PACKAGES = ("python-calamine", "openpyxl", "tomli", "highspy", "numpy")


class Figure(NamedTuple):
    """`ours` beside the `baseline` that was measured in the same run, both in `unit`; `against` says what that is.

    `ratio` is theirs by ours where less is better (how many times less), unless the target is a multiple of the
    baseline that must not be exceeded. `met` is None where nothing was promised.
    """

    name: str
    ours: float
    unit: str = ""
    against: str = ""
    baseline: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def times_less(name: str, ours: float, baseline: float, against: str, unit: str, least: float | None = None) -> Figure:
    """How many times less than the baseline; at least so many times are wanted."""
    ratio = baseline / ours
    wanted = ("", None) if least is None else (f"≥ {least:g} 倍", ratio >= least)
    return Figure(name, _short(ours), unit, against, _short(baseline), round(ratio, 2), *wanted)


def times_as_much(name: str, ours: float, baseline: float, against: str, unit: str, most: float) -> Figure:
    """How many times the baseline; at most so many times are allowed."""
    ratio = ours / baseline
    return Figure(name, _short(ours), unit, against, _short(baseline), round(ratio, 2), f"≤ {most:g} 倍", ratio <= most)


def at_most(
    name: str, ours: float, most: float, unit: str = "", against: str = "", baseline: float | None = None
) -> Figure:
    wanted = f"≤ {most:g}" if most else "0"
    return Figure(name, _short(ours), unit, against, baseline and _short(baseline), None, wanted, ours <= most)


def at_least(
    name: str, ours: float, least: float, unit: str = "", against: str = "", baseline: float | None = None
) -> Figure:
    return Figure(
        name,
        _short(ours),
        unit,
        against,
        None if baseline is None else _short(baseline),
        None,
        f"≥ {least:g}",
        ours >= least,
    )


def _short(value: float) -> float:
    """Three digits are more than a shared machine can repeat."""
    return value if isinstance(value, int) else float(f"{value:.3g}")


def add_options(parser: argparse.ArgumentParser, quick: str) -> None:
    parser.add_argument("--quick", action="store_true", help=quick)
    parser.add_argument("--record", action="store_true", help="write the figures to benchmarks/records")


def told(benchmark: str, figures: Iterable[Figure], options: argparse.Namespace) -> int:
    """Print every figure as a line of JSON, keep them with ``--record``; 1 when a target is missed."""
    found = list(figures)
    import json

    for figure in found:
        print(json.dumps(figure._asdict(), ensure_ascii=False), flush=True)
    if options.record:
        run = {"benchmark": benchmark, "quick": options.quick, "load": round(os.getloadavg()[0], 1), **machine()}
        content = {"run": run, "figures": [figure._asdict() for figure in found]}
        with open(os.path.join(FOLDER, f"{benchmark}.json"), "w", encoding="utf-8") as file:
            file.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return int(any(figure.met is False for figure in found))


def machine() -> dict[str, Any]:
    """The processor, the system, and the versions of what was run."""
    import platform
    from importlib.metadata import version

    return {
        "processor": f"{_processor() or platform.processor()}，{os.cpu_count()} 核",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    """The processor's name where the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    except OSError:
        return ""


def recorded(benchmark: str) -> tuple[dict[str, Any], list[Figure]]:
    """The run and the figures of a record."""
    import json

    with open(os.path.join(FOLDER, f"{benchmark}.json"), encoding="utf-8") as file:
        content = json.load(file)
    return content["run"], [Figure(**figure) for figure in content["figures"]]
