"""What is told one by one: parts of a total, rows of a table with what was budgeted besides, projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from juesuan.book import Book
from juesuan.hierarchy import code_of
from juesuan.model import TOTAL
from juesuan.narrative.declaration import Declaration, Domain
from juesuan.narrative.supplement import Supplement, Value


class Entry(NamedTuple):
    """One of the things told one by one: its key, and how it is called by the slot for each of its names."""

    key: str
    names: tuple[tuple[str, str], ...]


def listed_in(declaration: Declaration, domain_id: str, book: Book | None, supplement: Supplement) -> Iterator[Entry]:
    """The things of a domain that the book and the supplement have, in printed order."""
    domain = declaration.domains[domain_id]
    if domain.fields and book:
        table_id, row = domain.fields.split(".")
        table = book.edition.table(table_id)
        for field in table.fields if table else ():
            cell = book.cell(table_id, row, field.id)
            if not field.derived and cell and cell.fen:
                yield Entry(field.id, ((domain.name, field.title),))
    elif domain.rows:
        others = [other for other in declaration.domains.values() if other.input and other.input == domain.input]
        yield from _rows(domain, others, book, supplement.lists)
    elif domain.input:
        yield from (Entry(key, ((domain.names[0], key),)) for key in supplement.lists.get(domain.input, {}))


def _rows(
    domain: Domain, sharing: list[Domain], book: Book | None, lists: Mapping[str, Mapping[str, Value]]
) -> Iterator[Entry]:
    """Rows whose code has the length and that are not nothing, and codes the supplement has a budget of besides.

    `sharing`: the domains with rows of other tables whose budgets stand in the same list.
    """
    sheet = book.sheet(domain.rows) if book else None
    names = {code_of(row.key): row.name for row in sheet.rows} if sheet else {}
    codes = [code for code in names if len(code) == domain.length and _is_spent(code, domain, book)]
    budgeted = (code for code, value in lists.get(domain.input, {}).items() if value and code not in codes)
    codes += [code for code in budgeted if _is_unspent_of(code, domain, sharing, book)]
    for code in sorted(codes):
        levels = [code[:end] for end in (3, 5, 7) if end <= domain.length][-len(domain.names) :]
        called = (names.get(level) or _name_of(level, lists.get(domain.titles, {}), book) for level in levels)
        yield Entry(code, tuple(zip(domain.names, called, strict=True)))


def _is_spent(code: str, domain: Domain, book: Book | None) -> bool:
    cell = book.cell(domain.rows, code, domain.field) if book and code != TOTAL else None
    return cell is not None and bool(cell.fen)


def _is_unspent_of(code: str, domain: Domain, sharing: list[Domain], book: Book | None) -> bool:
    """Whether nothing was spent under a code anywhere, and it is one of the budget this table is of.

    A code of which nothing is known is one of the first table.
    """
    from juesuan.classification import budget_of, functional

    if any(_is_spent(code, other, book) for other in sharing):
        return False
    budget, tables = budget_of(code, functional(book.year if book else None)), [other.rows for other in sharing]
    return domain.rows == (budget if budget in tables else tables[0])


def _name_of(code: str, titles: Mapping[str, Value], book: Book | None) -> str:
    from juesuan.classification import functional

    known = functional(book.year if book else None).get(code)
    return known.name if known else str(titles.get(code, code))
