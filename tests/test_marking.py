"""Marks on a workbook: where they stand, what they leave alone, and that they come off exactly."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from honest import CATALOGUE, SAMPLES, read
from juesuan import cli
from juesuan.check import check
from juesuan.marking.marks_part import NAMESPACE
from juesuan.marks import COLOURS, marks_of
from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.custom_part import custom_part
from juesuan.ooxml.note_boxes import fitting
from juesuan.ooxml.package import Package
from juesuan.reading.notes import END, HEAD, RULER
from rich_book import ill_formed, packed, rich_book, unpacked
from rich_features import KINDS, features, lost
from rich_furnishings import furnishings
from test_fill import written
from tools import libreoffice, require, validation_errors

WRONG = SAMPLES / "焦作2024-有误.xlsx"
RICH: dict[str, dict[str, bool]] = {
    "plain": {},
    "macros": {"macros": True},
    "locked": {"locked": True},
    "shared strings": {"shared_strings": True},
    "prefixed": {"prefixed": True},
}
VARIANTS = pytest.mark.parametrize("variant", RICH)
RESULT = "核对结果"
OURS = (RESULT, "说明")


def run(command: str, *arguments: str | Path) -> int:
    return cli.main([command, *map(str, arguments)])


def whole(command: str, path: Path, what: str) -> Path:
    """What a command makes of a workbook, after a look whether all of it is XML."""
    assert run(command, path) == 0
    result = path.with_name(f"{path.stem}-{what}{path.suffix}")
    assert ill_formed(result.read_bytes()) == []
    return result


def marked(path: Path) -> Path:
    return whole("mark", path, "核对")


def cleared(path: Path) -> Path:
    return whole("clear", path, "已清除")


def wrong(folder: Path) -> Path:
    path = folder / "决算 = 甲&乙.xlsx"
    path.write_bytes(WRONG.read_bytes())
    return path


def rich(folder: Path, variant: str) -> Path:
    path = folder / f"账.{'xlsm' if variant == 'macros' else 'xlsx'}"
    path.write_bytes(rich_book(**RICH[variant]))
    return path


def parts(path: Path) -> dict[str, bytes]:
    return unpacked(path.read_bytes())


def colour(cell: object) -> str | None:
    fill = cell.fill  # type: ignore[attr-defined]
    return str(fill.fgColor.rgb)[2:] if fill.patternType == "solid" else None


def look(book: Workbook) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Colour and note of every cell that has one of our colours or a note."""
    seen = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows() if sheet.title not in OURS else ():
            for cell in row:
                if cell.comment or colour(cell) in COLOURS.values():
                    seen[sheet.title, cell.coordinate] = (colour(cell), cell.comment.text if cell.comment else None)
    return seen


def findings(path: Path, capsys: pytest.CaptureFixture[str]) -> object:
    capsys.readouterr()
    run("check", path, "--format", "json")
    [book] = json.loads(capsys.readouterr().out)["books"]
    return {name: value for name, value in book.items() if name not in ("path", "sha256")}


