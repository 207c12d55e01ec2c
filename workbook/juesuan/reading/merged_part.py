"""The record, inside the package, of the units whose sum a workbook is, so that none is added up twice."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from juesuan.ooxml.custom_part import custom_part, put_custom_part
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import Patch
from juesuan.ooxml.xml_text import attribute

NAMESPACE = "urn:juesuan:merged:1"
_ITEM = "{0D1B0C7E-3C55-4F0E-8A0B-7B6B2C1E9D44}"


def merged_units(package: Package) -> tuple[str, ...]:
    """The names of the units; none where it is no sum, or the record is damaged."""
    part = custom_part(package, NAMESPACE)
    try:
        return tuple(item.attrib["name"] for item in ElementTree.fromstring(package.read(part))) if part else ()
    except (ElementTree.ParseError, KeyError):
        return ()


def record_units(patch: Patch, names: Iterable[str]) -> None:
    """Let the package record whose sum it is."""
    units = "".join(f"<unit name={attribute(name)}/>" for name in names)
    put_custom_part(patch, NAMESPACE, f'<merged xmlns="{NAMESPACE}">{units}</merged>', _ITEM)
