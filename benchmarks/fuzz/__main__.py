"""Check mutants of the samples in pool workers. ``nice python benchmarks/fuzz``

A mutant whose figures did not change has to be judged like the original, or refused, or judged in part with a word on
what was not checked; one of a workbook with errors never passes; no file crashes our code. Writes
``benchmarks/fuzz/results.json``, from which ``docs/generate.py`` makes a part of ``docs/hostile.md``, unless --output
names another file. Exit code 1 when anything went wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from juesuan.apart import FAULT

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:] = [
    *(str(ROOT / folder) for folder in ("benchmarks", "samples")),
    *(path for path in sys.path if Path(path).resolve() != HERE),
]
RESULTS = HERE / "results.json"
SLOW = 5.0


class Base(NamedTuple):
    """A workbook to be changed: its content, the changes it is open to, and how often it is taken."""

    name: str
    data: bytes
    ways: tuple[Any, ...]
    weight: int


class Mutant(NamedTuple):
    number: int
    base: Base
    way: Any
    data: bytes
    made: float


def main() -> int:
    from juesuan.edition import DEFAULT_EDITION
    from juesuan.intake.judge import Order
    from juesuan.intake.pool import Pool

    options = _options()
    given = bases()
    slow = 0.0
    ways: dict[str, Counter[str]] = {}
    troubles: list[tuple[int, str, str]] = []
    with tempfile.TemporaryDirectory() as folder, Pool(Order(DEFAULT_EDITION), options.workers) as pool:
        expected = {base.name: _judged_alone(pool, base, folder) for base in given}
        waiting: dict[str, Mutant] = {}

        def paths() -> Iterator[str]:
            for mutant in mutants(given, options.seed, options.first, options.mutants):
                path = os.path.join(folder, f"{mutant.number}.xlsx")
                Path(path).write_bytes(mutant.data)
                waiting[path] = mutant._replace(made=time.perf_counter())
                yield path

        for result in pool.judge(paths()):
            mutant = waiting.pop(result.path)
            seconds = time.perf_counter() - mutant.made
            slow = max(slow, seconds)
            if seconds > SLOW:
                print(f"{mutant.number} {mutant.base.name} {mutant.way.name}: {seconds:.1f} 秒", flush=True)
            if Path(result.path).read_bytes() != mutant.data:
                troubles.append((mutant.number, mutant.way.name, "原件变了"))
            os.unlink(result.path)
            kind, trouble = verdict(mutant, result.entry, result.died, expected[mutant.base.name])
            counts = ways.setdefault(mutant.way.name, Counter())
            counts.update(("all", kind))
            if trouble:
                troubles.append((mutant.number, mutant.way.name, trouble))
                print(*troubles[-1], flush=True)
    crashed = sum(trouble.startswith("中断") for _, _, trouble in troubles)
    kinds = ("all", "same", "less", "other", "refused", "stopped")
    told = {
        "seed": options.seed,
        "mutants": sum(counts["all"] for counts in ways.values()),
        "ways": {name: {kind: ways[name][kind] for kind in kinds} for name in sorted(ways)},
        "crashed": crashed,
        "wrong": len(troubles) - crashed,
        "slowest": round(slow, 1),
        "troubles": troubles,
    }
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    Path(options.output or RESULTS).write_text(text, encoding="utf-8")
    print(text)
    return int(bool(troubles))


def bases() -> list[Base]:
    from fuzz.mutants import BYTES, WORKSHEETS, ZIPPED
    from hostile import formats
    from hostile.kind import FOLDER, SAMPLE

    clean = SAMPLE.parent / "焦作2024.xlsx"
    return [
        Base("无误.xlsx", clean.read_bytes(), WORKSHEETS, 5),
        Base("有误.xlsx", SAMPLE.read_bytes(), WORKSHEETS, 3),
        Base("有公式.xlsx", with_formulas(), WORKSHEETS, 3),
        Base("有误.ods", (FOLDER / "焦作2024-有误.ods").read_bytes(), ZIPPED, 1),
        Base("有误.xlsb", formats.xlsb(), BYTES, 1),
        Base("有误.xls", formats.xls(), BYTES, 1),
    ]


def with_formulas() -> bytes:
    """The sample with errors and with an error value, a formula with its value and one without."""
    from hostile.kind import parts, zipped

    sheet = "xl/worksheets/sheet3.xml"
    content = parts()
    for address, cell in (("C10", ' t="e"><v>#REF!</v>'), ("D7", "><f>SUM(D8)</f><v>794.34</v>"), ("E7", "><f>1</f>")):
        found = re.search(rf'<c r="{address}"[^>]*>.*?</c>', content[sheet].decode())
        assert found
        content[sheet] = content[sheet].replace(found[0].encode(), f'<c r="{address}"{cell}</c>'.encode())
    return zipped(content)


def mutants(given: list[Base], seed: str, first: int, count: int) -> Iterator[Mutant]:
    weights = [base.weight for base in given]
    for number in range(first, first + count):
        random = Random(f"{seed}:{number}")
        (base,) = random.choices(given, weights)
        way = random.choice(base.ways)
        yield Mutant(number, base, way, way.change(base.data, random), 0.0)


def verdict(mutant: Mutant, entry: dict[str, Any], died: bool, expected: dict[str, Any]) -> tuple[str, str | None]:
    """What came of a mutant, and what is wrong about it."""
    if died:
        crash = "读取程序中断" in entry["reason"] or FAULT in entry["reason"]
        return "stopped", f"中断：{entry['reason']}" if crash else None
    if entry["verdict"] == "unjudged":
        return "refused", None
    if essence(entry) == essence(expected):
        return "same", None
    if expected["verdict"] == "fail" and entry["verdict"] != "fail":
        return "other", f"原有差错，却判作 {entry['verdict']}"
    sealed = mutant.way.sealed and not mutant.base.name.endswith(".xls")
    if says_less(entry, expected) and not sealed:
        return "less", None
    if mutant.way.spelling or sealed or unchanged(mutant):
        return "other", f"数没有变，却判作 {entry['verdict']}：{difference(entry, expected)}"
    return "other", None


def unchanged(mutant: Mutant) -> bool:
    """Whether the figures are what they were; of other formats than .xlsx nobody else can tell."""
    from fuzz.figures import figures

    if not mutant.base.name.endswith(".xlsx"):
        return False
    found = figures(mutant.data)
    return found is not None and found == figures(mutant.base.data)


def says_less(entry: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether some of what is said of the original is left out, and what was not checked is told instead."""
    fewer = set(essence(entry)[1]) <= set(essence(expected)[1])
    return (
        fewer and entry["verdict"] == expected["verdict"] and len(entry["not_checked"]) > len(expected["not_checked"])
    )


def essence(entry: dict[str, Any]) -> tuple[str, list[tuple[str, ...]], str]:
    """Errors and culprits, and the verdict: what a mutant that says the same must share."""
    named = ("rule", "sheet", "address", "actual", "expected")
    errors = [tuple(item[name] for name in named) for item in entry["findings"] if item["level"] == "error"]
    return entry["verdict"], errors, json.dumps(entry["culprits"], ensure_ascii=False)


def difference(entry: dict[str, Any], expected: dict[str, Any]) -> str:
    known = {item["message"] for item in expected["findings"]}
    return "；".join(item["message"] for item in entry["findings"] if item["message"] not in known)[:300]


def _judged_alone(pool: Any, base: Base, folder: str) -> dict[str, Any]:
    path = os.path.join(folder, base.name)
    Path(path).write_bytes(base.data)
    (result,) = pool.judge([path])
    assert result.entry["verdict"] in ("warn", "fail"), result.entry["reason"]
    return dict(result.entry)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=20_000, help="how many (default 20,000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first one, to repeat some")
    parser.add_argument("--seed", default="2024", help="(default 2024)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    parser.add_argument("--output", help="file for the results (default benchmarks/fuzz/results.json)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
