"""A workbook with twenty kinds of content that a careless tool loses: the published sample, and parts put around it.

What the parts hold is in ``data/rich``, laid out as in the package; what existing parts get is written here and
in `rich_sheets`. The same call always gives the same bytes.

Not as Excel or WPS would write it: the container for macros holds no code, so that what the buttons call is
nowhere; the themes of both dialects state percentages as numbers.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import rich_binaries
from rich_sheets import dressed
from rich_spelling import Parts, prefixed_parts, replaced, shared_string_parts, strict_parts

TESTS = Path(__file__).parent
SAMPLE = TESTS.parent / "samples" / "焦作2024.xlsx"
ADDED = TESTS / "data" / "rich"

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONS = "_rels/.rels"
WORKBOOK = "xl/workbook.xml"
WORKBOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
THEME = "xl/theme/theme1.xml"

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DEFAULT_TYPES = {"vml": "application/vnd.openxmlformats-officedocument.vmlDrawing", "png": "image/png"}
_TYPES = {
    "customXml/itemProps1.xml": "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    "xl/cellimages.xml": "application/vnd.wps-officedocument.cellimage+xml",
    "xl/charts/chart1.xml": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
    "xl/comments1.xml": f"{_SPREADSHEET}.comments+xml",
    "xl/ctrlProps/ctrlProp1.xml": "application/vnd.ms-excel.controlproperties+xml",
    "xl/ctrlProps/ctrlProp2.xml": "application/vnd.ms-excel.controlproperties+xml",
    "xl/drawings/drawing1.xml": "application/vnd.openxmlformats-officedocument.drawing+xml",
    "xl/printerSettings/printerSettings1.bin": f"{_SPREADSHEET}.printerSettings",
    "xl/sharedStrings.xml": f"{_SPREADSHEET}.sharedStrings+xml",
    "xl/vbaProject.bin": "application/vnd.ms-office.vbaProject",
    "xl/worksheets/sheet10.xml": f"{_SPREADSHEET}.worksheet+xml",
}
_MACRO_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"

_FROM_ROOT = {
    "docProps/custom.xml": f"{_OFFICE}/custom-properties",
    "customUI/customUI14.xml": "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
}
_FROM_WORKBOOK = {
    "worksheets/sheet10.xml": f"{_OFFICE}/worksheet",
    "../customXml/item1.xml": f"{_OFFICE}/customXml",
    "cellimages.xml": "http://www.wps.cn/officeDocument/2020/cellImage",
    "sharedStrings.xml": f"{_OFFICE}/sharedStrings",
    "vbaProject.bin": "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
}

_NAMES = (
    """<definedName name="_xlnm._FilterDatabase" localSheetId="1" hidden="1">'公开02表'!$A$6:$I$25</definedName>""",
    """<definedName name="支出合计">'公开03表'!$C$7</definedName>""",
)


def rich_book(
    macros: bool = False,
    *,
    locked: bool = False,
    shared_strings: bool = False,
    prefixed: bool = False,
    strict: bool = False,
) -> bytes:
    """The workbook, an .xlsm with `macros`. `locked`: with its structure protected.

    The others spell the same content another way: strings of all sheets in one part, every element of the
    worksheets, styles and workbook with a prefix, the namespaces of ISO 29500 Strict.
    """
    parts = _sample() | _additions() | rich_binaries.parts(macros)
    parts |= dressed(parts)
    if shared_strings:
        parts |= shared_string_parts(parts)
    parts[WORKBOOK] = _workbook(parts[WORKBOOK], locked)
    parts[THEME] = _theme(parts[THEME])
    _wire(parts, macros)
    if prefixed:
        parts |= prefixed_parts(parts)
    if strict:
        parts |= strict_parts(parts)
    return packed(parts)


def packed(parts: Parts) -> bytes:
    """The parts as a zip that has no date."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda part: (part != CONTENT_TYPES, part)):
            archive.writestr(zipfile.ZipInfo(name), parts[name], zipfile.ZIP_DEFLATED)
    return data.getvalue()


def unpacked(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def ill_formed(data: bytes) -> list[str]:
    """The parts that no XML parser reads: of one such part a program drops all notes, or the whole workbook."""
    broken = []
    for name, content in unpacked(data).items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                ElementTree.fromstring(content)
            except ElementTree.ParseError as error:
                broken.append(f"{name}: {error}")
    return broken


def _sample() -> Parts:
    return unpacked(SAMPLE.read_bytes())


def _additions() -> Parts:
    return {path.relative_to(ADDED).as_posix(): path.read_bytes() for path in ADDED.rglob("*") if path.is_file()}


def _workbook(xml: bytes, locked: bool) -> bytes:
    """With a hidden worksheet at the end, the third one open, and further names."""
    xml = replaced(xml, 'activeTab="0"', 'activeTab="2"')
    xml = replaced(xml, "</sheets>", '<sheet name="底稿" sheetId="10" state="hidden" r:id="rId12"/></sheets>')
    xml = replaced(xml, "</definedNames>", f"{''.join(_NAMES)}</definedNames>")
    return replaced(xml, "<workbookProtection />", '<workbookProtection lockStructure="1"/>' if locked else "")


def _theme(xml: bytes) -> bytes:
    """Not the theme that every tool has at hand."""
    xml = replaced(xml, 'name="Office Theme"', 'name="决算公开"')
    return replaced(xml, '<a:srgbClr val="4F81BD"/>', '<a:srgbClr val="9E1B32"/>')


def _wire(parts: Parts, macros: bool) -> None:
    """State the types of the parts that came in, and what leads to them."""
    types = [f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in _DEFAULT_TYPES.items()]
    types += [f'<Override PartName="/{part}" ContentType="{_TYPES[part]}"/>' for part in _TYPES if part in parts]
    parts[CONTENT_TYPES] = replaced(parts[CONTENT_TYPES], "</Types>", f"{''.join(types)}</Types>")
    if macros:
        parts[CONTENT_TYPES] = replaced(parts[CONTENT_TYPES], f"{_SPREADSHEET}.sheet.main+xml", _MACRO_WORKBOOK)
    parts[ROOT_RELATIONS] = _related(parts[ROOT_RELATIONS], _FROM_ROOT, first=4)
    present = {to: kind for to, kind in _FROM_WORKBOOK.items() if to.startswith("../") or f"xl/{to}" in parts}
    parts[WORKBOOK_RELATIONS] = _related(parts[WORKBOOK_RELATIONS], present, first=12)


def _related(xml: bytes, relations: dict[str, str], first: int) -> bytes:
    lines = [
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(relations.items(), first)
    ]
    return replaced(xml, "</Relationships>", f"{''.join(lines)}</Relationships>")
