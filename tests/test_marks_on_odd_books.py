"""Marks on workbooks that are put together in ways of their own: odd views, merged cells, odd notes, odd styles."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from juesuan.marks import Mark
from juesuan.ooxml.new_sheet import NewCell, NewSheet
from juesuan.ooxml.note_boxes import MOST_LINES, fitting
from juesuan.reading.notes import RULER
from juesuan.written import save
from rich_book import packed
from test_marking import RESULT, cleared, look, marked, new_errors, parts, run, wrong

WORKBOOK = "xl/workbook.xml"
COMMENTS = "xl/comments/comment1.xml"
BOXES = "xl/drawings/commentsDrawing1.vml"


def changed(path: Path, part: str, old: str, new: str) -> Path:
    """The workbook with a part in which every match of a pattern is another text."""
    content = parts(path)
    text = content[part].decode()
    assert re.search(old, text, re.S), old
    content[part] = re.sub(old, new, text, flags=re.S).encode()
    path.write_bytes(packed(content))
    return path


def noted(folder: Path, text: str = "请核对", author: str = "王会计") -> Path:
    """A workbook with a user's note on a cell that gets a mark."""
    path = wrong(folder)
    book = openpyxl.load_workbook(path)
    book["公开03表"]["D9"].comment = Comment(text, author)
    book.save(path)
    return path


def edited(path: Path) -> Path:
    """A copy in which somebody has changed something: the exact way back is closed."""
    copy = path.with_name("改过.xlsx")
    copy.write_bytes(path.read_bytes())
    return changed(copy, "xl/styles.xml", "</((?:x:)?)styleSheet>", r" </\1styleSheet>")


def note(path: Path, address: str = "D9") -> str | None:
    comment = openpyxl.load_workbook(path)["公开03表"][address].comment
    return comment.text if comment else None


def test_the_first_tab_stays_in_view(tmp_path: Path) -> None:
    path = changed(wrong(tmp_path), WORKBOOK, 'firstSheet="0"', 'firstSheet="0"')
    assert b'firstSheet="0"' in parts(marked(path))[WORKBOOK]
    assert b'firstSheet="0"' in parts(cleared(edited(marked(path))))[WORKBOOK]


def test_a_book_without_views_opens_at_the_sheet_it_opened_at(tmp_path: Path) -> None:
    path = changed(wrong(tmp_path), WORKBOOK, "<bookViews>.*</bookViews>", "")
    done = marked(path)
    book = openpyxl.load_workbook(done)
    assert book.active == book.worksheets[2]
    assert new_errors(path, done) == []
    assert parts(cleared(done)) == parts(path)


def test_the_heading_of_the_findings_is_printed_on_every_page_and_goes_with_the_sheet(tmp_path: Path) -> None:
    done = marked(wrong(tmp_path))
    sheet = openpyxl.load_workbook(done)[RESULT]
    first, last = re.fullmatch(r"\$(\d+):\$(\d+)", sheet.print_title_rows or "").groups()  # type: ignore[union-attr]
    assert first == last
    assert [sheet.cell(int(first), column).value for column in (1, 2, 3)] == ["序号", "级别", "位置"]
    assert parts(cleared(edited(done)))[WORKBOOK] == parts(wrong(tmp_path))[WORKBOOK]


def test_a_book_whose_sheets_have_used_up_the_numbers_gets_a_free_one(tmp_path: Path) -> None:
    path = changed(wrong(tmp_path), WORKBOOK, 'sheetId="2"', 'sheetId="65534"')
    done = marked(path)
    assert 'sheetId="2"' in parts(done)[WORKBOOK].decode()
    assert new_errors(path, done) == []
    assert parts(cleared(done)) == parts(path)


def test_a_book_without_names_gets_them_where_the_schema_has_them(tmp_path: Path) -> None:
    path = changed(wrong(tmp_path), WORKBOOK, "<definedNames>.*</definedNames>", "")
    done = marked(path)
    assert new_errors(path, done) == []
    assert parts(cleared(edited(done)))[WORKBOOK] == parts(path)[WORKBOOK]


