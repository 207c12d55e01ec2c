"""Lines of shares, such as 完成预算: one amount in another, shown beside the amounts and never checked."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.book import Book, Cell

WHOLE = 1_000_000
STEP = 100
"""Shares are shown in per cent with two decimals: in steps of a hundred millionths."""


def outdated_ratios(book: Book) -> Iterator[Cell]:
    """The cells of shares that do not hold what the amounts of the book give, with what they should hold.

    In millionths, rounded half up; None where the share cannot be told.
    """
    for table in book.edition.tables:
        for line, fields in table.ratios:
            for field in fields:
                cell = book.ratios.get((table.id, line.id or "", field.id))
                if cell is None:
                    continue
                part, whole, *column = line.ratio
                share = _share(book.cell(table.id, part, field.id), book.cell(table.id, whole, *(column or [field.id])))
                if share != cell.fen or cell.state == "uncached":
                    yield cell._replace(fen=share)


def _share(part: Cell | None, whole: Cell | None) -> int | None:
    if part is None or part.fen is None or whole is None or not whole.fen:
        return None
    steps = WHOLE // STEP
    share = (2 * abs(part.fen) * steps + abs(whole.fen)) // (2 * abs(whole.fen)) * STEP
    return share if (part.fen < 0) == (whole.fen < 0) else -share
