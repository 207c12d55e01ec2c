"""A package written back: what did not change is the same bytes, what did change reads as it should."""

from __future__ import annotations

import errno
import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from juesuan.errors import JuesuanError
from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.custom_part import put_custom_part
from juesuan.ooxml.new_package import new_package
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import patch_of
from juesuan.ooxml.row_xml import SheetRows
from juesuan.ooxml.sheet_xml import Change, change_cells, set_numbers
from juesuan.ooxml.styles_xml import Styles, solid
from juesuan.reading.files import open_workbook
from juesuan.written import save

NAMES = ("xl/workbook.xml", "甲/说明.txt", "xl/styles.xml", "media/photo.png")


class Pipe(io.RawIOBase):
    """A place that cannot be sought: `zipfile` then writes data descriptors behind the entries."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.content += bytes(data)
        return len(data)


def packed(*, streamed: bool = False, comment: bytes = b"") -> bytes:
    pipe = Pipe()
    whole = io.BytesIO()
    with zipfile.ZipFile(pipe if streamed else whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, name in enumerate(NAMES):
            stored = name.endswith("png") and not streamed
            archive.writestr(name, f"{name} 的内容 " * 20, zipfile.ZIP_STORED if stored else None)
            archive.getinfo(name).external_attr = number
        archive.comment = comment
    return pipe.content if streamed else whole.getvalue()


def entry(data: bytes, name: str) -> bytes:
    """An entry as it lies in `data`, up to the next one or the directory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        starts = sorted(info.header_offset for info in archive.infolist())
        start = archive.getinfo(name).header_offset
        return data[start : min([*(other for other in starts if other > start), archive.start_dir])]


@pytest.mark.parametrize("streamed", [False, True])
def test_unchanged_entries_are_copied_with_all_that_belongs_to_them(streamed: bool) -> None:
    data = packed(streamed=streamed, comment=b"note")
    fresh = rewritten(Package(data, "甲.xlsx"), {"xl/styles.xml": b"<styles/>", "new/part.xml": b"<new/>"})
    with zipfile.ZipFile(io.BytesIO(fresh)) as result, zipfile.ZipFile(io.BytesIO(data)) as before:
        assert result.testzip() is None
        assert result.namelist() == [*NAMES, "new/part.xml"]
        assert (result.read("xl/styles.xml"), result.read("new/part.xml")) == (b"<styles/>", b"<new/>")
        assert result.comment == b"note"
        for name in NAMES:
            old, new = before.getinfo(name), result.getinfo(name)
            assert (new.date_time, new.external_attr) == (old.date_time, old.external_attr)
    for name in set(NAMES) - {"xl/styles.xml"}:
        assert entry(fresh, name) == entry(data, name)
    assert fresh == rewritten(Package(data, "甲.xlsx"), {"new/part.xml": b"<new/>", "xl/styles.xml": b"<styles/>"})
    assert rewritten(Package(data, "甲.xlsx"), {}) == data


def test_a_comment_may_hold_what_looks_like_the_end_of_a_zip() -> None:
    plain, comment = packed(), b"PK\x05\x06 is how a zip ends" * 2
    data = plain[:-2] + struct.pack("<H", len(comment)) + comment
    package = Package(data, "甲.xlsx")
    assert list(package.entries) == list(NAMES)
    assert rewritten(package, {}) == data


def test_a_record_of_ours_never_takes_the_place_of_somebody_elses_properties() -> None:
    parts = {
        "[Content_Types].xml": b"<Types></Types>",
        "xl/workbook.xml": b"<workbook/>",
        "xl/styles.xml": b"<styleSheet/>",
        "customXml/itemProps1.xml": b"<theirs/>",
    }
    patch = patch_of(Package(new_package(parts), "甲.xlsx"))
    assert put_custom_part(patch, "urn:ours", "<ours/>", "{0}") == "customXml/item2.xml"
    assert patch.read("customXml/itemProps1.xml") == b"<theirs/>"


