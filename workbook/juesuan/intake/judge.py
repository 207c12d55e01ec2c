"""One file from path to result: read, recognised and checked, or the sentence why not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from juesuan.edition import DEFAULT_EDITION, load_edition
from juesuan.given import stamp
from juesuan.record import NamedTuple
from juesuan.rules import Catalogue, load_catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from juesuan.book import Book
    from juesuan.reading.files import WorkbookFile
    from juesuan.report.result import Result

AUTO = "auto"


class Order(NamedTuple):
    """By what files are judged: an edition, or AUTO for the one each is recognised as; a file of further rules;

    codes, or beginnings of codes, of the rules to be used and of those to be left out. `marked`: whether marked copies
    are wanted, too, of workers that make them. `last_year`: last year's workbook, or a folder in which it is; and, if
    given, that of the year before. `change`: from how many per cent, and 分, on a change since last year is told.
    `explanations`: a file of 说明; `overrides`: the rules whose errors are let through, and why.
    """

    edition: str = AUTO
    rules: str | None = None
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    marked: bool = False
    last_year: Sequence[str] = ()
    change: Sequence[int] = ()
    explanations: str = ""
    overrides: Sequence[tuple[str, str]] = ()

    def catalogue(self, edition: str) -> Catalogue:
        catalogue = catalogue_of(edition, self.rules).select(self.select, self.ignore)
        catalogue = catalogue.with_change(*self.change) if self.change else catalogue
        return catalogue.overriding(self.overrides) if self.overrides else catalogue

    def require_sound(self) -> None:
        """Raise JuesuanError for an edition or a rule file that cannot be used, before any workbook comes."""
        self.catalogue(DEFAULT_EDITION if self.edition == AUTO else self.edition)


def catalogue_of(edition: str, rules: str | None) -> Catalogue:
    """The rules of an edition, and those of a file; files of one's own are read again when they have changed."""
    return _catalogue_of(edition, rules, tuple([stamp(path) for path in (edition, rules) if path]))


@cache
def _catalogue_of(edition: str, rules: str | None, _: object) -> Catalogue:
    catalogue = load_catalogue(load_edition(edition))
    if not rules:
        return catalogue
    from juesuan.intake.rule_file import extended

    return extended(catalogue, rules)


def read_as(file: WorkbookFile, edition: str) -> tuple[Book, str]:
    """The book, and the edition it was read as: the one asked for, or the one it is recognised as."""
    from juesuan.reading.recognise import read_book

    doubt = ""
    if edition == AUTO:
        from juesuan.reading.fingerprint import recognise_edition

        edition, doubt = recognise_edition(file)
    return read_book(file, catalogue_of(edition, None).edition, doubt), edition


def judge(path: str, order: Order, *, hashed: bool = True, apart: bool = True) -> Result:
    """The result of one workbook; what cannot be read is a result, too. `apart` as for `open_workbook`."""
    return judged_file(path, order, hashed=hashed, apart=apart)[0]


def judged_file(
    path: str, order: Order, *, hashed: bool = True, apart: bool = True, data: bytes | None = None
) -> tuple[Result, WorkbookFile | None]:
    """The result and the file it was read from, where it could be opened at all. `data`: its content, if at hand."""
    from juesuan.check import check
    from juesuan.errors import UnreadableBook
    from juesuan.given import digest, sha256_of
    from juesuan.reading.files import open_workbook, workbook_of
    from juesuan.report.result import Result

    sha256 = (digest(path) if data is None else sha256_of(data)) if hashed else None
    file = None
    try:
        file = open_workbook(path, apart=apart) if data is None else workbook_of(path, data, apart=apart)
        book, edition = read_as(file, order.edition)
        if order.last_year:
            from juesuan.intake.last_year import join_last_year

            join_last_year(order.last_year, file, book)
        if order.explanations:
            from juesuan.intake.explanations import join_explanations

            join_explanations(order.explanations, book)
        catalogue = order.catalogue(edition)
        checked = check(book, catalogue)
        if checked.verdict == "fail":
            from juesuan.reading.preflight import require_well_formed

            require_well_formed(file.package)
    except UnreadableBook as error:
        return Result(path, sha256, None, str(error)), file
    return Result(path, sha256, checked, catalogue=catalogue), file
