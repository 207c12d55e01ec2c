"""The house stands as drawn: imports run one way, modules stay short and have names that say something."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "workbook" / "juesuan"

# The layer table, low to high: a module, or a package with all the modules inside. Each imports only from
# lines above its own; names on one line are neighbours and do not know each other. `__init__` stands lowest,
# because whoever imports any module runs it first: it knows the version, and by name alone what `api` offers.
LAYERS = (
    ("__init__",),
    ("errors", "record"),
    ("apart", "given", "place", "schemas", "written"),
    ("explanation",),
    ("money", "ooxml"),
    ("model",),
    ("hierarchy",),
    ("book",),
    ("edition_kinds",),
    ("edition",),
    ("classification",),
    ("expr",),
    ("parse", "rule_shape"),
    ("rules",),
    ("terms",),
    ("relations",),
    ("bounds", "derive", "ratios"),
    ("wording",),
    ("answers",),
    ("narrative",),
    ("locate", "reading"),
    ("consistency",),
    ("causes", "together"),
    ("evidence",),
    ("checks",),
    ("check",),
    ("balance", "fill", "marks", "merge", "proofread", "recalculation"),
    ("marking", "report", "template", "vba"),
    ("writing",),
    ("addin", "document", "intake", "live"),
    ("batch", "buttons"),
    ("api", "mailbox"),
    ("cli",),
    ("__main__",),
)
LEVEL = {part: level for level, line in enumerate(LAYERS) for part in line}

MAY_PRINT = {"cli", "report"}
LONGEST = 300
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "core", "manager", "managers", "engine", "engines", "common"}

MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
each_module = pytest.mark.parametrize("module", MODULES)


def part_of(module: str) -> str:
    """The entry of the layer table a module belongs to: ``vba/project.py`` → ``vba``, ``money.py`` → ``money``."""
    return module.partition("/")[0].removesuffix(".py")


PARTS = LEVEL.keys() | {part_of(module) for module in MODULES}


def imported_parts(source: str) -> Iterator[str]:
    """Entries of the layer table that `source` imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                imported = [alias.name for alias in names]
            case ast.ImportFrom(module=origin, names=names, level=0):
                imported = [f"{origin}.{alias.name}" for alias in names]
            case ast.ImportFrom():
                raise AssertionError(f"第 {node.lineno} 行是相对导入；请写全：from juesuan.… import …")
            case _:
                continue
        for package, *inner in (name.split(".") for name in imported):
            if package == "juesuan":
                yield inner[0] if inner and inner[0] in PARTS else "__init__"


def upward_imports(part: str, source: str) -> list[str]:
    """What `source`, standing in `part`, imports and may not."""
    return sorted({other for other in imported_parts(source) if other != part and LEVEL[other] >= LEVEL[part]})


def test_there_are_modules_to_look_at() -> None:
    assert "errors.py" in MODULES


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("import juesuan.money", ["money"]),
        ("from juesuan import rules", ["rules"]),
        ("from juesuan.reading.files import read", ["reading"]),
        ("from juesuan.reading import files", ["reading"]),
        ("def late():\n    from juesuan import cli", ["cli"]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from juesuan.model import Book", ["model"]),
        ("import juesuan", ["__init__"]),
        ("from juesuan import __version__, money", ["__init__", "money"]),
        ("import json, juesuanish.money", []),
    ],
)
def test_imports_are_seen_wherever_they_stand(source: str, parts: list[str]) -> None:
    assert list(imported_parts(source)) == parts


@pytest.mark.parametrize(
    ("part", "source", "refused"),
    [
        ("rules", "from juesuan import errors, model", []),
        ("rules", "from juesuan.relations import relate", ["relations"]),
        ("reading", "from juesuan.reading.files import read", []),
        ("reading", "from juesuan.report import text", ["report"]),
        ("report", "from juesuan import __version__", []),
        ("__init__", "from juesuan.check import check", ["check"]),
        ("money", "from juesuan import model, rules", ["model", "rules"]),
    ],
)
def test_an_import_against_the_arrows_is_refused(part: str, source: str, refused: list[str]) -> None:
    assert upward_imports(part, source) == refused


def test_every_room_stands_on_the_page_and_in_its_picture() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    page, picture = (
        set(re.findall(r"[a-z]+", (ROOT / "docs" / name).read_text(encoding="utf-8")))
        for name in ("architecture.md", "images/rooms.svg")
    )
    assert rooms <= page
    assert rooms - {"cli"} <= picture


@each_module
def test_every_module_has_its_place_in_the_layer_table(module: str) -> None:
    part = part_of(module)
    assert part in LEVEL, f"层次表里没有 {part}：请在 tests/test_architecture.py 的 LAYERS 中写明它在哪一层。"


@each_module
def test_imports_run_one_way(module: str) -> None:
    part, source = part_of(module), MODULES[module].read_text(encoding="utf-8")
    unplaced = [other for other in (part, *imported_parts(source)) if other not in LEVEL]
    assert not unplaced, f"层次表里没有 {'、'.join(unplaced)}：请先补进 LAYERS。"
    refused = upward_imports(part, source)
    assert not refused, f"{module} 不得导入 {'、'.join(refused)}：只能导入 LAYERS 中更低层的模块。"


@each_module
def test_no_module_is_longer_than_300_lines(module: str) -> None:
    lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{module} 有 {lines} 行，超过 {LONGEST} 行；请按名词拆开。"


@each_module
def test_module_names_say_what_is_inside(module: str) -> None:
    empty = EMPTY_NAMES.intersection(module.removesuffix(".py").split("/"))
    assert not empty, f"{module}：“{'、'.join(empty)}”没有说明里面是什么，请用一个名词。"


@each_module
def test_only_the_command_line_and_reports_print(module: str) -> None:
    if part_of(module) in MAY_PRINT:
        return
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{module} 第 {node.lineno} 行 print(；只有 cli 与 report 可以输出。"


def test_the_source_root_is_not_a_package() -> None:
    assert not (ROOT / "workbook" / "__init__.py").exists(), "workbook/ 只是源码目录；包名是 juesuan。"


def test_importing_through_the_source_root_is_refused() -> None:
    """From the repository root ``workbook.juesuan`` is within reach, and would be a second copy of everything."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    result = subprocess.run(
        [sys.executable, "-c", "import workbook.juesuan"],
        cwd=ROOT,
        env=environment | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    last_line = result.stderr.strip().rpartition("\n")[2]
    kind, _, message = last_line.partition(": ")
    assert (result.returncode, kind) == (1, "ImportError"), result.stderr or "导入竟然成功了"
    assert "import juesuan" in message, f"错误信息应告诉人写 import juesuan：{last_line}"
