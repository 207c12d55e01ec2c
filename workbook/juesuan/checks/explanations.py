"""说明 that answer nothing: no finding asks for them, or it is an error, which cannot be answered."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.evidence import Evidence, finding
from juesuan.rules import Finding, Rule

_WHY = {"unused": "没有要说明的问题，或已另有说明", "refused": "这是错误，要改正，不能用说明代替"}


def unused_explanation(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    from juesuan.answers import described, states
    from juesuan.explanation import SOURCES

    for item, state in states(evidence.findings, evidence.book).items():
        if state not in _WHY:
            continue
        where = f"{item.place.sheet} {item.place.address} " if item.place else ""
        said = f"{described(item, evidence.book)}：{' '.join(item.text.split())}"
        message = f"{where}{SOURCES[item.source]}“{said}”用不上：{_WHY[state]}。"
        yield finding(rule, item.place, message)


CHECKS = (unused_explanation,)
