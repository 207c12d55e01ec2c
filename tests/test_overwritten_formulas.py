"""FORM013: derived cells of our own template that hold a typed number instead of their formula."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from clerk import CATALOGUE, EDITION, TABLES, Slip, Template, filled_file, open_rows, read, total_row
from exact import figures
from juesuan import cli
from juesuan.check import check
from juesuan.money import Currency
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import Finding

SEED = 3


def filled(folder: Path, currency: Currency, slip: Slip | None = None) -> Path:
    """A template, with what `slip` does to it, filled by `fill`."""
    path = filled_file(folder / "模板.xlsx", figures(SEED, EDITION), currency, SEED, slip)
    assert cli.main(["fill", str(path)]) == 0
    return folder / "模板-填列.xlsx"


def told(path: Path) -> list[Finding]:
    return [item for item in check(read(path), CATALOGUE).findings if item.rule == "FORM013"]


@pytest.mark.parametrize("currency", ["元", "万元"])
def test_an_untouched_template_is_in_order(currency: Currency, tmp_path: Path) -> None:
    path = filled(tmp_path, currency)
    book = read(path)
    assert book.facts == {"单位性质": "事业单位", "模板": "henan-2024"}
    assert told(path) == []
    assert "FORM013" not in {item.rule for item in check(book, CATALOGUE).not_checked}


@pytest.mark.parametrize("currency", ["元", "万元"])
def test_numbers_in_place_of_formulas_are_told_once_a_table(currency: Currency, tmp_path: Path) -> None:
    """合计, a 类 and a derived column of an open table, and a fixed line."""

    def type_over(template: Template, _: object) -> None:
        sheet = template.sheet("expenditure")
        for row in (total_row(sheet), open_rows(sheet)[0]):
            for column in (3, 4):
                template.type_in(sheet.title, row, column, 1)
        template.type_in(TABLES["summary"].label, 33, 3, 1)

    path = filled(tmp_path, currency, type_over)
    found = sorted(told(path), key=lambda item: item.message)
    assert [item.level for item in found] == ["warning"] * 2
    assert found[0].message.startswith("公开01表 C33原是公式，被数字替换。")
    assert found[1].message.startswith("公开03表 C7、D7、C8等 4 格原是公式，被数字替换。")
    assert [cell.place.address for cell in found[1].cells] == ["C7", "D7", "C8", "D8"]


def test_any_other_workbook_is_left_alone(tmp_path: Path) -> None:
    path = filled(tmp_path, "元")
    file = openpyxl.load_workbook(path)
    cover = file["封面"]
    [mark] = [cell for row in cover.iter_rows() for cell in row if str(cell.value).startswith("juesuan 模板")]
    assert mark.value == f"juesuan 模板  版式：{EDITION.title}（{EDITION.id}）"
    mark.value = f"版式：{EDITION.title}"
    file.save(path)
    book = read_book(open_workbook(str(path)), EDITION)
    assert "模板" not in book.facts
    assert [item.rule for item in check(book, CATALOGUE).not_checked if item.rule == "FORM013"] == ["FORM013"]


def test_a_workbook_that_was_balanced_holds_numbers_and_nobody_is_to_blame(tmp_path: Path) -> None:
    path = filled(tmp_path, "元")
    assert cli.main(["balance", str(path), "-o", str(tmp_path / "万元.xlsx")]) == 0
    checked = check(read(tmp_path / "万元.xlsx"), CATALOGUE)
    assert "FORM013" not in {item.rule for item in checked.findings}
    assert [item.reason[:4] for item in checked.not_checked if item.rule == "FORM013"] == ["各表都是"]


def test_selected_alone_the_rule_is_not_counted_as_looked_at(tmp_path: Path) -> None:
    checked = check(read(filled(tmp_path, "元")), CATALOGUE.select(["FORM013"], []))
    assert [item.rule for item in checked.not_checked] == ["FORM013"]
    assert checked.findings == ()
