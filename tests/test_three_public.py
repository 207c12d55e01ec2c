"""三公汇总: filled from 06 and what is typed there, handed over to 09, and left open while something is awaited."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pytest

from clerk import CATALOGUE, EDITION, Template, form_of, read, recalculate
from exact import ABROAD, figures
from juesuan import cli
from juesuan.book import Book
from juesuan.check import check
from juesuan.money import Currency
from tools import require, validation_errors

SEED = 11
SUMMARY, PUBLISHED = "three_public_summary", "three_public"
TRAVEL = ("project", "overseas_travel")


def typed(path: Path, currency: Currency = "元", change: Callable[[Template], None] | None = None) -> Path:
    """A template filled in without Excel ever having seen it."""
    template = Template(currency)
    template.fill_in(figures(SEED, EDITION), SEED)
    if change:
        change(template)
    return template.save(path)


def filled(path: Path) -> Path:
    output = path.with_name(f"{path.stem}-填列.xlsx")
    assert cli.main(["fill", str(path), "-o", str(output)]) == 0
    return output


def forget_travel(template: Template) -> None:
    template.type_in("三公汇总", *form_of(SUMMARY).cells[TRAVEL], None)


def type_travel_in_09(template: Template) -> None:
    forget_travel(template)
    actual = figures(SEED, EDITION).get((PUBLISHED, "actual", "overseas_travel"), 0)
    template.type_in("公开09表", *form_of(PUBLISHED).cells["actual", "overseas_travel"], template.printed(actual))


def shares(path: Path) -> dict[tuple[str, str], object]:
    sheet = openpyxl.load_workbook(path, data_only=True)["三公汇总"]
    return {key: sheet.cell(*place).value for key, place in form_of(SUMMARY).ratios.items()}


def amounts(book: Book, table: str) -> dict[tuple[str, str], int | None]:
    return {key[1:]: cell.fen for key, cell in book.cells.items() if key[0] == table}


def test_the_summary_and_09_hold_what_06_and_the_projects_add_up_to(tmp_path: Path) -> None:
    exact, book = figures(SEED, EDITION), read(filled(typed(tmp_path / "元.xlsx")))
    for table in (SUMMARY, PUBLISHED):
        found = amounts(book, table)
        assert found == {key: exact.get((table, *key), 0) for key in found}
    assert any(exact[SUMMARY, "difference", field] for field in ABROAD)
    assert check(book, CATALOGUE).counts["failed"] == 0


@pytest.mark.parametrize("currency", ["元", "万元"])
def test_shares_are_those_of_the_amounts_to_the_hundredth_of_a_per_cent(currency: Currency, tmp_path: Path) -> None:
    path = filled(typed(tmp_path / "三公.xlsx", currency))
    book, found = read(path), shares(path)
    for field in (*ABROAD, "vehicles", "total"):
        actual, budget, total = (
            book.cells[SUMMARY, line, column].fen or 0
            for line, column in (("actual", field), ("budget", field), ("actual", "total"))
        )
        for line, whole in (("completion", budget), ("share", total)):
            cent = (
                (Decimal(actual) / Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP) if whole else Decimal(0)
            )
            assert Decimal(str(found[line, field] or 0)) == cent, (line, field)
    assert sum(1 for value in found.values() if value) > 6


def test_libreoffice_gives_the_same_amounts_and_shares(tmp_path: Path) -> None:
    require("soffice")
    paths = [typed(tmp_path / f"{currency}.xlsx", currency) for currency in ("元", "万元")]
    paths.append(typed(tmp_path / "没有填.xlsx", change=forget_travel))
    results = recalculate([paths], tmp_path)
    for path in paths:
        ours, theirs = filled(path), results[path.stem]
        for table in (SUMMARY, PUBLISHED):
            assert amounts(read(ours), table) == amounts(read(theirs), table), path.name
        ours_shares, theirs_shares = (
            {key: value or None for key, value in shares(file).items()} for file in (ours, theirs)
        )
        assert ours_shares == theirs_shares, path.name


def test_while_a_project_is_blank_nothing_that_needs_it_is_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled(typed(tmp_path / "没有填.xlsx", change=forget_travel))
    said = capsys.readouterr().out
    assert "三公汇总 C7 还没有填（没有的填 0.00）：" in said
    assert "公开09表 H8" in said
    book = read(path)
    actual = {field: book.cells[PUBLISHED, "actual", field] for field in (*ABROAD, "vehicles", "total")}
    assert [field for field, cell in actual.items() if cell.fen is None] == ["overseas_travel", "total"]
    assert {cell.state for cell in actual.values()} == {"given", "blank"}
    assert book.cells[SUMMARY, "actual", "total"].state == "awaited"
    # 06 has spent something and 09 shows nothing: the two cells that are still blank are what is wrong.
    checked = check(book, CATALOGUE)
    assert {item.rule for item in checked.findings if item.level == "error"} == {"X033", "TPE001"}
    assert {suspect.cell.key for culprit in checked.culprits for suspect in culprit.suspects} == {
        (PUBLISHED, "actual", "overseas_travel"),
        (PUBLISHED, "actual", "total"),
    }


def test_09_may_be_typed_in_instead_and_is_then_only_compared_with_06(tmp_path: Path) -> None:
    path = filled(typed(tmp_path / "直接填.xlsx", change=type_travel_in_09))
    book = read(path)
    exact = figures(SEED, EDITION)
    found = {field: book.cells[PUBLISHED, "actual", field].fen for field in (*ABROAD, "vehicles", "total")}
    assert found == {field: exact.get((PUBLISHED, "actual", field), 0) for field in found}
    checked = check(book, CATALOGUE)
    assert {item.rule for item in checked.findings if item.level == "error"} == set()

    low: dict[str, int] = {"fen": exact["basic_expenditure", "30212", "amount"] - 1}
    key = (PUBLISHED, "actual", "overseas_travel")
    book = book.with_cells({key: book.cells[key]._replace(**low)})  # type: ignore[arg-type]
    assert "X033" in {item.rule for item in check(book, CATALOGUE).findings}


def test_another_number_in_09_than_the_summary_hands_over_is_an_error(tmp_path: Path) -> None:
    def other(template: Template) -> None:
        template.type_in("公开09表", *form_of(PUBLISHED).cells["actual", "overseas_travel"], 1.23)

    checked = check(read(filled(typed(tmp_path / "两样.xlsx", change=other))), CATALOGUE)
    assert "TPE040" in {item.rule for item in checked.findings if item.level == "error"}


def test_filling_again_changes_nothing(tmp_path: Path) -> None:
    for change in (None, forget_travel):
        once = filled(typed(tmp_path / "一次.xlsx", change=change))
        assert filled(once).read_bytes() == once.read_bytes()


@pytest.mark.parametrize("currency", ["元", "万元"])
def test_the_open_xml_sdk_finds_no_error_in_what_fill_writes(currency: Currency, tmp_path: Path) -> None:
    for name, change in (("填好", None), ("没有填", forget_travel)):
        assert validation_errors(filled(typed(tmp_path / f"{name}.xlsx", currency, change))) == []
