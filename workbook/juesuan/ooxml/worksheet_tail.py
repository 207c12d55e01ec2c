"""What stands below the rows of a worksheet's XML: the link to its drawing of notes, put in where the schema has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from juesuan.ooxml.sheet_xml import attributes_of, column_of, odd_sheet, sheet_data

_TAG = re.compile(rb"""<(/?)((?:[\w.-]+:)?[\w.-]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(/?)>""")
_MERGED = re.compile(rb"""mergeCell\s[^>]*?\bref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
_AFTER = (
    b"legacyDrawingHF", b"drawingHF", b"picture", b"oleObjects", b"controls", b"webPublishItems", b"tableParts",
    b"extLst", b"AlternateContent",
)  # fmt: skip
_MAY_STAND_AFTER = re.compile(b"|".join((b"<!", *_AFTER)))
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def legacy_drawing(xml: bytes) -> str | None:
    """The id of the relationship to the worksheet's drawing of notes and form buttons."""
    if b"legacyDrawing" not in xml:
        return None
    for _, name, attributes in _elements(xml):
        if name == b"legacyDrawing":
            given = attributes_of(attributes)
            return next((value.decode() for key, value in given.items() if key.endswith(b":id")), None)
    return None


def with_legacy_drawing(xml: bytes, relationship: str) -> bytes:
    data = sheet_data(xml)
    element = b'<%slegacyDrawing xmlns:r="%s" r:id="%s"/>' % (data.prefix, _OFFICE, relationship.encode())
    start = xml.rindex(b"</")
    if _MAY_STAND_AFTER.search(xml, data.end):
        start = next((match.start() for match, name, _ in _elements(xml) if name in _AFTER), start)
    return xml[:start] + element + xml[start:]


def without_legacy_drawing(xml: bytes) -> bytes:
    for match, name, _ in _elements(xml):
        if name == b"legacyDrawing":
            end = match.end()
            if not match[4]:
                end = xml.index(b">", xml.index(b"</", end)) + 1
            return xml[: match.start()] + xml[end:]
    return xml


def shown_at(xml: bytes, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Where each cell is shown, all by zero-based row and column: a merged one in its first."""
    shown = {place: place for place in places}
    lines = range(min(shown)[0], max(shown)[0] + 1) if shown else range(0)
    for left, top, right, bottom in _MERGED.findall(xml, sheet_data(xml).end):
        rows = range(int(top) - 1, int(bottom))
        outside = rows.stop <= lines.start or rows.start >= lines.stop
        if beside := () if outside else [place for place in shown if place[0] in rows]:
            first = column_of(left + top)
            columns = range(first, column_of(right + bottom) + 1)
            shown |= {place: (rows.start, first) for place in beside if place[1] in columns}
    return shown


def _elements(xml: bytes) -> Iterator[tuple[re.Match[bytes], bytes, bytes]]:
    """The children of the worksheet below its rows: their opening tags, bare names and attributes."""
    start = sheet_data(xml).end
    if xml.find(b"<!--", start) >= 0 or xml.find(b"<![CDATA[", start) >= 0:
        raise odd_sheet()
    depth = 0
    for match in _TAG.finditer(xml, start):
        if match[1]:
            depth -= 1
            continue
        if depth == 0:
            yield match, match[2].rpartition(b":")[2], match[3]
        depth += not match[4]
