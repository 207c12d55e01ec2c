"""The record, inside a marked workbook, of what was there before: the exact way back."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from typing import NamedTuple
from xml.etree import ElementTree

from juesuan.ooxml.archive import Dense, Lying, lying, rewritten
from juesuan.ooxml.custom_part import custom_part, put_custom_part
from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import HEAD, Patch
from juesuan.ooxml.xml_text import attribute

NAMESPACE = "urn:juesuan:marks:1"
_ITEM = "{0B0A3C52-8B7E-4B57-9F0C-2D51E4A9C6D3}"


class Record(NamedTuple):
    """`before`: the entries that marks changed, None for parts they added; `after`: digests of all these."""

    before: dict[str, Lying | None]
    after: dict[str, str]

    def untouched(self, package: Package) -> bool:
        """Whether nothing was changed since the marks were made."""
        return all(package.has(part) and _digest(package.read(part)) == digest for part, digest in self.after.items())


def record_marks(patch: Patch) -> None:
    """Put the record of the patch into the patch; it must be complete but for this.

    What was before is a zip of the entries as they lay in the package.
    """
    own = put_custom_part(patch, NAMESPACE, f'<marks xmlns="{NAMESPACE}"/>', _ITEM)
    before = rewritten(patch.package, {part: None for part in patch.package.entries if part not in patch.parts})
    parts = [
        f'<part name={attribute(part)} after="{_digest(content)}"/>'
        for part, content in sorted(patch.parts.items())
        if part != own and content is not None
    ]
    parts.append(f"<part name={attribute(own)}/>")
    given = f'xmlns="{NAMESPACE}" parts="{len(parts)}" digest="{_digest(before)}"'
    record = f"{HEAD}<marks {given}>{''.join(parts)}<before>{b64encode(before).decode()}</before></marks>"
    patch.write(own, Dense(record.encode()))


def recorded_marks(package: Package) -> Record | None:
    """The record of a marked workbook; None when there is none or it is damaged."""
    part = custom_part(package, NAMESPACE)
    if part is None:
        return None
    try:
        root = ElementTree.fromstring(package.read(part))
        parts = {item.attrib["name"]: item.get("after") for item in root.iter(f"{{{NAMESPACE}}}part")}
        zipped = b64decode(root.findtext(f"{{{NAMESPACE}}}before", ""))
        if int(root.attrib["parts"]) != len(parts) or root.attrib["digest"] != _digest(zipped):
            return None
    except (ElementTree.ParseError, KeyError, ValueError):
        return None
    before = Package(zipped, package.name)
    return Record(
        dict.fromkeys(parts) | {name: lying(before, name) for name in before.entries},
        {name: digest for name, digest in parts.items() if digest},
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
