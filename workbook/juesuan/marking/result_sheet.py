"""The sheet 核对结果: verdict, tables × kinds of rules at a glance, findings by cause, 尾差, what was not checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, Protocol

from juesuan.check import Checked
from juesuan.locate.answer import Culprit
from juesuan.marking.result_looks import Looks
from juesuan.marks import KINDS, NAMES, Kind, kind_of
from juesuan.model import Table
from juesuan.money import to_text
from juesuan.ooxml.new_sheet import NewCell, NewSheet
from juesuan.ooxml.text_size import text_lines
from juesuan.place import Place
from juesuan.reading.own_sheet import MARKER, NAME
from juesuan.rules import JOINTLY, Catalogue, CellNote, Finding
from juesuan.wording import AT_THE_EDGE, VERDICTS

WIDTHS = (6, 8, 22, 14, 14, 13, 14, 14, 44, 10)
HEADINGS = ("序号", "级别", "位置", "现值", "应为", "差额", "怎么回事，怎么办", "", "", "规则")
GLANCE = ("表内", "表间", "科目", "格式", "与上年")
LINE, TALLEST = 13.5, 400
WHOLE, SAID = (1, len(WIDTHS)), (7, 9)
"""First and last column of the whole sheet, and of what is said of a finding."""

_WHOLE_WIDTH, _SAID_WIDTH = sum(WIDTHS), sum(WIDTHS[SAID[0] - 1 : SAID[1]])
_LEFT_OUT_WIDTHS = sum(WIDTHS[:6]), sum(WIDTHS[6:])
_FAMILIES = {"X": "表间", "CODE": "科目", "FORM": "格式", "YOY": "与上年"}


class ResultSheet(NamedTuple):
    """The worksheet part, and its names: the one it is known by, and the headings that are printed on every page."""

    xml: bytes
    names: dict[str, str]


class Rows(Protocol):
    """What the results are written to, row by row, as `NewSheet` takes them."""

    @property
    def rows(self) -> int: ...

    def row(
        self, cells: Mapping[int, NewCell], height: float = ..., merged: Sequence[tuple[int, int]] = ...
    ) -> None: ...

    def link(self, column: int, place: Place) -> None: ...


def result_sheet(checked: Checked, catalogue: Catalogue, looks: Looks) -> ResultSheet:
    sheet = NewSheet(WIDTHS)
    heading = write_results(checked, catalogue, looks, sheet)
    titles = {"_xlnm.Print_Titles": f"${heading}:${heading}"} if heading else {}
    return ResultSheet(sheet.xml(), {MARKER: "$A$1"} | titles)


def write_results(checked: Checked, catalogue: Catalogue, looks: Looks, sheet: Rows) -> int | None:
    """Write everything that was found; returns the row of the headings, if there are any."""
    writer = _Writer(checked, looks, {rule.code: rule.title for rule in catalogue.rules}, sheet)
    writer.head()
    writer.glance(catalogue)
    findings: list[Finding] = []
    others: list[Finding] = []
    for item in checked.findings:
        (findings if kind_of(item) in ("error", "warning") else others).append(item)
    writer.section("一、要改正和要核实的问题", f"{len(findings)} 条" if findings else "没有")
    writer.findings(findings)
    writer.untold()
    writer.section("二、四舍五入尾差和提示", "不影响结论" if others else "没有")
    writer.findings(others)
    writer.section("三、没有核对的规则", "跳过不等于通过" if checked.not_checked else "没有")
    writer.left_out()
    return writer.heading


class _Writer:
    def __init__(self, checked: Checked, looks: Looks, titles: Mapping[str, str], sheet: Rows) -> None:
        self.checked = checked
        self.titles = titles
        self.looks = looks
        self.sheet = sheet
        self.found = self._found()
        self.unchecked = {item.rule for item in checked.not_checked}
        self.heading: int | None = None

    def head(self) -> None:
        book, counts, looks = self.checked.book, self.checked.counts, self.looks
        year = f"{book.year}年度" if book.year else ""
        about = "　".join(filter(None, (book.unit, year, book.edition.title, f"金额单位：{book.currency}")))
        verdict = self.checked.verdict
        why = f"（{self.checked.reason}）" if self.checked.reason else ""
        explained = f"（已说明或放行 {counts['explained']} 条）" if counts["explained"] else ""
        counted = (
            f"相符 {counts['passed']} 项，尾差 {counts['tail']} 项，错误 {counts['failed']} 条，"
            f"核实 {counts['warning']} 条{explained}，不适用 {counts['not_applicable']} 项，"
            f"未核对 {counts['not_checked']} 项"
            + (f"；起因 {len(self.checked.culprits)} 处" if self.checked.culprits else "")
        )
        self._across(NAME, looks.title, 30)
        self._across(about, looks.plain, 18)
        self._across(f"结论：{VERDICTS[verdict]}{why}", looks.level[verdict], 24)
        self._across(counted, looks.plain, 18)
        if self.checked.together.joint.severity == "same_rule":
            self._across(AT_THE_EDGE, looks.plain, 18)
        self._across(
            "位置可以点击，跳到那一格。粗框是起因，双线框、红底是错误，虚线框、黄底是核实，点线框、蓝底是尾差；格上的批注写着同样的话。"
            "改好后可直接重新核对；按钮“清除标记”（juesuan clear）去掉全部标注。",
            looks.plain,
            18,
        )

    def glance(self, catalogue: Catalogue) -> None:
        """Nine tables × kinds of rules."""
        looks = self.looks
        checked: dict[tuple[str, str], bool] = {}
        for rule in catalogue.rules:
            heading, was_checked = _heading(rule.code), rule.code not in self.unchecked
            for name in rule.tables:
                checked[name, heading] = was_checked or checked.get((name, heading), False)
        self.sheet.row({}, 6)
        kinds = {4 + order: NewCell(kind, looks.heading) for order, kind in enumerate(GLANCE)}
        self.sheet.row({3: NewCell("表", looks.heading)} | kinds)
        for table in self.checked.book.edition.tables:
            if not table.optional:
                words = {
                    4 + order: self._standing(table, kind, checked.get((table.id, kind)))
                    for order, kind in enumerate(GLANCE)
                }
                self.sheet.row({3: NewCell(table.name, looks.text)} | words, _height((table.name, WIDTHS[2])))

    def _standing(self, table: Table, heading: str, checked: bool | None) -> NewCell:
        """What is to be said of a table under one kind of rules: the gravest, and how often.

        `checked`: whether any of them was; None when there are none.
        """
        if self.checked.book.sheet(table.id) is None:
            return NewCell("没有这张表", self.looks.level["unjudged"])
        for kind in KINDS:
            if found := self.found.get((table.id, heading, kind)):
                return NewCell(f"{NAMES[kind]} {found}", self.looks.level[kind])
        if checked is None:
            return NewCell("—", self.looks.centred)
        return NewCell("没有问题" if checked else "未核对", self.looks.centred)

    def _found(self) -> dict[tuple[str, str, Kind], int]:
        """How often each kind was found, by table and kind of rules."""
        found: dict[tuple[str, str, Kind], int] = defaultdict(int)
        for item in self.checked.findings:
            kind = kind_of(item)
            if kind == "tail":
                for cell in item.cells:
                    found[cell.table, _heading(cell.rule or ""), kind] += 1
            elif kind and item.place:
                found[self._table_at(item, item.place), _heading(item.rule), kind] += 1
        return found

    def _table_at(self, item: Finding, place: Place) -> str:
        """The table a finding is about at its place; several may stand on one worksheet, below each other."""
        told = (cell.table for cell in item.cells if cell.place == place)
        above = (sheet for sheet in self.checked.book.sheets.values() if sheet.name == place.sheet)
        tops = sorted((sheet.place.row, sheet.table.id) for sheet in above)
        return next(told, None) or next((table for row, table in reversed(tops) if row <= place.row), "")

    def section(self, title: str, remark: str) -> None:
        self.sheet.row({}, 8)
        self._across(f"{title}（{remark}）", self.looks.head, 20)

    def findings(self, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        headings = {column: NewCell(text, self.looks.heading) for column, text in enumerate(HEADINGS, 1)}
        self.sheet.row(headings, 18, (SAID,))
        self.heading = self.heading or self.sheet.rows
        number = 0
        for group, together in groupby(findings, key=lambda item: item.group):
            found = list(together)
            cause = self.checked.culprit_of(found[0])
            if cause is not None and kind_of(found[0]):
                number += 1
                self._culprit(str(number), self.checked.culprits[cause], found)
                continue
            if group is not None and len(found) > 1:
                self._across(f"以下 {len(found)} 条可能出于同一处，先改一处再核对", self.looks.group, 18)
            for item in found:
                number += 1
                self._finding(str(number), item)

    def _culprit(self, number: str, culprit: Culprit, found: Sequence[Finding]) -> None:
        """What is wrong, and below it, on a line each, what it makes wrong and what else there is to it."""
        if [item.rule for item in found] == [JOINTLY]:
            self._finding(number, found[0])
            return
        follow = sum(1 for item in found if item.expected is not None)
        remark = f"由此不相符的有 {follow} 条，列在下面。" if follow else ""
        self._cause(number, kind_of(found[0]), culprit, remark)
        for part, item in enumerate(found, 1):
            whole = item.expected is None or item.answer
            told = item.message if whole else f"由此不相符：{self.titles[item.rule]}。"
            self._line(f"{number}.{part}", kind_of(item), item.place, (item.actual, item.expected), told, item.rule)

    def untold(self) -> None:
        """Culprits that no finding speaks of."""
        for culprit in self.checked.untold:
            self._cause("", "error", culprit, "")

    def _cause(self, number: str, kind: Kind | None, culprit: Culprit, remark: str) -> None:
        from juesuan.locate.sentences import culprit_sentence

        suspect = culprit.suspects[0]
        amounts = suspect.cell.fen, suspect.suggested
        message = f"起因。{culprit_sentence(culprit, self.checked.book)}{remark}"
        self._line(number, kind, suspect.cell.place, amounts, message, "")

    def _finding(self, number: str, item: Finding) -> None:
        """A finding; 尾差 of a table are one, with where each is and how large."""
        where = f"\n{self._tails(item.cells)}。" if item.status == "tail" else ""
        self._line(number, kind_of(item), item.place, (item.actual, item.expected), item.message + where, item.rule)

    def _tails(self, cells: Sequence[CellNote]) -> str:
        """Each 尾差 and the cells that have it, each of them once, in how many relations it ever stands."""
        differences: dict[int, dict[str, None]] = defaultdict(dict)
        for cell in cells:
            differences[(cell.actual or 0) - (cell.expected or 0)][cell.place.address] = None
        currency = self.checked.book.currency
        return "；".join(
            f"差 {to_text(fen, currency)}：{'、'.join(addresses)}" for fen, addresses in sorted(differences.items())
        )

    def _line(
        self,
        number: str,
        kind: Kind | None,
        place: Place | None,
        amounts: tuple[int | None, int | None],
        message: str,
        rule: str,
    ) -> None:
        looks = self.looks
        actual, expected = amounts
        difference = None if actual is None or expected is None else actual - expected
        where = f"{place.sheet} {place.address}" if place else ""
        if place:
            self.sheet.link(3, place)
        blank = NewCell("", looks.text)
        cells = {
            1: NewCell(number, looks.centred),
            2: NewCell(NAMES[kind], looks.level[kind]) if kind else NewCell("提示", looks.centred),
            3: NewCell(where, looks.link) if place else blank,
            4: self._amount(actual),
            5: self._amount(expected),
            6: self._amount(difference),
            7: NewCell(message, looks.text),
            8: blank,
            9: blank,
            10: NewCell(rule, looks.centred),
        }
        self.sheet.row(cells, _height((message, _SAID_WIDTH), (where, WIDTHS[2])), (SAID,))

    def left_out(self) -> None:
        reasons: dict[str, dict[str, None]] = {}
        for item in self.checked.not_checked:
            reasons.setdefault(item.reason, {})[item.rule] = None
        for reason, rules in reasons.items():
            texts = {1: reason, 7: "、".join(rules)}
            cells = {column: NewCell(texts.get(column, ""), self.looks.text) for column in range(1, 11)}
            spans = (1, 6), (7, 10)
            needed = zip(texts.values(), _LEFT_OUT_WIDTHS, strict=True)
            self.sheet.row(cells, _height(*needed), spans)

    def _across(self, text: str, look: int, height: float) -> None:
        """A row of one text."""
        needed = _height((text, _WHOLE_WIDTH))
        cells = dict.fromkeys(range(1, 11), NewCell("", look)) | {1: NewCell(text, look)}
        self.sheet.row(cells, max(height, needed), (WHOLE,))

    def _amount(self, fen: int | None) -> NewCell:
        if fen is None:
            return NewCell("", self.looks.text)
        return NewCell(to_text(fen, self.checked.book.currency), self.looks.amount, number=True)


def _height(*texts: tuple[str, float]) -> float:
    """Room in points for the longest of some texts, each in its width."""
    lines = max([text_lines(text, width) for text, width in texts])
    return min(LINE * lines + 4, TALLEST)


def _heading(code: str) -> str:
    """The kind a rule belongs to: the families of single tables look within their table."""
    return _FAMILIES.get(code.rstrip("0123456789"), "表内")
