"""Change cells in a worksheet's XML, and just the cells concerned; every other byte stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from juesuan.errors import JuesuanError
from juesuan.ooxml.xml_text import escaped
from juesuan.place import Place, column_number

_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData\s*(/?)>")
ROW = re.compile(rb"<(?:[\w.-]+:)?row\b([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?row\s*>)", re.S)
CELL = re.compile(rb"<(?:[\w.-]+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?c\s*>)", re.S)
_OPENING = {
    name: re.compile(rb"<((?:[\w.-]+:)?)%s\b((?:[^>\"'/]++|\"[^\"]*\"|'[^']*'|/(?!>))*+)(/?)>" % name)
    for name in (b"row", b"c")
}
_UNPLAIN = re.compile(rb"<!(?:--|\[CDATA\[)")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?col\b([^>]*)>")
FORMULA = re.compile(rb"<((?:[\w.-]+:)?f)\b([^>]*?)(?:/>|>(.*?)</\1\s*>)", re.S)
_ATTRIBUTE = re.compile(rb"""([\w.:-]+)\s*=\s*("[^"]*"|'[^']*')""")
_ADDRESS = re.compile(rb"([A-Z]{1,3})([1-9]\d*)")

Numbers = Mapping[tuple[int, int], str]
"""Numbers as they are to be stored, by zero-based row and column; nothing where a formula yields no number."""

Restyle = Callable[[int], int]
"""From the style a cell has to the style it is to have."""


class Change(NamedTuple):
    """What becomes of a cell. Without a `number`, which may be empty as in Numbers, or a `text` its content stays.

    A formula stays with its new result, unless the cell is to be `plain`; one with a text always is. `shown`: the
    text that a formula yields.
    """

    restyle: Restyle
    number: str | None = None
    text: str | None = None
    plain: bool = False
    shown: str | None = None


def set_numbers(xml: bytes, numbers: Numbers, restyle: Restyle) -> bytes:
    """The worksheet with `numbers` in their cells; a cell with a formula keeps it and gets the number as its result."""
    return change_cells(
        xml, {place: Change(restyle if number else lambda style: style, number) for place, number in numbers.items()}
    )


def change_cells(xml: bytes, changes: Mapping[tuple[int, int], Change]) -> bytes:
    """The worksheet with the cells changed; a cell that is not there is made.

    Raises JuesuanError when rows or cells do not say where they stand, or the text is none that can be patched.
    """
    data = plain_sheet_data(xml)
    writer = _Writer(data.prefix, xml[: data.start])
    content, left = writer.present(xml[data.first : data.last], changes)
    if left:
        content = writer.rows(content, left)
    name = data.prefix + b"sheetData"
    return b"".join((xml[: data.start], b"<%s>" % name, content, b"</%s>" % name, xml[data.end :]))


def without_columns(xml: bytes, first: int) -> bytes:
    """The worksheet without the cells from a zero-based column on."""
    data = plain_sheet_data(xml)
    text = xml[data.first : data.last]
    pieces, position = [], 0
    for tag in tags(text, b"c", column_of):
        if tag.number >= first:
            pieces.append(text[position : tag.start])
            position = tag.end
    return b"".join((xml[: data.first], *pieces, text[position:], xml[data.last :]))


class SheetData(NamedTuple):
    """Where the rows of a worksheet stand in its text: in an element from `start` to before `end`.

    `first` to before `last` is its content.
    """

    prefix: bytes
    start: int
    end: int
    first: int
    last: int


def plain_sheet_data(xml: bytes) -> SheetData:
    """Where the rows of a worksheet stand. Raises JuesuanError when they are none that can be patched."""
    data = sheet_data(xml)
    if xml.find(b"!", data.first, data.last) >= 0 and _UNPLAIN.search(xml, data.first, data.last):
        raise odd_sheet()
    return data


def sheet_data(xml: bytes) -> SheetData:
    """Where the rows of a worksheet stand. Raises JuesuanError when they cannot be found."""
    opening = _SHEET_DATA.match(xml, xml.find(b"<sheetData")) or _SHEET_DATA.search(xml)
    if opening:
        prefix, first = opening[1], opening.end()
        last = first if opening[2] else xml.rfind(b"</%ssheetData" % prefix)
        end = first if opening[2] else xml.find(b">", last) + 1
        if first <= last <= end:
            return SheetData(prefix, opening.start(), end, first, last)
    raise odd_sheet()


class Tag(NamedTuple):
    """A row or cell of the text: from `start` to before `end`, at zero-based row or column `number`."""

    start: int
    end: int
    number: int
    attributes: dict[bytes, bytes]
    body: bytes


