"""Read the text of a file: plain text, Markdown, Word, or the text layer of a PDF. The file is only ever read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.given import content_of, decoded, require_content
from juesuan.proofread.document import Document, Line

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

ENDINGS = (".docx", ".pdf", ".txt", ".md")
_LOWERED = 0.45
"""By so much of their size digits of another font may stand below the line they belong to."""

PAGE_NUMBER = re.compile(r"[-—－·\s]*(?:第\s*)?\d{1,3}\s*(?:页)?[-—－·\s]*")


def read_document(path: str) -> Document:
    """The text of `path`. Raises UnreadableBook with one sentence when there is none to be had."""
    name, ending = os.path.basename(path), os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise UnreadableBook(f"“{name}”不是能读的文字稿。请给出 {'、'.join(ENDINGS)} 文件。")
    readers = {".docx": _word, ".pdf": _pdf, ".txt": _plain, ".md": _markdown}
    return Document(path, readers[ending](path))


def _content(path: str) -> tuple[bytes, str]:
    """What is in the file, and its name."""
    data, name = content_of(path, "文字稿"), os.path.basename(path)
    require_content(data, name)
    return data, name


def _plain(path: str) -> Iterator[Line]:
    pages = decoded(*_content(path)).split("\f")
    for number, page in enumerate(pages, 1):
        yield from (Line(text, number if len(pages) > 1 else None) for text in page.splitlines())


def _markdown(path: str) -> Iterator[Line]:
    """Without the marks of headings, tables and emphasis."""
    for line in _plain(path):
        text = re.sub(r"^\s*#+\s*|\*\*|^\s*\|", "", line.text).replace("|", " ")
        if not re.fullmatch(r"[\s:-]*-{3,}[\s:-]*", text):
            yield line._replace(text=text)


def opened_word(path: str) -> WordDocument:
    """The Word file at `path`. Raises UnreadableBook."""
    import io
    import zipfile

    try:
        import docx
        from docx.opc.exceptions import PackageNotFoundError
    except ImportError as error:
        raise missing("python-docx", "docx") from error
    data, name = _content(path)
    try:
        return docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UnreadableBook(f"“{name}”打不开：加了密，或不是完整的 .docx。请用 Word 或 WPS 另存一份。") from error


def word_blocks(word: WordDocument) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables of the body in order, those in content controls too."""
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    body = word.element.body
    for element in body.xpath(
        ".//w:p[not(ancestor::w:tbl or ancestor::w:txbxContent)] | .//w:tbl[not(ancestor::w:tbl)]"
    ):
        yield Paragraph(element, word._body) if element.tag.endswith("}p") else Table(element, word._body)


def word_runs(paragraph: Paragraph) -> list[Run]:
    """What is printed of a paragraph: insertions, links and content controls too, and nothing deleted."""
    from docx.text.run import Run

    hidden = "ancestor::w:del or ancestor::w:moveFrom or ancestor::w:txbxContent"
    return [Run(element, paragraph) for element in paragraph._p.xpath(f".//w:r[not({hidden})]")]


def word_text(paragraph: Paragraph) -> str:
    return "".join(run.text for run in word_runs(paragraph))


def cell_text(cell: _Cell) -> str:
    return "\n".join(map(word_text, cell.paragraphs))


def _word(path: str) -> Iterator[Line]:
    from docx.text.paragraph import Paragraph

    number = 0
    for block in word_blocks(opened_word(path)):
        if isinstance(block, Paragraph):
            yield Line(word_text(block), paragraph=number)
            number += 1
        else:
            for row in block.rows:
                cells = {id(cell._tc): cell_text(cell) for cell in row.cells}
                yield Line(" ".join(text.strip() for text in cells.values()))


@contextmanager
def opened_pdf(path: str) -> Iterator[PDF]:
    """The PDF at `path`. Raises UnreadableBook, also when a page turns out to be broken."""
    import io

    try:
        import pdfplumber
        from pdfminer.pdfparser import PDFSyntaxError
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError as error:
        raise missing("pdfplumber", "pdf") from error
    data, name = _content(path)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            yield pdf
    except (PDFSyntaxError, PdfminerException, ValueError) as error:
        raise UnreadableBook(f"“{name}”打不开：加了密，或不是完整的 PDF。请重新取得该文件。") from error


def page_text(page: Page) -> str:
    """The text of a page, line by line."""
    sizes = [char["size"] for char in page.chars]
    return page.extract_text(y_tolerance=_LOWERED * median(sizes)) if sizes else ""


def _pdf(path: str) -> Iterator[Line]:
    with opened_pdf(path) as pdf:
        pages = [page_text(page) for page in pdf.pages]
    name = os.path.basename(path)
    if not any(re.search("[一-鿿]", page) for page in pages):
        raise UnreadableBook(
            f"“{name}”是扫描件，没有文字层，读不出文字。请给出由 Word 或 WPS 直接导出的 PDF，或文字稿。"
        )
    for number, page in enumerate(pages, 1):
        texts = page.splitlines()
        while texts and PAGE_NUMBER.fullmatch(texts[-1]):
            texts.pop()
        yield from (Line(text, number) for text in texts)


def missing(package: str, ending: str) -> JuesuanError:
    """What to say when an optional dependency is not installed."""
    return JuesuanError(f"读写 .{ending} 要用 {package}，还没有安装。请运行 pip install 'juesuan[document]'。")
