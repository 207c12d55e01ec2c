"""Marks and what they replaced, after other programs have saved the marked workbook: what is the user's comes back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Side

from honest import CATALOGUE, read
from juesuan.check import check
from juesuan.locate.judgement import Joint
from juesuan.marking.marking import marked as with_marks
from juesuan.marking.paint import is_painted
from juesuan.marks import CULPRIT, LINES, marks_of
from juesuan.ooxml.package import Package
from juesuan.reading.files import open_workbook
from juesuan.together import Together
from rich_book import ill_formed, packed, unpacked
from test_marking import RESULT, cleared, findings, marked, new_errors, parts, run, wrong
from tools import work_on_rows

FILLS = {("公开03表", "D9"): "FFFF00", ("公开03表", "C10"): "92D050", ("公开05表", "C7"): "FFC7CE"}
"""The user's own colours on cells that are marked, one of them a colour of ours."""

Look = dict[tuple[str, str], tuple[str | None, str | None, str | None]]


def furnished(folder: Path) -> Path:
    """A workbook whose user has coloured, framed and annotated cells, some of which get marks."""
    path = wrong(folder)
    book = openpyxl.load_workbook(path)
    line = Side("double", color="FF0000FF")
    frame = Border(left=line, right=line, top=line, bottom=line)
    for (sheet, address), colour in FILLS.items():
        book[sheet][address].fill = PatternFill("solid", fgColor=f"FF{colour}")
        book[sheet][address].border = frame
    book["公开03表"]["D9"].comment = Comment("请核对", "王会计")
    book["公开03表"]["H20"].comment = Comment("凭证已附", "王会计")
    book.save(path)
    return path


def look(path: Path, without: str = "") -> Look:
    """Colour, left border and note of every cell that has a colour or a note."""
    seen: Look = {}
    for sheet in openpyxl.load_workbook(path).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if sheet.title != without):
            colour = str(cell.fill.fgColor.rgb)[2:] if cell.fill.patternType == "solid" else None
            if colour or cell.comment:
                border = cell.border.left.style if cell.border and cell.border.left else None
                seen[sheet.title, cell.coordinate] = colour, border, cell.comment.text if cell.comment else None
    return seen


def saved_by_openpyxl(path: Path) -> Path:
    result = path.with_name("存过.xlsx")
    book = openpyxl.load_workbook(path)
    book["公开01表"]["A60"] = "改过"
    book.save(result)
    return result


def worked_on(path: Path, *steps: list[Any]) -> Path:
    """The workbook after these steps in LibreOffice, which saves it."""
    result = path.with_name("存过.xlsx")
    work_on_rows([{"book": str(path), "result": str(result), "steps": list(steps)}], path.parent)
    return result


def boxes(path: Path) -> int:
    return sum(
        len(re.findall(rb"ObjectType=.Note", text))
        for name, text in parts(path).items()
        if "vml" in name or "Drawing" in name
    )


