"""What the buttons do to an open workbook, through xlwings' own objects over an openpyxl file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from openpyxl.comments import Comment
from openpyxl.styles import Border, Color, GradientFill, PatternFill, Side

from clerk import filled_file
from exact import figures
from juesuan.addin.sources import declared_buttons
from juesuan.answers import ASKED
from juesuan.buttons import actions, draft
from juesuan.buttons.actions import ACTIONS
from juesuan.buttons.attach import find_book
from juesuan.buttons.log import log_path, start_log
from juesuan.buttons.press import press
from juesuan.check import Checked, check
from juesuan.cli import main
from juesuan.edition import load_edition
from juesuan.errors import JuesuanError
from juesuan.fill import fill
from juesuan.live import areas
from juesuan.live.borders import NUMBERS
from juesuan.live.custom_parts import put_custom_xml
from juesuan.live.fills import paint
from juesuan.live.results import Lines
from juesuan.live.snapshot import _area, _values, snapshot
from juesuan.marking.live_record import NO_PATTERN, WATERMARK, Fill
from juesuan.marks import COLOURS, marks_of
from juesuan.ooxml.new_sheet import NewCell
from juesuan.ooxml.note_boxes import WIDTH, height_for
from juesuan.ooxml.saving import workbook_bytes
from juesuan.place import Place
from juesuan.reading.files import open_workbook
from juesuan.reading.notes import END, HEAD, RULER
from juesuan.reading.own_sheet import TRACE_NAME
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from juesuan.template.template import Order, build_template
from juesuan.writing.filling import COLOUR
from open_book import COUNTED, SOLID, App, opened
from openpyxl_book import GRADIENT, OpenpyxlBook
from ordinary_book import write_ordinary_book
from published_supplement import workbook_with_supplement
from rich_book import packed, unpacked
from units import unit_figures, write_unit

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
WRONG = SAMPLES / "焦作2024-有误.xlsx"
UNCALCULATED = {SAMPLES / "broken" / "FORM018.xlsx"}
"""Formulas without a result, which no workbook that is open has."""

CATALOGUE = load_catalogue(load_edition("henan-2024"))


class Desk:
    """A workbook that is open: as xlwings has it, the application, and what lies behind both."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.behind = OpenpyxlBook(path)
        self.book, self.app = opened(self.behind, "openpyxl")

    def press(self, action: str) -> str:
        """What the message box says; the program must be as it was."""
        press(action, self.book)
        assert self.app.settings == App(self.app.engine).settings
        return self.app.said[-1][0]

    def looks(self) -> dict[Place, tuple[object, ...]]:
        """Value, fill, borders and note of every cell."""
        found: dict[Place, tuple[object, ...]] = {}
        for behind, sheet in zip(self.behind.sheets(), self.behind.file.worksheets, strict=True):
            for row, line in enumerate(sheet.iter_rows(1, sheet.max_row, 1, sheet.max_column, values_only=True), 1):
                for column, value in enumerate(line, 1):
                    borders = tuple(behind.border(row, column, side) for side in (7, 8, 9, 10))
                    look = value, behind.fill(row, column), borders, behind.note(row, column)
                    found[Place(behind.name, row - 1, column - 1)] = look
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Callable[[Path], Desk]:
    def open_copy(sample: Path) -> Desk:
        return Desk(Path(shutil.copy(sample, tmp_path / sample.name)))

    return open_copy


def checked_file(path: Path) -> Checked:
    return check(read_book(open_workbook(str(path)), CATALOGUE.edition), CATALOGUE)


def test_the_open_workbook_is_read_as_the_file_is(desk: Callable[[Path], Desk]) -> None:
    """Merged cells are not read from the open workbook; nothing that is recognised may depend on them."""
    samples = [WRONG, SAMPLES / "焦作2024.xlsx", *sorted((SAMPLES / "made_up").glob("*.xlsx"))]
    assert len(samples) > 3
    for sample in samples:
        live = check(read_book(snapshot(desk(sample).book), CATALOGUE.edition), CATALOGUE)
        told = checked_file(sample)
        assert (live.verdict, live.counts, live.not_checked) == (told.verdict, told.counts, told.not_checked)
        assert [item.message for item in live.findings] == [item.message for item in told.findings]


def test_what_is_hidden_is_read_as_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "隐藏.xlsx"
    file = openpyxl.load_workbook(SAMPLES / "焦作2024.xlsx")
    file["公开02表"].column_dimensions["B"].hidden = True
    sheet = file["公开03表"]
    sheet.column_dimensions.group("D", "E", hidden=True)
    for row in (3, 9, 10):
        sheet.row_dimensions[row].hidden = True
    file["公开05表"].sheet_state, file["公开06表"].sheet_state = "hidden", "veryHidden"
    file.save(path)
    live = check(read_book(snapshot(Desk(path).book), CATALOGUE.edition), CATALOGUE)
    told = checked_file(path)
    assert live.book.hidden == told.book.hidden
    assert len(told.book.hidden) == 5
    assert [item.message for item in live.findings] == [item.message for item in told.findings]


