"""Made-up units whose tables agree to the last 0.01, so that every rule has an honest book to be silent on.

`made_up/` holds what each unit received and spent by the lowest codes; every other figure is summed here,
without the product's own rules.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from juesuan.classification import functional
from juesuan.model import TOTAL
from juesuan.template.form import CodeRow
from published_book import ZERO, Amounts, Published

FOLDER = Path(__file__).parent / "made_up"
NAMES = {
    "22301": "解决历史遗留问题及改革成本支出",
    "2230105": "国有企业退休人员社会化管理补助支出",
    "22960": "彩票公益金安排的支出",
    "2296003": "用于体育事业的彩票公益金支出",
}
REVENUE = (
    "fiscal_appropriation",
    "grants_from_superior",
    "service_revenue",
    "business",
    "remittance_from_affiliates",
    "other_revenue",
)
SPENDING = ("basic", "project", "remittance_to_superior", "business", "subsidy_to_affiliates")
BUDGETS = ("general_budget", "government_fund", "state_capital")

Spent = dict[str, dict[str, Decimal]]
"""Amounts by 项 and column."""


def exact_book(name: str) -> Published:
    """The nine tables of the unit ``made_up/<name>.toml``, and its 三公汇总 and 补充资料 if it has any."""
    return published(read_unit(name))


def read_unit(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def published(unit: Mapping[str, Any]) -> Published:
    received = _spent(unit["received"])
    spent = {source: _spent(unit["spent"].get(source, {})) for source in (*BUDGETS, "own")}
    amounts: Amounts = {}
    rows: dict[str, tuple[CodeRow, ...]] = {}
    for table, leaves, columns in (
        ("revenue", received, REVENUE),
        ("expenditure", _together(spent.values()), SPENDING),
        *((budget, spent[budget], SPENDING[:2]) for budget in BUDGETS),
    ):
        codes = sorted({code[:length] for code in leaves for length in (3, 5, 7)})
        rows[table] = tuple(CodeRow(code, NAMES.get(code) or functional()[code].name) for code in codes)
        amounts |= {(table, *key): amount for key, amount in _added_up(leaves, codes, columns)}
    carried = {source: _carryover(unit, received, spent, source) for source in (*BUDGETS, "own")}
    for row in (TOTAL, *(code for code, _ in rows["government_fund"])):
        for column in ("opening_carryover", "revenue", "closing_carryover"):
            amounts["government_fund", row, column] = carried["government_fund"][column]
    amounts |= {("summary", *key): amount for key, amount in _summary(unit, amounts, carried)}
    amounts |= {("appropriation_summary", *key): amount for key, amount in _appropriations(amounts, carried)}
    amounts |= {("basic_expenditure", row, "amount"): amount for row, amount in _economic(unit["economic"])}
    for row, paid in unit.get("three_public", {}).items():
        amounts |= {("three_public", row, field): amount for field, amount in _three_public(paid)}
    if unit.get("works_out_three_public"):
        amounts |= {("three_public_summary", *key): amount for key, amount in _worked_out(amounts)}
    amounts |= {("supplement", line, "value"): Decimal(text) for line, text in unit.get("supplement", {}).items()}
    return Published(unit["name"], 2024, amounts, rows, unit["unit_type"])


def _spent(entry: Mapping[str, Mapping[str, str]]) -> Spent:
    return {code: {name: Decimal(text) for name, text in columns.items()} for code, columns in entry.items()}


def _together(parts: Iterable[Spent]) -> Spent:
    whole: Spent = {}
    for part in parts:
        for code, columns in part.items():
            line = whole.setdefault(code, {})
            for column, amount in columns.items():
                line[column] = line.get(column, ZERO) + amount
    return whole


def _below(leaves: Spent, row: str, column: str) -> Decimal:
    """A column summed over every 项 below `row`."""
    return sum((line.get(column, ZERO) for code, line in leaves.items() if row == TOTAL or code.startswith(row)), ZERO)


def _added_up(
    leaves: Spent, codes: Iterable[str], columns: tuple[str, ...]
) -> Iterator[tuple[tuple[str, str], Decimal]]:
    for row in (TOTAL, *codes):
        amounts = {column: _below(leaves, row, column) for column in columns}
        amounts["total"] = sum(amounts.values(), ZERO)
        yield from (((row, column), amount) for column, amount in amounts.items())


def _carryover(unit: Mapping[str, Any], received: Spent, spent: Mapping[str, Spent], source: str) -> dict[str, Decimal]:
    """What one source of money brought, received, spent and leaves; the fund has one 项, which carries it all."""
    opening = Decimal(unit.get("opening", {}).get(source, ZERO))
    if source == "own":
        revenue = sum((_below(received, TOTAL, column) for column in REVENUE[1:]), ZERO)
        revenue += Decimal(unit.get("surplus_used", ZERO)) - Decimal(unit.get("surplus_distributed", ZERO))
    else:
        revenue = sum((received[code]["fiscal_appropriation"] for code in spent[source]), ZERO)
    total = sum((_below(spent[source], TOTAL, column) for column in SPENDING), ZERO)
    return {
        "opening_carryover": opening,
        "revenue": revenue,
        "total": total,
        "closing_carryover": opening + revenue - total,
    }


def _summary(
    unit: Mapping[str, Any], amounts: Amounts, carried: Mapping[str, Mapping[str, Decimal]]
) -> Iterator[tuple[tuple[str, str], Decimal]]:
    """收入支出决算总表: the budgets and the unit's own money."""
    for budget in BUDGETS:
        yield (budget, "revenue"), carried[budget]["revenue"]
    for column in REVENUE[1:]:
        yield (column, "revenue"), amounts["revenue", TOTAL, column] or ZERO
    for code in _classes(amounts):
        yield (code, "expenditure"), amounts["expenditure", code, "total"] or ZERO
    used, distributed = (Decimal(unit.get(name, ZERO)) for name in ("surplus_used", "surplus_distributed"))
    received, spent = (amounts[table, TOTAL, "total"] or ZERO for table in ("revenue", "expenditure"))
    opening = sum((source["opening_carryover"] for source in carried.values()), ZERO)
    closing = sum((source["closing_carryover"] for source in carried.values()), ZERO)
    yield ("revenue_total", "revenue"), received
    yield ("use_of_non_fiscal_surplus", "revenue"), used
    yield ("opening_carryover", "revenue"), opening
    yield ("grand_total", "revenue"), received + used + opening
    yield ("expenditure_total", "expenditure"), spent
    yield ("surplus_distribution", "expenditure"), distributed
    yield ("closing_carryover", "expenditure"), closing
    yield ("grand_total", "expenditure"), spent + distributed + closing


