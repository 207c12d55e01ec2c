"""The same workbook written another way: shared strings, prefixed elements, the namespaces of ISO 29500 Strict."""

from __future__ import annotations

import re

Parts = dict[str, bytes]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

_INLINE = re.compile(r'(<c [^>]*?)t="inlineStr"([^>]*)><is>(.*?)</is></c>', re.S)
_PLAIN_TAG = re.compile(r"<(/?)(?=[A-Za-z]\w*[\s/>])")

# Prefixes of the Transitional namespaces and relation types, the longer ones first.
_STRICT = {
    "officeDocument/2006/relationships/extended-properties": "officeDocument/relationships/extendedProperties",
    "officeDocument/2006/relationships/custom-properties": "officeDocument/relationships/customProperties",
    "officeDocument/2006/extended-properties": "officeDocument/extendedProperties",
    "officeDocument/2006/custom-properties": "officeDocument/customProperties",
    "officeDocument/2006/": "officeDocument/",
    "spreadsheetml/2006/": "spreadsheetml/",
    "drawingml/2006/": "drawingml/",
}


def replaced(xml: bytes, old: str, new: str) -> bytes:
    """The text with its one `old` replaced."""
    assert xml.count(old.encode()) == 1, old
    return xml.replace(old.encode(), new.encode())


def shared_string_parts(parts: Parts) -> Parts:
    """The worksheets with every string moved to one part, and that part."""
    numbers: dict[str, int] = {}
    uses = 0

    def shared(cell: re.Match[str]) -> str:
        nonlocal uses
        uses += 1
        return f'{cell[1]}t="s"{cell[2]}><v>{numbers.setdefault(cell[3], len(numbers))}</v></c>'

    changed = {part: _INLINE.sub(shared, parts[part].decode()).encode() for part in _worksheets(parts)}
    items = "".join(f"<si>{text}</si>" for text in numbers)
    table = f'<sst xmlns="{MAIN}" count="{uses}" uniqueCount="{len(numbers)}">{items}</sst>'
    return changed | {"xl/sharedStrings.xml": table.encode()}


def prefixed_parts(parts: Parts) -> Parts:
    """The worksheets, styles and workbook with the prefix ``x:`` before each of their own elements."""
    chosen = [*_worksheets(parts), "xl/styles.xml", "xl/workbook.xml"]
    return {part: _prefixed(parts[part].decode()).encode() for part in chosen}


def _prefixed(xml: str) -> str:
    return _PLAIN_TAG.sub(r"<\1x:", xml).replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')


def strict_parts(parts: Parts) -> Parts:
    """Every text part in the namespaces of Strict."""
    changed = {part: _strict(xml) for part, xml in parts.items() if part.endswith((".xml", ".rels"))}
    workbook = re.sub(rb"(<(?:x:)?workbook) ", rb'\1 conformance="strict" ', changed["xl/workbook.xml"], count=1)
    return changed | {"xl/workbook.xml": workbook}


def _strict(xml: bytes) -> bytes:
    for old, new in _STRICT.items():
        xml = xml.replace(
            f"http://schemas.openxmlformats.org/{old}".encode(), f"http://purl.oclc.org/ooxml/{new}".encode()
        )
    return xml


def _worksheets(parts: Parts) -> list[str]:
    return sorted(part for part in parts if re.fullmatch(r"xl/worksheets/\w+\.xml", part))
