"""The open workbook as a file in memory, unsaved changes and all: from there on, reading it is reading a file.

Every worksheet is read once: its values in one block and its formulas in another. Merged cells are not asked for, it
would take a call for each; nothing is recognised by them that is not by its text. Notes that may hold 说明 are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import xlwings as xw
from xlwings import conversion

from juesuan.answers import ASKED
from juesuan.errors import JuesuanError
from juesuan.live.areas import rectangles
from juesuan.live.custom_parts import custom_xml
from juesuan.marking.live_record import WATERMARK
from juesuan.ooxml.extent import LAST_ROW
from juesuan.ooxml.new_book import MAIN, SHEET, STYLES, Listed, parts_around, relation, relations
from juesuan.ooxml.new_package import new_package
from juesuan.ooxml.xml_text import escaped
from juesuan.place import Place, column_letters, column_number
from juesuan.reading.dates import number_of
from juesuan.reading.files import WorkbookFile, workbook_of
from juesuan.reading.filled_part import NAMESPACE as FILLED
from juesuan.reading.own_sheet import NAME, TRACE_NAME

_LAST_COLUMN = 702
_OWN = (NAME, TRACE_NAME)
"""The sheets that we add."""

_FILLED = "customXml/item1.xml"
_NOTES, _NOTES_RELATION = "xl/comments{}.xml", "xl/worksheets/_rels/sheet{}.xml.rels"
_ERROR = re.compile(r"#(?:N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|DIV/0!)")
_LATER_ERROR = re.compile(r"#(?:SPILL|CALC|BLOCKED|UNKNOWN|FIELD|BUSY|CONNECT|PYTHON)!")
"""Errors that files have no word for; Excel stores them as #VALUE!."""

_CORNER = r"(?:\$([A-Z]+))?(?:\$(\d+))?"
_AREA = re.compile(rf"'?(?:.*\])?(.*?)'?!{_CORNER}(?::{_CORNER})?", re.S)
"""Of whole rows Excel names no columns, of whole columns no rows."""

_ROWS, _COLUMNS = 1 << 20, "XFD"

_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)


