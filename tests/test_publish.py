"""What is published: checked first, clean, and readable again to the last figure."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from juesuan import written
from juesuan.book import Book
from juesuan.cli import main
from juesuan.document import paged
from juesuan.document.publication import DRAFT, missing_texts
from juesuan.errors import JuesuanError
from juesuan.narrative.facts import Facts
from juesuan.narrative.supplement import NOTHING
from juesuan.proofread.printed_tables import printed_tables
from juesuan.proofread.reader import read_document
from juesuan.proofread.reading import read_narrative
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from outputs import require_published
from published_book import jiaozuo
from published_supplement import workbook_with_supplement
from texts import BOOK, EDITION, WORKBOOK, declaration
from tools import require

docx = pytest.importorskip("docx")
pytest.importorskip("pdfplumber")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("账") / "焦作 2024.xlsx"
    file = workbook_with_supplement()
    for sheet, label, text in (
        ("补09 机构职责", "部门职责", "组织公共资源交易。"),
        ("补09 机构职责", "机构设置", "内设机构8个。"),
        ("补08 绩效", "部门评价报告正文", "评价报告从略。"),
    ):
        row = next(row for row in file[sheet].iter_rows() if row[0].value == label)
        row[1].value = text
    file.save(path)
    return path


@pytest.fixture(scope="module")
def folder(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    require("soffice")
    output = tmp_path_factory.mktemp("公开") / "整套"
    assert main(["publish", str(book), "-o", str(output)]) == 0
    return output


def only(folder: Path, ending: str) -> Path:
    (path,) = folder.glob(f"*{ending}")
    return path


def test_the_manifest_names_every_file_and_what_it_was_made_from(book: Path, folder: Path) -> None:
    manifest = json.loads((folder / "清单.json").read_text(encoding="utf-8"))
    require_published(manifest)
    assert {*manifest["files"], "清单.json"} == {path.name for path in folder.iterdir()}
    assert len(manifest["files"]) == 5
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert manifest["source"]["sha256"] == hashlib.sha256(book.read_bytes()).hexdigest()
    assert (manifest["verdict"], manifest["override"]) == ("warn", None)
    assert (manifest["draft"], manifest["missing"]) == (False, [])
    assert len(manifest["rules"]) == 64


def test_all_566_figures_come_back_from_the_pdf(folder: Path) -> None:
    document = read_document(str(only(folder, ".pdf")))
    printed = printed_tables(document, EDITION, read_narrative(document, declaration()).part[0])
    assert len(printed.amounts) == 566
    assert printed.amounts == jiaozuo().amounts


def test_every_table_stands_on_one_page_and_fonts_are_embedded(folder: Path) -> None:
    pdf = str(only(folder, ".pdf"))
    text = subprocess.run([require("pdftotext"), pdf, "-"], capture_output=True, text=True, check=True).stdout
    pages = ["".join(page.split()) for page in text.split("\f")]
    for table in EDITION.tables:
        if not table.optional:
            (page,) = [page for page in pages if table.label in page]
            assert f"注：{table.note[:12]}" in page, table.label
    fonts = subprocess.run(["pdffonts", pdf], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts), fonts


def test_the_contents_have_the_pages_of_the_headings(folder: Path) -> None:
    """The same in the PDF, where the headings are looked for, and in the Word file."""
    pdf = str(only(folder, ".pdf"))
    text = subprocess.run(
        [require("pdftotext"), "-layout", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = [["".join(line.split()) for line in page.splitlines()] for page in text.split("\f")]
    (contents,) = [page for page in pages if "目录" in page]
    lines = [match for line in contents if (match := re.fullmatch(r"([^.]+)\.+(\d+)", line))]
    assert len(lines) == 4 + 2 + 9 + 13 + 1
    for match in lines:
        heading, page = match[1], "".join(pages[int(match[2]) - 1])
        before = "".join(pages[int(match[2]) - 2])
        assert heading in page or heading.partition("、")[2] in page, heading
        assert heading not in before or "目录" in before, heading
        assert page.endswith(f"—{match[2]}—")
    word = docx.Document(str(only(folder, ".docx")))
    shown = ["".join(paragraph._p.xpath("w:hyperlink/w:r/w:t/text()")) for paragraph in word.paragraphs]
    assert ["".join(line.split()) for line in shown if line] == [match[1] + match[2] for match in lines]
    marks = word.element.xpath("//w:bookmarkStart/@w:name")
    assert word.element.xpath("//w:hyperlink/@w:anchor") == marks
    assert len(set(marks)) == len(marks)
    assert word.settings.element.xpath("w:updateFields")


def test_the_workbook_holds_values_only(folder: Path) -> None:
    path = only(folder, ".xlsx")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        texts = {name: archive.read(name).decode("utf-8", "replace") for name in names}
    assert not [name for name in names if any(word in name for word in ("comment", "vml", "external", "custom", "vba"))]
    assert not [name for name, text in texts.items() if "<f>" in text or 'hidden="1"' in text]
    file = openpyxl.load_workbook(path)
    assert file.properties.creator in (None, "")
    assert [sheet.title for sheet in file] == [f"公开0{number}表" for number in range(1, 10)]
    clean = read_book(open_workbook(str(path)), EDITION)
    assert {key: cell.fen for key, cell in clean.cells.items()} == {key: cell.fen for key, cell in BOOK.cells.items()}


def test_the_open_data_hold_every_figure(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(only(folder, ".csv").read_text(encoding="utf-8-sig"))))
    titles = {table.title: table.id for table in EDITION.tables}
    amounts = {(titles[row["表名"]], row["行标识"], row["栏标识"]): Decimal(row["金额（万元）"]) for row in rows}
    assert amounts == jiaozuo().amounts
    data = json.loads(next(path for path in folder.glob("焦作*.json")).read_text(encoding="utf-8"))
    assert len(data["figures"]) == 566


def test_nothing_is_published_while_an_error_stands(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = openpyxl.load_workbook(book)
    file["公开03表"]["D10"] = 676.23
    wrong, output = tmp_path / "有误.xlsx", tmp_path / "公开"
    file.save(wrong)
    assert main(["publish", str(wrong), "-o", str(output), "--no-pdf"]) == 2
    assert "没有公开：核对结论是“有差错" in capsys.readouterr().err
    assert not output.exists()
    assert main(["publish", str(wrong), "-o", str(output), "--no-pdf", "--override", " "]) == 2
    assert main(["publish", str(wrong), "-o", str(output), "--no-pdf", "--override", "财政局同意，见函"]) == 0
    manifest = json.loads((output / "清单.json").read_text(encoding="utf-8"))
    assert (manifest["verdict"], manifest["override"]) == ("fail", "财政局同意，见函")
    assert main(["publish", str(book), "-o", str(output), "--no-pdf"]) == 2
    assert "不是空文件夹" in capsys.readouterr().err


def test_what_is_still_to_be_filled_in_is_not_published_but_as_a_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "公开"
    assert main(["publish", str(WORKBOOK), "-o", str(output), "--no-pdf"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert re.match("没有公开：还有 [0-9]+ 处待填：【待填：", told.err)
    assert not output.exists()
    assert main(["publish", str(WORKBOOK), "-o", str(output), "--no-pdf", "--draft"]) == 0
    assert "这是草稿，不能公开：还有" in capsys.readouterr().out
    manifest = json.loads((output / "清单.json").read_text(encoding="utf-8"))
    assert manifest["draft"]
    assert "【待填：收、支总计增减的原因】" in manifest["missing"]
    assert all(path.stem.endswith("（草稿）") for path in output.iterdir() if path.name != "清单.json")


def test_a_draft_says_so_above_every_page_and_only_the_cover_has_no_number(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "草稿"
    assert main(["publish", str(WORKBOOK), "-o", str(output), "--no-pdf", "--draft"]) == 0
    for path, note in ((only(output, ".docx"), DRAFT), (only(folder, ".docx"), "")):
        first, *others = docx.Document(str(path)).sections
        assert first.different_first_page_header_footer
        assert not any(section.different_first_page_header_footer for section in others)
        assert not first.first_page_footer.paragraphs[0].text
        heads = [first.first_page_header, *(section.header for section in (first, *others))]
        assert {head.paragraphs[0].text for head in heads} == {note}


def test_a_unit_that_is_not_known_is_still_to_be_filled_in() -> None:
    book = Book(EDITION, [sheet._replace(unit=None) for sheet in BOOK.sheets.values()], BOOK.cells.values())
    facts = Facts(declaration(), book, NOTHING)
    assert "【待填：部门名称】" in missing_texts(facts, full=True)
    assert "【待填：部门名称】" not in missing_texts(Facts(declaration(), BOOK, NOTHING), full=True)


def test_without_the_package_that_counts_pages_one_sentence_says_what_to_install(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pdfplumber", None)
    monkeypatch.setattr(paged, "pdf_of", lambda docx: b"")
    assert main(["publish", str(book), "-o", str(tmp_path / "公开")]) == 2
    assert "pip install 'juesuan[document]'" in capsys.readouterr().err


def test_all_files_are_written_or_none(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "文件").touch()
    assert main(["publish", str(book), "-o", str(tmp_path / "文件" / "公开"), "--no-pdf"]) == 2
    assert capsys.readouterr().err.startswith(f"建不了文件夹“{tmp_path / '文件' / '公开'}”：没有这个文件夹。")
    whole = written.save

    def full(data: bytes, path: str) -> None:
        if path.endswith(".csv"):
            raise JuesuanError("磁盘空间不足。")
        whole(data, path)

    monkeypatch.setattr(written, "save", full)
    assert main(["publish", str(book), "-o", str(tmp_path / "公开"), "--no-pdf"]) == 2
    assert list((tmp_path / "公开").iterdir()) == []


def test_a_supplement_that_fits_nothing_is_told_and_not_published(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every cell is a number, and the tables are right; only the sentence they make is not."""
    file = openpyxl.load_workbook(book)
    row = next(row for row in file["补06 政府采购"].iter_rows() if row[0].value == "授予中小企业合同金额")
    row[1].value = 5
    wrong, output = tmp_path / "有误.xlsx", tmp_path / "公开"
    file.save(wrong)
    told = "“授予中小企业合同金额”为 5.00万元，“政府采购支出总额”为 0.00万元，部分大于整体。"
    assert main(["check", str(wrong)]) == 0
    assert main(["publish", str(wrong), "-o", str(output), "--no-pdf"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("没有公开：照补01—补09写出的情况说明有 1 处差错。")
    assert told in err
    assert not output.exists()
    assert main(["narrate", str(wrong), "-o", str(tmp_path / "说明.docx")]) == 0
    assert told in capsys.readouterr().out
    assert main(["narrate", str(book), "-o", str(tmp_path / "对.docx")]) == 0
    assert "差错" not in capsys.readouterr().out
    assert main(["publish", str(wrong), "-o", str(output), "--no-pdf", "--override", "财政局同意"]) == 0


def test_what_stands_beside_the_tables_is_called_after_its_sheet(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = openpyxl.load_workbook(book)
    row = next(row for row in file["补01 基本信息"].iter_rows() if row[0].value == "单位性质")
    row[1].value = "参公事业单位"
    other = tmp_path / "参公.xlsx"
    file.save(other)
    assert main(["check", str(other)]) == 0
    assert "【核实】补01 基本信息 B12「机关运行经费支出」现为空白" in capsys.readouterr().out


def test_a_supplement_that_is_no_number_is_an_error_of_the_workbook(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = openpyxl.load_workbook(book)
    for sheet, label, value in (
        ("补02 上年数", "上年收、支总计", "一千万"),
        ("补07 国有资产", "其他用车（辆）", 1.5),
        ("补05 三公补充", "来访外宾人次", -3),
    ):
        row = next(row for row in file[sheet].iter_rows() if row[0].value == label)
        row[1].value = value
    row = next(row for row in file["补06 政府采购"].iter_rows() if row[0].value == "政府采购工程支出")
    row[1].value = "—"
    wrong = tmp_path / "有误.xlsx"
    file.save(wrong)
    assert main(["check", str(wrong)]) == 1
    out = capsys.readouterr().out
    assert re.findall("【错误】(补[^，]*)，这一格不能这样填", out) == [
        "补02 上年数 B4 是“一千万”",
        "补05 三公补充 B10 是“-3”",
        "补07 国有资产 B11 是“1.5”",
    ]
    assert main(["publish", str(wrong), "-o", str(tmp_path / "公开"), "--no-pdf"]) == 2
    assert "没有公开：核对结论是“有差错" in capsys.readouterr().err
    assert main(["check", str(book)]) == 0
    assert "没有认得的表名" not in capsys.readouterr().out


def test_files_are_called_after_the_unit_whatever_it_is_called(book: Path, tmp_path: Path) -> None:
    file = openpyxl.load_workbook(book)
    for sheet in file:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("交易中心", "交易中心/政务服务中心：" + "办" * 90)
    named, output = tmp_path / "账.xlsx", tmp_path / "公开"
    file.save(named)
    assert main(["publish", str(named), "-o", str(output), "--no-pdf", "--override", "测试", "--draft"]) == 0
    names = sorted(path.name for path in output.iterdir())
    assert len(names) == 5
    assert names[-1].startswith("焦作市公共资源交易中心_政务服务中心")


def test_the_same_book_gives_the_same_bytes(book: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "甲", tmp_path / "乙"
    for output in (first, second):
        assert main(["publish", str(book), "-o", str(output), "--no-pdf"]) == 0
    assert [path.read_bytes() for path in sorted(first.iterdir())] == [
        path.read_bytes() for path in sorted(second.iterdir())
    ]


def test_a_table_of_which_not_all_columns_are_read_is_to_be_put_in_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, output = WORKBOOK.parent / "made_up" / "公共服务中心.xlsx", tmp_path / "公开"
    assert main(["publish", str(given), "-o", str(output), "--no-pdf", "--draft"]) == 0
    told = "【待附：财政拨款支出决算明细表，各栏没有全读，请从原工作簿附上】"
    assert told in capsys.readouterr().out
    assert "财政拨款支出决算明细表" not in openpyxl.load_workbook(only(output, ".xlsx")).sheetnames
    texts = [paragraph.text for paragraph in docx.Document(str(only(output, ".docx"))).paragraphs]
    assert texts[texts.index("财政拨款支出决算明细表") + 1] == told
