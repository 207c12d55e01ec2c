"""The list of units: who has sent, who has not, who too late, which of several counts, and whom they belong to."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from juesuan import cli
from juesuan.batch.ledger import Kept, Ledger
from juesuan.batch.standing import receive, year_due
from juesuan.batch.tree import Tree
from juesuan.batch.units import Unit, read_units
from juesuan.errors import JuesuanError
from juesuan.intake.books import Found

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
LIST = """单位编码,单位名称,主管部门,邮箱,截止日期
100,示例市教育局,,jy@unit.test,2025-07-31
101,焦作市公共资源交易中心,示例市教育局,zx@unit.test,2025年7月31日
102,示例市体育中心,100,,2025/7/31
103,示例市档案馆,办公厅,,2025-07-31 18:00
104,没有报的单位,办公厅,mb@unit.test,
"""
JULY_31, AUGUST_1 = datetime(2025, 7, 31, 23, 59), datetime(2025, 8, 1, 0, 1)


def put(source: str, place: Path, when: datetime) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(SAMPLES / source, place)
    os.utime(place, (when.timestamp(), when.timestamp()))


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("名单")
    books, names = place / "报送", place / "名单.csv"
    put("焦作2024-有误.xlsx", books / "一稿.xlsx", datetime(2025, 7, 1))
    put("焦作2024.xlsx", books / "二稿.xlsx", JULY_31)
    put("made_up/体育中心.xlsx", books / "体育.xlsx", AUGUST_1)
    put("made_up/机关事务服务局.xlsx", books / "别的.xlsx", JULY_31)
    put("hostile/加了密码.xls", books / "103_档案.xls", JULY_31)
    names.write_text(LIST, encoding="gb18030")
    assert cli.main(["batch", str(books), "-o", str(place / "出"), "--expect", str(names)]) == 2
    return place / "出"


def table(output: Path, sheet: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(output / "summary.xlsx")[sheet].iter_rows(min_row=2, values_only=True))


def page(output: Path, part: str) -> Any:
    text = (output / "index.html").read_text(encoding="utf-8")
    found = re.search(rf'<script type="application/json" id="{part}">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_every_unit_has_its_line_and_says_how_it_stands(output: Path) -> None:
    told = {(row[0], row[6]): (row[1], row[2]) for row in table(output, "单位")}
    assert told == {
        ("101", "一稿.xlsx"): ("重复", "2025-07-01"),
        ("101", "二稿.xlsx"): ("已报", "2025-07-31"),
        ("102", "体育.xlsx"): ("迟报", "2025-08-01"),
        ("103", "103_档案.xls"): ("已报", "2025-07-31"),
        (None, "别的.xlsx"): ("不在名单", "2025-07-31"),
        ("100", None): ("未报", None),
        ("104", None): ("未报", None),
    }


def test_all_of_several_books_are_listed_and_the_newest_counts(output: Path) -> None:
    assert [(row[2], row[5]) for row in table(output, "重复报送")] == [("一稿.xlsx", "不算"), ("二稿.xlsx", "算这份")]


def test_branches_count_what_is_below_them(output: Path) -> None:
    told = {row[0].strip("　"): row[1:] for row in table(output, "分部门")}
    # 应报，已报，未报，迟报，通过，只有尾差，核实，有错，判不了
    assert told["全部"] == (5, 3, 2, 1, 1, 0, 1, 0, 1)
    assert told["示例市教育局"] == (3, 2, 1, 1, 1, 0, 1, 0, 0)
    assert told["办公厅"] == (2, 1, 1, 0, 0, 0, 0, 0, 1)
    branches = {name: counts for name, _, counts in page(output, "head")["branches"]}
    assert branches == {name: list(counts) for name, counts in told.items()}


def test_what_does_not_count_is_in_no_tally(output: Path) -> None:
    assert not [row for row in table(output, "规则频次") if row[3] == "错误"]
    rows = [dict(zip(page(output, "head")["fields"], values, strict=True)) for values in page(output, "rows")]
    assert {row["file"]: row["standing"] for row in rows if row["file"]}["一稿.xlsx"] == "duplicate"


def test_last_years_books_give_the_change_in_three_public(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A book of the year before is one in which every 2024 says 2023."""
    for year in ("2024", "2023"):
        place = tmp_path / "报送" / f"{year}.xlsx"
        place.parent.mkdir(exist_ok=True)
        book = openpyxl.load_workbook(SAMPLES / "made_up" / "体育中心.xlsx")
        for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("2024", year)
        book.save(place)
    names = tmp_path / "名单.csv"
    names.write_text("code,name,deadline\n1,示例市体育中心,2025-01-01\n2,没有报的,\n", encoding="utf-8")
    cli.main(["batch", str(tmp_path / "报送"), "-o", str(tmp_path / "出"), "--expect", str(names)])
    assert "名单 2 个单位：已报 1（迟报 1），未报 1；另有重复、上年或不在名单的 1 份。" in capsys.readouterr().out
    rows = {values[1]: values for values in page(tmp_path / "出", "rows")}
    fields = page(tmp_path / "出", "head")["fields"]
    now, before = (dict(zip(fields, rows[f"{year}.xlsx"], strict=True)) for year in ("2024", "2023"))
    assert (now["standing"], before["standing"]) == ("late", "last_year")
    assert now["before"] == before["threePublic"] == 31_500_000
    assert before["before"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("单位名称\n甲\n", "没有“单位编码"),
        ("code,name\n1,\n", "第 2 行：没有单位名称"),
        ("code,name\n1,甲\n1,乙\n", "第 3 行：单位编码 1"),
        ("code,name\n,\n", "一个单位也没有"),
        ("code,name,deadline\n1,甲,月底\n", "截止日期“月底”看不懂"),
        ("code,name,deadline\n1,甲,2025-02-30\n", "看不懂"),
        ("code,name,parent\n1,甲,2\n2,乙,甲\n", "绕成了圈"),
        ("code,name,parent\n" + "".join(f"{at},甲,{at + 1}\n" for at in range(60)), "的上级超过 50 层"),
    ],
)
def test_a_list_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JuesuanError, match=said):
        read_units(str(path))


