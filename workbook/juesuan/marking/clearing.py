"""Take our marks off a workbook: exactly as it was if nothing was changed since, else our marks and nothing else."""

from __future__ import annotations

import re

from juesuan.marking.live_marks import take_off_live_marks
from juesuan.marking.marks_part import NAMESPACE, recorded_marks
from juesuan.marking.paint import is_painted, unpainted
from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.calculation import forget_formulas
from juesuan.ooxml.custom_part import drop_custom_part
from juesuan.ooxml.note_boxes import has_shapes, without_boxes
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import STYLES, WORKBOOK, Patch, patch_of
from juesuan.ooxml.workbook_xml import listed_sheets, without_sheet
from juesuan.ooxml.worksheet_tail import legacy_drawing, without_legacy_drawing
from juesuan.reading.explanations import unwritten_sheets
from juesuan.reading.notes import notes_in, without_notes
from juesuan.reading.own_sheet import own_sheets

_ANY_NOTE = re.compile(rb"<(?:[\w.-]+:)?comment[\s/>]")
"""Also one that names no cell."""


def cleared(package: Package) -> bytes:
    """The workbook without our marks; one that has none as it is. Raises JuesuanError if it cannot be patched."""
    if not is_marked(package):
        return package.data
    record = recorded_marks(package)
    if record and record.untouched(package):
        return rewritten(package, record.before)
    patch = patch_of(package)
    patch.write(STYLES, unpainted(patch.read(STYLES)))
    own = own_sheets(package)
    for sheet, part in package.sheet_parts.items():
        if package.has(part) and sheet not in own:
            _clear_notes(patch, part)
    for sheet in own:
        take_off_live_marks(patch, sheet)
        drop_sheet(patch, sheet)
    for sheet in unwritten_sheets(package):
        drop_sheet(patch, sheet)
    drop_custom_part(patch, NAMESPACE)
    return patch.result() if patch.parts else package.data


def is_marked(package: Package) -> bool:
    """Whether it carries our marks; each of them tells of itself, for a program may have dropped their record."""
    return (
        recorded_marks(package) is not None
        or bool(own_sheets(package))
        or (package.has(STYLES) and is_painted(package.read(STYLES)))
        or any(
            note.marks
            for name in package.entries
            if "comments" in name.lower() and name.lower().endswith(".xml")
            for note in notes_in(package.read(name))
        )
    )


def was_changed(package: Package) -> bool:
    """Whether it carries our marks and somebody has worked in it since they were made."""
    record = recorded_marks(package)
    return not record.untouched(package) if record else is_marked(package)


def _clear_notes(patch: Patch, part: str) -> None:
    related = patch.related(part)
    comments = next((item for item in related if item.kind == "comments"), None)
    if comments is None:
        return
    notes = without_notes(patch.read(comments.target))
    patch.write(comments.target, notes.xml)
    if notes.texts and not _ANY_NOTE.search(notes.xml):
        patch.unrelate(part, comments)
        patch.drop(comments.target)
    identity = legacy_drawing(patch.read(part))
    drawing = next((item for item in related if item.id == identity), None)
    if drawing is None or not notes.texts:
        return
    vml = without_boxes(patch.read(drawing.target), set(notes.texts))
    patch.write(drawing.target, vml)
    if not has_shapes(vml):
        patch.unrelate(part, drawing)
        patch.drop(drawing.target)
        patch.write(part, without_legacy_drawing(patch.read(part)))


def drop_sheet(patch: Patch, name: str) -> None:
    """Take a worksheet out of the workbook, with what belongs to it alone."""
    workbook = patch.read(WORKBOOK)
    identity = next(sheet.relationship for sheet in listed_sheets(workbook) if sheet.name == name)
    for relationship in patch.related(WORKBOOK):
        if relationship.id == identity:
            forget_formulas(patch, relationship.target)
            belonging = {item.target for item in patch.related(relationship.target)}
            patch.unrelate(WORKBOOK, relationship)
            patch.drop(relationship.target)
            for part in belonging - _in_use(patch):
                patch.drop(part)
    patch.write(WORKBOOK, without_sheet(workbook, name))


def _in_use(patch: Patch) -> set[str]:
    """The parts that a worksheet has: several may share one, such as the settings of a printer."""
    sheets = (part for part in patch.package.sheet_parts.values() if patch.has(part))
    return {item.target for part in sheets for item in patch.related(part)}
