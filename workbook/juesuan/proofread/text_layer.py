"""The text of a file, line by line: plain text, Markdown, Word, or the text layer of a PDF."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from juesuan.errors import UnreadableBook
from juesuan.given import decoded
from juesuan.proofread.document import Line
from juesuan.proofread.missing import missing
from juesuan.proofread.word_layer import HEADERS, opened_word, word_lines

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

_LOWERED = 0.45
"""By so much of their size digits of another font may stand below the line they belong to."""

FEWEST_HEADS = 3
PAGE_NUMBER = re.compile(r"[-—－·\s]*(?:第\s*)?\d{1,3}\s*(?:页)?[-—－·\s]*")


def lines_in(data: bytes, name: str) -> Iterator[Line]:
    """The lines of a file, by the ending of its name. Raises UnreadableBook with one sentence when there are none."""
    readers = {".docx": _word, ".pdf": _pdf, ".txt": _plain, ".md": _markdown}
    return readers[os.path.splitext(name)[1].lower()](data, name)


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
    yield from word_lines(opened_word(data, name))


@contextmanager
def opened_pdf(data: bytes, name: str) -> Iterator[PDF]:
    """The PDF whose content is `data`. Raises UnreadableBook, also when a page turns out to be broken."""
    import io

    try:
        import pdfplumber
        from pdfminer.psparser import PSException
        from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException
    except ImportError as error:
        raise missing("pdfplumber", "pdf") from error
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            yield pdf
    except (PSException, PdfminerException, MalformedPDFException, ValueError) as error:
        raise UnreadableBook(f"“{name}”打不开：加了密，或不是完整的 PDF。请重新取得该文件。") from error


def page_text(page: Page) -> str:
    """The text of a page, line by line."""
    sizes = [char["size"] for char in page.chars]
    return page.extract_text(y_tolerance=_LOWERED * median(sizes)) if sizes else ""


def _pdf(data: bytes, name: str) -> Iterator[Line]:
    with opened_pdf(data, name) as pdf:
        pages = [page_text(page) for page in pdf.pages]
    if not any(re.search("[一-鿿]", page) for page in pages):
        raise UnreadableBook(
            f"“{name}”是扫描件，没有文字层，读不出文字。请给出由 Word 或 WPS 直接导出的 PDF，或文字稿。"
        )
    printed = [page.splitlines() for page in pages]
    head = running_head(printed)
    if head:
        yield Line(head, aside=HEADERS)
    for number, texts in enumerate(printed, 1):
        while texts and PAGE_NUMBER.fullmatch(texts[-1]):
            texts.pop()
        yield from (Line(text, number) for text in texts[bool(texts and texts[0].strip() == head) :])


def running_head(pages: Sequence[Sequence[str]]) -> str:
    """The line above most pages, in the midst of sentences that go over them; nothing where there is none."""
    ((first, times),) = Counter(texts[0].strip() for texts in pages if texts).most_common(1) or [("", 0)]
    return first if times >= FEWEST_HEADS and 2 * times > len(pages) else ""
