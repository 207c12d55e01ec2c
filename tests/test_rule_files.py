"""Rule files: what is refused, and that it is said with the file, the rule and the names that would do."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from juesuan.book import Book
from juesuan.check import check
from juesuan.checks import CHECKS
from juesuan.edition import load_edition
from juesuan.errors import DeclarationError
from juesuan.intake.rule_file import extended
from juesuan.rule_shape import require_shape
from juesuan.rules import FOLDER, Catalogue, load_catalogue

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)

GOOD = """
[[rule]]
code = "SUM901"
title = "本省另有的一条"
level = "warning"
basis = "某省厅通知"
advice = "请核实。"
catalogue = []
expr = "收入支出决算总表.本年收入合计 >= 收入决算表[合计].财政拨款收入"
"""


def written(folder: Path, text: str) -> str:
    path = folder / "本省.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def refusal(folder: Path, text: str) -> str:
    path = written(folder, text)
    with pytest.raises(DeclarationError) as refused:
        extended(CATALOGUE, path)
    assert path in str(refused.value)
    return str(refused.value)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_every_shipped_function_exists_and_is_used() -> None:
    assert {rule.function for rule in CATALOGUE.rules if rule.function} == CHECKS.keys()


@pytest.mark.parametrize("path", sorted(Path(FOLDER).glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_files_are_held_to_what_others_are(path: Path) -> None:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for entry in content["rule"]:
        require_shape(content.get("defaults", {}) | entry)
        assert not path.stem.isupper() or entry["code"].startswith(path.stem)
        assert "replaces" not in entry


def test_a_file_adds_a_rule_written_in_chinese_names(tmp_path: Path) -> None:
    more = extended(CATALOGUE, written(tmp_path, GOOD))
    assert [rule.code for rule in more.rules] == [*(rule.code for rule in CATALOGUE.rules), "SUM901"]
    assert more.rules[-1].tables == ("summary", "revenue")
    assert CATALOGUE.rule("SUM901") is None


def test_a_rule_is_replaced_only_with_a_reason(tmp_path: Path) -> None:
    text = changed("SUM901", "SUM001")
    message = refusal(tmp_path, text)
    assert "SUM001" in message
    assert "replaces" in message
    more = extended(CATALOGUE, written(tmp_path, text + 'replaces = "本省口径不同"\n'))
    replaced = more.rule("SUM001")
    assert replaced is not None
    assert replaced.title == "本省另有的一条"
    assert len(more.rules) == len(CATALOGUE.rules)


def test_a_rule_that_says_it_replaces_must_find_what_it_replaces(tmp_path: Path) -> None:
    assert "SUM901" in refusal(tmp_path, GOOD + 'replaces = "没有的规则"\n')


def test_a_code_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    assert "SUM901" in refusal(tmp_path, GOOD + GOOD)
    assert "SUM901" in refusal(tmp_path, GOOD + GOOD + 'replaces = "后一条算数"\n')


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("收入支出决算总表.本", "收支总表.本", ["收支总表", "appropriation_summary", "three_public"]),
        ("财政拨款收入", "财政收入", ["财政收入", "fiscal_appropriation", "other_revenue"]),
        ("[合计]", "[小计]", ["小计", "total"]),
        (".本年收入合计", ".本年全部收入", ["本年全部收入"]),
        (">=", "!=", [">="]),
        ("收入决算表[合计].财政拨款收入", "sum(收入决算表[合计].财政拨款收入)", ["sum", "children", "leaves"]),
        ("收入决算表[合计].财政拨款收入", "__import__('os').getcwd()", ["只能用"]),
        ("收入决算表[合计].财政拨款收入", "收入决算表[合计].财政拨款收入 * 2", ["只能用"]),
        ("收入决算表[合计].财政拨款收入", "收入决算表[合计].财政拨款收入 +", ["写法有误"]),
        ('expr = "', 'function = "没有这个函数"\nexpr = "', ["expr", "function"]),
        ('level = "warning"', 'level = "严重"', ["error", "warning", "info"]),
        ('title = "本省另有的一条"\n', "", ["title"]),
        ('basis = "某省厅通知"\n', "", ["basis"]),
        ("catalogue = []", "catalogue = []\ncolour = 1", ["colour", "skipped_when"]),
        ("catalogue = []", 'catalogue = "A0101"', ["catalogue", "方括号"]),
        ("catalogue = []", "catalogue = [1]", ["catalogue", "方括号"]),
        ("catalogue = []", "catalogue = []\nsince = '2024'", ["since", "年度"]),
        ("catalogue = []", "catalogue = []\ntolerance = '0.01'", ["tolerance", "万元数"]),
        ("catalogue = []", "catalogue = []\ntables = ['公开05表']", ["公开05表", "general_budget"]),
        ("catalogue = []", "catalogue = []\nwhen = ['收入支出决算总表.总计 = 0']", ["总计", "revenue"]),
        ("SUM901", "SUM9", ["SUM9", "三位数字"]),
        ("SUM901", "sum901", ["sum901"]),
        ('"SUM901"', "901", ["901", "文字"]),
    ],
)
def test_a_malformed_rule_is_refused_with_what_would_do(old: str, new: str, told: list[str], tmp_path: Path) -> None:
    message = refusal(tmp_path, changed(old, new))
    assert [word for word in told if word not in message] == []
    assert "901" in message or "SUM9" in message


@pytest.mark.parametrize(
    "text", ["[[rule]\n", "rule = 3\n", "", "[[rule]]\n", 'rule = "一条"\n', "defaults = 1\n[[rule]]\n"]
)
def test_a_file_that_is_no_rule_file_is_refused(text: str, tmp_path: Path) -> None:
    refusal(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="没有的"):
        extended(CATALOGUE, str(tmp_path / "没有的.toml"))


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "国标码.toml"
    path.write_bytes(GOOD.encode("gbk"))
    with pytest.raises(DeclarationError, match="国标码"):
        extended(CATALOGUE, str(path))


def test_an_unknown_function_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith("expr")]
    text = "\n".join([*lines, 'function = "no_such_check"'])
    with pytest.raises(DeclarationError) as refused:
        check(Book(EDITION), extended(CATALOGUE, written(tmp_path, text)))
    assert all(word in str(refused.value) for word in ("SUM901", "no_such_check", *sorted(CHECKS)))


def test_one_bad_rule_keeps_the_whole_file_out(tmp_path: Path) -> None:
    text = GOOD + changed("SUM901", "SUM902").replace("财政拨款收入", "财政收入")
    assert "SUM902" in refusal(tmp_path, text)


def test_a_code_twice_in_the_shipped_files_stops_the_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "rules")
    with (folder / "YOY.toml").open("a", encoding="utf-8") as file:
        file.write(changed("SUM901", "SUM001"))
    monkeypatch.setattr("juesuan.rules.FOLDER", str(folder))
    with pytest.raises(DeclarationError, match=r"YOY\.toml.*SUM001"):
        load_catalogue(EDITION)


def test_selecting_by_the_beginning_of_a_code_keeps_the_order() -> None:
    chosen = CATALOGUE.select(["EXP", "SUM001"], ["EXP002"])
    assert [rule.code for rule in chosen.rules] == ["SUM001", "EXP001", "EXP003"]
    assert isinstance(chosen, Catalogue)
    with pytest.raises(DeclarationError, match="ZZZ"):
        CATALOGUE.select(["ZZZ"])
