"""The list of units that are expected to submit: read from a CSV, with whom each belongs to and its deadline."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from unicodedata import normalize

from juesuan.errors import JuesuanError
from juesuan.given import csv_rows, text_of
from juesuan.reading.grid import spelled

_HEADINGS = {
    "code": ("code", "单位编码", "单位代码", "预算代码", "编码", "代码"),
    "name": ("name", "单位名称", "单位", "名称"),
    "parent": ("parent", "主管部门", "主管单位", "上级", "上级单位", "上级编码"),
    "email": ("e-mail", "email", "mail", "邮箱", "电子邮箱", "电子邮件"),
    "deadline": ("deadline", "截止日期", "截止日", "截止时间", "期限"),
}
MOST_LEVELS = 50
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?")


class Unit(NamedTuple):
    """`parent` is the code of the unit it belongs to, or a name that is no unit's; `deadline`: its day counts, too."""

    code: str
    name: str
    parent: str = ""
    email: str = ""
    deadline: date | None = None


def read_units(path: str) -> tuple[Unit, ...]:
    """The units of a CSV (UTF-8 or GB 18030) whose first row names the columns. Raises JuesuanError with the line."""
    text = text_of(path, "单位名单")
    rows = csv_rows(text, os.path.basename(path), "\t" if "\t" in text.partition("\n")[0] else ",")
    columns = _columns(path, rows[0] if rows else [])
    units: dict[str, Unit] = {}
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            unit = _unit(f"“{path}”第 {number} 行", row, columns)
            if unit.code in units:
                raise JuesuanError(f"“{path}”第 {number} 行：单位编码 {unit.code} 前面已经有了。请改正后再试。")
            units[unit.code] = unit
    if not units:
        raise JuesuanError(f"单位名单“{path}”里一个单位也没有。请每行写一个单位再试。")
    return tuple(_related(path, units))


def _columns(path: str, header: list[str]) -> dict[str, int]:
    heads = [spelled(head).lower() for head in header]
    found = {
        name: next((heads.index(head) for head in known if head in heads), -1) for name, known in _HEADINGS.items()
    }
    for name, words in (("code", "单位编码（code）"), ("name", "单位名称（name）")):
        if found[name] < 0:
            raise JuesuanError(f"单位名单“{path}”的第一行没有“{words}”一栏。请补上栏名再试。")
    return found


def _unit(where: str, row: list[str], columns: dict[str, int]) -> Unit:
    given = {name: row[at].strip() if 0 <= at < len(row) else "" for name, at in columns.items()}
    for name, words in (("code", "单位编码"), ("name", "单位名称")):
        if not given[name]:
            raise JuesuanError(f"{where}：没有{words}。请补上再试。")
    code, email, deadline = (normalize("NFKC", given[name]) for name in ("code", "email", "deadline"))
    return Unit(code, given["name"], given["parent"], email, _day(where, deadline))


def _day(where: str, text: str) -> date | None:
    if not text:
        return None
    try:
        match = _DATE.fullmatch(text)
        return date(*map(int, match.groups())) if match else date.fromisoformat(text)
    except ValueError as error:
        raise JuesuanError(f"{where}：截止日期“{text}”看不懂。请写成 2025-07-31。") from error


def _related(path: str, units: dict[str, Unit]) -> Iterator[Unit]:
    """The units with parents by their codes, where they are units. Raises JuesuanError for a circle."""
    codes = {spelled(unit.name): unit.code for unit in reversed(units.values())} | {
        spelled(code): code for code in units
    }
    related = {code: unit._replace(parent=codes.get(spelled(unit.parent), unit.parent)) for code, unit in units.items()}
    related = {code: unit._replace(parent="") if unit.parent == code else unit for code, unit in related.items()}
    for unit in related.values():
        above, seen = unit.parent, {unit.code}
        while above in related:
            if above in seen:
                raise JuesuanError(f"单位名单“{path}”里，{unit.name}（{unit.code}）的上级绕成了圈。请改正后再试。")
            seen.add(above)
            if len(seen) > MOST_LEVELS:
                raise JuesuanError(
                    f"单位名单“{path}”里，{unit.name}（{unit.code}）的上级超过 {MOST_LEVELS} 层。请核对。"
                )
            above = related[above].parent
    yield from related.values()