def test_entries_may_lie_in_another_order_than_the_directory_lists_them() -> None:
    data = packed()
    end = data.rfind(b"PK\x05\x06")
    package = Package(data, "甲.xlsx")
    lines = [package.entries[name].record for name in reversed(NAMES)]
    (start,) = struct.unpack_from("<L", data, end + 16)
    turned = data[:start] + b"".join(lines) + data[end:]
    fresh = rewritten(Package(turned, "甲.xlsx"), {"xl/styles.xml": b"<styles/>"})
    with zipfile.ZipFile(io.BytesIO(fresh)) as result:
        assert result.testzip() is None
        assert result.namelist() == list(reversed(NAMES))
        assert result.read("甲/说明.txt").decode().startswith("甲/说明.txt")


def test_what_stands_behind_the_zip_is_left_out_and_what_stands_before_it_is_refused() -> None:
    fresh = rewritten(Package(packed() + b"garbage", "甲.xlsx"), {"xl/styles.xml": b"<styles/>"})
    assert fresh == rewritten(Package(packed(), "甲.xlsx"), {"xl/styles.xml": b"<styles/>"})
    with pytest.raises(JuesuanError, match="文件目录损坏"):
        Package(b"garbage" + packed(), "甲.xlsx")


def test_zip64_encrypted_and_doubled_entries_are_refused_in_one_sentence() -> None:
    data = packed()
    end = data.rfind(b"PK\x05\x06")
    (start,) = struct.unpack_from("<L", data, end + 16)
    zip64 = data[:end] + b"PK\x06\x07" + b"\0" * 16 + data[end:]
    encrypted = bytearray(data)
    encrypted[start + 8] |= 1
    doubled = data.replace(b"xl/workbook.xml", b"media/photo.png")
    for content in (zip64, bytes(encrypted), doubled):
        with pytest.raises(JuesuanError, match="请用 Excel 或 WPS 打开后另存一份"):
            rewritten(Package(content, "甲.xlsx"), {})


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "磁盘空间不足"), (errno.EROFS, "只读"), (errno.EIO, "")])
def test_a_write_that_fails_half_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    path = tmp_path / "结果.xlsx"
    path.write_bytes(b"before")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(JuesuanError, match=f"写不了.*{words}.*没有写出任何内容"):
        save(b"after", str(path))
    monkeypatch.undo()
    assert [(item.name, item.read_bytes()) for item in tmp_path.iterdir()] == [("结果.xlsx", b"before")]


def test_an_interruption_leaves_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(b"after", str(tmp_path / "结果.xlsx"))
    assert list(tmp_path.iterdir()) == []


def sheet(rows: str, before: str = "") -> bytes:
    return f'<worksheet xmlns="m">{before}<sheetData>{rows}</sheetData><mergeCells/></worksheet>'.encode()


def restyle(style: int) -> int:
    return style + 100


