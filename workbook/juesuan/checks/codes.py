"""Functional and economic codes: their form, order, completeness and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from juesuan.book import RowLabel, Sheet
from juesuan.classification import Code, budget_of, economic, functional
from juesuan.evidence import Evidence, at_row, finding
from juesuan.expr import spelled_alike
from juesuan.hierarchy import code_of
from juesuan.model import TOTAL
from juesuan.rules import CellNote, Finding, NotChecked, Rule
from juesuan.wording import EXAMPLES, UNTIDY, few

ADMINISTRATION = {"行政运行", "行政单位医疗"}
INSTITUTION = {"事业运行", "事业单位医疗"}
NOT_FUNDS = ("general_budget", "state_capital")


def code_format(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for sheet in evidence.sheets(rule):
        odd = [stray for stray in sheet.strays if stray.kind == "code"]
        for found in [odd] if len(odd) > EXAMPLES else [[stray] for stray in odd]:
            named = few([f"{stray.place.address} 的“{stray.text}”" for stray in found], "个")
            message = f"{sheet.table.name}的科目编码不是3、5、7位数字：{named}。"
            cells = tuple(CellNote(stray.place, sheet.table.id, stray.text, None) for stray in found)
            yield finding(rule, found[0].place, message)._replace(cells=cells)
        if untidy := sheet.untidy_codes:
            examples = few([f"{row.place.address} 的“{row.code}”" for row in untidy], "个")
            message = f"{sheet.table.name}的科目编码{UNTIDY}：{examples}。"
            advice = "请改成半角数字；本次已按读出的编码核对。"
            yield finding(rule, untidy[0].place, message, advice=advice)._replace(level="warning")


def code_known(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Codes not in our list: each unknown 类 with all below it. Under a known 类 that only says that the list
    is incomplete, and is told once for the book; under one that the user's own list of the year has, it is an error.
    """
    known = functional(evidence.book.year)
    unknown = {code: rows for code, rows in _by_code(rule, evidence).items() if code not in known}
    wrong = {code: rows for code, rows in unknown.items() if _is_official(known.get(code[:3]))}
    strange = {code: rows for code, rows in unknown.items() if code[:3] not in known}
    for told, whose, what in (
        (wrong, _stricter(rule), f"不在导入的 {evidence.book.year} 年政府收支分类科目中"),
        (strange, rule, "未收录在本软件的科目表中"),
    ):
        for branch in _branches([rows[0][1] for rows in told.values()]):
            rows = [item for row in branch for item in told[code_of(row.key)]]
            yield _everywhere(_of_branch(whose, rows[0][0], branch, what), rows)
    unlisted = [rows[0] for code, rows in unknown.items() if code not in strange and code not in wrong]
    if unlisted:
        sheet, row = unlisted[0]
        words = few([f"“{row.code} {row.name}”" for _, row in unlisted], "个")
        found = at_row(rule, sheet, row, f"的科目{words}未收录在本软件的科目表中。")
        yield _everywhere(found, unlisted)._replace(level="info", status="note")


