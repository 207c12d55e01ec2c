"""What is in the way of rows that are to move: contents tied to their place, and formulas that would miss them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import Patch
from juesuan.ooxml.references import lines_of
from juesuan.ooxml.row_xml import SheetRows
from juesuan.ooxml.sheet_xml import FORMULA, attributes_of
from juesuan.ooxml.xml_text import escaped
from juesuan.place import Place

_TIED = {
    b"mergeCell": "合并单元格",
    b"hyperlink": "超链接",
    b"f": "数组公式",
    b"comment": "批注",
    b"table": "表格区域",
}
_REF = re.compile(rb"<(?:[\w.-]+:)?(mergeCell|hyperlink|f|comment|table)\b([^>]*\sref\s*=[^>]*)>")
_ANCHOR = re.compile(rb"<(?:[\w.-]+:)?((?:two|one)CellAnchor)\b.*?</(?:[\w.-]+:)?\1\s*>", re.S)
_ANCHORED = re.compile(rb"<(?:[\w.-]+:)?row>\s*(\d+)")
_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape\s*>", re.S)
_SHAPE_ANCHOR = re.compile(rb"<x:Anchor>([\d\s,]+)<")
_NAME = re.compile(rb"<(?:[\w.-]+:)?definedName\b([^>]*)>([^<]*)<")


class Shift(NamedTuple):
    """The lines of a table's body; those from `start` on move down."""

    body: range
    start: int

    def tears(self, first: int, last: int) -> bool:
        """Whether lines `first` to `last` are among those that move, and not the whole body, which stays what it is."""
        whole = first <= self.body.start and last >= self.body.stop - 1
        return last >= self.start and first < self.body.stop and not whole


def obstacle(package: Package, part: str, rows: SheetRows, shift: Shift) -> str | None:
    """What forbids moving the rows of the worksheet `part`, in words; None when nothing does."""
    found = (*_tied(package, part, rows, shift), *_shapes(package, part, shift))
    return next(iter(found), None) or next(_references(package, part, rows, shift), None)


def _tied(package: Package, part: str, rows: SheetRows, shift: Shift) -> Iterator[str]:
    texts = (rows.xml, *(package.read(other) for other in _related(package, part) if "drawing" not in other.lower()))
    for text in texts:
        for match in _REF.finditer(text):
            reference = attributes_of(match[2])[b"ref"].decode()
            if any(shift.tears(lines.first, lines.last) for lines in lines_of(reference)):
                yield f"{_TIED[match[1]]}（{reference}）不能随行下移"


def _shapes(package: Package, part: str, shift: Shift) -> Iterator[str]:
    """Pictures, charts and buttons; the boxes of notes are found by their cells."""
    for other in _related(package, part):
        text = package.read(other) if "drawing" in other.lower() else b""
        anchors = [[int(row) for row in _ANCHORED.findall(anchor[0])] for anchor in _ANCHOR.finditer(text)]
        for shape in _SHAPE.findall(text):
            if b'ObjectType="Note"' not in shape and (anchor := _SHAPE_ANCHOR.search(shape)):
                numbers = [int(number) for number in anchor[1].split(b",")]
                anchors.append([numbers[2], numbers[6]])
        for lines in anchors:
            if lines and shift.tears(min(lines) + 1, max(lines) + 1):
                yield f"图形或控件（第 {min(lines) + 1} 行）不能随行下移"


def _references(package: Package, part: str, rows: SheetRows, shift: Shift) -> Iterator[str]:
    """Formulas and names that speak of rows that move, but for a row's formulas about itself."""
    for line, column, formula in rows.formulas():
        for lines in lines_of(formula):
            own = lines.first == lines.last == line
            if lines.sheet in ("", rows.sheet) and not own and shift.tears(lines.first, lines.last):
                yield f"{Place(rows.sheet, line - 1, column).address} 的公式引用了要下移的行"
    mark = escaped(rows.sheet.replace("'", "''")).encode()
    for sheet, other in package.sheet_parts.items():
        xml = package.worksheets.get(other, b"")
        if other != part and mark in xml:
            for line, column, formula in SheetRows(xml, sheet).formulas():
                if _speaks(formula, rows.sheet, shift):
                    yield f"{sheet} {Place(sheet, line - 1, column).address} 的公式引用了要下移的行"
    for chart in (name for name in package.entries if name.startswith("xl/charts/") and name.endswith(".xml")):
        formulas = (unescape((found[3] or b"").decode()) for found in FORMULA.finditer(package.read(chart)))
        if any(_speaks(formula, rows.sheet, shift) for formula in formulas):
            yield "图表引用了要下移的行"
    for match in _NAME.finditer(package.read("xl/workbook.xml")):
        if _speaks(unescape(match[2].decode()), rows.sheet, shift):
            yield f"名称“{attributes_of(match[1])[b'name'].decode()}”引用了要下移的行"


def _speaks(formula: str, sheet: str, shift: Shift) -> bool:
    named = sheet.replace("'", "''") in formula
    return named and any(lines.sheet == sheet and shift.tears(lines.first, lines.last) for lines in lines_of(formula))


def _related(package: Package, part: str) -> Iterator[str]:
    """The parts that belong to a worksheet: its notes, drawings, tables."""
    for relationship in Patch(package).related(part):
        if package.has(relationship.target) and relationship.target.endswith((".xml", ".vml")):
            yield relationship.target
