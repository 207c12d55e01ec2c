"""Where the terms of a rule find their cells in a book, whatever row and column the rule is about."""

from collections.abc import Iterable
from typing import NamedTuple

from juesuan.book import Book, Cell, code_of
from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Children, Leaves, Ref
from juesuan.model import TOTAL, Table


class Unavailable(Exception):
    """A relation cannot be stated for this book; the message is the reason in Chinese."""

    def __init__(self, reason: str, *, blocking: bool = True) -> None:
        super().__init__(reason)
        self.blocking = blocking


class _Term(NamedTuple):
    """One term: `rows` and `field` are None where those count that the rule is about."""

    sign: int
    node: Ref | Children | Leaves
    book: Book
    table: Table
    by_key: bool
    rows: tuple[str | None, ...]
    field: str | None


class Terms:
    """Signed terms about cells of `book`, of a rule about `table`. Raises Unavailable when last year's book is needed.

    Rows of another table are found by code, those of the rule's own table by key.
    """

    def __init__(self, nodes: Iterable[tuple[int, Ref | Children | Leaves]], book: Book, table: Table) -> None:
        self._terms = []
        for sign, node in nodes:
            ref = node if isinstance(node, Ref) else node.cell
            where = table_of(book, ref)
            by_key = where.layout in ("lines", "row") or (where is table and not ref.last_year)
            rows = tuple(None if name in (EACH_ROW, EACH_CLASS) else name for name in ref.rows)
            field = None if ref.field == EACH else ref.field
            self._terms.append(_Term(sign, node, book_of(book, ref), where, by_key, rows, field))

    def cells(self, row: str, field: str) -> tuple[tuple[int, Cell], ...]:
        """The cells meant when the rule is about `row` and `field`, each with its sign.

        Raises Unavailable when one that must be there is not.
        """
        found: list[tuple[int, Cell]] = []
        for sign, node, book, table, by_key, rows, own in self._terms:
            column, cells, table_id = own or field, book.cells, table.id
            for name in rows:
                key = name or row
                if not isinstance(node, Ref):
                    found += [(sign, cell) for cell in _below(node, book, table, key, column)]
                    continue
                for each in (key,) if by_key else rows_of(book, table, key):
                    if cell := cells.get((table_id, each, column)):
                        found.append((sign, cell))
                    else:
                        require_line(table, each, column)
        return tuple(found)


def table_of(book: Book, ref: Ref) -> Table:
    table = book.edition.table(ref.table)
    assert table is not None
    return table


def book_of(book: Book, ref: Ref) -> Book:
    """The book the cell is in: this one, or last year's. Raises Unavailable when there is none."""
    if not ref.last_year:
        return book
    if book.last_year is None:
        raise Unavailable("没有上年工作簿", blocking=False)
    return book.last_year


def _below(node: Children | Leaves, book: Book, table: Table, start: str, column: str) -> list[Cell]:
    """The rows that add up to a row; leaves that are just its children are left to the rule about children."""
    keys = book.children(table.id, start)
    if isinstance(node, Leaves):
        leaves = book.leaves(table.id, start)
        keys = [] if leaves == keys else leaves
    return [cell for key in keys if (cell := book.cells.get((table.id, key, column)))]


def require_line(table: Table, row: str, field: str) -> None:
    """A 类 the form does not list is nothing; any other fixed line must be there, or Unavailable is raised."""
    if (line := table.line(row, field)) and not line.code:
        raise Unavailable(f"{table.name}没有找到“{line.label.strip()}”行")


def rows_of(book: Book, table: Table, key: str) -> list[str]:
    """The rows of a code in another table.

    A code that the table does not list counts as nothing, but not while rows below it are there, and 合计 never:
    then Unavailable is raised.
    """
    code = code_of(key)
    rows = book.rows_of(table.id, code)
    if not rows and book.has_below(table.id, code):
        raise Unavailable(f"{table.name}没有找到{'“合计”' if key == TOTAL else f' {key} '}行")
    return rows


def unread(cell: Cell) -> str:
    """Why a cell cannot be used."""
    why = "公式未计算，请打开保存一次" if cell.state == "uncached" else "读不出数"
    return f"{cell.place.sheet} {cell.place.address} {why}"
