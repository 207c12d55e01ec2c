"""The record, inside the package, of the cells that `fill` computed, so that a later check knows them again."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from juesuan.book import Cell, Key
from juesuan.ooxml.custom_part import custom_part, put_custom_part
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import Patch
from juesuan.ooxml.xml_text import attribute

NAMESPACE = "urn:juesuan:filled:1"
_ITEM = "{6C1C8A5E-0B5B-4D0B-9C53-5B0E2C0F7A11}"


def recorded(package: Package) -> dict[Key, int]:
    """What `fill` wrote, in 分, by table, row and field; nothing when there is no record or it is damaged."""
    part = custom_part(package, NAMESPACE)
    try:
        entries = list(ElementTree.fromstring(package.read(part))) if part else []
        return {
            (item.attrib["table"], item.attrib["row"], item.attrib["field"]): int(item.text or "") for item in entries
        }
    except (ElementTree.ParseError, KeyError, ValueError):
        return {}


def record(patch: Patch, cells: Iterable[Cell]) -> None:
    """Let the package record that `fill` computed `cells`."""
    put_custom_part(patch, NAMESPACE, record_of(cells), _ITEM)


def record_of(cells: Iterable[Cell]) -> str:
    """The root element of the record."""
    return f'<filled xmlns="{NAMESPACE}">{"".join(_line(cell) for cell in cells)}</filled>'


def _line(cell: Cell) -> str:
    names = " ".join(
        f"{name}={attribute(value)}" for name, value in zip(("table", "row", "field"), cell.key, strict=True)
    )
    return f"<cell {names}>{cell.fen}</cell>"
