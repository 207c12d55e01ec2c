"""Forms of many provinces and years: every figure is read, nothing right is called wrong, what is wrong is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from juesuan.book import Key
from juesuan.check import Checked, check
from juesuan.edition import load_edition
from juesuan.errors import UnreadableBook
from juesuan.model import TOTAL
from juesuan.reading.files import open_workbook
from juesuan.reading.fingerprint import recognise_edition
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from published_forms import (
    CLASSES_OF_2017,
    CLASSES_OF_2019,
    FEN,
    INCOME_OF_2017,
    INCOME_OF_2019,
    TITLES,
    UNIT,
    WHOLE_BUDGET,
    Form,
    Page,
    Written,
    economic_in_columns,
    general_with_balances,
    revenue_with_fees,
    three_public_down,
    three_public_in_rows,
    write,
)
from slipped import named

NINE = tuple(TITLES)
BEFORE_2023 = (*NINE[:6], "three_public", "government_fund", "state_capital")
EIGHT = BEFORE_2023[:-1]
TWO_BUDGETS = ("general_budget", "government_fund")
SURPLUS = "use_of_non_fiscal_surplus"

COVER = Page("封面", [["2023年度部门决算公开报表"], ["单位名称", UNIT], ["单位性质：事业单位"], ["电话", 3961234]])
CONTENTS = Page(
    "目录", [["目录"], *[[f"公开{number:02d}表", title] for number, title in enumerate(TITLES.values(), 1)]]
)
HELPER = Page("HIDDENSHEETNAME", [["GK01", "收入支出决算总表"], ["GK02", "收入决算表"]], hidden=True)
PURCHASES = Page(
    "政府采购情况表", [["政府采购情况表"], ["项目", "采购金额"], ["合计", 100], ["货物", 60], ["工程", 40]]
)


def wide(text: str) -> str:
    """Full-width letters, digits and brackets."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def broken(text: str) -> str:
    """A line break within a short name."""
    return f"{text[:2]}\n{text[2:]}" if len(text) in (4, 5, 6, 9, 10) and "：" not in text and text[0] > "9" else text


def spaced(text: str) -> str:
    return f" {'　'.join(text)} " if len(text) < 9 else f"{text}　"


