"""What no single relation shows: figures that cannot all be right, because several relations together rule them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from juesuan.evidence import Evidence, finding
from juesuan.rules import Finding, NotChecked, Rule

if TYPE_CHECKING:
    from juesuan.locate.judgement import Limit


def jointly_impossible(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """One finding a culprit that no broken relation names; to verify only, where 0.01 more or less would do."""
    laws, joint, causes = evidence.together
    if joint.feasible is None:
        yield NotChecked(rule.code, "在时限内没有算完各表合起来能否成立", blocking=True)
    elif joint.limited:
        what = "没有找全起因，请先改已指出的" if joint.culprits else "没有算出起因，请先改列出的差错"
        yield NotChecked(rule.code, f"{LIMITS[joint.limited]}，{what}，再核对一次")
    if joint.feasible is not False:
        return
    from juesuan.locate.sentences import certificate_sentence, culprit_sentence

    book = evidence.book
    proof = certificate_sentence(joint.certificate, laws, book)
    if not joint.culprits and not any(outcome.verdict in ("failed", "balanced") for outcome in evidence.outcomes):
        said = finding(rule, None, f"各表的数合起来不能成立。{proof}")
        yield said._replace(level=rule.level if joint.balanced else "error")
    named = set(causes.values())
    for number, culprit in enumerate(joint.culprits):
        if number in named:
            continue
        cells = [suspect.cell for suspect in culprit.suspects]
        reason = "" if named else f"{proof}{CERTAINTY[joint.severity]}"
        said = finding(rule, cells[0].place, f"{culprit_sentence(culprit, book)}{reason}", *cells)
        yield said._replace(
            actual=cells[0].fen,
            expected=culprit.suspects[0].suggested,
            level=rule.level if culprit.hand_balanced else "error",
            group=number,
        )


LIMITS: dict[Limit, str] = {"time": "到了时限", "many": "差错较多"}
CERTAINTY = {
    "any_rule": "不论怎样舍入都是如此。",
    "same_rule": "只要各表都按四舍五入就是如此。",
    None: "",
}

CHECKS = (jointly_impossible,)
