"""The recognised sheets of a workbook as plain data that a page can draw: values, merged areas, marks."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from juesuan.book import Book
from juesuan.check import Checked
from juesuan.marks import KINDS, Mark, marks_of
from juesuan.place import Place
from juesuan.reading.files import WorkbookFile
from juesuan.reading.grid import Grid, Value
from juesuan.report.years import columns, heading, texts, years_of

MOST_ROWS, MOST_COLUMNS = 600, 60


def drawing_of(checked: Checked, entry: dict[str, Any], file: WorkbookFile, remark: str | None = None) -> bytes:
    """What the page shows of a unit once it is opened: zlib-packed JSON of its sheets and of what is said of them."""
    reasons: dict[str, dict[str, None]] = {}
    for item in entry["not_checked"]:
        reasons.setdefault(item["reason"], {})[item["rule"]] = None
    content: dict[str, Any] = {
        "sheets": _drawings(file, checked.book, marks_of(checked)),
        "culprits": [
            [culprit["message"], [[cell["sheet"], cell["address"]] for cell in culprit["cells"]]]
            for culprit in entry["culprits"]
        ],
        "findings": [
            [item[key] for key in ("level", "status", "rule", "sheet", "address", "message", "culprit")]
            for item in entry["findings"]
        ],
        "not_checked": [[reason, list(rules)] for reason, rules in reasons.items()],
        "remark": remark,
        "years": _years(checked),
    }
    try:
        text = _json(content)
    except ValueError:
        for sheet in content["sheets"]:
            sheet["rows"] = [list(map(_finite, row)) for row in sheet["rows"]]
        text = _json(content)
    return zlib.compress(text.encode(errors="backslashreplace"), 6)


def _json(content: dict[str, Any]) -> str:
    """Raises ValueError for numbers that JSON does not have: those beyond all bounds, and what is no number."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)


def _finite(value: Value) -> Value:
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _drawings(file: WorkbookFile, book: Book, marks: Mapping[Place, Mark]) -> list[dict[str, Any]]:
    """The tables of `book` in the order of the workbook.

    Each: `name`, `title`, `top` and `left` (zero-based), `rows` of values, `cut` if there are more of them, `merges` as
    [row, column, last row, last column], `amounts` as the rows and the columns that amounts stand in, and `marks` by
    “row,column” as [number of the kind in KINDS, whether it is a culprit, text].
    """
    amounts: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for cell in book.cells.values():
        rows, columns = amounts[cell.place.sheet]
        rows.add(cell.place.row)
        columns.add(cell.place.column)
    marked: dict[str, dict[str, Any]] = defaultdict(dict)
    for place, mark in marks.items():
        marked[place.sheet][f"{place.row},{place.column}"] = [
            KINDS.index(mark.kind),
            int(mark.culprit),
            "\n".join(mark.messages),
        ]
    grids = {grid.name: grid for grid in file.grids}
    return [
        {
            **_drawn(grids[sheet.name]),
            "title": sheet.table.title,
            "amounts": [sorted(part) for part in amounts[sheet.name]],
            "marks": marked[sheet.name],
        }
        for sheet in sorted(book.sheets.values(), key=lambda sheet: sheet.order)
        if sheet.name in grids
    ]


def _drawn(grid: Grid) -> dict[str, Any]:
    high, wide = _extent(grid.rows)
    return {
        "name": grid.name,
        "top": grid.top,
        "left": grid.left,
        "rows": [row[: min(wide, MOST_COLUMNS)] for row in grid.rows[: min(high, MOST_ROWS)]],
        "cut": high > MOST_ROWS or wide > MOST_COLUMNS,
        "merges": [[*first, *last] for first, last in grid.merges.items()],
    }


def _extent(rows: Sequence[Sequence[Value]]) -> tuple[int, int]:
    """How many rows, and how many columns, there are up to the last in which anything stands."""
    high = wide = 0
    for number, row in enumerate(rows, 1):
        end = len(row)
        while end and row[end - 1] == "":
            end -= 1
        if end:
            high, wide = number, max(wide, end)
    return high, wide


def _years(checked: Checked) -> list[Any] | None:
    """The comparison of years as the page shows it: its heading, its columns, and its rows of texts."""
    years = years_of(checked.book)
    if years is None:
        return None
    rows = [texts(checked.book, row) for row in years.rows]
    return [heading(checked.book, years), columns(years), rows]
