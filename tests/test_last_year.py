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


def this_year() -> Book:
    return honest(CENTRE)


def altered(book: Book, amounts: dict[Key, int], last_year: Book | None = None) -> Book:
    """The same book with other amounts, in 万元, in some cells."""
    cells: dict[Key, Cell] = dict(book.cells)
    for key, amount in amounts.items():
        cells[key] = cells[key]._replace(fen=amount * WAN)
    return Book(EDITION, book.sheets.values(), cells.values(), facts=book.facts, last_year=last_year)


def after(amounts: dict[Key, int]) -> Checked:
    """This year checked against a last year that left what is carried over, and had these other amounts."""
    return check(altered(this_year(), {}, altered(this_year(), CLOSING | amounts)), CATALOGUE)


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
    book = altered(this_year(), {}, altered(this_year(), CLOSING | {CARRIED[code][1]: 30}))
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
    assert checked.verdict == "pass"


def test_a_change_of_ten_wan_or_less_is_not_worth_a_word() -> None:
    assert told(after({("expenditure", "2080801", "total"): 13})) == {}
    assert told(after({("expenditure", "2080801", "total"): 14})) != {}


def test_a_code_that_last_year_did_not_have_is_not_compared() -> None:
    last_year = altered(this_year(), CLOSING)
    last_year.cells = {key: cell for key, cell in last_year.cells.items() if key[1] != "2296003"}
    assert told(check(altered(this_year(), {}, last_year), CATALOGUE)) == {}


def test_without_last_year_the_rules_are_left_out_and_say_so() -> None:
    checked = check(this_year(), CATALOGUE)
    assert told(checked) == {}
    left_out = {item.rule: item for item in checked.not_checked if item.rule.startswith("YOY")}
    assert sorted(left_out) == ["YOY001", "YOY002", "YOY003", "YOY004", "YOY005", "YOY006"]
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
    assert {"YOY001", "YOY006"} <= {item["rule"] for item in alone["not_checked"]}
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
