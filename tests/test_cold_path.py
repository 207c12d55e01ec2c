"""What every ``juesuan check`` imports: nothing that costs more than the check itself."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "cold_check.py"))


def imports(*command: str) -> set[str]:
    """Modules imported by a Python that is started with `command`."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workbook"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode in (0, 1), result.stderr
    assert "Traceback" not in result.stderr, result.stderr
    return {line.rpartition("|")[2].strip() for line in result.stderr.splitlines() if line.startswith("import time:")}


def test_a_check_imports_nothing_dear() -> None:
    """What a virtual environment itself imports at the start of every Python is not ours."""
    ours = imports("-m", "juesuan", "check", "samples/焦作2024.xlsx") - imports("-c", "pass")
    assert {"juesuan.check", "python_calamine"} <= ours, "没有真的核对"
    assert BENCHMARK["forbidden"](ours) == [], "请在用到它的函数里导入，或不用它。"


def test_the_culprits_of_a_small_book_are_found_without_the_large_solver() -> None:
    ours = imports("-m", "juesuan", "check", "samples/焦作2024-有误.xlsx") - imports("-c", "pass")
    assert "juesuan.locate.simplex" in ours
    assert not ours & {"highspy", "numpy", "openpyxl", "pandas", "scipy"}


def test_the_forbidden_list_names_packages_with_all_they_hold() -> None:
    found = BENCHMARK["forbidden"](["numpy.linalg", "zipfile", "zipfiles", "importlib.resources.abc", "importlib"])
    assert found == ["importlib.resources.abc", "numpy.linalg", "zipfile"]


def test_the_processes_of_a_batch_begin_with_what_they_need_only() -> None:
    assert not imports("-c", "import juesuan.batch.run") & {"juesuan.marking", "juesuan.batch.drawing", "distributed"}
    assert not imports("-c", "import juesuan.batch.worker") & {"juesuan.marking", "sqlite3", "juesuan.batch.ledger"}
