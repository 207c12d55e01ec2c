"""Every rule: silent on honest books, heard where its mistake is planted, and missed when it is gone."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from honest import CATALOGUE, EDITION, HONEST, SAMPLES, honest, honest_path, read
from juesuan.check import Checked, check
from juesuan.expr import Children, Comparison, Leaves, Number, Ref, Sum
from juesuan.rules import Catalogue, Finding, Rule
from slips import SLIPS
from slips.slip import ARCHIVE, CENTRE, JIAOZUO

CODES_IN_ORDER = """
SUM001 SUM002 SUM003 SUM004 SUM005 SUM006 SUM007 SUM008 SUM009 SUM010 SUM011
REV001 REV002 REV003 EXP001 EXP002 EXP003
APP001 APP002 APP003 APP004 APP005 APP006 APP007 APP008 APP009 APP010 APP011 APP012 APP013 APP014
GPB001 GPB002 GPB003 BAS001 BAS002 BAS003 BAS004 GFB001 GFB002 GFB003 SCO001 SCO002
TPE001 TPE002 TPE003 TPE004 TPE011 TPE012 TPE013 TPE014 TPE015 TPE016 TPE017 TPE018 TPE019 TPE020
TPE021 TPE022 TPE023
TPE031 TPE032 TPE033 TPE034 TPE035 TPE036 TPE037 TPE038 TPE039 TPE040
X001 X002 X003 X004 X005 X006 X007 X008 X009 X010 X011 X012 X013 X014 X015 X016 X017 X018 X019 X020
X021 X022 X023 X024 X025 X026 X027 X028 X029 X030 X031 X032 X033 X034 X035 X036 X037 X038 X039
X051 X052 X053 X054 X055 X056 X057 X058 X059 X060 X061
CODE001 CODE002 CODE003 CODE004 CODE005 CODE006 CODE007 CODE008 CODE009 CODE010 CODE011 CODE012
CODE013 CODE014 CODE015
FORM001 FORM002 FORM003 FORM004 FORM005 FORM006 FORM007 FORM008 FORM009 FORM010 FORM011 FORM012
FORM013 FORM014 FORM015 FORM016 FORM017 FORM018 FORM019 FORM020
YOY001 YOY002 YOY003 YOY004 YOY005 YOY006 YOY007 TAIL
"""
CODES = CODES_IN_ORDER.split()

GROUPS_A_TO_F = """
A0101 A0102 A0103 A0104 A0105 A0106 A0107 A0108 A0201 A0202 A0203 A0204 A0301 A0302 A0303 A0304
A0401 A0402 A0403 A0404 A0405 A0406 A0407 A0408 A0409 A0410 A0411 A0412 A0501 A0502 A0503 A0504
A0601 A0602 A0603 A0604 A0605 A0606 A0607 A0608 A0609 A0701 A0702 A0703 A0801 A0802
A0901 A0902 A0903 A0904
B0101 B0102 B0103 B0104 B0105 B0106 B0107 B0108 B0109 B0110 B0111 B0112 B0201 B0202
B0301 B0302 B0303 B0304 B0305 B0306 B0307 B0401 B0402 B0403 B0404 B0405 B0406 B0501
B0601 B0602 B0603 B0604 B0605 B0701 B0702 B0801
C01 C02 C03 C04 C05 C06 C07 C08 C09 D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 D11 D12
E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11 E12
F01 F02 F03 F04 F05 F06 F07 F08 F09 F10 F11 F12 F13 F14 F15 F16
"""
SOURCE_IDS = GROUPS_A_TO_F.split()

NOT_IN_ONE_WORKBOOK = {
    **{f"YOY00{number}": "要同上年工作簿比" for number in range(1, 8)},
    "FORM013": "只查 juesuan 自己的模板，样本是公开件的样子；见 test_overwritten_formulas.py",
    "FORM020": "只看写了的说明，公开件里没有；见 test_explanations.py",
}
JUDGES_OUTCOMES = {"FORM005", "FORM011", "TAIL", "X061"}
"""Rules that look at what became of other rules."""

LEFT_IN_JIAOZUO = {"X051", "X052", "X053", "X054", "X057", "TAIL"}
"""What the published accounts themselves give occasion to ask."""


class Planted(NamedTuple):
    base: str
    sheet: str
    address: str


with (SAMPLES / "broken" / "目录.csv").open(encoding="utf-8-sig", newline="") as lines:
    PLANTED = {rule: Planted(base, sheet, address) for rule, base, sheet, address, _ in list(csv.reader(lines))[1:]}

each_planted_rule = pytest.mark.parametrize("code", PLANTED)


def rule_of(code: str) -> Rule:
    rule = CATALOGUE.rule(code)
    assert rule is not None
    return rule


def only(*rules: Rule) -> Catalogue:
    return Catalogue(EDITION, rules)


@cache
def judged(path: Path) -> Checked:
    return check(read(path), CATALOGUE)


def broken(code: str) -> Checked:
    return judged(SAMPLES / "broken" / f"{code}.xlsx")


def stands_at(found: Finding) -> tuple[str, str]:
    return (found.place.sheet, found.place.address) if found.place else ("", "")


def planted_finding(code: str) -> Finding:
    sheet_and_address = PLANTED[code][1:]
    level = rule_of(code).level
    found = [item for item in broken(code).findings if (item.rule, item.level) == (code, level)]
    places = [stands_at(item) for item in found]
    assert sheet_and_address in places, f"{code} 应报在 {sheet_and_address}，却报在 {places}"
    return found[places.index(sheet_and_address)]


def test_the_catalogue_holds_exactly_these_rules() -> None:
    assert [rule.code for rule in CATALOGUE.rules] == CODES


def test_together_the_rules_cover_the_source_catalogue() -> None:
    covered = [source for rule in CATALOGUE.rules for source in rule.catalogue]
    assert set(covered) == set(SOURCE_IDS)


def test_every_rule_has_a_planted_mistake_or_a_reason_why_not() -> None:
    slips = [slip.rule for slip in SLIPS]
    assert sorted([*slips, *NOT_IN_ONE_WORKBOOK]) == sorted(CODES)
    assert slips == list(PLANTED)


@pytest.mark.parametrize("name", HONEST)
def test_honest_books_raise_no_error_and_no_warning(name: str) -> None:
    checked = judged(honest_path(name))
    left = {(item.rule, item.status) for item in checked.findings}
    expected = {
        JIAOZUO: {(code, {"TAIL": "tail", "X057": "note"}.get(code, "fail")) for code in LEFT_IN_JIAOZUO},
        CENTRE: {("CODE002", "note")},
        ARCHIVE: {("CODE002", "note")},
    }
    assert left == expected.get(name, set())
    assert checked.verdict == ("warn" if name == JIAOZUO else "pass")
    assert not [item for item in checked.not_checked if item.blocking]


@each_planted_rule
def test_a_rule_applies_to_its_honest_book_and_is_silent(code: str) -> None:
    rule, name = rule_of(code), PLANTED[code].base
    assert not [item for item in judged(honest_path(name)).findings if (item.rule, item.level) == (code, rule.level)]
    alone = check(honest(name), only(rule))
    assert alone.counts["passed"] > 0
    assert not alone.not_checked


@each_planted_rule
def test_the_planted_mistake_is_reported_where_it_stands(code: str) -> None:
    found = planted_finding(code)
    assert found.status == {"error": "fail", "warning": "fail", "info": "note"}[found.level] or code == "TAIL"
    assert len([item for item in broken(code).findings if item._replace(group=None) == found._replace(group=None)]) == 1


UNPLACED = ("FORM009", "FORM010", "FORM011", "FORM019")
"""What is missing has no address to name."""


@each_planted_rule
def test_the_message_says_where_what_it_rests_on_and_what_to_do(code: str) -> None:
    rule, found = rule_of(code), planted_finding(code)
    assert found.message.endswith(rule.advice if code == "TAIL" else f"依据：{rule.title}（{code}）。{rule.advice}")
    if found.place:
        table = next(sheet.table for sheet in broken(code).book.sheets.values() if sheet.name == found.place.sheet)
        assert found.message.startswith(table.name)
        assert found.place.address in found.message or code in {"TAIL", *UNPLACED}


@each_planted_rule
def test_whatever_else_is_reported_shares_the_planted_cause(code: str) -> None:
    found = planted_finding(code)
    known = {(item.rule, stands_at(item)[0]) for item in judged(honest_path(PLANTED[code].base)).findings}
    strangers = [
        item.message
        for item in broken(code).findings
        if item != found
        and (item.rule, stands_at(item)[0]) not in known
        and (item.group is None or item.group != found.group)
    ]
    assert strangers == []


@each_planted_rule
def test_deleting_any_rule_is_noticed(code: str) -> None:
    """Nothing else says what the rule says, and the rule keeps no other from speaking."""
    rest = only(*(rule for rule in CATALOGUE.rules if rule.code != code))
    without = check(read(SAMPLES / "broken" / f"{code}.xlsx"), rest)

    def told(checked: Checked) -> set[tuple[str, tuple[str, str]]]:
        return {(item.rule, stands_at(item)) for item in checked.findings if item.rule not in JUDGES_OUTCOMES - {code}}

    assert told(without) == {(rule, place) for rule, place in told(broken(code)) if rule != code}
    assert (code, stands_at(planted_finding(code))) not in told(without)


def distortions(rule: Rule) -> list[tuple[str, Rule]]:
    """The rule with one part of it wrong, each in its own way."""
    found: list[tuple[str, Rule]] = []
    if rule.comparison is None:
        return found
    left, operator, right = rule.comparison
    match right:
        case _ if operator != "=":
            reverse = Comparison(left, "<=" if operator in (">", ">=") else ">=", right)
            found.append(("reversed", rule._replace(comparison=reverse)))
        case Sum(terms):
            for order in range(len(terms)):
                shorter = Comparison(left, operator, Sum(terms[:order] + terms[order + 1 :]))
                found.append((f"without term {order + 1}", rule._replace(comparison=shorter)))
        case Ref() | Children() | Leaves():
            found.append(("against nothing", rule._replace(comparison=Comparison(left, operator, Number(0)))))
        case Number(value):
            found.append(
                ("against one", rule._replace(comparison=Comparison(left, operator, Number(value + 1_000_000))))
            )
    if rule.when:
        found.append(("always", rule._replace(when=())))
    if rule.unit_types:
        found.append(("for all units", rule._replace(unit_types=())))
    return found


DISTORTED = [
    (rule.code, how, wrong) for rule in CATALOGUE.rules if rule.family != "YOY" for how, wrong in distortions(rule)
]


@pytest.mark.parametrize(("code", "how", "wrong"), DISTORTED, ids=[f"{code} {how}" for code, how, _ in DISTORTED])
def test_a_distorted_rule_contradicts_an_honest_book(code: str, how: str, wrong: Rule) -> None:
    """Every part of every relation matters in some book without mistakes."""
    more = set()
    for name in HONEST:
        known = {stands_at(item) for item in judged(honest_path(name)).findings if item.rule == code}
        more |= {stands_at(item) for item in check(honest(name), only(wrong)).findings} - known
    assert more, f"{code} 写成“{how}”，没有一本诚实的账说它不对"
