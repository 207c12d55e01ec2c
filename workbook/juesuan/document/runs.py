"""How runs and paragraphs of a Word file look: fonts, sizes, sides, and the mark of what is still to be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph as WordParagraph

TITLE, HEADING, SUBHEADING, BODY, TABLE = "方正小标宋简体", "黑体", "楷体", "仿宋", "宋体"
TITLE_SIZE, BODY_SIZE, TABLE_SIZE, PAGE_NUMBER_SIZE, CONTENTS_SIZE = 22, 16, 8, 12, 12
_MISSING = "FFEB9C"


def points(number: float) -> int:
    from docx.shared import Pt

    return Pt(number)


def set_font(properties: object, font: str) -> None:
    """Latin letters and digits in Times New Roman, Chinese in `font`."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for name in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(name), "Times New Roman")
    fonts.set(qn("w:eastAsia"), font)


def is_missing(text: str) -> bool:
    """Whether something in it is still to be filled in."""
    return "【待填" in text or "【待附" in text


def highlight(properties: object) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _MISSING)
    properties.append(shade)  # type: ignore[attr-defined]


def align(paragraph: WordParagraph, horizontal: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    sides = {
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
    }
    paragraph.alignment = sides.get(horizontal, WD_ALIGN_PARAGRAPH.LEFT)
