"""summary.xlsx: one line a unit, one sheet for each kind of finding, how often each rule fails, who has not sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from juesuan.batch.row import Row, Telling
from juesuan.batch.standing import STANDINGS, day_of
from juesuan.batch.titles import Titles
from juesuan.batch.tree import COUNTED
from juesuan.marks import NAMES, Kind
from juesuan.money import to_text
from juesuan.reading.long_book import Column, LongSheet, write_long_book
from juesuan.rules import LEVEL_NAMES
from juesuan.wording import LEVELS, VERDICTS

_LOOKS = {"pass": "good", "tail": "tail", "warn": "warning", "fail": "error", "unjudged": "error", "missing": "warning"}
_UNIT = (Column("单位", 30), Column("工作簿", 40))
_LISTED = (
    *(Column("单位编码", 12), Column("报送", 9), Column("报送日期", 12), Column("截止日期", 12), Column("邮箱", 24)),
)
_BOOK = (
    *_UNIT,
    *(Column("年度", 7), Column("结论", 22), Column("错误", 7, "count"), Column("核实", 7, "count")),
    *(Column("尾差", 7, "count"), Column("起因", 7, "count"), Column("未核对", 8, "count")),
    *(Column("三公（万元）", 14, "amount"), Column("上年三公（万元）", 14, "amount")),
    *(Column("标注的工作簿", 30), Column("说明", 40)),
)
_VERDICT = 3
"""Where the verdict stands among _BOOK."""
_FINDING = (
    *_UNIT,
    *(Column("工作表", 12), Column("单元格", 8), Column("规则", 9), Column("现值", 13, "amount")),
    *(Column("应为", 13, "amount"), Column("差额", 11, "amount"), Column("金额单位", 9), Column("起因", 7, "count")),
    Column("怎么回事，怎么办", 80),
)
_TAIL = (
    *_UNIT,
    *(Column("工作表", 12), Column("单元格", 8), Column("规则", 9), Column("现值", 13, "amount")),
    *(Column("按各数相加", 13, "amount"), Column("尾差", 9, "amount"), Column("至多", 9, "amount")),
)
_RULE = (
    *(Column("规则", 9), Column("内容", 60), Column("级别", 9), Column("报出", 7), Column("单位数", 9, "count")),
    Column("条数", 9, "count"),
)
_COUNTED = ("应报", "已报", "未报", "迟报", "通过", "只有尾差", "核实", "有错", "判不了")


class Summary:
    """Give it every row, then `write` it."""

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        self.listed = telling.received is not None
        self.units = LongSheet("单位", (*_LISTED, *_BOOK) if self.listed else _BOOK)
        kinds: tuple[Kind, ...] = ("error", "warning")
        self.kinds = {kind: LongSheet(NAMES[kind], _FINDING) for kind in kinds}
        self.tails = LongSheet(NAMES["tail"], _TAIL)
        self.notes = LongSheet("提示", _FINDING)
        self.left_out = LongSheet("未核对", (*_UNIT, Column("规则", 9), Column("原因", 80)))
        self.unjudged = LongSheet("判不了", (*_UNIT, Column("原因", 100)))

    def add(self, row: Row, entry: dict[str, Any]) -> None:
        name = self.telling.source.name(row.path) if row.path else ""
        self._unit(row, name)
        if not entry:
            return
        if row.verdict == "unjudged":
            self.unjudged.add((row.name, name, row.reason))
        for item in entry["findings"]:
            if item["status"] == "tail":
                for cell in item["cells"]:
                    self.tails.add((row.name, name, *_amounts(cell), cell["bound"]))
            else:
                culprit = None if item["culprit"] is None else item["culprit"] + 1
                sheet = self.kinds.get(item["level"], self.notes)
                sheet.add((row.name, name, *_amounts(item), entry["currency_unit"], culprit, item["message"]))
        for item in entry["not_checked"]:
            self.left_out.add((row.name, name, item["rule"], item["reason"]))

    def _unit(self, row: Row, name: str) -> None:
        counts = row.counts
        standing = STANDINGS.get(row.standing or "", "")
        listed = (row.code, standing, row.received, row.deadline, row.email) if self.listed else ()
        self.units.add(
            (
                *listed,
                *(row.name, name, str(row.year or ""), VERDICTS.get(row.verdict, "没有收到")),
                *(counts.get(key) for key in ("failed", "warning", "tail")),
                *(row.culprits if counts else None, counts.get("not_checked"), _wan(row.three_public)),
                *(_wan(row.before), row.marked, row.reason),
            ),
            {len(listed) + _VERDICT: _LOOKS[row.verdict]},
        )

    def write(self, path: str, titles: Titles) -> None:
        found = (*self.kinds.values(), self.tails, self.notes, self.left_out, self.unjudged)
        sheets = [self.units, *found, self._rules(titles)]
        if self.listed:
            sheets[1:1] = [self._duplicates(), self._tree()]
        write_long_book(path, sheets)

    def _rules(self, titles: Titles) -> LongSheet:
        sheet, tally = LongSheet("规则频次", _RULE), self.telling.tally
        for (rule, level), books in sorted(tally.books.items(), key=lambda item: (-item[1], item[0])):
            title, declared = titles.get(rule, ("", ""))
            grade = LEVEL_NAMES.get(declared, "")  # type: ignore[call-overload]
            sheet.add((rule, title, grade, LEVELS[level], books, tally.findings[rule, level]))
        return sheet

    def _duplicates(self) -> LongSheet:
        columns = (Column("单位编码", 12), Column("单位", 30), Column("工作簿", 50), Column("报送日期", 12))
        sheet = LongSheet("重复报送", (*columns, Column("结论", 22), Column("算哪份", 10)))
        for each in self.telling.received or ():
            for book in each.books if len(each.books) > 1 else ():
                name = self.telling.source.name(book.path)
                which = "算这份" if book is each.counted else "不算"
                day = day_of(book.modified)
                sheet.add((each.unit.code, each.unit.name, name, day, VERDICTS[book.verdict], which))
        return sheet

    def _tree(self) -> LongSheet:
        sheet = LongSheet("分部门", (Column("部门", 40), *(Column(name, 9, "count") for name in _COUNTED)))
        branches = self.telling.tree.branches
        depths: list[int] = []
        for branch in branches:
            depths.append(0 if branch.parent is None else depths[branch.parent] + 1)
        for number in _downwards([branch.parent for branch in branches]):
            branch = branches[number]
            sheet.add(("　" * depths[number] + branch.name, *(branch.counts[what] for what in COUNTED)))
        return sheet


def _downwards(parents: Sequence[int | None]) -> list[int]:
    """The numbers of the branches, each followed by what is below it."""
    below: dict[int | None, list[int]] = {}
    for number, parent in enumerate(parents):
        below.setdefault(parent, []).append(number)
    order, waiting = [], list(reversed(below.get(None, [])))
    while waiting:
        order.append(number := waiting.pop())
        waiting += reversed(below.get(number, []))
    return order


def _amounts(item: dict[str, Any]) -> tuple[str | None, ...]:
    return tuple(item[key] for key in ("sheet", "address", "rule", "actual", "expected", "difference"))


def _wan(fen: int | None) -> str | None:
    return None if fen is None else to_text(fen, "万元")
