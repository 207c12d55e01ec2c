"""The two published accounts of 上海普陀 2024 in the layout they were published in, written by hand.

No 行次 and no 栏次, blanks for zero, codes in three columns, 合计 of the 一般公共预算 table last, two groups
of economic codes, 三公 seventh with 预算数 and 决算数 side by side for every item, 国资 with income and balances.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

PUBLISHED = Path(__file__).parent.parent / "samples" / "published"
ACCOUNTS = ("普陀区财政局2024", "普陀区委社会工作部2024")
UNLISTED = ("债务还本支出", "债务付息支出")
"""The class lines that the form of the municipality leaves out."""

Row = list[Any]


class Layout(NamedTuple):
    """`classes` lines of functional classes; codes in `code_columns` columns."""

    classes: int = 26
    code_columns: int = 3


class Page(NamedTuple):
    title: str
    headings: list[Row]
    merges: tuple[str, ...]
    rows: list[Row]


def published(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    return content


def write(path: Path, name: str, layout: Layout | None = None) -> Path:
    """Write the nine tables of the account in their published order; returns `path`."""
    data = published(name)
    file = Workbook()
    file.remove(file.worksheets[0])
    for number, page in enumerate(_pages(data["tables"], layout or Layout()), 1):
        _draw(file.create_sheet(f"{number}"), page, data)
    file.save(path)
    return path


def _draw(sheet: Worksheet, page: Page, data: dict[str, Any]) -> None:
    width = len(page.headings[-1])
    sheet.cell(1, 1, f"{data['year']}年度{page.title}")
    sheet.cell(2, 1, f"编制单位：{data['unit']}")
    sheet.cell(2, width, "单位：万元")
    for row, values in enumerate([*page.headings, *page.rows], 3):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, _typed(value))
    sheet.cell(sheet.max_row + 1, 1, f"注：本表反映部门本年度{page.title.removesuffix('表')}情况。")
    for merge in page.merges:
        sheet.merge_cells(merge)


def _typed(value: str) -> str | float | None:
    """Amounts as numbers, everything else as text, nothing for a blank."""
    bare = value.replace(",", "")
    return float(bare) if "." in bare and bare.replace(".", "").replace("-", "").isdigit() else value or None


def _pages(tables: dict[str, Any], layout: Layout) -> Iterable[Page]:
    yield Page(
        tables["01"]["title"],
        [["收入", "", "支出", ""], ["项目", "决算数", "项目（按功能分类）", "决算数"]],
        ("A3:B3", "C3:D3"),
        _sides(tables["01"], layout),
    )
    yield _coded(tables["02"], layout, tables["02"]["columns"])
    yield _coded(tables["03"], layout, tables["03"]["columns"])
    budgets = tables["04"]["expenditure_columns"]
    yield Page(
        tables["04"]["title"],
        [["收入", "", "支出", "", "", "", ""], ["项目", "决算数", "项目（按功能分类）", *budgets]],
        ("A3:B3", "C3:G3"),
        _sides(tables["04"], layout),
    )
    yield _coded(tables["05"], layout, tables["05"]["columns"])
    yield _economic(tables["06"])
    yield _three_public(tables["09"])
    yield _coded(tables["07"], layout, tables["07"]["columns"])
    yield _coded(tables["08"], layout, tables["08"]["columns"])


def _sides(table: dict[str, Any], layout: Layout) -> list[Row]:
    spent = [[label, *amounts] for label, _, *amounts in table["expenditure"]]
    if layout.classes == 24:
        spent = [row for row in spent if not row[0].endswith(UNLISTED)]
        spent += [[""] * len(spent[0])] * 2
    return [[label, amount, *row] for (label, _, amount), row in zip(table["income"], spent, strict=True)]


def _coded(table: dict[str, Any], layout: Layout, columns: list[str]) -> Page:
    keys = layout.code_columns
    first = ["项目", *[""] * keys, *columns]
    second = ["功能分类科目编码", *[""] * (keys - 1), "科目名称", *[""] * len(columns)]
    third = [*("类款项" if keys == 3 else [""]), "", *[""] * len(columns)]
    rows = [[*_parts(code, keys), name, *amounts] for code, name, *amounts in table["rows"]]
    last = "D" if keys == 3 else "B"
    codes = ("A4:C4",) if keys == 3 else ()
    return Page(table["title"], [first, second, third], (f"A3:{last}3", *codes), rows)


def _parts(code: str, columns: int) -> Row:
    return [code[:3], code[3:5], code[5:]] if columns == 3 else [code]


def _economic(table: dict[str, Any]) -> Page:
    left = [row for row in table["rows"] if row[0][:3] in ("301", "303")]
    right = [row for row in table["rows"] if row not in left]
    height = max(len(left), len(right))
    rows = [
        [*(left[line] if line < len(left) else [""] * 3), *(right[line] if line < len(right) else [""] * 3)]
        for line in range(height)
    ]
    closing = ["人员经费合计", "", table["personnel_total"], "公用经费合计", "", table["public_total"]]
    headings = [["人员经费", "", "", "公用经费", "", ""], ["经济分类科目编码", "科目名称", "决算数"] * 2]
    return Page(table["title"], headings, ("A3:C3", "D3:F3"), [*rows, closing])


def _three_public(table: dict[str, Any]) -> Page:
    vehicles = "公务用车购置及运行费"
    headings = [
        ["合计", "", "因公出国（境）费", "", vehicles, "", "", "", "", "", "公务接待费", ""],
        ["", "", "", "", "小计", "", "公务用车购置费", "", "公务用车运行费", "", "", ""],
        ["预算数", "决算数"] * 6,
    ]
    merges = ("A3:B4", "C3:D4", "E3:J3", "E4:F4", "G4:H4", "I4:J4", "K3:L4")
    row = [amount for pair in zip(table["budget"], table["actual"], strict=True) for amount in pair]
    return Page(table["title"], headings, merges, [row])
