"""A book before its rules: the verdict, the counts, the findings and the order in which they come."""

from __future__ import annotations

import pytest

from honest import CATALOGUE, honest
from juesuan.book import Book
from juesuan.check import Checked, check
from juesuan.checks import CHECKS
from juesuan.errors import DeclarationError
from juesuan.explanation import Explanation
from juesuan.place import Place
from juesuan.rules import CellNote, Finding, NotChecked, Rule
from slips.slip import JIAOZUO

SLIP = ("expenditure", "2010350", "basic")
SLIPPED = 676_230_000
FOLLOWING = ["EXP001", "EXP002", "EXP003"]
ASKED = ["X051", "X052", "X054", "X053"]
NOTES = ["TAIL", "TAIL", "TAIL", "TAIL", "X057"]
DOUBT = "版式没有认准"


def altered(**changes: object) -> Book:
    """焦作 with the slip of two digits, or other `changes` of that cell."""
    cells = honest(JIAOZUO).cells
    return honest(JIAOZUO).with_cells(
        {**cells, SLIP: cells[SLIP]._replace(**changes or {"fen": SLIPPED})}  # type: ignore[arg-type]
    )


def doubted(book: Book) -> Book:
    book = book.with_cells(book.cells)
    book.doubt = DOUBT
    return book


def rule_of(code: str) -> Rule:
    rule = CATALOGUE.rule(code)
    assert rule is not None
    return rule


def alone(book: Book, code: str, **changes: object) -> Checked:
    """The book before one rule, with `changes` of that rule."""
    rule = rule_of(code)._replace(**changes)  # type: ignore[arg-type]
    return check(book, CATALOGUE._replace(rules=(rule,)))


def codes(checked: Checked) -> list[str]:
    return [item.rule for item in checked.findings]


def test_a_book_with_a_slip_fails_and_what_comes_of_it_is_told_first() -> None:
    checked = check(altered(), CATALOGUE)
    assert (checked.verdict, checked.reason) == ("fail", None)
    assert codes(checked) == [*FOLLOWING, *ASKED, *NOTES]
    assert checked.counts == {
        "passed": 600,
        "tail": 12,
        "failed": 3,
        "warning": 4,
        "explained": 0,
        "not_applicable": 14,
        "not_checked": 26,
    }
    assert [checked.culprit_of(item) for item in checked.findings] == [0, 0, 0] + [None] * 9
    assert [culprit.suspects[0].cell.key for culprit in checked.culprits] == [SLIP]
    assert checked.untold == ()


def test_a_book_with_questions_alone_is_to_be_verified() -> None:
    checked = check(honest(JIAOZUO), CATALOGUE)
    assert (checked.verdict, checked.reason) == ("warn", None)
    assert codes(checked) == [*ASKED, *NOTES]
    assert checked.counts == {
        "passed": 603,
        "tail": 13,
        "failed": 0,
        "warning": 4,
        "explained": 0,
        "not_applicable": 14,
        "not_checked": 26,
    }


def test_a_book_of_roundings_alone_is_tail_and_of_nothing_is_pass() -> None:
    book = honest(JIAOZUO)
    tails = check(book, CATALOGUE.select(ignore=ASKED))
    assert (tails.verdict, tails.reason) == ("tail", None)
    assert check(book, CATALOGUE.select(["SUM"])).verdict == "pass"
    assert check(book, CATALOGUE.select(["SUM", "X057"])).verdict == "pass", "提示不影响结论"


def test_a_finding_says_everything_of_the_relation_that_does_not_hold() -> None:
    [found] = alone(altered(), "EXP001").findings
    sheet = "公开03表"
    named = [(9, 2, "total", 900_810_000), (9, 3, "basic", SLIPPED), (9, 4, "project", 233_580_000)]
    assert found.cells[:3] == tuple(
        CellNote(Place(sheet, row, column), "expenditure", "2010350", field, fen) for row, column, field, fen in named
    )
    assert {item.value for item in found.cells[3:]} == {0}
    assert found.message.startswith(f"{sheet} C10「2010350 事业运行」“本年支出合计”现为 900.81，应为 909.81")
    assert found._replace(cells=(), message="") == Finding(
        "EXP001",
        "error",
        "fail",
        Place(sheet, 9, 2),
        "",
        actual=900_810_000,
        expected=909_810_000,
        bound=10_000,
        group=0,
    )
    assert found.difference == -9_000_000