@pytest.mark.parametrize(
    "sample", sorted(set((SAMPLES / "broken").glob("*.xlsx")) - UNCALCULATED)[::3], ids=lambda path: path.stem
)
def test_planted_mistakes_are_found_in_the_open_workbook(sample: Path) -> None:
    """Every third: all are found in files, and an open workbook is read as its file is."""
    live = check(read_book(snapshot(Desk(sample).book), CATALOGUE.edition), CATALOGUE)
    told = checked_file(sample)
    assert [item.message for item in live.findings] == [item.message for item in told.findings]


def test_check_marks_the_cells_and_lists_everything(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    assert at.press("check").startswith("结论：有差错，必须改正")
    marks = marks_of(checked_file(WRONG))
    looks = at.looks()
    for place, mark in marks.items():
        _, fill_, borders, note = looks[place]
        red, green, blue = (int(COLOURS[mark.kind][start : start + 2], 16) for start in (0, 2, 4))
        assert fill_ == Fill(SOLID, red | green << 8 | blue << 16)
        assert isinstance(note, str)
        assert note.startswith(HEAD)
        assert note.endswith(END)
        assert mark.messages[0][:40] in note
        assert borders == ((*NUMBERS[mark.line], 0x0000D0),) * 4
    results = at.behind.file["核对结果"]
    assert at.behind.file.sheetnames[0] == "核对结果"
    assert results["A3"].value == "结论：有差错，必须改正"
    shown = "".join(str(cell.value) for row in results.iter_rows() for cell in row)
    assert all(item.rule in shown or item.message in shown for item in checked_file(WRONG).findings)
    assert all(f"{place.sheet} {place.address}" in shown for place, mark in marks.items() if mark.culprit)
    assert any(str(cell.value).startswith('=HYPERLINK("#') for row in results.iter_rows() for cell in row)


def paint_what_will_be_marked(at: Desk) -> None:
    """Half of the cells painted by the clerk, two thirds with notes."""
    places = [place for place in marks_of(checked_file(WRONG)) if place.sheet == "公开03表"]
    for number, place in enumerate(places):
        cell = at.behind.file["公开03表"].cell(place.row + 1, place.column + 1)
        if number % 2:
            cell.fill = PatternFill("solid", fgColor=f"0{number % 9}B0F0")
        if number % 3:
            cell.comment = Comment(f"单位说明 {number}\n第二行", "张三")


def test_clear_restores_fills_borders_and_notes_exactly(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    paint_what_will_be_marked(at)
    before = at.looks()
    at.press("check")
    assert at.looks() != before
    marked = at.looks()
    at.press("check")
    assert at.looks() == marked, "再核对一次，标记不能叠在一起"
    assert RULER in str([note for *_, note in marked.values()])
    assert "恢复原样" in at.press("clear")
    assert at.looks() == before
    assert at.press("clear") == "没有标记可清除。"


def test_theme_colours_patterns_and_lines_come_back_and_gradients_are_left_alone(
    desk: Callable[[Path], Desk], tmp_path: Path
) -> None:
    at = desk(WRONG)
    looks: list[PatternFill | GradientFill] = [
        PatternFill("solid", Color(theme=4, tint=0.4)),
        PatternFill("lightUp", Color("FF112233"), Color("FF445566")),
        PatternFill("gray125", Color("FF000000"), Color(theme=1, tint=-0.25)),
        PatternFill("darkDown", Color("FFABCDEF"), Color("FFFEDCBA")),
        GradientFill(stop=("FF0000", "00FF00")),
    ]
    lines: list[Any] = [None, "hair", "double", "dotted", "dashed", "mediumDashDot", "medium"]
    places = list(marks_of(checked_file(WRONG)))
    for number, place in enumerate(places):
        cell = at.behind.file[place.sheet].cell(place.row + 1, place.column + 1)
        cell.fill = looks[number % len(looks)]
        sides = [Side(line, color="FF00B0F0") if line else Side() for line in (lines * 2)[number % len(lines) :]]
        cell.border = Border(left=sides[0], right=sides[1], top=sides[2], bottom=sides[3])
    at.book.save()
    before = at.looks()
    assert {before[place][1] for place in places} >= {Fill(GRADIENT), Fill(14, 0x665544, 0, 0.0, 0x332211)}
    at.press("check")
    for place in places:
        fill_, was = at.looks()[place][1], before[place][1]
        assert (fill_ == was) == (was == Fill(GRADIENT))
        assert at.looks()[place][3]
    at.book.save()
    assert main(["clear", str(at.path), "-o", str(tmp_path / "清.xlsx")]) == 0
    assert Desk(tmp_path / "清.xlsx").looks() == before
    at.press("clear")
    assert at.looks() == before


def test_marks_come_off_even_when_marking_failed_halfway(
    desk: Callable[[Path], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(WRONG)
    paint_what_will_be_marked(at)
    before, left = at.looks(), iter([True])

    def painted(*given: Any) -> None:
        if next(left, False):
            return paint(*given)
        raise OSError("Excel 关掉了连接")

    monkeypatch.setattr("juesuan.live.marking.paint", painted)
    assert "程序出错了" in at.press("check")
    assert at.looks() != before
    monkeypatch.undo()
    assert "恢复原样" in at.press("clear")
    assert at.looks() == before


def test_what_cannot_be_looked_at_leaves_no_sheet_behind(
    desk: Callable[[Path], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(WRONG)

    def refused(*given: Any) -> None:
        raise OSError("Excel 关掉了连接")

    monkeypatch.setattr("juesuan.live.marking.fills_of", refused)
    assert "程序出错了" in at.press("check")
    monkeypatch.undo()
    assert at.press("check").startswith("结论：有差错")


def test_a_cell_that_takes_no_note_is_painted_and_said(
    desk: Callable[[Path], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under a threaded comment, or inside a merged cell."""
    at = desk(WRONG)
    before = at.looks()
    sheet = next(sheet for sheet in at.behind.sheets() if sheet.name == "公开03表")
    put = sheet.set_note

    def refused(row: int, column: int, text: str | None) -> None:
        if (row, column) == (10, 4) and text:
            raise OSError("1004")
        put(row, column, text)

    monkeypatch.setattr(sheet, "set_note", refused)
    said = at.press("check")
    assert "有 1 格加不上批注（如 公开03表 D10），只涂了色，问题见“核对结果”。" in said
    assert at.looks()[Place("公开03表", 9, 3)][1] != before[Place("公开03表", 9, 3)][1]
    assert "公开03表 D10" in at.press("next")
    at.press("clear")
    assert at.looks() == before


def test_what_is_explained_below_a_note_is_read_as_in_the_file(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.press("check")
    told = check(read_book(snapshot(at.book), CATALOGUE.edition), CATALOGUE)
    cell = next(
        cell
        for sheet in at.behind.file.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment and ASKED in cell.comment.text
    )
    assert cell.comment
    cell.comment = Comment(f"{cell.comment.text}\n原凭证无误，见附件 <3>。", "")
    at.book.save()
    live, saved = check(read_book(snapshot(at.book), CATALOGUE.edition), CATALOGUE), checked_file(at.path)
    assert told.counts["explained"] == 0
    assert live.counts["explained"] >= 1
    assert [item.answer for item in live.findings] == [item.answer for item in saved.findings]
    at.press("check")
    assert f"已说明或放行 {live.counts['explained']} 条" in at.behind.file["核对结果"]["A4"].value


@pytest.mark.parametrize("error", [-2146826245, "#SPILL!", "#N/A"])
def test_an_error_of_any_kind_is_no_amount(
    error: object, desk: Callable[[Path], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of #SPILL! and other new ones xlwings leaves Excel's number."""
    at = desk(SAMPLES / "焦作2024.xlsx")
    sheet = next(sheet for sheet in at.behind.sheets() if sheet.name == "公开03表")
    read = "juesuan.live.snapshot._values"

    def values(area: xw.Range, engine: str) -> list[list[Any]]:
        found = _values(area, engine)
        if area.sheet.name == sheet.name:
            found[9][3] = error
        return found

    monkeypatch.setattr(read, values)
    live = read_book(snapshot(at.book), CATALOGUE.edition)
    cell = live.find("公开03表!D10")
    assert cell is not None
    assert cell.fen is None
    assert live.is_doubtful


def test_what_the_clerk_paints_and_writes_afterwards_stays(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.press("check")
    sheet = at.behind.file["公开03表"]
    sheet["D10"].fill = PatternFill("solid", fgColor="00B050")
    sheet["C10"].comment = Comment(sheet["C10"].comment.text + "\n已核实，见附件。", "")
    at.press("clear")
    assert sheet["D10"].fill.fgColor.rgb == "0000B050"
    assert sheet["C10"].comment.text == "已核实，见附件。"


def test_a_saved_marked_workbook_is_checked_as_if_it_had_no_marks(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.press("check")
    at.book.save()
    live, told = checked_file(at.path), checked_file(WRONG)
    assert [item.message for item in live.findings] == [item.message for item in told.findings]


def test_the_command_takes_the_marks_of_a_button_off_a_saved_file(desk: Callable[[Path], Desk], tmp_path: Path) -> None:
    at = desk(WRONG)
    paint_what_will_be_marked(at)
    before = at.looks()
    at.press("check")
    at.book.save()
    assert main(["clear", str(at.path), "-o", str(tmp_path / "清.xlsx")]) == 0
    assert Desk(tmp_path / "清.xlsx").looks() == before
    assert main(["mark", str(at.path), "-o", str(tmp_path / "标.xlsx")]) == 0
    assert main(["clear", str(tmp_path / "标.xlsx"), "-o", str(tmp_path / "再清.xlsx")]) == 0
    assert Desk(tmp_path / "再清.xlsx").looks() == before


def test_rows_and_columns_put_in_before_the_record_lose_no_mark(desk: Callable[[Path], Desk], tmp_path: Path) -> None:
    at = desk(WRONG)
    paint_what_will_be_marked(at)
    before = at.looks()
    at.press("check")
    for file in (at.behind.file, at.behind.results):
        file["核对结果"].insert_rows(1, 2)
        file["核对结果"].insert_cols(3)
    at.book.save()
    assert main(["clear", str(at.path), "-o", str(tmp_path / "清.xlsx")]) == 0
    assert Desk(tmp_path / "清.xlsx").looks() == before
    assert at.press("next").startswith("第 1 处，共 26 处：公开03表 D10")
    at.press("clear")
    assert at.looks() == before


def test_a_line_that_excel_has_saved_with_the_cell_beside_comes_off_too(
    desk: Callable[[Path], Desk], tmp_path: Path
) -> None:
    at = desk(WRONG)
    before = at.looks()
    at.press("check")
    beside = at.behind.file["公开03表"]["E10"]
    was = beside.border
    assert was.left.style == "thin"
    beside.border = Border(left=Side("double", color="FFD00000"), right=was.right, top=was.top, bottom=was.bottom)
    at.book.save()
    assert main(["clear", str(at.path), "-o", str(tmp_path / "清.xlsx")]) == 0
    after = Desk(tmp_path / "清.xlsx").looks()
    assert {place for place in before if after[place] != before[place]} == set()


def test_a_record_that_excel_has_saved_with_shared_formulas_is_read(
    desk: Callable[[Path], Desk], tmp_path: Path
) -> None:
    at = desk(WRONG)
    before = at.looks()
    at.press("check")
    at.book.save()
    content = unpacked(at.path.read_bytes())
    own = next(part for part, xml in content.items() if b'r="AD2"' in xml)
    line = re.compile(r'(<c r="AD(\d+)"[^>]*>)<f>([^<]*!)([A-Z]+)(\d+)</f>')
    lines = [match.groups() for match in line.finditer(content[own].decode())]
    alike = Counter((sheet, column, int(row) - int(at_)) for _, at_, sheet, column, row in lines)
    [(group, count)] = alike.most_common(1)
    assert count > 1
    first = True

    def share(match: re.Match[str]) -> str:
        nonlocal first
        cell, at_, sheet, column, row = match.groups()
        if (sheet, column, int(row) - int(at_)) != group:
            return match[0]
        formula, first = f">{sheet}{column}{row}</f>" if first else "/>", False
        reference = ' ref="AD2:AD99"' if formula != "/>" else ""
        return f'{cell}<f t="shared"{reference} si="0"{formula}'

    content[own] = line.sub(share, content[own].decode()).encode()
    at.path.write_bytes(packed(content))
    assert main(["clear", str(at.path), "-o", str(tmp_path / "清.xlsx")]) == 0
    assert Desk(tmp_path / "清.xlsx").looks() == before


@pytest.mark.parametrize("text", ["乱", "1,2", "1,x,0,0,0", "nan,0,0,0,0", ";;", "1,2;;;x"])
def test_what_is_damaged_in_the_record_counts_as_nothing(
    text: str, desk: Callable[[Path], Desk], tmp_path: Path
) -> None:
    at = desk(WRONG)
    at.press("check")
    for file in (at.behind.file, at.behind.results):
        file["核对结果"]["AF2"].value = file["核对结果"]["AG2"].value = text
    at.book.save()
    assert main(["clear", str(at.path), "-o", str(tmp_path / "清.xlsx")]) == 0
    assert "恢复原样" in at.press("clear")
    for seen in (at, Desk(tmp_path / "清.xlsx")):
        assert seen.looks()[Place("公开03表", 9, 3)][1:3] == (Fill(NO_PATTERN), ((NO_PATTERN, 0, 0),) * 4)


def test_a_cell_that_merging_covers_is_marked_where_it_shows_and_walked_from(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    sheet = at.behind.file["公开03表"]
    before = {name: sheet[name].fill.fgColor.rgb for name in ("C10", "D10")}
    sheet.merged_cells.add("C10:D10")
    at.press("check")
    assert "起因。公开03表 D10" in sheet["C10"].comment.text
    assert sheet["D10"].comment is None
    assert sheet["D10"].fill.fgColor.rgb == before["D10"]
    assert at.press("next").startswith("第 1 处，共 25 处：公开03表 C10")
    at.book.impl.selected = ("公开03表", "C10:D10")
    assert at.press("next").startswith("第 2 处")
    at.press("clear")
    assert {name: sheet[name].fill.fgColor.rgb for name in before} == before


def test_a_note_is_as_large_as_its_text_needs(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.press("check")
    note = at.behind.file["公开03表"]["D10"].comment
    assert (note.width, note.height) == (WIDTH * 0.75, height_for(note.text) * 0.75)


def test_our_sheet_under_another_name_is_not_read_and_asked_for(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    before = at.looks()
    at.press("check")
    own = next(sheet for sheet in at.behind.sheets() if sheet.name == "核对结果")
    own.name = "旧的结果"
    said = "工作表“旧的结果”原是按钮加的“核对结果”，标记凭它清除。请把名字改回“核对结果”，再按按钮。"
    assert at.press("check") == at.press("clear") == said
    own.name = "核对结果"
    at.press("clear")
    assert at.looks() == before


def test_only_what_was_cleared_is_said_to_be(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.press("check")
    for row in range(2, 60):
        if "公开03表" in str(at.behind.file["核对结果"][f"AD{row}"].value):
            at.behind.file["核对结果"][f"AD{row}"].value = "=#REF!"
    assert at.press("clear").startswith("已清除 19 格的标记")
    right = desk(SAMPLES / "made_up" / "档案馆.xlsx")
    assert "没有要标注的格" in right.press("check")
    assert right.press("clear") == "已去掉“核对结果”；没有标记过的格。"


def test_a_text_longer_than_a_cell_can_hold_is_cut_off() -> None:
    lines = Lines()
    lines.row({1: NewCell("长" * 40_000, 0)})
    assert len(lines.value(1, 1)) < 32_767


def test_results_that_cannot_be_written_leave_no_sheet_behind(
    desk: Callable[[Path], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*given: Any) -> None:
        raise OSError("Excel 不收")

    at = desk(WRONG)
    before = at.behind.file.sheetnames
    monkeypatch.setattr("juesuan.live.marking.write_lines", refused)
    assert "程序出错了" in at.press("check")
    assert at.behind.file.sheetnames == before


def test_walking_leaves_out_what_is_on_hidden_sheets(desk: Callable[[Path], Desk]) -> None:
    """Excel can select nothing there."""
    at = desk(WRONG)
    at.press("check")
    at.behind.file["公开03表"].sheet_state = "veryHidden"
    said = at.press("next")
    assert said.startswith("第 1 处，共 ")
    assert "隐藏的工作表“公开03表”上有 " in said
    assert at.behind.selected is not None
    assert at.behind.selected[0] != "公开03表"
    for sheet in at.behind.file.worksheets[2:]:
        sheet.sheet_state = "hidden"
    assert at.press("next").startswith("隐藏的工作表“公开03表”“")


def test_walking_goes_round(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    assert "请先按“核对九张表”" in at.press("next")
    assert at.app.said[-1][1] == "critical"
    at.press("check")
    said = at.press("next")
    assert said.startswith("第 1 处，共 26 处：公开03表 D10")
    assert "应等于 909.81：基本支出 676.23＋项目支出 233.58" in said
    assert at.behind.selected == ("公开03表", "D10")
    assert at.press("previous").startswith("第 26 处")
    assert at.press("next").startswith("第 1 处")
    assert at.press("next").startswith("第 2 处")
    assert len(said) < actions.LONGEST + 100


def test_fill_writes_what_the_command_writes(tmp_path: Path) -> None:
    path = tmp_path / "空合计.xlsx"
    shutil.copy(SAMPLES / "焦作2024.xlsx", path)
    at = Desk(path)
    sheets = {name: at.behind.file[name] for name in ("公开03表", "公开09表")}
    for name, address in (("公开03表", "C7"), ("公开03表", "D7"), ("公开03表", "C9"), ("公开09表", "A8")):
        sheets[name][address].value = at.behind.results[name][address].value = None
    at.book.save()
    filled = fill(read_book(open_workbook(str(path)), CATALOGUE.edition), CATALOGUE)
    said = at.press("fill")
    assert f"填了 {len(filled.cells)} 格" in said
    for cell in filled.cells:
        written = at.behind.file[cell.place.sheet][cell.place.address]
        assert round(written.value * 1_000_000) == cell.fen
        assert written.fill.fgColor.rgb[-6:] == COLOUR
    assert len(filled.cells) == 4
    again = read_book(snapshot(at.book), CATALOGUE.edition)
    assert {cell.key for cell in filled.cells} <= again.filled, "工作簿应当记得哪些格是填列的"
    assert at.press("fill").startswith("没有要填的格。")


def test_a_record_that_does_not_go_is_no_reason_to_try_for_ever(desk: Callable[[Path], Desk]) -> None:
    at = desk(SAMPLES / "焦作2024.xlsx")
    assert put_custom_xml(at.book, "urn:a", '<a xmlns="urn:a"/>')
    at.book.api.CustomXMLParts.locked = True
    assert put_custom_xml(at.book, "urn:a", '<a xmlns="urn:a">1</a>')
    at.book.api.CustomXMLParts.locked = False
    assert put_custom_xml(at.book, "urn:a", '<a xmlns="urn:a">2</a>')
    assert at.book.api.CustomXMLParts.Count == 1


def test_the_book_is_converted_beside_itself(tmp_path: Path) -> None:
    at = Desk(filled_file(tmp_path / "某局 元.xlsx", figures(3, CATALOGUE.edition), "元"))
    at.book.api.Saved = False
    assert "没有保存的改动" in at.press("balance")
    at.book.api.Saved = True
    said = at.press("balance")
    assert "已存在，没有覆盖" in at.press("balance")
    written = tmp_path / "某局 元-万元.xlsx"
    assert said.startswith(f"已写出 {written}：办法：各数四舍五入，不调整，列出尾差。\n")
    assert "none" not in said
    assert len(said) < 1_000
    told = checked_file(written)
    assert told.book.currency == "万元"
    assert told.counts["failed"] == 0
    assert checked_file(at.path).book.currency == "元"


def test_three_public_fills_its_tables_only(desk: Callable[[Path], Desk]) -> None:
    at = desk(SAMPLES / "焦作2024.xlsx")
    for name, address in (("公开03表", "C7"), ("公开09表", "A8")):
        at.behind.file[name][address].value = at.behind.results[name][address].value = None
    said = at.press("three_public")
    assert said.startswith("填了 1 格。\n预算数：")
    assert at.behind.file["公开09表"]["A8"].value is not None
    assert at.behind.file["公开03表"]["C7"].value is None
    assert at.behind.selected == ("公开09表", None)
    assert at.press("three_public").startswith("没有要填的格。")
    at.behind.results["公开09表"]["A8"].value = at.behind.file["公开09表"]["A8"].value = 9
    assert "有 1 格原有的数与规则不符，没有改动" in at.press("three_public")
    at.behind.file["公开09表"].sheet_state = "hidden"
    assert at.press("three_public").startswith("没有要填的格。")


def test_shares_that_are_filled_are_told_with_their_table(tmp_path: Path) -> None:
    path = tmp_path / "甲局.xlsx"
    write_unit(path, "甲局", unit_figures(1))
    at = Desk(path)
    filled = fill(read_book(open_workbook(str(path)), CATALOGUE.edition), CATALOGUE)
    assert filled.ratios
    said = at.press("fill")
    assert said.startswith(f"填了 {len(filled.cells) + len(filled.ratios)} 格（")
    assert re.search(r"（[^）]+ \d+ 格）", said)


def test_help_tells_what_every_button_does(desk: Callable[[Path], Desk]) -> None:
    said = desk(WRONG).press("help")
    assert all(f"{button.label}：{button.tip}" in said for button in declared_buttons())


@pytest.fixture
def template(tmp_path: Path) -> Desk:
    """The template with a mistake in it: every sheet is protected, without a password."""
    path = tmp_path / "模板.xlsx"
    path.write_bytes(workbook_bytes(build_template(CATALOGUE, Order("示例单位", 2024, "元"))))
    at = Desk(path)
    for sheet, column in (("公开03表", "D"), ("公开05表", "D")):
        at.behind.file[sheet]["A8"].value = at.behind.results[sheet]["A8"].value = "9999999"
        at.behind.results[sheet][f"{column}8"].value = at.behind.file[sheet][f"{column}8"].value = 12.5
    return at


def test_protected_sheets_are_protected_again_as_they_were(template: Desk) -> None:
    sheets = {sheet.name: sheet for sheet in template.behind.sheets()}
    before = {name: (sheet.is_protected(), sheet.options()) for name, sheet in sheets.items()}
    assert all(protected for name, (protected, _) in before.items() if name.startswith("公开"))
    assert "有密码保护" not in template.press("check")
    marked = {sheet.name for sheet in template.behind.sheets() if sheet.notes()}
    assert marked & before.keys()
    assert {name: (sheet.is_protected(), sheet.options()) for name, sheet in sheets.items()} == before


def test_a_failure_leaves_every_sheet_and_the_structure_protected_as_they_were(
    template: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*given: Any) -> None:
        raise OSError("Excel 关掉了连接")

    template.book.api.ProtectStructure, template.book.api.ProtectWindows = True, True
    sheets = template.behind.sheets()
    before = [(sheet.name, sheet.is_protected(), sheet.options()) for sheet in sheets]
    monkeypatch.setattr("juesuan.live.marking.paint", refused)
    assert "程序出错了" in template.press("check")
    assert [(sheet.name, sheet.is_protected(), sheet.options()) for sheet in sheets] == before
    assert (template.book.api.ProtectStructure, template.book.api.ProtectWindows) == (True, True)


def test_a_sheet_with_a_password_is_checked_and_left_as_it_is(template: Desk) -> None:
    template.press("check")
    marked = {sheet.name for sheet in template.behind.sheets() if sheet.notes()}
    template.press("clear")
    for sheet in template.behind.sheets():
        sheet.passwords = {"秘密"}  # type: ignore[attr-defined]
    said = template.press("check")
    assert "有密码保护，没有涂色和批注，问题见“核对结果”。" in said
    assert "标注了" not in said
    assert "没有要标注的格" not in said
    assert all(name in said for name in marked)
    assert not any(sheet.notes() for sheet in template.behind.sheets())
    assert "核对结果" in template.behind.file.sheetnames


def test_only_what_was_filled_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "空合计.xlsx"
    shutil.copy(SAMPLES / "焦作2024.xlsx", path)
    at = Desk(path)
    for name, address in (("公开03表", "C7"), ("公开09表", "A8")):
        at.behind.file[name][address].value = at.behind.results[name][address].value = None
    sheets = {sheet.name: sheet for sheet in at.behind.sheets()}

    def lock(name: str) -> None:
        sheets[name].protect(sheets[name].options() | {"Contents": True})
        sheets[name].passwords = {"秘密"}  # type: ignore[attr-defined]

    lock("公开03表")
    assert at.press("fill").startswith("填了 1 格（公开09表 1 格），涂成浅绿。\n工作表“公开03表”有密码保护，没有填。")
    lock("公开09表")
    assert at.press("fill").startswith("一格也没有填。\n工作表“公开03表”")


@pytest.mark.parametrize(
    ("address", "area"),
    [
        ("'[决算.xlsx]公开03表'!$B$2:$D$9", (1, 1, 8, 3)),
        ("[决算.xlsx]公开03表!$A$1", (0, 0, 0, 0)),
        ("[决算.xlsx]公开03表!$3:$20", (2, 0, 19, 16383)),
        ("[决算.xlsx]公开03表!$B:$J", (0, 1, 1048575, 9)),
    ],
)
def test_a_used_area_of_whole_rows_or_columns_is_understood(address: str, area: tuple[int, ...]) -> None:
    assert _area(address) == ("公开03表", area)


def test_a_locked_structure_takes_one_sentence(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.book.api.ProtectStructure, at.book.api.password = True, "秘密"
    before = at.looks()
    assert "不能加“核对结果”" in at.press("check")
    assert at.looks() == before
    at.book.api.password = ""
    at.press("check")
    assert at.book.api.ProtectStructure


def test_somebody_elses_sheet_of_our_name_is_not_touched(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.book.sheets.add("核对结果")
    assert "已有名为“核对结果”的工作表" in at.press("check")
    assert at.behind.file["核对结果"]["A1"].value is None


def test_a_marked_copy_is_cleared_elsewhere_and_every_button_says_so(tmp_path: Path) -> None:
    copy = tmp_path / "回执.xlsx"
    assert main(["mark", str(WRONG), "-o", str(copy)]) == 0
    at = Desk(copy)
    before = at.looks()
    for action in ("check", "clear", "next"):
        assert "是收到的标注副本，请先关闭它，用“发送到 → 决算核对”里的“清除标记”" in at.press(action)
    assert at.looks() == before


def test_what_a_merge_lists_of_other_workbooks_is_not_read(tmp_path: Path) -> None:
    folder, department = tmp_path / "各单位", tmp_path / "部门.xlsx"
    folder.mkdir()
    for seed, name in enumerate(("甲局", "乙中心")):
        write_unit(folder / f"{name}.xlsx", name, unit_figures(seed))
    assert main(["merge", str(folder), "-o", str(department)]) != 2
    at = Desk(department)
    assert TRACE_NAME in at.behind.file.sheetnames
    live = check(read_book(snapshot(at.book), CATALOGUE.edition), CATALOGUE)
    assert [item.message for item in live.findings] == [item.message for item in checked_file(department).findings]


def test_a_bug_is_logged_and_the_program_left_as_it_was(
    desk: Callable[[Path], Desk], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "状态"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "状态"))
    start_log()

    def broken(book: xw.Book, progress: Callable[[str], None]) -> str:
        progress("一半")
        raise ZeroDivisionError("界面之外的差错")

    monkeypatch.setitem(ACTIONS, "check", broken)
    at = desk(WRONG)
    assert "程序出错了，没有做完" in at.press("check")
    assert at.app.said[-1][1] == "critical"
    assert "ZeroDivisionError: 界面之外的差错" in Path(log_path()).read_text(encoding="utf-8")


def test_a_workbook_that_is_not_open_is_said_and_the_program_ends_in_order(tmp_path: Path) -> None:
    """The macro speaks up for a program that ends otherwise; here, where there is no Excel, and no log can be kept."""
    (tmp_path / "juesuan").write_text("")
    command = [sys.executable, "-m", "juesuan.buttons", "check", "--book=D:\\决算*1.xlsx", "--hwnd=7"]
    given = os.environ | {"XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "workbook"), "PYTHONUTF8": "1"}
    ended = subprocess.run(command, env=given, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ended.stderr == "没有找到打开着的“决算%1.xlsx”。请在 Excel 或 WPS 里打开它再按按钮。\n"
    assert ended.returncode == 0


def test_progress_is_shown_and_taken_away(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    at.press("check")
    assert [text for text in at.app.bar if text] == [f"决算公开：正在{what}……" for what in ("读取各表", "核对", "标注")]
    assert at.app.bar[-1] is False


def test_calls_are_few(tmp_path: Path) -> None:
    """Everything that is asked of the program, one step of a chain of names at a time: nothing is left out."""
    path = tmp_path / "某某局.xlsx"
    write_ordinary_book(path, 0, tails=False)
    at = Desk(path)
    for row in range(9, 60, 6):
        for cells in (at.behind.file["公开03表"], at.behind.results["公开03表"]):
            cells.cell(row, 4).value = 12_345 + row
    COUNTED.clear()
    told = check(read_book(snapshot(at.book), CATALOGUE.edition), CATALOGUE)
    assert sum(row.key.isdigit() for row in told.book.sheets["expenditure"].rows) >= 60
    assert len(told.findings) >= 44
    read, sheets = sum(COUNTED.values()), len(at.behind.sheets())
    assert read <= 10 * sheets + 8, COUNTED
    COUNTED.clear()
    press("check", at.book)
    calls = sum(COUNTED.values())
    marks = marks_of(told)
    assert COUNTED["Range.note"] == COUNTED["RangeApi.AddComment"] == len(marks) >= 40
    notes = 6 * len(marks)
    assert calls - notes <= read + 154, COUNTED


def test_the_draft_is_unsent_and_carries_the_marked_copy(
    desk: Callable[[Path], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(draft, "open_draft", shown.append)
    at = desk(WRONG)
    assert "请填收件人，检查后自己发出" in at.press("send")
    message = message_from_bytes(Path(shown[0]).read_bytes(), policy=default)
    assert message["X-Unsent"] == "1"
    assert not message["To"]
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "焦作2024-有误-核对.xlsx"
    content: bytes = attached.get_content()
    assert content == at.path.read_bytes()
    package = open_workbook(str(at.path)).package
    assert any(WATERMARK.encode() in package.read(part) for part in package.entries)


@pytest.mark.parametrize(("name", "attached"), [("决算.xls", "决算-核对.xls"), ("决算-核对.xlsx", "决算-核对.xlsx")])
def test_a_draft_names_what_it_carries_whatever_the_unit_is_called(name: str, attached: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    written = draft.write_draft(str(path), "甲局\r\n（本级）部门决算公开表核对", "结论")
    message = message_from_bytes(Path(written).read_bytes(), policy=default)
    assert message["Subject"] == "甲局 （本级）部门决算公开表核对"
    assert [part.get_filename() for part in message.iter_attachments()] == [attached]


def test_an_unsaved_workbook_is_not_sent(desk: Callable[[Path], Desk]) -> None:
    at = desk(WRONG)
    before = at.looks()
    at.book.api.ReadOnly = True
    assert "是只读打开的" in at.press("send")
    assert at.looks() == before
    at.path.unlink()
    assert "还没有保存" in at.press("send")


def test_the_narrative_is_written_beside_the_saved_workbook(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    path, output = tmp_path / "决算=1.xlsx", tmp_path / "决算=1-情况说明.docx"
    workbook_with_supplement().save(path)
    at = Desk(path)
    assert at.press("narrate") == f"已写出“{output}”。"
    own = tmp_path / "命令.docx"
    assert main(["narrate", str(path), "-o", str(own)]) == 0
    assert output.read_bytes() == own.read_bytes()
    assert docx.Document(str(output)).paragraphs[0].text == "第三部分 2024年度部门决算情况说明"
    assert "已存在，没有覆盖" in at.press("narrate")
    at.book.api.Saved = False
    assert "有没有保存的改动" in at.press("narrate")
    path.unlink()
    assert "还没有保存" in at.press("narrate")


def test_no_narrative_while_an_error_stands_and_what_is_missing_is_told(desk: Callable[[Path], Desk]) -> None:
    pytest.importorskip("docx")
    at = desk(WRONG)
    assert "没有写情况说明：结论是“有差错，必须改正”" in at.press("narrate")
    assert not at.path.with_name("焦作2024-有误-情况说明.docx").exists()
    right = desk(SAMPLES / "焦作2024.xlsx")
    assert "处待填，已标黄" in right.press("narrate")
    assert right.path.with_name("焦作2024-情况说明.docx").exists()


@pytest.mark.parametrize(
    "name", [r"C:\决算\a=b&c%d%.xlsx", r"\\服务器\共享\决算 1.xlsx", "工作簿1", "https://x.sharepoint.com/决算.xlsx"]
)
def test_the_workbook_is_found_by_its_full_name(name: str) -> None:
    """A dead window, a busy Excel, one with a book of the same name from elsewhere, then the one that is wanted."""

    class Api:
        def __init__(self, full_name: str) -> None:
            self.FullName = full_name

    class Open:
        def __init__(self, full_name: str) -> None:
            self.api = Api(full_name)

    class Program:
        def __init__(self, *names: str) -> None:
            self.books = [Open(item) for item in names]

    def dead() -> list[Any]:
        raise OSError("窗口不在了")

    class Busy:
        @property
        def books(self) -> list[Any]:
            raise OSError("正在编辑单元格")

    wanted = Program("别的.xlsx", name.upper())
    other = Program("D:\\另一处\\" + name.replace("/", "\\").rpartition("\\")[2])
    found = find_book(name, [dead, lambda: [Busy(), other, wanted]])  # type: ignore[list-item]
    assert found.api is wanted.books[1].api
    with pytest.raises(JuesuanError, match="没有找到打开着的"):
        find_book(name, [dead, lambda: [other]])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("cells", "joined"),
    [
        ([(0, 0)], ["A1"]),
        ([(0, 0), (1, 0), (2, 0)], ["A1:A3"]),
        ([(0, 0), (0, 1), (1, 0), (1, 1)], ["A1:B2"]),
        ([(0, 0), (2, 0), (0, 3)], ["A1,D1,A3"]),
        ([(4, 2), (5, 2), (5, 3), (6, 2)], ["C5,C6:D6,C7"]),
    ],
)
def test_addresses_are_gathered(cells: list[tuple[int, int]], joined: list[str]) -> None:
    assert list(areas.addresses(Place("x", *cell) for cell in cells)) == joined


def test_addresses_are_never_too_long() -> None:
    cells = [Place("x", row, column) for row in range(0, 400, 2) for column in (row % 26, 30)]
    parts = list(areas.addresses(cells))
    assert max(map(len, parts)) <= areas.LONGEST
    assert sum(len(part.split(",")) for part in parts) == len(cells)
