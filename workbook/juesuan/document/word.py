"""Word files in the manner of official documents: fonts, page, numbered footer, tables drawn from worksheets."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from juesuan.document.fields import count_on_opening, marked, number_of_page, page_of
from juesuan.document.runs import (
    BODY,
    BODY_SIZE,
    CONTENTS_SIZE,
    HEADING,
    PAGE_NUMBER_SIZE,
    SUBHEADING,
    TABLE,
    TABLE_SIZE,
    TITLE,
    TITLE_SIZE,
    align,
    highlight,
    is_missing,
    points,
    set_font,
)
from juesuan.document.word_table import draw_table
from juesuan.narrative.writing import Paragraph, Run
from juesuan.ooxml.new_package import repacked
from juesuan.proofread.missing import missing

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import Section as WordSection
    from docx.text.paragraph import Paragraph as WordParagraph
    from openpyxl.worksheet.worksheet import Worksheet

FALLBACKS = {
    TITLE: "宋体,SimSun,Noto Serif CJK SC",
    HEADING: "SimHei,Noto Sans CJK SC",
    SUBHEADING: "KaiTi,Noto Serif CJK SC",
    BODY: "FangSong,Noto Serif CJK SC",
    TABLE: "SimSun,Noto Serif CJK SC",
}
"""Other names, or the next best font, for machines without the first."""

AROUND_TABLE = 100
"""What the lines above and below a table take, in points."""
LINE, CONTENTS_LINE = 30, 18
_FONTS = {0: (BODY, BODY_SIZE), 1: (HEADING, BODY_SIZE), 2: (SUBHEADING, BODY_SIZE)}
_BORN = datetime(2025, 1, 1)


class WordFile:
    """A Word document as it grows, from first page to last. Headings that the contents page names carry a mark.

    `note`: what is printed above every page.
    """

    def __init__(self, note: str = "") -> None:
        try:
            import docx
        except ImportError as error:
            raise missing("python-docx", "docx") from error
        self.word: WordDocument = docx.Document()
        normal = self.word.styles["Normal"]
        normal.font.size = points(TABLE_SIZE)  # what an empty cell is as high as
        set_font(normal.element.get_or_add_rPr(), BODY)
        _speak_chinese(self.word)
        _upright(self.word.sections[0])
        self._number_pages(self.word.sections[0])
        if note:
            self._head_pages(self.word.sections[0], note)

    def title(self, text: str, before: int = 0, mark: str = "") -> None:
        paragraph = self._paragraph((_run(text),), TITLE, TITLE_SIZE)
        align(paragraph, "center")
        paragraph.paragraph_format.space_before = points(before)
        paragraph.paragraph_format.space_after = points(BODY_SIZE)
        paragraph.paragraph_format.keep_with_next = True
        if mark:
            marked(paragraph, mark, 1)

    def line(self, text: str, size: int = BODY_SIZE, side: str = "left", mark: str = "") -> None:
        """`side`: left, center or right."""
        paragraph = self._paragraph((_run(text),), BODY, size)
        align(paragraph, side)
        if mark:
            marked(paragraph, mark, 2)

    def across(self, left: str, middle: str, right: str, size: int) -> None:
        """Three texts in one line: at the left, in the middle, at the right."""
        from docx.enum.text import WD_TAB_ALIGNMENT

        paragraph = self._paragraph((_run(f"{left}\t{middle}\t{right}"),), BODY, size)
        stops, room = paragraph.paragraph_format.tab_stops, self._room()
        stops.add_tab_stop(room // 2, WD_TAB_ALIGNMENT.CENTER)
        stops.add_tab_stop(room, WD_TAB_ALIGNMENT.RIGHT)

    def contents_line(self, text: str, level: int, mark: str, page: int | None) -> None:
        """A line of the contents: the heading, dots, and its page, which is counted anew when the file is opened."""
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

        paragraph = self._paragraph((_run(text),), BODY, CONTENTS_SIZE)
        paragraph.paragraph_format.line_spacing = points(CONTENTS_LINE)
        paragraph.paragraph_format.left_indent = points(2 * CONTENTS_SIZE * (level - 1))
        paragraph.paragraph_format.tab_stops.add_tab_stop(self._room(), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        page_of(paragraph, mark, page)

    def paragraphs(self, paragraphs: Iterable[Paragraph], marks: Iterable[str] = ()) -> None:
        """`marks`: of the titles of sections among them, in order."""
        left = iter(marks)
        for item in paragraphs:
            paragraph = self._paragraph(item.runs, *_FONTS[item.heading])
            paragraph.paragraph_format.first_line_indent = points(2 * BODY_SIZE)
            align(paragraph, "both")
            paragraph.paragraph_format.keep_with_next = item.heading > 0
            if item.heading == 1 and (mark := next(left, "")):
                marked(paragraph, mark, 2)

    def _room(self) -> int:
        """The width of what is printed on the present page."""
        section = self.word.sections[-1]
        return (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)

    def count_pages(self) -> None:
        """Programs that open the file count its pages anew."""
        count_on_opening(self.word)

    def without_number(self) -> None:
        """No number is printed on this page, the first of its section."""
        self.word.sections[-1].different_first_page_header_footer = True

    def new_page(self, *, landscape: bool = False) -> None:
        """A new section, so that tables can lie on their side."""
        section = self.word.add_section()
        section.different_first_page_header_footer = False
        (_sideways if landscape else _upright)(section)

    def table(self, sheet: Worksheet, header: range, body_end: int) -> None:
        """The worksheet's rows of headings and amounts as a Word table whose headings are repeated on every page."""
        section = self.word.sections[-1]
        margins = (section.top_margin or 0) + (section.bottom_margin or 0)
        height = ((section.page_height or 0) - margins) / points(1) - AROUND_TABLE
        draw_table(self.word, sheet, header, body_end, self._room(), height)

    def bytes(self) -> bytes:
        """The file; the same content gives the same bytes."""
        properties = self.word.core_properties
        properties.author = properties.last_modified_by = "juesuan"
        properties.created = properties.modified = _BORN
        _name_fallbacks(self.word)
        file = io.BytesIO()
        self.word.save(file)
        return repacked(file)

    def _paragraph(self, runs: Sequence[Run], font: str, size: int) -> WordParagraph:
        paragraph = self.word.add_paragraph()
        paragraph.paragraph_format.line_spacing = points(LINE if size == BODY_SIZE else round(size * 1.6))
        paragraph.paragraph_format.space_after = points(0)
        for run in runs:
            if run.text:
                written = paragraph.add_run(run.text)
                written.font.size = points(size)
                set_font(written._r.get_or_add_rPr(), font)
                if run.missing:
                    highlight(written._r.get_or_add_rPr())
        return paragraph

    def _head_pages(self, section: WordSection, note: str) -> None:
        for header in (section.header, section.first_page_header):
            run = header.paragraphs[0].add_run(note)
            run.font.size = points(PAGE_NUMBER_SIZE)
            set_font(run._r.get_or_add_rPr(), HEADING)
            align(header.paragraphs[0], "right")

    def _number_pages(self, section: WordSection) -> None:
        """“— 1 —” below every page."""
        paragraph = section.footer.paragraphs[0]
        align(paragraph, "center")
        paragraph.style.font.size = points(PAGE_NUMBER_SIZE)
        paragraph.add_run("— ")
        number_of_page(paragraph)
        paragraph.add_run(" —")


def _run(text: str) -> Run:
    return Run(text, is_missing(text))


def _upright(section: WordSection) -> None:
    _page(section, 210, 297, 0, (37, 35, 28, 26))


def _sideways(section: WordSection) -> None:
    _page(section, 297, 210, 1, (14, 12, 20, 20))


def _page(section: WordSection, width: int, height: int, turned: int, margins: tuple[int, int, int, int]) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(margins[0]), Mm(margins[1])
    section.header_distance = section.footer_distance = Mm(margins[1] // 2)
    section.left_margin, section.right_margin = Mm(margins[2]), Mm(margins[3])


def _speak_chinese(word: WordDocument) -> None:
    """Without it, a program that substitutes a font takes one with Japanese shapes."""
    from docx.oxml.ns import qn

    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _name_fallbacks(word: WordDocument) -> None:
    """Other names of the fonts, in the part of the file that is for them."""
    fonts = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{other}"/></w:font>' for font, other in FALLBACKS.items()
    )
    for part in word.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
