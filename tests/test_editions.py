"""Workbooks of other provinces and years: known for what they are, read completely, judged by the rules they have."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import plain
import shanghai
from juesuan.batch.worker import record
from juesuan.check import Checked, check
from juesuan.cli import main
from juesuan.edition import FOLDER as EDITIONS
from juesuan.edition import heads, known_editions, load_edition, read_edition
from juesuan.edition_kinds import require_kinds
from juesuan.errors import DeclarationError, UnreadableBook
from juesuan.given import declared_in
from juesuan.intake.judge import AUTO, Order, judged_file
from juesuan.intake.marked_copy import marked_copy
from juesuan.model import Edition
from juesuan.money import FEN_PER
from juesuan.reading.files import open_workbook
from juesuan.reading.fingerprint import Recognised, recognise_edition
from juesuan.reading.grid import unnumbered
from juesuan.reading.recognise import read_book
from juesuan.rules import FOLDER, load_catalogue, whole_catalogue
from other_forms import ELSEWHERE, LETTERS, SERVICES, elsewhere
from plain import Style
from published_book import account, drawn
from reader import fences, of_two_tables
from shanghai import Layout

SAMPLES = Path(__file__).parent.parent / "samples"


def judged(path: Path) -> Checked:
    file = open_workbook(str(path))
    known = recognise_edition(file)
    edition = load_edition(known.edition)
    return check(read_book(file, edition, known.doubt), load_catalogue(edition))


def told(checked: Checked, *levels: str) -> set[tuple[str, str]]:
    return {
        (item.rule, f"{item.place.sheet}!{item.place.address}" if item.place else "")
        for item in checked.findings
        if item.level in levels
    }


def rules_of(checked: Checked, level: str) -> set[str]:
    return {rule for rule, _ in told(checked, level)}


def words(edition: Edition) -> set[str]:
    """Every title, heading and label that the form prints."""
    found = {edition.title, "行次"}
    for table in edition.tables:
        found |= {table.title, *(line.label for line, _ in table.all_lines)}
        found |= {text for field in table.all_fields for text in field.header}
    return set(map(unnumbered, found))


@pytest.mark.parametrize("name", known_editions())
def test_an_edition_is_known_by_texts_that_it_prints(name: str) -> None:
    edition = load_edition(name)
    assert set(map(unnumbered, edition.marks)) <= words(edition)
    assert {unnumbered(table.title) for table in edition.tables if not table.optional} <= set(
        map(unnumbered, edition.marks)
    )
    assert [head[:3] for head in heads() if head.id == name] == [(name, edition.title, edition.marks)]
    assert edition.evidence
    assert {tier for tier, _ in edition.evidence} <= {"A", "B"}


def test_every_shipped_rule_is_a_rule_of_some_edition_and_the_first_has_all_common_ones() -> None:
    import tomllib

    catalogues = {name: {rule.code for rule in whole_catalogue(load_edition(name)).rules} for name in known_editions()}
    for path in Path(FOLDER).glob("*.toml"):
        codes = {rule["code"] for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]}
        where = [name for name, known in catalogues.items() if codes <= known]
        assert where, f"{path.name} 里有哪个版式都没有的规则"
        assert not path.stem.isupper() or known_editions()[0] in where


def test_the_terms_of_a_table_that_a_form_never_had_are_nothing() -> None:
    catalogue = load_catalogue(load_edition("older-2017"))
    rule = catalogue.rule("X015")
    assert rule is not None
    assert rule.tables == ("expenditure", "general_budget", "government_fund")


@pytest.mark.parametrize(
    ("path", "edition"),
    [
        ("焦作2024.xlsx", "henan-2024"),
        ("焦作2024-有误.xlsx", "henan-2024"),
        ("made_up/体育中心.xlsx", "henan-2024"),
        ("broken/FORM001.xlsx", "henan-2024"),
        (f"made_up/{SERVICES}.xlsx", "sichuan-2024"),
        (f"made_up/{LETTERS}.xlsx", "older-2017"),
    ],
)
def test_a_workbook_is_known_for_what_it_is(path: str, edition: str) -> None:
    assert recognise_edition(open_workbook(str(SAMPLES / path))) == Recognised(edition)


@pytest.mark.parametrize("name", shanghai.ACCOUNTS)
@pytest.mark.parametrize("layout", [Layout(), Layout(classes=24), Layout(code_columns=1)], ids=str)
def test_every_published_figure_of_shanghai_is_read(name: str, layout: Layout, tmp_path: Path) -> None:
    book = judged(shanghai.write(tmp_path / "书.xlsx", name, layout)).book
    published = account(name).amounts
    unlisted = {key for key in published if layout.classes == 24 and key[1] in ("231", "232")}
    read = {key: None if cell.fen is None else Decimal(cell.fen) / FEN_PER["万元"] for key, cell in book.cells.items()}
    assert read == {key: amount for key, amount in published.items() if key not in unlisted}
    assert {cell.state for cell in book.cells.values()} == {"given", "blank"}
    assert (book.edition.id, book.doubt, book.year, book.currency) == ("shanghai-2024", "", 2024, "万元")
    assert book.unit == shanghai.published(name)["unit"]
    assert len(book.sheets) == 9
    assert not [stray for sheet in book.sheets.values() for stray in sheet.strays]


@pytest.mark.parametrize("layout", [Layout(), Layout(classes=24), Layout(code_columns=1)], ids=str)
def test_shanghai_is_judged_with_its_known_pairs_and_without_an_error(layout: Layout, tmp_path: Path) -> None:
    """208 is 326.71 in two tables and 326.72 in three; 公务接待费 has a budget and nothing spent."""
    bureau, office = (judged(shanghai.write(tmp_path / f"{name}.xlsx", name, layout)) for name in shanghai.ACCOUNTS)
    assert (bureau.verdict, office.verdict) == ("warn", "tail")
    assert told(bureau, "error") == told(office, "error") == told(office, "warning") == set()
    assert told(bureau, "warning") == {
        ("X012", "1!D12"),
        ("X023", "4!E12"),
        ("X061", "4!E12"),
        ("TPE004", "7!B6"),
        ("TPE004", "7!L6"),
    }
    pairs = [item for item in bureau.findings if item.rule in ("X012", "X023")]
    assert [(item.actual, item.expected) for item in pairs] == [(3_267_100_00, 3_267_200_00)] * 2
    assert rules_of(bureau, "info") == {"TAIL", "X057"}
    assert rules_of(office, "info") == {"TAIL"}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_made_up_unit_elsewhere_is_read_completely_and_all_agrees(name: str) -> None:
    book, edition = elsewhere(name)
    checked = judged(SAMPLES / "made_up" / f"{name}.xlsx")
    read = {key: Decimal(cell.fen) / FEN_PER[book.currency] for key, cell in checked.book.cells.items() if cell.fen}
    tables = {table.id for table in edition.tables}
    fields = {(table.id, field.id) for table in edition.tables for field in table.all_fields}
    expected = {
        key: amount
        for key, amount in book.amounts.items()
        if amount and key[0] in tables and (key[0], key[2]) in fields and key in checked.book.cells
    }
    assert read == expected
    assert len(read) > 100
    assert checked.book.currency == book.currency
    assert {item.level for item in checked.findings} <= {"info"}
    assert checked.verdict == "pass"


MISTAKES = [
    ("SCO003", SERVICES, ("state_capital", "total", "closing_carryover")),
    ("X062", SERVICES, ("state_capital", "total", "revenue")),
    ("X063", SERVICES, ("state_capital", "total", "opening_carryover")),
    ("X064", SERVICES, ("state_capital", "total", "closing_carryover")),
    ("DET001", SERVICES, ("fiscal_expenditure_items", "total", "total")),
    ("DET002", SERVICES, ("general_budget_items", "208", "total")),
    ("DET003", SERVICES, ("project_expenditure", "201", "project")),
    ("DET004", SERVICES, ("state_capital_expenditure", "2230105", "total")),
    ("DET005", SERVICES, ("state_capital_expenditure", "223", "project")),
    ("DET006", SERVICES, ("fiscal_expenditure_items", "total", "total")),
    ("DET007", SERVICES, ("general_budget_items", "total", "total")),
    ("DET008", SERVICES, ("project_expenditure", "total", "project")),
    ("DET009", SERVICES, ("state_capital_expenditure", "total", "total")),
    ("X065", LETTERS, ("summary", "fiscal_appropriation", "revenue")),
    ("X066", LETTERS, ("summary", "fiscal_appropriation", "revenue")),
    ("X067", LETTERS, ("summary", "closing_carryover", "expenditure")),
]


@pytest.mark.parametrize(("rule", "name", "key"), MISTAKES, ids=[rule for rule, *_ in MISTAKES])
def test_each_rule_of_another_form_hears_its_mistake(
    rule: str, name: str, key: tuple[str, str, str], tmp_path: Path
) -> None:
    book, edition = elsewhere(name)
    wrong = drawn(book._replace(amounts=book.amounts | {key: (book.amounts[key] or Decimal(0)) + 7}), edition)
    wrong.file.save(tmp_path / "书.xlsx")
    assert rule in rules_of(judged(tmp_path / "书.xlsx"), "error")


def test_columns_of_details_that_a_form_has_besides_are_neither_read_nor_told(tmp_path: Path) -> None:
    file = openpyxl.load_workbook(SAMPLES / "made_up" / f"{SERVICES}.xlsx")
    sheet = file["一般公共预算财政拨款支出决算明细表"]
    column = sheet.max_column + 1
    for row, value in ((4, "工资福利支出"), (5, "小计"), (6, 300.5), (7, 300.5)):
        sheet.cell(row, column, value)
    file.save(tmp_path / "书.xlsx")
    assert judged(tmp_path / "书.xlsx").verdict == "pass"


OWN = next(fence.text for fence in fences("docs/add-an-edition.md") if fence.title)
"""The example of the guide."""


def test_an_edition_is_added_by_writing_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form, path = tmp_path / "guangdong-2024.toml", of_two_tables(tmp_path / "书.xlsx")
    form.write_text(OWN, encoding="utf-8")
    assert main(["check", str(path), "--edition", str(form), "--format", "json"]) == 0
    (book,) = json.loads(capsys.readouterr().out)["books"]
    assert (book["edition"], book["verdict"]) == ("guangdong-2024", "tail")
    assert book["counts"]["passed"] > 60
    assert "X012" not in {item["rule"] for item in book["not_checked"]}
    file = openpyxl.load_workbook(path)
    file["公开03表"]["D10"] = 676.23
    file.save(path)
    assert main(["check", str(path), "--edition", str(form)]) == 1
    assert "667.23 写成了 676.23" in capsys.readouterr().out
    assert main(["mark", str(path), "--edition", str(form)]) == 0
    again = record(str(tmp_path / "书-核对.xlsx"), Order(str(form), marked=True), apart=True)
    assert again.entry["verdict"] == "fail"
    assert again.marked, "标注过的再送来，照同一个版式再标注一次"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('extends = "henan-2024"', 'extends = "henan-1999"', "不是现有版式"),
        ('id = "summary"', 'code = "summary"', "id"),
        ('zero = "0.00"\n', "", "zero"),
        ("[[table]]", "[table", "写法有误"),
        ('zero = "0.00"', 'zero = "0.00"\ncurrency = "千元"', "currency 写的“千元”应为 元、万元 之一"),
        ('zero = "0.00"', 'zero = "0"', "zero 写的“0”应为"),
        ('id = "summary"', 'id = "other"', "没有写全，缺少 label、title、layout"),
        ('id = "summary"', 'id = "summary"\nbogus = 1', "没有“bogus”这个项目"),
        ('title = "部门支出决算表"', 'fields = "x"\ntitle = "x"', "写法有误"),
        ('title = "部门支出决算表"', 'totals = "x"\ntitle = "x"', "有一项的值写得不对"),
        ('zero = "0.00"', 'zero = "0.00"\nclasses = [["201"]]', "有一项的值写得不对"),
        ('zero = "0.00"', 'zero = "0.00"\nclasses = ["201", "202"]', "classes 里的每一类应写成"),
        ('zero = "0.00"', 'zero = "0.00"\nassumptions = "推定"', "assumptions 写的“推定”应是清单"),
        ('id = "guangdong-2024"', "id = 2024", "id 写的“2024”应是文字"),
        ('title = "部门支出决算表"', "title = 3", "title 写的“3”应是文字"),
        ('title = "部门支出决算表"', 'title = "　"', "title 写的“　”不能是空的"),
        ('title = "部门支出决算表"', 'title = "部门支出决算表"\nlabel = 3', "label 写的“3”应是文字"),
        ('title = "部门支出决算表"', 'title = "部门支出决算表"\naliases = "支出表"', "aliases 写的“支出表”应是清单"),
        ('title = "部门支出决算表"', 'title = "部门支出决算表"\naliases = [""]', "aliases 写的"),
        ('title = "部门支出决算表"', 'title = "部门支出决算表"\noptional = 1', "optional 写的“1”应是true 或 false"),
    ],
)
def test_a_malformed_edition_is_refused_with_its_file_and_reason(old: str, new: str, says: str, tmp_path: Path) -> None:
    form = tmp_path / "坏.toml"
    assert old in OWN
    form.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(DeclarationError, match=says) as refused:
        read_edition(str(form))
    assert str(form) in str(refused.value)


def test_every_shipped_edition_says_of_everything_what_may_be_said_of_it() -> None:
    for name in known_editions():
        path = os.path.join(EDITIONS, f"{name}.toml")
        require_kinds(declared_in(path, "版式文件"), read_edition(path))


def test_an_edition_may_be_asked_for_and_is_then_not_doubted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shanghai.write(tmp_path / "书.xlsx", shanghai.ACCOUNTS[1])
    main(["check", str(path), "--edition", "henan-2024", "--format", "json"])
    (book,) = json.loads(capsys.readouterr().out)["books"]
    assert book["edition"] == "henan-2024"
    assert main(["check", str(path), "--edition", "hainan-2024"]) == 2
    assert "没有版式" in capsys.readouterr().err


def test_a_form_between_the_known_ones_is_said_and_its_gaps_are_no_errors(tmp_path: Path) -> None:
    """八张表 of the older kind with a few of Sichuan's and Shanghai's: nothing is called missing or wrong."""
    path = SAMPLES / "made_up" / f"{LETTERS}.xlsx"
    file = openpyxl.load_workbook(path)
    for title in (
        "国有资本经营预算财政拨款收入支出决算表",
        "一般公共预算财政拨款项目支出决算表",
        "财政拨款支出决算明细表",
    ):
        file.create_sheet(title)["A1"] = title
    del file["收入决算表"]
    file.save(tmp_path / "书.xlsx")
    checked = judged(tmp_path / "书.xlsx")
    assert checked.book.doubt.startswith("版式没有认准")
    assert not told(checked, "error")
    assert checked.verdict == "unjudged"
    assert "FORM001" in {item.rule for item in checked.not_checked}
    assert any("版式没有认准" in item.message for item in checked.findings)


def test_a_form_of_other_years_is_said_and_what_it_lacks_is_no_error(tmp_path: Path) -> None:
    """2019: titles and labels of today's form, but no table and no line of 国有资本经营预算 yet."""
    path = plain.write(tmp_path / "书.xlsx", Style(), plain.published() | {"year": 2019})
    file = openpyxl.load_workbook(path)
    del file["公开08表"]
    for name in ("公开01表", "公开04表"):
        for row in file[name].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "三、国有资本经营预算" in cell.value:
                    cell.value = None
    file.save(path)
    checked = judged(path)
    assert "不是 2019 年度用的" in checked.book.doubt
    assert not told(checked, "error")
    assert checked.verdict == "unjudged"


