"""The list of worksheets in xl/workbook.xml: a sheet put first or taken out, and everything that counts sheets."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple

from juesuan.errors import JuesuanError
from juesuan.excel.sheet_xml import attributes_of
from juesuan.excel.xml_text import attribute

_SHEETS = re.compile(rb"<((?:[\w.-]+:)?)sheets\s*>(.*?)</\1sheets\s*>", re.S)
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\b([^>]*?)(?:/>|>\s*</(?:[\w.-]+:)?sheet\s*>)")
_NAME = re.compile(rb"<((?:[\w.-]+:)?)definedName\b([^>]*)>.*?</\1definedName\s*>", re.S)
_NAMES = re.compile(rb"<((?:[\w.-]+:)?)definedNames\s*>\s*</\1definedNames\s*>")
_VIEW = re.compile(rb"<(?:[\w.-]+:)?workbookView\b[^>]*>")
_LOCAL = re.compile(rb"""(\blocalSheetId\s*=\s*["'])(\d+)""")
_TAB = re.compile(rb"""(\b(?:activeTab|firstSheet)\s*=\s*["'])(\d+)""")


class Listed(NamedTuple):
    """A sheet of the list, from the left: its name and the id of its relationship."""

    name: str
    relationship: str
    number: int
    text: bytes


def listed_sheets(xml: bytes) -> list[Listed]:
    found = _SHEETS.search(xml)
    if found is None:
        raise JuesuanError("工作簿的写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")
    sheets = []
    for match in _SHEET.finditer(found[2]):
        given = {name.decode(): unescape(value.decode()) for name, value in attributes_of(match[1]).items()}
        identity = next((value for name, value in given.items() if name.endswith(":id")), "")
        sheets.append(Listed(given.get("name", ""), identity, int(given.get("sheetId", "0")), match[0]))
    return sheets


def with_sheet_first(xml: bytes, name: str, relationship: str) -> bytes:
    """The workbook with one more sheet before all others; names and views count one further."""
    sheets = listed_sheets(xml)
    number = max((sheet.number for sheet in sheets), default=0) + 1
    found = _SHEETS.search(xml)
    assert found is not None
    prefix = re.search(rb"\s([\w.-]+):id\s*=", found[2])
    bound = prefix[1].decode() if prefix else "r"
    element = (
        f'<{found[1].decode()}sheet name={attribute(name)} sheetId="{number}" {bound}:id={attribute(relationship)}/>'
    )
    start = found.start(2)
    return _counted(xml[:start] + element.encode() + xml[start:], lambda sheet: sheet + 1, shown=True)


def without_sheet(xml: bytes, name: str) -> bytes:
    """The workbook without a sheet, and without the names that belong to it."""
    sheets = listed_sheets(xml)
    at = next(order for order, sheet in enumerate(sheets) if sheet.name == name)
    xml = xml.replace(sheets[at].text, b"", 1)

    def kept(match: re.Match[bytes]) -> bytes:
        local = _LOCAL.search(match[2])
        return b"" if local and int(local[2]) == at else match[0]

    xml = _NAMES.sub(b"", _NAME.sub(kept, xml))
    return _counted(xml, lambda sheet: sheet - 1 if sheet > at else sheet, shown=False)


def _counted(xml: bytes, change: Callable[[int], int], *, shown: bool) -> bytes:
    """The numbers of sheets changed: of names that belong to one, of the one shown and the first of the tabs.

    `shown`: a view that names none shows the first sheet, and is to go on showing it.
    """

    def renumbered(match: re.Match[bytes]) -> bytes:
        return match[1] + b"%d" % change(int(match[2]))

    def viewed(match: re.Match[bytes]) -> bytes:
        view = _TAB.sub(renumbered, match[0])
        if shown and b"activeTab" not in view:
            end = -2 if view.endswith(b"/>") else -1
            view = view[:end] + b' activeTab="1"' + view[end:]
        return view

    xml = _NAME.sub(lambda match: match[0].replace(match[2], _LOCAL.sub(renumbered, match[2]), 1), xml)
    return _VIEW.sub(viewed, xml)
