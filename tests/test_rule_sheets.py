"""Rules as bureaus write them: formulas about cells, a worksheet 勾稽规则, CSV; and what is refused of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from juesuan import cli
from juesuan.edition import load_edition
from juesuan.errors import DeclarationError
from juesuan.expr import references
from juesuan.intake.cell_formula import in_rule_language, places_of_form
from juesuan.intake.rule_file import extended
from juesuan.parse import parse
from juesuan.place import column_letters
from juesuan.rules import load_catalogue

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)
PLACES = places_of_form(EDITION)
SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "焦作2024.xlsx"

REVENUES = "公开01!C33 = SUM(公开01!C7:C14)"
PUBLISHED = [table for table in EDITION.tables if table.label.startswith("公开")]


def address(table: str, row: str, field: str) -> str:
    """“公开01!C33”: where the form has an amount."""
    where = {key: place for place, key in PLACES.cells[table].items()}
    line, column = where[row, field]
    found = EDITION.table(table)
    assert found
    return f"{found.label.removesuffix('表')}!{column_letters(column - 1)}{line}"


FIXED = [(table.id, *key) for table in PUBLISHED for key in PLACES.cells[table.id].values()]


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(cells=st.lists(st.sampled_from(FIXED), min_size=2, max_size=6), signs=st.lists(st.booleans(), min_size=6))
def test_addresses_are_said_by_what_stands_there(cells: list[tuple[str, str, str]], signs: list[bool]) -> None:
    target, *terms = cells
    right = "".join(f"{'+' if sign else '-'}{address(*cell)}" for sign, cell in zip(signs, terms, strict=False))
    comparison = parse(in_rule_language(f"{address(*target)}={right}", PLACES), EDITION)
    found = [(ref.table, *ref.rows, ref.field) for ref in references(comparison)]
    signed = sorted(zip(signs, terms, strict=False), key=lambda item: not item[0])
    assert found == [target, *(cell for _, cell in signed)]
    assert [sign > 0 for sign, _ in comparison.terms[0]] == [sign for sign, _ in signed]


@pytest.mark.parametrize(
    "formula",
    [
        "公开01!C33 = 公开02!C7",
        "Z01!C33=Z02!C7",
        "Z01表!C33=Z02表!C7",
        "=Z01!C33=Z02!C7",
        "公开01表!$C$33＝公开02表!$C$7；",
        "收入支出决算总表!C33 = 收入决算表!C7",
        "'公开01表 收入支出决算总表'!c33 == '公开02表 收入决算表'!C7",
        "Z01!C33 − Z02!C7 ＝ 0",
        "0 = Z01!C33-(Z02!C7)",
    ],
)
def test_a_formula_may_be_spelled_in_many_ways(formula: str) -> None:
    told = in_rule_language(formula, PLACES)
    assert told.removesuffix(" - 0").removesuffix(" + 0").replace("0 + ", "") in (
        "summary[revenue_total].revenue = revenue[total].total",
        "summary[revenue_total].revenue = revenue[total].total + 0",
    )


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (REVENUES, "summary[revenue_total].revenue = summary[general_budget].revenue + summary[government_fund]"),
        ("公开03!C=公开03!D+E", "expenditure.total = expenditure.basic + expenditure.project"),
        ("Z01!C37+Z01!C35<=Z01!F37", "summary[grand_total].revenue <= summary[grand_total].expenditure - summary["),
        ("0<=Z01!C35", "summary[opening_carryover].revenue >= 0"),
        ("Z01!C35>=-Z01!C7", "summary[opening_carryover].revenue >= 0 - summary[general_budget].revenue"),
    ],
)
def test_sums_columns_and_sides_are_arranged(formula: str, told: str) -> None:
    assert in_rule_language(formula, PLACES).startswith(told)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("Z01!C33", ["表!单元格 = 算式"]),
        ("Z01!C33<>Z02!C7", ["比较号"]),
        ("Z01!C33=Z02!C7=1", ["比较号"]),
        ("Z01!C33=Z02!C7*2", ["*2", "加、减"]),
        ("Z01!C33=IF(Z01!C7>0,1,2)", ["IF("]),
        ("Z01!C33=", ["没有写完"]),
        ("Z01!C33=(Z02!C7", ["括号"]),
        ("Z01!C33=" + "(" * 50 + "Z02!C7", ["括号太多"]),
        ("Z01!C33=SUM()", ["SUM()"]),
        ("Z01!C33=C7:C14", ["SUM()"]),
        ("Z01!C33=SUM(A7:A14)", ["没有金额"]),
        ("Z01!B33=Z02!C7", ["公开01表", "B33", "不是"]),
        ("Z03!C9=Z03!D9", ["公开03表", "科目行", "科目编码"]),
        ("Z01!C33=SUM(Z03!C8:C20)", ["公开03表", "科目行"]),
        ("Z01!C=Z01!D", ["公开01表", "C 栏"]),
        ("Z11!C3=0", ["Z11", "公开01表", "公开09表"]),
        ("C3=Z01!C33", ["没有写是哪张表"]),
        ("-Z01!C33>5", ["减号"]),
        ("1=1", ["没有单元格"]),
    ],
)
def test_what_cannot_be_translated_is_refused_with_why(formula: str, words: list[str]) -> None:
    with pytest.raises(DeclarationError) as refused:
        in_rule_language(formula, PLACES)
    assert [word for word in words if word not in str(refused.value)] == []
    assert formula[:20] in str(refused.value)


def written(path: Path, *rows: list[object], title: str = "勾稽规则") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


HEADING: list[object] = ["编号", "规则名称", "公式", "级别", "依据", "起始年度", "允许差额"]


def test_a_worksheet_is_read_by_its_headings(tmp_path: Path) -> None:
    path = written(
        tmp_path / "本省.xlsx",
        ["某省财政厅 2024 年部门决算勾稽规则"],
        [],
        HEADING,
        ["HN001", "三公决算不超过预算", "公开09!G8<=公开09!A8", "核实性", "豫财〔2024〕1号", 2020, 0.01],
        [],
        [None, None, "收入支出决算总表.上级补助收入 = 0"],
    )
    first, second = extended(CATALOGUE, str(path)).rules[-2:]
    assert (first.code, first.title, first.level, first.since) == ("HN001", "三公决算不超过预算", "warning", 2020)
    assert (first.expr, first.tolerance) == ("three_public[actual].total <= three_public[budget].total", 10_000)
    assert (second.code, second.level, second.basis) == ("PRV001", "error", "规则文件“本省.xlsx”")


def test_a_number_in_full_width_is_that_number(tmp_path: Path) -> None:
    path = tmp_path / "规则.csv"
    path.write_text("编号,公式\nｐｒｖ ００１,公开01!C33 = 公开02!C7\n", encoding="utf-8")
    assert "PRV001" in {rule.code for rule in extended(CATALOGUE, str(path)).rules}


def test_the_same_rules_as_csv_of_excel_and_as_lines(tmp_path: Path) -> None:
    rules = ["公开01!C10 = 0", "公开03!D <= 公开03!C"]
    sheet = tmp_path / "规则.csv"
    sheet.write_bytes("\r\n".join(["编号,公式", *(f",{rule}" for rule in rules)]).encode("gbk"))
    lines = tmp_path / "规则.txt"
    lines.write_text(f"# 抄自通知\n1. {rules[0]}；  # 不列上级补助\n\n（2）{rules[1]}\n", encoding="utf-8")
    found = [extended(CATALOGUE, str(path)).rules[-2:] for path in (sheet, lines)]
    assert [[rule.expr for rule in rules] for rules in found] == [
        ["summary[grants_from_superior].revenue = 0", "expenditure.basic <= expenditure.total"]
    ] * 2
    assert [rule.title for rule in found[1]] == ["不列上级补助", rules[1]]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([HEADING, ["HN001", "名称", None]], ["第 2 行", "没有写公式"]),
        ([HEADING, ["HN001", "名称", "公开01!C33=", "错误"]], ["第 2 行", "没有写完"]),
        ([HEADING, ["HN001", "名称", "公开01!C33>=0", "要紧"]], ["第 2 行", "要紧", "核实性"]),
        ([HEADING, ["HN001", "名称", "公开01!C33>=0", None, None, "去年"]], ["第 2 行", "去年", "年度"]),
        ([HEADING, ["HN001", "名称", "公开01!C33>=0", None, None, 2024.5]], ["第 2 行", "2024.5", "四位年度"]),
        ([HEADING, ["HN001", "名称", "公开01!C33>=0", None, None, 99999]], ["第 2 行", "99999", "四位年度"]),
        ([HEADING, ["HN001", "名称", "公开01!C33>=0", None, None, None, "nan"]], ["第 2 行", "nan"]),
        ([HEADING, ["一号", "名称", "公开01!C33>=0"]], ["第 2 行", "一号", "三位数字"]),
        ([HEADING, ["HN001", None, "公开01!C33>=0"], ["HN001", None, "公开01!C34>=0"]], ["HN001", "两次"]),
        ([HEADING, ["SUM001", None, "公开01!C33>=0"]], ["SUM001", "已存在"]),
        ([HEADING, [None, None, "公开01!C33>=" + "(" * 3000]], ["第 2 行", "2000"]),
        ([HEADING, [None, None, "收入支出决算总表.总计 >= " + "(" * 1900]], ["第 2 行"]),
        ([HEADING], ["没有一条规则"]),
        ([["编号", "名称"], ["HN001", "名称"]], ["没有“公式”一栏"]),
    ],
)
def test_a_worksheet_that_will_not_do_is_refused_with_the_line(
    rows: list[list[object]], words: list[str], tmp_path: Path
) -> None:
    path = written(tmp_path / "本省.xlsx", *rows)
    with pytest.raises(DeclarationError) as refused:
        extended(CATALOGUE, str(path))
    assert [word for word in words if word not in str(refused.value)] == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing more", b"\xff\xfe\x00\x01", b"\0" * 5000])
@pytest.mark.parametrize("name", ["坏.xlsx", "坏.txt", "坏.csv"])
def test_a_broken_file_is_refused_in_a_sentence(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DeclarationError, match=r"坏\."):
        extended(CATALOGUE, str(tmp_path / name))


def test_a_workbook_without_the_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="勾稽规则"):
        extended(CATALOGUE, str(SAMPLE))


def test_rules_hold_where_rows_were_inserted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The address is that of the form; the book has the line elsewhere, and the finding says where."""
    rules = tmp_path / "本省.txt"
    rules.write_text("公开01!C33 <= 100", encoding="utf-8")
    told = []
    for inserted in (0, 3):
        book = openpyxl.load_workbook(SAMPLE)
        if inserted:
            book["公开01表"].insert_rows(1, inserted)
        book.save(tmp_path / "账.xlsx")
        command = ["check", str(tmp_path / "账.xlsx"), "--rules", str(rules), "--select", "PRV", "--format", "json"]
        assert cli.main(command) == 1
        (finding,) = json.loads(capsys.readouterr().out)["books"][0]["findings"]
        told.append(finding["cells"][0]["address"])
    assert told == ["C33", "C36"]


