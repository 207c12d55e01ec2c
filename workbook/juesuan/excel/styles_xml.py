"""Add fonts, fills, borders and cell formats to a workbook's styles, by text; nothing that is there changes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from juesuan.errors import JuesuanError
from juesuan.excel.sheet_xml import attributes_of

_ITEMS = {b"fonts": b"font", b"fills": b"fill", b"borders": b"border", b"cellXfs": b"xf"}
_LISTS = {name: re.compile(rb"(<((?:[\w.-]+:)?)%s\b[^>]*>)(.*?)(?=</\2%s\s*>)" % (name, name), re.S) for name in _ITEMS}
_ELEMENTS = {
    name: re.compile(rb"<((?:[\w.-]+:)?)%s\b([^>]*?)(?:/>|>(.*?)</\1%s\s*>)" % (item, item), re.S)
    for name, item in _ITEMS.items()
}
_SIDES = (b"left", b"right", b"top", b"bottom")
_COUNT = re.compile(rb"""\bcount\s*=\s*["']\d+["']""")


NO_BORDER = b"<border><left/><right/><top/><bottom/><diagonal/></border>"


class Styles:
    """The styles of a workbook; `xml` is the part with what was asked for at the end of its lists.

    Raises JuesuanError when the part is not written as Excel, WPS and their like write it.
    """

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._prefix = b""
        self._elements: dict[bytes, list[bytes]] = {}
        for name, pattern in _LISTS.items():
            if found := pattern.search(xml):
                self._prefix = found[2]
                self._elements[name] = [match[0] for match in _ELEMENTS[name].finditer(found[3])]
        if not self._elements.get(b"fills") or not self._elements.get(b"cellXfs"):
            raise _odd()
        self._given = {name: len(elements) for name, elements in self._elements.items()}

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

    def fill_of(self, style: int) -> bytes:
        """The fill that a style has, as it is written."""
        fills = self._elements[b"fills"]
        number = int(self._format(style)[0].get(b"fillId", b"0"))
        return fills[number if number < len(fills) else 0]

    def border_of(self, style: int) -> bytes:
        """The border that a style has, as it is written."""
        borders = self._elements.get(b"borders", [NO_BORDER])
        number = int(self._format(style)[0].get(b"borderId", b"0"))
        return borders[number if number < len(borders) else 0]

    def restyled(self, style: int, fill: int, border: int | None = None) -> int:
        """The style that is `style` with another fill and border. One that does not exist counts as the first."""
        attributes, inner = self._format(style)
        attributes |= {b"fillId": b"%d" % fill, b"applyFill": b"1"}
        if border is not None:
            attributes |= {b"borderId": b"%d" % border, b"applyBorder": b"1"}
        given = b"".join(b' %s="%s"' % item for item in attributes.items())
        name = self._prefix + b"xf"
        element = b"<%s%s>%s</%s>" % (name, given, inner, name) if inner else b"<%s%s/>" % (name, given)
        return _position(self._elements[b"cellXfs"], element)

    def _format(self, style: int) -> tuple[dict[bytes, bytes], bytes]:
        formats = self._elements[b"cellXfs"]
        match = _ELEMENTS[b"cellXfs"].fullmatch(formats[style if style < len(formats) else 0])
        assert match is not None
        return attributes_of(match[2]), match[3] or b""

    def _index(self, name: bytes, element: bytes) -> int:
        if name not in self._elements:
            raise _odd()
        return _position(self._elements[name], re.sub(rb"<(/?)(?=\w)", rb"<\1" + self._prefix, element))

    @property
    def xml(self) -> bytes:
        xml = self._xml
        for name, elements in self._elements.items():
            if more := elements[self._given[name] :]:
                found = _LISTS[name].search(xml)
                assert found is not None
                head = _COUNT.sub(b'count="%d"' % len(elements), found[1], count=1)
                xml = xml[: found.start()] + head + found[3] + b"".join(more) + xml[found.end() :]
        return xml


def _odd() -> JuesuanError:
    return JuesuanError("工作簿的格式部分写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")


def bare(xml: bytes) -> bytes:
    """An element of the styles without the name prefixes it may be written with."""
    return re.sub(rb"<(/?)[\w.-]+:(?=\w)", rb"<\1", xml)


def solid(colour: str, behind: str = "") -> bytes:
    """A fill of one colour (RRGGBB); `behind` is a second colour, which a solid fill does not show."""
    back = b'rgb="FF%s"' % behind.encode() if behind else b'indexed="64"'
    inner = b'<fgColor rgb="FF%s"/><bgColor %s/>' % (colour.encode(), back)
    return b'<fill><patternFill patternType="solid">%s</patternFill></fill>' % inner


def boxed(colour: str, style: str) -> bytes:
    """A border of one colour (RRGGBB) on all four sides."""
    line = b'<color rgb="FF%s"/>' % colour.encode()
    sides = (b'<%s style="%s">%s</%s>' % (side, style.encode(), line, side) for side in _SIDES)
    return b"<border>%s<diagonal/></border>" % b"".join(sides)


def _position(elements: list[bytes], element: bytes) -> int:
    """Where `element` stands among `elements`; it is added when it is not there."""
    if element not in elements:
        elements.append(element)
    return elements.index(element)
