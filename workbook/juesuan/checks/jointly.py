"""What no single relation shows: figures that cannot all be right, because several relations together rule them out."""

from __future__ import annotations

from collections.abc import Iterator

from juesuan.evidence import Evidence, finding
from juesuan.rules import Finding, NotChecked, Rule


def jointly_impossible(rule: Rule, evidence: Evidence) -> Iterator[Finding | NotChecked]:
    """One finding a culprit that breaks no relation by itself; to verify only, where 0.01 more or less would do."""
    laws, joint = evidence.together
    if joint.feasible is None:
        yield NotChecked(rule.code, "在时限内没有算完各表合起来能否成立", blocking=True)
    elif joint.limited:
        yield NotChecked(rule.code, "差错较多，在时限内没有找全起因，请先改已指出的再核对")
    if joint.feasible is not False:
        return
    from juesuan.locate.sentences import certificate_sentence, culprit_sentence

    book = evidence.book
    broken = {outcome.relation for outcome in evidence.outcomes if outcome.verdict in ("failed", "balanced")}
    proof = certificate_sentence(joint.certificate, laws, (), book)
    if not joint.culprits and not broken.intersection(laws):
        said = finding(rule, None, f"各表的数合起来不能成立。{proof}")
        yield said._replace(level=rule.level if joint.balanced else "error")
    for culprit in joint.culprits:
        if any(laws[index] in broken for index in culprit.explains):
            continue
        cells = [suspect.cell for suspect in culprit.suspects]
        message = f"{culprit_sentence(culprit, book)}{proof}{CERTAINTY[joint.severity]}"
        said = finding(rule, cells[0].place, message, *cells)._replace(
            actual=cells[0].fen, expected=culprit.suspects[0].suggested
        )
        yield said._replace(level=rule.level if culprit.hand_balanced else "error")


CERTAINTY = {
    "any_rule": "不论怎样舍入都是如此。",
    "same_rule": "只要各表都按四舍五入就是如此。",
    None: "",
}

CHECKS = (jointly_impossible,)
