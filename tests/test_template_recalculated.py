"""The template filled in and recalculated by LibreOffice: its formulas give what the rules give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from clerk import (
    CATALOGUE,
    EDITION,
    TABLES,
    Exact,
    Recalculated,
    Template,
    amounts_of,
    codes_of,
    filled_by_rules,
    filled_file,
    form_of,
    is_derived,
    look_at,
    open_rows,
    published,
    read,
    recalculate,
    total_row,
)
from exact import figures
from juesuan import cli
from juesuan.check import check
from juesuan.model import TOTAL
from juesuan.money import FEN_PER, Currency
from tools import require

YUAN, WAN = range(8), range(15, 23)
PLANTED_IN = {"元": 2, "万元": 28}


def overwrite_total(template: Template, exact: Exact, more: float = 0.01) -> None:
    """A number is typed over the formula of 合计."""
    sheet = template.sheet("expenditure")
    wrong = template.printed(exact["expenditure", TOTAL, "total"]) + more
    template.type_in(sheet.title, total_row(sheet), 3, round(wrong, 2))


def overwrite_total_by_far(template: Template, exact: Exact) -> None:
    overwrite_total(template, exact, 100.0)


def overwrite_class(template: Template, exact: Exact) -> None:
    """A number is typed over the sum of a 类."""
    sheet = template.sheet("general_budget")
    template.type_in(sheet.title, total_row(sheet) + 1, 4, 77.77)


def wrong_input(template: Template, exact: Exact, key: tuple[str, str, str], more: float = 1.23) -> None:
    place = form_of(key[0]).cells[key[1:]]
    value = template.sheet(key[0]).cell(*place).value
    assert isinstance(value, int | float), key
    template.type_in(TABLES[key[0]].label, *place, round(value + more, 2))


def wrong_appropriation(template: Template, exact: Exact) -> None:
    wrong_input(template, exact, ("appropriation_summary", "general_budget_opening", "revenue"))


def wrong_wage(template: Template, exact: Exact) -> None:
    wrong_input(template, exact, ("basic_expenditure", "30101", "amount"), 0.01)


def wrong_carryover(template: Template, exact: Exact) -> None:
    wrong_input(template, exact, ("summary", "opening_carryover", "revenue"), 0.04)


def wrong_budget(template: Template, exact: Exact) -> None:
    wrong_input(template, exact, ("three_public", "budget", "overseas_travel"), 20.5)


def wrong_item(template: Template, exact: Exact) -> None:
    """A 项 in one table only; nothing but the tables' agreement tells."""
    sheet = template.sheet("revenue")
    row = next(row for row in open_rows(sheet) if len(str(sheet.cell(row, 1).value)) == 7)
    template.type_in(sheet.title, row, 4, 3333.33)


def wrong_project(template: Template, exact: Exact) -> None:
    template.type_in("三公汇总", 7, 3, 99999.99)


def wrong_column(template: Template, exact: Exact) -> None:
    """A pension contribution, which is never project expenditure."""
    sheet = template.sheet("general_budget")
    row = next(row for row in open_rows(sheet) if str(sheet.cell(row, 1).value) == "2080505")
    template.type_in(sheet.title, row, 5, 1.0)


SLIPS = (
    overwrite_total,
    overwrite_total_by_far,
    overwrite_class,
    wrong_appropriation,
    wrong_wage,
    wrong_carryover,
    wrong_budget,
    wrong_item,
    wrong_project,
)
CURRENCIES: tuple[Currency, ...] = ("元", "万元")


def filled_by_program(path: Path) -> Path:
    """The same template after ``juesuan fill``: its formulas have results."""
    output = path.with_name(path.name.replace("公式", "填列"))
    assert cli.main(["fill", str(path), "-o", str(output)]) == 0
    return output


def batches(folder: Path) -> Iterator[list[Path]]:
    """Random books, 焦作2024, and books with one mistake each, in both currencies."""
    for currency, seeds in zip(CURRENCIES, (YUAN, WAN), strict=True):
        yield [filled_file(folder / f"{seed}.xlsx", figures(seed, EDITION), currency, seed) for seed in seeds]
        exact = figures(PLANTED_IN[currency], EDITION)
        yield [
            filled_by_program(filled_file(folder / f"公式 {currency}.xlsx", exact, currency)),
            filled_file(folder / f"焦作 {currency}.xlsx", published(), currency),
            filled_file(folder / f"{currency} 串栏.xlsx", published(), currency, slip=wrong_column),
            *(
                filled_file(folder / f"{currency} {slip.__name__}.xlsx", exact, currency, slip=slip)
                for number, slip in enumerate(SLIPS)
                if number % 2 == (currency == "元") or number == 0
            ),
        ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("filled")


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, Recalculated]:
    require("soffice")
    return {name: look_at(path) for name, path in recalculate(batches(folder), folder).items()}


