"""Sections 七 and 八: 政府性基金 and 国有资本经营, with their budgets and items, written, and read again."""

from __future__ import annotations

import re

import pytest

from juesuan.book import Book
from juesuan.check import check
from juesuan.intake.judge import AUTO, read_as
from juesuan.narrative.facts import Facts
from juesuan.narrative.supplement import Supplement
from juesuan.narrative.writing import write_narrative
from juesuan.proofread.proof import Proof, proofread
from juesuan.reading.files import open_workbook
from juesuan.rules import load_catalogue
from texts import SAMPLES, declaration, document, text_rules

BOOK, _ = read_as(open_workbook(str(SAMPLES / "made_up" / "档案馆.xlsx")), AUTO)
BUDGETS = {
    "2010350": 60_000_000,
    "2101102": 3_000_000,
    "2296003": 6_000_000,
    "2290401": 1_000_000,
    "2230105": 4_000_000,
    "2230199": 12_345_678,
    "2210201": 500_000,
}
"""Of every budget something spent, and something budgeted of which nothing was spent; in 分."""


def given(**more: int) -> Supplement:
    budgets = BUDGETS | {code.removeprefix("b"): fen for code, fen in more.items()}
    titles = {"2290401": "其他政府性基金安排的支出", "2230199": "其他解决历史遗留问题及改革成本支出"}
    return Supplement(
        {}, {"item_budget": budgets, "item_reason": dict.fromkeys(budgets, "项目推迟"), "item_title": titles}
    )


def written(supplement: Supplement, book: Book = BOOK) -> str:
    return "\n".join(item.text for item in write_narrative(Facts(declaration(), book, supplement)))


def proof_of(text: str, supplement: Supplement, book: Book = BOOK) -> Proof:
    together = check(book, load_catalogue(book.edition)).together
    return proofread(document(text.splitlines()), book, text_rules(), declaration(), supplement, together=together)


def said(proof: Proof) -> set[str]:
    return {item.finding.message for item in proof.remarks if "【待填" not in item.finding.message}


def section(text: str, number: str, following: str) -> str:
    return text[text.index(f"{number}、") : text.index(f"{following}、")]


def test_budgets_of_one_list_go_to_the_section_of_their_code() -> None:
    text = written(given())
    assert "一般公共预算财政拨款支出年初预算为63.50万元，支出决算为63.00万元，完成年初预算的99.21%。" in text
    assert section(text, "七", "八").splitlines()[1:] == [
        "2024年度政府性基金预算财政拨款年初结转和结余0.00万元，本年收入5.00万元，本年支出5.00万元，"
        "年末结转和结余0.00万元。",
        "2024年度政府性基金预算财政拨款支出年初预算为7.00万元，支出决算为5.00万元，完成年初预算的71.43%。其中：",
        "1.其他支出（类）其他政府性基金及对应专项债务收入安排的支出（款）其他政府性基金安排的支出（项）。"
        "年初预算为1.00万元，支出决算为0.00万元，完成年初预算的0.00%。"
        "决算数与年初预算数存在差异的主要原因是项目推迟。",
        "2.其他支出（类）彩票公益金安排的支出（款）用于体育事业的彩票公益金支出（项）。年初预算为6.00万元，"
        "支出决算为5.00万元，完成年初预算的83.33%。决算数与年初预算数存在差异的主要原因是项目推迟。",
    ]
    assert section(text, "八", "九").splitlines()[1:] == [
        "2024年度国有资本经营预算财政拨款支出年初预算为16.35万元，支出决算为4.00万元，完成年初预算的24.46%。其中：",
        "1.国有资本经营预算支出（类）解决历史遗留问题及改革成本支出（款）"
        "国有企业退休人员社会化管理补助支出（项）。年初预算为4.00万元，支出决算为4.00万元，"
        "完成年初预算的100.00%。决算数与年初预算数持平。",
        "2.国有资本经营预算支出（类）解决历史遗留问题及改革成本支出（款）"
        "其他解决历史遗留问题及改革成本支出（项）。年初预算为12.35万元，支出决算为0.00万元，"
        "完成年初预算的0.00%。决算数与年初预算数存在差异的主要原因是项目推迟。",
    ]


