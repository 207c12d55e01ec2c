"""Word files in the manner of official documents: fonts, page, numbered footer, tables drawn from worksheets."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from juesuan.document.fields import count_on_opening, marked, number_of_page, page_of
from juesuan.narrative.writing import Paragraph, Run
from juesuan.ooxml.new_package import repacked
from juesuan.proofread.missing import missing

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import Section as WordSection
    from docx.table import Table as WordTable
    from docx.text.paragraph import Paragraph as WordParagraph
    from openpyxl.worksheet.worksheet import Worksheet

TITLE, HEADING, SUBHEADING, BODY, TABLE = "方正小标宋简体", "黑体", "楷体", "仿宋", "宋体"
FALLBACKS = {
    TITLE: "宋体,SimSun,Noto Serif CJK SC",
    HEADING: "SimHei,Noto Sans CJK SC",
    SUBHEADING: "KaiTi,Noto Serif CJK SC",
    BODY: "FangSong,Noto Serif CJK SC",
    TABLE: "SimSun,Noto Serif CJK SC",
}
"""Other names, or the next best font, for machines without the first."""

TITLE_SIZE, BODY_SIZE, TABLE_SIZE, PAGE_NUMBER_SIZE, CONTENTS_SIZE = 22, 16, 8, 12, 12
LINE, CONTENTS_LINE = 30, 18
_FONTS = {0: (BODY, BODY_SIZE), 1: (HEADING, BODY_SIZE), 2: (SUBHEADING, BODY_SIZE)}
_BORN = datetime(2025, 1, 1)
_MISSING = "FFEB9C"


class WordFile:
    """A Word document as it grows, from first page to last. Headings that the contents page names carry a mark."""

    def __init__(self) -> None:
        try:
            import docx
        except ImportError as error:
            raise missing("python-docx", "docx") from error
        self.word: WordDocument = docx.Document()
        normal = self.word.styles["Normal"]
        normal.font.size = _points(TABLE_SIZE)  # what an empty cell is as high as
        _set_font(normal.element.get_or_add_rPr(), BODY)
        _speak_chinese(self.word)
        _upright(self.word.sections[0])
        self._number_pages(self.word.sections[0])

    def title(self, text: str, before: int = 0, mark: str = "") -> None:
        paragraph = self._paragraph((Run(text),), TITLE, TITLE_SIZE)
        _align(paragraph, "center")
        paragraph.paragraph_format.space_before = _points(before)
        paragraph.paragraph_format.space_after = _points(BODY_SIZE)
        paragraph.paragraph_format.keep_with_next = True
        if mark:
            marked(paragraph, mark, 1)

    def line(self, text: str, size: int = BODY_SIZE, *, centred: bool = False, mark: str = "") -> None:
        paragraph = self._paragraph((Run(text),), BODY, size)
        _align(paragraph, "center" if centred else "left")
        if mark:
            marked(paragraph, mark, 2)

    def contents_line(self, text: str, level: int, mark: str, page: int | None) -> None:
        """A line of the contents: the heading, dots, and its page, which is counted anew when the file is opened."""
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

        paragraph = self._paragraph((Run(text),), BODY, CONTENTS_SIZE)
        paragraph.paragraph_format.line_spacing = _points(CONTENTS_LINE)
        paragraph.paragraph_format.left_indent = _points(2 * CONTENTS_SIZE * (level - 1))
        paragraph.paragraph_format.tab_stops.add_tab_stop(self._room(), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        page_of(paragraph, mark, page)

    def paragraphs(self, paragraphs: Iterable[Paragraph], marks: Iterable[str] = ()) -> None:
        """`marks`: of the titles of sections among them, in order."""
        left = iter(marks)
        for item in paragraphs:
            paragraph = self._paragraph(item.runs, *_FONTS[item.heading])
            paragraph.paragraph_format.first_line_indent = _points(2 * BODY_SIZE)
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

    def new_page(self, *, landscape: bool = False) -> None:
        """A new section, so that tables can lie on their side."""
        section = self.word.add_section()
        (_sideways if landscape else _upright)(section)

    def table(self, sheet: Worksheet, header: range, body_end: int) -> None:
        """The worksheet's rows of headings and amounts as a Word table whose headings are repeated on every page."""
        rows, columns = range(header.start, body_end), range(1, sheet.max_column + 1)
        drawn = self.word.add_table(len(rows), len(columns), "Table Grid")
        drawn.autofit = False
        widths = [sheet.column_dimensions[_letter(column)].width or 10 for column in columns]
        scale = self._room() / sum(widths)
        cells = drawn._cells
        for column, width in zip(drawn.columns, widths, strict=True):
            column.width = int(width * scale)
        for merged in sheet.merged_cells.ranges:
            if merged.min_row in rows:
                first = cells[(merged.min_row - rows.start) * len(columns) + merged.min_col - 1]
                first.merge(cells[(merged.max_row - rows.start) * len(columns) + merged.max_col - 1])
        for order, row in enumerate(rows):
            for column in columns:
                source = sheet.cell(row, column)
                target = cells[order * len(columns) + column - 1]
                target.width = int(widths[column - 1] * scale)
                if source.value is not None:
                    number = isinstance(source.value, (float, int, Decimal)) and "0.00" in source.number_format
                    text = f"{source.value:,.2f}" if number else str(source.value)
                    _fill(target.paragraphs[0], text, str(source.alignment.horizontal or "left"))
        _repeat(drawn, len(header))

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
        paragraph.paragraph_format.line_spacing = _points(LINE if size == BODY_SIZE else round(size * 1.6))
        paragraph.paragraph_format.space_after = _points(0)
        for run in runs:
            if run.text:
                written = paragraph.add_run(run.text)
                written.font.size = _points(size)
                _set_font(written._r.get_or_add_rPr(), font)
                if run.missing:
                    _highlight(written._r.get_or_add_rPr())
        return paragraph

    def _number_pages(self, section: WordSection) -> None:
        """“— 1 —” below every page."""
        paragraph = section.footer.paragraphs[0]
        _align(paragraph, "center")
        paragraph.style.font.size = _points(PAGE_NUMBER_SIZE)
        paragraph.add_run("— ")
        number_of_page(paragraph)
        paragraph.add_run(" —")


