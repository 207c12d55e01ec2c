"""The parts around the worksheets of a new .xlsx: kinds of content, relations, and the list of its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from juesuan.ooxml.xml_text import attribute

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STYLES, SHEET = "xl/styles.xml", "xl/worksheets/sheet{}.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HIDDEN = ' state="hidden"'


class Listed(NamedTuple):
    """A worksheet as the workbook lists it."""

    name: str
    visible: bool = True


def parts_around(sheets: Sequence[Listed], names: str = "") -> dict[str, str]:
    """All parts but STYLES and the worksheets, SHEET of 1, 2, …; `names`: the defined names, in XML."""
    numbers = range(1, len(sheets) + 1)
    kinds = {"xl/workbook.xml": "sheet.main"} | {SHEET.format(at): "worksheet" for at in numbers} | {STYLES: "styles"}
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{_TYPES}.{kind}+xml"/>' for part, kind in kinds.items()
    )
    listed = "".join(
        f'<sheet name={attribute(name)} sheetId="{at}"{"" if visible else _HIDDEN} r:id="rId{at}"/>'
        for at, (name, visible) in zip(numbers, sheets, strict=True)
    )
    defined = f"<definedNames>{names}</definedNames>" if names else ""
    workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>{defined}</workbook>'
    related = "".join(relation(at, "worksheet", f"worksheets/sheet{at}.xml") for at in numbers)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": relations(relation(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations(related + relation(len(sheets) + 1, "styles", "styles.xml")),
    }
    return {name: HEAD + text for name, text in parts.items()}


def relations(entries: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
