"""The list of worksheets in xl/workbook.xml: a sheet put first or taken out, and everything that counts sheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import NamedTuple

from juesuan.ooxml.sheet_xml import attributes_of, odd, whole
from juesuan.ooxml.xml_text import attribute, escaped

_SHEETS = re.compile(rb"<((?:[\w.-]+:)?)sheets\s*>(.*?)</\1sheets\s*>", re.S)
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\b([^>]*?)(?:/>|>\s*</(?:[\w.-]+:)?sheet\s*>)")
LAST_NUMBER = 65534
"""The highest `sheetId` that the schema allows."""
_NUMBER = re.compile(rb"""\ssheetId\s*=\s*["'](\d+)""")
_NAME = re.compile(rb"<((?:[\w.-]+:)?)definedName\b([^>]*?)(?:/>|>.*?</\1definedName\s*>)", re.S)
_NAMES = re.compile(rb"<((?:[\w.-]+:)?)definedNames\s*>\s*</\1definedNames\s*>")
_NAMES_START = re.compile(rb"<(?:[\w.-]+:)?definedNames\s*>")
_BEFORE_NAMES = re.compile(
    rb"<(?:[\w.-]+:)?(?:functionGroups|externalReferences)\b.*</[^<>]*(?:Groups|References)\s*>", re.S
)
_VIEW = re.compile(rb"<(?:[\w.-]+:)?workbookView\b[^>]*>")
_LOCAL = re.compile(rb"""(\blocalSheetId\s*=\s*["'])(\d+)""")
_TAB = re.compile(rb"""(\b(activeTab|firstSheet)\s*=\s*["'])(\d+)""")


class Listed(NamedTuple):
    """A sheet of the list, from the left: its name and the id of its relationship."""

    name: str
    relationship: str
    number: int
    text: bytes


def listed_sheets(xml: bytes) -> list[Listed]:
    found = _SHEETS.search(xml)
    if found is None:
        raise odd()
    sheets = []
    for match in _SHEET.finditer(found[2]):
        given = attributes_of(match[1])
        identity = next((value for name, value in given.items() if name.endswith(b":id")), b"")
        number = whole(given.get(b"sheetId"), 0)
        sheets.append(Listed(_text(given.get(b"name", b"")), _text(identity), number, match[0]))
    return sheets


def _text(value: bytes) -> str:
    return unescape(value.decode())


def sheets_naming(xml: bytes, name: str) -> list[str]:
    """The sheets that a name belongs to alone."""
    sheets = listed_sheets(xml)
    given = [attributes_of(match[2]) for match in _NAME.finditer(xml)] if name.encode() in xml else []
    owners = {whole(item.get(b"localSheetId"), -1) for item in given if item.get(b"name") == name.encode()}
    return [sheet.name for order, sheet in enumerate(sheets) if order in owners]


def with_sheet_first(xml: bytes, name: str, relationship: str, names: Mapping[str, str]) -> bytes:
    """The workbook with one more sheet before all others; names and views count one further.

    `names` are names that belong to the sheet, and the areas of it that they mean; those that are no print settings
    are hidden.
    """
    element, prefix = _listing(xml, name, relationship)
    found = _SHEETS.search(xml)
    assert found is not None
    start = found.start(2)
    xml = _counted(xml[:start] + element + xml[start:], lambda sheet: sheet + 1)
    if not _VIEW.search(xml):
        view = f'<{prefix}bookViews><{prefix}workbookView activeTab="1"/></{prefix}bookViews>'
        xml = xml[: found.start()] + view.encode() + xml[found.start() :]
    return _named(xml, "".join(_name(prefix, name, 0, key, area) for key, area in names.items()), prefix)


def with_sheet_last(xml: bytes, name: str, relationship: str, names: Mapping[str, str]) -> bytes:
    """The workbook with one more sheet behind all others; `names` as for one before them."""
    place = len(listed_sheets(xml))
    element, prefix = _listing(xml, name, relationship)
    found = _SHEETS.search(xml)
    assert found is not None
    xml = xml[: found.end(2)] + element + xml[found.end(2) :]
    return _named(xml, "".join(_name(prefix, name, place, key, area) for key, area in names.items()), prefix)