def test_a_name_without_content_counts_sheets_as_others_do(tmp_path: Path) -> None:
    path = changed(
        wrong(tmp_path), WORKBOOK, "<definedNames>", '<definedNames><definedName name="_a" localSheetId="2"/>'
    )
    done = marked(path)
    before, after = (re.findall(rb'localSheetId="(\d+)"', parts(book)[WORKBOOK]) for book in (path, done))
    own = len(after) - len(before)
    assert after[own:] == [b"%d" % (int(number) + 2) for number in before]
    assert parts(cleared(edited(done)))[WORKBOOK] == parts(path)[WORKBOOK]


def test_tables_on_one_worksheet_are_told_apart_at_a_glance(tmp_path: Path) -> None:
    """The same figures below each other on one worksheet stand as they do on nine."""

    def glance(path: Path) -> list[tuple[object, ...]]:
        rows = openpyxl.load_workbook(marked(path))[RESULT].iter_rows(min_col=3, max_col=8, values_only=True)
        told = {str(row[0]): row for row in rows}
        return [told[f"公开0{number}表"][:3] for number in (1, 2, 3, 5, 7)]

    path = wrong(tmp_path)
    book, long = openpyxl.load_workbook(path), openpyxl.Workbook()
    target, below = long.worksheets[0], 0
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            target.cell(below + cell.row, cell.column or 1, cell.value)
        below += sheet.max_row + 2
    other = tmp_path / "一张.xlsx"
    long.save(other)
    assert glance(other) == glance(path)


def test_a_list_of_formulas_does_not_name_those_of_a_sheet_that_is_gone(tmp_path: Path) -> None:
    """Excel says of a list that names other cells that the workbook is damaged."""
    path = edited(marked(wrong(tmp_path)))
    content = parts(path)
    chain = "xl/calcChain.xml"
    content[chain] = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    for part, end, new in (
        ("[Content_Types].xml", "</Types>", f'<Override PartName="/{chain}" ContentType="{kind}"/>'),
        (
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f'<Relationship Id="c" Type="{link}" Target="calcChain.xml"/>',
        ),
    ):
        content[part] = content[part].replace(end.encode(), (new + end).encode())
    path.write_bytes(packed(content))
    assert chain in parts(cleared(path))
    own = next(name for name, xml in content.items() if "worksheets/" in name and "位置可以点击".encode() in xml)
    content[own] = content[own].replace(b"</sheetData>", b'<row r="999"><c r="A999"><f>1+1</f></c></row></sheetData>')
    path.write_bytes(packed(content))
    assert chain not in parts(cleared(path))


def test_a_name_that_means_our_sheet_means_nothing_when_it_is_gone(tmp_path: Path) -> None:
    """Excel says of a name that means a sheet it does not find that the workbook is damaged."""
    names = {"甲": f"{RESULT}!$A$1", "乙": f"SUM('{RESULT}'!$A$1,公开03表!$D$9)", "丙": f"'旧{RESULT}'!$A$1"}
    listed = "".join(f'<definedName name="{name}">{means}</definedName>' for name, means in names.items())
    path = changed(edited(marked(wrong(tmp_path))), WORKBOOK, "<definedNames>", f"<definedNames>{listed}")
    left = dict(re.findall('<definedName name="(.)">([^<]*)<', parts(cleared(path))[WORKBOOK].decode()))
    assert left == {"甲": "#REF!$A$1", "乙": "SUM(#REF!$A$1,公开03表!$D$9)", "丙": names["丙"]}


def test_what_another_sheet_has_too_stays_when_ours_goes(tmp_path: Path) -> None:
    path = edited(marked(wrong(tmp_path)))
    content = parts(path)
    own = next(name for name, xml in content.items() if "worksheets/" in name and "位置可以点击".encode() in xml)
    settings = "xl/printerSettings/printerSettings1.bin"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/printerSettings"
    relation = f'<Relationship Id="rId1" Type="{kind}" Target="../printerSettings/printerSettings1.bin"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    for sheet in (own, "xl/worksheets/sheet7.xml"):
        relations = sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"
        assert relations not in content
        content[relations] = f'<Relationships xmlns="{space}">{relation}</Relationships>'.encode()
    path.write_bytes(packed(content | {settings: b"printer"}))
    left = parts(cleared(path))
    assert own not in left
    assert left[settings] == b"printer"


