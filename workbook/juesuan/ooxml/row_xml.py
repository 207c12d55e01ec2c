"""The rows of a worksheet's XML: moved to other lines, made after another row, given formulas they lack.

Lines count from 1 as in formulas, columns from 0. What stands around the rows stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from juesuan.ooxml.formula_xml import formula_in, with_formula, written_out
from juesuan.ooxml.references import moved
from juesuan.ooxml.sheet_xml import CELL, FORMULA, ROW, Tag, column_of, plain_sheet_data, tags, woven
from juesuan.ooxml.xml_text import escaped
from juesuan.place import Place

_ROW_TAG = re.compile(rb"(<((?:[\w.-]+:)?row)\b[^>]*?)/?>")
_LINE = re.compile(rb"""(\sr\s*=\s*["'][A-Z]*)\d+""")
_STYLE = re.compile(rb"""\ss\s*=\s*["']\d*["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'][^"']*["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'][^"']*["']""")
_ANY_TAG = re.compile(rb"<[^>]*>")
_TYPED = re.compile(rb"<(?:[\w.-]+:)?c\b[^>]*[^/]>\s*<(?:[\w.-]+:)?(?:v|is)\b(?!\s*/)(?!>\s*</)")
_FORMULA_TAG = re.compile(rb"<(?:[\w.-]+:)?f\b")


class RowCell(NamedTuple):
    """A cell as it is written; `empty`: nothing at all stands in it."""

    xml: bytes
    style: bytes | None
    computed: bool
    empty: bool

    @property
    def formula(self) -> str | None:
        return formula_in(self.xml) if self.computed else None


class SheetRows:
    """All rows of one worksheet by line; a formula that cells share is written out in each of them.

    Raises JuesuanError when rows or cells do not say where they stand, or the text is none that can be patched.
    """

    def __init__(self, xml: bytes, sheet: str) -> None:
        found = plain_sheet_data(xml)
        self.sheet = sheet
        self._prefix = found.prefix
        self._head, self._tail = xml[: found.start], xml[found.end :]
        text = written_out(xml[found.first : found.last])
        self._rows = {tag.number: text[tag.start : tag.end] for tag in tags(text, b"row", int)}

    @property
    def xml(self) -> bytes:
        name = self._prefix + b"sheetData"
        rows = b"".join(self._rows[line] for line in sorted(self._rows))
        return b"%s<%s>%s</%s>%s" % (self._head, name, rows, name, self._tail)

    def cells(self, line: int) -> dict[int, RowCell]:
        return _cells(self._rows.get(line, b""))

    def is_typed_in(self, line: int) -> bool:
        """Whether something other than a formula stands in the row."""
        return _TYPED.search(self._rows.get(line, b"")) is not None

    def formula_count(self, line: int) -> int:
        return len(_FORMULA_TAG.findall(self._rows.get(line, b"")))

    def formulas(self) -> Iterator[tuple[int, int, str]]:
        """Line, column and text of every formula."""
        for line in self._rows:
            for column, cell in self.cells(line).items():
                if cell.computed:
                    yield line, column, cell.formula or ""

    def complete(self, line: int, model: int, inputs: Container[int] = ()) -> bool:
        """Give a row the formulas of `model` wherever nothing stands, but for `inputs`; tells whether it lacked any."""
        own = self.cells(line)
        new = {
            column: self._like(cell, own.get(column), model, line)
            for column, cell in self.cells(model).items()
            if cell.computed and column not in inputs and (column not in own or own[column].empty)
        }
        if new:
            row = self._rows.get(line) or _at_line(self._rows[model], line)
            body = _body(row) if own else b""
            self._rows[line] = _with_body(row, woven(body, _tags(body), new))
        return bool(new)

    def insert(self, above: Mapping[int, Sequence[Sequence[str]]], stop: int, model: int) -> None:
        """Put in rows like `model`, with the texts given in their first cells, above the lines named.

        The rows from there to before `stop` move down; as many at their end go.
        """
        start, count = min(above), sum(map(len, above.values()))
        rows = {line: row for line, row in self._rows.items() if not start <= line < stop}
        line = start
        for old in range(start, stop - count):
            for texts in above.get(old, ()):
                rows[line] = self._made(model, line, texts)
                line += 1
            if old in self._rows:
                rows[line] = self._moved(old, line)
            line += 1
        self._rows = rows

    def _moved(self, old: int, new: int) -> bytes:
        def move(cell: re.Match[bytes]) -> bytes:
            return self._moved_cell(cell[0], old, new)

        return _at_line(CELL.sub(move, self._rows[old]), new)

    def _moved_cell(self, cell: bytes, old: int, new: int) -> bytes:
        return _at_line(with_formula(cell, lambda formula: moved(formula, self.sheet, old, new)), new)

    def _like(self, cell: RowCell, own: RowCell | None, model: int, line: int) -> bytes:
        """The model's cell as it reads in `line`, in the style of the empty one that stands there."""
        xml = self._moved_cell(cell.xml, model, line)
        return xml if own is None else self._styled(xml, own.style)

    def _made(self, model: int, line: int, texts: Sequence[str]) -> bytes:
        row, styles = _HIDDEN.sub(b"", self._moved(model, line), count=1), self.cells(model)
        cells = {}
        for column, text in enumerate(texts):
            cell = self._text(Place("", line - 1, column).address, text)
            cells[column] = self._styled(cell, styles[column].style if column in styles else None)
        body = _body(row)
        return _with_body(row, woven(body, _tags(body), cells))

    def _text(self, address: str, text: str) -> bytes:
        name = self._prefix.decode()
        if not text:
            return f'<{name}c r="{address}"/>'.encode()
        content = f"<{name}is><{name}t>{escaped(text)}</{name}t></{name}is>"
        return f'<{name}c r="{address}" t="inlineStr">{content}</{name}c>'.encode()

    def _styled(self, cell: bytes, style: bytes | None) -> bytes:
        tag, content = cell.split(b">", 1)
        start = b"<%sc" % self._prefix
        given = b' s="%s"' % style if style else b""
        return start + given + _STYLE.sub(b"", tag[len(start) :]) + b">" + content


@lru_cache(1024)
def _cells(row: bytes) -> dict[int, RowCell]:
    body = _body(row)
    return {column: _cell(tag, body[tag.start : tag.end]) for column, tag in _tags(body).items()}


def _cell(tag: Tag, xml: bytes) -> RowCell:
    computed = FORMULA.search(xml) is not None
    return RowCell(xml, tag.attributes.get(b"s"), computed, not computed and not _ANY_TAG.sub(b"", xml).strip())


def _tags(body: bytes) -> dict[int, Tag]:
    return {tag.number: tag for tag in tags(body, b"c", column_of)}


def _at_line(element: bytes, line: int) -> bytes:
    """The row or cell with another line number in its own tag."""
    return _LINE.sub(rb"\g<1>%d" % line, element, count=1)


def _body(row: bytes) -> bytes:
    found = ROW.match(row)
    return found[2] or b"" if found else b""


def _with_body(row: bytes, body: bytes) -> bytes:
    """The row with other cells."""
    found = _ROW_TAG.match(row)
    assert found is not None
    return b"%s>%s</%s>" % (_SPANS.sub(b"", found[1]), body, found[2])
