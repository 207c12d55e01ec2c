"""Draw the rooms of the house and the ways a workbook takes through them, as docs/images/rooms.svg.

Every package of juesuan stands in one box; a test holds the boxes against the packages there are.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 1120, 640
_FONT = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
_FILLS = {"room": "#eef3fa", "value": "#fff7e0", "outside": "#f4f4f4"}
_LINES = {"room": "#5b7fb5", "value": "#c99a2e", "outside": "#9a9a9a"}


class Box(NamedTuple):
    """`names` are packages or modules of juesuan, or what lies outside; `says` what happens there."""

    x: int
    y: int
    width: int
    height: int
    names: str
    says: str
    kind: str = "room"


BOXES = (
    Box(20, 60, 150, 52, "工作簿文件", "xlsx xls et ods …", "outside"),
    Box(20, 136, 150, 52, "打开着的工作簿", "Excel、WPS", "outside"),
    Box(20, 212, 150, 52, "文件夹、邮件", "一份、一批、一省", "outside"),
    Box(210, 60, 150, 52, "reading", "认表，取数；不认不判"),
    Box(210, 136, 150, 52, "live · buttons", "按钮和小窗口"),
    Box(210, 212, 150, 52, "intake", "收下，分给各进程"),
    Box(400, 60, 130, 52, "Book 账", "每格：数、位置、舍入", "value"),
    Box(570, 60, 150, 52, "relations", "规则 × 账 → 关系"),
    Box(760, 60, 150, 52, "locate", "合起来判舍入，找错格"),
    Box(760, 136, 150, 52, "checks", "不是等式的规则"),
    Box(950, 98, 150, 52, "Findings 结果", "错误、核实、尾差、未核对", "value"),
    Box(950, 212, 150, 52, "report", "文字、JSON、SARIF"),
    Box(950, 288, 150, 52, "marking", "涂色、批注、核对结果"),
    Box(950, 364, 150, 52, "batch", "汇总表、总览网页"),
    Box(950, 440, 150, 52, "mailbox", "回信，附标注的副本"),
    Box(400, 300, 150, 52, "balance · merge", "舍位、汇总；填列在 fill"),
    Box(590, 300, 150, 52, "writing", "写回工作簿"),
    Box(400, 376, 150, 52, "narrative", "每句话说什么，数从哪来"),
    Box(590, 376, 150, 52, "document", "说明、公开件、开放数据"),
    Box(590, 452, 150, 52, "proofread", "文稿对账、标批注"),
    Box(20, 376, 150, 52, "data", "版式、规则、文字的声明", "outside"),
    Box(210, 376, 150, 52, "model · rules", "读声明"),
    Box(210, 300, 150, 52, "consistency", "规则之间有没有矛盾"),
    Box(210, 452, 150, 52, "template", "空表和公式"),
    Box(20, 452, 150, 52, "addin · vba", "加载项，带宏的模板"),
    Box(
        20,
        560,
        1080,
        52,
        "ooxml · money · place · given · written · apart · errors",
        "底层，不懂账：包里的字节、钱、位置、读写文件、另起的进程",
    ),
)

ARROWS = (
    ((170, 86), (210, 86)),
    ((170, 162), (210, 162)),
    ((170, 238), (210, 238)),
    ((285, 136), (285, 112)),
    ((360, 238), (380, 238), (380, 98), (360, 98)),
    ((360, 80), (400, 80)),
    ((530, 86), (570, 86)),
    ((720, 86), (760, 86)),
    ((910, 86), (930, 86), (930, 116), (950, 116)),
    ((910, 162), (930, 162), (930, 128), (950, 128)),
    ((645, 112), (645, 162), (760, 162)),
    ((1090, 150), (1090, 180), (930, 180), (930, 238), (950, 238)),
    ((930, 238), (930, 314), (950, 314)),
    ((930, 314), (930, 390), (950, 390)),
    ((930, 390), (930, 466), (950, 466)),
    ((465, 112), (465, 300)),
    ((550, 326), (590, 326)),
    ((440, 112), (440, 220), (386, 220), (386, 402), (400, 402)),
    ((550, 402), (590, 402)),
    ((475, 428), (475, 478), (590, 478)),
    ((740, 478), (900, 478), (900, 200), (980, 200), (980, 150)),
    ((170, 402), (210, 402)),
    ((285, 428), (285, 452)),
    ((285, 376), (285, 352)),
    ((360, 392), (372, 392), (372, 270), (600, 270), (600, 112)),
    ((210, 478), (170, 478)),
)
"""The corners of each, from one box to another."""


def rooms_svg() -> str:
    """The picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{_FONT}">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#666"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        '<text x="20" y="34" font-size="18" font-weight="bold" fill="#333">一份工作簿在 juesuan 里走的路</text>',
    ]
    for arrow in ARROWS:
        points = " ".join(f"{x},{y}" for x, y in arrow)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="#666" stroke-width="1.4" marker-end="url(#tip)"/>'
        )
    parts += [_drawn(box) for box in BOXES]
    return "\n".join((*parts, "</svg>\n"))


def _drawn(box: Box) -> str:
    middle = box.x + box.width / 2
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6" '
        f'fill="{_FILLS[box.kind]}" stroke="{_LINES[box.kind]}"/>'
        f'<text x="{middle:g}" y="{box.y + 22}" text-anchor="middle" font-size="13.5" font-weight="bold" fill="#222">'
        f"{escape(box.names)}</text>"
        f'<text x="{middle:g}" y="{box.y + 41}" text-anchor="middle" font-size="11.5" fill="#555">'
        f"{escape(box.says)}</text>"
    )