def _listing(xml: bytes, name: str, relationship: str) -> tuple[bytes, str]:
    """The element that lists a further sheet, and the prefix of names it is written with."""
    found = _SHEETS.search(xml)
    if found is None:
        raise odd()
    used = {int(number) for number in _NUMBER.findall(found[2])}
    after = max(used, default=0) + 1
    number = after if after <= LAST_NUMBER else next(number for number in range(1, after) if number not in used)
    prefix = found[1].decode()
    relation = re.search(rb"\s([\w.-]+):id\s*=", found[2])
    bound = relation[1].decode() if relation else "r"
    said = _declared_on_sheets(xml, found, bound)
    element = f'<{prefix}sheet{said} name={attribute(name)} sheetId="{number}" {bound}:id={attribute(relationship)}/>'
    return element.encode(), prefix


def _declared_on_sheets(xml: bytes, sheets: re.Match[bytes], bound: str) -> str:
    """The declaration of a prefix that only the sheets themselves declare, as lxml writes it."""
    declaration = re.compile(rb"\sxmlns:" + re.escape(bound.encode()) + rb"""\s*=\s*["']([^"']*)["']""")
    on_sheet = declaration.search(sheets[2])
    if on_sheet is None or declaration.search(xml, 0, sheets.start(2)):
        return ""
    return f" xmlns:{bound}={attribute(on_sheet[1].decode())}"


def _name(prefix: str, sheet: str, place: int, name: str, area: str) -> str:
    hidden = "" if name.startswith("_xlnm.") else ' hidden="1"'
    where = escaped(f"'{sheet}'!{area}")
    return f'<{prefix}definedName name="{name}" localSheetId="{place}"{hidden}>{where}</{prefix}definedName>'


def _named(xml: bytes, names: str, prefix: str) -> bytes:
    """The workbook with further names, put where the schema has them."""
    if found := _NAMES_START.search(xml):
        return xml[: found.end()] + names.encode() + xml[found.end() :]
    sheets = _SHEETS.search(xml)
    assert sheets is not None
    before = _BEFORE_NAMES.search(xml, sheets.end())
    start = before.end() if before else sheets.end()
    element = f"<{prefix}definedNames>{names}</{prefix}definedNames>"
    return xml[:start] + element.encode() + xml[start:]


def without_sheet(xml: bytes, name: str) -> bytes:
    """The workbook without a sheet, and without its own names; others mean nothing where they meant it."""
    sheets = listed_sheets(xml)
    at = next(order for order, sheet in enumerate(sheets) if sheet.name == name)
    xml = xml.replace(sheets[at].text, b"", 1)

    quoted = name.replace("'", "''")
    meant = re.compile(rf"(?<![\w.'\]])(?:'{re.escape(escaped(quoted))}'|{re.escape(escaped(name))})!")

    def kept(match: re.Match[bytes]) -> bytes:
        local = _LOCAL.search(match[2])
        return b"" if local and int(local[2]) == at else meant.sub("#REF!", match[0].decode()).encode()

    xml = _NAMES.sub(b"", _NAME.sub(kept, xml))
    return _counted(xml, lambda sheet: sheet - 1 if sheet > at else sheet)


def _counted(xml: bytes, change: Callable[[int], int]) -> bytes:
    """The numbers of sheets changed: of names that belong to one, of the one shown and the first of the tabs.

    A view that names no sheet shows the first, and goes on showing it; one that begins with the first tab does so
    with the new first.
    """

    def renumbered(match: re.Match[bytes]) -> bytes:
        return match[1] + b"%d" % change(int(match[2]))

    def tab(match: re.Match[bytes]) -> bytes:
        first = match[2] == b"firstSheet" and match[3] == b"0"
        return match[0] if first else match[1] + b"%d" % change(int(match[3]))

    def viewed(match: re.Match[bytes]) -> bytes:
        view = _TAB.sub(tab, match[0])
        if b"activeTab" not in view and change(0):
            end = -2 if view.endswith(b"/>") else -1
            view = view[:end] + b' activeTab="%d"' % change(0) + view[end:]
        return view

    xml = _NAME.sub(lambda match: match[0].replace(match[2], _LOCAL.sub(renumbered, match[2]), 1), xml)
    return _VIEW.sub(viewed, xml)
