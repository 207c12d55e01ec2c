"""Where the terms of a rule find their cells in a book, whatever row and column the rule is about."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from juesuan.book import Book, Cell, Key, code_of
from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Children, Leaves, Ref
from juesuan.model import TOTAL, Table


class Unavailable(Exception):
    """A relation cannot be stated for this book; the message is the reason in Chinese."""

    def __init__(self, reason: str, *, blocking: bool = True) -> None:
        super().__init__(reason)
        self.blocking = blocking


class _Term(NamedTuple):
    """One term: `rows` and `field` are None where those count that the rule is about.

    `look` gives the rows that a row stands for, None where it stands for itself; a sum takes what cells there are.
    """

    sign: int
    table: Table
    rows: tuple[str | None, ...]
    field: str | None
    cells: Mapping[Key, Cell]
    look: Callable[[str], list[str]] | None
    sums: bool


class Terms:
    """Signed terms about cells of `book`, of a rule about `table`. Raises Unavailable when last year's book is needed.

    Rows of another table are found by code, those of the rule's own table by key.
    """

    def __init__(self, nodes: Iterable[tuple[int, Ref | Children | Leaves]], book: Book, table: Table) -> None:
        self._terms = []
        for sign, node in nodes:
            ref = node if isinstance(node, Ref) else node.cell
            there, where = book_of(book, ref), table_of(book, ref)
            sums = node is not ref
            by_key = where.layout in ("lines", "row") or (where is table and not ref.last_year)
            look = _below(node, there, where.id) if sums else None if by_key else partial(rows_of, there, where)
            rows = tuple([None if name in (EACH_ROW, EACH_CLASS) else name for name in ref.rows])
            field = None if ref.field == EACH else ref.field
            self._terms.append(_Term(sign, where, rows, field, there.cells, look, sums))

    def cells(self, row: str, field: str) -> tuple[tuple[int, Cell], ...]:
        """The cells meant when the rule is about `row` and `field`, each with its sign.

        Raises Unavailable when one that must be there is not.
        """
        found: list[tuple[int, Cell]] = []
        for sign, table, rows, own, cells, look, sums in self._terms:
            column, table_id = own or field, table.id
            for name in rows:
                for each in look(name or row) if look else (name or row,):
                    if cell := cells.get((table_id, each, column)):
                        found.append((sign, cell))
                    elif not sums:
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


def _below(node: Ref | Children | Leaves, book: Book, table_id: str) -> Callable[[str], list[str]]:
    """What gives the rows that add up to a row. Leaves that are just its children are left to their own rule."""
    if not isinstance(node, Leaves):
        return partial(book.children, table_id)

    def leaves(row: str) -> list[str]:
        found = book.leaves(table_id, row)
        return [] if found == book.children(table_id, row) else found

    return leaves


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
