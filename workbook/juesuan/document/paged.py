"""The whole publication with the pages of its contents, which only a program that lays it out can count."""

from __future__ import annotations

from typing import NamedTuple

from juesuan.document.pdf import heading_pages, pdf_of
from juesuan.document.publication import headings, publication_file
from juesuan.narrative.facts import Facts


class Paged(NamedTuple):
    """`pdf` is None where it was not laid out; the pages are then counted by the program that opens the file."""

    docx: bytes
    pdf: bytes | None


def paged(facts: Facts, *, layout: bool, draft: bool = False) -> Paged:
    """With `layout` laid out once by LibreOffice, and written with the pages found. Raises JuesuanError without it."""
    docx = publication_file(facts, draft=draft)
    if not layout:
        return Paged(docx, None)
    pdf = pdf_of(docx)
    marks = (heading.mark for heading in headings(facts))
    pages = dict(zip(marks, heading_pages(pdf), strict=True))
    return Paged(publication_file(facts, pages, draft=draft), pdf)
