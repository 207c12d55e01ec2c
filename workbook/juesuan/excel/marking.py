"""Mark a workbook: fills and notes on the cells, the sheet 核对结果, and the record by which all comes off again.

Only the parts a mark must touch change; every other entry of the package is copied as it lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from juesuan.book import Place
from juesuan.check import Checked
from juesuan.errors import JuesuanError
from juesuan.excel.files import WorkbookFile
from juesuan.excel.marks_part import record_marks
from juesuan.excel.note_boxes import with_boxes
from juesuan.excel.notes import with_notes
from juesuan.excel.package import Package
from juesuan.excel.patch import STYLES, WORKBOOK, Patch, patch_of, sheet_part
from juesuan.excel.result_sheet import NAME, result_sheet
from juesuan.excel.sheet_xml import Change, Restyle, change_cells
from juesuan.excel.styles_xml import Styles, boxed, solid
from juesuan.excel.workbook_xml import listed_sheets, with_sheet_first
from juesuan.excel.worksheet_tail import legacy_drawing, with_legacy_drawing
from juesuan.marks import COLOURS, Kind, Mark, marks_of
from juesuan.rules import Catalogue

BEHIND = "4A{:04X}"
"""The hidden second colour of our fills: it says which fill they replaced, wherever the cell goes."""

RED = "D0{:04X}"
"""The colour of a culprit's border: red to the eye, and it says which border it replaced."""

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"


def marked(file: WorkbookFile, checked: Checked, catalogue: Catalogue) -> bytes:
    """The workbook with the marks of `checked`, which must carry none yet. Raises JuesuanError if it cannot be."""
    package = file.package
    patch = patch_of(package)
    if NAME in (sheet.name for sheet in listed_sheets(patch.read(WORKBOOK))):
        raise JuesuanError(f"“{package.name}”里已有名为“{NAME}”的工作表。请先改名或删除它再标注。")
    styles = Styles(patch.read(STYLES))
    paint = _Paint(styles)
    sheets: dict[str, dict[Place, Mark]] = defaultdict(dict)
    for place, mark in marks_of(checked).items():
        sheets[place.sheet][place] = mark
    for sheet, marks in sheets.items():
        _mark_sheet(patch, sheet_part(package, sheet), marks, paint)
    _put_first(patch, result_sheet(checked, catalogue, styles))
    patch.write(STYLES, styles.xml)
    record_marks(patch, paint.fills, paint.borders, paint.cells)
    return patch.result()


def peculiarities(package: Package) -> Iterator[str]:
    """What the clerk should know of a workbook that is locked or signed, a sentence each."""
    if b"lockStructure" in package.read(WORKBOOK):
        yield "工作簿的结构保护仍在，所以“核对结果”不能手工删除；juesuan clear 可以去掉。"
    if any("vbaProjectSignature" in part for part in package.entries):
        yield "宏带有数字签名，宏和签名都没有动；在 Excel 里保存后签名可能失效。"
    if any(part.startswith("_xmlsignatures/") for part in package.entries):
        yield "工作簿带有数字签名，标注的这一份内容变了，签名不再有效；原件没有动。"


class _Paint:
    """Our fills and borders, each telling which it `replaced`; `cells` says it of every cell."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._painted: dict[tuple[int, Kind, bool], tuple[int, int]] = {}
        self.fills: list[bytes] = []
        self.borders: list[bytes] = []
        self.cells: dict[Place, int] = {}

    def over(self, place: Place, mark: Mark) -> Restyle:
        def restyle(style: int) -> int:
            look = (style, mark.kind, mark.culprit)
            if look not in self._painted:
                self._painted[look] = self._paint(*look)
            painted, self.cells[place] = self._painted[look]
            return painted

        return restyle

    def _paint(self, style: int, kind: Kind, culprit: bool) -> tuple[int, int]:
        """The style with our fill, and the number of the fill it replaced."""
        number = _numbered(self.fills, self._styles.fill_of(style))
        fill = self._styles.fill(solid(COLOURS[kind], BEHIND.format(number)))
        if not culprit:
            return self._styles.restyled(style, fill), number
        red = RED.format(_numbered(self.borders, self._styles.border_of(style)))
        return self._styles.restyled(style, fill, self._styles.border(boxed(red, "thick"))), number


def _numbered(replaced: list[bytes], element: bytes) -> int:
    if element not in replaced:
        replaced.append(element)
    return replaced.index(element)


def _mark_sheet(patch: Patch, part: str, marks: Mapping[Place, Mark], paint: _Paint) -> None:
    changes = {(place.row, place.column): Change(paint.over(place, mark)) for place, mark in marks.items()}
    patch.write(part, change_cells(patch.read(part), changes))
    _annotate(patch, part, {(place.row, place.column): mark.text for place, mark in marks.items()})


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
    boxes = {place: texts[place] for place in notes.places}
    if not boxes:
        return
    sheet = patch.read(part)
    identity = legacy_drawing(sheet)
    drawing = next((item.target for item in related if item.id == identity), None)
    if drawing:
        patch.write(drawing, with_boxes(patch.read(drawing), sheet, boxes))
        return
    drawing = patch.free("xl/drawings/vmlDrawing{}.vml")
    patch.add_default("vml", _VML)
    patch.write(drawing, with_boxes(None, sheet, boxes))
    patch.write(part, with_legacy_drawing(sheet, patch.relate(part, drawing, "vmlDrawing")))


def _put_first(patch: Patch, sheet: bytes) -> None:
    part = patch.free("xl/worksheets/sheet{}.xml")
    patch.add(part, sheet, f"{_SPREADSHEET}.worksheet+xml")
    relationship = patch.relate(WORKBOOK, part, "worksheet")
    patch.write(WORKBOOK, with_sheet_first(patch.read(WORKBOOK), NAME, relationship))
