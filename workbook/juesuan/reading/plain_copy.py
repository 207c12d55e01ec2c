"""An .xlsx of the values of a workbook in another format, each in its place: what can then be marked and filled."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import isfinite

from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.new_book import HEAD, MAIN, SHEET, STYLES, Listed, parts_around
from juesuan.ooxml.package import Package
from juesuan.ooxml.text_size import text_width
from juesuan.ooxml.xml_text import escaped
from juesuan.place import Place
from juesuan.reading.dates import Moment
from juesuan.reading.grid import Value
from juesuan.reading.values import SheetValues

NumberOf = Callable[[Moment], float | None]
_EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_WIDTHS = (8, 48)
_WRAPPED, _DATED = 1, 2

_STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/><family val="3"/><charset val="134"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def named_for_excel(sheets: Sequence[SheetValues]) -> list[SheetValues]:
    """The worksheets under names that an .xlsx can have; other programs allow longer ones."""
    taken: set[str] = set()
    fitting = []
    for number, sheet in enumerate(sheets, 1):
        name = _NOT_IN_NAMES.sub("_", sheet.name).strip("'")[:_LONGEST_NAME] or f"Sheet{number}"
        if name.lower() in taken:
            name = f"{name[: _LONGEST_NAME - 6]}_{number}"
        taken.add(name.lower())
        fitting.append(sheet._replace(name=name))
    return fitting


def plain_copy(sheets: Sequence[SheetValues], number_of: NumberOf) -> bytes:
    """The workbook; the same values always give the same bytes. `number_of` a date is what the other format keeps."""
    parts = parts_around([Listed(sheet.name, sheet.visible) for sheet in sheets])
    for number, sheet in enumerate(sheets, 1):
        parts[SHEET.format(number)] = HEAD + _worksheet(sheet, number_of)
    packed = {name: text.encode() for name, text in (parts | {STYLES: _STYLES}).items()}
    return rewritten(Package(_EMPTY_ZIP, ""), packed)


def _worksheet(sheet: SheetValues, number_of: NumberOf) -> str:
    merges = "".join(
        f'<mergeCell ref="{Place("", *first).address}:{Place("", *last).address}"/>'
        for first, last in sheet.merges.items()
    )
    merged = f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else ""
    columns = "".join(_columns(sheet))
    return (
        f'<worksheet xmlns="{MAIN}">{f"<cols>{columns}</cols>" if columns else ""}'
        f"<sheetData>{''.join(_rows(sheet, number_of))}</sheetData>{merged}</worksheet>"
    )


def _columns(sheet: SheetValues) -> Iterator[str]:
    """Every column as wide as its longest text that stands in one cell of its own, within reason."""
    across = {first for first, last in sheet.merges.items() if first[1] != last[1]}
    widths: dict[int, int] = defaultdict(lambda: _WIDTHS[0])
    for row, values in enumerate(sheet.rows or (), sheet.top):
        for column, value in enumerate(values, sheet.left):
            if value != "" and (row, column) not in across:
                longest = max(map(text_width, str(value).split("\n")))
                widths[column] = max(widths[column], min(longest + 2, _WIDTHS[1]))
    for column in sorted({*widths, *sheet.hidden_columns}):
        hidden = ' hidden="1"' if column in sheet.hidden_columns else ""
        yield f'<col min="{column + 1}" max="{column + 1}" width="{widths[column]}" customWidth="1"{hidden}/>'


def _rows(sheet: SheetValues, number_of: NumberOf) -> Iterator[str]:
    cells: dict[int, dict[int, str]] = {row: {} for row in sheet.hidden_rows}
    for row, values in enumerate(sheet.rows or (), sheet.top):
        for column, value in enumerate(values, sheet.left):
            if value != "" or sheet.computed.get((row, column)) == "error":
                address = Place("", row, column).address
                cells.setdefault(row, {})[column] = _cell(address, value, number_of)
    for row, written in sorted(cells.items()):
        hidden = ' hidden="1"' if row in sheet.hidden_rows else ""
        yield f'<row r="{row + 1}"{hidden}>{"".join(written.values())}</row>'


def _cell(address: str, value: Value, number_of: NumberOf) -> str:
    match value:
        case "":
            return f'<c r="{address}" t="e"><v>#VALUE!</v></c>'
        case bool():
            return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{address}"><v>{value!r}</v></c>' if isfinite(value) else _text(address, str(value))
        case str():
            return _text(address, value)
    number = number_of(value)
    return _text(address, str(value)) if number is None else f'<c r="{address}" s="{_DATED}"><v>{number!r}</v></c>'


def _text(address: str, text: str) -> str:
    style = f' s="{_WRAPPED}"' if "\n" in text else ""
    return f'<c r="{address}"{style} t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'
