"""Whether all of it installs without a compiler on Windows, macOS and Linux. ``python .ci/wheels.py`` needs a network.

pip resolves what the package needs for each system and version of Python from wheels alone; nothing is installed. Exit
code 1 when there is no such wheel.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYSTEMS = {
    "Windows": ("win_amd64",),
    "macOS（Apple 芯片）": ("macosx_11_0_arm64", "macosx_12_0_arm64", "macosx_14_0_arm64"),
    "macOS（Intel）": ("macosx_10_12_x86_64", "macosx_10_13_x86_64", "macosx_11_0_x86_64", "macosx_14_0_x86_64"),
    "Linux": ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"),
}
PYTHONS = ("3.11", "3.12", "3.13")
EXTRAS = ("excel", "mailbox", "document")


def main() -> int:
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    groups = {"默认": project["dependencies"]}
    groups |= {extra: project["optional-dependencies"][extra] for extra in EXTRAS}
    failed = 0
    for system, tags in SYSTEMS.items():
        for python in PYTHONS:
            for group, wanted in groups.items():
                wheels, why = resolved(wanted, tags, python)
                compiled = [name for name in wheels if not name.endswith("-any.whl")]
                failed += bool(why)
                told = why or f"{len(wheels)} 个轮子，其中编译好的 {len(compiled)} 个"
                print(f"{system} Python {python} {group}：{told}", flush=True)
    return int(failed > 0)


def resolved(wanted: list[str], tags: tuple[str, ...], python: str) -> tuple[list[str], str]:
    """The names of the wheels pip would install, or what it says is not there."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--only-binary=:all:", "--python-version", python, "--target", folder, "--report", str(report)]
        for tag in tags:
            command += ["--platform", tag]
        run = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
        if run.returncode:
            return [], "没有现成的轮子：" + " ".join(run.stderr.split())[-300:]
        items = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [item["download_info"]["url"].rsplit("/", 1)[-1] for item in items], ""


if __name__ == "__main__":
    sys.exit(main())