@pytest.mark.parametrize(("level", "status"), [("error", "fail"), ("warning", "fail"), ("info", "note")])
def test_the_level_of_a_rule_is_that_of_its_findings(level: str, status: str) -> None:
    checked = alone(altered(), "EXP001", level=level)
    assert [(item.level, item.status) for item in checked.findings] == [(level, status)]
    assert checked.verdict == {"error": "fail", "warning": "warn", "info": "pass"}[level]
    assert checked.counts["passed"] == 18
    assert (checked.counts["failed"], checked.counts["warning"]) == (level == "error", level == "warning")


@pytest.mark.parametrize(
    ("fen", "level", "told"),
    [
        (667_240_000, "error", ("warning", "fail")),
        (667_240_000, "warning", ("warning", "fail")),
        (667_240_000, "info", ("info", "note")),
        (667_250_000, "error", ("error", "fail")),
    ],
)
def test_the_same_figure_one_hundredth_apart_is_never_an_error(fen: int, level: str, told: tuple[str, str]) -> None:
    checked = alone(altered(fen=fen), "EXP002", level=level)
    assert [(item.level, item.status) for item in checked.findings] == [told]


@pytest.mark.parametrize(("fen", "step", "size"), [(667_240_000, 10_000, "0.01"), (667_236_300, 1, "0.0063")])
def test_it_is_said_how_far_the_same_figure_is_apart(fen: int, step: int, size: str) -> None:
    [found] = alone(altered(fen=fen, step=step), "EXP002").findings
    assert f"同一金额两处相差 {size}，疑似某张表做过舍位平衡" in found.message


def test_what_is_said_of_the_form_is_left_out_where_the_form_is_not_sure() -> None:
    checked = check(doubted(honest(JIAOZUO)), CATALOGUE)
    blocked = [item for item in checked.not_checked if item.blocking]
    forms = ("FORM001", "FORM008", "FORM009", "FORM010", "FORM012", "FORM019")
    assert blocked == [NotChecked(code, DOUBT, True) for code in forms]
    assert checked.verdict == "unjudged"
    assert checked.reason == f"{rule_of('FORM001').title}（FORM001）没有核对：{DOUBT}"
    assert set(codes(checked)) >= set(ASKED), "与版式无关的照样核对"


def test_only_what_might_be_an_error_keeps_a_book_from_being_judged() -> None:
    book = doubted(honest(JIAOZUO))
    assert alone(book, "FORM008").verdict == "pass"
    assert alone(book, "FORM001").verdict == "unjudged"
    assert check(doubted(altered()), CATALOGUE).verdict == "fail"


