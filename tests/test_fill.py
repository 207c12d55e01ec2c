"""Filling a book: every derived cell gets its sum, inputs stay, and what cannot be filled is said."""

from __future__ import annotations

import io
import os
import random
import time
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from exact import Figures, figures, rounded
from honest import SAMPLES
from juesuan import cli
from juesuan.book import Book, Key
from juesuan.check import check
from juesuan.derive import Derivation
from juesuan.edition import load_edition
from juesuan.fill import fill
from juesuan.model import TOTAL, Table
from juesuan.money import FEN_PER
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from juesuan.template.form import CodeRow, Heading, draw, put
from published_book import Drawn, drawn, jiaozuo
from test_cold_path import imports
from tools import libreoffice, require

EDITION = load_edition("henan-2024")
CATALOGUE = load_catalogue(EDITION)
GREEN = "FFE2EFDA"
seeds = st.integers(0, 2**32)


def is_derived(key: Key, keys: set[Key]) -> bool:
    """As the form declares it: derived lines and columns, and rows of codes with others below them."""
    table = EDITION.table(key[0])
    assert table is not None
    line, field = table.line(key[1], key[2]), table.field(key[2])
    if (line and line.derived) or (field and field.derived):
        return True
    if table.layout == "items":
        return len(key[1]) == 3
    return table.layout == "codes" and (
        key[1] == TOTAL or any(row != key[1] and row.startswith(key[1]) for name, row, _ in keys if name == key[0])
    )


def derived_keys(keys: set[Key]) -> list[Key]:
    return sorted(key for key in keys if is_derived(key, keys))


def read(path: Path) -> Book:
    return read_book(open_workbook(str(path)), EDITION)


def errors(path: Path) -> list[str]:
    return [item.message for item in check(read(path), CATALOGUE).findings if item.level == "error"]


def run(*arguments: str | Path) -> int:
    return cli.main(["fill", *map(str, arguments)])


class Stripped:
    """焦作2024 with its derived cells emptied, or holding a formula that was never calculated."""

    def __init__(self, folder: Path, formula: str | None = None) -> None:
        self.path = folder / "决算 = 甲&乙.xlsx"
        self.filled = folder / "决算 = 甲&乙-填列.xlsx"
        self.book: Drawn = drawn(jiaozuo())
        keys = {(table, *key) for table, form in self.book.forms.items() for key in form.cells}
        self.derived = derived_keys(keys)
        self.inputs = sorted(keys - set(self.derived))
        for key in self.derived:
            self.book.amount(*key).value = formula
        self.save()

    def save(self) -> None:
        self.book.file.save(self.path)

    def place(self, key: Key) -> tuple[str, str]:
        return self.book.sheet(key[0]).title, self.book.amount(*key).coordinate


@pytest.fixture
def stripped(tmp_path: Path) -> Stripped:
    return Stripped(tmp_path)


def published(key: Key) -> Decimal:
    return jiaozuo().amounts.get(key) or Decimal(0)


def test_the_form_and_the_rules_agree_on_which_cells_are_derived(tmp_path: Path) -> None:
    book = read(Stripped(tmp_path).path)
    derivation = Derivation(book, CATALOGUE, lambda cell, _: cell)
    assert sorted(derivation.relations) == derived_keys(set(book.cells))


@pytest.mark.parametrize("formula", [None, "=1+1"])
def test_the_published_book_stripped_and_filled_has_no_error(tmp_path: Path, formula: str | None) -> None:
    """Each filled number is the published one, or both can be the printing of one exact amount."""
    stripped = Stripped(tmp_path, formula)
    assert run(stripped.path) == 0
    assert errors(stripped.filled) == []
    book = read(stripped.filled)
    check(book, CATALOGUE)
    different = 0
    for key in stripped.derived:
        cell = book.cells[key]
        exact = int(published(key) * FEN_PER["万元"])
        low, high = cell.interval
        assert cell.state == "given"
        assert low <= exact + 5000, key
        assert exact - 5000 <= high, key
        different += cell.fen != exact
    assert different < len(stripped.derived) // 10
    assert published(("expenditure", "20805", "total")) == Decimal("79.61")
    assert book.cells["expenditure", "20805", "total"].fen == 79_620_000