def test_a_list_may_come_from_excel_with_tabs_and_order_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("name\tcode\tparent\n乙\t2\t甲\n甲\t1\t\n\n", encoding="utf-8-sig")
    units = read_units(str(path))
    assert units == (Unit("2", "乙", "1"), Unit("1", "甲"))
    tree = Tree("全部", units)
    tree.count(tree.of_unit("2"), "received")
    assert [(branch.name, branch.parent, branch.counts["received"]) for branch in tree.branches] == [
        ("全部", None, 1),
        ("甲", 0, 1),
    ]


def placed(books: Mapping[str, tuple[str | None, int]], units: Sequence[Unit]) -> dict[str, tuple[str | None, str]]:
    """Where books stand, by their path: they state a unit and a year."""
    ledger = Ledger(":memory:", "", afresh=True)
    ledger.expect(Found(path, 1, 0) for path in books)
    for path, (unit, year) in books.items():
        ledger.keep(Kept(path, "{}", b"", None, unit, year, "pass", None))
    receive(ledger, units, os.curdir)
    return {kept.path: (kept.code, str(kept.standing)) for kept in ledger.books()}


def test_units_of_one_name_are_told_apart_by_the_code_in_the_path() -> None:
    units = [Unit("101", "教育局"), Unit("101001", "办公室", "101"), Unit("102001", "办公室")]
    books = {
        "102001办公室.xlsx": "办公室",
        "教育局/101001.xlsx": "办公室",
        "新/办公室.xlsx": "办公室",
        "办公室.xls": None,
    }
    assert placed({path: (unit, 2024) for path, unit in books.items()}, units) == {
        "102001办公室.xlsx": ("102001", "counted"),
        "教育局/101001.xlsx": ("101001", "counted"),
        "新/办公室.xlsx": (None, "unlisted"),
        "办公室.xls": (None, "unlisted"),
    }


def test_a_folder_of_a_superior_unit_does_not_make_books_its_own() -> None:
    units = [Unit("101", "教育局"), Unit("101001", "第一小学", "101"), Unit("102", "档案馆")]
    books = {
        "101教育局/第九小学.xlsx": "第九小学",
        "101教育局/教育局本级.xlsx": "市教育局",
        "102/公开表.xlsx": "市档案馆",
    }
    assert placed({path: (unit, 2024) for path, unit in books.items()}, units) == {
        "101教育局/第九小学.xlsx": (None, "unlisted"),
        "101教育局/教育局本级.xlsx": ("101", "counted"),
        "102/公开表.xlsx": ("102", "counted"),
    }


def test_a_code_of_several_words_is_not_that_of_its_first_word() -> None:
    units = [Unit("101", "教育局"), Unit("101-001", "第一小学", "101"), Unit("102.01", "档案馆")]
    books = (
        "101-001 决算.xlsx",
        "１０１-００１.xlsx",
        "2024年101-001最终.xlsx",
        "102.01表.xlsx",
        "101-002.xlsx",
        "101本级.xlsx",
    )
    assert {path: code for path, (code, _) in placed(dict.fromkeys(books, (None, 2024)), units).items()} == {
        "101-001 决算.xlsx": "101-001",
        "１０１-００１.xlsx": "101-001",
        "2024年101-001最终.xlsx": "101-001",
        "102.01表.xlsx": "102.01",
        "101-002.xlsx": "101",
        "101本级.xlsx": "101",
    }


