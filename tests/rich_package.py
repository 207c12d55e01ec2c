"""A look into a package along its relationships, which shares no code with the program under test."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element


class Relation(NamedTuple):
    """`kind` is the last word of its type in small letters, on which the dialects of the format agree."""

    kind: str
    target: str
    external: bool


class Tree:
    """The parts of a package, as relationships lead to them."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.xml = cache(self._xml)
        self.relations = cache(self._relations)

    def workbook(self) -> str:
        return next(iter(self.related("", "officedocument")), "")

    def sheets(self) -> dict[str, str]:
        """Worksheet name → part, in the workbook's order."""
        book = self.workbook()
        found = {sheet.get("name", ""): self.led_to(book, sheet) for sheet in named(self.xml(book), "sheet")}
        return {name: part for name, part in found.items() if part}

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that are there and that `part` has relationships of this kind to."""
        relations = self.relations(part).values()
        return [other.target for other in relations if other.kind == kind and other.target in self.parts]

    def led_to(self, part: str, element: Element | None, attribute: str = "id") -> str:
        """The part that the element's relationship leads to; nothing when there is none."""
        relation = self.relations(part).get(qualified(element, attribute)) if element is not None else None
        return relation.target if relation and relation.target in self.parts else ""

    def digest(self, part: str) -> str:
        return hashlib.sha256(self.parts[part]).hexdigest()[:16] if part in self.parts else ""

    def _xml(self, part: str) -> Element:
        return ElementTree.fromstring(self.parts[part]) if part in self.parts else Element("nothing")

    def _relations(self, part: str) -> dict[str, Relation]:
        folder, name = posixpath.split(part)
        found = {}
        for entry in self.xml(posixpath.join(folder, "_rels", f"{name}.rels")):
            kind = re.sub(r"\W", "", entry.get("Type", "").rpartition("/")[2]).lower()
            external = entry.get("TargetMode") == "External"
            target = entry.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target))[1:]
            found[entry.get("Id", "")] = Relation(kind, target, external)
        return found


def local(name: str) -> str:
    """A tag or attribute without its namespace."""
    return name.rpartition("}")[2]


def named(root: Element, name: str) -> list[Element]:
    """All elements of this local name."""
    return [element for element in root.iter() if local(element.tag) == name]


def first(root: Element, name: str) -> Element | None:
    return next(iter(named(root, name)), None)


def text(root: Element, name: str = "t") -> str:
    """What the elements of this local name say, one after the other."""
    return "".join(element.text or "" for element in named(root, name))


def qualified(element: Element, attribute: str) -> str:
    """The value of an attribute that stands in a namespace, as those of relationships do."""
    return next((value for key, value in element.items() if key.endswith(f"}}{attribute}")), "")


def attributes(element: Element) -> str:
    """Those that stand in no namespace, in one order."""
    return " ".join(f"{key}={value}" for key, value in sorted(element.items()) if not key.startswith("{"))


def cells(sheet: Element) -> Iterator[tuple[str, Element]]:
    """Address and element of each cell."""
    for cell in named(sheet, "c"):
        yield cell.get("r", ""), cell