def test_inputs_and_untouched_parts_stay_as_they_were(stripped: Stripped) -> None:
    assert run(stripped.path) == 0
    before, after = openpyxl.load_workbook(stripped.path), openpyxl.load_workbook(stripped.filled)
    filled = {stripped.place(key) for key in stripped.derived}
    for sheet in before.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                new = after[sheet.title][cell.coordinate]
                if (sheet.title, cell.coordinate) in filled:
                    assert isinstance(new.value, int | float)
                    assert (new.fill.fgColor.rgb, new.fill.patternType) == (GREEN, "solid")
                    looks = [(one.number_format, one.font, one.border, one.alignment) for one in (cell, new)]
                    assert str(looks[0]) == str(looks[1])
                else:
                    assert (new.value, new.style_id) == (cell.value, cell.style_id)
    with zipfile.ZipFile(stripped.path) as old, zipfile.ZipFile(stripped.filled) as new_zip:
        changed = {name for name in old.namelist() if old.read(name) != new_zip.read(name)}
        sheets = {f"xl/worksheets/sheet{number}.xml" for number in range(1, 10)}
        assert changed == sheets | {"xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
        assert len(new_zip.namelist()) == len(old.namelist()) + 3


def test_filling_again_changes_nothing(stripped: Stripped, tmp_path: Path) -> None:
    again, overwritten = tmp_path / "再.xlsx", tmp_path / "又.xlsx"
    assert run(stripped.path) == 0
    assert run(stripped.filled, "-o", again) == 0
    assert run(stripped.filled, "-o", overwritten, "--overwrite") == 0
    assert stripped.filled.read_bytes() == again.read_bytes() == overwritten.read_bytes()


def test_formulas_are_kept_and_get_their_results(tmp_path: Path) -> None:
    stripped = Stripped(tmp_path, "=SUM(1,2)")
    assert run(stripped.path) == 0
    formulas, values = (openpyxl.load_workbook(stripped.filled, data_only=only) for only in (False, True))
    for key in stripped.derived:
        sheet, address = stripped.place(key)
        assert formulas[sheet][address].value == "=SUM(1,2)"
        assert values[sheet][address].value is not None
    assert "FORM018" not in {item.rule for item in check(read(stripped.filled), CATALOGUE).findings}


def blanked(book: Book, keys: list[Key]) -> Book:
    return book.with_cells({key: book.cells[key]._replace(fen=None, state="blank") for key in keys})


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_an_exact_book_in_yuan_is_filled_with_its_exact_amounts(seed: int) -> None:
    book = rounded(figures(seed, EDITION), EDITION, "元")
    whole = dict(book.cells)
    filled = fill(blanked(book, derived_keys(set(whole))), CATALOGUE)
    assert {key: cell.fen for key, cell in filled.book.cells.items()} == {key: cell.fen for key, cell in whole.items()}
    assert (filled.conflicts, filled.unfilled, filled.errors) == ((), (), ())


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.05, 1))
def test_filling_never_makes_an_error_and_its_intervals_hold_the_truth(seed: int, share: float) -> None:
    """Any part of the derived cells of an honestly rounded book in 万元 may be blank; typed totals stay."""
    exact = figures(seed, EDITION)
    book = rounded(exact, EDITION)
    chance = random.Random(seed)
    keys = [key for key in derived_keys(set(book.cells)) if chance.random() < share]
    filled = fill(blanked(book, keys), CATALOGUE)
    assert [item.message for item in filled.errors] == []
    assert (filled.conflicts, filled.unfilled) == ((), ())
    assert sorted(cell.key for cell in filled.cells) == keys
    for key in keys:
        low, high = filled.book.cells[key].interval
        assert low <= exact.get(key, 0) <= high


def written(seed: int, currency: str, path: Path) -> tuple[Figures, list[Key]]:
    """An exact book drawn as a workbook without its derived cells; returns its amounts and what is derived."""
    exact = figures(seed, EDITION)
    book = rounded(exact, EDITION, "元" if currency == "元" else "万元")
    derived = derived_keys(set(book.cells))
    file = Workbook()
    file.remove(file.worksheets[0])
    for table in (table for table in EDITION.tables if not table.optional):
        sheet = file.create_sheet(table.label)
        nothing = not any(amount for key, amount in exact.items() if key[0] == table.id)
        heading = Heading("某局", 2024, book.currency)
        form = draw(sheet, table, heading, list(code_rows(table, book)), statement=nothing)
        amounts = {
            key: Decimal(cell.fen) / FEN_PER[book.currency]
            for key in form.cells
            if (cell := book.cell(table.id, *key)) and cell.fen is not None and cell.key not in derived
        }
        put(sheet, form, amounts)
    file.save(path)
    return exact, derived


