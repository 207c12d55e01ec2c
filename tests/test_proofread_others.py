"""Two published texts of another province, worded otherwise: what is wrong in them is found, and nothing else."""

from __future__ import annotations

import io

import pytest

from juesuan.check import check
from juesuan.excel.files import open_workbook, workbook_of
from juesuan.excel.recognise import read_book
from juesuan.intake.judge import AUTO, read_as
from juesuan.narrative.facts import Facts
from juesuan.narrative.supplement import Supplement
from juesuan.narrative.writing import write_narrative
from juesuan.proofread.proof import Proof, proofread
from juesuan.rules import load_catalogue
from published_book import account, workbook
from texts import EDITION, SAMPLES, declaration, document, said, text_rules


def proof_of_account(name: str) -> Proof:
    file = io.BytesIO()
    workbook(account(name)).save(file)
    book = read_book(workbook_of(f"{name}.xlsx", file.getvalue()), EDITION)
    text = (SAMPLES / "published" / f"{name}.txt").read_text(encoding="utf-8")
    return proofread(document(text.splitlines()), book, text_rules(), declaration())


FINANCE = {
    # 标题仍写 2023 年度
    ("TXT023", "error", "第三部分"),
    # 收入支出总计写 0 万元，01表 2995.39
    ("TXT001", "error", "一、收入支出决算总体情况说明"),
    # 一般公共服务支出占比写 71.73%，应为 71.65%
    ("TXT002", "error", "五、一般公共预算财政拨款支出决算情况说明"),
    # “决算数大于预算数”两处：行政运行 1511.89 对 1560.05，职业年金 80.38 对 80.81
    ("TXT004", "error", "五、一般公共预算财政拨款支出决算情况说明"),
    # 写“个人农业生产补贴”，表内有数的是“奖励金”
    ("TXT011", "warning", "六、一般公共预算财政拨款基本支出决算情况说明"),
    # 预算为 0 的两项写“完成预算的 0%”
    ("TXT013", "warning", "九、一般公共预算财政拨款“三公”经费支出决算情况说明"),
    # 截至 2023 年 12 月 31 日
    ("TXT023", "error", "十二、国有资产占用情况说明"),
    # 尾差：年初预算 2993.92 对 2993.93，采购 251.25 对 251.26
    ("TXT008", "info", "五、一般公共预算财政拨款支出决算情况说明"),
    ("TXT015", "info", "十一、政府采购支出情况说明"),
}
SOCIAL_WORK = {
    # 当年成立，上年为 0，写“增长 100.00%”
    ("TXT013", "warning", "一、收入支出决算总体情况说明"),
    ("TXT013", "warning", "四、财政拨款收入支出决算总体情况说明"),
    # 同上；又年初预算为 0，写“完成年初预算的 95.89%”
    ("TXT013", "warning", "五、一般公共预算财政拨款支出决算情况说明"),
    ("TXT013", "warning", "十、机关运行经费支出情况说明"),
    # 29.42÷307.82 应为 9.56%，写 9.55%（四项凑成 100.00%）
    ("TXT002", "warning", "五、一般公共预算财政拨款支出决算情况说明"),
    # 06表没有邮电费
    ("TXT011", "warning", "六、一般公共预算财政拨款基本支出决算情况说明"),
}


@pytest.mark.parametrize(
    ("name", "expected", "count"), [("普陀区财政局2024", FINANCE, 11), ("普陀区委社会工作部2024", SOCIAL_WORK, 7)]
)
def test_exactly_what_is_wrong_is_found(name: str, expected: set[tuple[str, str, str]], count: int) -> None:
    proof = proof_of_account(name)
    assert said(proof) == expected
    assert len(proof.remarks) == count


def test_figures_worded_in_an_unknown_way_are_listed_and_not_called_right() -> None:
    reasons = [item.reason for item in proof_of_account("普陀区财政局2024").not_checked]
    assert any("十三" in reason and "598.42万元" in reason for reason in reasons)


@pytest.mark.parametrize("name", ["体育中心", "信访接待中心", "公共服务中心", "机关事务服务局", "档案馆"])
def test_what_is_written_of_any_book_proofreads_without_error(name: str) -> None:
    """Items with a budget that is met, exceeded or nothing, in turn; projects with odd names."""
    file = open_workbook(str(SAMPLES / "made_up" / f"{name}.xlsx"))
    book, _ = read_as(file, AUTO)
    spent = {cell.row: cell.fen or 0 for cell in book.amounts("general_budget") if len(cell.row) == 7}
    spent = {code: fen for code, fen in spent.items() if code.isdigit()}
    budgets = {code: (fen, fen * 2, 0)[order % 3] for order, (code, fen) in enumerate(spent.items())}
    projects: dict[str, int] = {"甲项目": 1_234_567_89, "乙（专项）": 100_000_000, "丙：2014年维修工程2期": 77_777_700}
    given = Supplement(
        {"last_total": 500_000_000, "last_general": 0, "reason_total": "增加", "review_project": "甲项目"},
        {
            "item_budget": budgets,
            "item_reason": dict.fromkeys(budgets, "人员变动"),
            "project_budget": projects,
            "project_actual": {key: fen // 3 for key, fen in projects.items()},
            "project_score": dict.fromkeys(projects, 9_550),
            "project_text": dict.fromkeys(projects, "完成较好"),
        },
    )
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), book, given)))
    together = check(book, load_catalogue(book.edition)).together
    proof = proofread(document(text.splitlines()), book, text_rules(), declaration(), given, together=together)
    told = [item.finding for item in proof.remarks if "待填" not in item.finding.message]
    assert not [item.message for item in told if item.level != "info"]
    assert proof.counts["passed"] > 30
