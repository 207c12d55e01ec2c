"""A copy of a Word file with a comment on every passage there is something to say of."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from juesuan.proofread.remark import Remark
from juesuan.proofread.word_layer import opened_word, word_blocks, word_runs
from juesuan.wording import LEVELS

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

AUTHOR = "juesuan"


def annotated(path: str, remarks: Iterable[Remark], starts: dict[int, int]) -> bytes:
    """The file with comments; `starts`: where each paragraph begins in the text without white space.

    What is said of no passage, or of one in a table, stands in a comment on the first paragraph.
    """
    from docx.text.paragraph import Paragraph

    word = opened_word(path)
    paragraphs = [block for block in word_blocks(word) if isinstance(block, Paragraph)]
    for remark in remarks:
        runs = _runs(paragraphs, remark, starts)
        if runs:
            text = f"【{LEVELS[remark.finding.level]}】{remark.finding.message}"
            word.add_comment(runs, text=text, author=AUTHOR, initials="JS")
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _runs(paragraphs: list[Paragraph], remark: Remark, starts: dict[int, int]) -> list[Run]:
    passage = remark.passage
    number = passage.paragraph if passage else None
    if passage is None or number is None:
        return next((runs[:1] for paragraph in paragraphs if (runs := word_runs(paragraph))), [])
    paragraph = paragraphs[number]
    start = passage.start - starts[number]
    found = list(_cut(paragraph, start, start + passage.end - passage.start))
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
