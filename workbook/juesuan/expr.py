"""What one rule compares, as a few frozen nodes, and put into words."""

import unicodedata
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias

from juesuan.model import TOTAL, Edition, Table, plain_label
from juesuan.money import INVISIBLE, to_text
from juesuan.record import NamedTuple

Operator = Literal["=", "<=", ">=", ">"]

EACH_ROW = "each_row"
EACH_CLASS = "each_class"
EACH = "each"
RUNS = ((EACH_ROW,), (EACH_CLASS,))
"""What stands for the rows of a cell that is meant in row after row."""

WORDS = {
    "合计": TOTAL,
    "各行": EACH_ROW,
    "各类": EACH_CLASS,
    "各栏": EACH,
    "上年": "last_year",
    "下级": "children",
    "明细": "leaves",
}


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


Addend: TypeAlias = Ref | Children | Leaves | Number


class Sum(NamedTuple):
    """Each term with its sign; the first is added."""

    terms: tuple[tuple[int, Addend], ...]


Expr: TypeAlias = Addend | Sum


class _ComparisonRecord(NamedTuple):
    left: Ref
    operator: Operator
    right: Expr


class Comparison(_ComparisonRecord):
    @cached_property
    def terms(self) -> tuple[tuple[tuple[int, Ref | Children | Leaves], ...], int]:
        """The right side as `terms_of` gives it."""
        return terms_of(self.right)


def terms_of(expr: Expr) -> tuple[tuple[tuple[int, Ref | Children | Leaves], ...], int]:
    """An expression as signed cells and sums, and its constant part (分)."""
    match expr:
        case Number(value):
            return (), value
        case Sum(parts):
            terms = tuple([(sign, part) for sign, part in parts if not isinstance(part, Number)])
            return terms, sum([sign * part.value for sign, part in parts if isinstance(part, Number)])
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
