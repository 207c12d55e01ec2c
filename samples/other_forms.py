"""Made-up units in the forms of other provinces and years: what these print beyond the nine tables of Henan."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from exact_book import BUDGETS, exact_book, read_unit
from juesuan.edition import load_edition
from juesuan.model import TOTAL, Edition
from juesuan.template.form import CodeRow
from published_book import ZERO, Amounts, Published

SERVICES = "公共服务中心"
LETTERS = "信访接待中心"
ELSEWHERE = (SERVICES, LETTERS)

NAMES_OF_2017 = {
    "304": "对企事业单位的补贴",
    "30104": "其他社会保障缴费",
    "30307": "医疗费",
    "30311": "住房公积金",
    "30312": "提租补贴",
    "30313": "购房补贴",
    "30401": "企业政策性补贴",
    "30402": "事业单位补贴",
    "30403": "财政贴息",
    "30499": "其他对企事业单位的补贴",
    "307": "债务利息支出",
    "30701": "国内债务付息",
    "30707": "国外债务付息",
    "310": "其他资本性支出",
    "31020": "产权参股",
    "399": "其他支出",
    "39906": "赠与",
}
"""Economic codes before the reform of 2018."""

Rows = dict[str, tuple[CodeRow, ...]]


def elsewhere(name: str) -> tuple[Published, Edition]:
    """The unit ``made_up/<name>.toml`` in its own form; the file names the edition, the year and the currency."""
    unit, book = read_unit(name), exact_book(name)
    book = book._replace(
        year=unit["year"], currency=unit["currency"], names=NAMES_OF_2017 if unit["year"] < 2018 else {}
    )
    edition = load_edition(unit["edition"])
    amounts, rows = dict(book.amounts), dict(book.rows)
    for table in ("fiscal_expenditure_items", "general_budget_items", "project_expenditure"):
        if edition.table(table):
            rows[table] = _rows(table, book)
            amounts |= {(table, *key): amount for key, amount in _details(table, book)}
    if edition.table("state_capital_expenditure"):
        rows["state_capital_expenditure"] = rows["state_capital"]
        amounts |= _renamed(book.amounts, "state_capital", "state_capital_expenditure")
    amounts |= _carried(book)
    amounts["summary", "fiscal_appropriation", "revenue"] = book.amounts[
        "appropriation_summary", "revenue_total", "revenue"
    ]
    return book._replace(amounts=amounts, rows=rows), edition


def _rows(table: str, book: Published) -> tuple[CodeRow, ...]:
    budgets = BUDGETS if table == "fiscal_expenditure_items" else BUDGETS[:1]
    field = "project" if table == "project_expenditure" else "total"
    rows = {row.code: row for budget in budgets for row in book.rows[budget] if book.amounts[budget, row.code, field]}
    return tuple(rows[code] for code in sorted(rows))


def _details(table: str, book: Published) -> Iterator[tuple[tuple[str, str], Decimal]]:
    budgets = BUDGETS if table == "fiscal_expenditure_items" else BUDGETS[:1]
    field = "project" if table == "project_expenditure" else "total"
    for row in (TOTAL, *(row.code for row in _rows(table, book))):
        yield (row, field), sum((book.amounts.get((budget, row, field)) or ZERO for budget in budgets), ZERO)


def _carried(book: Published) -> Amounts:
    """国有资本经营预算 with its income and balances; its one 项 carries it all."""
    summary = {key[1:]: amount for key, amount in book.amounts.items() if key[0] == "appropriation_summary"}
    amounts: Amounts = {}
    for row in (TOTAL, *(row.code for row in book.rows["state_capital"])):
        amounts["state_capital", row, "opening_carryover"] = summary["state_capital_opening", "revenue"]
        amounts["state_capital", row, "revenue"] = summary["state_capital", "revenue"]
        amounts["state_capital", row, "closing_carryover"] = summary["closing_carryover", "state_capital"]
    return amounts


def _renamed(amounts: Amounts, table: str, other: str) -> Amounts:
    return {(other, row, field): amount for (name, row, field), amount in amounts.items() if name == table}