def test_a_text_longer_than_a_cell_can_hold_is_cut_off() -> None:
    sheet = NewSheet((10, 10))
    sheet.row({1: NewCell("长" * 40_000, 0), 2: NewCell("短", 0)})
    texts = re.findall(r"<t [^>]*>([^<]*)<", sheet.xml().decode())
    assert [len(text) < 32_767 for text in texts] == [True, True]
    assert (texts[0][-1], texts[1]) == ("…", "短")


def test_a_cell_that_merging_covers_is_marked_where_it_shows(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    before = openpyxl.load_workbook(marked(path))["公开03表"]
    assert before["D9"].comment
    merged = changed(path, "xl/worksheets/sheet3.xml", "(<mergeCells[^>]*>)", r'\1<mergeCell ref="C9:D9"/>')
    sheet = openpyxl.load_workbook(marked(merged))["公开03表"]
    assert sheet["C9"].comment
    assert str(sheet["C9"].fill.fgColor.rgb) == "FFFFC7CE"
    assert b'ref="D9"' not in b"".join(text for name, text in parts(marked(merged)).items() if "comments" in name)


def test_of_two_marks_shown_as_one_the_gravest_is_said_first() -> None:
    light = Mark("tail", ("【尾差】一",), asked="核实事项：X001 1.00")
    grave = Mark("error", ("【错误】二", "【尾差】三"), culprit=True, asked="核实事项：X002 2.00")
    for both in (light.and_(grave), grave.and_(light)):
        assert (both.kind, both.culprit, both.line) == ("error", True, "thick")
        assert both.messages[0] == "【错误】二"
        assert len(both.messages) == 3
    warned = Mark("warning", ("【核实】四",)).and_(grave)
    assert warned.messages == ("【错误】二", "【核实】四", "【尾差】三")
    assert light.and_(grave).asked == "核实事项：X001 1.00；X002 2.00"


def test_what_stands_at_the_output_and_is_no_workbook_of_ours_is_written_over(tmp_path: Path) -> None:
    path, output = wrong(tmp_path), tmp_path / "结果.xlsx"
    output.write_bytes(packed({WORKBOOK: b"<workbook>_juesuan</workbook>"}))
    assert run("mark", path, "-o", output) == 0
    assert openpyxl.load_workbook(output).sheetnames[0] == RESULT


def sized(path: Path, row: int, column: int) -> tuple[float, float]:
    """Width and height that the box of a note is given."""
    for name, text in parts(path).items():
        for shape in re.findall(rb"<(?:\w+:)?shape .*?</(?:\w+:)?shape>", text, re.S) if "rawing" in name else ():
            place = re.search(rb"Row>(\d+)<.*Column>(\d+)<", shape, re.S)
            if place and (int(place[1]), int(place[2])) == (row, column):
                size = [re.search(rb"[\s;\"]%s:([\d.]+)" % side, shape) for side in (b"width", b"height")]
                return float(size[0][1]), float(size[1][1])  # type: ignore[index]
    raise AssertionError(f"no box at {row}, {column}")


def test_the_box_of_a_users_note_grows_with_what_is_added_below(tmp_path: Path) -> None:
    path = noted(tmp_path)
    small, large = sized(path, 8, 3), sized(marked(path), 8, 3)
    assert large[0] >= 330
    assert large[1] > small[1]
    assert sized(cleared(marked(path)), 8, 3) == small
    assert sized(cleared(edited(marked(path))), 8, 3) == large


def test_a_text_too_long_for_a_box_says_where_the_rest_is() -> None:
    text = "【错误】" + "很长的话" * 2000
    shown = fitting(text)
    assert shown.endswith("\n……全文见“核对结果”")
    assert text.startswith(shown.partition("\n")[0])
    assert len(shown) > MOST_LINES * 20
    assert fitting(shown) == shown
    assert fitting("短") == "短"


def test_a_threaded_comment_on_a_marked_cell_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = noted(tmp_path, author="tc={A1B2C3D4-0000-4000-8000-000000000001}")
    content = parts(path) | {"xl/threadedComments/threadedComment1.xml": b"<ThreadedComments/>"}
    path.write_bytes(packed(content))
    marked(path)
    assert "公开03表 D9 上有会话式批注" in capsys.readouterr().out


def test_a_users_note_by_an_author_of_our_name_is_the_users(tmp_path: Path) -> None:
    path = noted(tmp_path, author="juesuan")
    done = marked(path)
    assert (note(done) or "").startswith(f"请核对\n{RULER}\n")
    assert note(cleared(edited(done))) == "请核对"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: changed(path, COMMENTS, "</text>", '<phoneticPr fontId="1" type="noConversion"/></text>'),
        lambda path: changed(path, COMMENTS, "<text>.*?</text>", "<text/>"),
        lambda path: changed(path, COMMENTS, "<text>.*?</text>", "<text><t/></text>"),
        lambda path: changed(path, BOXES, '"', "'"),
        lambda path: changed(path, BOXES, "(<(?:ns0:)?xml[^>]*)>.*", r"\1/>"),
        lambda path: changed(path, BOXES, "</ns2:ClientData>", "<ns2:Anchor/> </ns2:ClientData>"),
        lambda path: changed(
            changed(path, BOXES, r"<(/?)ns1:", r"<\1q:"),
            BOXES,
            "xmlns:ns1=",
            "xmlns:ns1='urn:schemas-microsoft-com:vml' xmlns:q=",
        ),
    ],
    ids=["phonetic", "no text", "empty text", "single quotes", "no boxes", "no anchor", "two prefixes"],
)
def test_odd_notes_and_boxes_are_marked_and_cleared(spoil: Callable[[Path], Path], tmp_path: Path) -> None:
    path = spoil(noted(tmp_path))
    before, done = note(path), marked(path)
    assert RULER in (note(done) or "")
    assert new_errors(path, done) == []
    assert parts(cleared(done)) == parts(path)
    assert (note(cleared(edited(done))) or "") == (before or "")


