"""Rules that need last year's workbook; no single workbook can break them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from honest import CATALOGUE, EDITION, honest
from juesuan import cli
from juesuan.book import Book, Cell
from juesuan.check import Checked, check
from juesuan.rules import Catalogue
from slips.slip import CENTRE

WAN = 1_000_000
SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "焦作2024.xlsx"

Key = tuple[str, str, str]

CLOSING: dict[Key, int] = {
    ("summary", "closing_carryover", "expenditure"): 40,
    ("appropriation_summary", "closing_carryover", "total"): 22,
    ("appropriation_summary", "closing_carryover", "general_budget"): 15,
    ("appropriation_summary", "closing_carryover", "government_fund"): 5,
    ("appropriation_summary", "closing_carryover", "state_capital"): 2,
}
"""What last year left, in 万元: this year's opening carryovers."""


def this_year() -> Book:
    return honest(CENTRE)


FUND = "2296003"
"""The 项 of 公开07 that carries money over; in it, and in what it is part of, last year ended as this one began."""


def fund(field: str) -> dict[Key, int]:
    """What stands in a column of 公开07 this year, in 万元."""
    cells = honest(CENTRE).amounts("government_fund")
    return {cell.key: (cell.fen or 0) // WAN for cell in cells if cell.field == field}


CARRIED: dict[str, tuple[Key, Key]] = {
    "YOY001": (("summary", "opening_carryover", "revenue"), ("summary", "closing_carryover", "expenditure")),
    **{
        f"YOY00{number}": (
            ("appropriation_summary", line, "revenue"),
            ("appropriation_summary", "closing_carryover", column),
        )
        for number, (line, column) in enumerate(
            (
                ("opening_carryover", "total"),
                ("general_budget_opening", "general_budget"),
                ("government_fund_opening", "government_fund"),
                ("state_capital_opening", "state_capital"),
            ),
            2,
        )
    },
}


def altered(book: Book, amounts: dict[Key, int], last_year: Book | None = None) -> Book:
    """The same book with other amounts, in 万元, in some cells."""
    cells: dict[Key, Cell] = dict(book.cells)
    for key, amount in amounts.items():
        cells[key] = cells[key]._replace(fen=amount * WAN)
    return Book(EDITION, book.sheets.values(), cells.values(), facts=book.facts, last_year=last_year)


def after(amounts: dict[Key, int]) -> Checked:
    """This year checked against a last year that left what is carried over, and had these other amounts."""
    return check(altered(this_year(), {}, last_year(amounts)), CATALOGUE)


def last_year(amounts: dict[Key, int]) -> Book:
    """This year's amounts, but what was left is what is carried over; and these."""
    left = {(table, row, "closing_carryover"): fen for (table, row, _), fen in fund("opening_carryover").items()}
    return altered(this_year(), CLOSING | left | amounts)


def told(checked: Checked) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for item in checked.findings:
        if item.rule.startswith("YOY"):
            found.setdefault(item.rule, []).append(item.place and f"{item.place.sheet} {item.place.address}")
    return found


def test_what_was_left_last_year_and_carried_over_is_in_order() -> None:
    checked = after({})
    assert told(checked) == {}
    assert not [item for item in checked.not_checked if item.rule.startswith("YOY")]
    assert checked.verdict == "pass"


@pytest.mark.parametrize("code", CARRIED)
def test_another_opening_than_last_years_closing_is_to_be_verified(code: str) -> None:
    opening, closing = CARRIED[code]
    checked = after({closing: 30})
    place = this_year().cells[opening].place
    assert told(checked) == {code: [f"{place.sheet} {place.address}"]}
    found = next(item for item in checked.findings if item.rule == code)
    assert (found.level, found.status) == ("warning", "fail")
    assert found.expected == 30 * WAN
    assert f"即上年{place.sheet} {this_year().cells[closing].place.address}「" in found.message
    assert [cell.place for cell in found.cells] == [place], "上年的格不在本年工作簿里"


@pytest.mark.parametrize("code", CARRIED)
def test_without_the_rule_another_opening_goes_unnoticed(code: str) -> None:
    without = Catalogue(EDITION, tuple(rule for rule in CATALOGUE.rules if rule.code != code))
    book = altered(this_year(), {}, last_year({CARRIED[code][1]: 30}))
    assert told(check(book, without)) == {}


@pytest.mark.parametrize(
    ("amount", "remarkable"),
    [(495, False), (380, True), (381, False), (707, False), (708, True), (-495, True), (0, False)],
    ids=["the same", "up over 30 %", "up 30 %", "down 30 %", "down over 30 %", "from a negative", "from nothing"],
)
def test_spending_that_moved_by_more_than_three_tenths_is_pointed_out(amount: int, remarkable: bool) -> None:
    checked = after({("expenditure", "2070308", "total"): amount})
    place = this_year().cells["expenditure", "2070308", "total"].place
    assert told(checked) == ({"YOY006": [f"{place.sheet} {place.address}"]} if remarkable else {})
    assert checked.verdict == ("warn" if remarkable else "pass")


def test_a_change_of_ten_wan_or_less_is_not_worth_a_word() -> None:
    assert told(after({("expenditure", "2080801", "total"): 13})) == {}
    assert told(after({("expenditure", "2080801", "total"): 14})) != {}


def test_a_code_that_last_year_did_not_have_is_not_compared() -> None:
    before = last_year({})
    before.cells = {key: cell for key, cell in before.cells.items() if key[:2] != ("expenditure", FUND)}
    assert told(check(altered(this_year(), {}, before), CATALOGUE)) == {}


def test_a_large_change_is_told_once_where_it_happened() -> None:
    """Not again in the 款, the 类 and the total that it is part of; these by themselves if nothing below is told."""
    rows = ("2070308", "20703", "207", "total")
    place = {row: this_year().cells["expenditure", row, "total"].place for row in rows}
    assert told(after({("expenditure", row, "total"): 1 for row in rows})) == {
        "YOY006": [f"{place['2070308'].sheet} {place['2070308'].address}"]
    }
    assert told(after({("expenditure", row, "total"): 1 for row in rows[1:]})) == {
        "YOY006": [f"{place['20703'].sheet} {place['20703'].address}"]
    }


def test_the_limits_of_what_is_a_large_change_can_be_set() -> None:
    book = altered(this_year(), {}, last_year({("expenditure", "2070308", "total"): 381}))
    assert told(check(book, CATALOGUE)) == {}
    (found,) = (item for item in check(book, CATALOGUE.with_change(29, 113 * WAN)).findings if item.rule == "YOY006")
    assert found.level == "warning"
    assert "变动 29.92%（超过 29%，且超过 113.00 万元）" in found.message
    assert told(check(book, CATALOGUE.with_change(29, 114 * WAN))) == {}
    assert told(check(book, CATALOGUE.with_change(30, 0))) == {}


def test_a_code_that_begins_otherwise_than_it_ended_is_to_be_verified() -> None:
    place = this_year().cells["government_fund", FUND, "opening_carryover"].place
    checked = after({("government_fund", FUND, "closing_carryover"): 1})
    assert told(checked) == {"YOY007": [f"{place.sheet} {place.address}"]}
    (found,) = (item for item in checked.findings if item.rule == "YOY007")
    assert found.level == "warning"
    assert "上年年末 1.00" in found.message


def test_a_code_that_stands_there_twice_is_carried_over_as_the_sum_of_both() -> None:
    now, before = altered(this_year(), {}), last_year({})
    twice = []
    for book, field, part in ((now, "opening_carryover", 1 * WAN), (before, "closing_carryover", 2 * WAN)):
        cell = book.cells["government_fund", FUND, field]
        again = cell._replace(row=f"{FUND}#2", fen=part)
        sheet = book.sheets["government_fund"]
        label = next(label for label in sheet.rows if label.key == FUND)
        book.sheets["government_fund"] = sheet._replace(rows=(*sheet.rows, label._replace(key=again.row)))
        twice.append(book.with_cells({cell.key: cell._replace(fen=(cell.fen or 0) - part), again.key: again}))
    twice[0].last_year = twice[1]
    assert "YOY007" not in told(check(twice[0], CATALOGUE))


def test_a_code_that_ended_with_something_and_is_not_listed_any_more_is_told() -> None:
    now = altered(this_year(), {})
    now.cells = {key: cell for key, cell in now.cells.items() if key[:2] != ("government_fund", FUND)}
    now.last_year = last_year({("government_fund", FUND, "closing_carryover"): 3})
    found = [item for item in check(now, CATALOGUE).findings if item.rule == "YOY007"]
    assert [item.message.partition("。")[0] for item in found] == [
        f"公开07表没有科目 {FUND}，它上年年末有结转和结余 3.00"
    ]


def test_a_code_that_neither_year_carries_over_is_in_order() -> None:
    before = last_year({})
    before.cells = {key: cell for key, cell in before.cells.items() if key[:2] != ("government_fund", FUND)}
    opening = this_year().cells["government_fund", FUND, "opening_carryover"].fen
    assert ("YOY007" in told(check(altered(this_year(), {}, before), CATALOGUE))) == bool(opening)


def test_without_last_year_the_rules_are_left_out_and_say_so() -> None:
    checked = check(this_year(), CATALOGUE)
    assert told(checked) == {}
    left_out = {item.rule: item for item in checked.not_checked if item.rule.startswith("YOY")}
    assert sorted(left_out) == ["YOY001", "YOY002", "YOY003", "YOY004", "YOY005", "YOY006", "YOY007"]
    assert {item.reason for item in left_out.values()} == {"没有上年工作簿"}
    assert not any(item.blocking for item in left_out.values())


def sample_of(folder: Path, year: int, opening: float | None = None) -> Path:
    """The sample as that of a year; `opening` in place of the 年初结转和结余 of 01."""
    book = openpyxl.load_workbook(SAMPLE)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("2024", str(year))
                    if opening is not None and "年初结转" in cell.value and "01" in sheet.title:
                        cell.offset(column=2).value = opening
    path = folder / f"{year}.xlsx"
    book.save(path)
    return path


def entry_of(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, dict[str, Any], str]:
    code = cli.main(["check", "--format", "json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, json.loads(out)["books"][0], err


def test_check_takes_last_year_from_a_file_or_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sample_of(tmp_path, 2023)
    _, alone, _ = entry_of(capsys, SAMPLE)
    assert {"YOY001", "YOY006", "YOY007"} <= {item["rule"] for item in alone["not_checked"]}
    for given in (before, tmp_path):
        code, book, _ = entry_of(capsys, SAMPLE, "--last-year", given)
        assert code == 0
        assert not [item for item in book["not_checked"] if item["rule"].startswith("YOY")]
    sample_of(tmp_path, 2024, opening=12.34)
    code, book, _ = entry_of(capsys, tmp_path / "2024.xlsx", "--last-year", before)
    assert code == 1
    assert "YOY001" in {item["rule"] for item in book["findings"]}


def test_a_book_whose_last_year_is_not_there_is_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, book, said = entry_of(capsys, SAMPLE, "--last-year", tmp_path)
    assert (code, book["verdict"]) == (2, "unjudged")
    assert "没有找到" in said
    code, book, said = entry_of(capsys, SAMPLE, "--last-year", SAMPLE)
    assert (code, book["verdict"]) == (2, "unjudged")
    assert "应为 2023 年度" in said


def test_mark_takes_last_year_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, now = sample_of(tmp_path, 2023), sample_of(tmp_path, 2024, opening=12.34)
    assert cli.main(["mark", str(now), "--last-year", str(before), "-o", str(tmp_path / "标注.xlsx")]) == 0
    result = openpyxl.load_workbook(tmp_path / "标注.xlsx")["核对结果"]
    assert any("YOY001" in str(cell.value) for row in result.iter_rows() for cell in row)


def test_what_is_to_be_explained_is_asked_beside_last_year_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sample_of(tmp_path, 2023)
    book = openpyxl.load_workbook(before)
    for row in book["公开03表"].iter_rows():
        for cell in row:
            if isinstance(cell.value, (int, float)):
                cell.value = cell.value / 2
    book.save(before)
    assert cli.main(["explanations", "list", str(SAMPLE)]) == 0
    alone = capsys.readouterr().out
    assert cli.main(["explanations", "list", str(SAMPLE), "--last-year", str(before)]) == 0
    beside = capsys.readouterr().out
    assert "YOY006" not in alone
    assert "YOY006" in beside


@pytest.mark.parametrize(
    "command", [["check", "--format", "xlsx"], ["mark"], ["fill"], ["narrate"], ["explanations", "prune"]]
)
def test_last_years_workbook_is_never_written_over(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sample_of(tmp_path, 2023)
    before = before.rename(before.with_suffix(".docx")) if command == ["narrate"] else before
    content = before.read_bytes()
    assert cli.main([*command, str(SAMPLE), "--last-year", str(before), "-o", str(before)]) == 2
    assert "就是原来的文件" in capsys.readouterr().err
    assert before.read_bytes() == content


def years_in(book: dict[str, Any], name: str) -> list[str | None]:
    (row,) = (row for row in book["years"]["figures"] if row["name"] == name)
    amounts: list[str | None] = row["amounts"]
    return amounts


def test_the_main_figures_of_three_years_stand_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now, before, earlier = (
        sample_of(tmp_path, 2024),
        sample_of(tmp_path, 2023),
        sample_of(tmp_path, 2022, opening=12.34),
    )
    file = openpyxl.load_workbook(before)
    (total,) = (cell for cell in file.worksheets[0]["A"] if cell.value == "总计")
    total.offset(column=2).value = 960
    file.save(before)
    ways: tuple[tuple[str | Path, ...], ...] = (
        ("--last-year", before, "--last-year", earlier),
        ("--last-year", tmp_path),
    )
    for given in ways:
        _, book, _ = entry_of(capsys, now, *given)
        assert book["years"]["years"] == [2024, 2023, 2022]
        assert years_in(book, "收入总计") == ["1032.00", "960.00", "1032.00"]
    code = cli.main(["check", str(now), "--last-year", str(before), "--last-year", str(earlier)])
    said = capsys.readouterr().out
    assert code == 0
    assert "三年对比（万元）：" in said
    assert "收入总计：2024 年 1,032.00，2023 年 960.00，2022 年 1,032.00，比上年增减 72.00，增减率 7.50%" in said
    assert "本年支出合计：2024 年 1,032.00，2023 年 1,032.00，2022 年 1,032.00，比上年增减 0.00，增减率 0.00%" in said
    assert cli.main(["check", str(now), "--last-year", str(before), "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert "两年对比（万元）" in drawing_text(page)


def drawing_text(page: str) -> str:
    """What the page shows of its first unit once it is opened."""
    import base64
    import re
    import zlib

    found = re.search(r'id="book0">([^<]*)<', page)
    assert found
    return zlib.decompress(base64.b64decode(found[1])).decode()


def test_a_book_of_another_unit_given_as_last_years_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.load_workbook(SAMPLE)
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, str):
            cell.value = cell.value.replace("公共资源交易中心", "别的中心").replace("2024年度", "2023年度")
    book.save(tmp_path / "别的.xlsx")
    cli.main(["check", str(SAMPLE), "--last-year", str(tmp_path / "别的.xlsx")])
    said = capsys.readouterr().out
    assert "2023 年的单位是“焦作市别的中心”，与后一年的“焦作市公共资源交易中心”不同，请核实是否同一单位" in said


def test_without_last_year_no_years_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, book, _ = entry_of(capsys, SAMPLE)
    assert "years" not in book


def test_years_in_the_wrong_order_or_too_many_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now, before, earlier = (sample_of(tmp_path, year) for year in (2024, 2023, 2022))
    code, _, said = entry_of(capsys, now, "--last-year", earlier, "--last-year", before)
    assert code == 2
    assert "应为 2023 年度" in said
    assert cli.main(["check", str(now), *["--last-year", str(before)] * 3]) == 2
    assert "最多写两次" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["30", "x,10", "0,10", "30,-1", "30,x", "30%,10", "9" * 5000 + ",10"])
def test_limits_that_are_none_are_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(SAMPLE), "--change", text]) == 2
    assert "看不懂。请写百分数和万元数，如 30,10" in capsys.readouterr().err
