"""What open rows of our template lack: 类 and 款 above the 项 that are listed, and formulas of rows put in by hand."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from juesuan.book import Book, Key, Sheet, most_common
from juesuan.classification import functional
from juesuan.errors import JuesuanError
from juesuan.fill import fill
from juesuan.hierarchy import code_of
from juesuan.model import TOTAL
from juesuan.ooxml.calculation import leave_out_calc_chain
from juesuan.ooxml.obstacles import Shift, obstacle
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import Patch
from juesuan.ooxml.row_xml import SheetRows
from juesuan.reading.around import TEMPLATE
from juesuan.reading.files import WorkbookFile, workbook_of
from juesuan.reading.recognise import read_book
from juesuan.rules import Catalogue

ITEM = 7
_RUNS_TO = re.compile(rb"ROW\(\)\+1\):\$A\$(\d+)")
"""A sum over the rows below its own runs to the closing row."""


class Completed(NamedTuple):
    """A workbook whose open rows lack nothing that could be added.

    By table: the codes and names of the rows `added`, and the codes of rows that were given formulas (`mended`);
    `refused` says, a sentence a table, why missing rows were not added.
    """

    file: WorkbookFile
    book: Book
    added: dict[str, list[str]]
    mended: dict[str, list[str]]
    refused: list[str]


def complete(file: WorkbookFile, book: Book, catalogue: Catalogue) -> Completed:
    """The workbook with the rows and formulas its open tables lack; any but our own template stays as it is.

    A formula's result that was right only without the added rows counts as not calculated in the book.
    Raises JuesuanError when a worksheet cannot be patched.
    """
    done = Completed(file, book, {}, {}, [])
    ours = TEMPLATE in book.facts and not book.repeats_codes
    patch = Patch(file.package)
    for sheet in book.sheets.values() if ours else ():
        part = file.package.sheet_parts.get(sheet.name, "")
        lists = sheet.table.layout == "codes" and part in file.package.worksheets and part not in patch.parts
        if lists and (xml := _completed(file.package, part, sheet, done)):
            patch.write(part, xml)
    if not patch.parts:
        return done
    leave_out_calc_chain(patch)
    fresh = workbook_of(file.path, patch.result())
    after = read_book(fresh, book.edition)
    stale = (_disputed(after, catalogue) & after.formulas) - _disputed(book, catalogue) if done.added else ()
    lapsed = {key: after.cells[key]._replace(fen=None, state="uncached") for key in stale}
    return done._replace(file=fresh, book=after.with_cells(lapsed))


def _disputed(book: Book, catalogue: Catalogue) -> set[Key]:
    """The cells that hold another number than the rules give them."""
    return {conflict.cell.key for conflict in fill(book, catalogue, overwrite=True).overwritten}


def _completed(package: Package, part: str, sheet: Sheet, done: Completed) -> bytes | None:
    """The worksheet with what its table lacks; None when nothing is added. Keeps account in `done`."""
    missing = missing_parents(sheet)
    table = open_table(sheet, package.worksheets[part])
    mended = table.mend() if table else []
    why = _obstacle(package, part, table, missing) if missing else None
    if mended:
        done.mended[sheet.table.id] = mended
    if why:
        codes = "、".join(row.code for row in missing)
        done.refused.append(f"{sheet.table.name}缺少上级科目 {codes}，没有补列：{why}。")
    elif table and missing:
        table.insert(missing)
        done.added[sheet.table.id] = [f"{row.code} {row.name}".rstrip() for row in missing]
    return table.rows.xml if table and (mended or (missing and not why)) else None


class Parent(NamedTuple):
    """A 类 or 款 that is not listed, and the line it is to stand above."""

    code: str
    name: str
    above: int


def missing_parents(sheet: Sheet) -> list[Parent]:
    """The 类 and 款 that rows of the table belong to and that are not listed, each above the first of its rows."""
    listed = {code_of(row.key) for row in sheet.rows}
    missing: dict[str, Parent] = {}
    for row in sheet.rows:
        code = code_of(row.key)
        for parent in (code[:3], code[:5]) if code != TOTAL else ():
            if parent not in listed | missing.keys():
                known = functional(sheet.year).get(parent)
                missing[parent] = Parent(parent, known.name if known else "", row.place.row + 1)
    return list(missing.values())


class OpenTable(NamedTuple):
    """The open rows of a table by line: `body` up to the closing row, `spare` those at its end still free.

    `model` is the spare row that has the most formulas.
    """

    sheet: Sheet
    rows: SheetRows
    body: range
    spare: range
    model: int

    def mend(self) -> list[str]:
        """Give listed rows the formulas they lack, and name their codes; what is typed in of a 项 stays blank."""
        inputs = {column for column, field in enumerate(self.sheet.table.fields, 2) if not field.derived}
        full = self.rows.formula_count(self.model)
        return [
            row.key
            for row in self.sheet.rows
            if row.key != TOTAL
            and self.rows.formula_count(row.place.row + 1) < full - len(inputs) * (len(row.key) == ITEM)
            and self.rows.complete(row.place.row + 1, self.model, inputs if len(row.key) == ITEM else ())
        ]

    def insert(self, missing: list[Parent]) -> None:
        above: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for row in missing:
            above[row.above].append((row.code, row.name))
        self.rows.insert(above, self.body.stop, self.model)


def open_table(sheet: Sheet, xml: bytes) -> OpenTable | None:
    """The open rows of a sheet of our template; None where 合计 and codes do not stand in order before closing row."""
    closing = most_common(int(line) for line in _RUNS_TO.findall(xml))
    lines = {row.key: row.place.row + 1 for row in sheet.rows}
    total = lines.pop(TOTAL, None)
    if closing is None or total is None:
        return None
    first = min(lines.values(), default=closing) if sheet.table.total_last else total + 1
    last = max(lines.values(), default=first - 1)
    if not first <= last + 1 <= closing or min(lines.values(), default=first) < first:
        return None
    rows = SheetRows(xml, sheet.name)
    used = [line for line in range(last + 1, closing) if rows.is_typed_in(line)]
    spare = range(max(used, default=last) + 1, closing)
    model = max(spare, key=rows.formula_count, default=closing)
    return OpenTable(sheet, rows, range(first, closing), spare, model)


def _obstacle(package: Package, part: str, table: OpenTable | None, missing: list[Parent]) -> str | None:
    """Why missing rows cannot be put in; None when they can."""
    if table is None:
        return "合计行、科目行和收尾行不在模板原来的位置"
    if len(missing) > len(table.spare):
        return f"要加 {len(missing)} 行，备用行只有 {len(table.spare)} 行"
    try:
        return obstacle(package, part, table.rows, Shift(table.body, min(row.above for row in missing)))
    except JuesuanError as error:
        return str(error).rstrip("。")