ROW = '<row r="2" spans="1:3" ht="18">'


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (f'{ROW}<c r="B2" s="4"/></row>', f'{ROW}<c r="B2" s="104"><v>5</v></c></row>'),
        (f'{ROW}<c r="B2"></c></row>', f'{ROW}<c r="B2" s="100"><v>5</v></c></row>'),
        (f'{ROW}<c s="4" r="B2"><v>7</v></c></row>', f'{ROW}<c s="104" r="B2"><v>5</v></c></row>'),
        (f'{ROW}<c r="B2" t="s" s="4"><v>7</v></c></row>', f'{ROW}<c r="B2" s="104"><v>5</v></c></row>'),
        (f'{ROW}<c r="B2" t="inlineStr"><is><t>-</t></is></c></row>', f'{ROW}<c r="B2" s="100"><v>5</v></c></row>'),
        (f'{ROW}<c r="B2"><f>A1+1</f></c></row>', f'{ROW}<c r="B2" s="100"><f>A1+1</f><v>5</v></c></row>'),
        (f'{ROW}<c r="B2" t="str"><f>A1</f><v/></c></row>', f'{ROW}<c r="B2" s="100"><f>A1</f><v>5</v></c></row>'),
        (
            f'{ROW}<c r="B2"><f t="shared" si="0"/><v>1</v></c></row>',
            f'{ROW}<c r="B2" s="100"><f t="shared" si="0"/><v>5</v></c></row>',
        ),
        (
            f'{ROW}<c r="A2"/><c r="C2" s="1"/></row>',
            '<row r="2" ht="18"><c r="A2"/><c r="B2" s="100"><v>5</v></c><c r="C2" s="1"/></row>',
        ),
        ('<row r="2"/>', '<row r="2"><c r="B2" s="100"><v>5</v></c></row>'),
        (
            '<row r="2" s="9" customFormat="1"/>',
            '<row r="2" s="9" customFormat="1"><c r="B2" s="109"><v>5</v></c></row>',
        ),
        ('<row r="2" customFormat="1"/>', '<row r="2" customFormat="1"><c r="B2" s="100"><v>5</v></c></row>'),
        (
            '<row r="1"/><row r="3"><c r="B3"/></row>',
            '<row r="1"/><row r="2"><c r="B2" s="100"><v>5</v></c></row><row r="3"><c r="B3"/></row>',
        ),
        ("", '<row r="2"><c r="B2" s="100"><v>5</v></c></row>'),
        ("<row r='2'><c r='B2' s='4'/></row>", '<row r="2"><c r="B2" s="104"><v>5</v></c></row>'),
    ],
)
def test_a_number_is_set_whatever_the_cell_was(rows: str, expected: str) -> None:
    assert set_numbers(sheet(rows), {(1, 1): "5"}, restyle) == sheet(expected)


def test_many_cells_are_set_and_the_rest_of_the_sheet_stays() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="4"><c r="AA4" s="2"/><c r="AB4"/></row>'
    xml = set_numbers(sheet(rows), {(3, 26): "1.5", (0, 2): "-2", (9, 0): "3"}, restyle)
    assert xml == sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="C1" s="100"><v>-2</v></c></row>'
        '<row r="4"><c r="AA4" s="102"><v>1.5</v></c><c r="AB4"/></row>'
        '<row r="10"><c r="A10" s="100"><v>3</v></c></row>'
    )


def test_a_new_cell_has_the_style_of_its_column() -> None:
    columns = '<cols><col min="2" max="3" width="9" style="7"/></cols>'
    xml = set_numbers(sheet("", columns), {(0, 2): "1", (0, 3): "2"}, restyle)
    cells = '<row r="1"><c r="C1" s="107"><v>1</v></c><c r="D1" s="100"><v>2</v></c></row>'
    assert xml == sheet(cells, columns)


def test_a_sheet_with_prefixes_is_patched_with_prefixes() -> None:
    head, tail = b'<x:worksheet xmlns:x="m"><x:sheetData>', b"</x:sheetData></x:worksheet>"
    given = head + b'<x:row r="1"><x:c r="A1"><x:f>B1</x:f></x:c></x:row>' + tail
    cells = b'<x:c r="A1" s="100"><x:f>B1</x:f><x:v>1</x:v></x:c><x:c r="B1" s="100"><x:v>2</x:v></x:c>'
    wanted = b'<x:row r="1">' + cells + b"</x:row>"
    assert set_numbers(given, {(0, 0): "1", (0, 1): "2"}, restyle) == head + wanted + tail
    empty = b'<x:worksheet xmlns:x="m"><x:sheetData/></x:worksheet>'
    assert set_numbers(empty, {(0, 0): "1"}, restyle).count(b"x:v>") == 2