@pytest.mark.parametrize("seed", YUAN)
def test_in_yuan_every_amount_is_the_exact_one(seed: int, results: dict[str, Recalculated]) -> None:
    exact, found = figures(seed, EDITION), amounts_of(results[str(seed)].book)
    assert found == {key: exact.get(key, 0) for key in found}
    assert {key for key, amount in exact.items() if amount and key[0] in TABLES} <= found.keys()
    assert results[str(seed)].checked.counts["failed"] == 0
    assert max(results[str(seed)].signs.values()) < 3


@pytest.mark.parametrize("name", [*map(str, WAN), "焦作 元", "焦作 万元"])
def test_every_derived_amount_is_what_the_rules_give_from_the_inputs(
    name: str, results: dict[str, Recalculated]
) -> None:
    book = results[name].book
    assert amounts_of(book) == filled_by_rules(book)
    assert [key for key, cell in book.cells.items() if is_derived(key) and cell.fen is None] == []


def test_the_check_sheet_says_what_check_says(results: dict[str, Recalculated]) -> None:
    """In 万元 too, where a sum of rounded amounts may be further off than an amount that was rounded once."""
    assert {name for name, result in results.items() if result.signs != result.told} == set()


def test_a_code_that_a_rule_names_is_found_wherever_its_row_is(results: dict[str, Recalculated]) -> None:
    assert {results[f"{currency} 串栏"].signs["X058"] for currency in CURRENCIES} == {2}


@pytest.mark.parametrize("currency", CURRENCIES)
def test_constants_of_rules_count_in_the_currency_of_the_workbook(currency: Currency, tmp_path: Path) -> None:
    require("soffice")
    exact = figures(PLANTED_IN[currency], EDITION)
    income = exact["summary", "revenue_total", "revenue"] // FEN_PER["万元"]
    more = "summary.revenue_total >= summary.revenue_total"
    demands: dict[str, tuple[str, list[str], int]] = {
        "OWN001": (f"{more} + 1", [], 3),
        "OWN002": (f"{more} - 1", [], 0),
        "OWN003": ("summary.revenue_total = 0", [f"summary.revenue_total > {income - 1}"], 3),
        "OWN004": ("summary.revenue_total = 0", [f"summary.revenue_total > {income + 1}"], 0),
        "OWN005": ("expenditure.total >= expenditure.total + 1", [], 3),
    }
    about = {"title": "有常数", "level": "error", "basis": "本省", "advice": "核对。", "catalogue": []}
    own = (
        (code, about | {"code": code, "expr": expr, "when": when, "causes": []})
        for code, (expr, when, _) in demands.items()
    )
    catalogue = CATALOGUE.extended(own, "本省.toml")
    template = Template(currency, codes_of(exact, "expenditure"), catalogue)
    template.fill_in(exact)
    path = template.save(tmp_path / "常数.xlsx")
    found = look_at(recalculate([[path]], tmp_path)[path.stem])
    assert {code: found.signs.get(code) for code in demands} == {code: sign for code, (*_, sign) in demands.items()}
    failed = {item.rule for item in check(found.book, catalogue).findings if item.rule in demands}
    assert failed == {code for code, (*_, sign) in demands.items() if sign}


def test_the_check_sheet_has_shown_every_sign(results: dict[str, Recalculated]) -> None:
    assert {sign for result in results.values() for sign in result.signs.values()} == {0, 1, 2, 3}


@pytest.mark.parametrize("currency", CURRENCIES)
def test_fill_stores_the_results_of_the_formulas_and_check_then_judges(
    currency: Currency, folder: Path, results: dict[str, Recalculated]
) -> None:
    typed, filled = read(folder / f"公式 {currency}.xlsx"), read(folder / f"填列 {currency}.xlsx")
    before = check(typed, CATALOGUE)
    assert (before.verdict, before.counts["failed"]) == ("warn", 0)
    assert {item.rule for item in before.findings} >= {"FORM018"}
    recalculated = results[f"填列 {currency}"]
    found = amounts_of(recalculated.book)
    stored = {key: cell.fen for key, cell in filled.cells.items() if cell.fen is not None}
    assert stored == {key: found[key] for key in stored}
    assert filled.currency == currency
    assert filled.cells.keys() == stored.keys()
    assert (recalculated.checked.verdict, recalculated.checked.counts["failed"]) == ("warn", 0)
    formulas = openpyxl.load_workbook(folder / f"填列 {currency}.xlsx")
    assert str(formulas["公开03表"]["D7"].value).startswith("=ROUND(SUM(")
