"""The template as a macro-enabled workbook: the same workbook, with the macros and a column of buttons on its cover."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl import Workbook

from juesuan.addin.sources import PROJECT, declared_buttons, macros, starter
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import CONTENT_TYPES, WORKBOOK, patch_of, sheet_part
from juesuan.ooxml.saving import workbook_bytes
from juesuan.ooxml.worksheet_tail import with_legacy_drawing
from juesuan.ooxml.xml_text import attribute, escaped
from juesuan.vba.project import Module, project

_PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_VBA = "application/vnd.ms-office.vbaProject"
_VBA_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_COLUMNS = (4, 6)
"""The buttons stand in columns E and F, beside what is printed."""

_ROWS = (3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15)
"""The zero-based rows they stand in: those of the cover that are high enough."""

_HEIGHT = 24
"""Of a button, in pixels: as high as the lowest of these rows, though some are higher."""

_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
    '<o:lock v:ext="edit" shapetype="t"/></v:shapetype>{shapes}</xml>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t201" o:button="t" alt={tip} '
    'style="position:absolute;width:96pt;height:18pt;z-index:{order};mso-wrap-style:tight" '
    'fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto">'
    '<v:fill color2="buttonFace [67]" o:detectmouseclick="t"/><o:lock v:ext="edit" rotation="t"/>'
    '<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
    '<font face="宋体" size="220" color="#000000">{label}</font></div></v:textbox>'
    '<x:ClientData ObjectType="Button"><x:Anchor>{anchor}</x:Anchor><x:PrintObject>False</x:PrintObject>'
    "<x:AutoFill>False</x:AutoFill><x:FmlaMacro>[0]!{macro}</x:FmlaMacro>"
    "<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape>"
)


def macro_book_bytes(file: Workbook) -> bytes:
    """`file`, made by `build_template`, as an .xlsm with buttons on its first sheet; it is given code names."""
    file.code_name = "ThisWorkbook"
    modules = [Module("ThisWorkbook", kind="workbook")]
    for number, sheet in enumerate(file.worksheets, 1):
        sheet.sheet_properties.codeName = f"Sheet{number}"
        modules.append(Module(f"Sheet{number}", kind="sheet"))
    package = Package(workbook_bytes(file), "模板.xlsm")
    patch = patch_of(package)
    patch.write(CONTENT_TYPES, patch.read(CONTENT_TYPES).replace(_PLAIN, _MACROS))
    patch.add("xl/vbaProject.bin", project(PROJECT, [*modules, *macros(ribbon=False)]), _VBA)
    patch.relate(WORKBOOK, "xl/vbaProject.bin", _VBA_RELATION)
    cover = sheet_part(package, file.worksheets[0].title)
    drawing = patch.free("xl/drawings/vmlDrawing{}.vml")
    patch.add_default("vml", _VML)
    patch.write(drawing, _DRAWING.format(shapes="".join(_shapes())).encode())
    patch.write(cover, with_legacy_drawing(patch.read(cover), patch.relate(cover, drawing, "vmlDrawing")))
    return patch.result()


def _shapes() -> Iterator[str]:
    left, right = _COLUMNS
    for order, (button, row) in enumerate(zip(declared_buttons(), _ROWS, strict=False), 1):
        yield _SHAPE.format(
            number=1024 + order,
            order=order,
            tip=attribute(button.tip),
            label=escaped(button.label),
            anchor=f"{left}, 10, {row}, 1, {right}, 0, {row}, {_HEIGHT}",
            macro=starter(button.action),
        )
