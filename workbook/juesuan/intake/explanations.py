"""说明 in a file of their own: a table as csv or workbook, or a list as JSON, with the columns of the sheet 说明."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from juesuan.book import Book
from juesuan.errors import JuesuanError
from juesuan.given import csv_rows, stamp, text_of
from juesuan.intake.books import SUFFIXES
from juesuan.reading.explanations import UNIT, Line, explanation_of, headings_of, lines_of
from juesuan.reading.files import open_workbook
from juesuan.reading.grid import Grid, Value, spelled


def lines_given(path: str) -> tuple[Line, ...]:
    """What the file says, line by line. Raises JuesuanError where it cannot be read or has not the columns."""
    return _lines_given(path, stamp(path))


@cache
def _lines_given(path: str, _: object) -> tuple[Line, ...]:
    grids = [grid for grid in _grids(path) if headings_of(grid)]
    if not grids:
        raise JuesuanError(
            f"说明文件“{path}”里没有认出表头。请写明这几栏：规则、表、科目/行、金额、说明；多个单位放在一起的，再加一栏“单位”。"
        )
    return tuple(line for grid in grids for _, line in lines_of(grid))


def join_explanations(path: str, book: Book) -> None:
    """Give `book` the 说明 of a file that name its unit, or none. Raises as `lines_given`."""
    for line in lines_given(path):
        unit = spelled(str(line.get(UNIT, "")))
        item = explanation_of(line, book.currency, "file")
        if item and (not unit or unit == spelled(book.unit or "")):
            book.explanations += (item,)


def _grids(path: str) -> tuple[Grid, ...]:
    if path.lower().endswith(SUFFIXES):
        file = open_workbook(path)
        return file.grids + file.explained
    text = text_of(path, "说明文件")
    rows = _listed(path, text) if path.lower().endswith(".json") else csv_rows(text, path)
    width = max(map(len, rows), default=0)
    return (Grid(path, 0, 0, [[*row, *[""] * (width - len(row))] for row in rows], {}),)


def _listed(path: str, text: str) -> list[list[Value]]:
    """The entries of a JSON list as rows below their names; numbers are kept as they are written."""
    try:
        entries: Any = json.loads(text, parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        raise JuesuanError(f"说明文件“{path}”不是 JSON：第 {error.lineno} 行写法有误。请改正后再试。") from error
    except RecursionError:
        entries = None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise JuesuanError(f"说明文件“{path}”应是一个清单，每条写明规则、表、科目/行、金额、说明。")
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    blank = dict.fromkeys(names, "")
    return [[*names], *([_whole(str(value or "")) for value in (blank | entry).values()] for entry in entries)]


def _whole(text: str) -> str:
    """A text without halves of characters, which JSON can name and no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
