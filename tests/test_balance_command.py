"""``juesuan balance`` on workbooks: what is written, what is refused, and that LibreOffice sees the same figures."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from clerk import filled_file, recalculate
from exact import figures
from juesuan import cli
from juesuan.book import Book
from juesuan.check import Checked, check
from juesuan.checks.tails import mentions_rounding
from juesuan.money import WAN_STEP, round_fen
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from locate.books import CATALOGUE, EDITION, SAMPLES
from outputs import require_published
from rich_book import ill_formed
from tools import require, validation_errors
from units import unit_figures, write_unit

SEED = 3
SAMPLE = SAMPLES / "焦作2024.xlsx"
PRINTED = re.compile(r"-?\d+(\.\d{1,2})?")


def run(*arguments: str | Path) -> int:
    return cli.main(["balance", *map(str, arguments)])


def read(path: Path) -> Book:
    return read_book(open_workbook(str(path)), EDITION)


def checked(path: Path) -> Checked:
    return check(read(path), CATALOGUE)


def amounts(book: Book) -> dict[tuple[str, str, str], int]:
    return {key: cell.fen for key, cell in book.cells.items() if cell.fen is not None}


@pytest.fixture(scope="module")
def yuan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our template in 元, filled in, its formulas never calculated."""
    return filled_file(tmp_path_factory.mktemp("yuan") / "某局 = 甲&乙.xlsx", figures(SEED, EDITION), "元", SEED)


@pytest.fixture(scope="module")
def optimal(yuan: Path) -> Path:
    output = yuan.with_name("某局-最优.xlsx")
    assert run(yuan, "-o", output, "--method", "optimal") == 0
    return output


@pytest.fixture(scope="module")
def plain(yuan: Path) -> Path:
    output = yuan.with_name("某局-舍入.xlsx")
    assert run(yuan, "-o", output) == 0
    return output


def change(path: Path, output: Path, work: Callable[[Workbook], None]) -> Path:
    file = openpyxl.load_workbook(path)
    work(file)
    file.save(output)
    return output


def test_a_template_in_yuan_becomes_a_book_in_wan_without_tails(yuan: Path, optimal: Path) -> None:
    told = checked(optimal)
    assert told.book.currency == "万元"
    assert (told.counts["tail"], told.counts["failed"]) == (0, 0)
    exact = figures(SEED, EDITION)
    for key, fen in amounts(told.book).items():
        assert abs(fen - exact.get(key, 0)) < WAN_STEP
        assert fen % WAN_STEP == 0
    assert {key for key, fen in exact.items() if fen and key[0] in told.book.sheets} <= amounts(told.book).keys()
    assert {sheet.currency for sheet in told.book.sheets.values()} == {"万元"}


def test_every_figure_is_rounded_by_itself_by_default(plain: Path) -> None:
    told = checked(plain)
    exact = figures(SEED, EDITION)
    assert amounts(told.book) == {key: round_fen(exact.get(key, 0), WAN_STEP) for key in amounts(told.book)}
    assert told.verdict == "warn"
    assert told.counts["tail"] > 10
    assert not [item for item in told.findings if item.rule == "FORM011"]