class _Sheet(NamedTuple):
    """A worksheet's values and formulas from the zero-based row `top` and column `left` on."""

    name: str
    visible: bool
    top: int
    left: int
    values: list[list[Any]]
    formulas: list[list[str]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    notes: Mapping[str, str] = MappingProxyType({})
    """Texts by address."""

    @property
    def is_ours(self) -> bool:
        return self.name in _OWN or any(WATERMARK in row for row in self.values)


def snapshot(book: xw.Book) -> WorkbookFile:
    """`book` as it stands, without our own sheet. Raises UnreadableBook as reading a file does.

    Raises JuesuanError where our own sheet is called otherwise.
    """
    engine = book.app.engine.name
    read = [_read(sheet, engine) for sheet in book.sheets]
    sheets = [sheet for sheet in read if not sheet.is_ours]
    _require_own_name(read)
    parts = parts_around([Listed(sheet.name, sheet.visible) for sheet in sheets]) | {STYLES: _STYLES}
    for number, sheet in enumerate(sheets, 1):
        inner = f"{_columns(sheet)}<sheetData>{''.join(_rows(sheet))}</sheetData>"
        parts[SHEET.format(number)] = f'<worksheet xmlns="{MAIN}">{inner}</worksheet>'
        if sheet.notes:
            parts[_NOTES.format(number)] = _comments(sheet.notes)
            parts[_NOTES_RELATION.format(number)] = relations(relation(1, "comments", f"../comments{number}.xml"))
    if book.api.LinkSources(1):
        parts["xl/externalLinks/externalLink1.xml"] = "<externalLink/>"
    if filled := custom_xml(book, FILLED):
        parts[_FILLED] = filled
    return workbook_of(book.name, new_package({name: text.encode() for name, text in parts.items()}), apart=False)


def is_visible(sheet: xw.Sheet) -> bool:
    """By Excel's number for it: there are two for hidden, one of which is true."""
    return sheet.visible == -1


def _require_own_name(read: Sequence[_Sheet]) -> None:
    """What the marks were is known by the name of our sheet; a copy of it is of no use and does no harm."""
    renamed = next((sheet.name for sheet in read if sheet.is_ours and sheet.name not in _OWN), None)
    if renamed is not None and NAME not in {sheet.name for sheet in read}:
        raise JuesuanError(f"工作表“{renamed}”原是按钮加的“{NAME}”，标记凭它清除。请把名字改回“{NAME}”，再按按钮。")


def _read(sheet: xw.Sheet, engine: str) -> _Sheet:
    """A worksheet in few calls: its name comes with its used area; of those we add, no more."""
    used = sheet.used_range
    name, (top, left, bottom, right) = _area(used.get_address(external=True))
    if name in _OWN:
        return _Sheet(name, True, 0, 0, [], [])
    visible = is_visible(sheet)
    if bottom >= LAST_ROW or right >= _LAST_COLUMN:
        return _Sheet(name, visible, bottom, max(right, _LAST_COLUMN), [["…"]], [[""]])
    values = _values(used, engine)
    formulas: Any = used.formula
    if not isinstance(formulas, list | tuple):
        formulas = [[formulas]]
    rows = frozenset(_hidden(sheet, 0, bottom, _row, "EntireRow", None if top else used))
    columns = frozenset(_hidden(sheet, 0, right, column_letters, "EntireColumn", None if left else used))
    return _Sheet(name, visible, top, left, values, formulas, rows, columns, dict(_explaining(sheet)))


def _explaining(sheet: xw.Sheet) -> Iterator[tuple[str, str]]:
    """Address and text of the notes that name what is to be explained: the clerk may have done so below."""
    for note in sheet.notes:
        text = note.text
        if ASKED in text:
            yield note.location.get_address(False, False), text


def _values(area: xw.Range, engine: str) -> list[list[Any]]:
    """As ``area.value`` gives them, which asks the program for sheet, workbook, application and shape every time."""
    options = {"ndim": 2, "err_to_str": True}
    found: list[list[Any]] = conversion.read(None, area.raw_value, options, engine)  # type: ignore[no-untyped-call]
    return found


def _hidden(
    sheet: xw.Sheet, first: int, last: int, named: Callable[[int], str], entire: str, area: xw.Range | None = None
) -> Iterator[int]:
    """The hidden ones of some rows or columns; Excel says True or False of many only when they are alike.

    `area` is one that touches just these.
    """
    if area is None:
        area = sheet.range(f"{named(first)}:{named(last)}")
    hidden = getattr(area.api, entire).Hidden
    if hidden:
        yield from range(first, last + 1)
    elif hidden is None and first < last:
        middle = (first + last) // 2
        yield from _hidden(sheet, first, middle, named, entire)
        yield from _hidden(sheet, middle + 1, last, named, entire)


def _row(number: int) -> str:
    return str(number + 1)


def _area(address: str) -> tuple[str, tuple[int, int, int, int]]:
    """“'[决算.xlsx]公开03表'!$B$2:$D$9” → the sheet's name, first and last row and column, zero-based."""
    match = _AREA.fullmatch(address)
    assert match is not None, address
    name, first, top, last, bottom = match.groups()
    return name.replace("''", "'"), (
        int(top or 1) - 1,
        column_number(first or "A"),
        int(bottom or top or _ROWS) - 1,
        column_number(last or first or _COLUMNS),
    )


def _columns(sheet: _Sheet) -> str:
    """The hidden columns, each run of them as Excel writes it."""
    runs = rectangles(Place("", 0, column) for column in sheet.hidden_columns)
    columns = "".join(f'<col min="{first + 1}" max="{last + 1}" hidden="1"/>' for _, first, _, last in runs)
    return f"<cols>{columns}</cols>" if columns else ""


def _comments(notes: Mapping[str, str]) -> str:
    listed = "".join(
        f'<comment ref="{address}" authorId="0"><text><t xml:space="preserve">{escaped(text)}</t></text></comment>'
        for address, text in notes.items()
    )
    authors = "<authors><author></author></authors>"
    return f'<comments xmlns="{MAIN}">{authors}<commentList>{listed}</commentList></comments>'


def _rows(sheet: _Sheet) -> Iterator[str]:
    for row, (values, formulas) in enumerate(zip(sheet.values, sheet.formulas, strict=True), sheet.top):
        pairs = enumerate(zip(values, formulas, strict=True), sheet.left)
        cells = "".join(_cell(Place("", row, column).address, value, formula) for column, (value, formula) in pairs)
        hidden = ' hidden="1"' if row in sheet.hidden_rows else ""
        if cells or hidden:
            yield f'<row r="{row + 1}"{hidden}>{cells}</row>'


def _cell(address: str, value: Any, formula: Any) -> str:
    computed = f"<f>{escaped(formula[1:])}</f>" if isinstance(formula, str) and formula.startswith("=") else ""
    if value is None or value == "":
        return f'<c r="{address}" t="str">{computed}<v></v></c>' if computed else ""
    if isinstance(value, bool):
        return f'<c r="{address}" t="b">{computed}<v>{value:d}</v></c>'
    if isinstance(value, int) or (isinstance(value, str) and _LATER_ERROR.fullmatch(value)):
        value = "#VALUE!"  # Excel gives numbers as floats; of errors that xlwings does not know the number is left
    if isinstance(value, str):
        kind, text = ("e" if _ERROR.fullmatch(value) else "str"), escaped(value)
        if computed or kind == "e":
            return f'<c r="{address}" t="{kind}">{computed}<v>{text}</v></c>'
        return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(value, date | time | timedelta):
        return f'<c r="{address}" s="1">{computed}<v>{number_of(value)!r}</v></c>'
    return f'<c r="{address}">{computed}<v>{float(value)!r}</v></c>'
