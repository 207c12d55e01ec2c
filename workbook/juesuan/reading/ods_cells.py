"""What the reader does not tell of an .ods: formulas, error values, what is hidden and merged."""

from __future__ import annotations

from xml.parsers import expat

from juesuan.ooxml.computed import Computed, Doubt
from juesuan.ooxml.extent import LAST_COLUMN, LAST_ROW
from juesuan.ooxml.package import Package
from juesuan.reading.values import SheetValues

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_ERRORS = ("#", "Err:")


def with_cells(sheets: list[SheetValues], data: bytes) -> list[SheetValues]:
    """`sheets` with their computed cells, hidden rows and columns, and merged areas."""
    content = _Content()
    content.parse(Package(data, "").read("content.xml"))
    return [
        sheet._replace(
            computed=found.computed,
            hidden_rows=found.hidden_rows,
            hidden_columns=found.hidden_columns,
            merges=found.merges,
        )
        if (found := content.tables.get(sheet.name))
        else sheet
        for sheet in sheets
    ]


class _Table:
    def __init__(self) -> None:
        self.computed: Computed = {}
        self.merges: dict[tuple[int, int], tuple[int, int]] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()


class _Content:
    """Walks content.xml once; a run of equal rows or columns is one element with a count."""

    def __init__(self) -> None:
        self.tables: dict[str, _Table] = {}
        self._table = _Table()
        self._row = self._rows = self._column = self._columns = 0
        self._formula = False
        self._text: list[str] = []

    def parse(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(xml, True)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if not tag.startswith(_TABLE):
            return
        kind = tag[len(_TABLE) :]
        if kind == "table":
            self._table = self.tables.setdefault(given.get(f"{_TABLE}name", ""), _Table())
            self._row = self._column = 0
        elif kind == "table-column":
            count = _count(given, "columns")
            if _is_hidden(given):
                self._table.hidden_columns |= set(range(self._column, min(self._column + count, LAST_COLUMN)))
            self._column += count
        elif kind == "table-row":
            self._rows, self._column = _count(given, "rows"), 0
            if _is_hidden(given):
                self._table.hidden_rows |= set(range(self._row, min(self._row + self._rows, LAST_ROW)))
        elif kind in ("table-cell", "covered-table-cell"):
            self._columns = _count(given, "columns")
            self._text.clear()
            self._formula = f"{_TABLE}formula" in given
            self._error = given.get(f"{_CALC}value-type") == "error"
            down, right = (int(given.get(f"{_TABLE}number-{what}-spanned", "1")) - 1 for what in ("rows", "columns"))
            if down > 0 or right > 0:
                self._table.merges[self._row, self._column] = self._row + down, self._column + right
            self._valued = f"{_OFFICE}value-type" in given

    def _end(self, tag: str) -> None:
        if tag == f"{_TABLE}table-row":
            self._row += self._rows
        elif tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            if self._error or self._formula:
                self._note()
            self._column += self._columns

    def _note(self) -> None:
        failed = self._error or "".join(self._text).strip().startswith(_ERRORS)
        doubt: Doubt | None = "error" if failed else None if self._valued else "uncached"
        for row in range(self._row, min(self._row + self._rows, LAST_ROW)):
            for column in range(self._column, min(self._column + self._columns, LAST_COLUMN)):
                self._table.computed[row, column] = doubt


def _count(given: dict[str, str], what: str) -> int:
    return int(given.get(f"{_TABLE}number-{what}-repeated", "1"))


def _is_hidden(given: dict[str, str]) -> bool:
    return given.get(f"{_TABLE}visibility") in ("collapse", "filter")
