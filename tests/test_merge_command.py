"""``juesuan merge`` on workbooks: what is written, what is said and refused, and that LibreOffice sees the same."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from exact import Figures
from juesuan import cli
from juesuan.batch import members
from juesuan.book import Book, Key
from juesuan.check import check
from juesuan.errors import JuesuanError
from juesuan.intake.judge import Order
from juesuan.money import FEN_PER, to_fen
from juesuan.reading.files import open_workbook
from juesuan.reading.own_sheet import TRACE_NAME
from juesuan.reading.recognise import read_book
from outputs import require_published
from tools import libreoffice, validation_errors
from units import CATALOGUE, EDITION, summed, unit_figures, write_unit

UNITS = {"甲局": 1, "乙中心": 2, "丙馆": 3}
FIGURES = {name: unit_figures(seed) for name, seed in UNITS.items()}


def run(*arguments: str | Path) -> int:
    return cli.main(["merge", *map(str, arguments)])


def read(path: Path) -> Book:
    return read_book(open_workbook(str(path)), EDITION)


def amounts(book: Book) -> dict[Key, int]:
    return {key: cell.fen for key, cell in book.cells.items() if cell.fen}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three units, as a department keeps them: one a folder deeper."""
    root = tmp_path_factory.mktemp("各单位 = 2024")
    (root / "下属").mkdir()
    for name, figures in FIGURES.items():
        write_unit(root / ("下属" if name == "丙馆" else ".") / f"{name}.xlsx", name, figures)
    return root


