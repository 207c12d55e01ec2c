"""The list of formula cells that Excel keeps beside the worksheets, and rebuilds when it is gone."""

from __future__ import annotations

import re

from juesuan.excel.filled_part import CONTENT_TYPES, WORKBOOK_RELATIONS
from juesuan.excel.package import Package

_PART = "xl/calcChain.xml"
_ENTRY = re.compile(rb"""<(?:[\w.-]+:)?(?:Override|Relationship)\b[^>]*["'][^"']*calcChain\.xml["'][^>]*/>""")


def without_calc_chain(package: Package) -> dict[str, bytes | None]:
    """The parts that change when the list, which would name cells that have no formula any more, is left out."""
    if not package.has(_PART):
        return {}
    entries = {part: _ENTRY.sub(b"", package.read(part)) for part in (CONTENT_TYPES, WORKBOOK_RELATIONS)}
    return {_PART: None, **entries}