FORMS = {
    "exported with cover, contents and a hidden list": Form(
        2023,
        NINE,
        head="gk",
        names="GK{number:02d} {title}",
        codes="merged",
        beside=(COVER, CONTENTS, HELPER),
        notes=(
            "注：本表反映部门本年度的总收支和年末结转结余等情况。",
            "    本套报表金额单位转换时可能存在尾数误差。",
        ),
    ),
    "三公 as table 7, its own 行次": Form(
        2020,
        BEFORE_2023,
        codes="parts",
        first=31,
        amount="金额",
        lines={SURPLUS: "使用非财政拨款结余", "code": "科目编码"},
    ),
    "2019, two lines of 财政拨款": Form(
        2019,
        EIGHT,
        income=INCOME_OF_2019,
        classes=CLASSES_OF_2019,
        first=29,
        amount="金额",
        zero="",
        funds=TWO_BUDGETS,
        lines={SURPLUS: "使用非财政拨款结余"},
    ),
    "2017, in 元": Form(
        2017,
        EIGHT,
        edition="older-2017",
        unit="元",
        zero="",
        head="gk",
        income=INCOME_OF_2017,
        classes=CLASSES_OF_2017,
        first=27,
        codes="merged",
        funds=TWO_BUDGETS,
        lines={SURPLUS: "用事业基金弥补收支差额", "economic": "经济分类科目编码"},
    ),
    "2016, in 万元": Form(
        2016,
        EIGHT,
        edition="older-2017",
        income=INCOME_OF_2017,
        classes=CLASSES_OF_2017,
        first=29,
        codes="parts",
        funds=TWO_BUDGETS,
        lines={SURPLUS: "用事业基金弥补收支差额"},
    ),
    "numbered sheets, no 行次": Form(
        2021,
        BEFORE_2023,
        head="bare",
        names="表{number}",
        numbered=False,
        zero="",
        lines={SURPLUS: "使用非财政拨款结余", "vehicles": "公务用车购置及运行维护费"},
        titles={"basic_expenditure": "一般公共预算财政拨款基本支出决算明细表"},
    ),
    "text with dashes, 合计 last": Form(
        2022, NINE, text=True, zero="-", total_last=True, indent="  ", head="one_line", lines={"subtotal": "合计"}
    ),
    "appendices, codes as numbers": Form(
        2022,
        NINE,
        head="appendix",
        names="{number}、{title}",
        codes="number",
        zero="0",
        titles={"three_public": "财政拨款“三公”经费支出决算表"},
    ),
    "in 元, as text with trailing spaces": Form(2024, NINE, unit="元", text=True, dress=lambda text: f"{text}  "),
    "the classes of a whole budget": Form(2024, NINE, classes=WHOLE_BUDGET, zero="", codes="merged"),
    "one below the other on one sheet": Form(2023, NINE, together=True),
    "on one sheet, no 行次, codes in parts": Form(2023, NINE, together=True, numbered=False, zero="", codes="parts"),
    "line breaks within names": Form(2022, NINE, dress=broken),
    "full-width throughout": Form(2022, NINE, dress=wide, text=True),
    "spaces between characters": Form(2021, NINE, dress=spaced),
    "further tables beside the nine": Form(
        2023,
        NINE,
        numbered=False,
        zero="",
        names="表{number}",
        titles={"three_public": "财政拨款“三公”经费支出决算表"},
        beside=(COVER, PURCHASES),
    ),
    "the short titles of Jiangsu": Form(
        2023,
        NINE,
        numbered=False,
        zero="",
        titles={
            "general_budget": "一般公共预算支出决算表（功能科目）",
            "basic_expenditure": "一般公共预算基本支出决算表（经济科目）",
            "three_public": "财政拨款“三公”经费、会议费和培训费支出决算表",
            "government_fund": "政府性基金预算支出决算表",
            "state_capital": "国有资本经营预算支出决算表",
        },
        lines={"code": "科目编码"},
    ),
    "事业收入 with a part of it": Form(2022, NINE, own={"revenue": revenue_with_fees}),
    "一般公共预算 with balances": Form(
        2022,
        NINE,
        codes="merged",
        titles={"general_budget": "一般公共预算财政拨款收入支出决算表"},
        own={"general_budget": general_with_balances},
    ),
    "三公 in two rows, with meetings": Form(
        2020,
        BEFORE_2023,
        numbered=False,
        titles={
            "revenue": "收入决算总表",
            "expenditure": "支出决算总表",
            "three_public": "一般公共预算财政拨款“三公”经费及会议费、培训费支出决算表",
        },
        own={"three_public": three_public_in_rows},
    ),
    "三公 down the sheet": Form(
        2024,
        NINE,
        numbered=False,
        zero="",
        titles={"three_public": "机构运行信息表"},
        own={"three_public": three_public_down},
    ),
    "economic codes in one list": Form(2021, NINE, own={"basic_expenditure": economic_in_columns}),
}
UNDECLARED = {
    "一般公共预算 with balances": ("年初结转和结余-", "本年收入-", "年末结转和结余-"),
    "事业收入 with a part of it": ("fees",),
}
"""Beginnings of the names of columns that no edition declares."""

HARMLESS = {"FORM006", "FORM014", "FORM017", "CODE001"}
"""Warnings that are right: text amounts, hidden sheets, untidy codes."""

ODD = {"CODE009", "CODE015", "TPE004", "X052", "X053", "X058"}
"""What the made-up figures earn: funds spent under any code, wages as a project."""

each_form = pytest.mark.parametrize("name", FORMS)


def judged(path: Path) -> Checked:
    file = open_workbook(str(path))
    known = recognise_edition(file)
    edition = load_edition(known.edition)
    return check(read_book(file, edition, known.doubt), load_catalogue(edition))


def undeclared(name: str, key: Key) -> bool:
    return key[2].startswith(UNDECLARED.get(name, ("-",)))


@each_form
@pytest.mark.parametrize("seed", [1, 3, 8])
def test_every_figure_is_read_and_none_is_called_wrong(name: str, seed: int, tmp_path: Path) -> None:
    written = write(tmp_path / "书.xlsx", FORMS[name], seed)
    checked = judged(written.path)
    read = {key: (cell.place.sheet, cell.place.address, cell.fen) for key, cell in checked.book.cells.items()}
    assert read == {key: at for key, at in written.figures.items() if not undeclared(name, key)}
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert {item.rule for item in checked.findings if item.level == "warning"} <= HARMLESS | ODD | (
        {"FORM001"} if "one list" in name else set()
    )
    assert checked.book.currency == FORMS[name].unit
    assert checked.book.year == (None if FORMS[name].head == "bare" else FORMS[name].year)


def slips(written: Written) -> list[Key]:
    """Figures of every table in which a slip shows."""
    at = written.figures
    leaves = [key for key in at if key[0] == "expenditure" and len(key[1]) == 7 and key[2] in ("basic", "project")]
    keys = [
        max(leaves, key=lambda key: at[key][2] or 0),
        ("summary", "expenditure_total", "expenditure"),
        ("appropriation_summary", "revenue_total", "revenue"),
        ("basic_expenditure", "personnel", "amount"),
        ("three_public", "actual", "vehicle_operation"),
        ("three_public", "budget", "total"),
        ("revenue", TOTAL, "total"),
        ("general_budget", TOTAL, "basic"),
        ("government_fund", TOTAL, "revenue"),
    ]
    return [key for key in keys if key in at]


