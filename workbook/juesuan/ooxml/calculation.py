"""What a workbook says of how its formulas are calculated."""

from __future__ import annotations

import re

from juesuan.ooxml.patch import WORKBOOK, Patch
from juesuan.ooxml.sheet_xml import FORMULA, attributes_of

_SETTINGS = re.compile(rb"<((?:[\w.-]+:)?)calcPr\b([^>]*?)(/?)>")
_ON_LOAD = re.compile(rb"""\sfullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""")
_AFTER = re.compile(
    rb"<(?:[\w.-]+:)?(?:oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing|fileRecoveryPr"
    rb"|webPublishObjects|extLst)\b|</(?:[\w.-]+:)?workbook\s*>"
)


def leave_out_calc_chain(patch: Patch) -> None:
    """Excel's list of formula cells would name cells that have none any more; it makes a new one."""
    for relationship in patch.related(WORKBOOK):
        if relationship.kind == "calcChain":
            patch.unrelate(WORKBOOK, relationship)
            patch.drop(relationship.target)


def forget_formulas(patch: Patch, part: str) -> None:
    """A worksheet is about to go or to be written anew: the list must not name its formulas, if it has any."""
    if FORMULA.search(patch.read(part)):
        leave_out_calc_chain(patch)


def calculate_on_load(patch: Patch) -> None:
    """Let the formulas that are left be calculated when the workbook is opened: what they depend on has changed."""
    xml = patch.read(WORKBOOK)
    if settings := _SETTINGS.search(xml):
        given = _ON_LOAD.sub(b"", settings[2])
        element = b'<%scalcPr%s fullCalcOnLoad="1"%s>' % (settings[1], given.rstrip(), settings[3])
        patch.write(WORKBOOK, xml[: settings.start()] + element + xml[settings.end() :])
    elif after := _AFTER.search(xml):
        prefix = after[0].strip(b"</>").rpartition(b":")[0]
        name = prefix + b":calcPr" if prefix else b"calcPr"
        element = b'<%s fullCalcOnLoad="1"/>' % name
        patch.write(WORKBOOK, xml[: after.start()] + element + xml[after.start() :])


def without_orphans(xml: bytes) -> bytes:
    """The worksheet without formulas that share one that stands nowhere any more; their results stay."""
    shared = [(match, attributes_of(match[2])) for match in FORMULA.finditer(xml) if b"shared" in match[2]]
    first = {given.get(b"si") for _, given in shared if b"ref" in given}
    pieces, position = [], 0
    for match, given in shared:
        if given.get(b"si") not in first:
            pieces.append(xml[position : match.start()])
            position = match.end()
    return b"".join((*pieces, xml[position:]))
