"""The rule language: what one comparison says, parsed into a few frozen nodes and put into words.

    comparison ::= cell (= | <= | >= | >) expr
    expr       ::= cell | children(cell) | leaves(cell) | number | expr (+ | -) expr
    cell       ::= [last_year.] table [row] [.field]     summary.revenue_total, expenditure[total].basic
    row        ::= [code], [id], [code, code] or [each_class] / [each_row]; .id for a fixed line
    field      ::= .id, or .each for every column of the row the rule is about

Tables, rows and fields may be named by id or by their Chinese title. A table with open rows that is given
no row means each of its rows. Nothing else is accepted.
"""

import _ast as ast
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from juesuan.errors import DeclarationError, UnknownName
from juesuan.model import TOTAL, Edition, Table, plain_label
from juesuan.money import INVISIBLE, millionths_of, to_text

Operator = Literal["=", "<=", ">=", ">"]

EACH_ROW = "each_row"
EACH_CLASS = "each_class"
EACH = "each"
WORDS = {
    "合计": TOTAL,
    "各行": EACH_ROW,
    "各类": EACH_CLASS,
    "各栏": EACH,
    "上年": "last_year",
    "下级": "children",
    "明细": "leaves",
}
_OPERATORS: dict[type[ast.cmpop], Operator] = {ast.LtE: "<=", ast.GtE: ">=", ast.Gt: ">", ast.Eq: "="}


class Ref(NamedTuple):
    """A cell, or each cell of a run: `rows` are row keys or one of EACH_ROW, EACH_CLASS; several rows add up."""

    table: str
    rows: tuple[str, ...]
    field: str
    last_year: bool = False


class Children(NamedTuple):
    """The sum of the rows directly below the cell's row, in the cell's column."""

    cell: Ref


class Leaves(NamedTuple):
    """The sum of the lowest rows below the cell's row, in the cell's column."""

    cell: Ref


class Number(NamedTuple):
    """A constant, written in 万元 and held in 分."""

    value: int


class Sum(NamedTuple):
    terms: "tuple[tuple[int, Expr], ...]"


Expr: TypeAlias = Ref | Children | Leaves | Number | Sum


class Comparison(NamedTuple):
    left: Ref
    operator: Operator
    right: Expr


def parse(text: str, edition: Edition, read: Mapping[str, list[ast.stmt]] | None = None) -> Comparison:
    """Parse one comparison. Raises DeclarationError that quotes the text and lists the names it could have used.

    `read`: what `read_together` made of it and others.
    """
    try:
        body = (read or {}).get(text) or _parsed(_spelled(text)).body
    except SyntaxError as error:
        raise DeclarationError(f"规则“{text}”写法有误。") from error
    parser = _Parser(text, edition)
    match body:
        case [ast.Assign(targets=[left], value=right)]:
            return Comparison(parser.cell(left), "=", parser.expr(right))
        case [ast.Expr(value=ast.Compare(left=left, ops=[op], comparators=[right]))] if type(op) in _OPERATORS:
            return Comparison(parser.cell(left), _OPERATORS[type(op)], parser.expr(right))
    raise parser.refuse("应写成“单元格 = 算式”，比较号只能是 =、<=、>=、>")


def read_together(texts: Sequence[str]) -> dict[str, list[ast.stmt]]:
    """Several comparisons read at once, which costs a third; nothing when one of them cannot be read."""
    lines = [_spelled(text) for text in texts]
    try:
        body = _parsed("\n".join(lines)).body
    except SyntaxError:
        return {}
    alone = len(body) == len(texts) and not any("\n" in line for line in lines)
    return {text: [statement] for text, statement in zip(texts, body, strict=True)} if alone else {}


def _spelled(text: str) -> str:
    return text.replace("≤", "<=").replace("≥", ">=")


def _parsed(source: str) -> ast.Module:
    """What `ast.parse` gives; the module `ast` around these C classes costs more to import than all rules to parse."""
    module = compile(source, "<rule>", "exec", ast.PyCF_ONLY_AST)
    assert isinstance(module, ast.Module)
    return module


def terms_of(expr: Expr) -> tuple[tuple[tuple[int, Ref | Children | Leaves], ...], int]:
    """An expression as signed cells and sums, and its constant part (分)."""
    match expr:
        case Number(value):
            return (), value
        case Sum(parts):
            parsed = [(sign, *terms_of(part)) for sign, part in parts]
            terms = tuple((sign * inner, node) for sign, found, _ in parsed for inner, node in found)
            return terms, sum(sign * constant for sign, _, constant in parsed)
        case _:
            return ((1, expr),), 0


def references(node: Comparison | Expr) -> list[Ref]:
    """Every cell a comparison or expression speaks of, the left side first."""
    match node:
        case Comparison(left, _, right):
            return [left, *references(right)]
        case Ref():
            return [node]
        case Children(cell) | Leaves(cell):
            return [cell]
        case Sum(terms):
            return [ref for _, term in terms for ref in references(term)]
        case _:
            return []


