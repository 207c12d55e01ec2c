"""Formulas about cells by address (``公开01!C33=SUM(C7:C14)``), said in the rule language by what stands there.

    formula ::= side (= | <= | >= | >) side
    side    ::= [+ | -] term [(+ | -) term]…
    term    ::= [table!] address | [table!] column | SUM([table!] address[:address], …) | number | (side)

A table is called by its number (Z01, 公开01, 公开01表), its title or its worksheet; one that is not named is the one
named before. A column alone (``公开03!C``) means it in each row of a table of codes. Whoever reads the result reads
rows and columns by their names, so it holds wherever they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from juesuan.errors import DeclarationError
from juesuan.money import INVISIBLE
from juesuan.place import column_letters, column_number
from juesuan.template.layout import Position, lay

if TYPE_CHECKING:
    from juesuan.book import Book
    from juesuan.model import Edition, Table

_TOKEN = re.compile(
    r"""(?:(?P<quoted>'[^']+')!|(?P<name>[^\s!=<>≤≥+*/(),':-]+)!)?\$?(?P<column>[A-Za-z]{1,2})(?:\$?(?P<row>\d{1,6}))?
        (?::\$?(?P<last_column>[A-Za-z]{1,2})\$?(?P<last_row>\d{1,6}))?(?![\w!(.])
      | (?P<sum>SUM\() | (?P<number>\d+(?:\.\d+)?) | (?P<sign>[<>=]=|[-+(),<>=≤≥])""",
    re.VERBOSE | re.IGNORECASE,
)
_OPERATORS = {"=": "=", "==": "=", "<=": "<=", "≤": "<=", ">=": ">=", "≥": ">=", ">": ">"}
_MIRRORED = {"=": "=", "<=": ">=", ">=": "<="}
_DASHES = str.maketrans("−–—", "---", "$") | INVISIBLE
_MOST_TERMS = 500
_DEEPEST = 20
_SHOWN = 80

Terms = list[tuple[int, str]]


class Places(NamedTuple):
    """What stands where: tables by every name, and in each the row and field of amounts by one-based row and column.

    `columns`: the fields of open rows.
    """

    tables: Mapping[str, Table]
    cells: Mapping[str, Mapping[Position, tuple[str, str]]]
    columns: Mapping[str, Mapping[int, str]]


def places_of_form(edition: Edition) -> Places:
    """Where the printed form of an edition has its amounts; the open rows differ from unit to unit."""
    cells, columns = {}, {}
    for table in edition.tables:
        _, body = lay(table)
        cells[table.id] = {place: key for key, place in body.cells.items()}
        columns[table.id] = {column: field for field, column in body.columns.items()}
    return Places(_named(edition), cells, columns)


def places_of_book(book: Book) -> Places:
    """Where a workbook has its amounts, as it was recognised."""
    cells: dict[str, dict[Position, tuple[str, str]]] = {}
    columns: dict[str, dict[int, str]] = {}
    for cell in book.cells.values():
        place = cell.place.row + 1, cell.place.column + 1
        cells.setdefault(cell.table, {})[place] = (cell.row, cell.field)
        if book.sheets[cell.table].table.layout == "codes":
            columns.setdefault(cell.table, {})[place[1]] = cell.field
    read = {sheet.name: sheet.table for sheet in book.sheets.values()}
    return Places(_named(book.edition) | {_plain(name): table for name, table in read.items()}, cells, columns)


def is_cell_formula(text: str) -> bool:
    return "!" in _plain(text)


def in_rule_language(formula: str, places: Places) -> str:
    """The same comparison by the names of tables, rows and columns.

    Raises DeclarationError with the formula and what in it cannot be translated.
    """
    return _Translation(formula, places).comparison()


def _named(edition: Edition) -> dict[str, Table]:
    names = {}
    for table in reversed(edition.tables):
        names[_plain(table.title)] = names[table.id.upper()] = table
        if number := re.sub(r"\D", "", table.label):
            spellings = (f"{head}{number}{tail}" for head in ("", "Z", "公开", "GK") for tail in ("", "表"))
            names |= dict.fromkeys(spellings, table)
            names[_plain(f"{table.label}{table.title}")] = table
    return names


def _plain(text: str) -> str:
    """One spelling, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split()).upper()


class _Translation:
    def __init__(self, formula: str, places: Places) -> None:
        self.formula = formula.strip()
        self.places = places
        self._table: Table | None = None
        self._depth = 0
        self._left = self._tokens()[::-1]

    def refuse(self, why: str) -> DeclarationError:
        return DeclarationError(f"公式“{self.formula[:_SHOWN]}”：{why}。")

    def _tokens(self) -> list[re.Match[str]]:
        text = _plain(self.formula).rstrip(";,.。")
        if len(re.findall(r"[<>=≤≥]+", text)) > 1:
            text = text.removeprefix("=")
        found, at = [], 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self.refuse(f"“{text[at : at + 12]}”看不懂，只能用加、减、SUM()、数和“表!单元格”")
            found.append(match)
            at = match.end()
        return found

    def _sign(self) -> str:
        """The sign that comes next; '' when something else does."""
        return (self._left[-1]["sign"] or "") if self._left else ""

    def comparison(self) -> str:
        left = self._side()
        operator = _OPERATORS.get(self._left.pop()["sign"] or "") if self._left else None
        if operator is None:
            raise self.refuse("应写成“表!单元格 = 算式”，比较号只能是 =、<=、>=、>")
        right = self._side()
        if self._left:
            raise self.refuse(f"“{self._left[-1][0]}”多余，只能有一个比较号")
        return self._arranged(left, operator, right)

    def _arranged(self, left: Terms, operator: str, right: Terms) -> str:
        """One cell on the left, all else on the right."""
        if not any(sign > 0 and not _is_number(text) for sign, text in left) and operator in _MIRRORED:
            left, operator, right = right, _MIRRORED[operator], left
        target = next((text for sign, text in left if sign > 0 and not _is_number(text)), None)
        if target is None:
            raise self.refuse("左边没有单元格，或单元格前面是减号")
        rest = list(left)
        rest.remove((1, target))
        terms = sorted([*right, *((-sign, text) for sign, text in rest)], key=lambda term: -term[0])
        words = "".join(f" {'+' if sign > 0 else '-'} {text}" for sign, text in terms)
        return f"{target} {operator} {words.removeprefix(' + ') if terms[0][0] > 0 else f'0{words}'}"

    def _side(self) -> Terms:
        terms: Terms = []
        sign = 1
        if self._sign() in ("+", "-"):
            sign = -1 if self._left.pop()["sign"] == "-" else 1
        while True:
            terms += [(sign * inner, text) for inner, text in self._term()]
            if len(terms) > _MOST_TERMS:
                raise self.refuse(f"超过 {_MOST_TERMS} 项，请拆开写")
            if self._sign() not in ("+", "-"):
                return terms
            sign = -1 if self._left.pop()["sign"] == "-" else 1

    def _term(self) -> Terms:
        if not self._left:
            raise self.refuse("没有写完")
        token = self._left.pop()
        if token["number"]:
            return [(1, token["number"])]
        if token["sum"]:
            return self._sum()
        if token["sign"] == "(":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise self.refuse("括号太多")
            inner = self._side()
            self._close(")")
            return inner
        if token["column"] is None:
            raise self.refuse(f"“{token[0]}”前面少了单元格")
        if token["last_column"]:
            raise self.refuse(f"“{token[0]}”是一片单元格，请写在 SUM() 里")
        return [(1, self._cell(token))]

    def _sum(self) -> Terms:
        terms: Terms = []
        while True:
            token = self._left.pop() if self._left else None
            if token is None or token["column"] is None:
                raise self.refuse("SUM() 里应是单元格，或像 C7:C14 这样的一片")
            terms += [(1, text) for text in self._range(token)] if token["last_column"] else [(1, self._cell(token))]
            if self._sign() != ",":
                self._close(")")
                return terms
            self._left.pop()

    def _close(self, sign: str) -> None:
        if self._sign() != sign:
            raise self.refuse("括号不成对")
        self._left.pop()

    def _range(self, token: re.Match[str]) -> list[str]:
        table = self._table_of(token)
        if token["row"] is None:
            raise self.refuse(f"“{token[0]}”应写成像 C7:C14 这样的一片单元格")
        rows = sorted((int(token["row"]), int(token["last_row"])))
        columns = sorted((column_number(token["column"]), column_number(token["last_column"])))
        inside = {
            place: key
            for place, key in self.places.cells.get(table.id, {}).items()
            if rows[0] <= place[0] <= rows[1] and columns[0] < place[1] <= columns[1] + 1
        }
        found = [self._spelled(table, token[0], *key) for _, key in sorted(inside.items())]
        if table.layout == "codes" and any(
            row not in {place[0] for place in inside} for row in range(rows[0], rows[1] + 1)
        ):
            raise self.refuse(f"“{token[0]}”里有{table.name}的科目行，各单位不同。{_BY_NAME}")
        if not found:
            raise self.refuse(f"{table.name}的 {token[0].rpartition('!')[2]} 里没有金额")
        return found

    def _cell(self, token: re.Match[str]) -> str:
        table = self._table_of(token)
        column = column_number(token["column"]) + 1
        if token["row"] is None:
            field = self.places.columns.get(table.id, {}).get(column)
            if field is None:
                raise self.refuse(f"{table.name}没有按行列示的 {token['column']} 栏，请写明行，如 {token['column']}7")
            return f"{table.id}.{field}"
        address = f"{column_letters(column - 1)}{int(token['row'])}"
        key = self.places.cells.get(table.id, {}).get((int(token["row"]), column))
        if key is None:
            open_row = column in self.places.columns.get(table.id, {})
            why = f"可能是科目行，各单位不同。{_BY_NAME}" if open_row else "请核对地址"
            raise self.refuse(f"{table.name}的 {address} 不是版式上固定的金额格，{why}")
        return self._spelled(table, address, *key)

    def _spelled(self, table: Table, address: str, row: str, field: str) -> str:
        if "#" in row:
            raise self.refuse(f"{table.name}的 {address} 在重复出现的科目行上，不知指哪一行")
        return f"{table.id}[{row}].{field}"

    def _table_of(self, token: re.Match[str]) -> Table:
        name = (token["quoted"] or token["name"] or "").strip("'")
        if name:
            table = self.places.tables.get(name)
            if table is None:
                known = "、".join(dict.fromkeys(table.name for table in self.places.tables.values()))
                raise self.refuse(f"不认识表“{name}”，可用表号或表名：{known}")
            if table.id not in self.places.cells:
                raise self.refuse(f"规则所在的工作簿里没有读到{table.name}（{table.title}）")
            self._table = table
        if self._table is None:
            raise self.refuse(f"“{token[0]}”没有写是哪张表，应写成“表!单元格”，如 公开01!C33")
        return self._table


_BY_NAME = "请写科目编码，如 支出决算表[2010350].基本支出"


def _is_number(text: str) -> bool:
    return text[0].isdigit()
