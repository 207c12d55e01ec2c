"""Work on the rows of a workbook in a running LibreOffice, as a clerk does it; run by a Python that has its bridge.

    python3 row_work.py <pipe> <work.json>

The file holds `book`, `result`, and `steps`: ``["insert", sheet, row, count]``, ``["delete", sheet, row, count]``,
``["copy", sheet, from row, to row]``, ``["put", sheet, row, [values]]``, ``["sort", sheet, first row, last row,
columns]``, ``["rename", sheet, name]``, ``["without notes", sheet]``, ``["like", sheet, from cell, to cell]``, which
copies a cell without its note; rows count from 1.
Prints as JSON which sheets are protected and which cells show an error.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 60


def desktop(pipe: str) -> Any:
    """The running LibreOffice, as soon as it answers."""
    uno = importlib.import_module("uno")
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(SECONDS * 5):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception as error:
            # The bridge's own exceptions exist only once it is loaded.
            if not type(error).__name__.endswith("NoConnectException"):
                raise
            time.sleep(0.2)
    raise SystemExit("LibreOffice does not answer")


def value(name: str, content: object) -> Any:
    made = importlib.import_module("uno").createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, content
    return made


def insert(sheet: Any, row: int, count: int) -> None:
    sheet.Rows.insertByIndex(row - 1, count)


def delete(sheet: Any, row: int, count: int) -> None:
    sheet.Rows.removeByIndex(row - 1, count)


def copy(sheet: Any, source: int, target: int) -> None:
    last = sheet.Columns.Count - 1
    cells = sheet.getCellRangeByPosition(0, source - 1, last, source - 1)
    sheet.copyRange(sheet.getCellByPosition(0, target - 1).CellAddress, cells.RangeAddress)


def put(sheet: Any, row: int, values: list[Any]) -> None:
    """Type or paste values from column A on; None leaves a cell as it is."""
    for column, content in enumerate(values):
        cell = sheet.getCellByPosition(column, row - 1)
        if isinstance(content, str):
            cell.String = content
        elif content is not None:
            cell.Value = content


def sort(sheet: Any, first: int, last: int, columns: int) -> None:
    """By the first column, upwards."""
    uno = importlib.import_module("uno")
    field = uno.createUnoStruct("com.sun.star.table.TableSortField")
    field.Field, field.IsAscending = 0, True
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    cells = sheet.getCellRangeByPosition(0, first - 1, columns - 1, last - 1)
    uno.invoke(cells, "sort", ((value("SortFields", fields), value("ContainsHeader", False)),))


def rename(sheet: Any, name: str) -> None:
    sheet.Name = name


def without_notes(sheet: Any) -> None:
    for number in reversed(range(sheet.Annotations.Count)):
        sheet.Annotations.removeByIndex(number)


def like(sheet: Any, source: str, target: str) -> None:
    cell = sheet.getCellRangeByName(target)
    sheet.copyRange(cell.CellAddress, sheet.getCellRangeByName(source).RangeAddress)
    notes = importlib.import_module("uno").getConstantByName("com.sun.star.sheet.CellFlags.ANNOTATION")
    cell.clearContents(notes)


STEPS: dict[str, Callable[..., None]] = {
    "insert": insert,
    "delete": delete,
    "copy": copy,
    "put": put,
    "sort": sort,
    "rename": rename,
    "without notes": without_notes,
    "like": like,
}


def work(office: Any, job: dict[str, Any]) -> dict[str, Any]:
    hidden = (value("Hidden", True),)
    document = office.loadComponentFromURL(Path(job["book"]).as_uri(), "_blank", 0, hidden)
    for step, sheet, *arguments in job["steps"]:
        STEPS[step](document.Sheets.getByName(sheet), *arguments)
    document.calculateAll()
    wrong = []
    for sheet in document.Sheets:
        # 4 in both: formulas, and results that are errors
        for cells in sheet.queryFormulaCells(4):
            wrong.append(cells.AbsoluteName)
    protected = {sheet.Name: sheet.isProtected() for sheet in document.Sheets}
    document.storeToURL(Path(job["result"]).as_uri(), (value("FilterName", "Calc MS Excel 2007 XML"),))
    document.close(True)
    return {"protected": protected, "wrong": wrong}


def main(pipe: str, *jobs: str) -> None:
    office = desktop(pipe)
    try:
        for job in jobs:
            print(json.dumps(work(office, json.loads(Path(job).read_text(encoding="utf-8")))), flush=True)
    finally:
        office.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
