"""Slips in the workbook itself: missing tables, headings, notes, and amounts that are no plain numbers."""

from __future__ import annotations

from published_book import Drawn
from slips.slip import JIAOZUO, Slip, amount_cell, code_cell, entered, heading_cell, note_cell, title_cell, worded


def _remove_table(drawn: Drawn) -> None:
    drawn.file.remove(drawn.sheet("state_capital"))
    del drawn.forms["state_capital"]


def _hide_row(drawn: Drawn) -> None:
    label = drawn.label("expenditure", "2299999")
    drawn.sheet("expenditure").row_dimensions[label.row].hidden = True


SLIPS: tuple[Slip, ...] = (
    Slip("FORM001", "没有数据的公开08表整张删掉了", JIAOZUO, (), touch=_remove_table),
    worded(
        "FORM002",
        JIAOZUO,
        heading_cell("general_budget", "unit"),
        "公开05表的部门名称是旧名称",
        (heading_cell("general_budget", "unit"), "部门：焦作市政府采购中心"),
    ),
    worded(
        "FORM003",
        JIAOZUO,
        heading_cell("general_budget", "year"),
        "公开05表沿用上年表格，年度没有改",
        (heading_cell("general_budget", "year"), "2023年度"),
    ),
    worded(
        "FORM004",
        JIAOZUO,
        heading_cell("general_budget", "currency"),
        "公开05表的金额单位写成元",
        (heading_cell("general_budget", "currency"), "单位：元"),
    ),
    entered("FORM006", JIAOZUO, "revenue.2101103.fiscal_appropriation", "20.41 ", "从网页粘贴来的数带着空格，成了文本"),
    entered("FORM008", JIAOZUO, "revenue.2010350.grants_from_superior", None, "没有数据的格漏填0.00"),
    worded(
        "FORM009",
        JIAOZUO,
        note_cell("government_fund"),
        "没有数据的公开07表漏写说明",
        (note_cell("government_fund", 1), None),
    ),
    worded("FORM010", JIAOZUO, title_cell("summary"), "公开01表漏了附注", (note_cell("summary"), None)),
    worded(
        "FORM011",
        JIAOZUO,
        note_cell("general_budget"),
        "公开05表有尾差，附注里的尾差说明删掉了",
        (note_cell("general_budget"), "注：本表反映部门本年度一般公共预算财政拨款支出情况。"),
    ),
    worded(
        "FORM012",
        JIAOZUO,
        ("summary", "207"),
        "类级名称沿用旧年度的写法",
        (code_cell("summary", "207"), "七、文化体育与传媒支出"),
    ),
    Slip("FORM014", "公开03表里隐藏了一行", JIAOZUO, (), touch=_hide_row),
    entered("FORM016", JIAOZUO, "expenditure.2080711.project", "见附表", "金额格里写了文字"),
    worded(
        "FORM017",
        JIAOZUO,
        ("summary", "other_revenue"),
        "行名写错，认不出是哪一行",
        (code_cell("summary", "other_revenue"), "八、其它收入"),
    ),
    worded(
        "FORM019",
        JIAOZUO,
        title_cell("summary"),
        "公开01表“本年收入合计”一行清空了",
        (code_cell("summary", "revenue_total"), None),
        (amount_cell("summary", "revenue_total", "revenue"), None),
    ),
    entered("FORM018", JIAOZUO, "general_budget.total.total", "=D7+E7", "程序生成的公式没有打开保存过，没有结果"),
)