@pytest.fixture
def units(folder: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    shutil.copytree(folder, tmp_path / "各单位", copy_function=shutil.copy2)
    return tmp_path / "各单位"


@pytest.fixture(scope="module")
def department(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("部门") / "某部门.xlsx"
    assert run(folder, "-o", output) == 0
    return output


def refused(capsys: pytest.CaptureFixture[str], output: Path, *arguments: str | Path) -> str:
    """The sentences with which nothing was written."""
    capsys.readouterr()
    assert run(*arguments, "-o", output) == 2
    assert not output.exists()
    said = capsys.readouterr().err.strip()
    assert "Traceback" not in said
    return said


def test_the_department_is_the_sum_and_checks_without_errors(department: Path) -> None:
    book = read(department)
    assert (book.unit, book.year, book.currency) == ("某部门", 2024, "元")
    truth = {key: fen for key, fen in summed(*FIGURES.values()).items() if fen and key in book.cells}
    assert amounts(book) == truth
    assert len(truth) > 400
    checked = check(book, CATALOGUE)
    assert not [finding for finding in checked.findings if finding.level == "error"]
    assert not [item for item in checked.not_checked if "公式" in item.reason]


def test_its_sums_are_formulas_and_its_items_numbers(department: Path) -> None:
    sheet = openpyxl.load_workbook(department)["公开03表"]
    formulas = {cell.data_type for row in sheet.iter_rows(min_row=7) for cell in row[2:3] if cell.value is not None}
    assert formulas == {"f"}
    items = [row[3] for row in sheet.iter_rows(min_row=8) if len(str(row[0].value or "")) == 7]
    assert {cell.data_type for cell in items if cell.value is not None} == {"n"}


def test_libreoffice_computes_the_same_and_the_file_is_valid(department: Path, tmp_path: Path) -> None:
    libreoffice(["--convert-to", "xlsx", "--outdir", tmp_path, department], tmp_path)
    assert amounts(read(tmp_path / department.name)) == amounts(read(department))
    assert (read(tmp_path / department.name).unit, read(tmp_path / department.name).year) == ("某部门", 2024)
    assert validation_errors(department) == []


def fen_in(text: str) -> int:
    return 0 if text == "None" else to_fen(Decimal(text), "元")


def test_the_trace_leads_every_figure_back_to_the_units(department: Path) -> None:
    """Read from the sheet as it is printed, against the department's figures and the units' own."""
    rows = list(openpyxl.load_workbook(department)[TRACE_NAME].iter_rows(values_only=True))
    start = max(number for number, row in enumerate(rows) if row[:2] == ("表", "单元格")) + 1
    traced: dict[tuple[str, str], int] = {}
    book = read(department)
    places = {(cell.place.sheet, cell.place.address): cell.key for cell in book.cells.values()}
    for sheet, address, _, unit, plus, minus, _ in (map(str, row[:7]) for row in rows[start:]):
        spot, fen = (sheet, address), fen_in(plus) - fen_in(minus)
        traced[spot] = traced.get(spot, 0) + fen
        if unit in UNITS:
            assert FIGURES[unit][places[spot]] == fen
    assert {places[spot]: fen for spot, fen in traced.items() if fen} == amounts(book)


def test_json_traces_the_same(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(folder, "-o", tmp_path / "某部门.xlsx", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    require_published(told)
    assert told["schema"] == "juesuan.merge/1"
    assert {unit["name"] for unit in told["units"]} == set(UNITS)
    for cell in told["cells"]:
        parts = sum(to_fen(Decimal(part["value"]), "元") for part in cell["units"])
        whole = parts - to_fen(Decimal(cell["adjusted"]), "元") + to_fen(Decimal(cell["recomputed"]), "元")
        assert whole == to_fen(Decimal(cell["value"]), "元")


def test_the_same_units_give_the_same_bytes(folder: Path, department: Path, tmp_path: Path) -> None:
    output = tmp_path / department.name
    assert run(folder, "-o", output) == 0
    assert output.read_bytes() == department.read_bytes()


def test_the_newest_book_of_a_unit_counts_and_the_other_is_named(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_unit(units / "甲局旧.xlsx", "甲局", unit_figures(9), age=60)
    output = tmp_path / "某部门.xlsx"
    assert run(units, "-o", output) == 0
    assert "甲局 有 2 份，用最新的" in capsys.readouterr().out
    assert (
        amounts(read(output))["expenditure", "total", "total"]
        == summed(*FIGURES.values())["expenditure", "total", "total"]
    )
    assert any(
        "甲局旧.xlsx" in str(row[0]) for row in openpyxl.load_workbook(output)[TRACE_NAME].iter_rows(values_only=True)
    )


def test_the_output_and_the_lists_in_the_folder_are_no_units(units: Path) -> None:
    output = units / "某部门.xlsx"
    assert run(units, "-o", output) == 0
    first = output.read_bytes()
    assert run(units, "-o", output) == 0
    assert output.read_bytes() == first


def test_a_workbook_that_is_no_sum_is_never_written_over(units: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for output in (units / "甲局.xlsx", units.parent / "别的.xlsx"):
        if not output.exists():
            output.write_bytes(b"somebody's own")
        before = output.read_bytes()
        assert run(units, "-o", output) == 2
        assert "已存在，不是汇总件，没有覆盖" in capsys.readouterr().err
        assert output.read_bytes() == before


def expected(path: Path, *names: str) -> Path:
    lines = [f"{number:03d},{name}" for number, name in enumerate(names, 1)]
    path.write_text("\n".join(["单位编码,单位名称", *lines]), encoding="utf-8")
    return path


def test_a_unit_without_a_book_is_refused_or_let_pass_with_a_reason(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = expected(tmp_path / "名单.csv", *UNITS, "丁站")
    output = tmp_path / "某部门.xlsx"
    assert "名单里的 丁站（004）没有工作簿" in refused(capsys, output, units, "--expect", names)
    assert run(units, "--expect", names, "--override", "丁站已撤销", "-o", output) == 0
    said = capsys.readouterr().out
    assert "放行理由：丁站已撤销" in said
    texts = [str(row[0]) for row in openpyxl.load_workbook(output)[TRACE_NAME].iter_rows(values_only=True)]
    assert any("丁站已撤销" in text for text in texts)
    assert any("丁站（004）没有工作簿" in text for text in texts)


def test_a_book_that_is_not_on_the_list_is_left_out_and_said(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "某部门.xlsx"
    assert run(units, "--expect", expected(tmp_path / "名单.csv", "乙中心", "甲局"), "-o", output) == 0
    assert "（丙馆）不在名单里，没有汇总" in capsys.readouterr().out
    two = summed(FIGURES["甲局"], FIGURES["乙中心"])
    assert amounts(read(output))["summary", "grand_total", "revenue"] == two["summary", "grand_total", "revenue"]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"currency": "万元"}, "（丁站）的金额单位是 万元，别的是 元"),
        ({"year": 2023}, "（丁站）的年度是 2023，别的是 2024"),
    ],
)
def test_books_of_another_kind_are_refused(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], other: Mapping[str, Any], said: str
) -> None:
    write_unit(units / "丁站.xlsx", "丁站", unit_figures(4), **other)
    assert said in refused(capsys, tmp_path / "某部门.xlsx", units)


def test_books_of_another_edition_are_refused(units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_up = Path(__file__).parent.parent / "samples" / "made_up"
    shutil.copy(made_up / "公共服务中心.xlsx", units)
    assert "的版式是 sichuan-2024，别的是 henan-2024" in refused(capsys, tmp_path / "某部门.xlsx", units)
    said = refused(capsys, tmp_path / "某部门.xlsx", made_up / "公共服务中心.xlsx")
    assert "不能汇总：财政拨款支出决算明细表、一般公共预算财政拨款支出决算明细表的栏没有收全" in said


def wrong(path: Path, name: str) -> Path:
    """A unit whose 收入总计 is 1 元 too much."""
    figures: Figures = {**unit_figures(5)}
    figures["summary", "grand_total", "revenue"] += 100
    return write_unit(path, name, figures)


def test_a_unit_with_errors_is_refused_or_let_pass_with_a_reason(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong(units / "丁站.xlsx", "丁站")
    output = tmp_path / "某部门.xlsx"
    assert "（丁站）有 " in (said := refused(capsys, output, units))
    assert "处错误。请先改正，或写明理由放行（--override）" in said
    assert run(units, "-o", output, "--override", "先看总数") == 0
    assert "1 个合计按明细重算，与各单位该格之和不同，最大相差 1.00" in capsys.readouterr().out
    rows = list(openpyxl.load_workbook(output)[TRACE_NAME].iter_rows(values_only=True))
    assert any(row[2] == "丁站" and "处错误，照原数汇总" in str(row[6]) for row in rows)


def test_what_cannot_be_read_is_refused_by_name(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (units / "坏.xlsx").write_bytes(b"")
    assert "“坏.xlsx”是空文件" in refused(capsys, tmp_path / "某部门.xlsx", units)
    (tmp_path / "空").mkdir()
    assert "没有找到要汇总的工作簿" in refused(capsys, tmp_path / "某部门.xlsx", tmp_path / "空")


def test_a_book_that_states_no_unit_is_refused(units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_unit(units / "无名.xlsx", "", unit_figures(6))
    assert "没有写单位名称" in refused(capsys, tmp_path / "某部门.xlsx", units)


def test_a_sum_is_not_added_to_its_own_units(
    units: Path, department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(department, units / "上次汇总.xlsx")
    said = refused(capsys, tmp_path / "全部.xlsx", units)
    assert "是汇总件，已经包含“甲局”" in said
    other = write_unit(tmp_path / "丁站.xlsx", "丁站", unit_figures(4))
    assert run(department, other, "-o", tmp_path / "全部.xlsx") == 0
    assert "是汇总件，已经包含“丁站”" in refused(capsys, tmp_path / "再.xlsx", tmp_path / "全部.xlsx", other)


def adjustments(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["表,行,栏,金额,原因,单位", *rows]), encoding="utf-8")
    return path


def an_item(name: str, table: str, field: str) -> tuple[str, int]:
    """A 项 in which a unit has an amount, and that amount in 分."""
    return next(
        (row, fen) for (t, row, f), fen in FIGURES[name].items() if (t, f) == (table, field) and len(row) == 7 and fen
    )


def test_adjustments_are_taken_off_with_what_follows(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, fen = an_item("甲局", "expenditure", "project")
    amount = f"{fen // 100}.{fen % 100:02d}"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["重复数调整表"])
    sheet.append(["表", "科目编码", "栏目", "扣除金额", "调整原因"])
    sheet.append(["支出决算表", int(code), "项目支出", fen / 100, "内部“划转”"])
    book.save(tmp_path / "调整表.xlsx")
    listed = adjustments(tmp_path / "调整表.csv", f'03,{code},项目支出,"{amount}",内部“划转”,甲局')
    for number, given in enumerate((tmp_path / "调整表.xlsx", listed)):
        output = tmp_path / f"部门{number}.xlsx"
        assert run(folder, "--adjust", given, "-o", output) == 1, "taken off on one side only, it is out of balance"
        whole = summed(*FIGURES.values())
        for row in (code, code[:5], code[:3], "total"):
            for field in ("project", "total"):
                key = ("expenditure", row, field)
                assert amounts(read(output)).get(key, 0) == whole[key] - fen
        assert "处不" not in capsys.readouterr().err
        rows = list(openpyxl.load_workbook(output)[TRACE_NAME].iter_rows(values_only=True))
        assert any(row[5] == pytest.approx(fen / FEN_PER["元"]) and row[6] == "内部“划转”" for row in rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("公开33表,2010350,项目支出,1,原因,", "第 2 行：不认识表“公开33表”"),
        ("公开03表,2010350,项目,1,原因,", "没有“项目”一栏"),
        ("公开01表,天上掉的,,1,原因,", "没有“天上掉的”一行"),
        ("公开03表,2010350,项目支出,-1,原因,", "金额“-1”不对"),
        ("公开03表,2010350,项目支出,1.005,原因,", "金额“1.005”不对"),
        ("公开03表,2010350,项目支出,1,,", "没有写原因"),
        ("公开03表,合计,项目支出,1,原因,", "由公式得出。请调整录入的明细"),
        ("公开01表,一般公共服务支出,,1,原因,", "由公式得出。请调整录入的明细"),
        ("公开03表,2999999,项目支出,1,原因,", "各单位都没有 2999999"),
        ("公开03表,{item},,1,原因,", "公开03表没有写哪一栏"),
        ("公开03表,{item} 某科目,项目支出,1,原因,丁站", "要汇总的单位里没有“丁站”"),
        ("公开03表,{item},项目支出,99999999999,多扣的,", "“项目支出”各单位一共只有 "),
        ("公开03表,{item},项目支出,0.01,没有的,乙中心", "“项目支出”“乙中心”只有 0.00，扣不了 0.01"),
    ],
)
def test_adjustments_that_cannot_be_made_are_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, said: str
) -> None:
    item = an_item("甲局", "expenditure", "project")[0]
    given = adjustments(tmp_path / "调整表.csv", row.format(item=item))
    assert said in refused(capsys, tmp_path / "某部门.xlsx", folder, "--adjust", given)


def test_a_list_that_is_none_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "调整表.csv").write_text("甲,乙\n1,2\n", encoding="gb18030")
    said = refused(capsys, tmp_path / "某部门.xlsx", folder, "--adjust", tmp_path / "调整表.csv")
    assert "没有“表、行、栏、金额、原因”这几栏" in said


@pytest.mark.parametrize("option", ["--adjust", "--expect"])
def test_a_list_that_no_csv_is_is_refused_in_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    given = tmp_path / "名单.csv"
    given.write_text(f"单位编码,单位名称\n1,{'长' * 200_000}\n", encoding="utf-8")
    assert "“名单.csv”不合 CSV 的写法" in refused(capsys, tmp_path / "某部门.xlsx", folder, option, given)


def test_the_submitted_book_is_held_against_the_sum(
    folder: Path, department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "--check", department) == 0
    assert "不等 0 格" in capsys.readouterr().out
    figures = summed(FIGURES["甲局"], FIGURES["丙馆"])
    submitted = write_unit(tmp_path / "部门.xlsx", "某部门", figures)
    before = submitted.read_bytes()
    assert run(folder, "--check", submitted) == 1
    said = capsys.readouterr().out
    assert "差额都像是没有加“乙中心”" in said
    assert "个合计随着这些格不等" in said
    assert run(folder, "--check", submitted, "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)["comparison"]
    assert {item["level"] for item in told["differences"]} == {"error"}
    assert submitted.read_bytes() == before


def test_an_older_copy_that_went_into_the_sum_is_named(
    units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = {**FIGURES["甲局"]}
    code, _ = an_item("甲局", "expenditure", "project")
    for row in (code, code[:5], code[:3], "total"):
        for field in ("project", "total"):
            older["expenditure", row, field] -= 7
    write_unit(units / "甲局旧.xlsx", "甲局", older, age=60)
    submitted = write_unit(tmp_path / "部门.xlsx", "某部门", summed(older, FIGURES["乙中心"], FIGURES["丙馆"]))
    assert run(units, "--check", submitted) == 1
    assert "像是用了“甲局”旧的一份" in capsys.readouterr().out


def test_rows_that_no_unit_has_are_told(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = summed(*FIGURES.values())
    figures["expenditure", "2999999", "basic"] = figures["expenditure", "2999999", "total"] = 100
    submitted = write_unit(tmp_path / "部门.xlsx", "某部门", figures)
    assert run(folder, "--check", submitted) == 1
    assert "各单位都没有的 2 格" in capsys.readouterr().out


def test_neither_output_nor_book_to_compare_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder) == 2
    assert "没有写输出文件" in capsys.readouterr().err
    assert run(folder, "-o", "部门.xls") == 2
    assert "只能写成 .xlsx" in capsys.readouterr().err
    assert not os.path.exists("部门.xls")


def test_what_only_accumulated_rounding_makes_wrong_is_told_as_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """焦作 a dozen times over: each is right within its rounding, the sum of what they print is not."""
    sample = Path(__file__).parent.parent / "samples" / "焦作2024.xlsx"
    (tmp_path / "各单位").mkdir()
    for number in range(12):
        file = openpyxl.load_workbook(sample)
        for cell in (cell for sheet in file for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("公共资源交易中心", f"{number}中心")
        file.save(tmp_path / "各单位" / f"{number}.xlsx")
    assert run(tmp_path / "各单位", "-o", tmp_path / "某部门.xlsx", "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["accumulated_rounding"]) == ("fail", True)
    assert run(tmp_path / "各单位", "-o", tmp_path / "某部门.xlsx") == 1
    assert "只是各单位的尾差累积起来的" in capsys.readouterr().out


def test_names_are_texts_whatever_they_begin_with(tmp_path: Path) -> None:
    write_unit(tmp_path / "甲.xlsx", '<甲&乙>"局"', FIGURES["甲局"])
    write_unit(tmp_path / "乙.xlsx", "=1+1", FIGURES["乙中心"])
    output = tmp_path / "某部门 = 甲&乙.xlsx"
    assert run(tmp_path, "-o", output, "--unit", "=HYPERLINK(1)") == 0
    file = openpyxl.load_workbook(output)
    assert (file["封面"]["C4"].value, file["封面"]["C4"].data_type) == ("=HYPERLINK(1)", "s")
    names = [row[2] for row in file[TRACE_NAME].iter_rows(values_only=True)]
    assert {"<甲&乙>局", "=1+1"} <= set(names), "引号在读的时候就不计"


def test_units_of_one_name_are_told_apart_by_their_codes_whichever_comes_first(tmp_path: Path) -> None:
    for number in range(3):
        write_unit(tmp_path / f"{number}.xlsx", "办公室", unit_figures(number))
    read = list(members._read([str(tmp_path)], set(), Order()))

    def units(*codes: str) -> list[tuple[str, int]]:
        coded = [item._replace(code=code) for item, code in zip(read, codes, strict=True)]
        return [(member.code, 1 + len(member.older)) for member in members._by_name(coded)]

    assert units("1", "2", "1") == [("1", 2), ("2", 1)]
    assert units("", "1", "") == [("1", 3)]
    assert units("", "", "") == [("", 3)]
    with pytest.raises(JuesuanError, match="没有写单位编码，叫“办公室”的单位有几个"):
        units("", "1", "2")