def code_rows(table: Table, book: Book) -> Iterator[CodeRow]:
    if table.layout == "codes":
        yield from (CodeRow(row.key, row.name) for row in book.sheets[table.id].rows if row.code)


@pytest.mark.parametrize("seed", [1, 7])
def test_a_workbook_in_yuan_is_filled_to_the_fen(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "元.xlsx"
    exact, derived = written(seed, "元", path)
    assert run(path) == 0
    book = read(tmp_path / "元-填列.xlsx")
    assert {key: book.cells[key].fen for key in derived} == {key: exact.get(key, 0) for key in derived}
    assert errors(tmp_path / "元-填列.xlsx") == []


def test_a_later_check_knows_the_sums_of_rounded_amounts_again(tmp_path: Path) -> None:
    """Two ways of adding up rounded amounts differ by more than one rounding; without the record that is an error."""
    path, result = tmp_path / "万元.xlsx", tmp_path / "万元-填列.xlsx"
    written(0, "万元", path)
    assert run(path) == 0
    assert read(result).filled
    assert errors(result) == []
    forgetful = tmp_path / "另存.xlsx"
    openpyxl.load_workbook(result).save(forgetful)
    assert not read(forgetful).filled
    assert errors(forgetful) != []


def test_a_filled_cell_that_was_changed_counts_as_typed(stripped: Stripped) -> None:
    assert run(stripped.path) == 0
    key: Key = ("expenditure", "20805", "total")
    sheet, address = stripped.place(key)
    content = stripped.filled.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stripped.filled, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet3.xml":
                part = part.replace(b"<v>79.62</v>", b"<v>79.61</v>")
            new.writestr(name, part)
    book = read(stripped.filled)
    assert book.cells[key].place.sheet == sheet
    assert book.cells[key].place.address == address
    assert key not in book.filled
    book = check(book, CATALOGUE).book
    assert book.cells[key].span is None
    assert book.cells["expenditure", "201", "total"].span is not None


def changed(path: Path, **cells: object) -> None:
    """Set cells of 公开03表."""
    file = openpyxl.load_workbook(path)
    for address, value in cells.items():
        file["公开03表"][address] = value  # type: ignore[assignment]
    file.save(path)


def test_a_filled_sum_that_is_out_of_date_is_said_however_small_the_difference(
    stripped: Stripped,
) -> None:
    assert run(stripped.path) == 0
    book = read(stripped.filled)
    leaf: Key = ("expenditure", "2010350", "basic")
    book = book.with_cells({leaf: book.cells[leaf]._replace(fen=(book.cells[leaf].fen or 0) + 10_000)})
    filled = fill(book, CATALOGUE)
    assert [item.cell.key for item in filled.conflicts] == [
        ("expenditure", "20103", "basic"),
        ("expenditure", "2010350", "total"),
    ]
    assert filled.cells == ()


def test_a_derived_cell_with_another_number_is_said_and_only_overwritten_when_asked(
    stripped: Stripped, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    total = stripped.place(("expenditure", "2010350", "total"))[1]
    changed(stripped.path, **{total: 909.81})
    assert run(stripped.path) == 0
    said = capsys.readouterr().out
    assert f"公开03表 {total}「2010350 事业运行」“本年支出合计”现值 909.81，应为 900.81（EXP001）" in said
    assert "没有改动" in said
    assert "处错误，请逐条核对（juesuan check" in said
    assert openpyxl.load_workbook(stripped.filled)["公开03表"][total].value == 909.81
    other = tmp_path / "改写.xlsx"
    assert run(stripped.path, "-o", other, "--overwrite") == 0
    assert f"{total}「2010350 事业运行」“本年支出合计”现值 909.81，应为 900.81" in capsys.readouterr().out
    cell = openpyxl.load_workbook(other)["公开03表"][total]
    assert (cell.value, cell.fill.fgColor.rgb) == (900.81, GREEN)
    assert errors(other) == []


def test_overwriting_works_from_the_lowest_wrong_cell_up() -> None:
    book = rounded(figures(3, EDITION), EDITION, "元")
    whole = {key: cell.fen for key, cell in book.cells.items()}
    wrong = [key for key in derived_keys(set(whole)) if key[0] in ("revenue", "three_public")]
    book = book.with_cells({key: book.cells[key]._replace(fen=(whole[key] or 0) + 700) for key in wrong})
    filled = fill(book, CATALOGUE, overwrite=True)
    assert {key: cell.fen for key, cell in filled.book.cells.items()} == whole
    assert sorted(item.cell.key for item in filled.overwritten) == wrong
    assert filled.conflicts == ()


def test_a_typed_total_within_its_bound_stays_in_wan_yuan() -> None:
    book = rounded(figures(3, EDITION), EDITION)
    assert fill(book, CATALOGUE, overwrite=True).cells == ()


def test_carryovers_of_the_summaries_are_never_computed() -> None:
    book = rounded(figures(3, EDITION), EDITION)
    keys: list[Key] = [("summary", "closing_carryover", "expenditure")]
    keys += [("appropriation_summary", "closing_carryover", fund) for fund in ("general_budget", "government_fund")]
    filled = fill(blanked(book, keys), CATALOGUE)
    assert filled.cells == ()
    assert all(filled.book.cells[key].fen is None for key in keys)


def test_an_empty_table_gets_zeros_only_where_the_edition_prints_them() -> None:
    exact = {key: amount for key, amount in figures(3, EDITION).items() if key[0] != "state_capital"}
    for zero, expected in (("0.00", 0), ("blank", None)):
        edition = EDITION._replace(zero=zero)
        book = rounded(exact, edition)
        empty = [key for key in book.cells if key[0] == "state_capital"]
        assert {row for _, row, _ in empty} == {TOTAL}
        filled = fill(blanked(book, empty), CATALOGUE._replace(edition=edition))
        assert {filled.book.cells[key].fen for key in empty} == {expected}
        assert filled.unfilled == ()


def test_amounts_exact_to_the_fen_are_summed_before_they_are_rounded() -> None:
    """1.2346 + 1.2346 万元 are 2.47, though each is printed as 1.23."""
    book = rounded(figures(3, EDITION), EDITION)
    codes = [row.key for row in book.sheets["expenditure"].rows if len(row.key) == 7]
    blank = [key for key in derived_keys(set(book.cells)) if key[0] == "expenditure"]
    some = [("expenditure", codes[0], "basic"), ("expenditure", codes[0], "project")]
    given = {key: 1_234_600 if key in some else 0 for key in book.cells if key[0] == "expenditure" and key not in blank}
    book = book.with_cells({key: book.cells[key]._replace(fen=fen, step=1) for key, fen in given.items()})
    filled = fill(blanked(book, blank), CATALOGUE)
    assert filled.book.cells["expenditure", codes[0], "total"].fen == 2_470_000
    assert filled.book.cells["expenditure", TOTAL, "total"].fen == 2_470_000
    assert filled.book.cells["expenditure", TOTAL, "total"].span == (2_469_200, 2_469_200)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        ({"A11": "2010350"}, "科目 2010350 重复出现（A10、A11）"),
        (None, "没有认出任何一张决算公开表"),
        (b"", "空文件"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "没有工作表"),
        ((SAMPLES / "hostile/加了密码.xls").read_bytes(), "加了密码"),
        (b"PK\x03\x04", "已损坏"),
    ],
)
def test_a_book_that_cannot_be_filled_is_one_sentence_and_nothing_is_written(
    stripped: Stripped, capsys: pytest.CaptureFixture[str], make: dict[str, object] | bytes | None, words: str
) -> None:
    if isinstance(make, bytes):
        stripped.path.write_bytes(make)
    elif make:
        changed(stripped.path, **make)
    else:
        openpyxl.Workbook().save(stripped.path)
    assert run(stripped.path) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert list(stripped.path.parent.iterdir()) == [stripped.path]


