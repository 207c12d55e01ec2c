"""Results for people at a terminal, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from juesuan.book import Book
from juesuan.check import Checked
from juesuan.report.result import Result
from juesuan.rules import JOINTLY, Finding, NotChecked
from juesuan.wording import AT_THE_EDGE, LEVELS, VERDICTS, conclusion, few, told

_COUNTS = (
    ("passed", "相符", "项"),
    ("tail", "尾差", "项"),
    ("failed", "错误", "条"),
    ("warning", "核实", "条"),
    ("not_applicable", "不适用", "项"),
    ("not_checked", "未核对", "项"),
)
_WARNING = 3
"""Where the warnings stand among them."""
LISTED = 8


def as_text(results: Sequence[Result]) -> str:
    parts = ["\n".join(_book(result)) for result in results]
    if len(results) > 1:
        parts.append("\n".join(_summary(results)))
    return "\n\n".join(parts) + "\n"


def _book(result: Result) -> Iterator[str]:
    checked = result.checked
    yield from heading(result.path, checked.book if checked else None, result.verdict, result.why)
    if checked is None:
        return
    counts = checked.counts
    listed = [f"{name} {counts[key]} {unit}" for key, name, unit in _COUNTS]
    if counts["explained"]:
        listed[_WARNING] += f"（已说明或放行 {counts['explained']} 条）"
    yield "，".join(listed) + (f"；起因 {len(checked.culprits)} 处" if checked.culprits else "")
    if checked.together.joint.severity == "same_rule":
        yield AT_THE_EDGE
    yield from _findings(checked)
    if checked.book.last_year:
        from juesuan.report.years import lines

        yield from lines(checked.book)
    yield from _left_out(checked.not_checked)


def heading(path: str, book: Book | None, verdict: str, reason: str | None) -> Iterator[str]:
    """Which file, whose account of which year, and the verdict."""
    account = [book.unit, f"{book.year}年度" if book.year else ""] if book else []
    yield "  ".join(filter(None, (path, " ".join(filter(None, account)))))
    yield f"结论：{conclusion(verdict, reason)}"


def _findings(checked: Checked) -> Iterator[str]:
    """Each finding on a line; those of one culprit folded under it, those that may share a cause under a heading."""
    sizes = Counter(item.group for item in checked.findings if item.group is not None)
    for group, together in groupby(checked.findings, key=lambda item: item.group):
        found = list(together)
        yield ""
        if (number := checked.culprit_of(found[0])) is not None:
            yield from _culprit(checked, number, found)
        elif group is None:
            yield from "\n\n".join(map(told, found)).split("\n")
        else:
            yield f"以下 {sizes[group]} 条可能出于同一处，改好一处后请重新核对："
            yield from (f"  {told(item)}" for item in found)
    if checked.untold:
        from juesuan.locate.sentences import culprit_sentence

        yield ""
        yield from (f"【错误】{culprit_sentence(culprit, checked.book)}" for culprit in checked.untold)


def _culprit(checked: Checked, number: int, found: Sequence[Finding]) -> Iterator[str]:
    """What is wrong, and in one line what it makes wrong; a finding with nothing else to it is told as it is."""
    from juesuan.locate.sentences import culprit_sentence

    if [item.rule for item in found] == [JOINTLY]:
        yield told(found[0])
        return
    yield f"【{LEVELS[found[0].level]}】{culprit_sentence(checked.culprits[number], checked.book)}"
    follow = [item for item in found if item.expected is not None]
    if follow:
        yield f"  由此不相符的有 {len(follow)} 条：{few([_named(item) for item in follow], most=LISTED)}。"
    yield from (f"  {told(item)}" for item in found if item.expected is None or item.answer)


def _named(item: Finding) -> str:
    where = f"{item.place.sheet} {item.place.address} " if item.place else ""
    remarks = [said for said, holds in (("核实", item.level == "warning"), ("已说明或放行", item.answer)) if holds]
    return f"{where}{item.rule}" + (f"（{'，'.join(remarks)}）" if remarks else "")


def _left_out(not_checked: Sequence[NotChecked]) -> Iterator[str]:
    """The rules left out by why; cells of which the same is to be said, on one line."""
    if not_checked:
        yield ""
        yield "未核对："
    reasons: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for item in not_checked:
        cell, why = _of_cell(item.reason)
        cells, rules = reasons.setdefault(why, ({}, {}))
        cells[cell] = rules[item.rule] = None
    for why, (cells, rules) in reasons.items():
        first = next(iter(cells))
        where = f"{first} 等 {len(cells)} 格" if len(cells) > 1 else f"{first} ".lstrip()
        yield f"  {where}{why}：{'、'.join(rules)}"


def _of_cell(reason: str) -> tuple[str, str]:
    """“公开01表 C33 读不出数” → (“公开01表 C33”, “读不出数”); what is not about a cell has none."""
    cell, _, why = reason.rpartition(" ")
    address = cell.rpartition(" ")[2]
    return (cell, why) if address[:1].isupper() and address[-1:].isdigit() else ("", reason)


def _summary(results: Sequence[Result]) -> Iterator[str]:
    verdicts = Counter(result.verdict for result in results)
    yield f"共 {len(results)} 份：" + "，".join(f"{VERDICTS[name]} {count} 份" for name, count in verdicts.items())
