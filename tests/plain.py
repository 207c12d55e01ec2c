"""The published 焦作 2024 figures written as a clerk's own plain workbook, independently of the product's drawing.

Headings, merges and places are spelled out here by hand, so that reading is tested against another pen.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

PUBLISHED = Path(__file__).parent.parent / "samples" / "published" / "焦作2024.json"
REST = "（续表）"
TITLE_09 = "一般公共预算财政拨款“三公”经费支出决算表"
NOTE = "注：本表金额转换为万元时，因四舍五入可能存在尾差。"
EMPTY = "说明：我部门没有这项收支，故本表无数据。"

Row = list[Any]


class Style(NamedTuple):
    """How the workbook is written. `seed` orders and names the sheets; the rest is what clerks do.

    `pages_broken`: headings again in the middle; `continued`: the rest of a table on another sheet; `interleaved`:
    预算数 and 决算数 for each item of 三公; `heading_first`: unit and year over the title; `names_first`: names before
    codes;
    `spelling`: how an amount is written as text; `blank`: what stands for zero where zeros are left blank.
    """

    seed: int | None = None
    blank_rows: int = 0
    blank_columns: int = 0
    text_numbers: bool = False
    full_width: bool = False
    blank_zeros: bool = False
    split_codes: bool = False
    numeric_codes: bool = False
    merged: bool = True
    total_last: bool = False
    spaced_labels: bool = False
    counters: bool = True
    line_numbers: bool = True
    pages_broken: bool = False
    continued: bool = False
    interleaved: bool = False
    heading_first: bool = False
    names_first: bool = False
    spelling: str = ""
    blank: str = ""


class Page(NamedTuple):
    label: str
    title: str
    headings: list[Row]
    merges: list[str]
    counter: Row
    rows: list[Row]
    codes: tuple[int, ...] = ()
    empty: bool = False


def published() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return content


def write(path: Path, style: Style, content: dict[str, Any] | None = None) -> Path:
    """Write the nine tables in `style`; returns `path`."""
    data = content or published()
    pages = [part for page in PAGES for part in _parts(page(data, style), style)]
    names = [page.label if page.title == page.title.removesuffix(REST) else f"{page.label}续" for page in pages]
    if style.seed is not None:
        shuffle = random.Random(style.seed)
        order = list(range(len(pages)))
        shuffle.shuffle(order)
        pages = [pages[index] for index in order]
        names = [f"Sheet{index + 1}" for index in range(len(pages))]
    file = Workbook()
    file.remove(file.worksheets[0])
    for name, page in zip(names, pages, strict=True):
        _draw(file.create_sheet(name), page, data, style)
    file.save(path)
    return path


def _parts(page: Page, style: Style) -> list[Page]:
    """A table of codes of some length on two sheets."""
    if not (style.continued and len(page.codes) in (1, 3) and page.counter and len(page.rows) > 6):
        return [page]
    half = len(page.rows) // 2
    rest = page._replace(title=page.title + REST, rows=page.rows[half:])
    return [page._replace(rows=page.rows[:half]), rest]


def _draw(sheet: Worksheet, page: Page, data: dict[str, Any], style: Style) -> None:
    top, left = style.blank_rows, style.blank_columns
    width = len(page.headings[0])

    def put(row: int, column: int, value: Any) -> None:
        if value not in ("", None):
            sheet.cell(top + row, left + column, value)

    title, label, unit = (3, 2, 1) if style.heading_first else (1, 2, 3)
    put(title, 1, page.title)
    put(label, width, page.label)
    put(unit, 1, f"部门：{data['unit']}")
    put(unit, max(width // 2, 2), f"{data['year']}年度")
    put(unit, width, "单位：万元")
    row = 4
    for heading in page.headings:
        for column, text in enumerate(heading, 1):
            put(row, column, " ".join(text) if style.spaced_labels and len(text) == 2 else text)
        row += 1
    if style.merged:
        for merge in page.merges:
            first, last = merge.split(":")
            sheet.merge_cells(
                start_row=top + 3 + int(first[1:]),
                end_row=top + 3 + int(last[1:]),
                start_column=left + ord(first[0]) - 64,
                end_column=left + ord(last[0]) - 64,
            )
    counter = [page.counter] * (style.counters and bool(page.counter))
    half = len(page.rows) // 2
    again = [*page.headings, *counter] if style.pages_broken and page.counter and half > 3 else []
    for values in [*counter, *page.rows[:half], *again, *page.rows[half:]]:
        for column, value in enumerate(values, 1):
            put(row, column, _code(value, style) if column - 1 in page.codes else _written(value, style))
        row += 1
    put(row, 1, NOTE)
    if page.empty:
        put(row + 1, 1, EMPTY)


def _code(value: Any, style: Style) -> Any:
    return int(value) if style.numeric_codes and isinstance(value, str) and value.isdigit() else value


def _written(value: Any, style: Style) -> Any:
    """Amounts are the strings of the published file with a decimal point; everything else is written as it is."""
    if not (isinstance(value, str) and value[:1].isdigit() and "." in value):
        return value
    if style.blank_zeros and not value.strip("0.,"):
        return style.blank or None
    if style.spelling:
        return style.spelling.format(value)
    if style.full_width:
        return "".join(chr(ord(char) + 0xFEE0) for char in value)
    return f" {value} " if style.text_numbers else float(value.replace(",", ""))


def _numbered(count: int, start: int = 1) -> Row:
    return list(range(start, start + count))


def _sides(data: dict[str, Any], number: str, style: Style) -> list[Row]:
    table = data["tables"][number]
    rows = []
    for income, spent in zip(table["income"], table["expenditure"], strict=True):
        left, right = list(income), list(spent)
        if not style.line_numbers:
            left[1] = right[1] = ""
        rows.append(left + right)
    return rows


def _summary(data: dict[str, Any], style: Style) -> Page:
    return Page(
        "公开01表",
        "收入支出决算总表",
        [["收入", "", "", "支出", "", ""], ["项目", "行次", "决算数", "项目", "行次", "决算数"]],
        ["A1:C1", "D1:F1"],
        ["栏次", "", 1, "栏次", "", 2],
        _sides(data, "01", style),
    )


def _appropriation(data: dict[str, Any], style: Style) -> Page:
    budgets = ["合计", "一般公共预算财政拨\n款", "政府性基金预算财政拨\n款", "国有资本经营预算财政拨款"]
    return Page(
        "公开04表",
        "财政拨款收入支出决算总表",
        [["收入", "", "", "支出", "", "", "", "", ""], ["项目", "行次", "金额", "项目", "行次", *budgets]],
        ["A1:C1", "D1:I1"],
        ["栏次", "", 1, "栏次", "", 2, 3, 4, 5],
        _sides(data, "04", style),
    )


def _coded(
    data: dict[str, Any], style: Style, number: str, title: str, fields: list[Row], merges: list[str], code: str
) -> Page:
    """A page of code rows; `fields` are the heading rows of the amounts."""
    rows = [list(row) for row in data["tables"][number]["rows"]]
    if style.total_last:
        rows = rows[1:] + rows[:1]
    first: Row = ["项目", ""]
    second: Row = [code, "科目名称"]
    codes: tuple[int, ...] = (0,)
    if style.split_codes:
        first, second, codes = ["项目", "", "", ""], [code, "", "", "科目名称"], (0, 1, 2)
        rows = [[row[0][:3], row[0][3:5], row[0][5:], *row[1:]] for row in rows]
        merges = ["A2:C2"]
    empty = not any(text.strip("0.") for row in rows for text in row[len(second) :])
    if style.names_first:
        keys = len(codes)
        first, second = [*first[keys:], *first[:keys]], [*second[keys:], *second[:keys]]
        rows = [[row[keys], *row[:keys], *row[keys + 1 :]] for row in rows]
        codes, merges = tuple(range(1, keys + 1)), []
    return Page(
        f"公开{number}表",
        title,
        [first + fields[0], second + fields[1]],
        merges,
        ["栏次", *[""] * (len(second) - 1), *_numbered(len(fields[0]))],
        rows,
        codes,
        empty,
    )


def _revenue(data: dict[str, Any], style: Style) -> Page:
    names = ["本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]
    return _coded(data, style, "02", "收入决算表", [names, [""] * 7], ["A1:B1", "C1:C2"], "功能分类科目编码")


def _expenditure(data: dict[str, Any], style: Style) -> Page:
    names = ["本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]
    return _coded(data, style, "03", "支出决算表", [names, [""] * 6], ["A1:B1", "C1:C2"], "功能分类科目编码")


def _general(data: dict[str, Any], style: Style) -> Page:
    fields = [["本年支出", "", ""], ["小计", "基本支出", "项目支出"]]
    title = "一般公共预算财政拨款支出决算表"
    return _coded(data, style, "05", title, fields, ["A1:B1", "C1:E1"], "功能分类科目编码")


def _fund(data: dict[str, Any], style: Style) -> Page:
    fields = [
        ["年初结转和结余", "本年收入", "本年支出", "", "", "年末结转和结余"],
        ["", "", "小计", "基本支出", "项目支出", ""],
    ]
    title = "政府性基金预算财政拨款收入支出决算表"
    return _coded(data, style, "07", title, fields, ["A1:B1", "E1:G1"], "功能分类科目编码")


def _capital(data: dict[str, Any], style: Style) -> Page:
    fields = [["本年支出", "", ""], ["小计", "基本支出", "项目支出"]]
    title = "国有资本经营预算财政拨款支出决算表"
    return _coded(data, style, "08", title, fields, ["A1:B1", "C1:E1"], "科目代码")


def _economic(data: dict[str, Any], style: Style) -> Page:
    table = data["tables"]["06"]
    groups: list[list[Row]] = [[], [], []]
    for row in table["rows"]:
        groups[0 if row[0][:3] in ("301", "303") else 1 if row[0][:3] == "302" else 2].append(list(row))
    height = max(map(len, groups))
    rows = [
        [value for group in groups for value in (group[line] if line < len(group) else ["", "", ""])]
        for line in range(height)
    ]
    closing: Row = ["人员经费合计", "", table["personnel_total"], "公用经费合计", *[""] * 4, table["public_total"]]
    heading = ["经济分类\n科目编码", "科目名称", "决算数"] * 3
    return Page(
        "公开06表",
        "一般公共预算财政拨款基本支出决算明细表",
        [heading],
        [f"A{height + 2}:B{height + 2}", f"D{height + 2}:H{height + 2}"],
        [],
        [*rows, closing],
        (0, 3, 6),
    )


def _three_public(data: dict[str, Any], style: Style) -> Page:
    table = data["tables"]["09"]
    names = ["合计", "因公出国（境）费", "公务用车购置及运行维护费", "", "", "公务接待费"]
    below = ["", "", "小计", "公务用车购置费", "公务用车运行维护费", ""]
    if style.interleaved:
        paired = [[name if not order else "" for name in row for order in (0, 1)] for row in (names, below)]
        row = [amount for pair in zip(table["budget"], table["actual"], strict=True) for amount in pair]
        headings = [*paired, ["预算数", "决算数"] * 6]
        return Page("公开09表", TITLE_09, headings, ["C1:D2", "E1:J1", "E2:F2", "G2:H2", "I2:J2"], _numbered(12), [row])
    return Page(
        "公开09表",
        TITLE_09,
        [["预算数", *[""] * 5, "决算数", *[""] * 5], names * 2, below * 2],
        ["A1:F1", "G1:L1", "C2:E2", "I2:K2"],
        _numbered(12),
        [[*table["budget"], *table["actual"]]],
    )


PAGES = (
    _summary,
    _revenue,
    _expenditure,
    _appropriation,
    _general,
    _economic,
    _fund,
    _capital,
    _three_public,
)
