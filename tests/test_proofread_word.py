"""What Word makes of a text: tracked changes, content controls, headings it numbers by itself."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from juesuan.cli import main
from published_supplement import workbook_with_supplement

docx = pytest.importorskip("docx")

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph

FIGURE = "1,032.00"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("账") / "焦作.xlsx"
    workbook_with_supplement().save(path)
    return path


@pytest.fixture
def word(book: Path, tmp_path: Path) -> Document:
    path = tmp_path / "说明.docx"
    assert main(["narrate", str(book), "-o", str(path)]) == 0
    opened: Document = docx.Document(str(path))
    return opened


def proofread(word: Document, book: Path, folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    path = folder / "改过.docx"
    word.save(str(path))
    capsys.readouterr()
    main(["proofread", str(path), "--book", str(book), *more])
    return capsys.readouterr().out


def element(name: str, *children: BaseOxmlElement) -> BaseOxmlElement:
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    for child in children:
        made.append(child)
    return made


def cut_out(word: Document) -> tuple[Paragraph, BaseOxmlElement]:
    """The first sentence in three runs; the middle one holds the total."""
    paragraph = next(item for item in word.paragraphs if "收、支总计均为" in item.text)
    before, _, after = paragraph.text.partition(FIGURE)
    for run in paragraph.runs:
        run._r.getparent().remove(run._r)
    _, middle, _ = (paragraph.add_run(text) for text in (before, FIGURE, after))
    return paragraph, middle._r


def test_a_tracked_insertion_counts_and_a_deletion_does_not(
    word: Document, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, run = cut_out(word)
    inserted = copy.deepcopy(run)
    inserted.text = "1,302.00"
    deleted, told = copy.deepcopy(run), tmp_path / "批注.docx"
    for text in deleted.findall(docx.oxml.ns.qn("w:t")):
        text.tag = docx.oxml.ns.qn("w:delText")
    run.addprevious(element("w:del", deleted))
    run.getparent().replace(run, element("w:ins", inserted))
    out = proofread(word, book, tmp_path, capsys, "--annotate", str(told))
    assert "“收、支总计”写 1,302.00万元，应为 1,032.00万元" in out
    assert "未核对：" not in out
    body = next(item for item in docx.Document(str(told)).paragraphs if "收、支总计均为" in item.text)._p.xml
    (inside,) = re.findall(r"commentRangeStart.*?commentRangeEnd", body, re.DOTALL)
    assert re.findall(r"<w:t[^>]*>([^<]*)</w:t>", inside) == ["1,302.00"]


@pytest.mark.parametrize("whole", [True, False])
def test_content_controls_are_read(
    whole: bool, word: Document, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paragraph, run = cut_out(word)
    run.text = "1,032.01"
    held = paragraph._p if whole else run
    place, control = held.getnext(), element("w:sdtContent")
    place.addprevious(element("w:sdt", control))
    control.append(held)
    assert "“收、支总计”写 1,032.01万元，应为 1,032.00万元" in proofread(word, book, tmp_path, capsys)


@pytest.mark.parametrize("number", ["", "（{}）"])
def test_headings_numbered_otherwise_are_found(
    number: str, word: Document, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = 0
    for paragraph in word.paragraphs:
        if heading := re.fullmatch("([一二三四五六七八九十]+)、(.{5,40}说明)", paragraph.text):
            paragraph.runs[0].text = number.format(heading[1]) + heading[2]
            changed += 1
    assert changed == 13
    out = proofread(word, book, tmp_path, capsys)
    assert "结论：通过：只有四舍五入尾差" in out
    assert "相符 114 处" in out
