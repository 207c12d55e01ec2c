"""Results for people at a terminal, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from juesuan.report.result import Result
from juesuan.rules import Finding, NotChecked
from juesuan.wording import VERDICTS

_COUNTS = (
    ("passed", "相符", "项"),
    ("tail", "尾差", "项"),
    ("failed", "错误", "条"),
    ("warning", "核实", "条"),
    ("not_applicable", "不适用", "项"),
    ("not_checked", "未核对", "项"),
)
_MARKS = {"error": "【错误】", "warning": "【核实】", "info": "【提示】"}


def as_text(results: Sequence[Result]) -> str:
    parts = ["\n".join(_book(result)) for result in results]
    if len(results) > 1:
        parts.append("\n".join(_summary(results)))
    return "\n\n".join(parts) + "\n"


def _book(result: Result) -> Iterator[str]:
    checked = result.checked
    title = result.path
    if checked and (checked.book.unit or checked.book.year):
        title += f"  {checked.book.unit or ''} {f'{checked.book.year}年度' if checked.book.year else ''}".rstrip()
    yield title
    yield f"结论：{VERDICTS[result.verdict]}" + (f"（{result.why}）" if result.why else "")
    if checked is None:
        return
    counts = checked.counts
    yield "，".join(f"{name} {counts[key]} {unit}" for key, name, unit in _COUNTS)
    yield from _findings(checked.findings)
    yield from _left_out(checked.not_checked)


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    """Each finding on a line; those that share a cause under one heading."""
    sizes = Counter(item.group for item in findings if item.group is not None)
    group: int | None = None
    for item in findings:
        if item.group is not None and item.group != group:
            yield ""
            yield f"以下 {sizes[item.group]} 条可能出于同一处，改好一处后请重新核对："
        elif item.group is None:
            yield ""
        group = item.group
        yield f"{'  ' if item.group is not None else ''}{_MARKS[item.level]}{item.message}"


def _left_out(not_checked: Sequence[NotChecked]) -> Iterator[str]:
    if not_checked:
        yield ""
        yield "未核对："
    reasons: dict[str, list[str]] = {}
    for item in not_checked:
        reasons.setdefault(item.reason, []).append(item.rule)
    for reason, rules in reasons.items():
        yield f"  {reason}：{'、'.join(dict.fromkeys(rules))}"


def _summary(results: Sequence[Result]) -> Iterator[str]:
    verdicts = Counter(result.verdict for result in results)
    yield f"共 {len(results)} 份：" + "，".join(f"{VERDICTS[name]} {count} 份" for name, count in verdicts.items())
