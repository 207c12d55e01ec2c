"""``juesuan template``: what it writes, and one sentence for everything it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from clerk import open_rows
from juesuan import cli
from juesuan.edition import load_edition
from juesuan.intake.code_file import read_codes_file
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.template.form import CodeRow

GOOD = "科目编码,科目名称\n2010350,事业运行\n2080505,养老保险缴费\n"


def template(*arguments: str | Path) -> int:
    return cli.main(["template", *map(str, arguments)])


def codes_in(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path)["公开03表"]
    return [str(sheet.cell(row, 1).value) for row in open_rows(sheet) if sheet.cell(row, 1).value]


def as_excel(path: Path) -> Path:
    """Codes as numbers, below a title."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["本单位用到的科目"])
    sheet.append(["序号", "科目名称", "科目编码"])
    sheet.append([1, "事业运行", 2010350])
    sheet.append([2, "养老保险缴费", "2080505"])
    book.save(path)
    return path


def as_utf8(path: Path) -> Path:
    path.write_text(GOOD, encoding="utf-8-sig")
    return path


def as_gbk(path: Path) -> Path:
    path.write_bytes(GOOD.encode("gb18030"))
    return path


@pytest.mark.parametrize(("name", "write"), [("科目.csv", as_utf8), ("科目.csv", as_gbk), ("科目.xlsx", as_excel)])
def test_codes_come_from_csv_or_excel(name: str, write: Callable[[Path], Path], tmp_path: Path) -> None:
    output = tmp_path / "模板 = 甲&乙.xlsx"
    assert template(output, "--codes", write(tmp_path / name), "--unit", "某局", "--year", "2024", "--wan") == 0
    assert codes_in(output) == ["201", "20103", "2010350", "208", "20805", "2080505"]
    cover = openpyxl.load_workbook(output)["封面"]
    assert [cover[place].value for place in ("C4", "C5", "C7")] == ["某局", 2024, "万元"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("编码,名称\n2010350,事业运行\n", "没有“科目编码”“科目名称”两栏"),
        ("", "没有“科目编码”“科目名称”两栏"),
        ("科目编码,科目名称\n2010350,事业运行\n20103500,太长\n", "第 3 行的科目编码“20103500”"),
        ("科目编码,科目名称\n行政运行,2010301\n", "第 2 行的科目编码“行政运行”"),
        ("科目编码,科目名称\n,没有编码\n", "第 2 行的科目编码“”"),
        ("科目编码,科目名称\n2010350,事业运行\n2010350,事业运行\n", "第 3 行的科目编码 2010350 重复出现"),
        (b"\xff\xff\x81", "文字编码认不出"),
        (None, "找不到"),
    ],
)
def test_a_bad_list_of_codes_is_refused_in_one_sentence(
    content: str | bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = tmp_path / "科目.csv"
    if content is not None:
        codes.write_bytes(content.encode() if isinstance(content, str) else content)
    refused(tmp_path / "模板.xlsx", capsys, said, "--codes", codes)


@pytest.mark.parametrize(("name", "content"), [("科目.xlsx", b"PK\x03\x04"), ("科目.xls", b""), ("没有.xlsx", None)])
def test_an_excel_file_that_cannot_be_read_is_refused_in_one_sentence(
    name: str, content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    refused(tmp_path / "模板.xlsx", capsys, name, "--codes", tmp_path / name)


def refused(output: Path, capsys: pytest.CaptureFixture[str], said: str, *arguments: str | Path) -> None:
    """Exit code 2, one line in Chinese that says what to do, and nothing written."""
    assert template(output, *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert err.endswith("。\n")
    assert not output.exists()
    assert [path.name for path in output.parent.iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize("name", ["模板.xls", "模板", "模板.csv"])
def test_only_an_xlsx_or_xlsm_is_written(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(tmp_path / name, capsys, "只能写成 .xlsx 或 .xlsm 文件")


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "模板.xlsx"
    output.write_bytes(b"mine")
    assert template(output) == 2
    assert "已存在，没有覆盖" in capsys.readouterr().err
    assert output.read_bytes() == b"mine"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert template(tmp_path / "没有" / "模板.xlsx") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_without_a_year_it_is_last_year_and_amounts_are_in_yuan(tmp_path: Path) -> None:
    assert template(tmp_path / "模板.XLSX") == 0
    cover = openpyxl.load_workbook(tmp_path / "模板.XLSX")["封面"]
    assert (cover["C5"].value, cover["C7"].value) == (date.today().year - 1, "元")


@pytest.mark.parametrize("year", ["24", "0", "99999"])
def test_a_year_of_other_than_four_digits_is_refused(
    year: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(tmp_path / "模板.xlsx", capsys, f"年度 {year} 不对", "--year", year)


@pytest.mark.parametrize("unit", ["甲\x01乙", "长" * 101])
def test_a_name_that_cannot_be_shown_is_refused(unit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(tmp_path / "模板.xlsx", capsys, "单位名称", "--unit", unit)


def test_the_sheets_beside_the_tables_are_not_called_strange(tmp_path: Path) -> None:
    """Cover, codes and supplementary sheets of our own template are known to be none of the tables."""
    output = tmp_path / "模板.xlsx"
    assert cli.main(["template", str(output), "--unit", "某局", "--year", "2024"]) == 0
    book = read_book(open_workbook(str(output)), load_edition("henan-2024"))
    assert (book.left_out, book.perhaps) == ((), {})


def test_the_names_of_codes_are_written_as_they_are_given(tmp_path: Path) -> None:
    path = tmp_path / "科目.csv"
    path.write_text("科目编码,科目名称\n２０１０３,政府办公厅（室）及相关机构事务\n", encoding="utf-8")
    assert read_codes_file(str(path)) == [CodeRow("20103", "政府办公厅（室）及相关机构事务")]
