"""``import juesuan``: small, typed, lazily loaded, and documented with examples that run."""

from __future__ import annotations

import ast
import doctest
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import juesuan

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "workbook" / "juesuan" / "__init__.pyi"
SURFACE = {
    "Checked": "book verdict reason counts findings not_checked together",
    "Finding": "rule level status place message cells actual expected bound group answer overridden",
    "JuesuanError": "Exception",
    "Marked": "checked peculiarities",
    "Result": "path sha256 checked reason catalogue",
    "as_json": "(results: 'Sequence[Result]') -> 'str'",
    "check_workbook": (
        "(path: 'str', *, edition: 'str' = 'auto', rules: 'str | None' = None, select: 'Sequence[str]' = (), "
        "ignore: 'Sequence[str]' = (), last_year: 'Sequence[str]' = (), "
        "explanations: 'str' = '', overrides: 'Sequence[tuple[str, str]]' = ()) -> 'Result'"
    ),
    "clear_workbook": "(path: 'str', output: 'str') -> 'bool'",
    "mark_workbook": (
        "(path: 'str', output: 'str', *, edition: 'str' = 'auto', rules: 'str | None' = None, "
        "last_year: 'Sequence[str]' = (), explanations: 'str' = '', "
        "overrides: 'Sequence[tuple[str, str]]' = ()) -> 'Marked'"
    ),
    "schema": "(name: str) -> dict[str, typing.Any]",
}
"""Whoever changes a line of this changes what others' programs rely on: then CHANGELOG says so."""


def shape(value: object) -> str:
    if fields := getattr(value, "_fields", None):
        return " ".join(fields)
    return "Exception" if isinstance(value, type) else str(inspect.signature(value))  # type: ignore[arg-type]


def test_the_surface_is_this_and_no_more() -> None:
    assert {name: shape(getattr(juesuan, name)) for name in juesuan.__all__} == SURFACE
    assert issubclass(juesuan.JuesuanError, Exception)


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    imported = {alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    declared = {ast.unparse(node.target) for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert imported == set(juesuan.__all__)
    assert declared == {"__version__", "__all__"}
    assert (STUB.parent / "py.typed").exists()


@pytest.mark.parametrize("name", [name for name in SURFACE if name[0].islower()])
def test_every_function_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(juesuan, name))


def test_importing_loads_nothing_until_it_is_asked_for() -> None:
    script = (
        "import sys, juesuan; from juesuan import cli; before = 'juesuan.api' in sys.modules; juesuan.schema;"
        "print(before, 'juesuan.api' in sys.modules, 'openpyxl' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workbook")}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True", "False"]


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'check_everything'"):
        juesuan.check_everything  # type: ignore[attr-defined]  # noqa: B018


def test_files_that_were_changed_are_read_again(tmp_path: Path) -> None:
    book, said, rules = str(ROOT / "samples" / "焦作2024.xlsx"), tmp_path / "说明.csv", tmp_path / "规则.txt"

    def found() -> tuple[int, str]:
        checked = juesuan.check_workbook(book, explanations=str(said), rules=str(rules)).checked
        assert checked is not None
        return checked.counts["explained"], checked.verdict

    for amount, least, expected in (
        ("68.42", 0, (1, "warn")),
        ("99.99", 0, (0, "warn")),
        ("99.99", 9999, (0, "fail")),
    ):
        said.write_text(f"规则,表,科目/行,金额,说明\nX051,公开06表,30108,{amount},另有原因\n", encoding="utf-8")
        rules.write_text(f"公开01!C37 >= {least:04}\n", encoding="utf-8")
        assert found() == expected


def test_the_examples_in_the_manual_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    outcome = doctest.testfile(
        str(ROOT / "docs" / "api.md"), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8"
    )
    assert outcome.attempted > 8
    assert outcome.failed == 0
