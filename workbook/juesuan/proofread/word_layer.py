"""What a Word file prints: paragraphs, tables, text boxes, notes, headers; nothing deleted, hidden or stored twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from juesuan.errors import UnreadableBook
from juesuan.proofread.document import Line
from juesuan.proofread.missing import missing

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

HEADERS = "页眉、页脚"
BOX, NOTE = "文本框", "脚注、尾注"

_TWICE = "ancestor::*[local-name()='Fallback']"
"""A drawing stands in the file once for new programs and once for old ones."""


def opened_word(data: bytes, name: str) -> WordDocument:
    """The Word file whose content is `data`. Raises UnreadableBook."""
    import io

    try:
        import docx
    except ImportError as error:
        raise missing("python-docx", "docx") from error
    try:
        word = docx.Document(io.BytesIO(data))
        _ = len(word.element.body), _notes(word)
        return word
    except MemoryError:
        raise
    except Exception as error:  # python-docx trusts what a file says and fails in many ways where it is not so
        raise UnreadableBook(f"“{name}”打不开：加了密，或不是完整的 .docx。请用 Word 或 WPS 另存一份。") from error


def word_lines(word: WordDocument) -> Iterator[Line]:
    """Headers and footers, then the body; text boxes and notes behind the paragraph they belong to."""
    from docx.text.paragraph import Paragraph

    for text in dict.fromkeys(text for element in _margins(word) for text in _texts(element)):
        yield Line(text, aside=HEADERS)
    number = 0
    notes = _notes(word)
    for block in word_blocks(word):
        if isinstance(block, Paragraph):
            yield Line(word_text(block), paragraph=number)
            number += 1
        else:
            yield from map(Line, _row_texts(block))
        element = block._p if isinstance(block, Paragraph) else block._tbl
        for box in element.xpath(f".//w:txbxContent[not({_TWICE} or ancestor::w:txbxContent)]"):
            yield from (Line(text, aside=BOX) for text in _texts(box))
        for kind in ("footnote", "endnote"):
            for name in element.xpath(f".//w:{kind}Reference/@w:id"):
                if (kind, name) in notes:
                    yield from (Line(text, aside=NOTE) for text in _texts(notes[kind, name]))


def word_blocks(word: WordDocument) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables of the body in order, those in content controls too."""
    yield from _blocks(word.element.body)


def word_runs(paragraph: Paragraph) -> list[Run]:
    """What is printed of a paragraph: insertions, links and content controls too, and nothing deleted or hidden."""
    from docx.oxml.ns import qn
    from docx.text.run import Run

    unseen = "ancestor::w:del or ancestor::w:moveFrom or w:rPr/w:vanish[not(@w:val='0' or @w:val='false')]"
    own = (
        element
        for element in paragraph._p.xpath(f".//w:r[not({unseen} or {_TWICE})]")
        if next(element.iterancestors(qn("w:p"))) is paragraph._p
    )
    return [Run(element, paragraph) for element in own]


def word_text(paragraph: Paragraph) -> str:
    return "".join(run.text for run in word_runs(paragraph))


def cell_text(cell: Any) -> str:
    """The text of a ``w:tc``."""
    return "\n".join(_texts(cell))


def word_rows(table: Table) -> list[list[Any]]:
    """The ``w:tc`` of each row that is not deleted, at every place it covers; those in content controls, too."""
    rows: list[list[Any]] = []
    for row in _inside(table._tbl, "w:tr"):
        if row.xpath("w:trPr/w:del"):
            continue
        above = rows[-1] if rows else []
        cells: list[Any] = []
        for cell in _inside(row, "w:tc"):
            goes_on = cell.xpath("w:tcPr/w:vMerge[not(@w:val='restart')]") and len(cells) < len(above)
            spans = (int(text[:3]) for text in cell.xpath("w:tcPr/w:gridSpan/@w:val") if text.isdecimal())
            cells += [above[len(cells)] if goes_on else cell] * max(next(spans, 1), 1)
        rows.append(cells)
    return rows


def _inside(element: Any, tag: str) -> Iterator[Any]:
    """The parts of a table with a tag, also where a content control holds them."""
    from docx.oxml.ns import qn

    for child in element:
        if child.tag == qn(tag):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent")):
            yield from _inside(child, tag)


def _blocks(element: Any) -> Iterator[Paragraph | Table]:
    """A table that holds another only lays out the page: what is in its cells is read as if it stood outside."""
    from docx.oxml.ns import qn
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for child in element:
        if child.tag == qn("w:p"):
            yield Paragraph(child, element)
        elif child.tag == qn("w:tbl") and not _lays_out(child):
            yield Table(child, element)
        elif not (child.tag == qn("w:tr") and child.xpath("w:trPr/w:del")):
            yield from _blocks(child)


def _lays_out(table: Any) -> bool:
    """Whether a table holds another, not counting those in text boxes."""
    return bool(table.xpath(f".//w:tbl[count(ancestor::w:p) = {len(table.xpath('ancestor::w:p'))}]"))


def _texts(element: Any) -> Iterator[str]:
    """The lines of a cell, a text box, a note or a header."""
    from docx.text.paragraph import Paragraph

    for block in _blocks(element):
        texts = [word_text(block)] if isinstance(block, Paragraph) else _row_texts(block)
        yield from (text for text in texts if text.strip())


def _row_texts(table: Table) -> Iterator[str]:
    for row in word_rows(table):
        yield " ".join(cell_text(cell).strip() for cell in dict.fromkeys(row))


def _margins(word: WordDocument) -> Iterator[Any]:
    """The headers and footers of all sections."""
    for relation in word.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")) and not relation.is_external:
            yield relation.target_part.element


def _notes(word: WordDocument) -> dict[tuple[str, str], Any]:
    """Footnotes and endnotes by their number in the file."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import parse_xml

    notes = {}
    for relation in word.part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind in ("footnote", "endnote") and not relation.is_external:
            for note in parse_xml(relation.target_part.blob).findall(qn(f"w:{kind}")):
                notes[kind, str(note.get(qn("w:id")))] = note
    return notes
