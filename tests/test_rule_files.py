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
from juesuan.expr import Comparison, Number
from juesuan.intake.rule_file import extended
from juesuan.parse import parse
from juesuan.report.manual import rule_text
from juesuan.rule_shape import require_shape
from juesuan.rules import (
    FAMILIES,
    FOLDER,
    TEXT_FAMILIES,
    Catalogue,
    Rule,
    declared_rules,
    load_catalogue,
    whole_catalogue,
)

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


def test_full_width_signs_and_digits_mean_what_those_of_half_width_do() -> None:
    wide = (
        "支出决算表［２０１，２０２］．基本支出 ＝ 支出决算表［合计］．基本支出 "
        "－ （下级（支出决算表［２０１］．基本支出） ＋ １．５）"
    )
    plain = "支出决算表[201,202].基本支出 = 支出决算表[合计].基本支出 - (下级(支出决算表[201].基本支出) + 1.5)"
    assert parse(wide, EDITION) == parse(plain, EDITION)


def test_a_rule_of_ones_own_is_explained_in_what_was_written_of_it(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("收入决算表[合计]", "上年.收入决算表[合计]"))
    catalogue = extended(CATALOGUE, path)
    told = rule_text(catalogue.rules[-1], catalogue)
    assert "何时不查：没有上年工作簿时；" in told
    assert "常见原因" not in told


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
        ("catalogue = []", "catalogue = []\ntolerance = -0.01", ["允许差额"]),
        ("catalogue = []", "catalogue = []\nsince = true", ["since", "年度"]),
        ("catalogue = []", "catalogue = []\nsince = 2025\nuntil = 2024", ["哪一年也不查"]),
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


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "SUM901"\n', "", "（无编号） 写法有误：缺少 code。"),
        ("SUM901", "SUM9", "规则 SUM9 写法有误：编号应为大写字母加三位数字。"),
        ('"warning"', '"严重"', "规则 SUM901 写法有误：level 应为 error、warning、info。"),
        ('expr = "', 'function = "tail"\nexpr = "', "规则 SUM901 写法有误：expr 与 function 须写且只写一个。"),
        ("catalogue = []", "catalogue = []\ntables = ['公开05表']", "，现有：summary、revenue、expenditure、"),
        (">= 收", ">= (收", "：SUM901：规则“"),
        ("收入决算表[", "收入表[", "：SUM901：规则“"),
        ("财政拨款收入", "财政拨款收入" + " + (1" * 1000, "规则 SUM901 的括号太多，请拆开写。"),
    ],
)
def test_a_refusal_names_the_file_the_rule_and_the_mistake(old: str, new: str, told: str, tmp_path: Path) -> None:
    message = refusal(tmp_path, changed(old, new))
    assert message.startswith(str(tmp_path / "本省.toml") + "：")
    assert told in message


def test_a_rule_file_that_is_not_there_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"^规则文件“"):
        declared_rules(str(tmp_path / "没有的.toml"))


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


FULL = """
[defaults]
level = "warning"
basis = "某省厅通知"
advice = "请核实。"
catalogue = []

[[rule]]
code = "ZZZ001"
title = "写全了的"
expr = "summary.revenue_total >= 2"
when = ["summary.revenue_total > 0"]
tables = ["summary", "revenue"]
causes = ["漏填"]
tolerance = 0.01
percent = 30
least = 1
since = 2020
until = 2024

[[rule]]
code = "ZZZ002"
title = "没有的表"
function = "tail"
tables = ["no_such_table"]

[[rule]]
code = "ZZZ003"
title = "有一张表没有"
function = "tail"
tables = ["no_such_table", "revenue"]

[[rule]]
code = "ZZZ004"
title = "没有的栏"
expr = "expenditure.no_such_column >= 0"
"""


def shipped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """What is loaded where this is all that comes with the program."""
    (folder / "ZZZ.toml").write_text(FULL, encoding="utf-8")
    monkeypatch.setattr("juesuan.rules.FOLDER", str(folder))
    return load_catalogue(EDITION, ["ZZZ"])


def test_a_rule_is_what_its_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = shipped(tmp_path, monkeypatch).rules[0]
    ref = rule.refs[0]
    assert (ref.table, ref.last_year) == ("summary", False)
    assert rule == Rule(
        code="ZZZ001",
        title="写全了的",
        level="warning",
        basis="某省厅通知",
        advice="请核实。",
        catalogue=(),
        expr="summary.revenue_total >= 2",
        comparison=Comparison(ref, ">=", Number(2_000_000)),
        refs=(ref, ref),
        when=(Comparison(ref, ">", Number(0)),),
        when_text=("summary.revenue_total > 0",),
        tables=("summary", "revenue"),
        causes=("漏填",),
        tolerance=10_000,
        percent=30,
        least=1_000_000,
        since=2020,
        until=2024,
    )


def test_a_shipped_rule_of_tables_the_form_has_not_is_left_out_and_the_next_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = shipped(tmp_path, monkeypatch)
    assert loaded.edition is EDITION
    assert [(rule.code, rule.tables) for rule in loaded.rules] == [
        ("ZZZ001", ("summary", "revenue")),
        ("ZZZ003", ("revenue",)),
    ]


def test_the_families_that_are_loaded() -> None:
    """The form's own families come with all about the workbook, and not with a family that is asked for."""
    edition = load_edition("sichuan-2024")
    whole = {rule.family for rule in load_catalogue(edition).rules}
    assert whole == {*FAMILIES, "DET", "TAIL"}
    assert {rule.family for rule in load_catalogue(edition, ["SUM"]).rules} == {"SUM"}
    assert {rule.family for rule in whole_catalogue(edition).rules} == {*whole, *TEXT_FAMILIES}


def test_a_rule_applies_from_its_first_year_to_its_last() -> None:
    rule = CATALOGUE.rules[0]._replace(since=2020, until=2024)
    assert [year for year in range(2018, 2027) if rule.applies_to(year)] == [2020, 2021, 2022, 2023, 2024]
    assert rule.applies_to(None)
    assert rule._replace(since=None, until=None).applies_to(2024)


def test_limits_of_changes_are_those_of_rules_that_have_them() -> None:
    limits = {(rule.percent, rule.least) for rule in CATALOGUE.with_change(29, 5).rules}
    assert limits == {(0, 0), (29, 5)}
    assert [rule.code for rule in CATALOGUE.with_change(29, 5).rules] == [rule.code for rule in CATALOGUE.rules]


def test_errors_are_let_through_by_the_beginning_of_a_code_that_exists() -> None:
    more = CATALOGUE.overriding([("EXP", "省厅同意")])
    assert more == CATALOGUE._replace(overrides=(("EXP", "省厅同意"),))
    with pytest.raises(DeclarationError, match="ZZZ"):
        CATALOGUE.overriding([("ZZZ", "没有的")])
