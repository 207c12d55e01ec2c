"""What each dependency weighs: ``python docs/dependencies.py`` looks at what is installed and writes dependencies.json.

Import time is CPU time of a process of its own less that of an empty one: the least of several runs, in turn, which
other work on the machine disturbs least. ``docs/generate.py`` makes the table of ``docs/dependencies.md`` from it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
MEASURED = ROOT / "docs" / "dependencies.json"
EXTRAS = ("excel", "mailbox", "document", "cluster")
DEFAULT = "默认"
RUNS = 9

Cells = tuple[str, ...]


def main() -> int:
    owners = owners_of()
    modules = {name: module_of(name) for name, (_, direct) in owners.items() if direct}
    times = import_times(sorted(filter(None, modules.values())))
    entries = [
        {
            "name": name,
            "where": where,
            "direct": direct,
            "version": metadata.version(name),
            "licence": licence_of(name),
            "bytes": size_of(name),
            "import_ms": times.get(modules.get(name) or ""),
        }
        for name, (where, direct) in owners.items()
    ]
    content = {"python": ".".join(map(str, sys.version_info[:3])), "packages": entries}
    MEASURED.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def owners_of() -> dict[str, tuple[str, bool]]:
    """Every package that gets installed: with what it first comes, and whether it is asked for by name."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    wanted = {DEFAULT: project["dependencies"]} | {extra: project["optional-dependencies"][extra] for extra in EXTRAS}
    owners: dict[str, tuple[str, bool]] = {}
    for where, lines in wanted.items():
        direct = [canonicalize_name(Requirement(line).name) for line in lines]
        owners |= {name: (where, True) for name in direct if name not in owners}
        todo = list(lines)
        while todo:
            wish = Requirement(todo.pop(0))
            name = canonicalize_name(wish.name)
            owners.setdefault(name, (where, False))
            for line in metadata.requires(name) or []:
                needed = Requirement(line)
                if applies(needed, wish.extras) and canonicalize_name(needed.name) not in owners:
                    todo.append(line)
    return owners


def applies(needed: Requirement, extras: set[str]) -> bool:
    return not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in extras or {""})


def licence_of(name: str) -> str:
    """The licence as the package declares it: an SPDX expression, else its classifiers, else a short text."""
    told = metadata.metadata(name).json
    classified = [line.rpartition(" :: ")[2] for line in told.get("classifier", ()) if line.startswith("License")]
    text = str(told.get("license", "")).strip()
    short = text if "\n" not in text and len(text) < 60 else ""
    return str(told.get("license_expression", "")) or short or "、".join(classified) or "没有声明，见上"


def size_of(name: str) -> int:
    """Bytes of the installed files, without what Python compiled of them."""
    files = metadata.files(name) or []
    paths = (Path(str(file.locate())) for file in files if file.suffix != ".pyc")
    return sum(path.stat().st_size for path in paths if path.exists())


def module_of(name: str) -> str | None:
    provided = metadata.packages_distributions()
    found = [module for module, names in provided.items() if name in [str(canonicalize_name(each)) for each in names]]
    likely = name.replace("-", "_")
    return next((module for module in found if module == likely), min(found, key=len, default=None))


def import_times(modules: list[str]) -> dict[str, float]:
    """CPU milliseconds of importing each module."""
    times: dict[str, list[float]] = {module: [] for module in ("", *modules)}
    for _ in range(RUNS):
        for module, seen in times.items():
            seen.append(cpu([sys.executable, "-c", f"import {module}" if module else "pass"]))
    empty = min(times.pop(""))
    return {module: round(max(min(seen) - empty, 0), 1) for module, seen in times.items()}


def cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def section() -> Iterator[str | tuple[Cells, list[Cells]]]:
    content: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    yield (
        "本节由 `docs/generate.py` 从 `docs/dependencies.json` 写出；`python docs/dependencies.py` 在自己的机器上重量。"
        f"Python {content['python']}；大小是装好后的文件，不含编译的 `.pyc`；"
        "导入是另起进程导入一次的 CPU 时间，减去空的 Python，"
        f"{RUNS} 遍里最少的一遍。没有导入时间的，是由别的依赖带来的。"
    )
    rows: list[Cells] = []
    for entry in content["packages"]:
        megabytes = entry["bytes"] / 1_000_000
        time = entry["import_ms"]
        rows.append(
            (
                entry["name"],
                entry["where"] + ("" if entry["direct"] else "（带来的）"),
                entry["version"],
                entry["licence"],
                f"{megabytes:.1f} MB",
                "" if time is None else f"{time:g} 毫秒",
            )
        )
    yield ("依赖", "安装", "版本", "许可证", "大小", "导入"), rows
    whole = sum(entry["bytes"] for entry in content["packages"] if entry["where"] == DEFAULT) / 1_000_000
    yield f"默认安装合计 {whole:.0f} MB，`juesuan check` 只导入其中 python-calamine 和 tomli。"


if __name__ == "__main__":
    sys.exit(main())
