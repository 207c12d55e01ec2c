"""What is published: the same sources give the same bytes, and everything the package needs is inside."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools import require_module

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "workbook" / "juesuan"
BUILD = "import sys; from hatchling import build; print(getattr(build, f'build_{sys.argv[1]}')(sys.argv[2]))"


def built(kind: str, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", BUILD, kind, str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment())
    return folder / run.stdout.split()[-1]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    require_module("hatchling")
    folder = tmp_path_factory.mktemp("built")
    first = {kind: built(kind, folder / "1") for kind in ("wheel", "sdist")}
    # Times in an archive count in steps of two seconds.
    time.sleep(2.1)
    return {kind: (path, built(kind, folder / "2")) for kind, path in first.items()}


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_two_builds_give_the_same_bytes(kind: str, twice: dict[str, tuple[Path, Path]]) -> None:
    first, second = twice[kind]
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_the_wheel_is_for_every_system_and_holds_the_whole_package(twice: dict[str, tuple[Path, Path]]) -> None:
    wheel, _ = twice["wheel"]
    assert wheel.name.endswith("-py3-none-any.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {f"juesuan/{path.relative_to(PACKAGE).as_posix()}" for path in files} <= names
    assert {"juesuan/py.typed", "juesuan/__init__.pyi", "juesuan/data/schemas/check-1.json"} <= names
    assert any(name.startswith("juesuan/data/macros/") for name in names)
    foreign = [name for name in names if not name.startswith(("juesuan/", "juesuan-"))]
    assert foreign == []


def test_the_sdist_holds_what_the_tests_and_the_documents_need(twice: dict[str, tuple[Path, Path]]) -> None:
    sdist, _ = twice["sdist"]
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "tests/test_wheel.py", ".ci/test", "docs/benchmarks.md"} <= names


def test_the_schema_files_can_be_read_from_the_wheel_itself(
    tmp_path: Path, twice: dict[str, tuple[Path, Path]]
) -> None:
    with zipfile.ZipFile(twice["wheel"][0]) as wheel:
        wheel.extractall(tmp_path)
    script = "import juesuan; print(juesuan.__file__); print(juesuan.schema('juesuan.check/1')['title'])"
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    where, title = run.stdout.splitlines()
    assert where.startswith(str(tmp_path))
    assert title == "juesuan.check/1"


def test_the_version_is_the_same_everywhere() -> None:
    import juesuan

    with open(ROOT / "pyproject.toml", "rb") as file:
        assert tomllib.load(file)["project"]["version"] == juesuan.__version__