def test_the_workbook_given_is_never_touched(yuan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(shutil.copy(yuan, tmp_path / "原件.xlsx"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    assert run(path) == 0
    assert (tmp_path / "原件-万元.xlsx").exists()
    assert run(path, "-o", path) == 2
    assert "就是原来的" in capsys.readouterr().err
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


@pytest.mark.parametrize("method", ["none", "last", "largest", "remainder", "optimal"])
def test_a_second_run_changes_nothing_and_the_same_book_gives_the_same_bytes(
    method: str, yuan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, twin, again = (tmp_path / f"{name}.xlsx" for name in ("一", "二", "三"))
    for output in (first, twin):
        assert run(yuan, "-o", output, "--method", method) == 0
    assert first.read_bytes() == twin.read_bytes()
    capsys.readouterr()
    assert run(first, "-o", again, "--method", method) == 0
    assert again.read_bytes() == first.read_bytes()
    assert "没有要改的，与原工作簿相同" in capsys.readouterr().out


def test_resaved_by_another_program_an_optimal_book_still_stays_as_it_is(optimal: Path, tmp_path: Path) -> None:
    resaved = change(optimal, tmp_path / "另存.xlsx", lambda file: None)
    output = tmp_path / "再来.xlsx"
    assert run(resaved, "-o", output, "--method", "optimal") == 0
    assert output.read_bytes() == resaved.read_bytes()


def test_figures_are_values_units_are_changed_and_checks_in_yuan_are_gone(yuan: Path, optimal: Path) -> None:
    before, after = openpyxl.load_workbook(yuan), openpyxl.load_workbook(optimal)
    assert set(before.sheetnames) - set(after.sheetnames) == {"勾稽检查"}
    assert after.sheetnames[-1] == "舍位平衡"
    book = read(optimal)
    for cell in book.cells.values():
        if cell.fen is not None:
            value = after[cell.place.sheet][cell.place.address].value
            assert isinstance(value, int | float)
            assert PRINTED.fullmatch(str(value))
            look, was = (file[cell.place.sheet][cell.place.address].number_format for file in (after, before))
            assert look == was
    texts = [str(cell.value) for sheet in after for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [text for text in texts if re.search("单位[:：]元", text)]
    assert after["封面"]["C7"].value == "万元"
    assert after["公开03表"]["A3"].value == before["公开03表"]["A3"].value
    assert after["公开03表"]["J4"].value is None
    assert before["公开03表"]["J4"].value is not None


def test_the_sheet_lists_each_figure_that_was_moved_and_why(yuan: Path, optimal: Path) -> None:
    sheet = openpyxl.load_workbook(optimal)["舍位平衡"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    listed = {line[1]: line for line in lines if str(line[0]).isdigit()}
    book, exact = read(optimal), figures(SEED, EDITION)
    moved = {
        f"{cell.place.sheet} {cell.place.address}": cell
        for cell in book.cells.values()
        if cell.fen is not None and cell.fen != round_fen(exact.get(cell.key, 0), WAN_STEP)
    }
    assert listed.keys() == moved.keys()
    assert moved
    for where, cell in moved.items():
        _, _, _, was, rounded, now, why = listed[where]
        assert round(float(str(was)) * 100) == exact[cell.key]
        assert round(float(str(now)) * 100) * WAN_STEP == cell.fen
        assert abs(round((float(str(now)) - float(str(rounded))) * 100)) == 1
        assert "0.01" in str(why)


def test_the_json_says_every_figure_and_every_tail(
    yuan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "甲.xlsx"
    assert run(yuan, "-o", output, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    require_published(told)
    assert (told["schema"], told["method"], told["currency_unit"]["after"]) == ("juesuan.balance/1", "none", "万元")
    book = read(output)
    assert len(told["figures"]) == len(amounts(book))
    for figure in told["figures"]:
        cell = book.cells[figure["table"], figure["row"], figure["field"]]
        assert (figure["sheet"], figure["address"]) == (cell.place.sheet, cell.place.address)
        assert round(float(figure["after"]) * 100) * WAN_STEP == cell.fen
        assert not figure["adjusted"]
    tails = {(item["rule"], item["sheet"], item["address"]) for item in told["tails"]}
    noted = {
        (cell.rule, cell.place.sheet, cell.place.address)
        for finding in checked(output).findings
        if finding.status == "tail"
        for cell in finding.cells
    }
    assert noted <= tails


def test_a_book_with_errors_is_refused_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "不.xlsx"
    assert run(SAMPLES / "焦作2024-有误.xlsx", "-o", output) == 2
    said = capsys.readouterr()
    assert not output.exists()
    assert said.out == ""
    assert re.match(r"这份工作簿有 \d+ 处错误.*请先改正", said.err)


def test_a_published_book_is_mended_and_its_marks_are_taken_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked, output = tmp_path / "标注.xlsx", tmp_path / "平.xlsx"
    assert cli.main(["mark", str(SAMPLE), "-o", str(marked)]) == 0
    assert run(marked, "-o", output, "--method", "optimal") == 0
    assert "改动了 7 个，每个至多 0.01 万元。" in capsys.readouterr().out
    told = checked(output)
    assert told.counts["tail"] == 0
    assert "核对结果" not in openpyxl.load_workbook(output).sheetnames
    before, after = amounts(read(SAMPLE)), amounts(told.book)
    assert {after[key] - before[key] for key in before} == {0, -WAN_STEP}
    assert sum(after[key] != before[key] for key in before) == 7


def test_nothing_to_do_is_a_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "同.xlsx"
    assert run(SAMPLE, "-o", output) == 0
    assert output.read_bytes() == SAMPLE.read_bytes()
    said = capsys.readouterr().out
    assert "没有要改的数" in said
    assert "20805" in said


def test_a_table_with_tails_gets_the_note_it_lacks(yuan: Path, tmp_path: Path) -> None:
    def without_notes(file: Workbook) -> None:
        for sheet in file:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("注："):
                        short = cell.value.partition("本表金额转换")[0]
                        cell.value = short if sheet.title != "公开02表" else None

    path = change(yuan, tmp_path / "无注.xlsx", without_notes)
    output = tmp_path / "有注.xlsx"
    assert run(path, "-o", output) == 0
    told = checked(output)
    with_tails = {item.place.sheet for item in told.findings if item.status == "tail" and item.place}
    assert {"公开01表", "公开02表"} <= with_tails
    for sheet in told.book.sheets.values():
        assert mentions_rounding(sheet.notes) or sheet.name not in with_tails
    assert "反映部门本年度的总收支" in read(output).sheets["summary"].notes[0]


def test_the_name_of_a_unit_is_no_unit_of_money(yuan: Path, tmp_path: Path) -> None:
    def named(file: Workbook) -> None:
        file["公开01表"]["D3"] = "编制单位：元氏县某局　金额单位：元"
        file["公开03表"]["F3"] = "单位:人民币元"

    output = tmp_path / "元氏.xlsx"
    assert run(change(yuan, tmp_path / "元氏县.xlsx", named), "-o", output) == 0
    after = openpyxl.load_workbook(output)
    assert after["公开01表"]["D3"].value == "编制单位：元氏县某局　金额单位：万元"
    assert after["公开03表"]["F3"].value == "单位:人民币万元"


def test_sums_by_formula_of_a_printed_book_become_values_that_agree(tmp_path: Path) -> None:
    """Left as a formula, a sum would be that of the rounded items as soon as the workbook is opened."""
    path = tmp_path / "公式.xlsx"
    file = openpyxl.load_workbook(SAMPLE)
    place = read(SAMPLE).cells["expenditure", "20805", "total"].place
    file[place.sheet][place.address] = "=ROUND(C13+C14,2)"
    file.save(path)
    patched = tmp_path / "算过.xlsx"
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(patched, "w") as copy:
        for name in package.namelist():
            formula = rb"(<f>ROUND\(C13\+C14,2\)</f>)<v\s*(?:/>|></v>)"
            copy.writestr(name, re.sub(formula, rb"\1<v>79.62</v>", package.read(name)))
    output = tmp_path / "平.xlsx"
    before = read(patched)
    assert ("expenditure", "20805", "total") in before.formulas
    assert run(patched, "-o", output, "--method", "optimal") == 0
    value = openpyxl.load_workbook(output)[place.sheet][place.address].value
    assert isinstance(value, int | float)
    assert checked(output).counts["tail"] == 0


def test_a_balanced_workbook_can_be_marked_and_cleared(plain: Path, tmp_path: Path) -> None:
    marked, cleared = tmp_path / "标注.xlsx", tmp_path / "清除.xlsx"
    assert cli.main(["mark", str(plain), "-o", str(marked)]) == 0
    assert cli.main(["clear", str(marked), "-o", str(cleared)]) == 0
    assert cleared.read_bytes() == plain.read_bytes()
    assert run(marked, "-o", tmp_path / "再.xlsx") == 0
    assert (tmp_path / "再.xlsx").read_bytes() == plain.read_bytes()


def test_a_sheet_of_that_name_is_somebody_elses(yuan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = change(yuan, tmp_path / "重名.xlsx", lambda file: file.create_sheet("舍位平衡") and None)
    assert run(path, "-o", tmp_path / "不.xlsx") == 2
    assert "请先改名或删除它" in capsys.readouterr().err


def test_the_supplement_changes_its_unit_and_counts_stay_counts(yuan: Path, tmp_path: Path) -> None:
    def fill_in(file: Workbook) -> None:
        for row, count in {4: 7, 5: 7, 6: 7, 7: 7, 9: 0, 10: 0, 12: 0, 13: 0}.items():
            file["补05 三公补充"].cell(row, 2).value = count
        for row in range(4, 12):
            file["补07 国有资产"].cell(row, 2).value = 7
        file["补05 三公补充"]["B14"] = 130
        file["补06 政府采购"]["B4"] = 1_234_567.89
        file["补03 年初预算"]["A5"], file["补03 年初预算"]["C5"] = 2010301, 100_000

    path = change(yuan, tmp_path / "补.xlsx", fill_in)
    output = tmp_path / "补-万元.xlsx"
    assert run(path, "-o", output, "--method", "optimal") == 0
    after = openpyxl.load_workbook(output)
    assert after["补05 三公补充"]["A3"].value == "金额单位：万元"
    assert after["补05 三公补充"]["B4"].value == 7
    assert after["补05 三公补充"]["B14"].value == 0.013
    assert after["补06 政府采购"]["B4"].value == 123.456789
    assert after["补03 年初预算"]["C5"].value == 10
    assert after["补03 年初预算"]["A5"].value == 2010301


def test_a_table_of_which_nothing_is_left_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A few 元 of 政府性基金 are 0.00 万元, and that the table must say so now is told at once."""
    book = figures(511, EDITION)
    given = write_unit(tmp_path / "某局.xlsx", "某局", book)
    assert any(fen for (table, _, _), fen in book.items() if table == "government_fund")
    assert run(given, "-o", tmp_path / "万元.xlsx", "--method", "optimal") == 0
    assert re.search(r"公开07表.*的数都太小，转为万元以后全是 0\.00", capsys.readouterr().out)
    for finding in checked(tmp_path / "万元.xlsx").findings:
        assert finding.level != "error" or finding.rule == "FORM009"


def test_what_must_be_more_than_nothing_is_not_rounded_to_nothing(yuan: Path, tmp_path: Path) -> None:
    """30 元 of 公务接待费 for seven guests: rounded by itself it would be 0.00, which seven guests do not go with."""

    def guests(file: Workbook) -> None:
        for row, count in {4: 7, 5: 7, 6: 7, 7: 7, 8: 0, 9: 0, 10: 0, 11: 30, 12: 7, 13: 7}.items():
            file["补05 三公补充"].cell(row, 2).value = count
        for row in range(4, 12):
            file["补07 国有资产"].cell(row, 2).value = 7
        file["三公汇总"]["G7"] = file["公开09表"]["F8"] = 30

    path = change(yuan, tmp_path / "接待.xlsx", guests)
    outputs = {method: tmp_path / f"{method}.xlsx" for method in ("none", "optimal")}
    for method, output in outputs.items():
        assert run(path, "-o", output, "--method", method) == 0
    spent = {
        method: read(output).cells["three_public", "actual", "official_reception"] for method, output in outputs.items()
    }
    assert [cell.fen for cell in spent.values()] == [0, WAN_STEP]
    rules = {method: {item.rule for item in checked(output).findings} for method, output in outputs.items()}
    assert "TPE020" in rules["none"]
    assert "TPE020" not in rules["optimal"]
    assert checked(outputs["optimal"]).counts["tail"] == 0


def test_formulas_beside_the_tables_follow_and_none_is_left_without_its_master(yuan: Path, tmp_path: Path) -> None:
    def beside(file: Workbook) -> None:
        file["封面"]["E4"] = "='公开01表'!C37"

    path = change(yuan, tmp_path / "旁.xlsx", beside)
    output = tmp_path / "旁-万元.xlsx"
    assert run(path, "-o", output, "--method", "optimal") == 0
    assert openpyxl.load_workbook(output)["封面"]["E4"].value == "='公开01表'!C37"
    with zipfile.ZipFile(output) as package:
        assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")
        assert "xl/calcChain.xml" not in package.namelist()
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    for xml in sheets:
        shared = set(re.findall(rb'<f t="shared" si="(\d+)"/>', xml))
        assert shared <= set(re.findall(rb'<f t="shared" ref="[^"]*" si="(\d+)"', xml))


@pytest.mark.parametrize("noted", [False, True])
def test_what_was_explained_in_yuan_stays_explained_in_wan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], noted: bool
) -> None:
    """On the sheet 说明 or in a note: its amounts become those of the balanced book; the other lines stay asked."""
    given, marked = write_unit(tmp_path / "甲局.xlsx", "甲局", unit_figures(1)), tmp_path / "甲局-核对.xlsx"
    assert cli.main(["mark", str(given)]) == 0
    book = openpyxl.load_workbook(marked)
    sheet = book["说明"]
    line = next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, 2).value == "X054")
    if noted:
        cell = next(cell for cell in book["公开06表"]["C"] if cell.comment and "X054" in cell.comment.text)
        cell.comment.text += "\n多交的一笔"
    else:
        sheet.cell(line, 9).value = "多交的一笔"
    book.save(marked)
    output = tmp_path / "甲局-万元.xlsx"
    assert run(marked, "-o", output, "--method", "optimal") == 0
    capsys.readouterr()
    assert cli.main(["explanations", "list", str(output)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"【已采用】.*X054 .*30110 职工基本医疗保险缴费 决算数 77\.66：多交的一笔", said)
    assert ill_formed(output.read_bytes()) == []
    answered = {item.rule: item.answer for item in checked(output).findings if item.answer}
    assert answered == {"X054": "多交的一笔"}


def test_rules_of_ones_own_are_balanced_too_and_an_impossible_one_is_told(
    yuan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four budgets of 50 元: two pairs make 100 元 each, and a province wants three of the four to be the same."""

    def budgets(file: Workbook) -> None:
        for address in ("B8", "D8", "E8", "F8"):
            file["公开09表"][address] = 50

    path = change(yuan, tmp_path / "预算.xlsx", budgets)
    rules, output = tmp_path / "本省.toml", tmp_path / "省.xlsx"
    others = ("overseas_travel", "official_reception")
    rules.write_text(
        "".join(
            f'[[rule]]\ncode = "TPE90{number}"\ntitle = "预算数相等"\nlevel = "error"\nbasis = "试"\nadvice = "看"\n'
            f'catalogue = []\nexpr = "three_public[budget].{other} = three_public[budget].vehicle_purchase"\n'
            for number, other in enumerate(others)
        ),
        encoding="utf-8",
    )
    assert run(path, "-o", output, "--method", "optimal") == 0
    assert "分毫不差" in capsys.readouterr().out
    assert run(path, "-o", output, "--method", "optimal", "--rules", rules, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    require_published(told)
    assert told["impossible"]["cases"] == 2
    assert {"TPE900", "TPE901"}.isdisjoint(item["rule"] for item in told["tails"]), "同一个数处处一样"
    assert {item["table"] for item in told["tails"]} == {"three_public", "three_public_summary"}
    assert run(path, "-o", output, "--method", "optimal", "--rules", rules) == 0
    assert "不可能处处相符" in capsys.readouterr().out


def test_the_open_xml_sdk_finds_no_new_error(yuan: Path, optimal: Path, plain: Path) -> None:
    before = len(validation_errors(yuan))
    assert [len(validation_errors(path)) for path in (optimal, plain)] == [before, before]


def test_libreoffice_shows_the_same_figures(optimal: Path, tmp_path: Path) -> None:
    require("soffice")
    path = Path(shutil.copy(optimal, tmp_path / "最优.xlsx"))
    [seen] = recalculate([[path]], tmp_path).values()
    assert amounts(read(seen)) == amounts(read(optimal))
    assert check(read(seen), CATALOGUE).counts["tail"] == 0
