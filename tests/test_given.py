"""Files as they are given: whatever Windows calls text is read, and what is no file is one sentence."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.given import content_of, declared_in, text_of
from juesuan.intake.books import source_of
from juesuan.written import refuse_inputs, save, written

TEXT = "单位编码,单位名称\n001,林业局\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_every_encoding_windows_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert text_of(str(path), "单位名单") == TEXT


def test_a_declaration_saved_in_the_notepad_of_an_older_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "本省.toml"
    path.write_bytes(b"\xef\xbb\xbf" + '[[rule]]\r\ntitle = "甲"\r\n'.encode())
    assert declared_in(str(path), "规则文件") == {"rule": [{"title": "甲"}]}


def test_what_is_no_text_or_no_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(b"\xff\xff\x81")
    for given, said in (
        (path, "文字编码认不出"),
        (tmp_path, "是文件夹，不是单位名单"),
        (tmp_path / "无", "找不到文件"),
    ):
        with pytest.raises(UnreadableBook, match=said):
            text_of(str(given), "单位名单")


def test_a_workbook_is_no_list(tmp_path: Path) -> None:
    book = tmp_path / "名单.xlsx"
    book.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(UnreadableBook, match="不能当作单位名单。请另存为文本文件再试，表格可存为 CSV"):
        text_of(str(book), "单位名单")
    with pytest.raises(JuesuanError, match="是一份工作簿。请给出放工作簿的文件夹"):
        source_of(str(book))


def test_a_list_of_workbooks_may_come_from_the_notepad_of_a_chinese_windows(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("林业局.xlsx", "水利局.xlsx")]
    listed = tmp_path / "清单.txt"
    listed.write_bytes("\r\n".join([*paths, "", paths[0]]).encode("gb18030"))
    assert source_of(str(listed)).listed == tuple(paths)


def test_what_is_not_written_to_its_end_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "结果.jsonl"
    save(b"old", str(path))
    with suppress(KeyboardInterrupt), written(str(path)) as half:
        Path(half).write_bytes(b"ne")
        raise KeyboardInterrupt
    assert [(left.name, left.read_bytes()) for left in tmp_path.iterdir()] == [("结果.jsonl", b"old")]
    with written(str(path)) as half:
        Path(half).write_bytes(b"new")
    assert content_of(str(path)) == b"new"


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    book, link = tmp_path / "决算.xlsx", tmp_path / "别处" / "链接.xlsx"
    link.parent.mkdir()
    book.write_bytes(b"old")
    os.symlink(book, link)
    save(b"new", str(link))
    assert link.is_symlink()
    assert book.read_bytes() == b"new"
    assert [left.name for left in link.parent.iterdir()] == ["链接.xlsx"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="没有永远写满的设备")
def test_a_device_that_takes_nothing_is_one_sentence() -> None:
    save(b"book", os.devnull)
    with pytest.raises(JuesuanError, match="写不了“/dev/full”：磁盘空间不足"):
        save(b"book", "/dev/full")


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_what_was_given_is_refused_under_any_name(tmp_path: Path, link: object) -> None:
    book, other = tmp_path / "决算.xlsx", tmp_path / "另一个.xlsx"
    book.write_bytes(b"book")
    assert callable(link)
    link(book, other)
    with pytest.raises(JuesuanError, match="就是原来的文件"):
        refuse_inputs(str(other), [str(book)])
    refuse_inputs(str(tmp_path / "新.xlsx"), [str(book)])
