"""juesuan.xlam: an add-in with the ribbon and the macros, built from text alone."""

from __future__ import annotations

from juesuan.addin.sources import PROJECT, RIBBON, macros, read, ribbon_2007
from juesuan.ooxml.new_package import new_package
from juesuan.vba.project import Module, project

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MICROSOFT = "http://schemas.microsoft.com/office"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = f"""{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/></Types>"""
_WORKBOOK = f"""{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">\
<workbookPr codeName="ThisWorkbook"/>\
<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="16000" windowHeight="9000"/></bookViews>\
<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"""
_SHEET = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr codeName="Sheet1"/><sheetData/></worksheet>'
_STYLES = f"""{_HEAD}<styleSheet xmlns="{_MAIN}">\
<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
_ROOT_RELATIONS = (
    (f"{_OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
    (f"{_MICROSOFT}/2007/relationships/ui/extensibility", "customUI/customUI14.xml"),
    (f"{_MICROSOFT}/2006/relationships/ui/extensibility", "customUI/customUI.xml"),
)
_BOOK_RELATIONS = (
    (f"{_OFFICE}/relationships/worksheet", "worksheets/sheet1.xml"),
    (f"{_OFFICE}/relationships/styles", "styles.xml"),
    (f"{_MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin"),
)


def add_in() -> bytes:
    """The add-in; the same sources always give the same bytes."""
    modules = [Module("ThisWorkbook", kind="workbook"), Module("Sheet1", kind="sheet"), *macros(ribbon=True)]
    return new_package(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _relations(_ROOT_RELATIONS),
            "customUI/customUI14.xml": read(RIBBON).encode(),
            "customUI/customUI.xml": ribbon_2007().encode(),
            "xl/workbook.xml": _WORKBOOK.encode(),
            "xl/_rels/workbook.xml.rels": _relations(_BOOK_RELATIONS),
            "xl/worksheets/sheet1.xml": _SHEET.encode(),
            "xl/styles.xml": _STYLES.encode(),
            "xl/vbaProject.bin": project(PROJECT, modules),
        }
    )


def _relations(targets: tuple[tuple[str, str], ...]) -> bytes:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{entries}</Relationships>'.encode()
