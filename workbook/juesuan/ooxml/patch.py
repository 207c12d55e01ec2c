"""Changes to a package before it is written: parts replaced, added or left out, and the lists that name parts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import unescape
from itertools import count
from typing import NamedTuple

from juesuan.errors import JuesuanError
from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.package import Package
from juesuan.ooxml.sheet_xml import attributes_of
from juesuan.ooxml.xml_text import attribute

WORKBOOK = "xl/workbook.xml"
STYLES = "xl/styles.xml"
CONTENT_TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STRICT = b"purl.oclc.org/ooxml/"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = re.compile(rb"<(?:[\w.-]+:)?Relationship\b([^>]*?)/?>(?:\s*</(?:[\w.-]+:)?Relationship\s*>)?")
_OUT_OF_USE = re.compile(rb"!--(?:(?!-->).)*?<", re.S)
"""An XML comment that holds elements: they would be taken for those in use."""
_FOREIGN = re.compile(rb"""<\?xml\b[^>]*\bencoding\s*=\s*["'](?!utf-?8["'])""", re.I)
"""How a part begins that is not written in UTF-8."""
_LIST_END = re.compile(rb"</((?:[\w.-]+:)?)(?:Relationships|Types)\s*>")
_ID = re.compile(rb"""\bId\s*=\s*["']([^"']*)["']""")
_TYPE = re.compile(rb"<(?:[\w.-]+:)?(Override|Default)\b([^>]*?)/?>(?:\s*</(?:[\w.-]+:)?\1\s*>)?")


class Relationship(NamedTuple):
    """An entry of a .rels part, `text`: `kind` is the end of its type, `target` the part it leads to."""

    id: str
    kind: str
    target: str
    text: bytes


class Patch:
    """A package and what becomes of its parts. The same changes always give the same bytes."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.parts: dict[str, bytes | None] = {}
        """Contents by the names that the package spells; None for parts left out."""
        self._read: dict[str, bytes] = {}

    def has(self, part: str) -> bool:
        part = self.package.named(part)
        return self.parts[part] is not None if part in self.parts else self.package.has(part)

    def read(self, part: str) -> bytes:
        part = self.package.named(part)
        content = self.parts.get(part)
        return self._original(part) if content is None else content

    def _original(self, part: str) -> bytes:
        if part not in self._read:
            if not self.package.has(part):
                raise _odd()
            content = self._read[part] = self.package.read(part)
            if _OUT_OF_USE.search(content) or (_FOREIGN.match(content) and not content.isascii()):
                raise _odd()
        return self._read[part]

    def write(self, part: str, content: bytes) -> None:
        part = self.package.named(part)
        if not self.package.has(part):
            self.parts[part] = content
        elif self._original(part) == content:
            self.parts.pop(part, None)
        else:
            foreign = _FOREIGN.match(content) and not content.isascii()
            self.parts[part] = content.decode().encode("ascii", "xmlcharrefreplace") if foreign else content

    def drop(self, part: str) -> None:
        """Leave a part out, with its relationships and its content type."""
        for name in (part, relations_part(part)):
            if self.has(name):
                self.parts[self.package.named(name)] = None
        types = self.read(CONTENT_TYPES)
        for match in _TYPE.finditer(types):
            if attributes_of(match[2]).get(b"PartName", b"").lower() == f"/{part}".encode().lower():
                self.write(CONTENT_TYPES, types.replace(match[0], b"", 1))

    def free(self, pattern: str) -> str:
        """The first name of the pattern, such as ``xl/comments{}.xml``, that no part has."""
        return next(name for number in count(1) if not self.has(name := pattern.format(number)))

    def add(self, part: str, content: bytes, kind: str) -> None:
        """A new part of the content type `kind`."""
        self.write(part, content)
        self._list(CONTENT_TYPES, f'Override PartName="/{part}" ContentType="{kind}"')

    def add_default(self, extension: str, kind: str) -> None:
        """The content type of all parts of an extension, unless they have one."""
        types = self.read(CONTENT_TYPES)
        if not re.search(rb"""extension\s*=\s*["']%s["']""" % extension.encode(), types.lower()):
            match = re.search(rb"<((?:[\w.-]+:)?)Types\b[^>]*>", types)
            if match is None:
                raise _odd()
            entry = f'Default Extension="{extension}" ContentType="{kind}"'.encode()
            self.write(CONTENT_TYPES, types[: match.end()] + b"<%s%s/>" % (match[1], entry) + types[match.end() :])

    def related(self, part: str) -> list[Relationship]:
        """What a part is related to; targets outside the package are none of it."""
        name = relations_part(part)
        if not self.has(name):
            return []
        found = _relationships(self.read(name), part)
        return [item._replace(target=self.package.named(item.target)) for item in found]

    def relate(self, part: str, target: str, kind: str) -> str:
        """The id of a new relationship of `part`; `kind` is its type, of those of the standard only the end."""
        name = relations_part(part)
        if not self.has(name):
            self.write(name, f'{HEAD}<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode())
        used = _ID.findall(self.read(name))
        number = next(number for number in count(1) if b"rId%d" % number not in used)
        where = _way(part, target)
        kind = kind if "://" in kind else f"{OFFICE}/relationships/{kind}"
        self._list(name, f'Relationship Id="rId{number}" Type="{kind}" Target={attribute(where)}')
        return f"rId{number}"

    def unrelate(self, part: str, relationship: Relationship) -> None:
        name = relations_part(part)
        self.write(name, self.read(name).replace(relationship.text, b"", 1))
        if not self.related(part) and not _RELATION.search(self.read(name)):
            self.parts[self.package.named(name)] = None

    def _list(self, part: str, element: str) -> None:
        """One more element at the end of a list, of the same name prefix."""
        xml = self.read(part)
        end = _LIST_END.search(xml)
        if end is None:
            raise _odd()
        self.write(part, xml[: end.start()] + b"<%s%s/>" % (end[1], element.encode()) + xml[end.start() :])

    def result(self) -> bytes:
        return rewritten(self.package, self.parts)


def patch_of(package: Package) -> Patch:
    """A patch of a workbook. Raises JuesuanError for one that cannot be patched, such as Strict Open XML."""
    if _STRICT in package.read(WORKBOOK) or not (package.has(STYLES) and package.has(CONTENT_TYPES)):
        raise JuesuanError(f"“{package.name}”的存储格式特殊，不能原样改写。请用 Excel 或 WPS 另存为普通 .xlsx 再试。")
    return Patch(package)


def sheet_part(package: Package, sheet: str) -> str:
    """The part of a worksheet. Raises JuesuanError when it is not there."""
    part = package.sheet_parts.get(sheet, "")
    if not package.has(part):
        raise JuesuanError(f"“{package.name}”里找不到工作表“{sheet}”的内容。请用 Excel 或 WPS 打开后另存一份再试。")
    return part


def relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _way(part: str, target: str) -> str:
    """The path from one part to another."""
    folder, path = part.split("/")[:-1], target.split("/")
    shared = len(posixpath.commonprefix([folder, path[:-1]]))
    return "../" * (len(folder) - shared) + "/".join(path[shared:])


def _relationships(xml: bytes, part: str) -> Iterator[Relationship]:
    for match in _RELATION.finditer(xml):
        given = {name.decode(): unescape(value.decode()) for name, value in attributes_of(match[1]).items()}
        if given.get("TargetMode") == "External":
            continue
        target = given.get("Target", "")
        where = (
            target[1:]
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
        )
        yield Relationship(given.get("Id", ""), given.get("Type", "").rpartition("/")[2], where, match[0])


def _odd() -> JuesuanError:
    return JuesuanError("工作簿的写法特殊，不能原样改写。请用 Excel 或 WPS 打开后另存一份再试。")
