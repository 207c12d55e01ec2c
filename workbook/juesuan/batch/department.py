"""A department's workbook from the workbooks of its units, from paths to what is to be said."""

from __future__ import annotations

import os
from typing import NamedTuple

from juesuan.batch.members import gather
from juesuan.batch.units import read_units
from juesuan.check import Checked, check
from juesuan.derive import compute_uncached
from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.intake.adjustment_file import read_adjustments
from juesuan.intake.judge import AUTO, Order, read_as
from juesuan.merge.comparison import Compared, compare
from juesuan.merge.department import Department
from juesuan.reading.files import open_workbook, workbook_of
from juesuan.reading.merged_part import merged_units
from juesuan.reading.recognise import read_book
from juesuan.report.merged import Merged
from juesuan.rules import Catalogue
from juesuan.writing.merging import form_for, merged_file
from juesuan.writing.trace_sheet import Source
from juesuan.written import refuse_inputs, save

NAME = "部门.xlsx"


class Task(NamedTuple):
    """What is to be merged, and how: `unit` is the department; `reason` lets pass what would be refused.

    `submitted`: a department's book to be held against the sum.
    """

    given: tuple[str, ...]
    output: str | None
    unit: str
    adjust: str | None = None
    expect: str | None = None
    reason: str = ""
    submitted: str | None = None
    edition: str = AUTO
    rules: str | None = None


def merge(task: Task) -> Merged:
    """Add the units up, write the department's book and compare. Raises JuesuanError, and then nothing is written."""
    units = read_units(task.expect) if task.expect else None
    order = Order(task.edition, task.rules)
    aside = [path for path in (task.output, task.adjust, task.submitted) if path]
    members, notes = gather(task.given, aside, order, units, task.reason)
    if task.output:
        refuse_inputs(task.output, [*(member.path for member in members), *aside[1:]])
        _require_free(task.output)
    first = members[0].book
    catalogue = order.catalogue(first.edition.id if task.edition == AUTO else task.edition)
    if partial := catalogue.edition.partial_tables:
        names = "、".join(table.name for table in partial)
        raise JuesuanError(f"《{catalogue.edition.title}》不能汇总：{names}的栏没有收全。请照公开件自己汇总。")
    adjustments = read_adjustments(task.adjust, catalogue.edition, first.currency) if task.adjust else []
    source = Source(task.reason, notes)
    try:
        content, made = merged_file(form_for(members, task.unit, catalogue), members, adjustments, catalogue, source)
        checked, accumulated = _checked(content, made, catalogue) if task.output else (None, False)
    except UnreadableBook as error:
        raise JuesuanError(
            "各单位的科目合起来太多，部门工作簿写出来太大，连自己也读不了，没有汇总。"
            "请先核对科目编码；确有这么多科目的，用元的工作簿汇总（小得多）。"
        ) from error
    compared = _compared(task.submitted, made, catalogue, order) if task.submitted else None
    if task.output:
        save(content, task.output)
    return Merged(made, notes, task.output, checked, accumulated, compared)


def _require_free(output: str) -> None:
    """Only what is a sum itself may be written over: any other workbook may be a unit's own."""
    if os.path.isfile(output) and not _is_sum(output):
        raise JuesuanError(f"“{output}”已存在，不是汇总件，没有覆盖。请换一个文件名，或先把它移走。")


def _is_sum(path: str) -> bool:
    try:
        return bool(merged_units(open_workbook(path).package))
    except UnreadableBook:
        return False


def _checked(content: bytes, made: Department, catalogue: Catalogue) -> tuple[Checked, bool]:
    """What `check` says of the workbook; and whether the units' rounding, added up, is all that is wrong with it."""
    book = read_book(workbook_of(NAME, content), catalogue.edition)
    checked = check(book, catalogue)
    if checked.verdict != "fail" or book.currency != "万元":
        return checked, False
    spans = {
        key: cell._replace(span=made.figures[key].cell.interval)
        for key, cell in book.cells.items()
        if key in made.figures
    }
    return checked, check(book.with_cells(spans), catalogue).verdict != "fail"


def _compared(path: str, made: Department, catalogue: Catalogue, order: Order) -> Compared:
    book, _ = read_as(open_workbook(path), order.edition)
    return compare(made, compute_uncached(book, catalogue).book, catalogue)
