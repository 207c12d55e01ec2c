"""The record, inside a marked workbook, of what was there before: the exact way back."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from typing import NamedTuple
from xml.etree import ElementTree

from juesuan.ooxml.archive import Dense
from juesuan.ooxml.custom_part import custom_part, put_custom_part
from juesuan.ooxml.package import Package, Packed
from juesuan.ooxml.patch import HEAD, Patch
from juesuan.ooxml.xml_text import attribute

NAMESPACE = "urn:juesuan:marks:1"
_ITEM = "{0B0A3C52-8B7E-4B57-9F0C-2D51E4A9C6D3}"


class Record(NamedTuple):
    """`before`: the parts that marks changed, None for parts they added; `after`: digests of all these."""

    before: dict[str, Packed | None]
    after: dict[str, str]

    def untouched(self, package: Package) -> bool:
        """Whether nothing was changed since the marks were made, neither what they changed nor what was before."""
        same = (package.has(part) and _digest(package.read(part)) == digest for part, digest in self.after.items())
        return all(same) and all(packed is None or packed.sound for packed in self.before.values())


def record_marks(patch: Patch) -> None:
    """Put the record of the patch into the patch; it must be complete but for this."""
    own = put_custom_part(patch, NAMESPACE, f'<marks xmlns="{NAMESPACE}"/>', _ITEM)
    lines = []
    for part, content in sorted(patch.parts.items()):
        if part != own and content is not None:
            name, after = attribute(part), f'after="{_digest(content)}"'
            if patch.package.has(part):
                packed = patch.package.packed(part)
                given = f'method="{packed.method}" size="{packed.size}" crc="{packed.crc}"'
                lines.append(f"<changed part={name} {after} {given}>{b64encode(packed.data).decode()}</changed>")
            else:
                lines.append(f"<added part={name} {after}/>")
    lines.append(f"<added part={attribute(own)}/>")
    record = f'{HEAD}<marks xmlns="{NAMESPACE}" parts="{len(lines)}">{"".join(lines)}</marks>'
    patch.write(own, Dense(record.encode()))


def recorded_marks(package: Package) -> Record | None:
    """The record of a marked workbook; None when there is none or it is damaged."""
    part = custom_part(package, NAMESPACE)
    if part is None:
        return None
    record = Record({}, {})
    try:
        root = ElementTree.fromstring(package.read(part))
        for item in root:
            name = item.attrib["part"]
            record.before[name] = _packed(item) if item.tag.endswith("}changed") else None
            if "after" in item.attrib:
                record.after[name] = item.attrib["after"]
        whole = len(record.before) == int(root.attrib["parts"])
    except (ElementTree.ParseError, KeyError, ValueError):
        return None
    return record if whole else None


def _packed(item: ElementTree.Element) -> Packed:
    given = (int(item.attrib[name]) for name in ("size", "crc"))
    return Packed(int(item.attrib["method"]), b64decode(item.text or ""), *given)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
