"""What `mark` did, for people at a terminal: the verdict, how much was marked, and what to know of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from juesuan.answers import open_questions
from juesuan.check import Checked
from juesuan.marks import KINDS, NAMES, kind_of, marks_of
from juesuan.wording import conclusion


def as_text(checked: Checked, peculiarities: Iterable[str], output: str) -> str:
    return "\n".join((*_lines(checked, output), *peculiarities)) + "\n"


def _lines(checked: Checked, output: str) -> Iterator[str]:
    counts = Counter(mark.kind for mark in marks_of(checked).values())
    listed = "，".join(f"{NAMES[kind]} {counts[kind]} 格" for kind in KINDS if counts[kind])
    wrong = any(kind_of(finding) for finding in checked.findings)
    told = "列出全部问题" if wrong else "写着结论、提示和没有核对的规则"
    yield f"已写出 {output}：{f'标注了{listed}' if listed else '没有要标注的格'}；首页“核对结果”{told}。"
    if asked := sum(1 for _ in open_questions(checked.findings, checked.book)):
        yield f"待说明 {asked} 条，列在“说明”表里：确有原因的，在最右一栏写明。"
    yield f"结论：{conclusion(checked.verdict, checked.reason)}"
