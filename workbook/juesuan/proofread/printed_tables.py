"""The tables a published text prints, taken back out of it: by label, 行次 and code, never by position on the page.

Only a text in which every amount is printed can be read so: where zeros are left blank nothing but the cells tells
the columns apart, and without them the table is said to be unreadable instead of being guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from juesuan.book import Book
from juesuan.errors import UnreadableBook
from juesuan.model import TOTAL, Edition, Line, Table
from juesuan.money import FEN_PER, Currency
from juesuan.proofread.document import Document
from juesuan.reading.around import currency_in
from juesuan.reading.grid import spelled

_AMOUNT = r"-?\d{1,3}(?:,\d{3})+\.\d{2}|-?\d{1,15}\.\d{2}"
_UNIT = re.compile(r"(?:部门|编制单位|公开部门|单位名称)[:：]\s*([^\s，。；:：]{2,60})")
_YEAR = re.compile(r"(20\d\d)\s*年度")
FEWEST_TABLES = 2

Amounts = dict[tuple[str, str, str], Decimal]


class CodeName(NamedTuple):
    code: str
    name: str


class Printed(NamedTuple):
    """Amounts by table, row and field; the open rows as printed; and the tables that could not be read.

    `starts`: where each table begins in the text without white space.
    """

    unit: str
    year: int | None
    currency: Currency
    amounts: Amounts
    rows: dict[str, tuple[CodeName, ...]]
    unread: tuple[str, ...]
    starts: dict[str, int]


def printed_tables(document: Document, edition: Edition, end: int) -> Printed:
    """The tables printed before `end` of the compact text. Raises UnreadableBook when hardly one can be read."""
    amounts: Amounts = {}
    rows: dict[str, tuple[CodeName, ...]] = {}
    unread = []
    before = "\n".join(line.text for line in document.lines[: document.line_at(end)])
    heads = _heads(document, edition, end)
    stretches = dict(_stretches(document, heads, end))
    for table in edition.tables:
        if table.optional:
            continue
        found = _READERS[table.layout](stretches.get(table.id, ""), table)
        if not found:
            unread.append(table.name)
            continue
        amounts |= {(table.id, row, field): amount for row, field, amount, _ in found}
        if table.layout == "codes":
            names = {row: name for row, _, _, name in found if row != TOTAL}
            rows[table.id] = tuple(CodeName(code, name) for code, name in names.items())
    unit, year = _UNIT.search(before), _YEAR.search(before)
    said = filter(None, (currency_in(spelled(line)) for line in before.splitlines()))
    if len(stretches) < FEWEST_TABLES or not amounts:
        raise UnreadableBook(
            f"“{document.path}”里没有找到能提取的决算公开表。请给出带九张表、每格都印出数字的公开件，"
            "或用 --book 给出工作簿。"
        )
    return Printed(
        unit[1] if unit else "",
        int(year[1]) if year else None,
        "元" if next(said, "") == "元" else "万元",
        amounts,
        rows,
        tuple(unread),
        {table: document.start_of(line) for table, line in heads.items()},
    )


def printed_in(book: Book, document: Document, end: int) -> Printed:
    """The same of tables that were read by their cells; a blank cell prints a zero."""
    amounts = {
        key: Decimal(cell.fen or 0) / FEN_PER[book.currency]
        for key, cell in book.cells.items()
        if cell.state in ("given", "blank")
    }
    rows = {
        table: tuple(CodeName(row.key, row.name) for row in sheet.rows if row.key.isdigit())
        for table, sheet in book.sheets.items()
    }
    unread = tuple(table.name for table in book.edition.tables if not table.optional and table.id not in book.sheets)
    starts = {table: document.start_of(line) for table, line in _heads(document, book.edition, end).items()}
    starts |= {table: 0 for table in book.sheets if table not in starts}
    return Printed(book.unit or "", book.year, book.currency, amounts, rows, unread, starts)


def _heads(document: Document, edition: Edition, end: int) -> dict[str, int]:
    """The line with the label or the title of each table."""
    heads: dict[str, int] = {}
    for index, line in enumerate(document.lines[: document.line_at(end)]):
        bare = "".join(line.text.split())
        for table in edition.tables:
            if bare and not table.optional and bare in (table.label, table.title, *table.aliases):
                heads.setdefault(table.id, index)
    return heads


def _stretches(document: Document, heads: dict[str, int], end: int) -> Iterator[tuple[str, str]]:
    """The lines of each table, up to the head of the next."""
    starts = sorted(heads.items(), key=lambda head: head[1])
    for order, (table_id, first) in enumerate(starts):
        stop = starts[order + 1][1] if order + 1 < len(starts) else document.line_at(end)
        yield table_id, "\n".join(line.text for line in document.lines[first + 1 : stop])


Read = list[tuple[str, str, Decimal, str]]
"""Row, field, amount and, of an open row, its name."""


def _fixed_lines(text: str, table: Table) -> Read:
    """Each line by its label and 行次; one that was not found leaves the table unread."""
    found: Read = []
    for side in table.sides:
        for line in side.lines:
            if line.id is None:
                continue
            match = re.search(rf"{_label(line)}\s*{_amounts(len(side.fields))}", text)
            if match is None:
                return []
            found += [(line.id, field.id, _number(match[order]), "") for order, field in enumerate(side.fields, 1)]
    return found


def _label(line: Line) -> str:
    """The label over line breaks, then the 行次 where the form has one."""
    head, mark, _ = line.label.strip().partition("、")
    spellings = (line.label.strip(), *(f"{head}{mark}{alias}" if mark else alias for alias in line.aliases))
    labels = "|".join(r"\s*".join(map(re.escape, "".join(text.split()))) for text in spellings)
    return f"(?:{labels})" + (rf"\s*(?<!\d){line.number}\s" if line.number is not None else "")


def _open_rows(text: str, table: Table) -> Read:
    """Each row by its code; one that begins a line and was not read leaves the table unread."""
    found: Read = []
    pattern = rf"(?:(?<!\d)(\d{{7}}|\d{{5}}|\d{{3}})(?!\d)\s*([^\d]+?)|(合\s*计))\s*{_amounts(len(table.fields))}"
    for match in re.finditer(pattern, text):
        row, name = (TOTAL, "") if match[3] else (match[1], "".join(match[2].split()))
        amounts = (match[order] for order in range(4, 4 + len(table.fields)))
        found += [(row, field.id, _number(amount), name) for field, amount in zip(table.fields, amounts, strict=True)]
    begun = {*re.findall(r"(?m)^\s*(\d{7}|\d{5}|\d{3})(?![\d.,])", text)}
    return found if begun <= {row for row, *_ in found} else []


def _economic_rows(text: str, table: Table) -> Read:
    (field,) = table.fields
    found: Read = [
        (match[1], field.id, _number(match[3]), "")
        for match in re.finditer(rf"(?<!\d)(\d{{5}}|\d{{3}})(?!\d)\s*([^\d]+?)\s*({_AMOUNT})", text)
    ]
    for line in table.totals:
        if match := re.search(rf"{_label(line)}\s*({_AMOUNT})", text):
            found.append((line.id or "", field.id, _number(match[1]), ""))
    return found


def _single_row(text: str, table: Table) -> Read:
    places = [(row.id, field.id) for row in table.rows for field in table.fields]
    match = re.search(_amounts(len(places)), text)
    if match is None:
        return []
    return [(row, field, _number(match[order]), "") for order, (row, field) in enumerate(places, 1)]


def _amounts(count: int) -> str:
    return r"\s+".join([rf"({_AMOUNT})"] * count) + r"(?![\d.,])"


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


_READERS = {"lines": _fixed_lines, "codes": _open_rows, "items": _economic_rows, "row": _single_row}
