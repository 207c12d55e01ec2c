"""Add fonts, fills, borders and cell formats to a workbook's styles, by text; nothing that is there changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from html import unescape
from typing import NamedTuple

from juesuan.ooxml.sheet_xml import attributes_of, odd, whole
from juesuan.ooxml.xml_text import attribute

_ITEMS = {
    b"fonts": b"font",
    b"fills": b"fill",
    b"borders": b"border",
    b"cellStyleXfs": b"xf",
    b"cellXfs": b"xf",
    b"cellStyles": b"cellStyle",
}
_NUMBERS = {b"fills": b"fillId", b"borders": b"borderId"}
Format = dict[bytes, bytes]
"""The attributes of a cell format, such as ``fillId``."""
_LISTS = {name: re.compile(rb"<((?:[\w.-]+:)?)%s\b[^>]*(?<!/)>" % name) for name in _ITEMS}
_ELEMENTS = {
    name: re.compile(rb"<((?:[\w.-]+:)?)%s\b([^>]*?)(?:/>|>(.*?)</\1%s\s*>)" % (item, item), re.S)
    for name, item in _ITEMS.items()
}
_SIDES = (b"left", b"right", b"top", b"bottom")
_SIDE = re.compile(rb"<((?:[\w.-]+:)?)(left|right|top|bottom)\b[^>]*?(?:/>|>.*?</\1\2\s*>)", re.S)
_COUNT = re.compile(rb"""\bcount\s*=\s*["']\d+["']""")


NO_FILL = b'<fill><patternFill patternType="none"/></fill>'
NO_BORDER = b"<border><left/><right/><top/><bottom/><diagonal/></border>"


class _List(NamedTuple):
    """Where the elements of a list stand in the text: from `first` to before `last`, behind its opening tag."""

    start: int
    first: int
    last: int
    elements: tuple[bytes, ...]


class Styles:
    """The styles of a workbook; `xml` is the part with what was asked for at the end of its lists.

    Raises JuesuanError when the part is not written as Excel, WPS and their like write it.
    """

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._prefix = b""
        self._given: dict[bytes, _List] = {}
        for name, opening in _LISTS.items():
            if found := opening.search(xml):
                self._prefix, first = found[1], found.end()
                last = xml.find(b"</%s%s" % (found[1], name), first)
                elements = tuple(match[0] for match in _ELEMENTS[name].finditer(xml, first, max(first, last)))
                self._given[name] = _List(found.start(), first, last, elements)
        self._elements = {name: list(given.elements) for name, given in self._given.items()}
        if not self._elements.get(b"fills") or not self._elements.get(b"cellXfs"):
            raise odd("工作簿的格式部分")

    def font(self, xml: bytes) -> int:
        return self._index(b"fonts", xml)

    def fill(self, xml: bytes) -> int:
        return self._index(b"fills", xml)

    def border(self, xml: bytes) -> int:
        return self._index(b"borders", xml)

    def format(self, attributes: Mapping[str, int], inner: bytes = b"") -> int:
        """A cell format; `attributes` such as ``fontId`` of the format, `inner` its alignment and protection."""
        given = "".join(f' {name}="{value}"' for name, value in attributes.items()).encode()
        return self._index(b"cellXfs", b"<xf%s>%s</xf>" % (given, inner) if inner else b"<xf%s/>" % given)

    def restyled(self, style: int, fill: int, border: int | None = None, named: int | None = None) -> int:
        """The format that is `style` with another fill, border and named style.

        One that does not exist counts as the first.
        """
        attributes, inner = self._format(self._elements[b"cellXfs"], style)
        attributes |= {b"fillId": b"%d" % fill, b"applyFill": b"1"}
        if border is not None:
            attributes |= {b"borderId": b"%d" % border, b"applyBorder": b"1"}
        if named is not None:
            attributes[b"xfId"] = b"%d" % named
        return _position(self._elements[b"cellXfs"], self._spelled(attributes, inner))

    def style_like(self, style: int, name: str) -> int | None:
        """A new named style that looks as the format `style` does; behind its name stands that of its own style.

        It is not offered in menus. None when the workbook has no named styles at all.
        """
        if not self._elements.get(b"cellStyleXfs") or not self._elements.get(b"cellStyles"):
            return None
        attributes, inner = self._format(self._elements[b"cellXfs"], style)
        own = whole(attributes.pop(b"xfId", None), 0)
        look = {key: value for key, value in attributes.items() if not key.startswith((b"apply", b"quotePrefix"))}
        looks = self._elements[b"cellStyleXfs"]
        looks.append(self._spelled(look, inner))
        named = f"{name} {self.style_names().get(own, '')}" if own else name
        element = f'cellStyle name={attribute(named.strip())} xfId="{len(looks) - 1}" hidden="1"/>'.encode()
        self._elements[b"cellStyles"].append(b"<" + self._prefix + element)
        return len(looks) - 1

    def style_names(self) -> dict[int, str]:
        """The names of the named styles."""
        found = (_ELEMENTS[b"cellStyles"].fullmatch(item) for item in self._elements.get(b"cellStyles", ()))
        given = [attributes_of(match[2]) for match in found if match]
        return {whole(item.get(b"xfId"), 0): unescape(item.get(b"name", b"").decode()) for item in given}

    def cell_format(self, number: int) -> Format:
        """How a cell of this format looks."""
        return self._format(self._elements[b"cellXfs"], number)[0]

    def style(self, number: int) -> Format:
        """How a named style looks."""
        return self._format(self._elements.get(b"cellStyleXfs") or [b"<xf/>"], number)[0]

    def element(self, name: bytes, look: Format) -> bytes:
        """The fill or border (`name` is that of its list) of a format, as it is written."""
        elements = self._elements.get(name) or [b""]
        number = whole(look.get(_NUMBERS[name]), 0)
        return elements[number if number < len(elements) else 0]

    def reformat(self, change: Callable[[Format], Format]) -> None:
        """Change the formats of cells, each in its place."""
        formats = self._elements[b"cellXfs"]
        for number, element in enumerate(formats):
            attributes, inner = self._format(formats, number)
            changed = change(dict(attributes))
            formats[number] = element if changed == attributes else self._spelled(changed, inner)

    def replace(self, name: bytes, change: Callable[[bytes], bytes]) -> None:
        """Change the elements of a list, each in its place."""
        elements = self._elements[name]
        for number, element in enumerate(elements):
            changed = change(element)
            elements[number] = element if changed == element else self._prefixed(changed)

    def drop_styles(self, names: Set[str]) -> None:
        """Take named styles out of the list; their looks stay, so that no other changes its number."""
        gone = {b"%d" % number for number, name in self.style_names().items() if name in names}
        if gone:
            kept = self._elements[b"cellStyles"]
            kept[:] = [item for item in kept if attributes_of(item).get(b"xfId") not in gone]

    def _spelled(self, attributes: Format, inner: bytes) -> bytes:
        given = b"".join(b' %s="%s"' % item for item in attributes.items())
        name = self._prefix + b"xf"
        return b"<%s%s>%s</%s>" % (name, given, inner, name) if inner else b"<%s%s/>" % (name, given)

    def _prefixed(self, element: bytes) -> bytes:
        """The element as this part spells names, some of which may have the prefix already."""
        bare = rb"<(/?)(?!%s)(?=\w)" % re.escape(self._prefix)
        return re.sub(bare, rb"<\1" + self._prefix, element) if self._prefix else element

    @staticmethod
    def _format(formats: list[bytes], style: int) -> tuple[Format, bytes]:
        match = _ELEMENTS[b"cellXfs"].fullmatch(formats[style if style < len(formats) else 0])
        assert match is not None
        return attributes_of(match[2]), match[3] or b""

    def _index(self, name: bytes, element: bytes) -> int:
        if name not in self._elements:
            raise odd("工作簿的格式部分")
        return _position(self._elements[name], self._prefixed(element))

    @property
    def xml(self) -> bytes:
        xml, pieces, position = self._xml, [], 0
        for name, given in sorted(self._given.items(), key=lambda item: item[1].start):
            elements, count = self._elements[name], len(given.elements)
            if tuple(elements) != given.elements:
                head = _COUNT.sub(b'count="%d"' % len(elements), xml[given.start : given.first], count=1)
                longer = tuple(elements[:count]) == given.elements
                kept, new = (xml[given.first : given.last], elements[count:]) if longer else (b"", elements)
                pieces += [xml[position : given.start], head, kept, *new]
                position = given.last
        return b"".join((*pieces, xml[position:]))


def solid(colour: str, behind: str = "") -> bytes:
    """A fill of one colour (RRGGBB); `behind` is a second colour, which a solid fill does not show."""
    back = b'rgb="FF%s"' % behind.encode() if behind else b'indexed="64"'
    inner = b'<fgColor rgb="FF%s"/><bgColor %s/>' % (colour.encode(), back)
    return b'<fill><patternFill patternType="solid">%s</patternFill></fill>' % inner


def lines(colour: str, style: str) -> dict[bytes, bytes]:
    """The sides of a border, all of one colour (RRGGBB)."""
    line = b'<color rgb="FF%s"/>' % colour.encode()
    return {side: b'<%s style="%s">%s</%s>' % (side, style.encode(), line, side) for side in _SIDES}


def boxed(colour: str, style: str) -> bytes:
    """A border of one colour on all four sides."""
    return with_sides(NO_BORDER, lines(colour, style))


def with_named_styles(xml: bytes) -> bytes:
    """The styles with the lists that named styles stand in, where a program has left them out, as POI does."""
    formats = _LISTS[b"cellXfs"].search(xml)
    end = xml.find(b"</%scellXfs" % formats[1], formats.end()) if formats else -1
    if formats is None or end < 0:
        return xml
    place = xml.index(b">", end) + 1
    if b"cellStyles" not in xml:
        element = b'<%scellStyles count="1"><%scellStyle name="Normal" xfId="0" builtinId="0"/></%scellStyles>'
        xml = xml[:place] + element % ((formats[1],) * 3) + xml[place:]
    if b"cellStyleXfs" not in xml:
        element = b'<%scellStyleXfs count="1"><%sxf numFmtId="0" fontId="0" fillId="0" borderId="0"/></%scellStyleXfs>'
        xml = xml[: formats.start()] + element % ((formats[1],) * 3) + xml[formats.start() :]
    return xml


def sides_of(border: bytes) -> dict[bytes, bytes]:
    """The elements of a border's sides, by their names."""
    return {side[2]: side[0] for side in _SIDE.finditer(border)}


def with_sides(border: bytes, sides: Mapping[bytes, bytes]) -> bytes:
    """The border with other sides; its diagonals stay."""
    found = _ELEMENTS[b"borders"].fullmatch(border)
    assert found is not None
    drawn = {**sides_of(border), **sides}
    listed = b"".join(drawn.get(name, b"<%s/>" % name) for name in _SIDES)
    return b"<%sborder%s>%s%s</%sborder>" % (*found.group(1, 2), listed, _SIDE.sub(b"", found[3] or b""), found[1])


def unframed(border: bytes, before: Mapping[bytes, bytes], ours: re.Pattern[bytes]) -> bytes:
    """The border with those sides as they were `before` that have lines of ours; what somebody drew since stays."""
    framed = [name for name, side in sides_of(border).items() if ours.search(side)]
    return with_sides(border, {name: before.get(name, b"<%s/>" % name) for name in framed})


def _position(elements: list[bytes], element: bytes) -> int:
    """Where `element` stands among `elements`; it is added when it is not there."""
    if element not in elements:
        elements.append(element)
    return elements.index(element)