def test_findings_come_by_level_then_by_cause_then_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without a cause after those with one; those without a place, or on no known sheet, before the rest."""
    places = {
        "无处": None,
        "一": Place("公开01表", 3, 1),
        "不知哪张": Place("没有这张表", 50, 0),
        "二上": Place("公开02表", 1, 0),
        "二右": Place("公开02表", 1, 2),
        "二下": Place("公开02表", 2, 0),
    }
    made_up = [Finding("CODE002", "error", "fail", place, name) for name, place in places.items()]
    milder = [Finding("CODE002", level, "note", None, level) for level in ("info", "warning")]
    monkeypatch.setitem(CHECKS, "made_up", lambda *_: iter([*milder, *reversed(made_up)]))
    rule = rule_of("CODE002")._replace(function="made_up", needs=())
    checked = check(altered(), CATALOGUE._replace(rules=(*CATALOGUE.select(["EXP"]).rules, rule)))
    told = [item.rule if item.rule.startswith("EXP") else item.message for item in checked.findings]
    assert told == [*FOLLOWING, *places, "warning", "info"]


def test_without_the_rule_that_speaks_of_it_a_culprit_is_not_told() -> None:
    told = check(altered(), CATALOGUE.select(["EXP"]))
    assert [culprit.suspects[0].cell.key for culprit in told.culprits] == [SLIP]
    assert (told.untold, check(honest(JIAOZUO), CATALOGUE.select(["EXP"])).culprits) == ((), ())
    [found] = [item for item in told.findings if item.rule == "EXP001"]
    assert told.culprit_of(found) == 0
    assert told.culprit_of(found._replace(group=None)) is None
    assert told.culprit_of(found._replace(group=1)) is None
    unsaid = told._replace(findings=())
    assert unsaid.untold == told.culprits


def test_a_formula_without_a_result_that_no_rule_gives_leaves_a_book_unjudged() -> None:
    checked = check(altered(fen=None, state="uncached"), CATALOGUE)
    assert checked.verdict == "unjudged"
    assert checked.reason == "有 1 个公式没有计算结果（公开03表 D10），请用 Excel 或 WPS 打开保存一次再核对"
    cells = honest(JIAOZUO).cells
    inputs = [("expenditure", row, "basic") for row in ("2010350", "2080505", "2101102", "2080599")]
    many = {key: cells[key]._replace(fen=None, state="uncached") for key in inputs}
    reason = check(altered().with_cells({**cells, **many}), CATALOGUE).reason
    assert reason is not None
    assert reason.startswith("有 4 个公式没有计算结果（公开03表 D10、公开03表 D13、公开03表 D14等），")


def test_what_formulas_come_to_is_computed_in_a_book_of_its_own() -> None:
    total = ("expenditure", "2010350", "total")
    given = honest(JIAOZUO).with_cells({total: honest(JIAOZUO).cells[total]._replace(fen=None, state="uncached")})
    before = dict(given.cells)
    checked = check(given, CATALOGUE)
    assert given.cells == before
    assert given.uncached == [total]
    assert checked.book.cells[total].fen == honest(JIAOZUO).cells[total].fen
    assert "FORM018" in codes(checked), "还是要说公式没有计算过"


def test_what_is_explained_is_counted_and_what_serves_nothing_is_told_last() -> None:
    book = honest(JIAOZUO).with_cells(honest(JIAOZUO).cells)
    row = "30108 机关事业单位基本养老保险缴费"
    book.explanations = (
        Explanation("X051", "列支不同", "公开06表", row, "决算数", 68_420_000),
        Explanation("EXP001", "没有这样的问题"),
    )
    checked = check(book, CATALOGUE)
    assert checked.counts["explained"] == 1
    assert [item.answer for item in checked.findings if item.rule == "X051"] == ["列支不同"]
    assert codes(checked).count("FORM020") == 1
    assert "FORM020" not in codes(check(honest(JIAOZUO), CATALOGUE))
    assert checked.verdict == "warn"
    assert checked.reason == "已说明 1 条，还有 3 条待说明"


def test_an_error_that_is_let_through_stays_visible_and_a_reason_is_given_only_where_nothing_failed() -> None:
    through = check(altered(), CATALOGUE.overriding([("EXP", "省厅同意")]))
    assert (through.verdict, through.counts["failed"]) == ("warn", 0)
    assert [item.answer for item in through.findings if item.overridden] == ["省厅同意"] * 3
    book = altered()
    book.explanations = (Explanation("X052", "没有这个科目", "公开06表", "30109 职业年金缴费", "决算数", 6_950_000),)
    checked = check(book, CATALOGUE)
    assert (checked.verdict, checked.reason, checked.counts["explained"]) == ("fail", None, 1)


def test_a_rule_is_left_alone_in_years_that_are_not_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHECKS, "made_up", lambda *_: iter([Finding("CODE002", "error", "fail", None, "有")]))
    book = altered()
    checked = alone(book, "CODE002", function="made_up")
    assert (checked.book, checked.verdict, checked.counts["passed"]) == (book, "fail", 0)
    later = alone(book, "CODE002", function="made_up", since=2030)
    assert (later.verdict, later.counts["passed"], later.counts["not_applicable"]) == ("pass", 0, 1)


def test_a_relation_of_blanks_is_not_applicable() -> None:
    cells = honest(JIAOZUO).cells
    gone = {key: cell._replace(fen=None, state="blank") for key, cell in cells.items() if key[:2] == SLIP[:2]}
    before, after = alone(honest(JIAOZUO), "EXP001").counts, alone(altered().with_cells({**cells, **gone}), "EXP001")
    assert after.counts["not_applicable"] == before["not_applicable"] + 1
    assert after.counts["passed"] == before["passed"] - 1


def test_culprits_that_no_finding_goes_back_to_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    known = check(altered(), CATALOGUE).together
    monkeypatch.setattr("juesuan.check.judge_together", lambda *_: known)
    checked = check(honest(JIAOZUO), CATALOGUE.select(ASKED))
    assert checked.culprits == ()
    assert checked.together == known._replace(joint=known.joint._replace(culprits=()))


def test_a_book_whose_laws_were_not_asked_to_the_end_is_unjudged_unless_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for book, told in ((honest(JIAOZUO), "unjudged"), (altered(), "fail")):
        known = check(book, CATALOGUE).together
        cut = known._replace(joint=known.joint._replace(feasible=None))
        with monkeypatch.context() as patched:
            patched.setattr("juesuan.check.judge_together", lambda *_, cut=cut: cut)
            checked = check(book, CATALOGUE)
        reason = "在时限内没有算完各表合起来能否成立，不能断定只有尾差"
        assert (checked.verdict, checked.reason) == (told, reason if told == "unjudged" else None)


def test_a_code_that_names_no_function_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"CODE002.*没有这个函数.*可用：[a-z_]+、[a-z_]+、"):
        alone(honest(JIAOZUO), "CODE002", function="没有这个函数")