@pytest.mark.parametrize("at", ["", ' ref="1.5"', ' ref="D0"'])
def test_a_note_that_names_no_cell_is_left_as_it_is(at: str, tmp_path: Path) -> None:
    lost = f'<comment{at} authorId="0"><text><t>不知在哪一格</t></text></comment>'
    path = changed(noted(tmp_path), COMMENTS, "</commentList>", f"{lost}</commentList>")
    done = marked(path)
    assert lost.encode() in parts(done)[COMMENTS]
    assert parts(cleared(done)) == parts(path)
    assert lost.encode() in parts(cleared(edited(done)))[COMMENTS]


def test_a_note_that_names_no_cell_stays_even_alone(tmp_path: Path) -> None:
    done = edited(marked(wrong(tmp_path)))
    lost = '<comment authorId="0"><text><t>不知在哪一格</t></text></comment>'
    comments = next(part for part in parts(done) if "comments" in part)
    assert lost.encode() in parts(cleared(changed(done, comments, "</commentList>", f"{lost}</commentList>")))[comments]


@pytest.mark.parametrize("encoding", ["us-ascii", "US-ASCII", "utf-8"])
def test_what_is_added_is_spelled_as_its_part_says_it_is(encoding: str, tmp_path: Path) -> None:
    path = noted(tmp_path)
    content = parts(path)
    for part in (WORKBOOK, "xl/styles.xml", COMMENTS):
        text = re.sub(r"^<\?xml.*?\?>\s*", "", content[part].decode())
        plain = text.encode("ascii", "xmlcharrefreplace")
        content[part] = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + plain
    path.write_bytes(packed(content))
    done = marked(path)
    book = openpyxl.load_workbook(done)
    assert book.sheetnames[0] == RESULT
    assert (note(done) or "").startswith(f"请核对\n{RULER}\n【错误】")
    assert parts(cleared(done)) == content


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (COMMENTS, "^(<[?]xml.*?[?]>)?", "<?xml version='1.0' encoding='ISO-8859-1'?>"),
        (WORKBOOK, "<sheets>", '<sheets><!-- <sheet name="甲" sheetId="99" r:id="rId77"/> -->'),
        ("xl/styles.xml", "(<cellXfs[^>]*>)", r'\1<!-- <xf numFmtId="0"/> -->'),
        ("xl/worksheets/sheet3.xml", "<sheetData>", "<!-- <sheetData> --><sheetData>"),
        ("[Content_Types].xml", "</Types>", "<!-- </Types> --></Types>"),
        ("xl/worksheets/sheet3.xml", r'(<col width=")[\d.]+', r"\1x"),
        ("xl/worksheets/_rels/sheet3.xml.rels", "comment1[.]xml", "没有.xml"),
    ],
    ids=["another encoding", "sheet", "format", "rows", "content types", "width", "missing part"],
)
def test_what_would_be_misread_is_refused(
    part: str, old: str, new: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(noted(tmp_path), part, old, new)
    assert run("mark", path) == 2
    assert "不能原样改写" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]


