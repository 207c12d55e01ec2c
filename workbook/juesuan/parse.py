"""The rule language: the text of one comparison to its nodes.

    comparison ::= cell (= | <= | >= | >) expr
    expr       ::= term [(+ | -) term]…
    term       ::= cell | children(cell) | leaves(cell) | number | (expr)
    cell       ::= [last_year.] table [row] [.field]     summary.revenue_total, expenditure[total].basic
    row        ::= [code], [id], [code, code] or [each_class] / [each_row]; .id for a fixed line
    field      ::= .id, or .each for every column of the row the rule is about

Tables, rows and fields may be named by id or by their Chinese title. A table with open rows that is given
no row means each of its rows. Full-width signs and digits are those of half width. Nothing else is accepted.
"""

import re
from unicodedata import normalize

from juesuan.errors import DeclarationError, UnknownName
from juesuan.expr import (
    EACH,
    EACH_CLASS,
    EACH_ROW,
    RUNS,
    WORDS,
    Addend,
    Children,
    Comparison,
    Expr,
    Leaves,
    Number,
    Operator,
    Ref,
    Sum,
)
from juesuan.model import Edition, Table
from juesuan.money import millionths_of

_OPERATORS: dict[str, Operator] = {"=": "=", "==": "=", "<=": "<=", "≤": "<=", ">=": ">=", "≥": ">=", ">": ">"}
NOTHING = Number(0)
_SIGNS = {"+": 1, "-": -1}
_TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|[<>=]=|\S")
_BELOW: dict[str, type[Children] | type[Leaves]] = {"children": Children, "leaves": Leaves}
_ALLOWED = "只能用加、减、单元格、数（万元）、children()（下级之和）、leaves()（明细之和）"


def parse(text: str, edition: Edition) -> Comparison:
    """Parse one comparison. Raises DeclarationError that quotes the text and lists the names it could have used."""
    return _Parser(text, edition).comparison()


class _Parser:
    """Reads a text token by token; an empty one is its end."""

    def __init__(self, text: str, edition: Edition) -> None:
        self.text = text
        self.edition = edition
        plain = text if text.isascii() else normalize("NFKC", text)
        self._left: list[str] = ["", *reversed(_TOKEN.findall(plain))]

    def refuse(self, why: str, kind: type[DeclarationError] = DeclarationError) -> DeclarationError:
        return kind(f"规则“{self.text}”：{why}。")

    def comparison(self) -> Comparison:
        left = self._cell()
        operator = _OPERATORS.get(self._take())
        if operator is None:
            raise self.refuse("应写成“单元格 = 算式”，比较号只能是 =、<=、>=、>")
        right = self._expr()
        if self._left[-1]:
            raise self.refuse(_ALLOWED)
        return Comparison(left, operator, right)

    def _take(self) -> str:
        token = self._left[-1]
        if token:
            self._left.pop()
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise self._malformed()

    def _malformed(self) -> DeclarationError:
        return DeclarationError(f"规则“{self.text}”写法有误。")

    def _expr(self) -> Expr:
        first = self._term()
        if self._left[-1] not in _SIGNS:
            return first
        terms = _added(1, first)
        while self._left[-1] in _SIGNS:
            sign, term = _SIGNS[self._take()], self._term()
            terms += _added(sign, term) if term != NOTHING else []
        return Sum(tuple(terms)) if len(terms) > 1 else first

    def _term(self) -> Expr:
        token = self._left[-1]
        if token[:1].isdecimal():
            return Number(millionths_of(float(self._take())))
        if token == "(":
            self._take()
            inner = self._expr()
            self._expect(")")
            return inner
        if not token.isidentifier():
            raise self._malformed() if not token else self.refuse(_ALLOWED)
        if self._left[-2] != "(":
            names, rows = self._path()
            return NOTHING if self.edition.nothing and self._is_nothing(*names) else self._ref(names, rows)
        below = _BELOW.get(WORDS.get(token, token))
        if below is None:
            raise self.refuse(f"不认识函数“{token}”，{_ALLOWED}")
        del self._left[-2:]
        cell = self._cell()
        self._expect(")")
        return below(cell)

    def _is_nothing(self, table: str, *names: str) -> bool:
        """Whether the form has no such table, field or line, and says that it is nothing in a sum."""
        return not self.edition.nothing.isdisjoint((table, *(f"{table}.{name}" for name in names)))

    def _cell(self) -> Ref:
        return self._ref(*self._path())

    def _ref(self, names: list[str], rows: tuple[str, ...]) -> Ref:
        last_year = names[0] == "last_year"
        table = self._table(names[1 if last_year else 0] if len(names) > last_year else "")
        rest = names[2 if last_year else 1 :]
        if not rows and rest and (line := table.line_names.get(rest[0])):
            rows, rest = (line,), rest[1:]
        if len(rest) > 1:
            raise self.refuse(f"{table.title}没有“{'.'.join(rest)}”", UnknownName)
        rows = rows or (EACH_ROW,)
        return Ref(table.id, rows, self._field(table, rows, rest[0] if rest else None), last_year)

    def _path(self) -> tuple[list[str], tuple[str, ...]]:
        """The names from left to right, and the rows between the brackets."""
        names = [self._name()]
        rows: tuple[str, ...] = ()
        while self._left[-1] in (".", "["):
            if self._take() == ".":
                names.append(self._name())
            elif rows:
                raise self.refuse("单元格应写成“表.栏”、“表[行].栏”或“表.行”")
            else:
                rows = self._rows()
        return names, rows

    def _name(self) -> str:
        token = self._take()
        if not token.isidentifier():
            raise self.refuse("单元格应写成“表.栏”、“表[行].栏”或“表.行”") if token else self._malformed()
        return WORDS.get(token, token)

    def _rows(self) -> tuple[str, ...]:
        rows = []
        while True:
            row = self._take()
            if not (row.isidentifier() or row.isdecimal()):
                raise self.refuse("方括号里应是科目编码、合计、各类或行名")
            rows.append(WORDS.get(row, row))
            match self._take():
                case "]":
                    return tuple(rows)
                case ",":
                    continue
                case _:
                    raise self._malformed()

    def _table(self, name: str) -> Table:
        if table := self.edition.named(name):
            return table
        known = "、".join(table.id for table in self.edition.tables)
        raise self.refuse(f"不认识表“{name}”，现有：{known}", UnknownName)

    def _field(self, table: Table, rows: tuple[str, ...], name: str | None) -> str:
        for row in rows if rows not in RUNS else ():
            if row not in table.row_names and not (row.isdigit() and table.layout in ("codes", "items")):
                known = table.row_names | {EACH_ROW, EACH_CLASS}
                raise self.refuse(f"{table.title}没有“{row}”行，现有：{'、'.join(sorted(known))}", UnknownName)
        if name == EACH:
            return EACH
        choices = table.fields_of(table.first_class or rows[0] if rows == (EACH_CLASS,) else rows[0])
        if name in choices:
            return name
        if name is None and len(choices) == 1:
            return choices[0]
        for field_id in choices:
            field = table.field(field_id)
            if field and name in (field.id, field.title):
                return field.id
        raise self.refuse(f"{table.title}没有“{name or '（未写栏名）'}”栏，现有：{'、'.join(choices)}", UnknownName)


def _added(sign: int, term: Expr) -> list[tuple[int, Addend]]:
    """What a term adds to a sum: brackets are undone, so that no sum stands within another."""
    return [(sign * inner, part) for inner, part in term.terms] if isinstance(term, Sum) else [(sign, term)]
