"""Rules that contradict others, and rules that others already say: against exact random books, and by cases."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import exact
from juesuan.consistency.agreement import Agreement, agreement, contradictions
from juesuan.consistency.sentences import contradiction_words
from juesuan.consistency.specimen import specimen
from juesuan.edition import known_editions, load_edition
from juesuan.relations import Relation, relate
from juesuan.rules import Catalogue, load_catalogue

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)


def added(*exprs: str | dict[str, Any], catalogue: Catalogue = CATALOGUE) -> Catalogue:
    """The catalogue with the rules PRV001, PRV002, …"""
    declared = []
    for number, said in enumerate(exprs, 1):
        entry: dict[str, Any] = {
            "code": f"PRV{number:03}",
            "title": "本省的",
            "level": "error",
            "basis": "通知",
            "advice": "请核对。",
        }
        entry |= {"catalogue": list[str]()} | ({"expr": said} if isinstance(said, str) else said)
        declared.append((f"第 {number} 行", entry))
    return catalogue.extended(declared, "本省.toml")


def codes(catalogue: Catalogue) -> list[str]:
    return [rule.code for rule in catalogue.rules if rule.code.startswith("PRV")]


def stand(*exprs: str | dict[str, Any]) -> Agreement:
    catalogue = added(*exprs)
    return agreement(catalogue, codes(catalogue))


@pytest.mark.parametrize(
    ("expr", "against"),
    [
        ("summary.revenue_total = summary.general_budget + summary.government_fund", {"SUM001"}),
        ("expenditure.basic >= expenditure.total", {"EXP001"}),
        ("expenditure.total = expenditure.basic - expenditure.project", {"EXP001"}),
        ("summary[205].expenditure = expenditure[205].basic", {"EXP001", "X012"}),
        ("summary.grand_total.revenue > summary.grand_total.expenditure", {"SUM005"}),
        ("summary.grand_total.revenue = summary.grand_total.expenditure + 1", {"SUM005"}),
    ],
)
def test_a_rule_against_the_shipped_ones_is_told_with_them(expr: str, against: set[str]) -> None:
    (found,) = stand(expr).contradictions
    assert (found.code, set(found.against)) == ("PRV001", against)
    words = contradiction_words(found, added(expr))
    assert all(code in words for code in (found.code, *against))


def test_it_is_told_which_figures_would_always_be_nothing() -> None:
    catalogue = added("expenditure.total = expenditure.basic + expenditure.project")
    (found,) = contradictions(catalogue, ["PRV001"])
    assert {cell.field for cell in found.zeros} == {"remittance_to_superior", "business", "subsidy_to_affiliates"}
    assert "公开03表" in contradiction_words(found, catalogue)
    assert "总是 0" in contradiction_words(found, catalogue)


@pytest.mark.parametrize(
    "expr",
    [
        "summary.grants_from_superior = 0",
        "expenditure.project = 0",
        "expenditure[total].project <= 500",
        "expenditure.project <= expenditure.basic",
        "three_public[actual].total <= three_public[budget].total",
        "supplement.agency_operation = basic_expenditure.operating",
        "summary.opening_carryover = last_year.summary.closing_carryover",
        "revenue[total].business = expenditure[total].business",
    ],
)
def test_a_rule_that_asks_for_more_contradicts_nothing(expr: str) -> None:
    found = stand(expr)
    assert found == Agreement((), {}, ())


def test_added_rules_may_contradict_each_other() -> None:
    one, other = "summary.business = summary.service_revenue", "summary.business = summary.service_revenue + 3"
    (found,) = stand(one, other).contradictions
    assert (found.code, found.against) == ("PRV002", ("PRV001",))
    (limits,) = stand("summary.business >= 5", "revenue[total].business <= 4").contradictions
    assert (limits.code, set(limits.against)) == ("PRV002", {"PRV001", "X007"})


def test_rules_of_different_years_do_not_meet() -> None:
    one, other = "summary.business = summary.service_revenue", "summary.business = summary.service_revenue + 3"
    assert not stand({"expr": one, "until": 2023}, {"expr": other, "since": 2024}).contradictions
    assert stand({"expr": one, "until": 2024}, {"expr": other, "since": 2024}).contradictions


def test_a_rule_within_its_tolerance_is_none_against_others() -> None:
    expr = "expenditure.total = expenditure.basic + expenditure.project"
    assert not stand({"expr": expr, "tolerance": 0.5}).contradictions


def test_a_replaced_rule_contradicts_no_more() -> None:
    expr = "summary.revenue_total = children(summary.revenue_total) - summary.other_revenue"
    assert stand(expr).contradictions[0].against == ("SUM001",)
    replaced = {"code": "SUM001", "expr": expr, "replaces": "本省其他收入不列入"}
    found = contradictions(added(replaced), ["SUM001"])
    assert found
    assert "SUM001" not in found[0].against


@pytest.mark.parametrize(
    ("expr", "by"),
    [
        ("summary.revenue_total = revenue[total].total", ("X010",)),
        ("expenditure.basic <= expenditure.total", ("EXP001",)),
        ("expenditure.total = children(expenditure.total)", ("EXP002",)),
        ("expenditure[total].basic <= summary.expenditure_total", ("EXP001", "X011")),
        ("summary.business <= summary.business + 1", ()),
    ],
)
def test_a_rule_that_others_say_is_told_with_them(expr: str, by: tuple[str, ...]) -> None:
    found = stand(expr)
    assert not found.contradictions
    assert {code: set(whose) for code, whose in found.implied.items()} == {"PRV001": set(by)}


def test_of_two_rules_that_say_the_same_the_later_is_told() -> None:
    found = stand("summary.business <= summary.service_revenue", "summary.service_revenue >= summary.business")
    assert found.implied == {"PRV002": ("PRV001",)}


def test_an_error_is_not_said_by_what_is_only_to_be_verified() -> None:
    warning = {"expr": "summary.business <= summary.service_revenue", "level": "warning"}
    error = "summary.service_revenue >= summary.business"
    assert stand(warning, error).implied == {"PRV001": ("PRV002",)}


def test_what_is_not_decided_is_said() -> None:
    conditional = {"expr": "summary.business = 0", "when": ["summary.service_revenue > 0"]}
    assert stand(conditional).undecided == ("PRV001",)
    assert stand({"function": "code_known", "tables": ["expenditure"]}).undecided == ("PRV001",)


@pytest.mark.parametrize("edition", known_editions())
def test_the_shipped_rules_agree_in_every_edition(edition: str) -> None:
    """Each law is asked about as if it were added: none contradicts the others."""
    catalogue = load_catalogue(load_edition(edition))
    laws = [rule.code for rule in catalogue.rules if rule.is_law]
    assert len(laws) > 50
    assert contradictions(catalogue, laws) == []


@cache
def equations() -> tuple[Relation, ...]:
    """Shipped equations between cells that every book has."""
    laws = tuple(rule for rule in CATALOGUE.rules if rule.is_law and rule.kind == "equation" and not rule.when)
    book = specimen(EDITION, ())
    stated = relate(CATALOGUE._replace(rules=laws), book).relations
    fixed = [EDITION.table(name) for name in ("summary", "appropriation_summary", "three_public")]
    names = {table.id for table in fixed if table}
    return tuple(relation for relation in stated if names.issuperset(relation.rule.tables))


def as_text(left: Relation, right: Relation, sign: int, without: frozenset[int] = frozenset()) -> str:
    """Two equations added or subtracted, some cells of the first sum left out."""
    terms = [(1, left.target)] and [(c, cell) for number, (c, cell) in enumerate(left.terms) if number not in without]
    terms += [(sign * -1, right.target), *((sign * c, cell) for c, cell in right.terms)]
    words = "".join(f" {'+' if c > 0 else '-'} {cell.table}[{cell.row}].{cell.field}" for c, cell in terms)
    target = left.target
    return f"{target.table}[{target.row}].{target.field} = 0{words}"


def balance(relation: Relation, figures: dict[tuple[str, str, str], int]) -> int:
    """How far the two sides are apart in exact figures (分)."""
    sides = sum(coefficient * figures.get(cell.key, 0) for coefficient, cell in relation.terms)
    return figures.get(relation.target.key, 0) - sides - relation.constant


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_sums_of_equations_are_implied_and_with_a_term_less_contradicted(data: st.DataObject) -> None:
    left, right = (data.draw(st.sampled_from(equations())) for _ in range(2))
    sign = data.draw(st.sampled_from((1, -1)))
    whole = added(as_text(left, right, sign))
    assert "PRV001" in agreement(whole, ["PRV001"]).implied
    droppable = [n for n, (_, cell) in enumerate(left.terms) if not cell.signed]
    if droppable:
        number = data.draw(st.sampled_from(droppable))
        fewer = added(as_text(left, right, sign, frozenset({number})))
        found = contradictions(fewer, ["PRV001"])
        possible = any(exact.figures(seed, EDITION).get(left.terms[number][1].key, 0) for seed in range(12))
        assert found or not possible


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_what_exact_books_disprove_is_not_implied_and_what_they_show_is_not_contradicted(data: st.DataObject) -> None:
    """Random sums of a few cells, judged on books built without any of the rules."""
    keys = sorted({cell.key for relation in equations() for cell in relation.cells})
    target, *others = (data.draw(st.sampled_from(keys)) for _ in range(3))
    operator = data.draw(st.sampled_from(("=", "<=", ">=")))
    words = " + ".join(f"{table}[{row}].{field}" for table, row, field in others)
    catalogue = added(f"{target[0]}[{target[1]}].{target[2]} {operator} {words}")
    rule = catalogue.rules[-1]
    (relation,) = relate(catalogue._replace(rules=(rule,)), specimen(EDITION, [rule])).relations
    off = [balance(relation, exact.figures(seed, EDITION)) for seed in range(8)]
    holds = [gap == 0 if operator == "=" else gap <= 0 if operator == "<=" else gap >= 0 for gap in off]
    found = agreement(catalogue, [rule.code])
    if rule.code in found.implied:
        assert all(holds)
    if found.contradictions:
        zeros = {cell.key for cell in found.contradictions[0].zeros}
        for seed, held in enumerate(holds):
            figures = exact.figures(seed, EDITION)
            assert not held or any(not figures.get(key) for key in zeros)
