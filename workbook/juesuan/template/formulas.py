"""Excel formulas of the derived cells, read from the rules that derive them.

A fixed cell names the cells it sums. A row of an open table sums the 项 below its own row, however many rows are
inserted, deleted or pasted and whether codes are text or numbers; its range runs to a closing row and never holds
its own cell, which Excel would call a circular reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from juesuan.book import Key
from juesuan.expr import EACH, EACH_CLASS, EACH_ROW, Children, Comparison, Leaves, Ref
from juesuan.model import TOTAL, Table
from juesuan.money import Currency, to_text
from juesuan.rules import Catalogue, Rule
from juesuan.template.form import Form

CLASS, LEAF = 3, 7
"""How long the codes of a 类 and of a 项 are."""


ANY_LINE = 1_048_577
"""Stands for the line of an open row in a formula that every open row has; a worksheet has one line less."""


class Standing(NamedTuple):
    """Where a table stands in the workbook: its worksheet and its drawn form, and the currency of its amounts."""

    table: Table
    sheet: str
    form: Form
    currency: Currency

    @property
    def first(self) -> int:
        """The row above the open rows, 合计 or the last of the headings: no row is ever inserted above it."""
        return self.form.body.start - 1

    @property
    def last(self) -> int:
        """The closing row of a table with open rows."""
        return self.form.body.stop - 1

    @property
    def whole(self) -> tuple[int, int]:
        """The first and the last row that has amounts, 合计 and open rows alike."""
        return min(self.total_row(), self.form.body.start), max(self.total_row(), self.last)

    @property
    def width(self) -> int:
        """The last column of amounts."""
        return max(column for _, column in self.form.cells.values())

    def column(self, field: str) -> str:
        return get_column_letter(self.form.columns[field])

    def total_row(self) -> int:
        return self.form.cells[TOTAL, self.table.fields[0].id][0]


Standings = Mapping[str, Standing]
Awaiting = frozenset[Key]
"""Cells that may have no amount because an input they depend on is awaited."""


class Target(NamedTuple):
    """The cell a formula is for. `line` is the sheet row of an open row, None for a row of the form itself."""

    table: str
    row: str
    field: str
    line: int | None = None


class Part(NamedTuple):
    """Some of the cells a formula sums: `text` is a range, an address, or an expression that yields one amount.

    `cells` is how many cells it stands for, as a number or an expression; `positive`, `negative` are expressions
    that count them by sign; `signed`: a zero among them may hide an amount of either sign.
    """

    text: str
    cells: str
    positive: str
    negative: str
    signed: bool


SignedParts = list[tuple[int, Part]]
"""The parts of a sum, 1 for those added and -1 for those taken away."""


def deriving_rules(catalogue: Catalogue, table: Table, row: str, field: str) -> Iterator[Rule]:
    """The rules that derive a cell, in the order of the catalogue; `row` of an open row is EACH_ROW."""
    for rule in catalogue.rules:
        if not rule.derives or rule.comparison is None:
            continue
        left = rule.comparison.left
        if left.table != table.id or left.field not in (field, EACH):
            continue
        line = table.line(row, field)
        classed = left.rows == (EACH_CLASS,) and line is not None and line.code is not None
        if row in left.rows or classed or left.rows == (EACH_ROW,):
            yield rule


def formula(rule: Rule, target: Target, standings: Standings, awaiting: Awaiting = frozenset()) -> str | None:
    """The formula that gives `target` what `rule` says; None where the rule has nothing to sum.

    Every text in an amount's place counts as nothing, so rows still to be filled in do no harm. While one of the
    `awaiting` cells it sums is blank, it yields no amount.
    """
    if not signed_parts(rule, target, standings):
        return None
    total = f"ROUND({right_side(rule, target, standings)},2)"
    given = all_given([key for key in terms_for(rule, target) if key in awaiting], target, standings)
    return f'=IF({given},{total},"")' if given else f"={total}"


def all_given(keys: Sequence[Key], target: Target, standings: Standings) -> str:
    """The condition that all these cells hold amounts; nothing where there are none."""
    counted = [part.text for table, *key in keys for part in _ranges([(key[0], key[1])], standings[table], target)]
    return f"COUNT({','.join(counted)})={len(keys)}" if keys else ""


def terms_for(rule: Rule, target: Target) -> list[Key]:
    """The single cells that a rule sums when it is about `target`."""
    assert rule.comparison is not None
    terms, _ = rule.comparison.terms
    return [
        (node.table, target.row if row == EACH_ROW else row, target.field if node.field == EACH else node.field)
        for _, node in terms
        if isinstance(node, Ref)
        for row in node.rows
    ]


def sum_of(parts: SignedParts) -> str:
    """SUM of the parts added less SUM of the parts taken away."""
    added = ",".join(part.text for sign, part in parts if sign > 0)
    taken = ",".join(part.text for sign, part in parts if sign < 0)
    return f"SUM({added or '0'})" + (f"-SUM({taken})" if taken else "")


def right_side(rule: Rule, target: Target, standings: Standings, *, direct: bool = False) -> str:
    """What the rule compares its cell with, as an expression. `direct` as of `signed_parts`."""
    assert rule.comparison is not None
    return sum_of(signed_parts(rule, target, standings, direct=direct)) + constant_of(rule.comparison, standings)


def constant_of(comparison: Comparison, standings: Standings) -> str:
    """The constant that a comparison adds to its sum, in the currency of the workbook; nothing where there is none."""
    _, constant = comparison.terms
    sign = "+" if constant > 0 else ""
    return sign + to_text(constant, standings[comparison.left.table].currency) if constant else ""


def signed_parts(rule: Rule, target: Target, standings: Standings, *, direct: bool = False) -> SignedParts:
    """The cells on the right side of the rule when it is about `target`.

    `direct`: an open row sums the rows directly below it, as the rules say, and not the 项.
    """
    assert rule.comparison is not None
    terms, _ = rule.comparison.terms
    return [(sign, part) for sign, node in terms for part in parts_of(node, target, standings, direct=direct)]


def parts_of(
    node: Ref | Children | Leaves, target: Target, standings: Standings, *, direct: bool = False
) -> list[Part]:
    match node:
        case Ref():
            return _referred(node, target, standings)
        case Leaves():
            return []
        case Children(cell):
            standing = standings[cell.table]
            field = target.field if cell.field == EACH else cell.field
            row = target.row if cell.rows == (EACH_ROW,) else cell.rows[0]
            if standing.table.layout == "codes":
                return [_below(standing, field, target, direct)]
            keys = _children(standing.table, row)
            return list(_ranges([(key, field) for key in keys], standing, target))


def rows_below(rule: Rule, target: Target, standings: Standings) -> str | None:
    """How many open rows directly below its own the rule sums, as an expression; None if it sums no such rows."""
    assert rule.comparison is not None
    terms, _ = rule.comparison.terms
    for _, node in terms:
        if isinstance(node, Children) and standings[node.cell.table].table.layout == "codes":
            return _below(standings[node.cell.table], target.field, target, direct=True).cells
    return None


def _children(table: Table, row: str) -> list[str]:
    if table.layout == "items":
        return [code for group in table.groups for code in group if code != row and code.startswith(row)]
    return [line.id or "" for line, _ in table.all_lines if line.part_of == row]


def _referred(ref: Ref, target: Target, standings: Standings) -> list[Part]:
    standing = standings[ref.table]
    field = target.field if ref.field == EACH else ref.field
    if standing.table.layout != "codes":
        keys = [target.row if row in (EACH_ROW, EACH_CLASS) else row for row in ref.rows]
        return list(_ranges([(key, field) for key in keys if (key, field) in standing.form.cells], standing, target))
    if ref.rows == (EACH_ROW,) and target.line is not None and ref.table == target.table:
        return [_cell(f"{standing.column(field)}{target.line}", _signed(standing.table, TOTAL, field))]
    if TOTAL in ref.rows or (ref.rows == (EACH_ROW,) and target.row == TOTAL):
        return list(_ranges([(TOTAL, field)], standing, target))
    if ref.rows == (EACH_ROW,):
        return [_looked_up(standing, f'$A{target.line}&""', field)]
    return [_looked_up(standing, f'"{target.row if code == EACH_CLASS else code}"', field) for code in ref.rows]


def _signed(table: Table, row: str, field_id: str) -> bool:
    line, field = table.line(row, field_id), table.field(field_id)
    return bool(line.signed if line else field and field.signed)


def _cell(text: str, signed: bool, count: int = 1) -> Part:
    return Part(text, str(count), f'COUNTIF({text},">0")', f'COUNTIF({text},"<0")', signed)


def _ranges(keys: Iterable[tuple[str, str]], standing: Standing, target: Target) -> Iterator[Part]:
    """The cells of these rows and fields, runs within a column as one range."""
    prefix = "" if standing.sheet == _sheet_of(target, standing) else f"{quoted(standing.sheet)}!"
    known = [(standing.form.cells[key], _signed(standing.table, *key)) for key in keys]
    for (_, _, signed), run in groupby(
        enumerate(known), key=lambda item: (item[1][0][1], item[1][0][0] - item[0], item[1][1])
    ):
        cells = [place for _, (place, _) in run]
        first, last = (f"${get_column_letter(column)}${row}" for row, column in (cells[0], cells[-1]))
        yield _cell(f"{prefix}{first}" if first == last else f"{prefix}{first}:{last}", signed, len(cells))


def _sheet_of(target: Target, standing: Standing) -> str:
    return standing.sheet if standing.table.id == target.table else ""


def _looked_up(standing: Standing, code: str, field: str) -> Part:
    """The amount of the row of a code in another table, wherever that row is; `code` is an expression."""
    sheet, column, first, last = quoted(standing.sheet), standing.column(field), standing.first, standing.last
    codes, amounts = f"{sheet}!$A${first}:$A${last}", f"{sheet}!${column}${first}:${column}${last}"
    text = f'SUMPRODUCT(({codes}&""={code})*1,{amounts})'
    return Part(text, f'SUMPRODUCT(({codes}&""={code})*1)', f"({text}>0)", f"({text}<0)", False)


def _below(standing: Standing, field: str, target: Target, direct: bool) -> Part:
    """The 项 below a row of an open table, or the rows directly below it; all rows are below 合计."""
    total, line, column = target.row == TOTAL, target.line, standing.column(field)
    codes, amounts = (f"INDEX({name}:{name},ROW()+1):{name}${standing.last}" for name in ("$A", column))
    if total and standing.table.total_last:
        codes, amounts = (f"{name}${standing.first}:{name}${standing.last}" for name in ("$A", column))
    length = LEAF if not direct else CLASS if total else f"LEN($A{line})+2"
    own = "" if total else f'*(LEFT({codes},LEN($A{line}))=$A{line}&"")'
    chosen = f"(LEN({codes})={length}){own}"
    return Part(
        f"SUMPRODUCT({chosen}*1,{amounts})",
        f"SUMPRODUCT({chosen}*1)",
        f"SUMPRODUCT({chosen}*ISNUMBER({amounts})*({amounts}>0))",
        f"SUMPRODUCT({chosen}*ISNUMBER({amounts})*({amounts}<0))",
        _signed(standing.table, TOTAL, field),
    )


def at_line(formula: str, line: int) -> str:
    """A formula made for ANY_LINE, as it reads in a line of the sheet."""
    return formula.replace(str(ANY_LINE), str(line))


def quoted(sheet: str) -> str:
    """A worksheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"
