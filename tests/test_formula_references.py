"""References in formulas: what they name, and how they read where the row has moved or the formula is copied."""

from __future__ import annotations

import re

import pytest

from juesuan.ooxml.references import Lines, copied, lines_of, moved
from juesuan.ooxml.row_xml import SheetRows

SUM = 'IF($A9="","",ROUND(SUM(SUMPRODUCT((LEFT(INDEX($A:$A,ROW()+1):$A$61,3)=$A9&"")*1,INDEX(D:D,ROW()+1):D$61)),2))'


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        ("D9+$E$10", [("", 9, 9), ("", 10, 10)]),
        ("SUM(D12:D9)*2", [("", 9, 12)]),
        ("A:A&$4:$6", [("", 4, 6)]),
        ("'公开03表'!D9-公开03表!$D$7:$D$61", [("公开03表", 9, 9), ("公开03表", 7, 61)]),
        ("'it''s'!B2", [("it's", 2, 2)]),
        ("'[1]公开03表'!B2+[1]公开03表!B3", [("[1]公开03表", 2, 2), ("[1]公开03表", 3, 3)]),
        ('"D9"&"A1 ""B2"""', []),
        ("LOG10(2)+ATAN2(A1,B2)+_xlfn.D9(1)+名称D9+TAX_1+1E5", [("", 1, 1), ("", 2, 2)]),
        (SUM, [("", 9, 9), ("", 61, 61), ("", 9, 9), ("", 61, 61)]),
    ],
)
def test_the_rows_a_formula_names(formula: str, lines: list[tuple[str, int, int]]) -> None:
    assert list(lines_of(formula)) == [Lines(*line) for line in lines]


def test_a_moved_row_speaks_of_itself_where_it_now_stands() -> None:
    assert moved(SUM, "公开03表", 9, 12) == SUM.replace("A9", "A12")
    assert moved("$D$9+公开03表!D9+公开02表!D9+D10", "公开03表", 9, 12) == "$D$12+公开03表!D12+公开02表!D9+D10"
    assert moved("D9/SUM(D9:D68)+SUM(D9:$F$9)", "公开03表", 9, 12) == "D12/SUM(D9:D68)+SUM(D12:$F$12)"
    assert moved('"D9"&D9', "公开03表", 9, 12) == '"D9"&D12'


def test_a_copied_formula_speaks_of_what_is_as_far_away() -> None:
    assert copied(SUM, 3, 0) == SUM.replace("A9", "A12")
    assert copied("SUM(D9:$E$10)+Z1+公开02表!D9+$4:6", 1, 1) == "SUM(E10:$E$10)+AA2+公开02表!E10+$4:7"
    assert copied("SUM(C9:C9)+D:D+$D:D", -2, -1) == "SUM(B7:B7)+C:C+$D:C"


def sheet(*rows: str) -> bytes:
    return f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


def row(line: int, *cells: str) -> str:
    return f'<row r="{line}" spans="1:4" ht="17">{"".join(cells)}</row>'


def cell(address: str, formula: str, attributes: str = "") -> str:
    text = f">{formula}</f>" if formula else "/>"
    return f'<c r="{address}" s="2"><f{attributes}{text}<v>1</v></c>'


def texts(rows: SheetRows) -> dict[tuple[int, int], str]:
    return {(line, column): formula for line, column, formula in rows.formulas()}


@pytest.mark.parametrize("backwards", [False, True])
def test_shared_formulas_move_as_if_each_cell_had_its_own(backwards: bool) -> None:
    """The cell that has the formula is first in Excel; it may move, and others of the group may stay."""
    shared = ' t="shared" si="3"'
    lines = [
        row(
            8,
            cell("C8", "IF($A8&lt;&gt;&quot;&quot;,D8+$D$11,0)", f'{shared} ref="C8:D10" ca="1"'),
            cell("D8", "", shared),
        ),
        row(9, cell("C9", "", shared), cell("D9", "", shared)),
        row(10, cell("C10", "", shared)),
    ]
    rows = SheetRows(sheet(*reversed(lines) if backwards else lines), "表")
    assert texts(rows) == {
        (8, 2): 'IF($A8<>"",D8+$D$11,0)',
        (8, 3): 'IF($A8<>"",E8+$D$11,0)',
        (9, 2): 'IF($A9<>"",D9+$D$11,0)',
        (9, 3): 'IF($A9<>"",E9+$D$11,0)',
        (10, 2): 'IF($A10<>"",D10+$D$11,0)',
    }
    assert b"shared" not in rows.xml
    assert b'<f ca="1">' in rows.xml
    rows.insert({8: [("201", "一般&公共")]}, stop=11, model=10)
    assert texts(rows) == {
        (8, 2): 'IF($A8<>"",D8+$D$11,0)',
        (9, 2): 'IF($A9<>"",D9+$D$11,0)',
        (9, 3): 'IF($A9<>"",E9+$D$11,0)',
        (10, 2): 'IF($A10<>"",D10+$D$11,0)',
        (10, 3): 'IF($A10<>"",E10+$D$11,0)',
    }
    assert re.findall(rb' r="(\w+)"', rows.xml) == b"8 A8 B8 C8 9 C9 D9 10 C10 D10".split()
    assert "<t>一般&amp;公共</t>".encode() in rows.xml


def test_a_prefix_and_single_quotation_marks_are_read_and_kept() -> None:
    xml = sheet(row(8, "<c r='A8' t='n'><v>1</v></c>"), row(9, cell("A9", ""), cell("C9", "D9*2")), "<row r='10'/>")
    prefixed = re.sub(rb"<(/?)", rb"<\1x:", xml).replace(b'r="8"', b"r='8'")
    rows = SheetRows(prefixed, "表")
    assert rows.complete(8, 9)
    assert rows.complete(10, 9)
    assert not rows.complete(10, 9)
    rows.insert({8: [("201", "")]}, stop=10, model=9)
    assert texts(rows) == {(8, 2): "D8*2", (9, 2): "D9*2", (10, 0): "", (10, 2): "D10*2"}
    assert re.findall(rb"<(\w+)", rows.xml) == [b"x"] * len(re.findall(rb"<\w+", rows.xml))
    assert re.search(rb"<x:row r='9'[^>]*><x:c r='A9' t='n'><x:v>1</x:v></x:c><x:c", rows.xml)
