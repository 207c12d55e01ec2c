"""The sheet 说明 as we write it: what the clerk has explained, and a line for all that is still to be explained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from juesuan.answers import STATES, Question, matter, open_questions, states
from juesuan.check import Checked
from juesuan.marking.result_looks import Looks
from juesuan.money import Currency, to_text
from juesuan.ooxml.calculation import forget_formulas
from juesuan.ooxml.new_sheet import NewCell, NewSheet
from juesuan.ooxml.patch import WORKBOOK, Patch, sheet_part
from juesuan.ooxml.text_size import text_lines
from juesuan.ooxml.workbook_xml import listed_sheets, with_sheet_first
from juesuan.place import Place
from juesuan.reading.explanations import (
    ABOUT,
    AMOUNT,
    COLUMNS,
    EXPECTED,
    FIELD,
    MARKER,
    ROW,
    RULE,
    STATE,
    TABLE,
    TEXT,
    Line,
    amount_in,
    headings_of,
    lines_of,
)
from juesuan.reading.files import WorkbookFile
from juesuan.reading.grid import Grid, as_text, spelled
from juesuan.rules import Finding

NAME = "说明"
HEADINGS = (STATE, *COLUMNS)
WIDTHS = (10, 9, 10, 26, 16, 13, 13, 46, 46)
LINE, LEAST, TALLEST = 13.5, 30, 400
OPEN = "待说明"
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_HOW = (
    "要核实而确有原因的，在最右一栏写明原因，保存后发回即可；批注里“以下可写说明”下面写也一样。再核对时按规则、科目和金额认，"
    "插行、调换次序、另存都不要紧；金额变了，说明随之失效，要重新写。错误必须改正，不能用说明代替。"
)


class Row(NamedTuple):
    """A line of the sheet: its texts and amounts in 分 by column, and where the figure it is about stands."""

    state: str
    texts: Mapping[str, str]
    amounts: Mapping[str, int | None]
    place: Place | None = None


def put_explanations(patch: Patch, file: WorkbookFile, checked: Checked, looks: Looks) -> None:
    """Write the sheet, anew where there is one; none where there is nothing to explain."""
    grid = next((grid for grid in file.explained if holds_nothing_else(grid, patch)), None)
    rows = [*(kept_rows(grid, checked) if grid else ()), *open_rows(checked)]
    if not rows and grid is None:
        return
    xml = sheet_of(rows, checked.book.currency, looks)
    if grid:
        rewrite(patch, grid.name, xml)
        return
    part = patch.free("xl/worksheets/sheet{}.xml")
    patch.add(part, xml, _WORKSHEET)
    relationship = patch.relate(WORKBOOK, part, "worksheet")
    workbook = patch.read(WORKBOOK)
    patch.write(WORKBOOK, with_sheet_first(workbook, _free_name(workbook), relationship, {MARKER: "$A$1"}))


def holds_nothing_else(grid: Grid, patch: Patch) -> bool:
    """Whether a sheet with 说明 has nothing that we would not write ourselves, so that it may be written anew.

    That is no other column, no words above the headings, no notes and no pictures.
    """
    found = headings_of(grid)
    assert found is not None
    ours = {column for name, column in found.columns.items() if name in HEADINGS}
    strange = [column for column in range(grid.left, grid.right) if column not in ours]
    blank = all(grid.is_blank(row, column) for column in strange for row in range(found.row, grid.bottom))
    above = {text for _, _, text in grid.texts(grid.top, found.row)}
    kinds = {item.kind for item in patch.related(patch.package.sheet_parts[grid.name])}
    return blank and above <= {NAME, spelled(_HOW)} and kinds <= {"hyperlink", "printerSettings"}


def rewrite(patch: Patch, name: str, xml: bytes) -> None:
    """Put our own worksheet in place of the one of a name."""
    part = sheet_part(patch.package, name)
    forget_formulas(patch, part)
    patch.write(part, xml)


def kept_rows(grid: Grid, checked: Checked, without: Collection[Place] = ()) -> list[Row]:
    """What the clerk has written on a sheet, with what became of it; but for what stands at some places."""
    became = {item.place: state for item, state in states(checked.findings, checked.book).items()}
    lines = [(place, line) for place, line in lines_of(grid) if as_text(line[TEXT]) and place not in without]
    return [_kept(STATES[became[place]], line, checked.book.currency) for place, line in lines]


def _kept(state: str, line: Line, currency: Currency) -> Row:
    texts = {name: as_text(value) for name, value in line.items()}
    return Row(state, texts, {name: amount_in(line.get(name, ""), currency) for name in (AMOUNT, EXPECTED)})


def sheet_of(rows: Iterable[Row], currency: Currency, looks: Looks) -> bytes:
    """The worksheet part."""
    sheet = NewSheet(WIDTHS)
    whole = (1, len(WIDTHS))
    for text, look, height in ((NAME, looks.title, 30), (_HOW, looks.plain, 34)):
        sheet.row({column: NewCell(text if column == 1 else "", look) for column in range(1, 10)}, height, (whole,))
    sheet.row({column: NewCell(name, looks.heading) for column, name in enumerate(HEADINGS, 1)}, 20)
    for row in rows:
        if row.place:
            sheet.link(1 + HEADINGS.index(ROW), row.place)
        _put(sheet, row, currency, looks)
    return sheet.xml()


def _put(sheet: NewSheet, row: Row, currency: Currency, looks: Looks) -> None:
    cells = {1: NewCell(row.state, looks.level["warning"] if row.state == OPEN else looks.centred)}
    for column, name in enumerate(COLUMNS, 2):
        text, fen = row.texts.get(name, ""), row.amounts.get(name)
        if fen is not None:
            cells[column] = NewCell(to_text(fen, currency), looks.amount, number=True)
        elif name in (AMOUNT, EXPECTED):
            cells[column] = NewCell(text, looks.amount)
        else:
            look = looks.link if name == ROW and row.place else looks.centred if name == RULE else looks.text
            cells[column] = NewCell(text, look)
    texts = zip((cell.value for cell in cells.values()), WIDTHS, strict=True)
    lines = max([text_lines(text, width) for text, width in texts])
    sheet.row(cells, min(max(LINE * lines + 4, LEAST), TALLEST))


def open_rows(checked: Checked) -> list[Row]:
    """A line for each thing that is still to be explained."""
    asked: Sequence[tuple[Question, Finding]] = open_questions(checked.findings, checked.book)
    return [_open(each, finding) for each, finding in asked]


def _open(each: Question, finding: Finding) -> Row:
    texts = {RULE: each.rule, TABLE: each.table, ROW: each.row, FIELD: each.field, ABOUT: matter(finding.message)}
    return Row(OPEN, texts, {AMOUNT: each.amount, EXPECTED: each.expected}, finding.place)


def _free_name(workbook: bytes) -> str:
    taken = {sheet.name for sheet in listed_sheets(workbook)}
    names = (NAME, *(f"{NAME}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
