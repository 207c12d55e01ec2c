"""A new .xlsx of any length: rows go to the disk as they come, so that memory does not grow with them.

Every sheet has a heading row that stays in sight and filters its columns. The same rows always give the same bytes.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import IO, NamedTuple

from juesuan.ooxml.new_book import HEAD, MAIN, SHEET, STYLES, Listed, parts_around
from juesuan.ooxml.xml_text import escaped
from juesuan.place import column_letters
from juesuan.written import written

LONGEST = 1_048_576 - 1
"""Rows a sheet can have below its heading, in Excel."""
_LONGEST_TEXT = 32_000
_LINE, _HIGHEST = 16, 409
"""Points: a line of text, and the highest row there can be."""
_BORN = (2025, 1, 1, 0, 0, 0)
_PIECE = 1 << 20

LOOKS = ("text", "heading", "amount", "count", "error", "warning", "tail", "good")
"""How a cell looks, by its number: a text, a heading, money, a whole number, or a text on one of our colours."""
_FILLS = ("DCE6F1", "FFC7CE", "FFEB9C", "DDEBF7", "E2EFDA")


class Column(NamedTuple):
    """`look`: one of LOOKS for its cells; ``amount`` and ``count`` hold numbers, given as decimal strings or ints."""

    heading: str
    width: float
    look: str = "text"


class LongSheet:
    """A sheet under way; rows beyond what Excel can show are not kept, and the name of the sheet says so."""

    def __init__(self, name: str, columns: Sequence[Column]) -> None:
        self._name = name
        self.columns = columns
        self.length = 0
        self.whole = True
        self._cells = [
            (column_letters(at), LOOKS.index(column.look), column.look in ("amount", "count"), int(column.width) - 2)
            for at, column in enumerate(columns)
        ]
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- open until the book is written
        self.file.write(self._top().encode())

    def add(self, values: Sequence[str | int | None], looks: Mapping[int, str] = MappingProxyType({})) -> None:
        """The next row; `looks`: by the number of a column, another look of this row's text."""
        if self.length == LONGEST:
            self.whole = False
            return
        self.length += 1
        number, cells, lines = self.length + 1, [], 1
        for at, (value, (letters, style, figure, room)) in enumerate(zip(values, self._cells, strict=True)):
            if value is None or value == "":
                cells.append(f'<c r="{letters}{number}" s="{style}"/>')
            elif figure:
                cells.append(f'<c r="{letters}{number}" s="{style}"><v>{value}</v></c>')
            else:
                look = LOOKS.index(looks[at]) if at in looks else style
                text = str(value)
                if 2 * len(text) > room:
                    lines = max(lines, -(-len(text.encode("gb18030", "replace")) // room))
                cells.append(_text(f"{letters}{number}", text, look))
        height = f' ht="{min(lines * _LINE, _HIGHEST)}"' if lines > 1 else ""
        self.file.write(f'<row r="{number}"{height}>{"".join(cells)}</row>'.encode())

    def _top(self) -> str:
        last = column_letters(len(self.columns) - 1)
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{column.width:g}" customWidth="1"/>'
            for at, column in enumerate(self.columns, 1)
        )
        heading = LOOKS.index("heading")
        cells = "".join(
            _text(f"{column_letters(at)}1", column.heading, heading) for at, column in enumerate(self.columns)
        )
        return (
            f'{HEAD}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
            'state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A2" sqref="A2:{last}2"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="{_LINE}"/><cols>{widths}</cols><sheetData>'
            f'<row r="1" ht="22" customHeight="1">{cells}</row>'
        )

    @property
    def name(self) -> str:
        return self._name if self.whole else f"{self._name}（不全）"

    @property
    def area(self) -> str:
        return f"$A$1:${column_letters(len(self.columns) - 1)}${self.length + 1}"

    def bottom(self) -> str:
        area = self.area.replace("$", "")
        return (
            f'</sheetData><autoFilter ref="{area}"/>'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;L&amp;A&amp;R第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>"
            f'<ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors>'
            "</worksheet>"
        )


def write_long_book(path: str, sheets: Sequence[LongSheet]) -> None:
    """Write the workbook to `path`, whole or not at all; the sheets are used up by it."""
    with written(path) as half, zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        names = "".join(_names(at, sheet) for at, sheet in enumerate(sheets))
        around = parts_around([Listed(sheet.name) for sheet in sheets], names)
        for name, text in (around | {STYLES: HEAD + _styles()}).items():
            archive.writestr(_entry(name), text)
        for number, sheet in enumerate(sheets, 1):
            sheet.file.seek(0)
            with archive.open(_entry(SHEET.format(number)), "w", force_zip64=True) as part:
                while piece := sheet.file.read(_PIECE):
                    part.write(piece)
                part.write(sheet.bottom().encode())
            sheet.file.close()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _BORN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _names(at: int, sheet: LongSheet) -> str:
    name = escaped(sheet.name.replace("'", "''"))
    return (
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">\'{name}\'!{sheet.area}'
        f'</definedName><definedName name="_xlnm.Print_Titles" localSheetId="{at}">\'{name}\'!$1:$1</definedName>'
    )


def _styles() -> str:
    font = '<name val="微软雅黑"/><family val="2"/><charset val="134"/>'
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill></fill>' for colour in _FILLS
    )
    sides = "".join(f'<{side} style="thin"><color rgb="FFD0D7DE"/></{side}>' for side in ("left", "right", "top"))
    top = '<alignment vertical="top" wrapText="1"/>'
    formats = {
        "text": (0, 0, 0, top),
        "heading": (0, 1, 2, '<alignment horizontal="center" vertical="center" wrapText="1"/>'),
        "amount": (4, 0, 0, '<alignment vertical="top"/>'),
        "count": (3, 0, 0, '<alignment vertical="top"/>'),
        "error": (0, 0, 3, top),
        "warning": (0, 0, 4, top),
        "tail": (0, 0, 5, top),
        "good": (0, 0, 6, top),
    }
    written = "".join(
        f'<xf numFmtId="{number}" fontId="{face}" fillId="{fill}" borderId="1" xfId="0" applyNumberFormat="1" '
        f'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">{alignment}</xf>'
        for number, face, fill, alignment in (formats[look] for look in LOOKS)
    )
    return (
        f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="10"/>{font}</font>'
        f'<font><b/><sz val="10"/>{font}</font></fonts><fills count="{len(_FILLS) + 2}">'
        '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        f'{fills}</fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>{sides}'
        '<bottom style="thin"><color rgb="FFD0D7DE"/></bottom><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(LOOKS)}">{written}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _text(address: str, text: str, style: int) -> str:
    shown = escaped(text[:_LONGEST_TEXT])
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
