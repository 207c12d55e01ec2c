"""说明 that no finding asks for."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.evidence import Evidence, finding
from juesuan.rules import Finding, Rule


def unused_explanation(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    from juesuan.answers import described, states
    from juesuan.explanation import SOURCES

    for item, state in states(evidence.findings, evidence.book).items():
        if state != "unused":
            continue
        where = f"{item.place.sheet} {item.place.address} " if item.place else ""
        said = f"{described(item, evidence.book)}：{' '.join(item.text.split())}"
        message = f"{where}{SOURCES[item.source]}“{said}”用不上：没有要说明的问题，或已另有说明。"
        yield finding(rule, item.place, message)


CHECKS = (unused_explanation,)