def _appropriations(
    amounts: Amounts, carried: Mapping[str, Mapping[str, Decimal]]
) -> Iterator[tuple[tuple[str, str], Decimal]]:
    """财政拨款收入支出决算总表: one column a budget."""
    whole = {name: sum((carried[budget][name] for budget in BUDGETS), ZERO) for name in carried["own"]}
    yield ("revenue_total", "revenue"), whole["revenue"]
    yield ("opening_carryover", "revenue"), whole["opening_carryover"]
    yield ("grand_total", "revenue"), whole["revenue"] + whole["opening_carryover"]
    for budget in BUDGETS:
        yield (budget, "revenue"), carried[budget]["revenue"]
        yield (f"{budget}_opening", "revenue"), carried[budget]["opening_carryover"]
    for column, money in (*((budget, carried[budget]) for budget in BUDGETS), ("total", whole)):
        yield ("expenditure_total", column), money["total"]
        yield ("closing_carryover", column), money["closing_carryover"]
        yield ("grand_total", column), money["total"] + money["closing_carryover"]
    for code in _classes(amounts):
        shares = {budget: amounts.get((budget, code, "total")) or ZERO for budget in BUDGETS}
        yield from (((code, column), share) for column, share in shares.items())
        yield (code, "total"), sum(shares.values(), ZERO)


def _classes(amounts: Amounts) -> list[str]:
    return [row for table, row, field in amounts if (table, field) == ("expenditure", "total") and len(row) == 3]


def _economic(entry: Mapping[str, str]) -> Iterator[tuple[str, Decimal]]:
    groups: dict[str, Decimal] = dict.fromkeys(("301", "302", "303", "307", "310", "399"), ZERO)
    for code, text in entry.items():
        groups[code[:3]] += Decimal(text)
        yield code, Decimal(text)
    yield from groups.items()
    yield "personnel", groups["301"] + groups["303"]
    yield "operating", groups["302"] + groups["307"] + groups["310"] + groups["399"]


def _three_public(paid: Mapping[str, str]) -> Iterator[tuple[str, Decimal]]:
    amounts = {field: Decimal(text) for field, text in paid.items()}
    yield from amounts.items()
    yield from _subtotals(amounts)


def _subtotals(amounts: Mapping[str, Decimal]) -> Iterator[tuple[str, Decimal]]:
    yield "vehicles", amounts["vehicle_purchase"] + amounts["vehicle_operation"]
    yield "total", sum(amounts.values(), ZERO)


def _worked_out(amounts: Amounts) -> Iterator[tuple[tuple[str, str], Decimal]]:
    """三公汇总: the actual figures of the three items, taken apart and compared with the budget."""
    codes = {
        "overseas_travel": "30212",
        "vehicle_purchase": "31013",
        "vehicle_operation": "30231",
        "official_reception": "30217",
    }
    basic = {field: amounts.get(("basic_expenditure", code, "amount")) or ZERO for field, code in codes.items()}
    for field, amount in (*basic.items(), *_subtotals(basic)):
        budget, actual = (amounts["three_public", row, field] or ZERO for row in ("budget", "actual"))
        yield ("basic", field), amount
        yield ("project", field), actual - amount
        yield ("actual", field), actual
        yield ("budget", field), budget
        yield ("difference", field), actual - budget