def code_name(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    listed = functional(evidence.book.year)
    for code, rows in _by_code(rule, evidence).items():
        known = listed.get(code)
        wrong = [(sheet, row) for sheet, row in rows if known and not spelled_alike(row.name, known.name)]
        if known and known.published and wrong and len(code) > 3:
            sheet, row = wrong[0]
            usual = "在导入的科目表中名称" if known.official else "通行名称"
            message = f"的科目 {code} {usual}为“{known.name}”，本表写成“{row.name}”。"
            yield _everywhere(at_row(rule, sheet, row, message), wrong)


def economic_code(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    listed = economic(evidence.book.year)
    for sheet in evidence.sheets(rule):
        for row in _coded(sheet):
            code = code_of(row.key)
            known = listed.get(code)
            if known is None and _is_official(listed.get(code[:3])):
                what = f"不在导入的 {evidence.book.year} 年政府收支分类科目中"
                yield at_row(_stricter(rule), sheet, row, f"的经济分类科目“{row.code} {row.name}”{what}。")
            elif known is None:
                yield at_row(rule, sheet, row, f"的经济分类科目“{row.code} {row.name}”未收录，请核对编码。")
            elif known.published and not spelled_alike(row.name, known.name):
                yield at_row(rule, sheet, row, f"的科目 {row.code} 名称应为“{known.name}”，现为“{row.name}”。")


def _is_official(known: Code | None) -> bool:
    return known is not None and known.official


def _stricter(rule: Rule) -> Rule:
    """The rule for a 类 whose every code the user's own list has."""
    advice = "请对照当年政府收支分类科目改正；导入的科目表不全的，用 juesuan codes import 重新导入。"
    return rule._replace(level="error", advice=advice)


def missing_parent(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    for sheet in evidence.sheets(rule):
        if lost := _lost(rule, evidence, sheet):
            yield lost
            continue
        present = {code_of(row.key) for row in sheet.rows}
        told = set()
        for row in _coded(sheet):
            parent = code_of(row.key)[:-2]
            if len(parent) >= 3 and parent not in present and parent not in told:
                told.add(parent)
                yield at_row(rule, sheet, row, f"有“{row.code} {row.name}”，但缺少上级科目 {parent}。")


def missing_children(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    for sheet in evidence.sheets(rule):
        if lost := _lost(rule, evidence, sheet):
            yield lost
            continue
        rows = [(row, code_of(row.key)) for row in _coded(sheet)]
        parents = {code[:length] for _, code in rows for length in range(1, len(code))}
        for row, code in rows:
            if len(code) < 7 and code not in parents:
                yield at_row(rule, sheet, row, f"的“{row.code} {row.name}”下没有项级科目。")


def repeated_code(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for sheet in (*evidence.sheets(rule), *_sheet(evidence, "basic_expenditure")):
        rows: dict[str, list[RowLabel]] = defaultdict(list)
        for row in _coded(sheet):
            rows[code_of(row.key)].append(row)
        for code, same in rows.items():
            if len(same) > 1:
                others = "、".join(row.place.address for row in same)
                found = at_row(rule, sheet, same[-1], f"的科目 {code} 重复出现 {len(same)} 次（{others}）。")
                yield _everywhere(found, [(sheet, row) for row in same])


def code_order(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Told once a table, at the first row that stands too late."""
    for sheet in evidence.sheets(rule):
        rows = _coded(sheet)
        for place, (before, row) in enumerate(pairwise(rows), 1):
            if code_of(row.key) < code_of(before.key):
                message = f"的科目 {row.code} 应排在 {before.code} 之前。"
                if any(code_of(other.key).startswith(row.key) for other in rows[:place]):
                    message += "它的下级科目却在它前面：编码有的是数字、有的是文本，排序就会这样。"
                yield at_row(rule, sheet, row, message)
                break


def fund_code_in_general_budget(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    known = functional(evidence.book.year)
    for sheet in evidence.sheets(rule):
        wrong = [row for row in _coded(sheet) if budget_of(code_of(row.key), known) not in (None, "general_budget")]
        for branch in _branches(wrong):
            table = evidence.book.edition.table(budget_of(code_of(branch[0].key), known) or "")
            belongs = f"，应填入{table.name}（{table.title}）" if table else ""
            yield _of_branch(rule, sheet, branch, f"不是一般公共预算科目{belongs}")


def general_code_in_fund(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    known = functional(evidence.book.year)
    for sheet in evidence.sheets(rule):
        wrong = [row for row in _coded(sheet) if len(row.code) > 3 and budget_of(code_of(row.key), known) in NOT_FUNDS]
        yield from (_of_branch(rule, sheet, branch, "不是政府性基金支出科目") for branch in _branches(wrong))


def general_code_in_state_capital(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for sheet in evidence.sheets(rule):
        wrong = [row for row in _coded(sheet) if not row.code.startswith("223")]
        yield from (_of_branch(rule, sheet, branch, "不是国有资本经营预算支出科目") for branch in _branches(wrong))


def empty_row(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for sheet in evidence.sheets(rule):
        lines = evidence.book.lines.get(sheet.table.id, {})
        for row in _coded(sheet):
            cells = lines.get(row.key, {}).values()
            if any(cell.fen for cell in cells):
                continue
            if all(cell.state in ("given", "blank") for cell in cells):
                blank = all(cell.state == "blank" for cell in cells)
                what = "各栏都是空白" if blank else "各栏均为零"
                yield at_row(rule, sheet, row, f"的“{row.code} {row.name}”{what}。")


def code_absent_from_expenditure(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """Codes of the appropriation tables that the expenditure table lacks; only the lowest level is told.

    A code whose lower rows are there is a missing row of the expenditure table itself, told as such.
    """
    whole = evidence.book.sheet("expenditure")
    if whole is None:
        yield NotChecked(rule.code, "没有读到支出决算表")
        return
    present = {code_of(row.key) for row in whole.rows}
    lost = _lost(rule, evidence, whole)
    for sheet in evidence.sheets(rule):
        absent = [row for row in _coded(sheet) if code_of(row.key) not in present]
        if absent and lost:
            yield lost
            return
        for row in absent:
            code = code_of(row.key)
            below = (code_of(other.key) for other in absent if other is not row)
            if not any(other.startswith(code) for other in (*below, *present)):
                yield at_row(rule, sheet, row, f"有科目“{row.code} {row.name}”，{whole.table.name}没有。")


def name_differs(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for code, rows in _by_code(rule, evidence).items():
        first_sheet, first = rows[0]
        other = next(((sheet, row) for sheet, row in rows if not spelled_alike(row.name, first.name)), None)
        if other:
            sheet, row = other
            message = f"的科目 {code} 写作“{row.name}”，{first_sheet.table.name}写作“{first.name}”。"
            yield _everywhere(at_row(rule, sheet, row, message), [other, rows[0]])


def operation_code(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    unit_type = evidence.book.facts.get("单位性质")
    if not unit_type:
        yield NotChecked(rule.code, "工作簿没有写明单位性质")
        return
    odd = INSTITUTION if unit_type == "行政单位" else ADMINISTRATION if unit_type == "事业单位" else set()
    for sheet in evidence.sheets(rule):
        for row in _coded(sheet):
            if row.name in odd and len(row.code) == 7:
                yield at_row(rule, sheet, row, f"有“{row.code} {row.name}”，而单位性质为{unit_type}。")


def _lost(rule: Rule, evidence: Evidence, sheet: Sheet) -> NotChecked | None:
    """Why a rule about rows that a table lacks is not checked: one that was not recognised may be any of them."""
    lost = evidence.book.lost_row(sheet.table.id)
    return lost and NotChecked(rule.code, f"{sheet.table.name}有认不出的“{lost.text}”（{lost.place.address}）")


def _branches(rows: list[RowLabel]) -> Iterator[list[RowLabel]]:
    """Each row of `rows` that has no other above it by code, with those below it."""
    codes = {code_of(row.key) for row in rows}
    for row in rows:
        code = code_of(row.key)
        if not any(code[:length] in codes for length in (3, 5) if length < len(code)):
            yield [row, *(other for other in rows if other.code != code and other.code.startswith(code))]


def _of_branch(rule: Rule, sheet: Sheet, branch: list[RowLabel], what: str) -> Finding:
    """A finding about the first row of a branch, with the others among its cells."""
    row = branch[0]
    below = f"及其下 {len(branch) - 1} 个科目" if len(branch) > 1 else ""
    found = at_row(rule, sheet, row, f"的“{row.code} {row.name}”{below}{what}。")
    return _everywhere(found, [(sheet, row) for row in branch])


def _coded(sheet: Sheet) -> list[RowLabel]:
    return [row for row in sheet.rows if row.key != TOTAL and row.code]


def _sheet(evidence: Evidence, table: str) -> list[Sheet]:
    sheet = evidence.book.sheet(table)
    return [sheet] if sheet else []


def _by_code(rule: Rule, evidence: Evidence) -> dict[str, list[tuple[Sheet, RowLabel]]]:
    rows: dict[str, list[tuple[Sheet, RowLabel]]] = defaultdict(list)
    for sheet in evidence.sheets(rule):
        for row in _coded(sheet):
            rows[code_of(row.key)].append((sheet, row))
    return rows


def _everywhere(found: Finding, rows: list[tuple[Sheet, RowLabel]]) -> Finding:
    """The finding with every row it is about among its cells."""
    return found._replace(cells=tuple(CellNote(row.place, sheet.table.id, row.key, None) for sheet, row in rows))


CHECKS = (
    code_format,
    code_known,
    code_name,
    economic_code,
    missing_parent,
    missing_children,
    repeated_code,
    code_order,
    fund_code_in_general_budget,
    general_code_in_fund,
    general_code_in_state_capital,
    empty_row,
    code_absent_from_expenditure,
    name_differs,
    operation_code,
)
