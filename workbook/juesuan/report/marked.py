"""What `mark` did, for people at a terminal: the verdict, how much was marked, and what to know of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from juesuan.check import Checked
from juesuan.excel.marks import KINDS, NAMES, marks_of
from juesuan.excel.package import Package
from juesuan.wording import VERDICTS


def as_text(checked: Checked, package: Package, output: str) -> str:
    return "\n".join(_lines(checked, package, output)) + "\n"


def _lines(checked: Checked, package: Package, output: str) -> Iterator[str]:
    counts = Counter(mark.kind for mark in marks_of(checked).values())
    listed = "，".join(f"{NAMES[kind]} {counts[kind]} 格" for kind in KINDS if counts[kind])
    yield f"已写出 {output}：{f'标注了{listed}' if listed else '没有要标注的格'}；首页“核对结果”列出全部问题。"
    yield f"结论：{VERDICTS[checked.verdict]}" + (f"（{checked.reason}）" if checked.reason else "")
    if b"lockStructure" in package.read("xl/workbook.xml"):
        yield "工作簿的结构保护仍在，所以“核对结果”不能手工删除；juesuan clear 可以去掉。"
    if any("vbaProjectSignature" in part for part in package.entries):
        yield "宏带有数字签名，宏和签名都没有动；在 Excel 里保存后签名可能失效。"
    if any(part.startswith("_xmlsignatures/") for part in package.entries):
        yield "工作簿带有数字签名，标注的这一份内容变了，签名不再有效；原件没有动。"