def test_every_finding_has_its_colour_and_its_note(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    seen = look(openpyxl.load_workbook(marked(path)))
    marks = marks_of(check(read(path), CATALOGUE))
    assert seen.keys() == {(place.sheet, place.address) for place in marks}
    for place, mark in marks.items():
        shade, note = seen[place.sheet, place.address]
        assert shade == COLOURS[mark.kind]
        assert note == f"{HEAD}{fitting(mark.text)}\n{END}"
    assert {mark.kind for mark in marks.values()} == set(COLOURS)
    assert any(len(mark.messages) > 1 for mark in marks.values())


def test_values_formulas_and_their_results_stay(tmp_path: Path) -> None:
    path = rich(tmp_path, "plain")
    for only in (False, True):
        before, after = (openpyxl.load_workbook(file, data_only=only) for file in (path, marked(path)))
        for sheet in before.worksheets:
            values = [[cell.value for cell in row] for row in sheet.iter_rows()]
            assert [[cell.value for cell in row] for row in after[sheet.title].iter_rows()] == values


def test_the_first_sheet_tells_everything_and_leads_to_the_cells(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    checked = check(read(path), CATALOGUE)
    sheet = openpyxl.load_workbook(marked(path)).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert sheet.title == RESULT
    assert sheet["A3"].value == "结论：有差错，必须改正"
    rows = [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    for finding in checked.findings:
        if checked.culprit_of(finding) is not None and finding.expected is not None:
            assert finding.place
            where = f"{finding.place.sheet} {finding.place.address}"
            [told] = [row for row in rows if where in row and row[-1] == finding.rule]
            assert any(text.startswith("由此不相符：") for text in told)
            continue
        said = next(text for text in texts if text.startswith(finding.message))
        if finding.status == "tail":
            assert all(cell.place.address in said for cell in finding.cells)
    for item in checked.not_checked:
        assert item.reason in texts
        assert any(item.rule in text for text in texts)
    links = {str(cell.value): cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    places = {finding.place for finding in checked.findings if finding.place}
    assert {f"{place.sheet} {place.address}" for place in places} <= links.keys()
    assert all(f"'{name.split()[0]}'!{name.split()[1]}" == where for name, where in links.items())
    grid = {str(row[2].value): [cell.value for cell in row[3:8]] for row in sheet["A7:H16"]}
    assert grid["公开01表"] == ["没有问题", "没有问题", "—", "没有问题", "未核对"]
    assert grid["公开03表"][0] == "错误 3"
    assert {sheet.page_setup.orientation, str(sheet.page_setup.paperSize)} == {"landscape", "9"}


def test_only_parts_that_a_mark_must_touch_change(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    before, after = parts(path), parts(marked(path))
    changed = {name for name, content in before.items() if after[name] != content}
    sheets = {f"xl/worksheets/sheet{number}.xml" for number in (2, 3, 4, 5, 6, 9)}
    assert changed == sheets | {"xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
    assert [name for name in before if name in after] == [name for name in after if name in before]


@VARIANTS
def test_twenty_kinds_of_content_are_kept(variant: str, tmp_path: Path) -> None:
    path = rich(tmp_path, variant)
    data, done = path.read_bytes(), marked(path).read_bytes()
    gone = lost(features(data), features(done))
    own = {kind: items for kind, items in gone.items() if kind != "comment"}
    assert own == {}
    # The user's note on a cell that is marked goes on with ours below it; the other stays as it was.
    [kept] = gone["comment"]
    assert kept.startswith("公开03表: D12 ")
    assert any(item.startswith(kept) and RULER in item for item in features(done)["comment"])
    assert len(KINDS) == 20
    around, after = furnishings(data), furnishings(done)
    gone = {kind: items for kind, items in lost(around, after).items() if kind not in ("sheets", "comment fonts")}
    # The box of the note that goes on is larger.
    assert {kind: len(items) for kind, items in gone.items()} == {"comment boxes": 1}
    states = sorted(item for item in after["sheets"] if item.startswith("opens"))
    assert states == ["opens at 4"]


@VARIANTS
def test_clearing_gives_back_every_part_byte_for_byte(variant: str, tmp_path: Path) -> None:
    path = rich(tmp_path, variant)
    assert parts(cleared(marked(path))) == parts(path)


def test_clearing_gives_back_the_file_however_its_zip_is_written(tmp_path: Path) -> None:
    """As LibreOffice writes it: sizes behind the content, more fields, its own system."""
    path = wrong(tmp_path)

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts(path).items():
            entry = zipfile.ZipInfo(name, (2025, 1, 2, 3, 4, 6))
            entry.compress_type, entry.extra, entry.comment = zipfile.ZIP_DEFLATED, b"\x99\x99\x01\x00x", b"y"
            archive.writestr(entry, content)
    path.write_bytes(stream.getvalue())
    assert cleared(marked(path)).read_bytes() == path.read_bytes()


@VARIANTS
def test_marking_twice_is_marking_once(variant: str, tmp_path: Path) -> None:
    path = rich(tmp_path, variant)
    once = marked(path)
    assert marked(once).read_bytes() == once.read_bytes()


@VARIANTS
def test_a_marked_book_has_the_findings_of_the_book(
    variant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rich(tmp_path, variant)
    assert findings(marked(path), capsys) == findings(path, capsys)


@pytest.mark.parametrize("name", sorted(path.stem for path in (SAMPLES / "broken").glob("*.xlsx")))
def test_every_broken_sample_is_marked_and_cleared(name: str, tmp_path: Path) -> None:
    path = tmp_path / "账.xlsx"
    path.write_bytes((SAMPLES / "broken" / f"{name}.xlsx").read_bytes())
    done = marked(path)
    assert parts(cleared(done)) == parts(path)
    assert [item.rule for item in check(read(done), CATALOGUE).findings] == [
        item.rule for item in check(read(path), CATALOGUE).findings
    ]


def edited(path: Path) -> Path:
    """The clerk corrects a figure, writes a note and puts in a row."""
    book = openpyxl.load_workbook(path)
    sheet = book["公开03表"]
    sheet["D9"] = 676.23
    sheet.insert_rows(15)
    sheet["E20"].comment = Comment("再核对一下", "李会计")
    result = path.with_name("改过.xlsx")
    book.save(result)
    return result


def test_after_the_clerk_has_edited_only_our_marks_come_off(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    book = openpyxl.load_workbook(cleared(edited(marked(path))))
    assert RESULT not in book.sheetnames
    assert look(book) == {("公开03表", "E20"): (None, "再核对一下")}
    assert book["公开03表"]["D9"].value == 676.23
    before = openpyxl.load_workbook(path)
    assert {colour(cell) for row in book["公开02表"].iter_rows() for cell in row} == {
        colour(cell) for row in before["公开02表"].iter_rows() for cell in row
    }


def test_after_libreoffice_has_saved_it_our_marks_come_off(tmp_path: Path) -> None:
    require("soffice")
    path = rich(tmp_path, "plain")
    libreoffice(["--convert-to", "xlsx", "--outdir", tmp_path / "存过", marked(path)], tmp_path)
    book = openpyxl.load_workbook(cleared(tmp_path / "存过" / "账-核对.xlsx"))
    assert RESULT not in book.sheetnames
    notes = {place: note for place, (_, note) in look(book).items()}
    assert notes.keys() == {("公开03表", "D12"), ("公开03表", "B9")}
    assert all("juesuan" not in (note or "") for note in notes.values())


def test_libreoffice_shows_every_colour_and_note(tmp_path: Path) -> None:
    require("soffice")
    path = wrong(tmp_path)
    done = marked(path)
    libreoffice(["--convert-to", "xlsx", "--outdir", tmp_path / "读回", done], tmp_path)
    ours, theirs = (look(openpyxl.load_workbook(file)) for file in (done, tmp_path / "读回" / done.name))
    assert {place: (shade, (note or "").strip()) for place, (shade, note) in theirs.items()} == {
        place: (shade, (note or "").strip()) for place, (shade, note) in ours.items()
    }


def new_errors(before: Path, after: Path) -> list[str]:
    """What the Open XML SDK finds wrong in `after` that it did not find in `before`."""
    known = {str(error["description"]) for error in validation_errors(before)}
    return [str(error) for error in validation_errors(after) if str(error["description"]) not in known]


@pytest.mark.parametrize("variant", ["plain", "macros", "prefixed"])
def test_the_open_xml_sdk_finds_no_new_error(variant: str, tmp_path: Path) -> None:
    path = rich(tmp_path, variant)
    assert new_errors(path, marked(path)) == []


def test_the_open_xml_sdk_finds_no_new_error_after_edits(tmp_path: Path) -> None:
    path = edited(marked(wrong(tmp_path)))
    assert new_errors(path, cleared(path)) == []


@pytest.mark.parametrize("seed", range(4))
def test_random_books_are_marked_and_cleared(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "随机.xlsx"
    written(seed, "元" if seed % 2 else "万元", path)
    done = marked(path)
    assert parts(cleared(done)) == parts(path)
    assert new_errors(path, done) == []


def label_as_formula(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    cell = book["公开03表"]["B10"]
    cell.value = '=HYPERLINK("http://x","点我")'
    cell.data_type = "s"
    book.save(path)


def test_what_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    path = wrong(tmp_path)
    label_as_formula(path)
    sheet = openpyxl.load_workbook(marked(path)).worksheets[0]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert any("=HYPERLINK" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def taken(path: Path) -> None:
    """A sheet of the user's has the name of ours, below a table that is left as it was."""
    book = openpyxl.load_workbook(path)
    book.create_sheet("核对结果")["A1"] = "我自己的表"
    book.save(path)


def without(path: Path, part: str) -> None:
    path.write_bytes(packed({name: content for name, content in parts(path).items() if name != part}))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(rich_book(strict=True)), "存储格式特殊"),
        (lambda path: without(path, "[Content_Types].xml"), "存储格式特殊"),
        (lambda path: path.write_bytes(b"PK"), "已损坏"),
        (lambda path: path.unlink(), "找不到文件"),
    ],
)
def test_what_cannot_be_marked_is_refused_in_one_sentence(
    spoil: Callable[[Path], object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = wrong(tmp_path)
    spoil(path)
    assert run("mark", path) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir() if file != path] == []


def test_the_book_itself_is_never_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = wrong(tmp_path)
    for command in ("mark", "clear"):
        assert run(command, path, "-o", path) == 2
        assert "就是原来的文件" in capsys.readouterr().err
    assert path.read_bytes() == WRONG.read_bytes()


def test_a_users_own_sheet_of_that_name_is_not_taken_for_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = wrong(tmp_path)
    taken(path)
    assert run("mark", path) == 2
    assert "里已有名为“核对结果”的工作表" in capsys.readouterr().err
    assert openpyxl.load_workbook(cleared(path))["核对结果"]["A1"].value == "我自己的表"


def test_a_locked_structure_is_kept_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marked(rich(tmp_path, "locked"))
    assert "工作簿的结构保护仍在" in capsys.readouterr().out


def test_a_book_without_marks_is_cleared_to_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = wrong(tmp_path)
    assert cleared(path).read_bytes() == path.read_bytes()
    assert "没有 juesuan 的标注" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "spoilt"),
    [
        (rb' digest="\w{4}', b' digest="0000'),
        (rb' digest="\w+"', b""),
        (rb' parts="\d+"', b""),
        (rb"<before>(.{999}).{9}", rb"<before>\1AAAAAAAAA"),
        (rb"<before>.*</before>", b""),
        (rb'<part name="xl/styles.xml"[^>]*>', b""),
        (rb"<part .*(?=<before>)", b""),
        (rb"(?s)<marks .*", b"<marks/>"),
    ],
)
def test_a_damaged_record_never_becomes_part_of_the_workbook(given: bytes, spoilt: bytes, tmp_path: Path) -> None:
    path = wrong(tmp_path)
    written = marked(path)
    package = Package(written.read_bytes(), written.name)
    record = custom_part(package, NAMESPACE)
    assert record
    damaged = re.sub(given, spoilt, package.read(record), count=1)
    assert damaged != package.read(record)
    written.write_bytes(rewritten(package, {record: damaged}))
    assert look(openpyxl.load_workbook(cleared(written))) == {}


def test_killed_at_any_moment_there_is_no_output_or_a_whole_one(tmp_path: Path) -> None:
    path, output = wrong(tmp_path), tmp_path / "标注.xlsx"
    before = path.read_bytes()
    assert run("mark", path, "-o", output) == 0
    whole = output.read_bytes()
    output.unlink()
    seen = set()
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "juesuan", "mark", path, "-o", output], check=True, capture_output=True)
    length = time.monotonic() - started
    for step in range(24):
        output.unlink()
        process = subprocess.Popen(
            [sys.executable, "-m", "juesuan", "mark", path, "-o", output],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(length * (0.5 + step / 40))
        process.kill()
        process.wait()
        seen.add(output.exists())
        if not output.exists():
            output.write_bytes(whole)
        assert output.read_bytes() == whole
        assert path.read_bytes() == before
    assert seen


def test_a_workbook_without_findings_is_not_said_to_have_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "核对.xlsx"
    assert cli.main(["mark", str(SAMPLES / "made_up" / "档案馆.xlsx"), "-o", str(output)]) == 0
    said = capsys.readouterr().out
    assert f"已写出 {output}：没有要标注的格；首页“核对结果”写着结论、提示和没有核对的规则。" in said
