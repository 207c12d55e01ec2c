"""Mark a workbook: fills and notes on the cells, the sheet 核对结果, and the record by which all comes off again.

Only the parts a mark must touch change; every other entry of the package is copied as it lies.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from juesuan.check import Checked
from juesuan.errors import JuesuanError
from juesuan.marking.explanation_sheet import put_explanations
from juesuan.marking.marks_part import record_marks
from juesuan.marking.paint import Paint
from juesuan.marking.result_looks import looks_in
from juesuan.marking.result_sheet import ResultSheet, result_sheet
from juesuan.marks import Mark, marks_of, shown_marks
from juesuan.ooxml.note_boxes import fitting, with_boxes
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import STYLES, WORKBOOK, Patch, patch_of, sheet_part
from juesuan.ooxml.sheet_xml import Change, change_cells
from juesuan.ooxml.styles_xml import Styles, with_named_styles
from juesuan.ooxml.workbook_xml import listed_sheets, with_sheet_first
from juesuan.ooxml.worksheet_tail import legacy_drawing, shown_at, with_legacy_drawing
from juesuan.place import Place
from juesuan.reading.files import WorkbookFile
from juesuan.reading.filled_part import record
from juesuan.reading.notes import THREADED, notes_in, with_notes
from juesuan.reading.own_sheet import NAME
from juesuan.rules import Catalogue

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LOCKED = re.compile(rb"""\blockStructure\s*=\s*["'](?:1|true)["']""")


def marked(file: WorkbookFile, checked: Checked, catalogue: Catalogue) -> bytes:
    """The workbook with the marks of `checked`, which must carry none yet. Raises JuesuanError if it cannot be.

    A copy of another format has lost its formulas: it records which amounts they gave.
    """
    package = file.package
    patch = patch_of(package)
    if NAME in (sheet.name for sheet in listed_sheets(patch.read(WORKBOOK))):
        raise JuesuanError(f"“{package.name}”里已有名为“{NAME}”的工作表。请先改名或删除它再标注。")
    styles = Styles(with_named_styles(patch.read(STYLES)))
    paint = Paint(styles)
    for sheet, marks in _by_sheet(checked).items():
        _mark_sheet(patch, sheet_part(package, sheet), marks, paint)
    looks = looks_in(styles)
    put_explanations(patch, file, checked, looks)
    _put_first(patch, result_sheet(checked, catalogue, looks))
    patch.write(STYLES, styles.xml)
    if file.copied_from and checked.book.currency == "万元":
        record(patch, (checked.book.cells[key] for key in sorted(checked.book.filled)))
    record_marks(patch)
    return patch.result()


def peculiarities(file: WorkbookFile, checked: Checked) -> Iterator[str]:
    """What the clerk should know of a workbook: a copy, locked, signed, hiding our notes. A sentence each."""
    package = file.package
    if file.copied_from:
        yield copied(file.copied_from)
    if _LOCKED.search(package.read(WORKBOOK)):
        yield "工作簿的结构保护仍在，所以“核对结果”不能手工删除；juesuan clear 可以去掉。"
    if any("vbaProjectSignature" in part for part in package.entries):
        yield "宏带有数字签名，宏和签名都没有动；在 Excel 里保存后签名可能失效。"
    if any(part.startswith("_xmlsignatures/") for part in package.entries):
        yield "工作簿带有数字签名，标注的这一份内容变了，签名不再有效；原件没有动。"
    if threaded := "、".join(_threaded(package, checked)):
        yield f"{threaded} 上有会话式批注，Excel 里看不到补在下面的话，请看“核对结果”。"


def copied(kind: str) -> str:
    """What a copy of a workbook in another format is and is not."""
    return f"原件是 {kind}，写出的是 .xlsx：各表的数和文字都在原来的格里，公式、格式、图片和宏没有带过来；原件没有动。"


def _threaded(package: Package, checked: Checked) -> Iterator[str]:
    """The marked cells whose note repeats a threaded comment: Excel shows the comment, not our words below it."""
    if not any(part.startswith("xl/threadedComments/") for part in package.entries):
        return
    patch = patch_of(package)
    for sheet, marks in _by_sheet(checked).items():
        for item in patch.related(sheet_part(package, sheet)):
            if item.kind == "comments":
                notes = notes_in(patch.read(item.target))
                places = {note.place for note in notes if note.author.startswith(THREADED)}
                yield from (f"{sheet} {place.address}" for place in marks if (place.row, place.column) in places)


def _by_sheet(checked: Checked) -> dict[str, dict[Place, Mark]]:
    sheets: dict[str, dict[Place, Mark]] = defaultdict(dict)
    for place, mark in marks_of(checked).items():
        sheets[place.sheet][place] = mark
    return sheets


def _mark_sheet(patch: Patch, part: str, marks: Mapping[Place, Mark], paint: Paint) -> None:
    sheet = patch.read(part)
    at = {(place.row, place.column): mark for place, mark in marks.items()}
    seen = shown_marks(at, shown_at(sheet, at))
    patch.write(part, change_cells(sheet, {at: Change(paint.over(mark)) for at, mark in seen.items()}))
    _annotate(patch, part, {at: fitting(mark.text) for at, mark in seen.items()})


def _annotate(patch: Patch, part: str, texts: Mapping[tuple[int, int], str]) -> None:
    related = patch.related(part)
    comments = next((item.target for item in related if item.kind == "comments"), None)
    notes = with_notes(patch.read(comments) if comments else None, texts)
    if comments:
        patch.write(comments, notes.xml)
    else:
        comments = patch.free("xl/comments{}.xml")
        patch.add(comments, notes.xml, f"{_SPREADSHEET}.comments+xml")
        patch.relate(part, comments, "comments")
    sheet = patch.read(part)
    identity = legacy_drawing(sheet)
    drawing = next((item.target for item in related if item.id == identity), None)
    if drawing:
        patch.write(drawing, with_boxes(patch.read(drawing), sheet, notes.texts))
        return
    drawing = patch.free("xl/drawings/vmlDrawing{}.vml")
    patch.add_default("vml", _VML)
    patch.write(drawing, with_boxes(None, sheet, notes.texts))
    patch.write(part, with_legacy_drawing(sheet, patch.relate(part, drawing, "vmlDrawing")))


def _put_first(patch: Patch, sheet: ResultSheet) -> None:
    part = patch.free("xl/worksheets/sheet{}.xml")
    patch.add(part, sheet.xml, f"{_SPREADSHEET}.worksheet+xml")
    relationship = patch.relate(WORKBOOK, part, "worksheet")
    patch.write(WORKBOOK, with_sheet_first(patch.read(WORKBOOK), NAME, relationship, sheet.names))
