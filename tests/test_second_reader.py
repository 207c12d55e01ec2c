"""Somebody who has only the docs adds an edition and rules of its own: files and commands are taken from the pages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from juesuan.rule_shape import _SHAPES
from reader import RIGHT, ROOT, SAMPLES, WRONG, carried_out, commands, fences, of_two_tables

EDITION_PAGE, RULE_PAGE = "docs/add-an-edition.md", "docs/add-a-rule.md"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source as it is given out, a workbook of the province, and the files of both pages."""
    folder = tmp_path_factory.mktemp("second") / "reader"
    shutil.copytree(ROOT / "workbook", folder / "workbook", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "samples").mkdir()
    for name in (RIGHT, WRONG):
        shutil.copy(SAMPLES / name, folder / "samples")
    of_two_tables(folder / "广东某局.xlsx")
    for fence in (*fences(EDITION_PAGE), *fences(RULE_PAGE)):
        if fence.title:
            (folder / fence.title).write_text(fence.text, encoding="utf-8")
    return folder


def said(command: str, folder: Path) -> str:
    run = carried_out(command, folder, folder / "workbook")
    assert run.returncode in (0, 1), f"{command}\n{run.stderr}"
    return run.stdout


def judged(command: str, folder: Path) -> dict[str, Any]:
    book: dict[str, Any] = json.loads(said(f"{command} --format json", folder))["books"][0]
    return book


def test_an_edition_is_added_by_following_the_page(checkout: Path) -> None:
    before = judged("juesuan check samples/焦作2024.xlsx", checkout)
    unknown = carried_out("juesuan check 广东某局.xlsx --format json", checkout, checkout / "workbook")
    assert json.loads(unknown.stdout)["books"][0]["edition"] != "guangdong-2024"
    outputs = {command: said(command, checkout) for command in commands(EDITION_PAGE)}
    rules = outputs["juesuan rules --edition guangdong-2024.toml"]
    assert "EXP002" in rules
    assert "EXP001" not in rules, "提到没有的栏，自动不用"
    assert "guangdong-2024" in outputs["juesuan editions"]
    for command in ("juesuan check 广东某局.xlsx --edition guangdong-2024.toml", "juesuan check 广东某局.xlsx"):
        assert command in outputs
        book = judged(command, checkout)
        assert (book["edition"], book["verdict"]) == ("guangdong-2024", "tail")
        assert book["counts"]["passed"] > 60
    assert judged("juesuan check samples/焦作2024.xlsx", checkout) == before, "原有的版式照旧认得出"


def test_the_added_edition_finds_a_slip(checkout: Path) -> None:
    file = openpyxl.load_workbook(checkout / "广东某局.xlsx")
    file["公开03表"]["D10"] = 676.23
    file.save(checkout / "广东错局.xlsx")
    assert "667.23 写成了 676.23" in said("juesuan check 广东错局.xlsx --edition guangdong-2024.toml", checkout)


def test_rules_are_added_by_following_the_page(checkout: Path) -> None:
    outputs = {command: said(command, checkout) for command in commands(RULE_PAGE)}
    explained, *checks = outputs.values()
    assert "查什么：公开03表各行“项目支出” ≤ 公开03表各行“基本支出”。" in explained
    assert all("PRV001" in text and "PRV002" in text for text in checks)
    alone = judged("juesuan check samples/焦作2024.xlsx --rules 本省.toml --select PRV", checkout)
    found = {(item["rule"], item["address"]) for item in alone["findings"]}
    assert found == {("PRV001", "E15"), ("PRV001", "E16"), ("PRV002", "L8")}
    without = judged("juesuan check samples/焦作2024.xlsx", checkout)
    assert not [item for item in without["findings"] if item["rule"].startswith("PRV")]


def test_a_rule_for_the_added_edition_speaks_of_its_tables(checkout: Path) -> None:
    """A file of rules is refused whole where it names a table the form has not: said, with the names there are."""
    run = carried_out(
        "juesuan check 广东某局.xlsx --edition guangdong-2024.toml --rules 本省.toml", checkout, checkout / "workbook"
    )
    assert run.returncode == 2
    assert "PRV002" in run.stderr
    assert "three_public" in run.stderr
    first = (checkout / "本省.toml").read_text(encoding="utf-8").split("[[rule]]")[1]
    (checkout / "广东.toml").write_text(f"[[rule]]{first}", encoding="utf-8")
    book = judged("juesuan check 广东某局.xlsx --edition guangdong-2024.toml --rules 广东.toml", checkout)
    assert {item["rule"] for item in book["findings"] if item["level"] == "warning"} == {"PRV001"}


def test_the_page_explains_everything_a_rule_may_say() -> None:
    text = (ROOT / RULE_PAGE).read_text(encoding="utf-8")
    missing = [name for name in (*_SHAPES, "replaces") if f"`{name}`" not in text]
    assert not missing, f"请在 {RULE_PAGE} 里说明 {missing}"
