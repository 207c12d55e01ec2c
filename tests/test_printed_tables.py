"""The nine tables come back out of a published text, every figure of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from juesuan.cli import main
from juesuan.proofread.printed_tables import Printed, printed_tables
from juesuan.proofread.reading import read_narrative
from juesuan.proofread.side_by_side import side_by_side
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.template.printed_form import printed_workbook
from published_book import jiaozuo
from texts import BOOK, EDITION, TEXT, WORKBOOK, declaration, document, published


def tables_of(text: str) -> Printed:
    whole = document(text.splitlines())
    return printed_tables(whole, EDITION, read_narrative(whole, declaration()).part[0])


def test_all_566_figures_come_back_from_the_published_text() -> None:
    printed, truth = tables_of(published()), jiaozuo()
    assert len(printed.amounts) == 566
    assert printed.amounts == truth.amounts
    assert {name: [*map(tuple, rows)] for name, rows in printed.rows.items()} == {
        name: [*map(tuple, rows)] for name, rows in truth.rows.items()
    }
    assert (printed.unit, printed.year, printed.currency, printed.unread) == (truth.unit, 2024, "万元", ())


def test_the_workbook_made_of_them_is_read_as_the_sample_is(tmp_path: Path) -> None:
    path = tmp_path / "提取.xlsx"
    path.write_bytes(printed_workbook(tables_of(published()), EDITION))
    book = read_book(open_workbook(str(path)), EDITION)
    assert {key: cell.fen for key, cell in book.cells.items()} == {key: cell.fen for key, cell in BOOK.cells.items()}
    assert (book.unit, book.year) == (BOOK.unit, BOOK.year)


def test_a_county_called_yuan_is_no_currency() -> None:
    county = published().replace("部门：焦作市公共资源交易中心", "编制单位：元氏县财政局")
    assert "编制单位：元氏县财政局" in county
    assert (tables_of(county).unit, tables_of(county).currency) == ("元氏县财政局", "万元")
    assert tables_of(county.replace("单位：万元", "单位：元")).currency == "元"


def test_what_is_too_small_to_be_printed_is_not_missed() -> None:
    printed = tables_of(published())
    leaf = BOOK.cells["expenditure", "2010350", "business"]
    small, large = (leaf._replace(row="2019999", fen=fen) for fen in (4_999, 5_000))
    assert [item.words for item in side_by_side(printed, BOOK.with_cells({small.key: small}))] == []
    (found,) = side_by_side(printed, BOOK.with_cells({large.key: large}))
    assert "没有印出" in found.words
    assert "的 0.01万元" in found.words


def test_a_table_whose_zeros_are_blank_is_not_guessed() -> None:
    text = re.sub(r"(事业运行 900.81 900.81 )0.00 ", r"\1 ", published(), count=1)
    assert ("revenue", "2010350", "total") not in tables_of(text).amounts


def test_without_a_workbook_tables_and_text_are_both_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = published().replace(
        "2010350 事业运行 900.81 667.23 233.58 0.00", "2010350 事业运行 900.81 676.23 233.58 0.00"
    )
    path, book = tmp_path / "公开.txt", tmp_path / "提取.xlsx"
    path.write_text(text, encoding="utf-8")
    assert main(["proofread", str(path), "-o", str(book)]) == 1
    out = capsys.readouterr().out
    assert "现为 676.23，像是 667.23 写成了 676.23" in out
    assert "应为 1,034.62万元" in out
    assert open_workbook(str(book)).grids
    assert main(["proofread", str(path), "--format", "json"]) == 1
    of_text, of_tables = json.loads(capsys.readouterr().out)["books"]
    assert of_text["findings"][0]["quote"]
    assert of_tables["culprits"][0]["cells"][0]["suggested"] == "667.23"


def test_printed_tables_are_compared_with_the_workbook(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = WORKBOOK.with_name("焦作2024-有误.xlsx")
    assert main(["proofread", str(TEXT), "--book", str(wrong), "--format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)["books"][0]["findings"]
    found = {(item["section"], item["actual"], item["expected"]) for item in findings if item["rule"] == "TXT028"}
    assert ("公开03表", "667.23", "676.23") in found
    messages = [item["message"] for item in findings]
    assert len(messages) == len({*messages})
    (message,) = [item["message"] for item in findings if item["actual"] == "667.23"]
    assert "公开03表 D10 应为文字里的这个数：请改表。" in message
    assert main(["proofread", str(TEXT), "--book", str(WORKBOOK), "--format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)["books"][0]["findings"]
    assert not [item for item in findings if item["rule"] == "TXT028"]


def test_a_row_that_cannot_be_read_leaves_its_table_unread_and_none_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = published()
    assert text.count("就业见习补贴 4.08") == 3
    path, book = tmp_path / "说明.txt", tmp_path / "出.xlsx"
    path.write_text(text.replace("就业见习补贴 4.08", "就业见习补贴2期 4.08"), encoding="utf-8")
    main(["proofread", str(path), "-o", str(book)])
    capsys.readouterr()
    read = {sheet.title for sheet in openpyxl.load_workbook(book)}
    assert read & {"公开02表", "公开03表", "公开05表"} == set()
    pytest.importorskip("docx")
    renamed, whole = openpyxl.load_workbook(WORKBOOK), tmp_path / "公开件.docx"
    for name in ("公开02表", "公开03表", "公开05表"):
        (cell,) = [row[1] for row in renamed[name].iter_rows() if row[1].value == "就业见习补贴"]
        cell.value = "就业见习补贴2期"
    renamed.save(tmp_path / "账.xlsx")
    assert main(["narrate", str(tmp_path / "账.xlsx"), "-o", str(whole), "--full"]) == 0
    main(["proofread", str(whole), "--book", str(tmp_path / "账.xlsx")])
    assert "TXT028" not in capsys.readouterr().out


def test_a_text_without_tables_asks_for_the_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "说明.txt"
    path.write_text(published()[published().rindex("第三部分") :], encoding="utf-8")
    assert main(["proofread", str(path)]) == 2
    assert "--book" in capsys.readouterr().err