@pytest.mark.parametrize(
    "content",
    [
        sheet("<row><c r='A1'/></row>"),
        sheet('<row r="1"><c><v>1</v></c></row>'),
        sheet('<row r="1"><c r="first"/></row>'),
        sheet('<row r="1"><c r="A1" s="x"/></row>'),
        sheet('<row r="1" s="" customFormat="1"/>'),
        sheet("", '<cols><col style="3" width="9"/></cols>'),
        sheet('<!-- <row r="1"> --><row r="1"/>'),
        sheet("").decode().encode("utf-16"),
    ],
)
def test_a_sheet_that_cannot_be_patched_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(JuesuanError, match="请用 Excel 或 WPS 打开后另存一份再试"):
        set_numbers(content, {(0, 0): "1"}, restyle)


@pytest.mark.parametrize("style", ["", "x"])
def test_a_style_that_is_no_number_is_refused_and_not_given_twice(style: str) -> None:
    with pytest.raises(JuesuanError, match="写法特殊"):
        change_cells(sheet(f'<row r="1"><c r="A1" s="{style}"/></row>'), {(0, 0): Change(restyle)})


@pytest.mark.parametrize("address", ["", ' r="a5"'])
def test_shared_formulas_in_cells_that_do_not_say_where_they_stand_are_refused(address: str) -> None:
    cell = f'<c{address}><f t="shared" si="0" ref="A5:A6">B5</f></c>'
    with pytest.raises(JuesuanError, match="没有写明地址"):
        SheetRows(sheet(f'<row r="5">{cell}</row>'), "表")


def test_a_shared_formula_goes_round_the_edge_as_in_excel() -> None:
    given = sheet(
        '<row r="1"><c r="A1"><f t="shared" si="0"/></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0" ref="A1:B2">A1+$A1</f></c></row>'
    )
    assert next(SheetRows(given, "表").formulas()) == (1, 0, "XFD1048576+$A1048576")


STYLES = (
    b'<styleSheet xmlns="m"><fills count="2"><fill><patternFill patternType="none"/></fill>\n<fill/></fills>'
    b'<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fillId="0"/>'
    b'\n<xf numFmtId="4" fontId="1" fillId="1" xfId="0"><alignment horizontal="right"/></xf></cellXfs>'
    b"<dxfs/></styleSheet>"
)


def test_a_style_is_the_same_with_our_fill_and_is_added_once() -> None:
    styles = Styles(STYLES)
    green = styles.fill(solid("E2EFDA"))
    assert [styles.restyled(style, green) for style in (1, 0, 1, 2, 99)] == [2, 3, 2, 2, 3]
    fill = (
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE2EFDA"/><bgColor indexed="64"/></patternFill></fill>'
    )
    formats = (
        '<xf numFmtId="4" fontId="1" fillId="2" xfId="0" applyFill="1"><alignment horizontal="right"/></xf>'
        '<xf numFmtId="0" fillId="2" applyFill="1"/>'
    )
    wanted = STYLES.decode().replace('<fills count="2">', '<fills count="3">').replace("</fills>", f"{fill}</fills>")
    wanted = wanted.replace('<cellXfs count="2">', '<cellXfs count="4">').replace("</cellXfs>", f"{formats}</cellXfs>")
    assert styles.xml.decode() == wanted
    again = Styles(styles.xml)
    assert [again.restyled(style, again.fill(solid("E2EFDA"))) for style in (1, 2)] == [2, 2]
    assert again.xml == styles.xml


def test_styles_that_cannot_be_patched_are_refused_in_one_sentence() -> None:
    with pytest.raises(JuesuanError, match="另存一份"):
        Styles(b"<styleSheet/>")


def test_an_empty_last_row_as_libreoffice_leaves_one_is_not_far_away(tmp_path: Path) -> None:
    content = (Path(__file__).parent.parent / "samples" / "焦作2024.xlsx").read_bytes()
    far = tmp_path / "远.xlsx"
    for row, oversized in (
        ('<row r="1048576"/>', ()),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', ("公开03表",)),
    ):
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(far, "w") as new:
            for name in old.namelist():
                part = old.read(name)
                if name == "xl/worksheets/sheet3.xml":
                    part = part.replace(b"</sheetData>", f"{row}</sheetData>".encode())
                new.writestr(name, part)
        assert open_workbook(str(far)).oversized == oversized
