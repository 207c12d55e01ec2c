"""Where else a Word file prints text: text boxes, notes, headers, tables in tables; and what it does not print."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from juesuan.cli import main
from published_supplement import workbook_with_supplement

docx = pytest.importorskip("docx")

WORDS = "2024年度收、支总计均为1,302.00万元。"
FOUND = "“收、支总计”写 1,302.00万元，应为 1,032.00万元"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


def box(content: str) -> str:
    held = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{held}</wps:txbx></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{held}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def row(content: str, properties: str = "") -> str:
    return f"<w:tr>{properties}<w:tc>{content}</w:tc></w:tr>"


def table(content: str, properties: str = "") -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>{row(content, properties)}</w:tbl>"


def held(content: str) -> str:
    """In a content control."""
    return f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def paragraph(content: str) -> str:
    return f"<w:p>{content}</w:p>"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("账") / "焦作.xlsx"
    workbook_with_supplement().save(path)
    return path


@pytest.fixture(scope="module")
def narrative(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("稿") / "说明.docx"
    assert main(["narrate", str(book), "-o", str(path)]) == 0
    return path


class Draft:
    """The narrative without its first sentence, to be written somewhere else, and what is then said of it."""

    def __init__(self, narrative: Path, book: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.word = docx.Document(str(narrative))
        self.book, self.path, self.capsys = book, folder / "改过.docx", capsys
        self.first = next(item for item in self.word.paragraphs if "收、支总计均为" in item.text)
        kept = self.first.text.partition("。")[2]
        for old in list(self.first.runs):
            old._r.getparent().remove(old._r)
        self.first.add_run(kept)

    def before(self, content: str) -> None:
        """`content` as a block before the sentence that is left."""
        from docx.oxml.parser import parse_xml

        for element in list(parse_xml(f"<w:body {SPACES}>{content}</w:body>")):
            self.first._p.addprevious(element)

    def said(self, *more: str) -> str:
        self.word.save(str(self.path))
        self.capsys.readouterr()
        main(["proofread", str(self.path), "--book", str(self.book), *more])
        return self.capsys.readouterr().out


@pytest.fixture
def draft(narrative: Path, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Draft:
    return Draft(narrative, book, tmp_path, capsys)


@pytest.mark.parametrize(
    "content",
    [
        paragraph(box(paragraph(run(WORDS)))),
        paragraph(box(table(paragraph(run(WORDS))))),
        table(paragraph(run("表")) + paragraph(box(paragraph(run(WORDS))))),
        table(paragraph(run(WORDS))),
        table(table(paragraph(run(WORDS))) + paragraph("")),
        table(paragraph(run(WORDS)) + table(paragraph(run("表")))),
        table(held(paragraph(run(WORDS)))),
        table(paragraph(run("表"))).replace("</w:tr>", held(f"<w:tc>{paragraph(run(WORDS))}</w:tc>") + "</w:tr>"),
        table(paragraph(run("表"))).replace("</w:tbl>", held(row(paragraph(run(WORDS)))) + "</w:tbl>"),
        table('<w:tcPr><w:vMerge/><w:gridSpan w:val="9999999"/></w:tcPr>' + paragraph(run(WORDS))),
    ],
    ids=[
        *("文本框", "文本框里的表", "表里的文本框", "表", "表中表", "排版用的表"),
        *("格里的内容控件", "内容控件里的格", "内容控件里的行", "接着没有的格"),
    ],
)
def test_what_stands_elsewhere_is_read_once(content: str, draft: Draft) -> None:
    draft.before(content)
    out = draft.said()
    assert out.count(FOUND) == 1
    assert "没有认出" not in out


def test_a_text_box_is_named_and_the_copy_annotated(draft: Draft, tmp_path: Path) -> None:
    draft.before(paragraph(box(paragraph(run(WORDS)))))
    told = tmp_path / "批注.docx"
    assert "“一、收入支出决算总体情况说明”文本框：“收、支总计”写 1,302.00万元" in draft.said("--annotate", str(told))
    assert any(FOUND in comment.text for comment in docx.Document(str(told)).comments)


@pytest.mark.parametrize(
    "content",
    [
        paragraph(run(WORDS, "<w:vanish/>")),
        paragraph(f'<w:del w:id="1" w:author="甲"><w:r><w:delText>{WORDS}</w:delText></w:r></w:del>'),
        paragraph(f'<w:moveFrom w:id="1" w:author="甲">{run(WORDS)}</w:moveFrom>'),
        table(paragraph(run(WORDS)), '<w:trPr><w:del w:id="1" w:author="甲"/></w:trPr>'),
        paragraph(f'<w:del w:id="1" w:author="甲">{box(paragraph(run(WORDS)))}</w:del>'),
    ],
    ids=["隐藏", "删去", "移走", "删去的行", "删去的文本框"],
)
def test_what_is_not_printed_is_not_read(content: str, draft: Draft) -> None:
    draft.before(content)
    out = draft.said()
    assert "1,302.00" not in out
    assert "有 1 句没有认出" in out


def test_what_is_shown_after_all_is_read(draft: Draft) -> None:
    draft.before(paragraph(run(WORDS, '<w:vanish w:val="0"/>')))
    assert FOUND in draft.said()


def test_a_footnote_is_read_where_it_is_referred_to(draft: Draft) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    content = f'<w:footnotes {SPACES}><w:footnote w:id="2">{paragraph(run(WORDS))}</w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    package = draft.word.part.package
    draft.word.part.relate_to(Part(PackURI("/word/footnotes.xml"), kind, content.encode(), package), FOOTNOTES)
    draft.before(paragraph('<w:r><w:footnoteReference w:id="2"/></w:r>'))
    out = draft.said()
    assert "脚注、尾注：“收、支总计”写 1,302.00万元" in out


def test_last_years_header_and_a_gap_in_the_footer_are_found(draft: Draft) -> None:
    draft.before(paragraph(run("2024年度收、支总计均为1,032.00万元。")))
    assert "【错误】" not in draft.said()
    draft.word.sections[0].header.paragraphs[0].text = "某某中心2023年度部门决算"
    draft.word.sections[0].footer.paragraphs[0].add_run("XX中心")
    out = draft.said()
    assert "页眉、页脚：写“2023年”，本年度为 2024 年" in out
    assert "页眉、页脚：“XX”没有填写。" in out
    assert out.count("【错误】") == 2


@pytest.mark.parametrize(
    ("part", "text", "instead"),
    [
        ("word/document.xml", "</w:body>", ""),
        ("word/document.xml", "w:body", "w:document"),
        ("[Content_Types].xml", "<Types", "<Kinds"),
        ("word/_rels/document.xml.rels", "styles.xml", "missing.xml"),
    ],
)
def test_a_damaged_word_file_is_refused_in_a_sentence(
    part: str, text: str, instead: str, narrative: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "坏.docx"
    with zipfile.ZipFile(narrative) as whole, zipfile.ZipFile(path, "w") as broken:
        for name in whole.namelist():
            content = whole.read(name).decode(errors="surrogateescape")
            changed = content.replace(text, instead) if name == part else content
            assert name != part or changed != content
            broken.writestr(name, changed.encode(errors="surrogateescape"))
    assert main(["proofread", str(path)]) == 2
    assert "“坏.docx”打不开" in capsys.readouterr().err


def test_a_header_that_lies_elsewhere_is_not_asked_for(draft: Draft) -> None:
    draft.word.part.rels.get_or_add_ext_rel(FOOTNOTES.replace("footnotes", "header"), "https://example.com/header.xml")
    draft.before(paragraph(run(WORDS)))
    assert FOUND in draft.said()
