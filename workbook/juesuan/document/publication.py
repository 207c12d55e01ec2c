"""The narrative as a Word file, and the whole publication around it: cover, contents, five parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from juesuan.document.attachments import attachments
from juesuan.document.runs import TITLE_SIZE, is_missing
from juesuan.document.tables import published_tables
from juesuan.document.word import WordFile
from juesuan.edition import chinese_number
from juesuan.model import Table
from juesuan.narrative.facts import Facts
from juesuan.narrative.writing import Paragraph, Run, write_narrative

ABOVE_SIZE = 9
DRAFT = "草稿，供传阅，不得公开"
_DIGITS = "〇一二三四五六七八九"


def narrative_file(facts: Facts) -> bytes:
    """第三部分 alone."""
    file = WordFile()
    _third_part(file, facts)
    return file.bytes()


class Heading(NamedTuple):
    """A line of the contents: its level, and the mark of what it stands for."""

    mark: str
    text: str
    level: int = 2


def publication_file(facts: Facts, pages: Mapping[str, int] = MappingProxyType({}), *, draft: bool = False) -> bytes:
    """封面, 目录, 第一部分 to 第五部分. `pages`: on which page each heading stands, where that is known.

    A `draft` says above every page that it is one.
    """
    file = WordFile(DRAFT if draft else "")
    _cover(file, facts)
    file.new_page()
    _contents(file, facts, pages)
    file.new_page()
    file.title("第一部分 部门概况", mark="part_1")
    file.paragraphs(_first_part(facts), ("duties", "organisation"))
    _second_part(file, facts)
    file.new_page()
    _third_part(file, facts)
    file.new_page()
    file.title("第四部分 名词解释", mark="part_4")
    file.paragraphs(
        Paragraph((Run(f"{chinese_number(order)}、{name}：{meaning}"),))
        for order, (name, meaning) in enumerate(facts.declaration.terms, 1)
    )
    file.new_page(landscape=True)
    _fifth_part(file, facts)
    return file.bytes()


def missing_texts(facts: Facts, *, full: bool = False) -> tuple[str, ...]:
    """What is still marked as missing in the narrative; with `full` in the whole publication."""
    written = write_narrative(facts)
    if full:
        written = (*_first_part(facts), *written)
    texts = [run.text for paragraph in written for run in paragraph.runs if run.missing]
    if full:
        texts += [text for text in (_unit(facts), _year(facts)) if is_missing(text)]
        texts += [text for attached in attachments(facts) for text in attached.missing]
        texts += (_to_copy(table) for table in _tables(facts) if table.partial)
        texts += _to_attach(facts)
    misread = facts.book.misread if facts.book else {}
    return (*texts, *(f"【读不成数：{place.sheet} {place.address}“{shown}”】" for place, shown in misread.items()))


def _year(facts: Facts) -> str:
    return str((facts.book.year if facts.book else None) or "【待填：年度】")


def _unit(facts: Facts) -> str:
    return (facts.book.unit if facts.book else None) or "【待填：部门名称】"


def _cover(file: WordFile, facts: Facts) -> None:
    file.title(f"{_year(facts)}年度{_unit(facts)}", before=180)
    file.title("部门决算")
    year = facts.book.year if facts.book else None
    published = facts.supplement.text("published_on") or (f"{_chinese_year(year + 1)}年" if year else "")
    for _ in range(8):
        file.line("")
    file.line(published, side="center")
    file.without_number()


def _chinese_year(year: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(year))


def _contents(file: WordFile, facts: Facts, pages: Mapping[str, int]) -> None:
    file.title("目　录")
    for heading in headings(facts):
        file.contents_line(heading.text, heading.level, heading.mark, pages.get(heading.mark))
    file.count_pages()


def headings(facts: Facts) -> tuple[Heading, ...]:
    """What the contents name, in the order of the publication."""
    return (
        Heading("part_1", "第一部分 部门概况", 1),
        Heading("duties", "一、部门职责"),
        Heading("organisation", "二、机构设置"),
        Heading("part_2", f"第二部分 {_year(facts)}年度部门决算表", 1),
        *(
            Heading(table.id, f"{chinese_number(order)}、{table.title}")
            for order, table in enumerate(_tables(facts), 1)
        ),
        Heading("part_3", _third_title(facts), 1),
        *(Heading(f"section_{order}", section.title) for order, section in enumerate(facts.declaration.sections, 1)),
        Heading("part_4", "第四部分 名词解释", 1),
        Heading("part_5", "第五部分 附件", 1),
    )


def _tables(facts: Facts) -> tuple[Table, ...]:
    """The published tables that the book has."""
    book = facts.book
    return tuple(table for table in book.edition.tables if book.sheet(table.id) and not table.optional) if book else ()


def _to_copy(table: Table) -> str:
    return f"【待附：{table.title}，各栏没有全读，请从原工作簿附上】"


def _first_part(facts: Facts) -> Iterator[Paragraph]:
    for title, name in (("一、部门职责", "duties"), ("二、机构设置", "organisation")):
        yield Paragraph((Run(title),), 1)
        text = facts.supplement.text(name)
        yield from (Paragraph((Run(part),)) for part in text.splitlines() if part.strip())
        if not text:
            yield Paragraph((Run(f"【待填：{title[2:]}】", True),))


def _second_part(file: WordFile, facts: Facts) -> None:
    if facts.book is None:
        return
    drawn = {item.table.id: item for item in published_tables(facts.book)[1]}
    for order, table in enumerate(_tables(facts)):
        if order == 0:
            file.new_page()
            file.title(f"第二部分 {_year(facts)}年度部门决算表", before=240, mark="part_2")
        if table.partial:
            file.new_page()
            file.line(table.title, TITLE_SIZE - 6, "center", mark=table.id)
            file.line(_to_copy(table))
            continue
        _, sheet, form = drawn[table.id]
        file.new_page(landscape=sheet.page_setup.orientation == "landscape")
        file.line(table.title, TITLE_SIZE - 6, "center", mark=table.id)
        if table.label:
            file.line(table.label, ABOVE_SIZE, "right")
        file.across(f"部门：{_unit(facts)}", f"{_year(facts)}年度", "单位：万元", ABOVE_SIZE)
        file.table(sheet, form.header, form.notes.start)
        for row in form.notes:
            file.line(str(sheet.cell(row, 1).value or ""), ABOVE_SIZE)


def _third_title(facts: Facts) -> str:
    return facts.declaration.part.format(year=_year(facts), unit=(facts.book.unit if facts.book else None) or "")


def _third_part(file: WordFile, facts: Facts) -> None:
    file.title(_third_title(facts), mark="part_3")
    file.paragraphs(
        write_narrative(facts), (f"section_{order}" for order in range(1, len(facts.declaration.sections) + 1))
    )


def _fifth_part(file: WordFile, facts: Facts) -> None:
    file.title("第五部分 附件", mark="part_5")
    for order, attached in enumerate(attachments(facts)):
        if order:
            file.new_page(landscape=True)
        file.line(attached.title, TITLE_SIZE - 6, "center")
        if attached.headings:
            file.line("单位：万元", ABOVE_SIZE, "right")
        file.table(attached.sheet, range(1, attached.headings + 1), attached.sheet.max_row + 1)
    report = facts.supplement.text("review_report")
    if report:
        file.new_page()
        file.title("部门评价报告")
        file.paragraphs(Paragraph((Run(part),)) for part in report.splitlines() if part.strip())
    file.paragraphs(Paragraph((Run(text, True),)) for text in _to_attach(facts))


def _to_attach(facts: Facts) -> Iterator[str]:
    """What belongs to the publication and is to be put in by hand."""
    titles = {attached.title for attached in attachments(facts)}
    for title in ("部门整体自评表", "项目单位自评汇总表"):
        if title not in titles:
            yield f"【待附：{title}】"
    if not facts.supplement.text("review_report"):
        yield "【待附：部门评价报告】"
