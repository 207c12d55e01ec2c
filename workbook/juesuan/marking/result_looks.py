"""How 核对结果 looks: the cell formats it needs, added to the styles of the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from juesuan.marks import COLOURS
from juesuan.ooxml.styles_xml import NO_BORDER, NO_FILL, Styles, boxed, solid

SHADES = {"fail": "FFC7CE", "warn": "FFEB9C", "tail": "DDEBF7", "pass": "E2EFDA", "unjudged": "D9D9D9"}
"""Colours of the verdicts."""


class Looks(NamedTuple):
    """Cell formats by number; `level` those of a verdict's or a mark's name."""

    title: int
    plain: int
    head: int
    heading: int
    text: int
    centred: int
    amount: int
    link: int
    group: int
    level: Mapping[str, int]


def looks_in(styles: Styles) -> Looks:
    box, open_ = styles.border(boxed("A6A6A6", "thin")), styles.border(NO_BORDER)
    body, bold, title = (_font(styles, size, bold) for size, bold in ((10, False), (11, True), (18, True)))
    link = _font(styles, 10, False, b'<color rgb="FF0563C1"/>', b"<u/>")
    none = styles.fill(NO_FILL)
    grey = styles.fill(solid("F2F2F2"))

    def look(font: int, fill: int, border: int, side: str, number: int = 0) -> int:
        given = {"numFmtId": number, "fontId": font, "fillId": fill, "borderId": border, "xfId": 0}
        applied = dict.fromkeys(("applyFont", "applyFill", "applyBorder", "applyAlignment", "applyNumberFormat"), 1)
        inner = b'<alignment horizontal="%s" vertical="center" wrapText="1"%s/>' % (
            side.encode(),
            b' indent="1"' if side == "right" else b"",
        )
        return styles.format(given | applied, inner)

    shades: dict[str, str] = SHADES | {str(kind): colour for kind, colour in COLOURS.items()}
    return Looks(
        title=look(title, none, open_, "center"),
        plain=look(body, none, open_, "left"),
        head=look(bold, none, open_, "left"),
        heading=look(bold, grey, box, "center"),
        text=look(body, none, box, "left"),
        centred=look(body, none, box, "center"),
        amount=look(body, none, box, "right", 4),
        link=look(link, none, box, "left"),
        group=look(body, grey, box, "left"),
        level={
            name: look(bold if name in SHADES and name != "tail" else body, styles.fill(solid(colour)), box, "center")
            for name, colour in shades.items()
        },
    )


def _font(styles: Styles, size: int, bold: bool, colour: bytes = b"", underlined: bytes = b"") -> int:
    weight = b"<b/>" if bold else b""
    name = "宋体".encode()
    return styles.font(
        b'<font>%s%s<sz val="%d"/>%s<name val="%s"/><charset val="134"/></font>'
        % (weight, underlined, size, colour, name)
    )
