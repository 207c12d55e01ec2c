"""Add to a workbook's styles the same styles with another fill, by text; nothing that is there changes."""

from __future__ import annotations

import re

from juesuan.errors import JuesuanError
from juesuan.excel.sheet_xml import attributes_of

_FILLS = re.compile(rb"(<((?:[\w.-]+:)?)fills\b[^>]*>)(.*?)(?=</\2fills\s*>)", re.S)
_FILL = re.compile(rb"<(?:[\w.-]+:)?fill\s*(?:/>|>.*?</(?:[\w.-]+:)?fill\s*>)", re.S)
_FORMATS = re.compile(rb"(<((?:[\w.-]+:)?)cellXfs\b[^>]*>)(.*?)(?=</\2cellXfs\s*>)", re.S)
_FORMAT = re.compile(rb"<(?:[\w.-]+:)?xf\b([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?xf\s*>)", re.S)
_COUNT = re.compile(rb"""\bcount\s*=\s*["']\d+["']""")


class FilledStyles:
    """The styles of a workbook; `xml` is the part with the styles that `restyle` was asked for at the end of the list.

    Raises JuesuanError when the part is not written as Excel, WPS and their like write it.
    """

    def __init__(self, xml: bytes, colour: str) -> None:
        fills, formats = _FILLS.search(xml), _FORMATS.search(xml)
        if fills is None or formats is None or not _FORMAT.search(formats[3]):
            raise JuesuanError("工作簿的格式部分写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")
        self._xml = xml
        self._prefix = formats[2]
        self._fills = _FILL.findall(fills[3])
        self._formats = [match[0] for match in _FORMAT.finditer(formats[3])]
        self._given = len(self._fills), len(self._formats)
        p = fills[2]
        inner = b'<%sfgColor rgb="FF%s"/><%sbgColor indexed="64"/>' % (p, colour.encode(), p)
        fill = b'<%sfill><%spatternFill patternType="solid">%s</%spatternFill></%sfill>' % (p, p, inner, p, p)
        self._fill = _index(self._fills, fill)

    def restyle(self, style: int) -> int:
        """The style that is `style` with our fill. A style that does not exist counts as the first."""
        match = _FORMAT.fullmatch(self._formats[style if style < len(self._formats) else 0])
        assert match is not None
        attributes = attributes_of(match[1]) | {b"fillId": b"%d" % self._fill, b"applyFill": b"1"}
        given = b"".join(b' %s="%s"' % item for item in attributes.items())
        name = self._prefix + b"xf"
        body = b">%s</%s>" % (match[2], name) if match[2] else b"/>"
        return _index(self._formats, b"<%s%s%s" % (name, given, body))

    @property
    def xml(self) -> bytes:
        fills, formats = self._given
        xml = _FILLS.sub(lambda match: _longer(match, self._fills, fills), self._xml, count=1)
        return _FORMATS.sub(lambda match: _longer(match, self._formats, formats), xml, count=1)


def _index(elements: list[bytes], element: bytes) -> int:
    """Where `element` stands among `elements`; it is added when it is not there."""
    if element not in elements:
        elements.append(element)
    return elements.index(element)


def _longer(match: re.Match[bytes], elements: list[bytes], given: int) -> bytes:
    """A list of the part with the elements beyond the first `given` put at its end."""
    head = _COUNT.sub(b'count="%d"' % len(elements), match[1], count=1)
    return head + match[3] + b"".join(elements[given:])
