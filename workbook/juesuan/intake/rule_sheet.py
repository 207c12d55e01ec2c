"""Rules as a bureau writes them: a worksheet 勾稽规则, the same as CSV, or formulas one a line; as declarations."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from juesuan.edition import DEFAULT_EDITION, load_edition
from juesuan.errors import DeclarationError, JuesuanError, UnreadableBook
from juesuan.given import content_of, csv_rows, decoded, is_package
from juesuan.intake.cell_formula import Places, in_rule_language, is_cell_formula, places_of_book, places_of_form
from juesuan.reading.files import WorkbookFile, workbook_of
from juesuan.reading.grid import as_text, spelled
from juesuan.rules import LEVEL_NAMES

SHEET = "勾稽规则"
FORMULA = "公式"
_COLUMNS = {
    "code": ("编号", "规则编号"),
    "title": ("名称", "规则名称", "说明", "规则说明"),
    "expr": (FORMULA, "勾稽公式", "勾稽关系", "规则公式", "关系"),
    "level": ("级别", "规则级别", "性质"),
    "basis": ("依据",),
    "advice": ("办法", "怎么办", "处理办法"),
    "when": ("条件", "适用条件"),
    "since": ("起始年度", "适用起始年度"),
    "until": ("截止年度", "适用截止年度"),
    "tolerance": ("允许差额", "允许误差"),
    "replaces": ("替换理由",),
}
_LEVELS = {name: level for level, name in LEVEL_NAMES.items()} | {level: level for level in LEVEL_NAMES}
_LEVELS |= {"错误": "error", "基础性公式": "error", "核实": "warning", "核实性公式": "warning"}
_NUMBERING = re.compile(r"^\s*(?:[(（]?\d{1,3}[)）.、](?!\d)|[-*•·])\s*")
_FAMILY = "PRV"
_HEADING_WITHIN = 20
_MOST, _LONGEST = 999, 2000
"""Rules of a file, and characters of what is said in one cell."""

Declared = tuple[str, dict[str, Any]]
"""Where a rule stands, in words, and what is said there."""
_Row = tuple[int, list[str]]


def declared_rules(path: str) -> list[Declared]:
    """The rules in the file, formulas about cells said in the rule language.

    Addresses are those of the tables in the same workbook; where it has none, of the form that `juesuan template`
    draws. Raises JuesuanError that names the line.
    """
    data, name = content_of(path, "规则文件"), os.path.basename(path)
    if is_package(data):
        file = workbook_of(path, data)
        found = list(_entries(_sheet_rows(file), f"“{name}”的工作表“{SHEET}”"))
        places = _places(file) if _by_address(found) else None
    else:
        text = decoded(data, name)
        rows = [(number, row) for number, row in enumerate(csv_rows(text, name), 1)]
        has_heading = any(_columns(row) for _, row in rows[:_HEADING_WITHIN])
        found = list(_entries(iter(rows), f"“{name}”") if has_heading else _formulas(text, f"“{name}”"))
        places = None
    if not found:
        raise DeclarationError(f"“{name}”里没有一条规则。请每行写一条，如 公开01!C33 = 公开02!C7。")
    places = places or places_of_form(load_edition(DEFAULT_EDITION))
    return [(where, _complete(entry, where, name, places)) for where, entry in _numbered(found)]


def _by_address(found: list[Declared]) -> bool:
    return any(is_cell_formula(entry["expr"] + entry.get("when", "")) for _, entry in found)


def _places(file: WorkbookFile) -> Places | None:
    from juesuan.reading.fingerprint import recognise_edition
    from juesuan.reading.recognise import read_book

    try:
        book = read_book(file, load_edition(recognise_edition(file).edition))
    except UnreadableBook:
        return None
    return places_of_book(book) if book.cells else None


def _sheet_rows(file: WorkbookFile) -> Iterator[_Row]:
    grid = next((grid for grid in file.grids if SHEET in spelled(grid.name)), None)
    if grid is None:
        raise DeclarationError(
            f"“{os.path.basename(file.path)}”里没有名为“{SHEET}”的工作表。请把规则写在这样一张表上。"
        )
    for number in range(grid.top, grid.bottom):
        yield number + 1, [as_text(value) for value in grid.values(number)]


def _columns(row: list[str]) -> dict[str, int]:
    """The place of each known heading; none where the row is no heading."""
    texts = [spelled(text) for text in row]
    found = {key: texts.index(name) for key, names in _COLUMNS.items() for name in reversed(names) if name in texts}
    return found if "expr" in found else {}


def _entries(rows: Iterator[_Row], where: str) -> Iterator[Declared]:
    columns: dict[str, int] = {}
    for number, row in rows:
        if not columns:
            if number > _HEADING_WITHIN:
                break
            columns = _columns(row)
            continue
        said = {key: row[at].strip() for key, at in columns.items() if at < len(row) and row[at].strip()}
        if not said:
            continue
        if "expr" not in said:
            raise DeclarationError(f"{where}第 {number} 行：没有写{FORMULA}。请补上，或删去这一行。")
        yield f"{where}第 {number} 行", said
    if not columns:
        raise DeclarationError(
            f"{where}前 {_HEADING_WITHIN} 行里没有“{FORMULA}”一栏。请在第一行写上栏名：编号、名称、公式、级别。"
        )


def _formulas(text: str, where: str) -> Iterator[Declared]:
    """One formula a line; what stands behind ``#`` is its title."""
    for number, line in enumerate(text.splitlines(), 1):
        formula, _, title = line.partition("#")
        formula = _NUMBERING.sub("", formula).strip().rstrip("；;，,。")
        if formula:
            yield f"{where}第 {number} 行", {"expr": formula} | ({"title": title.strip()} if title.strip() else {})


