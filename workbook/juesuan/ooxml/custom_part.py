"""Records of our own inside the package: custom XML parts, which Excel keeps when it saves; unknown parts it drops."""

from __future__ import annotations

import re
from itertools import count

from juesuan.ooxml.package import Package
from juesuan.ooxml.patch import HEAD, OFFICE, WORKBOOK, Patch

_PART = re.compile(r"customXml/item\d+\.xml")
_KIND = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"


def custom_part(package: Package, namespace: str) -> str | None:
    """The part that holds the record of a namespace."""
    names = (name for name in package.entries if _PART.fullmatch(name))
    return next((name for name in names if namespace.encode() in package.read(name)), None)


def put_custom_part(patch: Patch, namespace: str, content: str, identity: str) -> str:
    """Write the record of a namespace into its part, which is returned.

    `content` is its root element, `identity` the GUID of a new part.
    """
    xml = f"{HEAD}{content}".encode()
    if part := custom_part(patch.package, namespace):
        patch.write(part, xml)
        return part
    numbered = ((f"customXml/item{number}.xml", f"customXml/itemProps{number}.xml") for number in count(1))
    part, properties = next(pair for pair in numbered if not any(map(patch.has, pair)))
    patch.add_default("xml", "application/xml")
    patch.write(part, xml)
    patch.add(properties, _properties(namespace, identity), _KIND)
    patch.relate(part, properties, "customXmlProps")
    patch.relate(WORKBOOK, part, "customXml")
    return part


def drop_custom_part(patch: Patch, namespace: str) -> None:
    if part := custom_part(patch.package, namespace):
        for relationship in patch.related(part):
            patch.drop(relationship.target)
        for relationship in patch.related(WORKBOOK):
            if relationship.target == part:
                patch.unrelate(WORKBOOK, relationship)
        patch.drop(part)


def _properties(namespace: str, identity: str) -> bytes:
    space = f"{OFFICE}/customXml"
    references = f'<ds:schemaRefs><ds:schemaRef ds:uri="{namespace}"/></ds:schemaRefs>'
    return f'{HEAD}<ds:datastoreItem ds:itemID="{identity}" xmlns:ds="{space}">{references}</ds:datastoreItem>'.encode()