@each_form
def test_one_wrong_figure_is_found_at_its_cell(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    right = write(tmp_path / "对.xlsx", form, 3)
    keys = slips(right)
    assert len(keys) >= 8
    for key in keys[len(name) % 3 :: 3]:
        wrong = (right.figures[key][2] or 0) + 90 * FEN[form.unit]
        written = write(tmp_path / "错.xlsx", form, 3, {key: wrong})
        checked = judged(written.path)
        assert checked.verdict == "fail"
        assert key in named(checked.together.joint)
        cell = checked.book.cells[key]
        assert (cell.place.sheet, cell.place.address, cell.fen) == written.figures[key]


def told(checked: Checked, rule: str) -> list[str]:
    return [item.message for item in checked.findings if item.rule == rule]


def test_what_is_not_read_is_listed_with_its_cells_and_the_rules_it_stops(tmp_path: Path) -> None:
    purchases = judged(write(tmp_path / "一.xlsx", FORMS["further tables beside the nine"]).path)
    (said,) = told(purchases, "FORM017")
    assert "“政府采购情况表”的《政府采购情况表》（A1:B5）" in said
    assert "封面" not in said

    balances = judged(write(tmp_path / "二.xlsx", FORMS["一般公共预算 with balances"]).path)
    assert [item.place.address for item in balances.findings if item.rule == "FORM017" and item.place] == [
        "H6",
        "I6",
        "J6",
    ]
    assert balances.verdict == "unjudged"

    items = judged(write(tmp_path / "三.xlsx", FORMS["economic codes in one list"]).path)
    assert "表头认不出" in "".join(told(items, "FORM001"))
    assert items.verdict == "unjudged"

    fees = judged(write(tmp_path / "四.xlsx", FORMS["事业收入 with a part of it"], 2).path)
    (part,) = (item for item in fees.findings if item.rule == "FORM017")
    assert (part.level, part.place and part.place.address) == ("info", "G6")
    assert "不是合计的一项" in part.message


def test_a_table_under_another_name_is_not_called_missing(tmp_path: Path) -> None:
    """A sheet with the headings of 三公 may be it; one with purchases is not."""
    form = Form(2024, NINE, titles={"three_public": "公用事项一览表"}, own={"three_public": three_public_down})
    checked = judged(write(tmp_path / "书.xlsx", form).path)
    (said,) = told(checked, "FORM001")
    assert "“公开09表”没有认得的表名，也许就是" in said
    assert checked.verdict == "unjudged"

    lacking = judged(write(tmp_path / "缺.xlsx", Form(2024, NINE[:-1], beside=(COVER, PURCHASES))).path)
    assert [item.level for item in lacking.findings if item.rule == "FORM001"] == ["error"]


def test_a_number_does_not_make_a_table_of_one_with_another_title(tmp_path: Path) -> None:
    """财政拨款支出决算表 as 公开05表 holds all three budgets: it is not the table of 一般公共预算."""
    form = Form(2023, NINE, titles={"general_budget": "财政拨款支出决算表（功能科目）"})
    checked = judged(write(tmp_path / "书.xlsx", form).path)
    assert "general_budget" not in checked.book.sheets
    assert [item.message for item in checked.findings if item.level == "error"] == []
    assert checked.verdict == "unjudged"


def test_tables_are_called_by_the_numbers_printed_over_them(tmp_path: Path) -> None:
    form = Form(2021, BEFORE_2023)
    right = write(tmp_path / "对.xlsx", form, 3)
    key = ("three_public", "actual", "total")
    checked = judged(write(tmp_path / "错.xlsx", form, 3, {key: (right.figures[key][2] or 0) + 90_000_000}).path)
    errors = [item.message for item in checked.findings if item.level == "error"]
    assert errors
    assert all(message.startswith("公开07表 G9") for message in errors)


@pytest.mark.parametrize("unit", ["千元", "百万元", "亿元"])
def test_a_currency_that_is_not_read_is_said_and_nothing_judged(unit: str, tmp_path: Path) -> None:
    path = write(
        tmp_path / "书.xlsx", Form(2022, NINE, unit="千元", dress=lambda text: text.replace("千元", unit))
    ).path
    with pytest.raises(UnreadableBook, match=f"“公开01表”F3 写的金额单位是“{unit}”"):
        judged(path)
