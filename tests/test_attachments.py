"""第五部分 of the whole publication: the forms of performance, from the book and 补08, and read back again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from juesuan.cli import main
from juesuan.document.attachments import Attached, attachments
from juesuan.document.publication import missing_texts, publication_file
from juesuan.narrative.facts import Facts
from juesuan.narrative.supplement import NOTHING, Supplement
from published_supplement import supplement, workbook_with_supplement
from texts import BOOK, declaration

pytest.importorskip("docx")


def facts_with(given: Supplement) -> Facts:
    return Facts(declaration(), BOOK, given)


def rows_of(attached: Attached) -> list[list[str]]:
    rows = attached.sheet.iter_rows(values_only=True)
    return [[str(value) for value in row if value is not None] for row in rows]


def without(*names: str) -> Supplement:
    given = supplement()
    return Supplement(
        {name: value for name, value in given.values.items() if name not in names},
        {name: values for name, values in given.lists.items() if name not in names},
    )


def test_what_the_book_says_is_computed_and_points_add_up() -> None:
    whole, _ = attachments(facts_with(supplement()))
    rows = rows_of(whole)
    assert rows[2] == ["部门预算总额（万元）", "1,034.62", "1,429.75", "1,032.00", "10", "72.18", "9.75"]
    assert rows[3] == ["资金来源：（1）政府预算资金", "1,034.62", "1,205.92", "1,031.33", "-", "85.52", "-"]
    assert rows[5] == ["（3）单位资金", "0.00", "223.83", "0.67", "-", "0.30", "-"]
    assert rows[-1] == ["总分", "100", "94.67"]
    assert ["“三公经费”控制率", "≤100%", "8.23%", "1", "1", "0.00%"] in rows
    assert not whole.missing


def test_the_list_of_projects_has_the_rates_of_the_published_one() -> None:
    _, projects = attachments(facts_with(supplement()))
    heading, first, second = rows_of(projects)
    assert (heading[0], heading[-1], len(heading)) == ("单位编码", "是否有偏差项目", 18)
    assert " ".join(first[7:]) == "200.00 187.63 187.63 93.82% 100% -% 95.6% 85.64% 100% 94.03 是"
    assert " ".join(second[7:]) == "45.95 45.95 45.95 100.00% 100% -% 100% 100% 100% 100 否"


def test_cells_that_share_a_class_are_one() -> None:
    whole, _ = attachments(facts_with(supplement()))
    merged = {str(area) for area in whole.sheet.merged_cells.ranges}
    first = next(cell.row for row in whole.sheet.iter_rows() for cell in row if cell.value == "投入管理指标")
    assert {f"A{first}:A{first + 18}", f"B{first}:B{first + 2}", f"B{first + 3}:B{first + 13}"} <= merged


def test_what_is_missing_is_marked_and_told() -> None:
    facts = facts_with(without("sheet_own_annual", "whole_goal", "project_queried", "duties"))
    told = missing_texts(facts, full=True)
    assert told.count("【待填：部门整体自评表】") == 3  # 单位资金、因而预算总额；预期目标
    assert told.count("【待填：项目单位自评汇总表】") == 2
    assert told[-1] == "【待附：部门评价报告】"
    assert "【待填：部门职责】" in told
    assert not [text for text in missing_texts(facts) if "自评" in text or "待附" in text]


def test_without_data_the_forms_are_to_be_attached_by_hand() -> None:
    assert not attachments(facts_with(NOTHING))
    assert missing_texts(facts_with(NOTHING), full=True)[-3:] == (
        "【待附：部门整体自评表】",
        "【待附：项目单位自评汇总表】",
        "【待附：部门评价报告】",
    )


def test_a_report_that_is_given_is_printed() -> None:
    import docx

    given = supplement()
    values = dict(given.values) | {"review_report": "一、基本情况\n项目支出187.63万元。"}
    file = docx.Document(io.BytesIO(publication_file(facts_with(Supplement(values, given.lists)))))
    texts = [paragraph.text for paragraph in file.paragraphs]
    assert texts[-3:] == ["部门评价报告", "一、基本情况", "项目支出187.63万元。"]


def test_a_wrong_point_in_the_printed_form_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import docx

    book, whole = tmp_path / "焦作.xlsx", tmp_path / "公开件.docx"
    file: Workbook = workbook_with_supplement()
    file.save(book)
    assert main(["narrate", str(book), "-o", str(whole), "--full"]) == 0
    word = docx.Document(str(whole))
    cells = [cell for table in word.tables[9:] for row in table.rows for cell in row.cells]
    for before, after in (("9.92", "9.29"), ("72.18", "72.81"), ("93.82%", "93.28%")):
        next(cell for cell in cells if cell.text == before).paragraphs[0].runs[0].text = after
    word.save(str(whole))
    capsys.readouterr()
    assert main(["proofread", str(whole), "--book", str(book)]) == 1
    out = capsys.readouterr().out
    assert "“自评表总分”写 94.67分，按有关各数复算，应为 94.04分" in out
    assert "“自评表执行率”写 72.81%，按有关各数复算，应为 72.18%" in out
    assert "“汇总表预算执行率”写 93.28%，按有关各数复算，应为 93.82%" in out
