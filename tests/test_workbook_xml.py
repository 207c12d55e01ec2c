"""The list of worksheets, as different writers declare its namespaces."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from juesuan.errors import JuesuanError
from juesuan.ooxml.workbook_xml import listed_sheets, sheets_naming, with_sheet_first, without_sheet

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


@pytest.mark.parametrize("spoilt", [(b'sheetId="1"', b'sheetId=""'), (b'localSheetId="0"', b'localSheetId="x"')])
def test_numbers_of_sheets_that_are_none_are_refused_in_one_sentence(spoilt: tuple[bytes, bytes]) -> None:
    xml = (
        b'<workbook><sheets><sheet name="a" sheetId="1" r:id="r"/></sheets>'
        b'<definedNames><definedName name="_ours" localSheetId="0">a!A1</definedName></definedNames></workbook>'
    )
    assert sheets_naming(xml, "_ours") == ["a"]
    with pytest.raises(JuesuanError, match="写法特殊"):
        sheets_naming(xml.replace(*spoilt), "_ours")