def _points(number: float) -> int:
    from docx.shared import Pt

    return Pt(number)


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


def _set_font(properties: object, font: str) -> None:
    """Latin letters and digits in Times New Roman, Chinese in `font`."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for name in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(name), "Times New Roman")
    fonts.set(qn("w:eastAsia"), font)


def _speak_chinese(word: WordDocument) -> None:
    """Without it, a program that substitutes a font takes one with Japanese shapes."""
    from docx.oxml.ns import qn

    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _highlight(properties: object) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _MISSING)
    properties.append(shade)  # type: ignore[attr-defined]


def _fill(paragraph: WordParagraph, text: str, horizontal: str) -> None:
    run = paragraph.add_run(text)
    run.font.size = _points(TABLE_SIZE)
    _set_font(run._r.get_or_add_rPr(), TABLE)
    if text.startswith("【待填"):
        _highlight(run._r.get_or_add_rPr())
    _align(paragraph, horizontal)
    paragraph.paragraph_format.space_after = _points(0)


def _align(paragraph: WordParagraph, horizontal: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    sides = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}
    paragraph.alignment = sides.get(horizontal, WD_ALIGN_PARAGRAPH.LEFT)


def _repeat(table: WordTable, count: int) -> None:
    """The first rows are headings; no row is broken over two pages; cells have narrow margins."""
    from docx.oxml import OxmlElement

    for order, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if order < count:
            properties.append(OxmlElement("w:tblHeader"))


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


def _name_fallbacks(word: WordDocument) -> None:
    """Other names of the fonts, in the part of the file that is for them."""
    fonts = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{other}"/></w:font>' for font, other in FALLBACKS.items()
    )
    for part in word.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
