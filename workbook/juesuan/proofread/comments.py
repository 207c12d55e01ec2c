"""A copy of a Word file with a comment on every passage there is something to say of."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from juesuan.proofread.document import Document
from juesuan.proofread.remark import Remark
from juesuan.proofread.word_layer import opened_word, word_blocks, word_runs
from juesuan.wording import told

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

AUTHOR = "juesuan"


class Comment(NamedTuple):
    """What is said of the characters `start` to `end` of a paragraph, white space not counted; or of none of them."""

    text: str
    paragraph: int | None = None
    start: int = 0
    end: int = 0


def comments_on(document: Document, remarks: Iterable[Remark]) -> Iterator[Comment]:
    """What is said of no passage, or of one in a table, is of no paragraph."""
    starts = document.paragraph_starts
    for remark in remarks:
        text, passage = told(remark.finding), remark.passage
        if passage is None or passage.paragraph is None:
            yield Comment(text)
        else:
            first = starts[passage.paragraph]
            yield Comment(text, passage.paragraph, passage.start - first, passage.end - first)


def annotated(data: bytes, name: str, comments: Iterable[Comment]) -> bytes:
    """The file with comments; those on no paragraph stand on the first. Raises UnreadableBook."""
    from docx.text.paragraph import Paragraph

    word = opened_word(data, name)
    paragraphs = [block for block in word_blocks(word) if isinstance(block, Paragraph)]
    for comment in comments:
        if runs := _runs(paragraphs, comment):
            word.add_comment(runs, text=comment.text, author=AUTHOR, initials="JS")
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _runs(paragraphs: list[Paragraph], comment: Comment) -> list[Run]:
    if comment.paragraph is None:
        return next((runs[:1] for paragraph in paragraphs if (runs := word_runs(paragraph))), [])
    paragraph = paragraphs[comment.paragraph]
    found = list(_cut(paragraph, comment.start, comment.end))
    return [found[0], found[-1]] if found else word_runs(paragraph)[:1]


def _cut(paragraph: Paragraph, start: int, end: int) -> Iterator[Run]:
    """The runs that hold the characters from `start` to `end`, white space not counted; cut where they hold more."""
    place = 0
    for run in word_runs(paragraph):
        visible = [index for index, char in enumerate(run.text) if not char.isspace()]
        inside = [index for count, index in enumerate(visible, place) if start <= count < end]
        place += len(visible)
        if inside:
            yield _part(run, inside[0], inside[-1] + 1)


def _part(run: Run, start: int, end: int) -> Run:
    """The run cut into three, of which this is the middle one; a run with more than text stays whole."""
    from docx.oxml.ns import qn

    text = run.text
    plain = all(child.tag in (qn("w:rPr"), qn("w:t")) for child in run._r)
    if not plain or (start == 0 and end == len(text)):
        return run
    before, after = copy.deepcopy(run._r), copy.deepcopy(run._r)
    run._r.addprevious(before)
    run._r.addnext(after)
    for element, part in ((before, text[:start]), (after, text[end:])):
        if part:
            type(run)(element, run._parent).text = part
        else:
            element.getparent().remove(element)
    run.text = text[start:end]
    return run
