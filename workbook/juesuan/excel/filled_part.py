"""The record, inside the package, of the cells that `fill` computed, so that a later check knows them again.

It is a custom XML part, which Excel keeps when it saves; unknown parts of other kinds it drops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from juesuan.book import Cell, Key
from juesuan.errors import JuesuanError
from juesuan.excel.package import Package

NAMESPACE = "urn:juesuan:filled:1"
CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
_PART = re.compile(r"customXml/item\d+\.xml")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_ITEM = "{6C1C8A5E-0B5B-4D0B-9C53-5B0E2C0F7A11}"


def recorded(package: Package) -> dict[Key, int]:
    """What `fill` wrote, in 分, by table, row and field; nothing when there is no record or it is damaged."""
    part = _part(package)
    try:
        entries = list(ElementTree.fromstring(package.read(part))) if part else []
        return {
            (item.attrib["table"], item.attrib["row"], item.attrib["field"]): int(item.text or "") for item in entries
        }
    except (ElementTree.ParseError, KeyError, ValueError):
        return {}


def with_record(package: Package, cells: Iterable[Cell]) -> dict[str, bytes]:
    """The parts that change or are new when the package records that `fill` computed `cells`."""
    part = _part(package)
    lines = "".join(_line(cell) for cell in cells)
    content = f'{_HEAD}<filled xmlns="{NAMESPACE}">{lines}</filled>'.encode()
    if part:
        return {part: content}
    number = next(number for number in count(1) if not package.has(f"customXml/item{number}.xml"))
    properties = f"itemProps{number}.xml"
    types, relations = package.read(CONTENT_TYPES), package.read(WORKBOOK_RELATIONS)
    types = _added(types, f"/customXml/{properties}", _PROPERTIES_TYPE)
    if not re.search(rb"""\bExtension\s*=\s*["']xml["']""", types):
        types = _added(types, f"/customXml/item{number}.xml", "application/xml")
    return {
        f"customXml/item{number}.xml": content,
        f"customXml/{properties}": _properties(),
        f"customXml/_rels/item{number}.xml.rels": _item_relations(properties),
        CONTENT_TYPES: types,
        WORKBOOK_RELATIONS: _related(relations, f"../customXml/item{number}.xml"),
    }


def _part(package: Package) -> str | None:
    names = (name for name in package.entries if _PART.fullmatch(name))
    return next((name for name in names if NAMESPACE.encode() in package.read(name)), None)


def _line(cell: Cell) -> str:
    names = " ".join(
        f"{name}={quoteattr(value)}" for name, value in zip(("table", "row", "field"), cell.key, strict=True)
    )
    return f"<cell {names}>{cell.fen}</cell>"


def _properties() -> bytes:
    space = f"{_OFFICE}/customXml"
    references = f'<ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs>'
    return f'{_HEAD}<ds:datastoreItem ds:itemID="{_ITEM}" xmlns:ds="{space}">{references}</ds:datastoreItem>'.encode()


def _item_relations(properties: str) -> bytes:
    kind = f"{_OFFICE}/relationships/customXmlProps"
    relation = f'<Relationship Id="rId1" Type="{kind}" Target="{properties}"/>'
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'.encode()


def _related(relations: bytes, target: str) -> bytes:
    number = next(number for number in count(1) if f'"rId{number}"'.encode() not in relations.replace(b"'", b'"'))
    kind = f"{_OFFICE}/relationships/customXml"
    return _at_end(relations, "Relationships", f'Relationship Id="rId{number}" Type="{kind}" Target="{target}"')


def _added(types: bytes, part: str, kind: str) -> bytes:
    return _at_end(types, "Types", f'Override PartName="{part}" ContentType="{kind}"')


def _at_end(xml: bytes, list_name: str, element: str) -> bytes:
    """The list with one more element at its end, of the same name prefix."""
    end = re.search(rf"</((?:[\w.-]+:)?){list_name}\s*>".encode(), xml)
    if end is None:
        raise JuesuanError("工作簿的写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")
    return xml[: end.start()] + b"<%s%s/>" % (end[1], element.encode()) + xml[end.start() :]
