"""What a Word file counts by itself: the number of a page, and on which page something stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph


def number_of_page(paragraph: Paragraph) -> None:
    """The number of the page it is printed on, at the end of the paragraph."""
    paragraph._p.append(_element("w:fldSimple", instr="PAGE"))


def marked(paragraph: Paragraph, mark: str, level: int) -> None:
    """What a contents page can refer to by `mark`: a heading of level 1, 2 ….

    Marks are letters, digits and underscores; each is given once in a file.
    """
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        _element("w:outlineLvl", val=str(level - 1)), "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange"
    )
    start = _element("w:bookmarkStart", id=str(len(paragraph.part.element.xpath("//w:bookmarkStart"))), name=mark)
    properties.addnext(start)
    paragraph._p.append(_element("w:bookmarkEnd", id=start.get(_named("w:id"))))


def page_of(paragraph: Paragraph, mark: str, page: int | None) -> None:
    """The page on which the marked heading stands, linked to it; `page`: what is shown until it is counted anew."""
    link = _element("w:hyperlink", anchor=mark)
    while len(paragraph.runs):
        link.append(paragraph.runs[0]._r)
    paragraph._p.append(link)
    instruction = _element("w:instrText")
    instruction.text = f" PAGEREF {mark} \\h "
    shown = _element("w:t")
    shown.text = str(page or "")
    style = link[-1].rPr
    for content in (
        _element("w:tab"),
        _element("w:fldChar", fldCharType="begin"),
        instruction,
        _element("w:fldChar", fldCharType="separate"),
        shown,
        _element("w:fldChar", fldCharType="end"),
    ):
        link.append(_run(content, style))


def count_on_opening(word: WordDocument) -> None:
    """Programs that open the file count the pages anew."""
    settings = word.settings.element
    settings.find(_named("w:compat")).addprevious(_element("w:updateFields", val="true"))


def _run(content: BaseOxmlElement, style: BaseOxmlElement | None) -> BaseOxmlElement:
    import copy

    run = _element("w:r")
    if style is not None:
        run.append(copy.deepcopy(style))
    run.append(content)
    return run


def _element(tag: str, /, **attributes: str) -> BaseOxmlElement:
    from docx.oxml import OxmlElement

    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(_named(f"w:{key}"), value)
    return element


def _named(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(name))
