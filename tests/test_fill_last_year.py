"""Last year's figures for 补02: from a file, or from the unit's own among those of a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from juesuan.cli import main
from juesuan.narrative.supplement import Supplement, Value, supplement_forms
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.reading.supplement_sheets import read_supplement
from juesuan.template.supplement_form import draw_supplement
from published_book import jiaozuo, workbook
from texts import EDITION, WORKBOOK

LAST = {"last_total": 1_032_000_000, "last_fiscal_total": 1_031_330_000, "last_general": 1_031_330_000}


def this_year(path: Path, **values: Value) -> Path:
    file = workbook(jiaozuo())
    draw_supplement(file, supplement_forms(), "万元", Supplement(values))
    file.save(path)
    return path


def year_before(path: Path, unit: str = "", year: int = 2023, code: str = "", total: float = 0) -> Path:
    """焦作2024 as if it were of another year, of another unit, or with another total."""
    file = openpyxl.load_workbook(WORKBOOK)
    for sheet in file:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    text = cell.value.replace("2024年度", f"{year}年度")
                    cell.value = text.replace("焦作市公共资源交易中心", unit) if unit else text
    if total:
        file["公开01表"]["C37"] = total
        assert file["公开01表"]["A37"].value == "总计"
    if code:
        draw_supplement(file, supplement_forms(), "万元", Supplement({"unit_code": code}))
    path.parent.mkdir(exist_ok=True)
    file.save(path)
    return path


def carried(path: Path) -> dict[str, Value]:
    file = open_workbook(str(path))
    found = read_supplement(file, read_book(file, EDITION)).values
    return {name: found[name] for name in (*LAST, "last_agency") if name in found}


def test_a_file_fills_what_is_blank_and_says_where_it_came_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, last, output = this_year(tmp_path / "本年.xlsx"), year_before(tmp_path / "上年.xlsx"), tmp_path / "出.xlsx"
    assert main(["fill", str(book), "-o", str(output), "--last-year", str(last)]) == 0
    out = capsys.readouterr().out
    assert carried(output) == LAST
    assert f"上年数取自 {last}。\n补02 填了 3 格。" in out
    assert "与原工作簿相同" not in out
    assert "上年工作簿里没有，没有填：上年机关运行经费支出。" in out
    cell = openpyxl.load_workbook(output)["补02 上年数"]["B4"]
    assert (cell.value, cell.fill.start_color.rgb) == (1032, "FFE2EFDA")


def test_what_is_typed_stays_unless_it_is_to_be_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, last = this_year(tmp_path / "本年.xlsx", last_total=7_000_000), year_before(tmp_path / "上年.xlsx")
    output = tmp_path / "出.xlsx"
    assert main(["fill", str(book), "-o", str(output), "--last-year", str(last)]) == 0
    assert "补02 上年数 B4 现值 7.00，上年工作簿为 1,032.00" in capsys.readouterr().out
    assert carried(output) == LAST | {"last_total": 7_000_000}
    assert main(["fill", str(book), "-o", str(output), "--last-year", str(last), "--overwrite"]) == 0
    assert carried(output) == LAST


def test_a_folder_gives_the_units_own_book_of_the_year_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, folder, output = this_year(tmp_path / "本年.xlsx"), tmp_path / "上年", tmp_path / "出.xlsx"
    own = year_before(folder / "乙-交易中心.xlsx")
    year_before(folder / "甲.xlsx", unit="信访接待中心", total=5)
    year_before(folder / "丙.xlsx", year=2022, total=6)
    shutil.copy(own, folder / "又一份.xlsx")
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04")
    assert main(["fill", str(book), "-o", str(output), "--last-year", str(folder)]) == 0
    assert str(own) in capsys.readouterr().out
    assert carried(output) == LAST


def test_the_code_goes_before_the_name(tmp_path: Path) -> None:
    book, folder, output = this_year(tmp_path / "本年.xlsx", unit_code="001"), tmp_path / "上年", tmp_path / "出.xlsx"
    year_before(folder / "改名前.xlsx", unit="土地交易中心", code="001")
    year_before(folder / "同名.xlsx", code="002", total=5)
    assert main(["fill", str(book), "-o", str(output), "--last-year", str(folder)]) == 0
    assert carried(output) == LAST


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ((), "没有找到“焦作市公共资源交易中心”2023 年度的工作簿（看了 0 份）"),
        (("unit", "year", "bad"), "2023 年度的工作簿（看了 3 份，其中 1 份读不了）"),
        (("own", "total"), "有 2 份“焦作市公共资源交易中心”2023 年度的工作簿，数不相同（own.xlsx、total.xlsx）"),
    ],
)
def test_none_or_several_in_a_folder_are_told(
    others: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, folder = this_year(tmp_path / "本年.xlsx"), tmp_path / "上年"
    folder.mkdir()
    for other in others:
        path = folder / f"{other}.xlsx"
        match other:
            case "unit":
                year_before(path, unit="信访接待中心")
            case "year":
                year_before(path, year=2022)
            case "total":
                year_before(path, total=5)
            case "bad":
                path.write_bytes(b"PK\x03\x04")
            case _:
                year_before(path)
    output = tmp_path / "出.xlsx"
    assert main(["fill", str(book), "-o", str(output), "--last-year", str(folder)]) == 2
    assert words in capsys.readouterr().err
    assert not output.exists()


def test_a_file_of_another_year_is_refused_and_one_of_another_name_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, output = this_year(tmp_path / "本年.xlsx"), tmp_path / "出.xlsx"
    wrong = year_before(tmp_path / "前年.xlsx", year=2022)
    for command in ("fill", "narrate"):
        written = str(output if command == "fill" else tmp_path / "出.docx")
        assert main([command, str(book), "-o", written, "--last-year", str(wrong)]) == 2
        assert "上年工作簿应为 2023 年度" in capsys.readouterr().err
    other = year_before(tmp_path / "改名.xlsx", unit="土地交易中心")
    assert main(["fill", str(book), "-o", str(output), "--last-year", str(other)]) == 0
    assert "上年工作簿的单位是“土地交易中心”" in capsys.readouterr().out


def test_a_workbook_without_the_sheet_is_filled_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last, output = year_before(tmp_path / "上年.xlsx"), tmp_path / "出.xlsx"
    assert main(["fill", str(WORKBOOK), "-o", str(output), "--last-year", str(last)]) == 0
    assert "没有“补02 上年数”" in capsys.readouterr().out
