"""The figures a text is about: the workbook, with last year's where it is given, and what stands beside its tables."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from juesuan.cli.arguments import explanations_given
from juesuan.errors import JuesuanError
from juesuan.intake.judge import read_as
from juesuan.rules import load_catalogue

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.narrative.facts import Facts
    from juesuan.reading.files import WorkbookFile


def read_with_last_year(options: argparse.Namespace) -> tuple[WorkbookFile, Book]:
    """The workbook --book names, read as --edition says, beside that of --last-year."""
    from juesuan.reading.files import open_workbook

    file = open_workbook(options.book)
    book, _ = read_as(file, options.edition)
    put_beside_last_year(options, file, book)
    return file, book


def put_beside_last_year(options: argparse.Namespace, file: WorkbookFile, book: Book) -> None:
    """Give `book`, read from `file`, that of --last-year."""
    if options.last_year:
        from juesuan.intake.last_year import find_last_year

        book.last_year = find_last_year(options.last_year, file, book).book


def facts_of(options: argparse.Namespace) -> Facts:
    """What the book, its supplementary sheets and last year's book say."""
    from juesuan.derive import compute_uncached
    from juesuan.narrative.declaration import load_declaration
    from juesuan.narrative.facts import Facts
    from juesuan.reading.supplement_sheets import read_supplement

    file, book = read_with_last_year(options)
    if given := explanations_given(options):
        from juesuan.intake.explanations import join_explanations

        join_explanations(given, book)
    book, lost = compute_uncached(book, load_catalogue(book.edition))
    if lost:
        raise JuesuanError(f"“{options.book}”有 {len(lost)} 个公式没有计算结果，请用 Excel 或 WPS 打开保存一次。")
    return Facts(load_declaration(book.edition.id), book, read_supplement(file, book))