def test_a_book_of_a_unit_below_is_not_taken_for_its_superiors() -> None:
    units = [Unit("1", "示例市教育局")]
    books = {
        "示例市教育局幼儿园.xlsx": "示例市教育局幼儿园",
        "示例市教育局.xlsx": "示例市教育局（本级）",
        "示例市教育局/一稿.xlsx": "教育局",
    }
    assert [code for code, _ in placed({path: (unit, 2024) for path, unit in books.items()}, units).values()] == [
        "1",
        "1",
        None,
    ]


def test_a_file_that_is_not_there_came_on_no_day(tmp_path: Path) -> None:
    (tmp_path / "清单.txt").write_text(f"{tmp_path}/101.xlsx\n", encoding="utf-8")
    (tmp_path / "名单.csv").write_text("code,name,deadline\n101,甲,1969-01-01\n", encoding="utf-8")
    names, place = str(tmp_path / "名单.csv"), tmp_path / "出"
    assert cli.main(["batch", str(tmp_path / "清单.txt"), "-o", str(place), "--expect", names]) == 2
    assert table(place, "单位")[0][:3] == ("101", "已报", None)


def test_a_list_is_read_whatever_its_spelling(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text(
        "单位 编码,单位名称,上级,Ｅ-Mail,截止日期\n１,甲（本级）,,Ａ@b,２０２５/７/３１\n2,乙,甲(本级),,\n",
        encoding="utf-8",
    )
    assert read_units(str(path)) == (Unit("1", "甲（本级）", "", "A@b", date(2025, 7, 31)), Unit("2", "乙", "1"))


def test_three_public_of_the_year_before_is_that_of_the_newest_book() -> None:
    ledger = Ledger(":memory:", "", afresh=True)
    ledger.expect([Found("一稿.xlsx", 1, 9), Found("二稿.xlsx", 1, 3), Found("今年.xlsx", 1, 1)])
    for path, year, amount in (("一稿.xlsx", 2023, 900), ("二稿.xlsx", 2023, 300), ("今年.xlsx", 2024, 1)):
        ledger.keep(Kept(path, "{}", b"", None, "甲", year, "pass", amount))
    told = {kept.path: ledger.three_public(kept, 2023) for kept in ledger.books()}
    assert told["今年.xlsx"] == 900


@pytest.mark.parametrize(("deadline", "year"), [(date(2025, 7, 31), 2024), (date(2026, 1, 5), 2023), (None, 2023)])
def test_the_last_deadline_says_of_which_year_books_are_due(deadline: date | None, year: int) -> None:
    """The first days, when more books of the year before lie there; of 2025 there are none."""
    units = [Unit("1", "甲", deadline=date(2024, 7, 31)), Unit("2", "乙", deadline=deadline)]
    ledger = Ledger(":memory:", "", afresh=True)
    ledger.expect(Found(path, 1, 0) for path in "abc")
    for path, written in (("a", 2023), ("b", 2023), ("c", 2024)):
        ledger.keep(Kept(path, "{}", b"", None, "甲", written, "pass", None))
    assert year_due(ledger, units) == year


def test_books_of_last_year_are_no_submissions_however_many_they_are() -> None:
    units = [Unit("1", "甲", deadline=date(2025, 7, 31)), Unit("2", "乙")]
    books = {"上年/一.xlsx": ("甲", 2023), "上年/二.xlsx": ("乙", 2023), "一.xlsx": ("甲", 2024)}
    assert [standing for _, standing in placed(books, units).values()] == ["counted", "last_year", "last_year"]


def test_a_unit_that_was_renamed_is_still_set_against_its_last_year() -> None:
    ledger, paths = Ledger(":memory:", "", afresh=True), ("上年/1.xlsx", "1.xlsx", "2.xlsx")
    ledger.expect(Found(path, 1, 0) for path in paths)
    for path, (unit, year) in zip(paths, (("旧名", 2023), ("新名", 2024), ("旧名", 2024)), strict=True):
        ledger.keep(Kept(path, "{}", b"", None, unit, year, "pass", 100 * year))
    receive(ledger, [Unit("1", "新名"), Unit("2", "旧的")], os.curdir)
    told = {kept.path: ledger.three_public(kept, 2023) for kept in ledger.books()}
    assert told == {"上年/1.xlsx": 202300, "1.xlsx": 202300, "2.xlsx": None}
