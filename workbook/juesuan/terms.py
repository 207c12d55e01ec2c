"""Where the terms of a rule find their cells in a book, whatever row and column the rule is about."""

from collections.abc import Callable, Iterable
from functools import partial

from juesuan.book import Book, Cell, Line, Lines, Stray
from juesuan.expr import EACH, RUNS, Children, Leaves, Ref
from juesuan.hierarchy import Hierarchy, code_of
from juesuan.model import TOTAL, Table
from juesuan.record import NamedTuple

Spot = tuple[int, Line, str]
"""A term in one row: its sign, the cells of the row by field, and its own field; '' for that the rule is about."""

_NOTHING: Line = {}
_OWN = ("",)


class Unavailable(Exception):
    """A relation cannot be stated for this book; the message is the reason in Chinese."""

    def __init__(self, reason: str, *, blocking: bool = True) -> None:
        super().__init__(reason)
        self.blocking = blocking


class _Term(NamedTuple):
    """One term: `rows` is _OWN and `field` '' where those count that the rule is about.

    `look` gives the rows that a row stands for, None where it stands for itself; a sum takes what cells there are.
    """

    sign: int
    table: Table
    rows: tuple[str, ...]
    field: str
    lines: Lines
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
            rows = there.hierarchy(where.id)
            look = (
                _below(node, rows)
                if sums
                else None
                if by_key
                else partial(rows_of, where, rows, lost=there.lost_row(where.id))
            )
            names = _OWN if ref.rows in RUNS else ref.rows
            field = "" if ref.field == EACH else ref.field
            self._terms.append(_Term(sign, where, names, field, there.lines.get(where.id, {}), look, sums))
        beside = all(term.table is table and term.rows is _OWN and term.look is None for term in self._terms)
        self._beside = [(term.sign, term.field) for term in self._terms] if beside and self._terms else []

    def at(self, row: str) -> list[Spot]:
        """Where the cells meant stand when the rule is about `row`. Raises Unavailable for a row that must be there."""
        if self._beside:
            line = self._terms[0].lines.get(row, _NOTHING)
            return [(sign, line, field) for sign, field in self._beside]
        spots: list[Spot] = []
        for sign, _, rows, field, lines, look, _ in self._terms:
            for name in rows:
                if look:
                    spots += [(sign, lines.get(each, _NOTHING), field) for each in look(name or row)]
                else:
                    spots.append((sign, lines.get(name or row, _NOTHING), field))
        return spots

    def cells(self, row: str, field: str, spots: list[Spot]) -> tuple[tuple[int, Cell], ...]:
        """The cells meant when the rule is about `row`, with these `spots`, and `field`, each with its sign.

        Raises Unavailable when one that must be there is not.
        """
        try:
            return tuple([(sign, line[own or field]) for sign, line, own in spots])
        except KeyError:
            self._require(row, field)
            there = [(sign, line.get(own or field)) for sign, line, own in spots]
            return tuple([(sign, cell) for sign, cell in there if cell])

    def _require(self, row: str, field: str) -> None:
        """Every cell but those of sums must be there."""
        for _, table, rows, own, lines, look, sums in self._terms:
            for name in rows if not sums else ():
                for each in look(name or row) if look else (name or row,):
                    if (own or field) not in lines.get(each, _NOTHING):
                        require_line(table, each, own or field)


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


def _below(node: Ref | Children | Leaves, rows: Hierarchy) -> Callable[[str], list[str]]:
    """What gives the rows that add up to a row. Leaves that are just its children are left to their own rule."""
    if not isinstance(node, Leaves):
        return rows.children

    def leaves(row: str) -> list[str]:
        found = rows.leaves(row)
        return [] if found == rows.children(row) else found

    return leaves


def require_line(table: Table, row: str, field: str) -> None:
    """A 类 the form does not list is nothing; any other fixed line must be there, or Unavailable is raised."""
    if (line := table.line(row, field)) and not line.code:
        raise Unavailable(f"{table.name}没有找到“{line.label.strip()}”行")


def rows_of(table: Table, rows: Hierarchy, key: str, lost: Stray | None = None) -> list[str]:
    """The rows of a code in another table.

    A code that the table does not list counts as nothing, but not while rows below it are there or one is `lost`, and
    合计 never: then Unavailable is raised.
    """
    found = rows.carrying(code := code_of(key))
    if not found and lost:
        raise Unavailable(f"{table.name}有认不出的“{lost.text}”（{lost.place.address}）")
    if not found and rows.has_below(code):
        raise Unavailable(f"{table.name}没有找到{'“合计”' if key == TOTAL else f' {key} '}行")
    return found


def unread(cell: Cell) -> str:
    """Why a cell cannot be used."""
    why = "公式未计算，请打开保存一次" if cell.state == "uncached" else "读不出数"
    return f"{cell.place.sheet} {cell.place.address} {why}"
