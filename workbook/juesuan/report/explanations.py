"""The 说明 of a workbook and what became of each, for people at a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from juesuan.answers import STATES, described, open_questions, states
from juesuan.check import Checked
from juesuan.explanation import SOURCES, Explanation
from juesuan.wording import amount


def as_text(checked: Checked) -> str:
    """Every 说明, then what is still to be explained."""
    return "\n".join((*_lines(checked), *_open(checked))) + "\n"


def removed_text(checked: Checked, removed: Collection[Explanation], output: str) -> str:
    """What was taken out of a copy written to `output`, and what is of no use and stands in notes."""
    lines = [f"已写出 {output}：删去用不上的说明 {len(removed)} 条。"]
    lines += [f"  {_told(item, checked)}" for item in removed]
    notes = [item for item, state in states(checked.findings, checked.book).items() if _left(item, state)]
    lines += [f"批注里的没有动，不要的请自己删：{_told(item, checked)}" for item in notes]
    return "\n".join(lines) + "\n"


def _left(item: Explanation, state: str) -> bool:
    return state == "unused" and item.source == "note"


def _lines(checked: Checked) -> Iterator[str]:
    became = states(checked.findings, checked.book)
    yield f"说明 {len(became)} 条" + ("：" if became else "。")
    yield from (f"  【{STATES[state]}】{_told(item, checked)}" for item, state in became.items())


def _told(item: Explanation, checked: Checked) -> str:
    where = f"{item.place.sheet} {item.place.address}" if item.place else SOURCES[item.source]
    return f"{where}　{described(item, checked.book)}：{item.text}"


def _open(checked: Checked) -> Iterator[str]:
    asked = [each for each, _ in open_questions(checked.findings, checked.book)]
    if asked:
        yield f"待说明 {len(asked)} 条："
    for each in asked:
        shown = "" if each.amount is None else amount(each.amount, checked.book)
        yield "  " + " ".join(filter(None, (each.rule, each.table, each.row, each.field, shown)))
