"""What is written of other units' books: nothing false is told of it, and a changed figure is found whatever it is."""

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
from juesuan.together import Together
from texts import SAMPLES, declaration, document, text_rules

NAMES = ("体育中心", "信访接待中心", "公共服务中心", "机关事务服务局", "档案馆")
"""One of them in 元; with funds, carryovers, vehicles and 机关运行经费 here and there."""
EVERY = 6
"""One in so many figures is changed; all 684 of these books are found, and the 128 of 焦作2024."""


def book_of(name: str) -> Book:
    book, _ = read_as(open_workbook(str(SAMPLES / "made_up" / f"{name}.xlsx")), AUTO)
    return book


def supplement_of(book: Book) -> Supplement:
    """Last year nothing, the same or a part of this; budgets met, doubled, or of nothing."""
    total = ((cell := book.cell("summary", "grand_total", "revenue")) and cell.fen) or 0
    spent = [
        (cell.row, cell.fen)
        for table in ("general_budget", "government_fund", "state_capital")
        for cell in book.amounts(table)
        if len(cell.row) == 7 and cell.field == "total" and cell.fen
    ]
    budgets = {code: (fen, fen * 2, 0, fen + 10_000)[order % 4] for order, (code, fen) in enumerate(spent)}
    three = {cell.field: cell.fen or 0 for cell in book.amounts("three_public") if cell.row == "actual"}
    received, travelled = three["official_reception"], int(three["overseas_travel"] > 0)
    cars = ("provincial", "leading", "confidential", "emergency", "enforcement", "special", "retired", "other")
    amounts = {
        "last_total": total // 3,
        "last_fiscal_total": 0,
        "last_general": 12_345_678,
        "last_agency": 7_770_000,
        "procurement_goods": 1_000_000,
        "procurement_works": 0,
        "procurement_services": 2_340_000,
        "procurement_small": 2_000_000,
        "procurement_micro": 1_000_000,
        "large_equipment": 1,
        "self_count": 3,
        "self_amount": 3_000_000,
        "self_general_count": 2,
        "self_general_amount": 2_000_000,
        "review_count": 1,
        "review_amount": 1_000_000,
        "whole_score": 9_467,
        "graded_count": 2,
        "overseas_groups": travelled,
        "overseas_people": 3 * travelled,
        "vehicles_bought": int(three["vehicle_purchase"] > 0),
        "vehicles_kept": 2,
        "review_score": 9_403,
        "foreign_reception_amount": 0,
        "foreign_receptions": 0,
        "foreign_people": 0,
        "domestic_reception_amount": received,
        "domestic_receptions": 4 * bool(received),
        "domestic_people": 40 * bool(received),
        **{f"cars_{name}": order % 3 for order, name in enumerate(cars)},
    }
    reasons = ("total", "fiscal", "general", "three_public", "agency")
    texts = ("review_names", "review_text", "whole_text", "review_project", "review_result", "domestic_purpose")
    projects = {"甲项目": 123_456_789, "乙": 100_000_000}
    return Supplement(
        amounts | dict.fromkeys((*(f"reason_{name}" for name in reasons), *texts), "说明"),
        {
            "item_budget": budgets,
            "item_reason": dict.fromkeys(budgets, "有所调整"),
            "project_budget": projects,
            "project_actual": {key: fen // 3 for key, fen in projects.items()},
            "project_score": dict.fromkeys(projects, 9_550),
            "project_text": dict.fromkeys(projects, "完成较好"),
        },
    )


def proof_of(text: str, book: Book, given: Supplement, together: Together) -> Proof:
    return proofread(document(text.splitlines()), book, text_rules(), declaration(), given, together=together)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_false_is_told_and_every_changed_figure_is_found(name: str) -> None:
    book = book_of(name)
    given, together = supplement_of(book), check(book, load_catalogue(book.edition)).together
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), book, given)))
    proof = proof_of(text, book, given, together)
    known = {item.finding.message for item in proof.remarks}
    assert {item.finding.rule for item in proof.remarks if item.finding.level != "info"} <= {"TXT022"}
    figures = list(re.finditer(r"\d[\d,]*(?:\.\d+)?(?=[万%个人辆台分])", text))[::EVERY]
    unnoticed = []
    for match in figures:
        last = match.end() - 1
        changed = f"{text[:last]}{(int(text[last]) + 1) % 10}{text[last + 1 :]}"
        if {item.finding.message for item in proof_of(changed, book, given, together).remarks} == known:
            unnoticed.append(text[match.start() - 8 : match.end() + 2])
    assert len(figures) >= 15
    assert not unnoticed


def test_a_negative_amount_keeps_its_sign_and_is_asked_for() -> None:
    original = book_of("档案馆")
    cells = dict(original.cells)
    for field, fen in (("closing_carryover", -2_000_000), ("opening_carryover", -2_000_000)):
        key = ("government_fund", "total", field)
        cells[key] = cells[key]._replace(fen=fen)
    key = ("expenditure", "total", "project")
    cells[key] = cells[key]._replace(fen=-735_000)
    book = original.with_cells(cells)
    given, together = supplement_of(book), check(book, load_catalogue(book.edition)).together
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), book, given)))
    assert "年初结转和结余-2.00万元" in text
    assert "年末结转和结余-2.00万元。" in text
    assert re.search(r"项目支出-0\.7[34]万元，占-1\.00%", text)
    known = {item.finding.message for item in proof_of(text, book, given, together).remarks}
    assert not [message for message in known if "结转和结余" in message]
    changed = proof_of(text.replace("年末结转和结余-2.00", "年末结转和结余2.00"), book, given, together)
    assert any("写 2.00万元，应为 -2.00万元" in item.finding.message for item in changed.remarks)