def test_what_openpyxl_has_saved_gets_the_users_fills_borders_and_notes_back(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    done = cleared(saved_by_openpyxl(marked(path)))
    assert look(done) == look(path)
    assert boxes(done) == boxes(path) == 2


def test_a_note_that_openpyxl_has_saved_keeps_its_box_beside_ours(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    done = marked(path)
    assert boxes(done) == sum(note is not None for _, _, note in look(done).values())
    assert new_errors(path, done) == []


def test_a_book_openpyxl_has_saved_can_be_marked_again(tmp_path: Path) -> None:
    once = saved_by_openpyxl(marked(furnished(tmp_path)))
    twice = marked(once)
    assert look(cleared(twice)) == look(cleared(once))
    assert openpyxl.load_workbook(twice).sheetnames.count(RESULT) == 1


def test_a_book_without_a_note_is_known_as_marked_when_its_record_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved_by_openpyxl(marked(furnished(tmp_path)))
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.comment):
            cell.comment = None
    book.save(path)
    again = marked(path)
    assert openpyxl.load_workbook(again).sheetnames.count(RESULT) == 1
    capsys.readouterr()
    done = cleared(path)
    assert "标注已去掉" in capsys.readouterr().out
    assert RESULT not in openpyxl.load_workbook(done).sheetnames
    assert {place: colour for place, (colour, _, _) in look(done).items() if place in FILLS} == FILLS
    assert not is_painted(parts(done)["xl/styles.xml"])


def test_of_a_book_in_which_nothing_was_found_our_sheet_alone_is_known_again(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    nothing = check(read(path), CATALOGUE)._replace(findings=(), together=Together((), Joint(True)))
    path.write_bytes(with_marks(open_workbook(str(path)), nothing, CATALOGUE))
    saved = saved_by_openpyxl(path)
    assert look(saved, RESULT) == look(cleared(saved))
    assert RESULT not in openpyxl.load_workbook(cleared(saved)).sheetnames


def test_after_libreoffice_has_moved_renamed_and_copied_the_users_fills_come_back(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    steps: list[list[Any]] = [
        ["insert", "公开03表", 9, 1],
        ["without notes", "公开05表"],
        ["like", "公开03表", "D10", "K30"],
        ["rename", "公开05表", "改了名"],
        ["rename", RESULT, "旧的结果"],
    ]
    seen = look(cleared(worked_on(marked(path), *steps)))
    before = look(path)
    colours = {place: colour for place, (colour, _, _) in seen.items() if colour and colour != "F2F2F2"}
    assert colours == {
        ("公开03表", "D10"): "FFFF00",
        ("公开03表", "C11"): "92D050",
        ("公开03表", "K30"): "FFFF00",
        ("改了名", "C7"): "FFC7CE",
    }
    assert seen["公开03表", "D10"] == ("FFFF00", "double", "请核对")
    assert before["公开03表", "H20"][2] == seen["公开03表", "H21"][2] == "凭证已附"


def test_our_sheet_is_taken_off_and_not_read_whatever_it_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = furnished(tmp_path)
    renamed = worked_on(marked(path), ["rename", RESULT, "旧的结果"])
    assert findings(renamed, capsys) == findings(path, capsys)
    assert "旧的结果" not in openpyxl.load_workbook(cleared(renamed)).sheetnames


def test_a_clerks_sheet_of_that_name_made_after_ours_was_deleted_is_kept(tmp_path: Path) -> None:
    path = marked(furnished(tmp_path))
    book = openpyxl.load_workbook(path)
    del book[RESULT]
    book.create_sheet(RESULT)["A1"] = "会计自己写的"
    book.save(path)
    assert openpyxl.load_workbook(cleared(path))[RESULT]["A1"].value == "会计自己写的"


def test_a_fill_the_clerk_chose_on_a_marked_cell_is_kept(tmp_path: Path) -> None:
    path = marked(furnished(tmp_path))
    book = openpyxl.load_workbook(path)
    book["公开03表"]["D9"].fill = PatternFill("solid", fgColor="FF00B0F0")
    book.save(path)
    assert look(cleared(path))["公开03表", "D9"] == ("00B0F0", "double", "请核对")


def test_a_line_the_clerk_drew_on_a_marked_cell_is_kept_and_ours_goes(tmp_path: Path) -> None:
    path = marked(furnished(tmp_path))
    book = openpyxl.load_workbook(path)
    cell = book["公开03表"]["D9"]
    cell.border = Border(
        **{side: getattr(cell.border, side) for side in ("left", "right", "top")}, bottom=Side("medium")
    )
    book.save(path)
    border = openpyxl.load_workbook(cleared(path))["公开03表"]["D9"].border
    assert [side.style for side in (border.left, border.right, border.top, border.bottom)] == ["double"] * 3 + [
        "medium"
    ]


def test_a_diagonal_stays_while_a_cell_is_marked_and_after(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    book = openpyxl.load_workbook(path)
    book["公开03表"]["D9"].border = Border(left=Side("thin"), diagonal=Side("thin"), diagonalUp=True)
    book.save(path)
    done = marked(path)
    for file in (done, saved_by_openpyxl(done), cleared(saved_by_openpyxl(done))):
        border = openpyxl.load_workbook(file)["公开03表"]["D9"].border
        assert (border.diagonal.style, border.diagonalUp) == ("thin", True)
    assert [side.style for side in (border.left, border.right, border.top)] == ["thin", None, None]


def test_each_kind_of_mark_has_its_own_line(tmp_path: Path) -> None:
    """Printed in grey, the colours look alike."""
    path = wrong(tmp_path)
    book = openpyxl.load_workbook(marked(path))
    drawn = {
        (mark.line, book[place.sheet][place.address].border.top.style)
        for place, mark in marks_of(check(read(path), CATALOGUE)).items()
    }
    assert drawn == {(line, line) for line in (CULPRIT, *LINES.values())}


@pytest.mark.parametrize("left_out", ["cellStyles", "cellStyleXfs|cellStyles"])
def test_a_workbook_without_named_styles_gets_its_looks_back(left_out: str, tmp_path: Path) -> None:
    """As POI writes it."""
    path = furnished(tmp_path)
    content = parts(path)
    styles = re.sub(rf"<({left_out})\b.*?</\1>", "", content["xl/styles.xml"].decode(), flags=re.S)
    path.write_bytes(packed(content | {"xl/styles.xml": styles.encode()}))
    done = marked(path)
    assert new_errors(path, done) == []
    assert parts(cleared(done)) == parts(path)
    assert look(cleared(saved_by_openpyxl(done))) == look(path)


def test_our_sheet_goes_though_its_cells_do_not_say_where_they_stand(tmp_path: Path) -> None:
    path = marked(furnished(tmp_path))
    content = parts(path)
    own = next(name for name, xml in content.items() if "worksheets/" in name and "位置可以点击".encode() in xml)
    bare = re.sub(rb' r="[A-Z]*\d+"', b"", content[own].partition(b"<mergeCells")[0])
    path.write_bytes(packed(content | {own: bare + b"</worksheet>"}))
    assert RESULT not in openpyxl.load_workbook(cleared(path)).sheetnames


def test_what_the_clerk_writes_below_our_notes_is_kept(tmp_path: Path) -> None:
    path = furnished(tmp_path)
    book = openpyxl.load_workbook(marked(path))
    sheet = book["公开03表"]
    for address in ("D9", "C10"):
        sheet[address].comment = Comment(f"{sheet[address].comment.text}\n已核实，原凭证无误", "juesuan")
    replied = tmp_path / "回复.xlsx"
    book.save(replied)
    for done in (cleared(replied), cleared(marked(replied))):
        notes = {place: note for place, (_, _, note) in look(done).items() if note}
        assert notes == {
            ("公开03表", "C10"): "已核实，原凭证无误",
            ("公开03表", "D9"): "请核对\n已核实，原凭证无误",
            ("公开03表", "H20"): "凭证已附",
        }
    assert ("公开03表", "C10") in look(marked(replied))


def test_a_reply_typed_into_the_last_run_of_a_note_is_kept(tmp_path: Path) -> None:
    path = marked(wrong(tmp_path))
    content = parts(path)
    name = next(name for name in content if "comments" in name)
    typed = "\n李会计：<已核实>".replace("<", "&lt;").encode()
    content[name] = content[name].replace(b"</t></r></text>", typed + b"</t></r></text>", 1)
    path.write_bytes(packed(content))
    assert [note for _, _, note in look(cleared(path)).values() if note] == ["李会计：<已核实>"]


def test_a_marked_copy_that_was_edited_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = wrong(tmp_path)
    done = marked(path)
    assert marked(path) == done
    book = openpyxl.load_workbook(done)
    book["公开03表"]["D9"] = 676.23
    book.save(done)
    edited = done.read_bytes()
    capsys.readouterr()
    assert run("mark", path) == 2
    error = capsys.readouterr().err
    assert "标注以后有人改过，没有覆盖" in error
    assert error.count("\n") == 1
    assert done.read_bytes() == edited
    assert run("mark", path, "-o", tmp_path / "另一份.xlsx") == 0


def test_part_names_that_differ_in_case_alone_are_one(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    lists = ("[Content_Types].xml", "xl/_rels/workbook.xml.rels")
    renamed = {
        name.replace("worksheets/sheet", "worksheets/Sheet"): (
            content.replace(b"worksheets/sheet", b"worksheets/Sheet") if name in lists else content
        )
        for name, content in unpacked(path.read_bytes()).items()
    }
    path.write_bytes(packed(renamed))
    done = marked(path)
    names = [name.lower() for name in parts(done)]
    assert len(names) == len(set(names))
    assert new_errors(path, done) == []
    assert parts(cleared(done)) == parts(path)
    assert Package(path.read_bytes(), "账.xlsx").has("XL/worksheets/sheet1.XML")


def test_what_xml_cannot_hold_is_left_out_of_notes_and_sheet(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    spoilt = {
        name: content.replace("事业运行".encode(), "事业_x0007_运行_x000B_".encode())
        if "sheets/sheet" in name
        else content
        for name, content in unpacked(path.read_bytes()).items()
    }
    path.write_bytes(packed(spoilt))
    done = marked(path)
    assert ill_formed(done.read_bytes()) == []
    assert any("事业运行" in (note or "") for _, _, note in look(done).values())
