"""Tables whose zeros are blank come back out of PDF, Word and Markdown, because their cells are known."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from juesuan.cli import main
from juesuan.intake.judge import AUTO, read_as
from juesuan.proofread.cell_tables import CellTable, _tidied
from juesuan.proofread.document import Document
from juesuan.proofread.reader import cell_tables, read_document
from juesuan.reading.files import open_workbook, workbook_of
from juesuan.template.printed_form import workbook_of_cells
from shanghai import ACCOUNTS, write
from tools import require

Amounts = dict[tuple[str, str, str], int]


def amounts_of(path: Path) -> Amounts:
    book, edition = read_as(open_workbook(str(path)), AUTO)
    assert edition == "shanghai-2024"
    return {key: cell.fen for key, cell in book.cells.items() if cell.fen}


def amounts_in(document: Document) -> Amounts:
    book, edition = read_as(workbook_of(document.path, workbook_of_cells(cell_tables(document))), AUTO)
    assert edition == "shanghai-2024"
    return {key: cell.fen for key, cell in book.cells.items() if cell.fen}


def ruled(path: Path, head: str = "") -> Path:
    """The workbook with lines around every cell of its tables, columns wide enough, one page wide, below a `head`."""
    file = openpyxl.load_workbook(path)
    thin = Side(style="thin")
    for sheet in file:
        sheet.HeaderFooter.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(head)) if head else None
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for row in sheet.iter_rows(min_row=3):
            for cell in row:
                cell.border = Border(thin, thin, thin, thin)
                cell.alignment = Alignment(wrap_text=True)
        for column in range(1, sheet.max_column + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 24
    file.save(path)
    return path


@pytest.mark.parametrize(("name", "head"), [*((name, "") for name in ACCOUNTS), (ACCOUNTS[0], "部门决算公开")])
def test_every_amount_of_a_pdf_with_blank_zeros(name: str, head: str, tmp_path: Path) -> None:
    """A line above every page is none of the tables that go over it."""
    pytest.importorskip("pdfplumber")
    book = ruled(write(tmp_path / "账.xlsx", name), head)
    command = [require("soffice"), "--headless", "--norestore", f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}"]
    subprocess.run([*command, "--convert-to", "pdf", "--outdir", str(tmp_path), str(book)], check=True, timeout=120)
    document = read_document(str(tmp_path / "账.pdf"))
    truth = amounts_of(book)
    assert len(truth) > 150
    assert amounts_in(document) == truth
    assert [line.aside for line in document.lines if line.text == head] == ["页眉、页脚"] * bool(head)


def as_word(sheet: Worksheet, word: object) -> None:
    """The sheet as a Word table below its heading lines."""
    rows = list(sheet.iter_rows())
    for row in rows[:2]:
        word.add_paragraph("　".join(str(cell.value) for cell in row if cell.value))  # type: ignore[attr-defined]
    table = word.add_table(len(rows) - 2, sheet.max_column, "Table Grid")  # type: ignore[attr-defined]
    for area in sheet.merged_cells.ranges:
        if area.min_row > 2:
            table.cell(area.min_row - 3, area.min_col - 1).merge(table.cell(area.max_row - 3, area.max_col - 1))
    cells, width = table._cells, sheet.max_column
    for order, line in enumerate(rows[2:]):
        for column, cell in enumerate(line):
            if cell.value is not None:
                shown = f"{cell.value:,.2f}" if isinstance(cell.value, float) else str(cell.value)
                cells[order * width + column].text = shown


def test_every_amount_of_a_word_file_with_blank_zeros(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    book = write(tmp_path / "账.xlsx", ACCOUNTS[1])
    word = docx.Document()
    for sheet in openpyxl.load_workbook(book):
        as_word(sheet, word)
    word.save(str(tmp_path / "账.docx"))
    assert amounts_in(read_document(str(tmp_path / "账.docx"))) == amounts_of(book)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_markdown_table_keeps_its_blank_cells(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "表.md"
    path.write_text(
        "# 支出决算表\n单位：万元\n\n| 项目 | 合计 |\n| --- | --- |\n| 甲 |  |\n| 乙 | 1.00 |\n", encoding=encoding
    )
    (table,) = cell_tables(read_document(str(path)))
    assert table == CellTable(("支出决算表", "单位：万元"), (("项目", "合计"), ("甲", ""), ("乙", "1.00")))
    assert cell_tables(Document("说明.txt", [])) == ()


def test_headings_drawn_in_pieces_are_put_together() -> None:
    rows = (
        ("财政拨款", "", "", "", ""),
        ("支出功能分类", "", "", "科目名称", "小计"),
        ("科目编码", "", "", "", ""),
        ("", "", "", "", ""),
        ("类", "款", "项", "合计", "5.00"),
        ("201", "", "", "甲", "5.00"),
    )
    drawn = CellTable((), rows, ((0, 0, 0, 4), (1, 1, 0, 2), (2, 2, 0, 2), (1, 3, 3, 3)))
    tidied = _tidied(drawn)
    assert tidied.above == ("财政拨款",)
    assert tidied.rows == (
        ("支出功能分类科目编码", "", "", "科目名称", "小计"),
        ("类", "款", "项", "", ""),
        ("合计", "", "", "", "5.00"),
        ("201", "", "", "甲", "5.00"),
    )
    assert (0, 0, 0, 2) in tidied.areas


def test_without_a_workbook_a_pdf_with_blank_zeros_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docx = pytest.importorskip("docx")
    name = ACCOUNTS[0]
    book = write(tmp_path / "账.xlsx", name)
    word = docx.Document()
    for sheet in openpyxl.load_workbook(book):
        as_word(sheet, word)
    text = (Path(__file__).parent.parent / "samples" / "published" / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        word.add_paragraph(line)
    path, output = tmp_path / "公开.docx", tmp_path / "提取.xlsx"
    word.save(str(path))
    assert main(["proofread", str(path), "-o", str(output)]) == 1
    out = capsys.readouterr().out
    assert "写 0.00万元，应为 2,995.39万元" in out
    assert "写 71.73%，按有关各数复算，应为 71.65%" in out
    assert amounts_of(output) == amounts_of(book)
    shutil.copy(book, tmp_path / "改.xlsx")
    file = openpyxl.load_workbook(tmp_path / "改.xlsx")
    sheet = file.worksheets[1]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == 187.19)
    cell.value = 178.19
    file.save(tmp_path / "改.xlsx")
    assert main(["proofread", str(path), "--book", str(tmp_path / "改.xlsx")]) == 1
    assert "印的是 187.19万元，工作簿为 178.19万元" in capsys.readouterr().out