def test_what_is_doubted_stays_doubted_when_a_marked_copy_is_marked_again(tmp_path: Path) -> None:
    path = plain.write(tmp_path / "书.xlsx", Style(), plain.published() | {"year": 2016})
    words = []
    for _ in range(2):
        result, file = judged_file(str(path), Order(AUTO))
        assert file
        path.write_bytes(marked_copy(file, result)[0])
        first = openpyxl.load_workbook(path).worksheets[0]
        words.append([cell.value for row in first for cell in row if "版式没有认准" in str(cell.value)])
    assert words[0]
    assert words[1] == words[0]


def test_a_workbook_like_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = openpyxl.Workbook()
    file.worksheets[0]["A1"] = "固定资产盘点表"
    file.save(tmp_path / "书.xlsx")
    with pytest.raises(UnreadableBook, match="没有认出任何一张决算公开表"):
        recognise_edition(open_workbook(str(tmp_path / "书.xlsx")))


def test_our_own_template_says_of_which_edition_it_is(tmp_path: Path) -> None:
    file = openpyxl.load_workbook(SAMPLES / "焦作2024.xlsx")
    file.create_sheet("封面", 0)["A1"] = "juesuan 模板（shanghai-2024）"
    file.save(tmp_path / "书.xlsx")
    assert recognise_edition(open_workbook(str(tmp_path / "书.xlsx"))) == Recognised("shanghai-2024")


def test_the_editions_are_listed_with_what_they_rest_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["editions"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in known_editions())
    assert main(["editions", "--format", "json"]) == 0
    entries = {entry["id"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert len(entries["sichuan-2024"]["tables"]) == 13
    assert len(entries["older-2017"]["tables"]) == 8
    assert {item["tier"] for item in entries["henan-2024"]["evidence"]} == {"A", "B"}
    assert entries["sichuan-2024"]["assumptions"]


def test_only_the_recognised_edition_is_parsed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(path: str, what: str) -> dict[str, Any]:
        read.append(Path(path).stem)
        return declared_in(path, what)

    monkeypatch.setattr("juesuan.edition.declared_in", noted)
    judged(SAMPLES / "焦作2024.xlsx")
    assert [name for name in read if name in known_editions()] == ["henan-2024"]
