"""The list of worksheets, as different writers declare its namespaces."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from juesuan.ooxml.workbook_xml import listed_sheets, with_sheet_first, without_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize("on_root", [True, False], ids=["Excel", "lxml"])
def test_a_sheet_put_first_is_well_formed_wherever_the_prefix_is_declared(on_root: bool) -> None:
    root, sheet = (f' xmlns:r="{RELATIONS}"', "") if on_root else ("", f' xmlns:r="{RELATIONS}"')
    xml = (
        f'<workbook xmlns="{MAIN}"{root}><sheets><sheet{sheet} name="甲" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    added = with_sheet_first(xml.encode(), "核对结果", "rId9", {})
    (sheets,) = ElementTree.fromstring(added).iter(f"{{{MAIN}}}sheets")
    assert [(item.get("name"), item.get(f"{{{RELATIONS}}}id")) for item in sheets] == [
        ("核对结果", "rId9"),
        ("甲", "rId1"),
    ]
    assert [item.relationship for item in listed_sheets(added)] == ["rId9", "rId1"]
    assert listed_sheets(without_sheet(added, "核对结果")) == listed_sheets(xml.encode())
