"""The forms of 第五部分: 部门整体自评表 and 项目单位自评汇总表, from the book and 补08.

What the book says, 财政拨款 and 非财政拨款 spent, is never typed; of the rest, what is not there is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.money import grouped
from juesuan.narrative.facts import Facts, printed
from juesuan.narrative.supplement import Value

NOTHING = "-"
MISSING = "【待填】"
LONGEST_CENTRED = 24
_FUNDS = (
    ("部门预算总额（万元）", "sheet"),
    ("资金来源：（1）政府预算资金", "sheet_fiscal"),
    ("（2）财政专户管理资金", "sheet_special"),
    ("（3）单位资金", "sheet_own"),
)
_INDICATOR_HEADINGS = (
    *("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"),
    *("分值", "得分", "偏差度", "偏差原因分析及改进措施"),
)
_PROJECT_HEADINGS = (
    *("单位编码", "单位名称", "主管部门编码", "主管部门名称", "项目名称", "项目类型", "资金归口处室"),
    *("全年预算数", "全年执行数", "系统查询全年执行数", "预算执行率", "资金管理情况得分率", "成本指标得分率"),
    *("产出指标得分率", "效益指标得分率", "满意度指标得分率", "自评得分", "是否有偏差项目"),
)
_WHOLE_WIDTHS = (12, 12, 24, 12, 12, 12, 10, 10, 30)
_PROJECT_WIDTHS = (9, 14, 8, 12, 16, 9, 9, 11, 11, 11, 9, 9, 8, 8, 8, 8, 8, 8)


class Attached(NamedTuple):
    """A form, drawn on a worksheet; its first `headings` rows are repeated on every page."""

    title: str
    sheet: Worksheet
    headings: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """A mark for every cell that is still to be filled in."""
        values = (cell.value for row in self.sheet.iter_rows() for cell in row)
        return tuple(f"{MISSING[:-1]}：{self.title}】" for value in values if value == MISSING)


def attachments(facts: Facts) -> tuple[Attached, ...]:
    """The forms there is anything to say in."""
    whole = facts.supplement.lists.get("indicator_points")
    return (*((_whole(facts),) if whole else ()), *((_projects(facts),) if facts.entries("projects") else ()))


def _whole(facts: Facts) -> Attached:
    sheet = _Drawn(_WHOLE_WIDTHS)
    unit = facts.book.unit if facts.book else None
    sheet.row([("部门（单位）名称", 3), (unit or MISSING, 6)])
    top = sheet.next
    sheet.row(
        [
            ("部门整体支出情况", 1),
            ("", 2),
            *_singles("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
        ]
    )
    for label, name in _FUNDS:
        sheet.row([("部门整体支出情况", 1), (label, 2), *_singles(*_fund(name, facts))])
    sheet.down(top, 1)
    top = sheet.next
    sheet.row([("年度履职目标", 1), ("预期目标", 4), ("实际完成情况", 4)])
    sheet.row([("年度履职目标", 1), (_text("whole_goal", facts), 4), (_text("whole_done", facts), 4)])
    sheet.down(top, 1)
    top = sheet.next
    sheet.row([("年度主要任务", 1), ("任务名称", 2), ("主要内容", 3), ("实际完成情况", 3)])
    contents = facts.supplement.lists.get("task_content", {})
    for task in contents or {MISSING: MISSING}:
        said = [_listed(name, task, facts) or MISSING for name in ("task_content", "task_done")]
        sheet.row([("年度主要任务", 1), (task, 2), (said[0], 3), (said[1], 3)])
    sheet.down(top, 1)
    _indicators(sheet, facts)
    return Attached("部门整体自评表", sheet.sheet)


def _fund(name: str, facts: Facts) -> Iterator[str]:
    whole = name == "sheet"
    for column in ("budget", "annual", "actual"):
        fact = facts.value(f"{name}_{column}")
        yield MISSING if fact is None else grouped(printed(fact.value, "amount"), "万元")
    yield _points(facts.supplement.values.get("sheet_weight")) if whole else NOTHING
    rate = facts.value(f"{name}_rate") if name != "sheet_special" else None
    yield f"{rate.value / 100:.2f}" if rate else NOTHING
    yield _points(facts.supplement.values.get("sheet_score")) if whole else NOTHING


def _indicators(sheet: _Drawn, facts: Facts) -> None:
    """Rows of one 一级指标, and in it of one 二级指标, share its cell; the last row adds the points up."""
    sheet.row(_singles(*_INDICATOR_HEADINGS))
    lists = facts.supplement.lists
    points, top = lists["indicator_points"], sheet.next
    classes = [
        (_listed("indicator_class", name, facts) or MISSING, _listed("indicator_group", name, facts) or NOTHING)
        for name in points
    ]
    for name, (first, second) in zip(points, classes, strict=True):
        said = [_listed(f"indicator_{column}", name, facts) or MISSING for column in ("target", "actual")]
        gap, reason = _listed("indicator_gap", name, facts) or MISSING, _listed("indicator_reason", name, facts)
        weight = _points(lists.get("indicator_weight", {}).get(name))
        sheet.row(_singles(first, second, name, *said, weight, _points(points[name]), gap, reason))
    for column in (1, 2):
        row = top
        for _, group in groupby(item[:column] for item in classes):
            count = len(list(group))
            sheet.down(row, column, count)
            row += count
    weights = [*lists.get("indicator_weight", {}).values(), facts.supplement.values.get("sheet_weight")]
    scores = [*points.values(), facts.supplement.values.get("sheet_score")]
    sheet.row([("总分", 5), (_points(_sum(weights)), 1), (_points(_sum(scores)), 1), ("", 2)])


def _projects(facts: Facts) -> Attached:
    sheet = _Drawn(_PROJECT_WIDTHS)
    sheet.row(_singles(*_PROJECT_HEADINGS))
    own = ("unit_code", "parent_code", "parent_name")
    code, parent, parent_name = (facts.supplement.text(name) or NOTHING for name in own)
    unit = (facts.book.unit if facts.book else None) or NOTHING
    for entry in facts.entries("projects"):
        key = entry.key
        amounts = [facts.value(name, key) for name in ("project_budget", "project_actual")]
        queried = facts.supplement.value("project_queried", key)
        rate, score = facts.value("project_rate", key), facts.supplement.value("project_score", key)
        shares = [
            _listed(f"project_{name}", key, facts) or NOTHING
            for name in ("funds", "cost", "output", "benefit", "satisfaction")
        ]
        sheet.row(
            _singles(
                *(code, unit, parent, parent_name, key),
                *(_listed(f"project_{name}", key, facts) or NOTHING for name in ("kind", "office")),
                *(MISSING if fact is None else grouped(printed(fact.value, "amount"), "万元") for fact in amounts),
                MISSING if not isinstance(queried, int) else grouped(printed(queried, "amount"), "万元"),
                f"{rate.value / 100:.2f}%" if rate else NOTHING,
                *shares,
                _points(score),
                _listed("project_deviates", key, facts) or MISSING,
            )
        )
    return Attached("项目单位自评汇总表", sheet.sheet, 1)


def _text(name: str, facts: Facts) -> str:
    return facts.supplement.text(name) or MISSING


def _listed(name: str, key: str, facts: Facts) -> str:
    value = facts.supplement.value(name, key)
    return value if isinstance(value, str) else ""


def _sum(values: Sequence[Value | None]) -> int | None:
    numbers = [value for value in values if isinstance(value, int)]
    return sum(numbers) if len(numbers) == len(values) else None


def _points(value: Value | None) -> str:
    """Hundredths of a point, without zeros at the end."""
    return f"{value / 100:.2f}".rstrip("0").rstrip(".") if isinstance(value, int) else MISSING


def _singles(*texts: str) -> list[tuple[str, int]]:
    return [(text, 1) for text in texts]


class _Drawn:
    """A worksheet as it grows by rows of texts, each over so many columns."""

    def __init__(self, widths: Sequence[float]) -> None:
        self.sheet = Workbook().worksheets[0]
        self.next = 1
        for column, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(column)].width = width

    def row(self, texts: Sequence[tuple[str, int]]) -> None:
        column = 1
        for text, over in texts:
            cell = self.sheet.cell(self.next, column, text or None)
            cell.data_type = "s" if text else "n"
            cell.alignment = Alignment(horizontal="left" if len(text) > LONGEST_CENTRED else "center")
            if over > 1:
                self.sheet.merge_cells(
                    start_row=self.next, end_row=self.next, start_column=column, end_column=column + over - 1
                )
            column += over
        self.next += 1

    def down(self, top: int, column: int, count: int | None = None) -> None:
        """The cells of a column from row `top` on become one, with the text of the first."""
        last = top + count - 1 if count else self.next - 1
        if last == top:
            return
        for row in range(top + 1, last + 1):
            self.sheet.cell(row, column).value = None
        self.sheet.merge_cells(start_row=top, end_row=last, start_column=column, end_column=column)