def test_a_code_goes_where_it_was_spent_whatever_its_listing_says() -> None:
    cells = dict(BOOK.cells)
    moved = cells["government_fund", "2296003", "total"]
    cells["government_fund", "2296003", "total"] = moved._replace(fen=0)
    spent = cells["general_budget", "2010350", "total"]
    cells["general_budget", "2296003", "total"] = spent._replace(row="2296003", fen=5_000_000)
    sheet = BOOK.sheets["general_budget"]
    row = next(row for row in sheet.rows if row.key == "2010350")
    rows = (*sheet.rows, row._replace(key="2296003", code="2296003", name="用于体育事业的彩票公益金支出"))
    sheets = [one._replace(rows=rows) if one is sheet else one for one in BOOK.sheets.values()]
    text = written(given(), Book(BOOK.edition, sheets, cells.values()))
    assert "用于体育事业的彩票公益金支出（项）。年初预算为6.00万元" in section(text, "五", "六")
    assert "用于体育事业" not in section(text, "七", "八")


def test_a_budget_of_an_empty_table_is_told_and_does_not_contradict_it() -> None:
    cells = {key: cell._replace(fen=0) if key[0] == "government_fund" else cell for key, cell in BOOK.cells.items()}
    sheet = BOOK.sheets["government_fund"]
    bare = [one._replace(rows=()) if one is sheet else one for one in BOOK.sheets.values()]
    book = Book(BOOK.edition, bare, cells.values())
    supplement = given()
    text = written(supplement, book)
    assert "政府性基金预算财政拨款支出年初预算为7.00万元，支出决算为0.00万元，完成年初预算的0.00%。" in text
    assert not [words for words in said(proof_of(text, supplement, book)) if "TXT012" in words]
    nothing = written(Supplement(), book)
    assert "没有政府性基金收入，也没有使用政府性基金安排的支出。" in nothing
    assert any("TXT012" in words for words in said(proof_of(nothing, supplement)))


def test_an_item_without_a_name_is_to_be_named() -> None:
    text = written(given(b2120801=1))
    assert "1.城乡社区支出（类）国有土地使用权出让收入安排的支出（款）【待填：项名】（项）。" in text


def test_what_is_written_proofreads_without_a_word_and_every_changed_figure_is_found() -> None:
    supplement = given()
    text = written(supplement)
    known = proof_of(text, supplement)
    assert not said(known)
    start, end = text.index("七、"), text.index("九、")
    assert not [item.reason for item in known.not_checked if "七、" in item.reason or "八、" in item.reason]
    figures = [match for match in re.finditer(r"\d[\d,]*(?:\.\d+)?(?=[万%])", text) if start <= match.start() < end]
    unnoticed = []
    for match in figures:
        last = match.end() - 1
        changed = f"{text[:last]}{(int(text[last]) + 1) % 10}{text[last + 1 :]}"
        if not said(proof_of(changed, supplement)):
            unnoticed.append(text[match.start() - 8 : match.end() + 2])
    assert len(figures) == 22
    assert not unnoticed


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("年初预算为7.00万元，支出决算为5.00", "年初预算为7.50万元，支出决算为5.00", "TXT008"),
        ("（款）用于体育事业的彩票公益金支出（项）", "（款）用于教育事业的彩票公益金支出（项）", "TXT010"),
        ("完成年初预算的83.33%。决算数与年初预算数存在差异的主要原因是项目推迟。", "完成年初预算的83.33%。", "TXT009"),
        ("2.国有资本", "3.国有资本", "TXT007"),
        ("支出决算为5.00万元，完成年初预算的83.33%", "支出决算为0.50万元，完成年初预算的83.33%", "TXT001"),
        ("4.00万元，完成年初预算的100.00%。", "4.00万元，完成年初预算的101%。", "TXT006"),
    ],
)  # fmt: skip
def test_a_planted_mistake_is_found(before: str, after: str, rule: str) -> None:
    supplement = given()
    text = written(supplement)
    assert before in text
    assert any(f"（{rule}）" in words for words in said(proof_of(text.replace(before, after), supplement)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("政府性基金预算财政拨款支出年初预算为7.00万元", "政府性基金预算支出年初预算7.00万元"),
        ("1.其他支出（类）", "1、其他支出（类）"),
        ("（项）。年初预算为6.00万元", "（项）。主要用于：体育场馆。年初预算为6.00万元"),
        ("年初结转和结余0.00万元，本年收入", "本年收入"),
    ],
)  # fmt: skip
def test_other_wording_is_read(before: str, after: str) -> None:
    supplement = given()
    text = written(supplement)
    assert before in text
    proof = proof_of(text.replace(before, after), supplement)
    assert not said(proof)
    assert not [item.reason for item in proof.not_checked if "七、" in item.reason]
