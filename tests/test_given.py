"""Files as they are given: whatever Windows calls text is read, and what is no file is one sentence."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.given import content_of, declared_in, digest, text_of
from juesuan.intake.books import source_of
from juesuan.intake.judge import Order, judge
from juesuan.written import refuse_inputs, save, written

TEXT = "单位编码,单位名称\n001,林业局\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_every_encoding_windows_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert text_of(str(path), "单位名单") == TEXT


def test_what_is_no_text_or_no_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(b"\xff\xff\x81")
    nul, pipe = tmp_path / "零.csv", tmp_path / "管道"
    nul.write_bytes(TEXT.encode("utf-16-le"))
    os.mkfifo(pipe)
    for given, said in (
        (path, "文字编码认不出"),
        (nul, "文字编码认不出"),
        (pipe, "是管道或设备，不是单位名单。请给出单位名单文件"),
        (os.devnull, "是管道或设备"),
        (tmp_path, "是文件夹，不是单位名单"),
        (tmp_path / "无", "找不到文件"),
    ):
        with pytest.raises(UnreadableBook, match=said):
            text_of(str(given), "单位名单")


def test_what_may_never_end_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "决算.xlsx"
    os.mkfifo(pipe)
    assert digest(str(pipe)) is None
    reason = judge(str(pipe), Order()).reason
    assert reason == "“决算.xlsx”是管道或设备，不是工作簿。请给出工作簿文件。"
    with pytest.raises(JuesuanError, match="不是文件。请给出写好的文件"):
        declared_in(str(pipe), "版式文件")


def test_a_declaration_of_bottomless_brackets_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "规则.toml"
    path.write_text(f"a = {'[' * 2000}{']' * 2000}")
    with pytest.raises(JuesuanError, match="写法有误：括号套得太深"):
        declared_in(str(path), "规则文件")


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
    again = os.path.join(tmp_path, ".", "林业局.xlsx")
    listed.write_bytes("\r\n".join([*paths, "", paths[0], again, f'"{paths[1]}"']).encode("gb18030"))
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