class _Writer(NamedTuple):
    """Writes cells as their worksheet does; `head` is its text above the rows."""

    prefix: bytes
    head: bytes

    def present(
        self, text: bytes, changes: Mapping[tuple[int, int], Change]
    ) -> tuple[bytes, Mapping[tuple[int, int], Change]]:
        """The rows with those cells changed that are found by their address, and the changes that are left."""
        left, pieces, position = {}, [], 0
        for place in sorted(changes):
            change, address = changes[place], Place("", *place).address.encode()
            opening = _cell_at(text, self.prefix, address, position)
            if opening is None:
                left[place] = change
                continue
            pieces.append(text[position : opening.start()])
            if change.number is None and change.text is None and change.shown is None:
                pieces.append(_restyled(opening[0], change.restyle))
                position = opening.end()
            else:
                tag = _tag(opening, b"c", place[1], attributes_of(opening[2]))
                pieces.append(self.cell(tag, address, change, 0))
                position = tag.end
        return b"".join((*pieces, text[position:])), left

    def rows(self, text: bytes, changes: Mapping[tuple[int, int], Change]) -> bytes:
        """The rows of the sheet with their cells changed; a row that is not there is made."""
        wanted = {
            row: {column: changes[row, column] for _, column in cells}
            for row, cells in groupby(sorted(changes), key=lambda cell: cell[0])
        }
        present = {tag.number: tag for tag in tags(text, b"row", lambda value: int(value) - 1)}
        columns = _column_styles(self.head)
        new = {row: self.row(present.get(row), row, cells, columns) for row, cells in wanted.items()}
        return woven(text, present, new)

    def row(
        self, tag: Tag | None, row: int, cells: Mapping[int, Change], columns: Sequence[tuple[range, int]]
    ) -> bytes:
        attributes = dict(tag.attributes) if tag else {b"r": b"%d" % (row + 1)}
        text = tag.body if tag else b""
        present = {cell.number: cell for cell in tags(text, b"c", column_of)}
        own = int(attributes[b"s"]) if attributes.get(b"customFormat") in (b"1", b"true") else None
        new = {}
        for column, change in cells.items():
            usual = own if own is not None else next((style for run, style in columns if column in run), 0)
            new[column] = self.cell(present.get(column), Place("", row, column).address.encode(), change, usual)
        if new.keys() - present.keys():
            attributes.pop(b"spans", None)
        return self.element(b"row", attributes, woven(text, present, new))

    def cell(self, tag: Tag | None, address: bytes, change: Change, usual: int) -> bytes:
        """`usual`: the style of its row or column, which a cell that is not there yet has."""
        attributes = dict(tag.attributes) if tag else {b"r": address}
        style = int(attributes.get(b"s", b"0")) if tag else usual
        attributes[b"s"] = b"%d" % change.restyle(style)
        if change.text is not None:
            attributes[b"t"] = b"inlineStr"
            shown = self.element(b"t", {b"xml:space": b"preserve"}, escaped(change.text).encode())
            return self.element(b"c", attributes, self.element(b"is", {}, shown))
        result = change.number if change.shown is None else escaped(change.shown)
        if result is None:
            return self.element(b"c", attributes, tag.body if tag else b"")
        attributes.pop(b"t", None)
        if not change.number:
            attributes[b"t"] = b"str"
        formula = FORMULA.search(tag.body) if tag and not change.plain else None
        value = self.element(b"v", {}, result.encode())
        return self.element(b"c", attributes, (formula[0] if formula else b"") + value)

    def element(self, name: bytes, attributes: Mapping[bytes, bytes], body: bytes) -> bytes:
        name = self.prefix + name
        given = b"".join(b' %s="%s"' % item for item in attributes.items())
        return b"<%s%s>%s</%s>" % (name, given, body, name)


def tags(text: bytes, name: bytes, place: Callable[[bytes], int]) -> Iterator[Tag]:
    """The elements of a name (``row`` or ``c``), which never stand within each other."""
    for match in _OPENING[name].finditer(text):
        attributes = attributes_of(match[2])
        try:
            number = place(attributes[b"r"])
        except (KeyError, ValueError) as error:
            raise JuesuanError(
                "工作表里的单元格没有写明地址，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。"
            ) from error
        yield _tag(match, name, number, attributes)


def _tag(opening: re.Match[bytes], name: bytes, number: int, attributes: dict[bytes, bytes]) -> Tag:
    text, end = opening.string, opening.end()
    if opening[3]:
        return Tag(opening.start(), end, number, attributes, b"")
    closing = text.find(b"</%s%s" % (opening[1], name), end)
    return Tag(opening.start(), text.find(b">", closing) + 1, number, attributes, text[end:closing])


def _cell_at(text: bytes, prefix: bytes, address: bytes, start: int) -> re.Match[bytes] | None:
    """The opening of a cell behind `start`, if it is written as nearly all are; to look at every cell is dear."""
    at = text.find(b' r="%s"' % address, start)
    opening = _OPENING[b"c"].match(text, text.rfind(b"<", 0, at)) if at > 0 else None
    return opening if opening and opening[1] == prefix else None


def _restyled(opening: bytes, restyle: Restyle) -> bytes:
    """The opening tag of a cell with another style."""
    given = _STYLE.search(opening)
    if given:
        return b'%s s="%d"%s' % (opening[: given.start()], restyle(int(given[1])), opening[given.end() :])
    end = len(opening) - (2 if opening.endswith(b"/>") else 1)
    return b'%s s="%d"%s' % (opening[:end].rstrip(), restyle(0), opening[end:])


def woven(text: bytes, present: Mapping[int, Tag], new: Mapping[int, bytes]) -> bytes:
    """`text` with the elements of `new` in place of those of the same number, or put in where they belong."""
    pieces, position = [], 0
    for number, element in sorted(new.items()):
        if tag := present.get(number):
            start, end = tag.start, tag.end
        else:
            start = end = next((tag.start for other, tag in sorted(present.items()) if other > number), len(text))
        pieces += [text[position:start], element]
        position = end
    return b"".join((*pieces, text[position:]))


def _column_styles(head: bytes) -> list[tuple[range, int]]:
    styles = []
    for match in _COLUMN.finditer(head):
        given = attributes_of(match[1])
        if b"style" in given:
            styles.append((range(int(given[b"min"]) - 1, int(given[b"max"])), int(given[b"style"])))
    return styles


def attributes_of(text: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag as they are written, without their quotation marks; a mark inside is escaped."""
    return {name: value[1:-1].replace(b'"', b"&quot;") for name, value in _ATTRIBUTE.findall(text)}


def column_of(address: bytes) -> int:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(address)
    return column_number(match[1].decode())


def odd_sheet() -> JuesuanError:
    """What is said of a worksheet whose XML cannot be patched."""
    return JuesuanError("工作表的写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")
