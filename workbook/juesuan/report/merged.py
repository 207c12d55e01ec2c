"""What `merge` did, and how a submitted department book compares, for people at a terminal and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan import __version__
from juesuan.book import Cell
from juesuan.check import Checked
from juesuan.merge.comparison import Compared, Difference
from juesuan.merge.department import Department, Figure
from juesuan.merge.sentences import summary
from juesuan.money import to_text
from juesuan.report.listing import listed
from juesuan.wording import amount, cell_name, conclusion

LISTED = 20
SCHEMA = "juesuan.merge/1"


class Merged(NamedTuple):
    """`output`: where the department's book was written, if anywhere, and `checked` what `check` says of it.

    Both are None if it was only compared. `accumulated`: nothing but the units' own rounding, added up, makes for its
    errors. `compared`: the submitted book, if one was given.
    """

    made: Department
    notes: Sequence[str]
    output: str | None
    checked: Checked | None
    accumulated: bool
    compared: Compared | None

    @property
    def wrong(self) -> bool:
        """Whether what was written has errors that nobody let pass, or what was submitted is not the sum."""
        differs = self.compared is not None and bool(self.compared.errors or self.compared.unknown)
        fails = self.checked is not None and self.checked.verdict == "fail"
        return differs or (fails and not self.made.reason)


def as_text(merged: Merged) -> str:
    return "\n".join(_lines(merged)) + "\n"


def _lines(merged: Merged) -> Iterator[str]:
    made = merged.made
    checked = merged.checked
    if checked:
        yield f"已写出 {merged.output}。"
    yield from summary(made)
    yield from merged.notes
    if checked:
        yield f"核对部门工作簿：{conclusion(checked.verdict, checked.reason)}"
        errors = _errors(checked)
        if merged.accumulated:
            yield (
                f"这 {len(errors)} 处只是各单位的尾差累积起来的：万元数相加不是准确数。"
                "请用各单位元的工作簿汇总，再用 juesuan balance 转为万元。"
            )
        yield from listed("不相符的：", errors, LISTED)
        yield "每一格来自哪些单位，列在工作表“汇总来源”，公开前请删除。补充资料（补01—补09）没有汇总，请按部门填写。"
    if merged.compared:
        yield from _compared(merged.compared, made)


def _errors(checked: Checked) -> list[str]:
    return [finding.message for finding in checked.findings if finding.level == "error"]


def _compared(compared: Compared, made: Department) -> Iterator[str]:
    errors = compared.errors
    tails = len(compared.differences) - len(errors)
    yield (
        f"与部门工作簿比较：相等 {compared.equal} 格，不等 {len(errors)} 格"
        + (f"，尾差 {tails} 格（四舍五入造成，不用改）" if tails else "")
        + (f"，各单位都没有的 {len(compared.unknown)} 格" if compared.unknown else "")
        + "。"
    )
    slips = Counter(reason.slip for item in errors for reason in item.reasons)
    for slip, count in slips.most_common(1):
        if count > 1:
            yield f"{count} 格的差额都像是{slip}。"
    first = [item for item in errors if not item.follows]
    yield from listed("不等的格：", [_difference(item, compared, made) for item in first], LISTED)
    if len(first) < len(errors):
        yield f"另有 {len(errors) - len(first)} 个合计随着这些格不等，改好它们就相等。"
    unknown = [f"{cell_name(compared.book, cell)} {amount(cell.fen, compared.book)}" for cell in compared.unknown]
    yield from listed("部门工作簿里有、各单位都没有的：", unknown, LISTED)


def _difference(item: Difference, compared: Compared, made: Department) -> str:
    where = cell_name(compared.book, item.cell) if item.cell else cell_name(made.book, item.figure.cell)
    now, expected, off = (
        amount(fen, compared.book) for fen in (item.cell.fen if item.cell else None, item.expected, item.fen)
    )
    why = f"{'；或'.join(map(str, item.reasons))}。" if item.reasons else ""
    return f"{where}现为 {now if item.cell else '没有这一行'}，汇总应为 {expected}，相差 {off}。{why}"


def as_json(merged: Merged) -> str:
    """One object. Amounts are in the units' unit of money; those of a comparison in that of the submitted book."""
    made = merged.made
    content = {
        "schema": SCHEMA,
        "version": __version__,
        "output": merged.output,
        "year": made.members[0].book.year,
        "edition": made.book.edition.id,
        "currency_unit": made.book.currency,
        "override": made.reason or None,
        "notes": list(merged.notes),
        "units": [
            {"name": member.name, "code": member.code, "path": member.path, "errors": member.errors}
            for member in made.members
        ],
        "adjustments": [
            _named(made.book.cells[item.key])
            | {"unit": item.unit, "amount": to_text(item.fen, made.book.currency), "reason": item.reason}
            for item in made.adjustments
        ],
        "cells": [_traced(figure, made) for figure in made.figures.values() if figure.cell.fen is not None],
        "verdict": merged.checked and merged.checked.verdict,
        "errors": _errors(merged.checked) if merged.checked else [],
        "accumulated_rounding": merged.accumulated,
        "comparison": _comparison(merged.compared, made) if merged.compared else None,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _traced(figure: Figure, made: Department) -> dict[str, object]:
    """A figure is what its units give, less what is taken off, and what recomputing the sum adds."""
    currency = made.book.currency
    return _named(figure.cell) | {
        "value": to_text(figure.cell.fen or 0, currency),
        "formula": figure.derived,
        "units": [
            {"unit": made.members[number].name, "value": to_text(fen, currency)}
            for number, fen in (figure.sum.parts if figure.sum else ())
        ],
        "adjusted": to_text(figure.off, currency),
        "recomputed": to_text(figure.rest, currency),
    }


def _comparison(compared: Compared, made: Department) -> dict[str, object]:
    currency = compared.book.currency
    return {
        "currency_unit": currency,
        "equal": compared.equal,
        "differences": [
            _named(item.cell or item.figure.cell)
            | {
                "level": item.level,
                "actual": to_text(item.cell.fen, currency) if item.cell and item.cell.fen is not None else None,
                "expected": to_text(item.expected, currency),
                "difference": to_text(item.fen, currency),
                "follows": item.follows,
                "reasons": [str(reason) for reason in item.reasons],
                "message": _difference(item, compared, made),
            }
            for item in compared.differences
        ],
        "unknown": [_named(cell) | {"actual": to_text(cell.fen or 0, currency)} for cell in compared.unknown],
    }


def _named(cell: Cell) -> dict[str, object]:
    place = cell.place
    return {"sheet": place.sheet, "address": place.address, "table": cell.table, "row": cell.row, "field": cell.field}
