"""What the worksheets of the sample get in the rich workbook: elements in their places, formulas, other cells."""

from __future__ import annotations

import re

from rich_spelling import Parts, replaced

_NAMESPACES = (
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
)

# The children of a worksheet that are used here or stand in the sample behind them, as the schema orders them.
_ORDER = (
    "sheetData",
    "sheetProtection",
    "autoFilter",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "mc:AlternateContent",
    "extLst",
)

_PROTECTION = (
    '<sheetProtection algorithmName="SHA-512" hashValue="FkVzE+/Ap70WHN5gKiINRZM7tOaPcbkSfy8MIGDwykmB/9IDiDasZrkabKIQWi'
    'B190bBkZng4FPVX5FB1b4X4A==" saltValue="anVlc3Vhbi0yMDI0LXJpYw==" spinCount="100000" sheet="1" objects="1" '
    'scenarios="1"/>'
)
"""With the password 2024."""

_BAR = "{7C1A4D52-90AB-4E6F-8F10-3B2C5D7E9A01}"
_DATA_BAR = (
    '<conditionalFormatting sqref="D8:D25"><cfRule type="dataBar" priority="1"><dataBar><cfvo type="min"/>'
    '<cfvo type="max"/><color rgb="FF638EC6"/></dataBar><extLst><ext uri="{B025F937-C7B1-47D3-B67F-A62EFF666E3E}">'
    f"<x14:id>{_BAR}</x14:id></ext></extLst></cfRule></conditionalFormatting>"
)
_ICONS = (
    '<conditionalFormatting sqref="E8:E22"><cfRule type="iconSet" priority="1"><iconSet iconSet="3TrafficLights1">'
    '<cfvo type="percent" val="0"/><cfvo type="percent" val="33"/><cfvo type="percent" val="67"/></iconSet></cfRule>'
    "</conditionalFormatting>"
)
_VALIDATIONS = (
    '<dataValidations count="2"><dataValidation type="decimal" operator="greaterThanOrEqual" allowBlank="1" '
    'showErrorMessage="1" errorTitle="金额" error="不得为负数" sqref="C7:H25"><formula1>0</formula1></dataValidation>'
    '<dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" sqref="F3">'
    '<formula1>"单位：元,单位：万元"</formula1></dataValidation></dataValidations>'
)
_EXTENSIONS = (
    '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings><x14:conditionalFormatting>'
    f'<x14:cfRule type="dataBar" id="{_BAR}"><x14:dataBar minLength="0" maxLength="100" border="1" '
    'negativeBarBorderColorSameAsPositive="0"><x14:cfvo type="autoMin"/><x14:cfvo type="autoMax"/>'
    '<x14:borderColor rgb="FF638EC6"/><x14:negativeFillColor rgb="FFFF0000"/><x14:negativeBorderColor rgb="FFFF0000"/>'
    '<x14:axisColor rgb="FF000000"/></x14:dataBar></x14:cfRule><xm:sqref>D8:D25</xm:sqref></x14:conditionalFormatting>'
    "</x14:conditionalFormattings></ext>"
    '<ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><x14:sparklineGroups><x14:sparklineGroup type="column" '
    'displayEmptyCellsAs="gap"><x14:colorSeries rgb="FF376092"/><x14:sparklines><x14:sparkline>'
    "<xm:f>公开03表!D8:H8</xm:f><xm:sqref>J8</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
    "</x14:sparklineGroups></ext></extLst>"
)


def _button(shape: int, relation: str, name: str, macro: str, columns: tuple[int, int]) -> str:
    """A button over the first row, as Excel writes it."""
    start, end = (
        f"<xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
        for row, column in enumerate(columns)
    )
    choice = '<mc:AlternateContent><mc:Choice Requires="x14">', "</mc:Choice></mc:AlternateContent>"
    control = (
        f'<control shapeId="{shape}" r:id="{relation}" name="{name}"><controlPr defaultSize="0" print="0" autoFill="0" '
        f'autoPict="0" macro="[0]!{macro}"><anchor><from>{start}</from><to>{end}</to></anchor></controlPr></control>'
    )
    return f"{choice[0]}<controls>{control.join(choice)}</controls>{choice[1]}"


