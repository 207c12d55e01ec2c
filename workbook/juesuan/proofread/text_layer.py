"""Read the text of a file: plain text, Markdown, Word, or the text layer of a PDF. The file is only ever read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.given import content_of, decoded, require_content
from juesuan.proofread.document import Document, Line

ENDINGS = (".docx", ".pdf", ".txt", ".md")
_PAGE_NUMBER = re.compile(r"[-—－·\s]*(?:第\s*)?\d{1,3}\s*(?:页)?[-—－·\s]*")


def read_document(path: str) -> Document:
    """The text of `path`. Raises UnreadableBook with one sentence when there is none to be had."""
    name, ending = os.path.basename(path), os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise UnreadableBook(f"“{name}”不是能读的文字稿。请给出 {'、'.join(ENDINGS)} 文件。")
    data = content_of(path, "文字稿")
    require_content(data, name)
    readers = {".docx": _word, ".pdf": _pdf, ".txt": _plain, ".md": _markdown}
    return Document(path, readers[ending](data, name))


def _plain(data: bytes, name: str) -> Iterator[Line]:
    pages = decoded(data, name).split("\f")
    for number, page in enumerate(pages, 1):
        yield from (Line(text, number if len(pages) > 1 else None) for text in page.splitlines())


def _markdown(data: bytes, name: str) -> Iterator[Line]:
    """Without the marks of headings, tables and emphasis."""
    for line in _plain(data, name):
        text = re.sub(r"^\s*#+\s*|\*\*|^\s*\|", "", line.text).replace("|", " ")
        if not re.fullmatch(r"[\s:-]*-{3,}[\s:-]*", text):
            yield line._replace(text=text)


def _word(data: bytes, name: str) -> Iterator[Line]:
    import io
    import zipfile

    try:
        import docx
        from docx.opc.exceptions import PackageNotFoundError
        from docx.text.paragraph import Paragraph
    except ImportError as error:
        raise missing("python-docx", "docx") from error
    try:
        word = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UnreadableBook(f"“{name}”打不开：加了密，或不是完整的 .docx。请用 Word 或 WPS 另存一份。") from error
    number = 0
    for block in word.iter_inner_content():
        if isinstance(block, Paragraph):
            yield Line(block.text, paragraph=number)
            number += 1
        else:
            for row in block.rows:
                cells = {id(cell._tc): cell.text for cell in row.cells}
                yield Line(" ".join(text.strip() for text in cells.values()))


def _pdf(data: bytes, name: str) -> Iterator[Line]:
    import io

    try:
        import pdfplumber
        from pdfminer.pdfparser import PDFSyntaxError
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError as error:
        raise missing("pdfplumber", "pdf") from error
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            pages = [page.extract_text() for page in pdf.pages]
    except (PDFSyntaxError, PdfminerException, ValueError) as error:
        raise UnreadableBook(f"“{name}”打不开：加了密，或不是完整的 PDF。请重新取得该文件。") from error
    if not any(re.search("[一-鿿]", page) for page in pages):
        raise UnreadableBook(
            f"“{name}”是扫描件，没有文字层，读不出文字。请给出由 Word 或 WPS 直接导出的 PDF，或文字稿。"
        )
    for number, page in enumerate(pages, 1):
        texts = page.splitlines()
        while texts and _PAGE_NUMBER.fullmatch(texts[-1]):
            texts.pop()
        yield from (Line(text, number) for text in texts)


def missing(package: str, ending: str) -> JuesuanError:
    """What to say when an optional dependency is not installed."""
    return JuesuanError(f"读写 .{ending} 要用 {package}，还没有安装。请运行 pip install 'juesuan[document]'。")