def _numbered(found: list[Declared]) -> Iterator[Declared]:
    """A rule without a number gets the next that is free, in the order of the file."""
    given = {_code(entry["code"]) for _, entry in found if "code" in entry}
    if len(found) > _MOST:
        raise DeclarationError(f"规则有 {len(found)} 条，超过 {_MOST} 条。请分成几个文件。")
    free = (code for number in range(1, 2 * _MOST) if (code := f"{_FAMILY}{number:03}") not in given)
    for where, entry in found:
        yield where, entry | {"code": _code(entry["code"]) if "code" in entry else next(free)}


def _code(text: str) -> str:
    return spelled(text).upper()


def _complete(said: Mapping[str, str], where: str, name: str, places: Places) -> dict[str, Any]:
    """The declaration as a rule file has it."""
    try:
        if any(len(text) > _LONGEST for text in said.values()):
            raise DeclarationError(f"超过 {_LONGEST} 个字，请拆开写。")
        entry: dict[str, Any] = {
            "title": said["expr"],
            "basis": f"规则文件“{name}”",
            "advice": "请核对所列各格。",
            "catalogue": [],
            **said,
            "expr": _in_words(said["expr"], places),
            "level": _level(said.get("level", "error")),
        }
        if "when" in said:
            entry["when"] = [_in_words(text, places) for text in re.split("[;；]", said["when"]) if text.strip()]
        for key in {"since", "until"} & said.keys():
            entry[key] = int(_figure(said[key], "四位年度", r"(\d{4})(?:年度?)?"))
        if "tolerance" in said:
            entry["tolerance"] = float(_figure(said["tolerance"], "万元数", r"(\d{1,9}(?:\.\d{1,6})?)"))
    except JuesuanError as error:
        raise DeclarationError(f"{where}：{error}") from error
    return entry


def _in_words(formula: str, places: Places) -> str:
    return in_rule_language(formula, places) if is_cell_formula(formula) else formula


def _level(text: str) -> str:
    if (level := _LEVELS.get(spelled(text))) is None:
        raise DeclarationError(f"级别“{text}”应为{'、'.join(LEVEL_NAMES.values())}之一。")
    return level


def _figure(text: str, what: str, form: str) -> str:
    match = re.fullmatch(form, spelled(text), re.ASCII)
    if match is None:
        raise DeclarationError(f"“{text}”应为{what}。")
    return match[1]