class _Parser:
    def __init__(self, text: str, edition: Edition) -> None:
        self.text = text
        self.edition = edition

    def refuse(self, why: str, kind: type[DeclarationError] = DeclarationError) -> DeclarationError:
        return kind(f"规则“{self.text}”：{why}。")

    def expr(self, node: ast.expr) -> Expr:
        """What the form does not have and is nothing in a sum, is 0."""
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                sign = 1 if isinstance(op, ast.Add) else -1
                before, after = self.expr(left), self.expr(right)
                head = before.terms if isinstance(before, Sum) else ((1, before),)
                return before if after == Number(0) else Sum((*head, (sign, after)))
            case ast.Constant(value=int(value) | float(value)):
                return Number(millionths_of(value))
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
                match WORDS.get(name, name):
                    case "children":
                        return Children(self.cell(argument))
                    case "leaves":
                        return Leaves(self.cell(argument))
                raise self.refuse(f"不认识函数“{name}”，可用 children（下级之和）、leaves（明细之和）")
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return Number(0) if self.edition.nothing and self._is_nothing(node) else self.cell(node)
        raise self.refuse("只能用加、减、单元格、数（万元）、children()、leaves()")

    def _is_nothing(self, node: ast.expr) -> bool:
        (table, *names), _ = self._path(node)
        return not self.edition.nothing.isdisjoint((table, *(f"{table}.{name}" for name in names)))

    def cell(self, node: ast.expr) -> Ref:
        names, rows = self._path(node)
        last_year = names[0] == "last_year"
        table = self._table(names[1 if last_year else 0])
        rest = names[2 if last_year else 1 :]
        if not rows and rest and (line := table.line_names.get(rest[0])):
            rows, rest = (line,), rest[1:]
        if len(rest) > 1:
            raise self.refuse(f"{table.title}没有“{'.'.join(rest)}”", UnknownName)
        rows = rows or (EACH_ROW,)
        return Ref(table.id, rows, self._field(table, rows, rest[0] if rest else None), last_year)

    def _path(self, node: ast.expr) -> tuple[list[str], tuple[str, ...]]:
        """The names from left to right, and the rows between the brackets."""
        names: list[str] = []
        rows: tuple[str, ...] = ()
        while not isinstance(node, ast.Name):
            if isinstance(node, ast.Attribute):
                names.append(WORDS.get(node.attr, node.attr))
            elif isinstance(node, ast.Subscript) and not rows:
                entries = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
                rows = tuple(self._row(entry) for entry in entries)
            else:
                raise self.refuse("单元格应写成“表.栏”、“表[行].栏”或“表.行”")
            node = node.value
        names.append(WORDS.get(node.id, node.id))
        return names[::-1], rows

    def _row(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=int(code)):
                return str(code)
            case ast.Name(id=name):
                return WORDS.get(name, name)
        raise self.refuse("方括号里应是科目编码、合计、各类或行名")

    def _table(self, name: str) -> Table:
        for table in self.edition.tables:
            if name in (table.id, table.title):
                return table
        raise self.refuse(
            f"不认识表“{name}”，现有：{'、'.join(table.id for table in self.edition.tables)}", UnknownName
        )

    def _field(self, table: Table, rows: tuple[str, ...], name: str | None) -> str:
        known = table.row_names | {EACH_ROW, EACH_CLASS}
        for row in rows:
            if row not in known and not (row.isdigit() and table.layout in ("codes", "items")):
                raise self.refuse(f"{table.title}没有“{row}”行，现有：{'、'.join(sorted(known))}", UnknownName)
        if name == EACH:
            return EACH
        classes = (line.code for line, _ in table.all_lines if line.code)
        choices = table.fields_of(next(classes, rows[0]) if rows == (EACH_CLASS,) else rows[0])
        if name in choices:
            return name
        if name is None and len(choices) == 1:
            return choices[0]
        for field_id in choices:
            field = table.field(field_id)
            if field and name in (field.id, field.title):
                return field.id
        raise self.refuse(f"{table.title}没有“{name or '（未写栏名）'}”栏，现有：{'、'.join(choices)}", UnknownName)


def spelled_alike(text: str, other: str) -> bool:
    """Whether two names differ at most in width, white space, quotation marks and 和/与."""
    return _loose(text) == _loose(other)


@lru_cache(maxsize=4096)
def _loose(text: str) -> str:
    kept = (
        char
        for char in unicodedata.normalize("NFKC", text).translate(INVISIBLE)
        if not char.isspace() and char not in "“”\"'‘’"
    )
    return "".join(kept).replace("与", "和")


def describe(node: Comparison | Expr, edition: Edition) -> str:
    """The comparison in words: 公开03表各行“本年支出合计”＝公开03表各行“基本支出”＋…"""
    match node:
        case Comparison(left, operator, right):
            sign = {"=": "＝", "<=": "≤", ">=": "≥", ">": "＞"}[operator]
            return f"{describe(left, edition)} {sign} {describe(right, edition)}"
        case Number(value):
            return "0" if value == 0 else f"{to_text(value, '万元')}万元"
        case Children(cell):
            return f"其下级各行之和（{describe(cell, edition)}）"
        case Leaves(cell):
            return f"其全部明细行之和（{describe(cell, edition)}）"
        case Sum(terms):
            words = "".join(f" {'＋' if sign > 0 else '－'} {describe(term, edition)}" for sign, term in terms)
            return words.removeprefix(" ＋ ")
        case Ref(table_id, rows, field_id, last_year):
            table = edition.table(table_id)
            assert table is not None
            year = "上年" if last_year else ""
            return f"{year}{table.name}{_row_words(table, rows, field_id)}{_field_words(table, rows, field_id)}"


def _row_words(table: Table, rows: tuple[str, ...], field_id: str) -> str:
    names = {TOTAL: "合计行", EACH_ROW: "各行", EACH_CLASS: "各类"} | {row.id: row.title for row in table.rows}
    words = []
    for row in rows:
        line = table.line(row)
        side = table.side_heading(row, field_id)
        words.append(names.get(row) or (f"“{side}{plain_label(line.label)}”" if line else row))
    return "、".join(words)


def _field_words(table: Table, rows: tuple[str, ...], field_id: str) -> str:
    if field_id == EACH:
        return "各栏"
    fields = [fields for line, fields in table.all_lines if line.id in rows]
    if len(table.all_fields) == 1 or (fields and all(len(group) == 1 for group in fields)):
        return ""
    field = table.field(field_id)
    return f"“{field.title}”" if field else ""
