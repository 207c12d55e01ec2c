"""A worksheet written row by row as XML, with formats, merged cells and links within the workbook.

Every text is data: what begins with an equals sign stays a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from juesuan.ooxml.xml_text import attribute, escaped
from juesuan.place import Place

_LETTERS = " ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


_LONGEST = 32_000
"""Characters of a text; Excel takes 767 more for a cell, and a longer one for damage."""


class NewCell(NamedTuple):
    """A text, or a number in decimals, and the format it is shown in."""

    value: str
    look: int
    number: bool = False

    @property
    def text(self) -> str:
        """As much of it as a cell can hold."""
        return self.value if len(self.value) <= _LONGEST else f"{self.value[:_LONGEST]}……"


class NewSheet:
    def __init__(self, widths: Sequence[float]) -> None:
        self._widths = widths
        self._rows: list[str] = []
        self._merged: list[str] = []
        self._links: list[str] = []
        self._filter = ""

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self._rows)

    def row(self, cells: Mapping[int, NewCell], height: float = 15.0, merged: Sequence[tuple[int, int]] = ()) -> None:
        """The next row, its cells from left to right; `merged` are first and last columns of cells that are one."""
        number = len(self._rows) + 1
        self._merged += [f"{_LETTERS[first]}{number}:{_LETTERS[last]}{number}" for first, last in merged]
        written = [f'<row r="{number}" ht="{height:g}" customHeight="1">']
        for column, cell in cells.items():
            start = f'<c r="{_LETTERS[column]}{number}" s="{cell.look}"'
            if not cell.value:
                written.append(f"{start}/>")
            elif cell.number:
                written.append(f"{start}><v>{cell.value}</v></c>")
            else:
                written.append(f'{start} t="inlineStr"><is><t xml:space="preserve">{escaped(cell.text)}</t></is></c>')
        self._rows.append("".join((*written, "</row>")))

    def link(self, column: int, place: Place) -> None:
        """Let the cell of the next row lead to a place."""
        sheet = place.sheet.replace("'", "''")
        target, address = f"'{sheet}'!{place.address}", f"{_LETTERS[column]}{len(self._rows) + 1}"
        self._links.append(f'<hyperlink ref="{address}" location={attribute(target)}/>')

    def filter_from(self, row: int, columns: int) -> None:
        """Let the rows below a row of headings, to the last one, be filtered by their columns."""
        self._filter = f"A{row}:{_LETTERS[columns]}"

    def xml(self) -> bytes:
        """The part: A4, lying, one page wide."""
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(self._widths, 1)
        )
        merges = "".join(f'<mergeCell ref="{area}"/>' for area in self._merged)
        merged = f'<mergeCells count="{len(self._merged)}">{merges}</mergeCells>' if merges else ""
        filtered = f'<autoFilter ref="{self._filter}{self.rows}"/>' if self._filter else ""
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        return "".join(
            (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
                f'<worksheet xmlns="{_SPACE}">',
                '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>',
                '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>',
                f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols>',
                f"<sheetData>{''.join(self._rows)}</sheetData>{filtered}{merged}{links}",
                '<printOptions horizontalCentered="1"/>',
                '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>',
                '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>',
                "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>",
            )
        ).encode()
