"""Word and PDF files that people send are opened in a process of its own, with limits."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from juesuan.apart import Limits
from juesuan.cli import main
from juesuan.errors import UnreadableBook
from juesuan.proofread import reader
from juesuan.proofread.reader import read_document
from texts import WORKBOOK, flowing

docx = pytest.importorskip("docx")


def draft(path: Path) -> Path:
    word = docx.Document()
    for line in flowing().splitlines():
        word.add_paragraph(line)
    word.save(str(path))
    return path


def swollen(path: Path) -> Path:
    """Five million empty paragraphs, which are next to nothing in the file."""
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:sectPr", b"<w:p/>" * 5_000_000 + b"<w:sectPr")
            new.writestr(name, part)
    return path


def test_a_word_file_is_not_opened_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, annotated = draft(tmp_path / "说明.docx"), tmp_path / "批注.docx"
    monkeypatch.setattr(docx, "Document", None)
    assert main(["proofread", str(path), "--book", str(WORKBOOK), "--annotate", str(annotated)]) in (0, 1)
    assert annotated.exists()


@pytest.mark.parametrize(
    ("limits", "said"),
    [(Limits(seconds=1), "用时超过限度"), (Limits(seconds=60, memory=300 << 20), "“说明.docx”")],
)
def test_a_word_file_that_swells_is_one_sentence(
    limits: Limits, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LIMITS", limits)
    with pytest.raises(UnreadableBook, match=said):
        read_document(str(swollen(tmp_path / "说明.docx")))


def test_more_text_than_anybody_would_publish_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "说明.txt"
    path.write_text("一、部门职责\n" * 100, encoding="utf-8")
    monkeypatch.setattr(reader, "MOST_TEXT", 700)
    assert len(read_document(str(path)).lines) == 100
    monkeypatch.setattr(reader, "MOST_TEXT", 699)
    with pytest.raises(UnreadableBook, match="文字太多"):
        read_document(str(path))