def test_addresses_are_those_of_the_tables_in_the_same_workbook(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLE)
    book["公开01表"].insert_rows(1, 2)
    sheet = book.create_sheet("勾稽规则")
    sheet.append(["公式"])
    sheet.append(["公开01!C35 >= 公开03!D10"])
    book.save(tmp_path / "本省.xlsx")
    rule = extended(CATALOGUE, str(tmp_path / "本省.xlsx")).rules[-1]
    assert rule.expr == "summary[revenue_total].revenue >= expenditure[2010350].basic"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "本省.txt"
    path.write_text(f"{REVENUES}\n公开01!C33 = 公开01!C7 + 公开01!C8\n", encoding="utf-8")
    return path


def test_a_file_against_the_shipped_rules_is_refused_wherever_it_is_given(
    wrong: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(SAMPLE, tmp_path / "账.xlsx")
    book, out = str(tmp_path / "账.xlsx"), str(tmp_path / "出")
    for command in (
        ["check", book],
        ["mark", book, "-o", f"{out}.xlsx"],
        ["batch", str(tmp_path), "-o", out, "--workers", "1"],
        ["explain", book, "公开01表!C33"],
        ["rules"],
        ["watch", str(tmp_path), "--once"],
    ):
        assert cli.main([*command, "--rules", str(wrong)]) == 2
        said = "".join(capsys.readouterr())
        assert [word for word in ("PRV002", "SUM001", "替换") if word not in said] == []


def test_the_file_is_looked_at_by_itself(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--check", str(wrong)]) == 1
    said = capsys.readouterr().out
    assert "即：公开01表“本年收入合计”" in said
    assert "矛盾 1 处" in said
    assert "PRV001「公开01!C33 = SUM(公开01!C7:C14)」可由 SUM001" in said.replace("」 可", "」可")
    wrong.write_text("公开03!D <= 公开03!E", encoding="utf-8")
    assert cli.main(["rules", "--check", str(wrong)]) == 0
    assert "可以使用" in capsys.readouterr().out


def test_rules_of_another_family_are_in_the_manual(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "本省.txt").write_text("公开03!D <= 公开03!E", encoding="utf-8")
    assert cli.main(["rules", "--rules", str(tmp_path / "本省.txt"), "--format", "md"]) == 0
    assert "### PRV001" in capsys.readouterr().out