def test_a_comment_that_holds_no_element_is_no_obstacle(tmp_path: Path) -> None:
    path = changed(wrong(tmp_path), "xl/styles.xml", "(<cellXfs[^>]*>)", r"\1<!-- 由甲软件生成 -->")
    assert parts(cleared(marked(path))) == parts(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="([A-Z]+[0-9]+)" s="([0-9]+)"', r"<c r='\1' s='\2'"),
        ('<c r="', '<c\n r = "'),
        ('<c r="([A-Z]+[0-9]+)" s="([0-9]+)"', r'<c s="\2" r="\1"'),
        ('(<c r="[A-Z]+[0-9]+") s="[0-9]+"', r"\1"),
        ('<row r="([0-9]+)"[^>]*>', r'<row r="\1">'),
        ("</(sheetData|worksheet)>", r"</\1 >"),
    ],
    ids=["single quotes", "lines and spaces", "style first", "no style", "no height", "spaced ends"],
)
def test_cells_are_found_however_they_are_written(old: str, new: str, tmp_path: Path) -> None:
    path = wrong(tmp_path)
    seen = look(openpyxl.load_workbook(marked(path)))
    changed(path, "xl/worksheets/sheet3.xml", old, new)
    done = marked(path)
    assert look(openpyxl.load_workbook(done)) == seen
    assert new_errors(path, done) == []
    assert parts(cleared(done)) == parts(path)


def test_our_name_goes_from_among_the_authors_wherever_it_stands(tmp_path: Path) -> None:
    path = noted(tmp_path)
    done = marked(path)
    book = openpyxl.load_workbook(done)
    book.save(done)
    assert b"<author>juesuan</author>" in parts(done)["xl/comments/comment2.xml"]
    left = cleared(done)
    [comments] = [content for part, content in parts(left).items() if "comment" in part and part.endswith(".xml")]
    assert "juesuan" not in comments.decode()
    comment = openpyxl.load_workbook(left)["公开03表"]["D9"].comment
    assert comment
    assert (comment.author, comment.text) == ("王会计", "请核对")


def test_a_first_border_that_has_lines_does_not_frame_our_sheet(tmp_path: Path) -> None:
    lines = "".join(f'<{side} style="thick"/>' for side in ("left", "right", "top", "bottom"))
    path = changed(
        wrong(tmp_path),
        "xl/styles.xml",
        r"(<borders[^>]*>)\s*<border>.*?</border>",
        rf"\1<border>{lines}<diagonal/></border>",
    )
    sheet = openpyxl.load_workbook(marked(path))[RESULT]
    assert sheet["A1"].border.left.style is None


def test_a_structure_that_is_not_locked_is_not_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(wrong(tmp_path), WORKBOOK, "<workbookProtection ?/>", '<workbookProtection lockStructure="0"/>')
    marked(path)
    assert "结构保护" not in capsys.readouterr().out


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, running = (tmp_path / f".账.xlsx.{number}.0a1b2c3d.part" for number in (ended.pid, os.getppid()))
    others = tmp_path / f".账.xlsx.{ended.pid}.{ended.pid}.0a1b2c3d.part"
    for path in (left, running, others):
        path.write_bytes(b"")
    save(b"whole", str(tmp_path / "账.xlsx"))
    assert {path.name for path in tmp_path.iterdir()} == {"账.xlsx", running.name, others.name}
