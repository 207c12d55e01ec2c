"""Templates of every edition whose tables are wholly declared: filled in, recalculated by LibreOffice, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from clerk import Exact, recalculate, signs_in, worst_of
from exact import Figures, figures
from juesuan.check import Checked, check
from juesuan.cli import main
from juesuan.edition import known_editions, load_edition
from juesuan.intake.judge import AUTO, read_as
from juesuan.model import TOTAL
from juesuan.money import FEN_PER, WAN_STEP, Currency, round_fen
from juesuan.ooxml.saving import workbook_bytes
from juesuan.reading.files import open_workbook
from juesuan.rules import load_catalogue
from juesuan.template.form import CodeRow
from juesuan.template.template import Order, draw_template
from tools import require

YEARS = {"national-2019": 2019, "older-2017": 2017}
EDITIONS = [name for name in known_editions() if not load_edition(name).partial_tables]
CURRENCIES: tuple[Currency, ...] = ("元", "万元")
each_edition = pytest.mark.parametrize("name", EDITIONS)


class Looked(NamedTuple):
    """A recalculated template: the edition it was taken for, what `check` says, the worst sign of every rule."""

    edition: str
    checked: Checked
    signs: dict[str, int]


def exact_figures(name: str, seed: int) -> Figures:
    exact = figures(seed, load_edition(name))
    if name == "older-2017":
        funds = ("general_budget", "government_fund", "state_capital")
        income = sum(exact.pop(("summary", fund, "revenue"), 0) for fund in funds)
        exact["summary", "fiscal_appropriation", "revenue"] = income
    return exact


def filled_in(path: Path, name: str, currency: Currency, exact: Exact, unit: str = "") -> Path:
    """The template with the codes and the inputs of a book, as a clerk types them. `unit`: written above the tables."""
    edition, step = load_edition(name), WAN_STEP if currency == "万元" else 1
    rows = {
        table.id: [CodeRow(code, f"科目{code}") for code in sorted({key[1] for key in exact if key[0] == table.id})]
        for table in edition.template_tables
    }
    items = {table: [row for row in listed if len(row.code) == 7] for table, listed in rows.items()}
    order = Order("某局", YEARS.get(name, 2024), currency, items["expenditure"], items)
    template = draw_template(load_catalogue(edition), order)
    template.file["封面"]["C6"] = "事业单位"
    for table, standing in template.standings.items():
        for (row, field), place in standing.form.cells.items():
            declared = standing.table.field(field)
            typed = standing.table.layout == "codes" and len(row) == 7 and declared and not declared.derived
            cell = template.file[standing.sheet].cell(*place)
            if cell.value is None or typed:
                amount = round_fen(exact.get((table, row, field), 0), step)
                cell.value = float(Decimal(amount) / FEN_PER[currency])
        for what, text in (("unit", f"部门：{unit}"), ("year", f"{order.year}年度")) if unit else ():
            template.file[standing.sheet].cell(*standing.form.heading[what]).value = text
    path.write_bytes(workbook_bytes(template.file))
    return path


def look_at(path: Path) -> Looked:
    file = open_workbook(str(path))
    book, edition = read_as(file, AUTO)
    return Looked(edition, check(book, load_catalogue(load_edition(edition))), signs_in(file))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Looked]:
    require("soffice")
    folder = tmp_path_factory.mktemp("各版式")

    def batches() -> Iterator[list[Path]]:
        for currency in CURRENCIES:
            yield [
                filled_in(folder / f"{name} {currency}.xlsx", name, currency, exact_figures(name, 7))
                for name in EDITIONS
            ]

    return {name: look_at(path) for name, path in recalculate(batches(), folder).items()}


@each_edition
def test_a_filled_template_is_known_again_and_its_formulas_give_the_exact_amounts(
    name: str, results: dict[str, Looked]
) -> None:
    found, exact = results[f"{name} 元"], exact_figures(name, 7)
    book = found.checked.book
    assert (found.edition, book.currency, book.year) == (name, "元", YEARS.get(name, 2024))
    assert {key: cell.fen or 0 for key, cell in book.cells.items()} == {key: exact.get(key, 0) for key in book.cells}
    tables = {table.id for table in load_edition(name).template_tables}
    assert {key for key, fen in exact.items() if fen and key[0] in tables} <= book.cells.keys()
    assert found.checked.counts["failed"] == 0


@each_edition
@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_check_sheet_says_what_check_says(name: str, currency: Currency, results: dict[str, Looked]) -> None:
    found = results[f"{name} {currency}"]
    assert found.signs == worst_of(found.checked, found.signs)
    assert len(found.signs) > 70


@each_edition
def test_the_cover_speaks_of_the_tables_by_their_own_names(name: str) -> None:
    edition = load_edition(name)
    cover = draw_template(load_catalogue(edition), Order("某局", 2024, "元")).file["封面"]
    said = "".join(str(cell.value) for row in cover.iter_rows() for cell in row if cell.value)
    for table in edition.template_tables:
        assert (table.label.removeprefix("公开").removesuffix("表") or table.title) in said
    assert ("公开02、03、05、07、08表" in said) == (name == "henan-2024")


def test_missing_parents_are_put_in_where_the_total_stands_below_the_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edition = load_edition("shanghai-2024")
    template = draw_template(load_catalogue(edition), Order("某局", 2024, "元"))
    standing = template.standings["general_budget"]
    assert standing.table.total_last
    sheet = template.file[standing.sheet]
    for row, (code, basic) in enumerate((("2010350", 100.5), ("2080505", 50)), standing.form.body.start):
        sheet.cell(row, 1).value, sheet.cell(row, 4).value, sheet.cell(row, 5).value = code, basic, 1
    path, output = tmp_path / "账.xlsx", tmp_path / "填.xlsx"
    path.write_bytes(workbook_bytes(template.file))
    assert main(["fill", str(path), "-o", str(output)]) == 0
    assert "没有补列" not in capsys.readouterr().out
    drawn = openpyxl.load_workbook(output, data_only=True)[standing.sheet]
    first, total = standing.form.body.start, standing.total_row()
    rows = [[drawn.cell(row, column).value for column in (1, 3, 4, 5)] for row in (*range(first, first + 6), total)]
    assert rows == [
        ["201", 101.5, 100.5, 1],
        ["20103", 101.5, 100.5, 1],
        ["2010350", 101.5, 100.5, 1],
        ["208", 51, 50, 1],
        ["20805", 51, 50, 1],
        ["2080505", 51, 50, 1],
        ["合计", 152.5, 150.5, 2],
    ]


def test_an_edition_of_which_not_all_columns_are_known_has_no_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", str(tmp_path / "表.xlsx"), "--edition", "sichuan-2024"]) == 2
    said = capsys.readouterr().err
    assert "没有填报模板：财政拨款支出决算明细表、一般公共预算财政拨款支出决算明细表的栏没有收全" in said
    assert TOTAL not in said


@each_edition
def test_units_are_added_up_in_every_edition_that_has_a_template(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units = [exact_figures(name, seed) for seed in (7, 9)]
    for number, exact in enumerate(units):
        filled_in(tmp_path / f"{number}.xlsx", name, "元", exact, f"单位{number}")
    output = tmp_path / "某部门.xlsx"
    assert main(["merge", *(str(tmp_path / f"{number}.xlsx") for number in range(2)), "-o", str(output)]) == 0
    assert "没有差错" in capsys.readouterr().out
    book, edition = read_as(open_workbook(str(output)), AUTO)
    assert edition == name
    sums = {key: sum(exact.get(key, 0) for exact in units) for key in book.cells if key[0] != "three_public_summary"}
    found = {key: book.cells[key].fen or 0 for key in sums}
    assert {key: fen for key, fen in found.items() if fen != sums[key]} == {}
