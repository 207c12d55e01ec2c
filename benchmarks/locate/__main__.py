"""Measure the joint verdict on rounding and the naming of culprit cells. ``python benchmarks/locate``

Writes ``benchmarks/locate/results.json``, from which ``docs/generate.py`` makes ``docs/culprits.md``, unless --quick.
Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:] = [
    *(str(ROOT / folder) for folder in ("benchmarks", "tests", "samples")),
    *(path for path in sys.path if Path(path).resolve() != HERE),
]

RESULTS = HERE / "results.json"


def main() -> int:
    from locate.lots import FULL, QUICK
    from locate.measure import digest, measured
    from locate.tally import tally
    from locate.targets import targets

    options = _options()
    scale = QUICK if options.quick else FULL
    if options.books is not None:
        scale = scale._replace(books=options.books)
    start = time.perf_counter()
    told = measured(scale, options.seed)
    trials = [trial for trial, _ in told]
    figures = tally(trials)
    reached = list(targets(figures))
    figures["targets"] = [
        {"title": target.title, "demand": target.demand, "measured": target.shown(target.measured), "met": target.met}
        for target in reached
    ]
    figures["run"] = {
        "seed": options.seed,
        "scale": scale._asdict(),
        "trials": len(trials),
        "digest": digest(trials),
        "minutes": round((time.perf_counter() - start) / 60, 1),
        "machine": _machine(),
    }
    if options.troubles:
        Path(options.troubles).write_text("\n\n".join(text for _, text in told if text) + "\n", encoding="utf-8")
    output = options.output or (None if options.quick else RESULTS)
    if output:
        Path(output).write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for target in reached:
        print(f"{'达到' if target.met else '未达'}  {target.title}：{target.shown(target.measured)}（{target.demand}）")
    print(f"{len(trials)} 次，{figures['run']['minutes']} 分钟，摘要 {figures['run']['digest']}")
    return 0 if all(target.met for target in reached) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, help="synthetic books to put slips into (default 240, quick 12)")
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn (default 0)")
    parser.add_argument("--quick", action="store_true", help="about two minutes; too few books for the targets")
    parser.add_argument("--output", help="file for the figures as JSON (default results.json, none with --quick)")
    parser.add_argument("--troubles", help="file for the cases that went wrong, for whoever improves the solver")
    return parser.parse_args()


def _machine() -> dict[str, str]:
    return {
        "processor": _processor(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "highspy": version("highspy"),
        "numpy": version("numpy"),
    }


def _processor() -> str:
    """The processor's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


if __name__ == "__main__":
    sys.exit(main())
