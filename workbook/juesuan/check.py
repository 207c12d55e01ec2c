"""Confront a Book with its Catalogue: every finding, what was not checked and why, and the verdict."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from juesuan.book import Book, Cell
from juesuan.bounds import Outcome, judge
from juesuan.causes import grouped_by_cause
from juesuan.checks import CHECKS
from juesuan.errors import DeclarationError
from juesuan.evidence import Evidence, note
from juesuan.record import NamedTuple
from juesuan.relations import relate
from juesuan.rules import EDITION, FINDINGS, JOINTLY, Catalogue, Finding, NotChecked, Rule
from juesuan.together import Together, judge_together
from juesuan.wording import explain, few

if TYPE_CHECKING:
    from juesuan.locate.answer import Culprit

Verdict = Literal["pass", "tail", "warn", "fail", "unjudged"]


class Checked(NamedTuple):
    """What is to be said about one book, in which what formulas that were never calculated come to was computed.

    `counts`: passed, tail, failed (errors) and warning are single applications of rules or findings, explained those
    of the warnings that the clerk has answered;
    not_applicable and not_checked are rules or applications left out. The rule of what holds together is passed only
    where it does; where it does not and other rules name every culprit, it is counted through them alone. `reason`
    says why a book is unjudged, or how far its warnings have been explained.
    """

    book: Book
    verdict: Verdict
    reason: str | None
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    together: Together

    @property
    def culprits(self) -> "tuple[Culprit, ...]":
        """The mistakes that explain what was found; the group of a finding counts them first."""
        return self.together.joint.culprits

    @property
    def untold(self) -> "tuple[Culprit, ...]":
        """Culprits that no finding speaks of, as the rule that would do so was not asked for."""
        told = {finding.group for finding in self.findings}
        return tuple(culprit for number, culprit in enumerate(self.culprits) if number not in told)

    def culprit_of(self, finding: Finding) -> int | None:
        """The number of the culprit that explains a finding."""
        return finding.group if finding.group in range(len(self.culprits)) else None


def check(book: Book, catalogue: Catalogue) -> Checked:
    """Check one book. Raises DeclarationError when a rule names a function that does not exist."""
    _require_functions(catalogue)
    lost: tuple[Cell, ...] = ()
    if book.filled or book.uncached:
        from juesuan.derive import compute_uncached

        book, lost = compute_uncached(book, catalogue)
    stated = relate(catalogue, book)
    outcomes = tuple(judge(relation) for relation in stated.relations)
    together = judge_together(book, outcomes)
    findings = [
        _finding(outcome, book)._replace(group=together.causes.get(outcome.relation))
        for outcome in outcomes
        if outcome.verdict in ("failed", "balanced")
    ]
    not_checked = list(stated.not_checked)
    evidence = Evidence(book, outcomes, together, findings)
    silent = 0
    functions = _functions(catalogue, book)
    apt = [rule for rule in functions if rule.applies_to(book.year)]
    for rule in apt:
        said = _said(rule, evidence)
        findings += [item for item in said if isinstance(item, Finding)]
        not_checked += [item for item in said if isinstance(item, NotChecked)]
        silent += not said and not (rule.code == JOINTLY and together.joint.feasible is False)
    if book.explanations or catalogue.overrides:
        from juesuan.answers import answered

        findings = answered(findings, book, catalogue)
    findings = _ordered(grouped_by_cause(findings, outcomes, together.joint.culprits), book)
    culprits = range(len(together.joint.culprits))
    if culprits and not any(finding.group in culprits for finding in findings):
        together = together._replace(joint=together.joint._replace(culprits=()))
    verdict, reason = _verdict(catalogue, findings, not_checked)
    if together.joint.feasible is None and verdict != "fail":
        verdict, reason = "unjudged", "在时限内没有算完各表合起来能否成立，不能断定只有尾差"
    if lost:
        verdict, reason = "unjudged", _uncalculated(lost)
    counts = _counts(outcomes, findings, not_checked, silent, stated.inapplicable + len(functions) - len(apt))
    return Checked(book, verdict, reason, counts, tuple(findings), tuple(not_checked), together)


def _require_functions(catalogue: Catalogue) -> None:
    for rule in catalogue.rules:
        if rule.function and rule.function not in CHECKS:
            raise DeclarationError(
                f"规则 {rule.code} 的函数“{rule.function}”不存在，可用：{'、'.join(sorted(CHECKS))}。"
            )


def _functions(catalogue: Catalogue, book: Book) -> list[Rule]:
    """The rules that are functions; those about 说明 after all others, and only where there are any."""
    functions = [rule for rule in catalogue.rules if rule.function]
    others = [rule for rule in functions if FINDINGS not in rule.needs]
    return others + [rule for rule in functions if FINDINGS in rule.needs] if book.explanations else others


def _said(rule: Rule, evidence: Evidence) -> list[Finding | NotChecked]:
    """What a function rule says; a rule about the form itself says nothing of a book that may be of another form."""
    if evidence.book.doubt and EDITION in rule.needs:
        return [NotChecked(rule.code, evidence.book.doubt, blocking=True)]
    return list(CHECKS[rule.function](rule, evidence))


def _finding(outcome: Outcome, book: Book) -> Finding:
    rule = outcome.relation.rule
    level = "warning" if outcome.verdict == "balanced" and rule.level == "error" else rule.level
    target = outcome.relation.target
    return Finding(
        rule.code,
        level,
        "note" if level == "info" else "fail",
        target.place,
        explain(outcome, book),
        tuple(note(cell) for cell in outcome.relation.cells if book.holds(cell)),
        target.fen,
        outcome.expected,
        outcome.bound,
    )


def _verdict(
    catalogue: Catalogue, findings: Collection[Finding], not_checked: Iterable[NotChecked]
) -> tuple[Verdict, str | None]:
    """fail, warn, tail or pass; unjudged when nothing failed but some error-level equation could not be read."""
    levels = {finding.level for finding in findings}
    if "error" in levels:
        return "fail", None
    for item in not_checked:
        rule = catalogue.rule(item.rule)
        if item.blocking and rule and rule.level == "error":
            return "unjudged", f"{rule.title}（{rule.code}）没有核对：{item.reason}"
    if "warning" in levels:
        return "warn", _explained(findings)
    return ("tail" if any(finding.status == "tail" for finding in findings) else "pass"), None


def _explained(findings: Collection[Finding]) -> str | None:
    if not any(finding.answer for finding in findings):
        return None
    from juesuan.answers import standing

    return standing(findings)


def _uncalculated(cells: Sequence[Cell]) -> str:
    places = few([f"{cell.place.sheet} {cell.place.address}" for cell in cells])
    return f"有 {len(cells)} 个公式没有计算结果（{places}），请用 Excel 或 WPS 打开保存一次再核对"


def _counts(
    outcomes: Iterable[Outcome],
    findings: Collection[Finding],
    not_checked: Collection[NotChecked],
    silent: int,
    inapplicable: int,
) -> dict[str, int]:
    """See `Checked`. `silent`: how many rules that are functions had nothing to say."""
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    levels = Counter(finding.level for finding in findings)
    return {
        "passed": verdicts["passed"] + silent,
        "tail": verdicts["tail"],
        "failed": levels["error"],
        "warning": levels["warning"],
        "explained": sum([bool(finding.answer) for finding in findings]),
        "not_applicable": verdicts["inapplicable"] + inapplicable,
        "not_checked": len(not_checked),
    }


def _ordered(findings: Iterable[Finding], book: Book) -> list[Finding]:
    """Errors first, findings of one cause together with the lowest level first, then by place."""
    rank = {"error": 0, "warning": 1, "info": 2}
    order = {sheet.name: sheet.order for sheet in book.sheets.values()}
    found = list(findings)
    worst = {item.group: 2 for item in found}
    for item in found:
        worst[item.group] = min(worst[item.group], rank[item.level])

    def key(item: Finding) -> tuple[object, ...]:
        place = item.place
        alone = item.group is None
        together = (rank[item.level], 1 << 30) if alone else (worst[item.group], item.group)
        sheet, row, column = (order.get(place.sheet, 0), place.row, place.column) if place else (-1, 0, 0)
        return (*together, rank[item.level], sheet, row if alone else -row, column, item.rule, item.message)

    return sorted(found, key=key)