_ELEMENTS = {
    "xl/worksheets/sheet2.xml": (
        '<autoFilter ref="A6:I25"/>',
        '<hyperlinks><hyperlink ref="A26" r:id="rId1" tooltip="上年公开页"/></hyperlinks>',
    ),
    "xl/worksheets/sheet3.xml": (
        _PROTECTION,
        _DATA_BAR,
        _VALIDATIONS,
        '<drawing r:id="rId2"/>',
        '<legacyDrawing r:id="rId3"/>',
        '<legacyDrawingHF r:id="rId4"/>',
        _button(1027, "rId5", "按钮 3", "核对本表", (9, 11)),
        _EXTENSIONS,
    ),
    "xl/worksheets/sheet5.xml": (
        _ICONS,
        '<legacyDrawing r:id="rId1"/>',
        _button(3073, "rId2", "按钮 1", "返回目录", (6, 8)),
    ),
}

_RICH_NOTE = (
    '<r><rPr><b/><sz val="10"/><color rgb="FFFF0000"/><rFont val="黑体"/></rPr><t>注：</t></r>'
    '<r><rPr><sz val="10"/><rFont val="宋体"/></rPr><t>本表反映部门本年度各项支出情况。'
)
_STAMP = '"ID_4F3C2B1A09E84D7C8B6A5F4E3D2C1B0A",1'.replace('"', "&quot;")
_STAMPED = f'<c r="G9" t="str"><f>_xlfn.DISPIMG({_STAMP})</f><v>=DISPIMG({_STAMP})</v></c>'

# Formulas before the values that the sample has: one of a name, plain ones, and one that two cells share.
_FORMULAS = {
    "xl/worksheets/sheet1.xml": {"F33": "<f>支出合计</f>"},
    "xl/worksheets/sheet3.xml": {
        "C8": "<f>SUM(D8:H8)</f>",
        "C13": '<f t="shared" ref="C13:C14" si="0">SUM(D13:H13)</f>',
        "C14": '<f t="shared" si="0"/>',
    },
}

_CHANGES = {
    "xl/worksheets/sheet3.xml": (
        ("<is><t>注：本表反映部门本年度各项支出情况。", f"<is>{_RICH_NOTE}"),
        ("因四舍五入可能存在尾差。</t></is>", "因四舍五入可能存在尾差。</t></r></is>"),
        ("<oddHeader />", "<oddHeader>&amp;L&amp;G</oddHeader>"),
        ("<pageSetup ", '<pageSetup r:id="rId1" '),
        ("<sheetView ", '<sheetView tabSelected="1" '),
    ),
    "xl/worksheets/sheet5.xml": (
        ('<dimension ref="A1:E23" />', '<dimension ref="A1:G23" />'),
        ('</row><row r="10" ', f'{_STAMPED}</row><row r="10" '),
    ),
}


def dressed(parts: Parts) -> Parts:
    """The worksheets that get something, with it."""
    names = sorted(_ELEMENTS.keys() | _FORMULAS.keys() | _CHANGES.keys())
    return {name: _dressed(name, parts[name]) for name in names}


def _dressed(part: str, xml: bytes) -> bytes:
    for old, new in _CHANGES.get(part, ()):
        xml = replaced(xml, old, new)
    for address, formula in _FORMULAS.get(part, {}).items():
        xml = _computed(xml, address, formula)
    # Backwards, so that what an element holds is never taken for one that comes later.
    for element in reversed(_ELEMENTS.get(part, ())):
        xml = _placed(xml, element)
    return replaced(xml, "<worksheet ", f"<worksheet {_NAMESPACES} ")


def _computed(xml: bytes, address: str, formula: str) -> bytes:
    fresh, count = re.subn(rf'(<c r="{address}"[^>]*>)(?=<v>)'.encode(), rb"\1" + formula.encode(), xml)
    assert count == 1, address
    return fresh


def _placed(xml: bytes, element: str) -> bytes:
    """With the element where the schema wants it: before the first that comes later, or at the end."""
    name = element[1:].replace(">", " ").split()[0]
    later = (xml.find(f"<{other}".encode()) for other in _ORDER[_ORDER.index(name) + 1 :])
    place = next((place for place in later if place >= 0), xml.rindex(b"</worksheet>"))
    return xml[:place] + element.encode() + xml[place:]
