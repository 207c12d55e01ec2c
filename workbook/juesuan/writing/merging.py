"""Write the book of a department: our template, listing every code of its units, with their sums typed in.

The formulas stay, with their results; the last sheet, 汇总来源, traces every figure back to the units.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from juesuan.book import Book
from juesuan.classification import functional
from juesuan.merge.department import Department, department
from juesuan.merge.member import Adjustment, Member
from juesuan.money import plain_number, to_text
from juesuan.ooxml.patch import patch_of, sheet_part
from juesuan.ooxml.saving import workbook_bytes
from juesuan.ooxml.sheet_xml import Change, change_cells
from juesuan.ratios import outdated_ratios
from juesuan.reading.files import WorkbookFile, workbook_of
from juesuan.reading.merged_part import record_units
from juesuan.reading.own_sheet import TRACE, TRACE_NAME
from juesuan.reading.recognise import read_book
from juesuan.rules import Catalogue
from juesuan.template.form import CodeRow
from juesuan.template.formulas import Standings
from juesuan.template.template import Order, draw_template
from juesuan.writing.cell_change import number_change, result_change
from juesuan.writing.listing import put_last
from juesuan.writing.trace_sheet import Source, trace_sheet

SPARE_ROWS = 3


class Form(NamedTuple):
    """An empty template, and where everything stands in it."""

    file: WorkbookFile
    book: Book
    standings: Standings
    unit: str
    year: int


def form_for(members: Sequence[Member], unit: str, catalogue: Catalogue) -> Form:
    """The template with the codes of all members, for their year and in their unit of money."""
    first = members[0].book
    names = _names(members)
    rows = {
        table.id: [CodeRow(code, names[code]) for code in _codes(members, table.id)]
        for table in catalogue.edition.template_tables
        if table.layout == "codes"
    }
    order = Order(unit, first.year or 0, first.currency, rows["expenditure"], rows, SPARE_ROWS)
    template = draw_template(catalogue, order)
    file = workbook_of(unit, workbook_bytes(template.file))
    return Form(file, read_book(file, catalogue.edition), template.standings, unit, order.year)


def merged_file(
    form: Form,
    members: Sequence[Member],
    adjustments: Sequence[Adjustment],
    catalogue: Catalogue,
    source: Source,
) -> tuple[bytes, Department]:
    """The workbook of the department. Raises JuesuanError as `department` does."""
    made = department(members, adjustments, form.book, catalogue, source.reason)
    patch = patch_of(form.file.package)
    for name, changes in _changes(form, made).items():
        part = sheet_part(form.file.package, name)
        patch.write(part, change_cells(patch.read(part), changes))
    put_last(patch, TRACE_NAME, TRACE, partial(trace_sheet, made, source))
    record_units(patch, (name for member in members for name in member.parts or (member.name,)))
    return patch.result(), made


def _codes(members: Sequence[Member], table: str) -> list[str]:
    """Every code that a unit lists in a table."""
    rows = (row for member in members if (sheet := member.book.sheet(table)) for row in sheet.rows)
    return sorted({row.code for row in rows if row.code})


def _names(members: Sequence[Member]) -> dict[str, str]:
    """What each code is called: as in the classification, else as most units do."""
    called: dict[str, Counter[str]] = defaultdict(Counter)
    for member in members:
        for sheet in member.book.sheets.values():
            for row in sheet.rows if sheet.table.layout == "codes" else ():
                called[row.code][row.name] += 1
    known = functional(members[0].book.year)
    return {code: known[code].name if code in known else names.most_common(1)[0][0] for code, names in called.items()}


def _changes(form: Form, made: Department) -> dict[str, dict[tuple[int, int], Change]]:
    """By worksheet what is stored where: sums, results of formulas, and what the headings refer to."""
    sheets: dict[str, dict[tuple[int, int], Change]] = defaultdict(dict)
    currency = made.book.currency
    for figure in made.figures.values():
        cell = figure.cell
        if cell.fen is not None or figure.derived:
            number = "" if cell.fen is None else to_text(cell.fen, currency)
            change = number_change(number, plain=not figure.derived)
            sheets[cell.place.sheet][cell.place.row, cell.place.column] = change
    for cell in outdated_ratios(made.book):
        number = "" if cell.fen is None else plain_number(cell.fen)
        sheets[cell.place.sheet][cell.place.row, cell.place.column] = number_change(number)
    for standing in form.standings.values():
        for row, column, text in _headings(standing.table.id, form, made):
            sheets[standing.sheet][row - 1, column - 1] = result_change(text)
    return sheets


def _headings(table: str, form: Form, made: Department) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of what formulas say around a table."""
    standing = form.standings[table]
    texts = {"unit": f"部门：{form.unit}", "year": f"{form.year}年度"}
    yield from ((*standing.form.heading[name], text) for name, text in texts.items())
    if standing.table.empty:
        said = any(figure.cell.fen for figure in made.figures.values() if figure.cell.table == table)
        yield standing.form.notes.stop - 1, 1, "" if said else f"说明：{standing.table.empty}"
