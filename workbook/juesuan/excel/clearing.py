"""Take our marks off a workbook: exactly as it was if nothing was changed since, else our marks and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from juesuan.book import Place
from juesuan.excel.archive import rewritten
from juesuan.excel.custom_part import drop_custom_part
from juesuan.excel.marks_part import NAMESPACE, Record, recorded_marks
from juesuan.excel.note_boxes import has_shapes, without_boxes
from juesuan.excel.notes import notes_in, without_notes
from juesuan.excel.package import Package
from juesuan.excel.patch import STYLES, WORKBOOK, Patch, Relationship, patch_of
from juesuan.excel.result_sheet import NAME
from juesuan.excel.sheet_xml import Change, Restyle, change_cells
from juesuan.excel.styles_xml import NO_BORDER, Styles, bare
from juesuan.excel.workbook_xml import listed_sheets, without_sheet
from juesuan.excel.worksheet_tail import legacy_drawing, without_legacy_drawing
from juesuan.marks import COLOURS

_OURS = re.compile(
    rb"<((?:[\w.-]+:)?)fill>\s*<(?:[\w.-]+:)?patternFill\b[^>]*>\s*"
    rb"""<(?:[\w.-]+:)?fgColor\b[^>]*?\brgb=["']FF(?:%s)["'][^>]*>\s*"""
    rb"""<(?:[\w.-]+:)?bgColor\b[^>]*?\brgb=["']FF4A([0-9A-F]{4})["'].*?</\1fill\s*>"""
    % "|".join(COLOURS.values()).encode(),
    re.S | re.I,
)
_PAINTED = re.compile(
    rb"""<(?:[\w.-]+:)?fgColor\b[^>]*?\brgb=["']FF(?:%s)["']""" % "|".join(COLOURS.values()).encode(), re.I
)
_OUR_BORDER = re.compile(
    rb"<((?:[\w.-]+:)?)border(?:\s[^>]*[^/>])?>(?:(?!</\1border\s*>).)*?"
    rb"""\bstyle=["']thick["'][^>]*>\s*<(?:[\w.-]+:)?color\b[^>]*?\brgb=["']FFD0([0-9A-F]{4})["']"""
    rb"(?:(?!</\1border\s*>).)*</\1border\s*>",
    re.S | re.I,
)
_NO_FILL = b'<fill><patternFill patternType="none"/></fill>'


def cleared(package: Package) -> bytes:
    """The workbook without our marks; one that has none as it is. Raises JuesuanError if it cannot be patched."""
    if not is_marked(package):
        return package.data
    record = recorded_marks(package)
    if record and record.untouched(package):
        return rewritten(package, record.before)
    patch = patch_of(package)
    _clear_styles(patch, record)
    for sheet, part in package.sheet_parts.items():
        if package.has(part) and sheet != NAME:
            _clear_faded(patch, sheet, part, record)
            _clear_notes(patch, part)
    _clear_sheet(patch)
    drop_custom_part(patch, NAMESPACE)
    return patch.result() if patch.parts else package.data


def is_marked(package: Package) -> bool:
    """Whether it carries our marks; a program may have dropped their record, but not their words."""
    return recorded_marks(package) is not None or any(
        note.marks
        for name, content in package.entries.items()
        if "comments" in name and name.endswith(".xml") and content
        for note in notes_in(package.read(name))
    )


def _clear_styles(patch: Patch, record: Record | None) -> None:
    """Every fill and border of ours is again the one it replaced, for all cells that have it."""
    fills, borders = (record.fills, record.borders) if record else ((), ())

    def before(replaced: Sequence[bytes], none: bytes) -> Callable[[re.Match[bytes]], bytes]:
        def put_back(match: re.Match[bytes]) -> bytes:
            number = int(match[2], 16)
            element = replaced[number] if number < len(replaced) else none
            return re.sub(rb"<(/?)(?=\w)", rb"<\1" + match[1], bare(element))

        return put_back

    xml = _OURS.sub(before(fills, _NO_FILL), patch.read(STYLES))
    patch.write(STYLES, _OUR_BORDER.sub(before(borders, NO_BORDER), xml))


def _clear_faded(patch: Patch, sheet: str, part: str, record: Record | None) -> None:
    """Where a program dropped the hidden colour, as LibreOffice does, our notes still tell which cells we painted."""
    comments = _comments(patch, part)
    if comments is None:
        return
    styles = Styles(patch.read(STYLES))
    fills, cells = (record.fills, record.cells) if record else ((), {})

    def restyle_to(number: int) -> Restyle:
        before = fills[number] if number < len(fills) else _NO_FILL
        return lambda style: (
            styles.restyled(style, styles.fill(bare(before))) if _PAINTED.search(styles.fill_of(style)) else style
        )

    places = [note.place for note in notes_in(patch.read(comments.target)) if note.marks]
    numbers = {place: cells.get((sheet, Place("", *place).address), len(fills)) for place in places}
    changes = {place: Change(restyle_to(number)) for place, number in numbers.items()}
    patch.write(part, change_cells(patch.read(part), changes))
    patch.write(STYLES, styles.xml)


def _comments(patch: Patch, part: str) -> Relationship | None:
    return next((item for item in patch.related(part) if item.kind == "comments"), None)


def _clear_notes(patch: Patch, part: str) -> None:
    related = patch.related(part)
    comments = _comments(patch, part)
    if comments is None:
        return
    notes = without_notes(patch.read(comments.target))
    patch.write(comments.target, notes.xml)
    if not notes_in(notes.xml):
        patch.unrelate(part, comments)
        patch.drop(comments.target)
    identity = legacy_drawing(patch.read(part))
    drawing = next((item for item in related if item.id == identity), None)
    if drawing is None or not notes.places:
        return
    vml = without_boxes(patch.read(drawing.target), notes.places)
    patch.write(drawing.target, vml)
    if not has_shapes(vml):
        patch.unrelate(part, drawing)
        patch.drop(drawing.target)
        patch.write(part, without_legacy_drawing(patch.read(part)))


def _clear_sheet(patch: Patch) -> None:
    workbook = patch.read(WORKBOOK)
    ours = next((sheet for sheet in listed_sheets(workbook) if sheet.name == NAME), None)
    if ours is None:
        return
    for relationship in patch.related(WORKBOOK):
        if relationship.id == ours.relationship:
            for item in patch.related(relationship.target):
                patch.drop(item.target)
            patch.unrelate(WORKBOOK, relationship)
            patch.drop(relationship.target)
    patch.write(WORKBOOK, without_sheet(workbook, NAME))
