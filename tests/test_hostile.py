"""Every kind of odd and hostile file: judged rightly or refused in one sentence, soon and in little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hostile import FILES, HostileFile
from hostile.kind import SAMPLE

ROOT = Path(__file__).resolve().parent.parent
SECONDS, MEGABYTES = 5.0, 300.0

# `juesuan check`, and then how much memory the process itself has held at most; its children do not count.
CHECK = """
import sys
from juesuan.cli import main
code = main(sys.argv[1:])
sys.stdout.flush()
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
sys.exit(code)
"""


class Run(NamedTuple):
    """`seconds` of CPU, its children's with it: a busy machine makes no difference."""

    code: int
    book: dict[str, Any]
    said: list[str]
    seconds: float
    megabytes: float


def run(path: Path) -> Run:
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", CHECK, "check", str(path), "--format", "json"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "workbook"), *sys.path[1:]]), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    *said, memory = done.stderr.splitlines()
    assert "Traceback" not in done.stderr, done.stderr
    return Run(done.returncode, json.loads(done.stdout)["books"][0], said, seconds, int(memory) / 1024)


def errors(book: dict[str, Any]) -> list[tuple[str, ...]]:
    named = ("rule", "sheet", "address", "actual", "expected", "message")
    return [tuple(item[name] for name in named) for item in book["findings"] if item["level"] == "error"]


@pytest.fixture(scope="module")
def plainly() -> Run:
    """What is said of the sample itself."""
    done = run(SAMPLE)
    assert done.code == 1
    assert len(errors(done.book)) > 5
    return done


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="内存用量要从 /proc 读")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_hostile_file_is_judged_rightly_or_refused_in_one_sentence(
    file: HostileFile, plainly: Run, tmp_path: Path
) -> None:
    path = tmp_path / file.name
    content = file.make()
    path.write_bytes(content)
    done = run(path)
    if file.refused is None:
        assert (done.code, done.said) == (1, [])
        assert errors(done.book) == errors(plainly.book)
        assert done.book["culprits"] == plainly.book["culprits"]
        assert file.said in json.dumps(done.book, ensure_ascii=False)
    else:
        assert done.code == 2, done.book["verdict"]
        assert len(done.said) == 1
        assert file.refused in done.said[0]
    assert path.read_bytes() == content
    assert [item.name for item in tmp_path.iterdir()] == [file.name]
    assert done.seconds < SECONDS
    assert done.megabytes < MEGABYTES


def test_every_file_is_in_the_table_once() -> None:
    names = [file.name for file in FILES]
    assert len(names) == len(set(names)) > 80
    page = (ROOT / "docs" / "hostile.md").read_text(encoding="utf-8")
    assert [name for name in names if page.count(f"| {name} |") != 1] == []
