"""What a rule compares: put into words, taken apart, and the cells it speaks of."""

from __future__ import annotations

import pytest

from honest import EDITION
from juesuan.expr import Children, Leaves, Number, Ref, describe, references, spelled_alike, terms_of
from juesuan.parse import parse

WORDS = {
    "expenditure.basic = expenditure.total - expenditure.project": (
        "公开03表各行“基本支出” ＝ 公开03表各行“本年支出合计” － 公开03表各行“项目支出”"
    ),
    "支出决算表[合计].基本支出 = 下级(支出决算表[合计].基本支出) + leaves(expenditure[201].total) - 0.5": (
        "公开03表合计行“基本支出” ＝ 其下级各行之和（公开03表合计行“基本支出”） ＋ "
        "其全部明细行之和（公开03表201“本年支出合计”） － 0.50万元"
    ),
    "expenditure.basic = expenditure.total - (expenditure.project - (1 - expenditure.business))": (
        "公开03表各行“基本支出” ＝ 公开03表各行“本年支出合计” － 公开03表各行“项目支出” ＋ "
        "1.00万元 － 公开03表各行“经营支出”"
    ),
    "summary.revenue_total >= 0": "公开01表“本年收入合计” ≥ 0",
    "expenditure.each = children(expenditure.each)": "公开03表各行各栏 ＝ 其下级各行之和（公开03表各行各栏）",
    "expenditure[each_class].total > last_year.expenditure[各类].total": (
        "公开03表各类“本年支出合计” ＞ 上年公开03表各类“本年支出合计”"
    ),
    "basic_expenditure[301, 302] <= 1234.5": "公开06表301、302 ≤ 1234.50万元",
    "summary.closing_carryover = summary.grand_total.revenue": "公开01表“年末结转与结余” ＝ 公开01表“收入总计”",
    "appropriation_summary.revenue_total = 0": "公开04表“本年收入合计” ＝ 0",
    "appropriation_summary.grand_total.revenue = 0": "公开04表“收入总计”“金额” ＝ 0",
    "summary[201].expenditure = appropriation_summary[201].total": (
        "公开01表“一般公共服务支出” ＝ 公开04表“一般公共服务支出”“合计”"
    ),
}


@pytest.mark.parametrize("text", WORDS)
def test_a_comparison_is_told_in_words(text: str) -> None:
    assert describe(parse(text, EDITION), EDITION) == WORDS[text]


def test_a_sum_is_taken_apart_into_signed_cells_and_one_constant() -> None:
    right = parse(
        "expenditure.basic = expenditure.total - (expenditure.project - 1.5 + children(expenditure.basic)) + 2", EDITION
    ).right
    total, project, basic = (Ref("expenditure", ("each_row",), name) for name in ("total", "project", "basic"))
    assert terms_of(right) == (((1, total), (-1, project), (-1, Children(basic))), 3_500_000)
    assert all(isinstance(sign, int) for sign, _ in terms_of(right)[0])
    assert terms_of(Number(7)) == ((), 7)
    assert terms_of(Leaves(basic)) == (((1, Leaves(basic)),), 0)


def test_every_cell_spoken_of_is_listed_the_left_one_first() -> None:
    comparison = parse("expenditure.basic = expenditure.total - leaves(expenditure.project) + 1", EDITION)
    assert [ref.field for ref in references(comparison)] == ["basic", "total", "project"]
    assert references(Number(1)) == []
    assert references(comparison.left) == [comparison.left]


@pytest.mark.parametrize(
    ("text", "other", "alike"),
    [
        ("年末结转和结余", "年末结转与结余", True),
        ("“三公”经费", '"三公" 经 费', True),
        ("‘三公’经费", "'三公'经费", True),
        ("（一）", "(一)", True),
        ("支\u200b出", "支出", True),
        ("基本支出", "基本收入", False),
        ("a", "b", False),
    ],
)
def test_names_are_alike_in_spite_of_width_spaces_and_quotation_marks(text: str, other: str, alike: bool) -> None:
    assert spelled_alike(text, other) is alike
    assert spelled_alike(other, text) is alike
