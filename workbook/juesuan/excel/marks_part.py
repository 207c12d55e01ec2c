"""The record, inside a marked workbook, of what was there before: the way back, exact or after edits."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from juesuan.book import Place
from juesuan.excel.custom_part import custom_part, put_custom_part
from juesuan.excel.package import LARGEST_PART, Package
from juesuan.excel.patch import HEAD, Patch
from juesuan.excel.xml_text import attribute

NAMESPACE = "urn:juesuan:marks:1"
_ITEM = "{0B0A3C52-8B7E-4B57-9F0C-2D51E4A9C6D3}"


class Record(NamedTuple):
    """`before`: content of the parts that marks changed, None for parts they added; `after`: digests of all these.

    `fills` are the fills that marks replaced, as they were written, in the order of their numbers; `cells` says which
    of them a cell had, by worksheet and address.
    """

    before: dict[str, bytes | None]
    after: dict[str, str]
    fills: tuple[bytes, ...]
    cells: dict[tuple[str, str], int]

    def untouched(self, package: Package) -> bool:
        """Whether nothing was changed since the marks were made."""
        return all(package.has(part) and _digest(package.read(part)) == digest for part, digest in self.after.items())


def record_marks(patch: Patch, fills: Iterable[bytes], cells: Mapping[Place, int]) -> None:
    """Put the record of the patch into the patch; it must be complete but for this."""
    own = put_custom_part(patch, NAMESPACE, f'<marks xmlns="{NAMESPACE}"/>', _ITEM)
    lines = [f"<fill>{_packed(fill)}</fill>" for fill in fills]
    lines += [
        f'<cell sheet={attribute(place.sheet)} at="{place.address}" fill="{number}"/>'
        for place, number in cells.items()
    ]
    for part, content in sorted(patch.parts.items()):
        if part != own and content is not None:
            before = _packed(patch.package.read(part)) if patch.package.has(part) else ""
            name, kind = attribute(part), "changed" if before else "added"
            lines.append(f'<{kind} part={name} after="{_digest(content)}">{before}</{kind}>')
    lines.append(f"<added part={attribute(own)}/>")
    patch.write(own, f'{HEAD}<marks xmlns="{NAMESPACE}">{"".join(lines)}</marks>'.encode())


def recorded_marks(package: Package) -> Record | None:
    """The record of a marked workbook; None when there is none or it is damaged."""
    part = custom_part(package, NAMESPACE)
    if part is None:
        return None
    record = Record({}, {}, (), {})
    fills = []
    try:
        for item in ElementTree.fromstring(package.read(part)):
            kind = item.tag.rpartition("}")[2]
            if kind == "fill":
                fills.append(_unpacked(item.text))
                continue
            if kind == "cell":
                record.cells[item.attrib["sheet"], item.attrib["at"]] = int(item.attrib["fill"])
                continue
            name = item.attrib["part"]
            record.before[name] = _unpacked(item.text) if kind == "changed" else None
            if "after" in item.attrib:
                record.after[name] = item.attrib["after"]
    except (ElementTree.ParseError, KeyError, ValueError, zlib.error):
        return None
    return record._replace(fills=tuple(fills))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _packed(content: bytes) -> str:
    return b64encode(zlib.compress(content, 1)).decode()


def _unpacked(text: str | None) -> bytes:
    return zlib.decompressobj().decompress(b64decode(text or ""), LARGEST_PART)