def test_the_book_itself_another_kind_of_file_and_a_missing_folder_are_refused(
    stripped: Stripped, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stripped.path.read_bytes()
    link = tmp_path / "link.xlsx"
    os.link(stripped.path, link)
    for output, words in (
        (stripped.path, "就是原来的文件"),
        (link, "就是原来的文件"),
        (tmp_path / "结果.xlsm", "扩展名"),
        (tmp_path / "没有" / "结果.xlsx", "没有这个文件"),
    ):
        assert run(stripped.path, "-o", output) == 2
        said = capsys.readouterr().err
        assert words in said
        assert said.count("\n") == 1
    assert run(stripped.path, "--edition", "没有") == 2
    assert stripped.path.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {stripped.path.name, link.name}


def test_a_read_only_book_is_filled_beside_it_and_a_read_only_result_is_not_replaced(
    stripped: Stripped, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stripped.path.chmod(0o444)
    assert run(stripped.path) == 0
    before = stripped.filled.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert run(stripped.path) == 2
    assert "权限，" in capsys.readouterr().err
    assert stripped.filled.read_bytes() == before


def test_a_protected_sheet_stays_protected(stripped: Stripped) -> None:
    for sheet in stripped.book.file.worksheets:
        sheet.protection.sheet = True
    stripped.save()
    assert run(stripped.path) == 0
    assert all(sheet.protection.sheet for sheet in openpyxl.load_workbook(stripped.filled).worksheets)
    assert errors(stripped.filled) == []


def test_a_missing_parent_is_said_and_no_row_is_put_in(stripped: Stripped, capsys: pytest.CaptureFixture[str]) -> None:
    stripped.book.sheet("expenditure").delete_rows(9)
    stripped.save()
    assert run(stripped.path) == 0
    assert "缺少上级科目 20103" in capsys.readouterr().out
    rows = [[row.key for row in read(path).sheets["expenditure"].rows] for path in (stripped.path, stripped.filled)]
    assert rows[0] == rows[1]


def test_words_where_an_amount_belongs_leave_what_depends_on_them_blank_with_the_reason(
    stripped: Stripped, capsys: pytest.CaptureFixture[str]
) -> None:
    basic = stripped.place(("expenditure", "2010350", "basic"))[1]
    changed(stripped.path, **{basic: "约六百万"})
    assert run(stripped.path) == 0
    said = capsys.readouterr().out
    assert f"公开03表 {basic} 的“约六百万”读不出数：" in said
    book = read(stripped.filled)
    for key in (
        ("expenditure", "2010350", "total"),
        ("expenditure", TOTAL, "basic"),
        ("summary", "201", "expenditure"),
    ):
        assert book.cells[key].state == "blank"
    assert book.cells["expenditure", TOTAL, "project"].state == "given"


def test_an_input_behind_an_uncalculated_formula_is_a_reason_too(
    stripped: Stripped, capsys: pytest.CaptureFixture[str]
) -> None:
    basic = stripped.place(("expenditure", "2010350", "basic"))[1]
    changed(stripped.path, **{basic: "=667+0.23"})
    assert run(stripped.path) == 0
    assert f"公开03表 {basic} 的公式没有计算结果" in capsys.readouterr().out
    assert openpyxl.load_workbook(stripped.filled)["公开03表"][basic].value == "=667+0.23"


def test_a_missing_table_leaves_what_comes_from_it_blank_with_the_reason(
    stripped: Stripped, capsys: pytest.CaptureFixture[str]
) -> None:
    del stripped.book.file["公开05表"]
    stripped.save()
    assert run(stripped.path) == 0
    assert "没有读到公开05表" in capsys.readouterr().out
    book = read(stripped.filled)
    assert book.cells["appropriation_summary", "201", "general_budget"].state == "blank"
    assert book.cells["appropriation_summary", "201", "total"].state == "blank"
    assert book.cells["summary", "201", "expenditure"].state == "given"


def test_libreoffice_reads_the_same_numbers(stripped: Stripped, tmp_path: Path) -> None:
    require("soffice")
    assert run(stripped.path) == 0
    folder = tmp_path / "converted"
    libreoffice(["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder, stripped.filled], tmp_path)
    ours, theirs = read(stripped.filled), read(folder / stripped.filled.name)
    assert {key: cell.fen for key, cell in ours.cells.items()} == {key: cell.fen for key, cell in theirs.cells.items()}
    saved = openpyxl.load_workbook(folder / stripped.filled.name)
    sheet, address = stripped.place(stripped.derived[0])
    assert saved[sheet][address].fill.fgColor.rgb == GREEN


def test_a_large_book_is_filled_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    books = ((seed, rounded(figures(seed, EDITION), EDITION)) for seed in range(1000))
    seed = next(seed for seed, book in books if len(book.sheets["expenditure"].rows) >= 60)
    written(seed, "万元", path)
    start = time.process_time()
    assert run(path) == 0
    assert time.process_time() - start < 1


def test_a_check_loads_nothing_that_only_fill_needs() -> None:
    loaded = imports("-m", "juesuan", "check", "samples/焦作2024.xlsx")
    assert "juesuan.check" in loaded
    ooxml = ("archive", "row_xml", "sheet_xml", "styles_xml")
    others = {"copy", "juesuan.derive", "juesuan.fill", "juesuan.reading.filled_part", "juesuan.writing"}
    assert loaded.isdisjoint(others | {f"juesuan.ooxml.{part}" for part in ooxml})
