"""The third part written from a workbook: every figure of the published one, and what is missing is seen."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from juesuan.book import Book
from juesuan.check import check
from juesuan.cli import main
from juesuan.document.publication import publication_file
from juesuan.document.tables import published_tables
from juesuan.money import WAN_STEP
from juesuan.narrative.facts import Facts, as_printed, printed
from juesuan.narrative.supplement import NOTHING, Supplement
from juesuan.narrative.writing import write_narrative
from juesuan.reading.files import open_workbook, workbook_of
from juesuan.reading.recognise import read_book
from juesuan.reading.supplement_sheets import read_supplement
from juesuan.rules import load_catalogue
from published_supplement import supplement, workbook_with_supplement
from test_fill_last_year import year_before
from texts import BOOK, EDITION, WORKBOOK, declaration, flowing, proof_of, published

DIFFERENT = {
    # 公开件的年初预算总数不等于七项之和，程序按七项之和写，完成率随之不同
    "2024年度一般公共预算财政拨款支出年初预算为1,082.40万元，支出决算为1,031.33万元，完成年初预算的95.28%。": (
        "2024年度一般公共预算财政拨款支出年初预算为1,034.62万元，支出决算为1,031.33万元，完成年初预算的99.68%。"
    ),
    # 公开件把其他收入安排的 0.67 万元算进了一般公共预算支出
    "涉及预算资金1032.00万元，其中：涉及一般公共预算支出1032.00万元。": (
        "涉及预算资金1,032.00万元，其中：涉及一般公共预算支出1,031.33万元。"
    ),
}


@cache
def with_supplement() -> tuple[Book, Supplement]:
    file = io.BytesIO()
    workbook_with_supplement().save(file)
    opened = workbook_of("焦作2024.xlsx", file.getvalue())
    book = read_book(opened, EDITION)
    return book, read_supplement(opened, book)


def written(given: Supplement, book: Book = BOOK) -> str:
    return "".join("".join(item.text.split()) for item in write_narrative(Facts(declaration(), book, given)))


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[。])", text) if re.search(r"\d", sentence)]


def test_the_sheets_give_back_what_was_put_into_them() -> None:
    _, given = with_supplement()
    assert dict(given.values) == dict(supplement().values)
    assert {name: dict(given.lists[name]) for name in supplement().lists} == {
        name: dict(values) for name, values in supplement().lists.items()
    }


def test_every_sentence_with_a_figure_of_the_published_part_is_written_alike() -> None:
    book, given = with_supplement()
    text = flowing()
    start = text.rindex("一、收入支出决算总体情况说明")
    part = text[start : text.index("第四部分", start)]
    for before, after in DIFFERENT.items():
        assert before in part
        part = part.replace(before, after)
    own = written(given, book)
    theirs = [sentence for sentence in sentences(part) if sentence not in own]
    assert theirs == [
        # 三句是公开件自己的话，没有账上的数；100% 与程序写的 100.00% 同值
        "实现绩效自评“100%”。",
        "我部门绩效自评情况：根据年初设定的绩效目标，“交易活动服务保障费”项目绩效自评得分为94.03分。",
        "项目全年预算数为45.95万元，执行数为45.95万元，完成预算的100%。",
        "后附“2024年度部门整体项目支出自评表”、“2024年度部分预算项目单位自评汇总表”（详见“第五部分附件”）。",
    ]
    assert "“交易活动服务保障费”项目绩效自评得分为94.03分。" in own
    assert "执行数为45.95万元，完成预算的100.00%。" in own
    assert "【待填" not in own


def test_what_is_written_proofreads_without_error() -> None:
    book, given = with_supplement()
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), book, given)))
    proof = proof_of(text, given)
    assert {(item.finding.rule, item.finding.level) for item in proof.remarks} == {
        ("TXT013", "info"),
        ("TXT030", "info"),
    }
    assert not proof.not_checked


def test_with_the_supplement_every_changed_figure_of_a_sentence_of_figures_is_found() -> None:
    book, given = with_supplement()
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), book, given)))
    known = {item.finding.message for item in proof_of(text, given).remarks}
    figures = list(re.finditer(r"\d[\d,]*(?:\.\d+)?(?=[万%个人辆台分])", text))
    unnoticed = []
    for match in figures:
        last = match.end() - 1
        changed = f"{text[:last]}{(int(text[last]) + 1) % 10}{text[last + 1 :]}"
        proof = proof_of(changed, given)
        if {item.finding.message for item in proof.remarks} == known and not proof.not_checked:
            unnoticed.append(text[match.start() - 3 : match.end() + 1])
    assert len(figures) == 124
    assert unnoticed == ["，退休3人", "，调入3人"] * 3, unnoticed


def test_what_is_not_known_is_marked_to_be_filled_in() -> None:
    text = written(NOTHING)
    assert "2024年度收、支总计均为1,032.00万元。" in text
    assert "【待填：收、支总计的增减额】" in text
    assert "我部门不是行政机关" not in text
    assert "2024年度收入合计1,032.00万元，其中：财政拨款收入1,031.33万元，占99.94%；其他收入0.67万元，占0.06%。" in text


def test_a_change_of_nothing_and_one_from_nothing() -> None:
    values = dict(supplement().values)
    same = Supplement(values | {"last_total": 1_032_000_000}, supplement().lists)
    assert "收、支总计与上年度持平。" in written(same)
    new = Supplement(values | {"last_total": 0}, supplement().lists)
    assert "收、支总计各增加1,032.00万元，主要原因是：" in written(new)
    less = Supplement(values | {"last_total": 2_064_000_000}, supplement().lists)
    assert "收、支总计各减少1,032.00万元，下降50.00%，" in written(less)


def test_an_item_with_a_budget_and_no_spending_is_written_too() -> None:
    lists = {name: dict(values) for name, values in supplement().lists.items()}
    lists["item_budget"]["2210201"] = 47_780_000
    lists["item_reason"]["2210201"] = "预算调整"
    text = written(Supplement(supplement().values, lists))
    assert "年初预算为1,082.40万元，支出决算为1,031.33万元，完成年初预算的95.28%。" in text
    assert (
        "8.住房保障支出（类）住房改革支出（款）住房公积金（项）。年初预算为47.78万元，支出决算为0.00万元，"
        "完成年初预算的0.00%。决算数与年初预算数存在差异的主要原因是预算调整。"
    ) in text
    assert "【待填：支出决算】" not in text
    lists["item_budget"]["2999999"] = lists["item_budget"].pop("2210201")
    lists["item_title"] = {"2999999": "另一项"}
    assert "（款）另一项（项）。年初预算为47.78万元" in written(Supplement(supplement().values, lists))


@pytest.mark.parametrize(("score", "grade"), [(9_000, "优"), (8_999, "良"), (6_000, "中"), (5_999, "差")])
def test_the_grade_follows_from_the_score(score: int, grade: str) -> None:
    values = dict(supplement().values) | {"review_score": score}
    given = Supplement(values, supplement().lists)
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), BOOK, given)))
    assert f"分，等级为{grade}。" in text
    other = "差" if grade == "优" else "优"
    wrong = proof_of(text.replace(f"等级为{grade}。", f"等级为{other}。"), given)
    assert [f"写“{other}”，按得分应为“{grade}”" in item.finding.message for item in wrong.remarks].count(True) == 1
    assert "【待填：部门评价等级】" in written(NOTHING)


def test_nothing_is_made_up_where_something_is_not_known() -> None:
    text = written(NOTHING)
    assert "占政府采购支出总额的【待填：授予中小企业合同金额占比】%" in text
    assert "十、机关运行经费支出情况说明【待填：单位性质】十一、" in text
    assert "收、支总计各【待填：增加或减少】【待填：收、支总计的增减额】万元" in text
    sheets = [sheet for sheet in BOOK.sheets.values() if sheet.table.id != "government_fund"]
    text = written(NOTHING, Book(EDITION, sheets, BOOK.cells.values()))
    assert "没有政府性基金收入" not in text
    assert "【待填：政府性基金预算财政拨款支出决算情况说明】" in text


def test_a_year_that_is_not_known_is_marked_and_never_0(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    book = Book(EDITION, [sheet._replace(year=None) for sheet in BOOK.sheets.values()], BOOK.cells.values())
    path = tmp_path / "公开件.docx"
    path.write_bytes(publication_file(Facts(declaration(), book, NOTHING)))
    text = "\n".join(item.text for item in docx.Document(str(path)).paragraphs)
    assert f"【待填：年度】年度{book.unit}" in text
    assert "0年度" not in text
    assert "一年" not in text
    shown = [cell.value for sheet in published_tables(book)[0] for row in sheet["A3:Z3"] for cell in row if cell.value]
    assert {text for text in shown if "年度" in text} == set()


def test_a_project_without_a_budget_has_no_rate() -> None:
    lists = {name: dict(values) for name, values in supplement().lists.items()}
    lists["project_budget"]["机构运行经费"] = 0
    text = written(Supplement(supplement().values, lists), with_supplement()[0])
    assert "项目全年预算数为0.00万元，执行数为45.95万元。" in text
    assert "【待填" not in text


@pytest.mark.parametrize("shown", [-2, -1, 0, 1, 2])
def test_what_is_printed_stands_for_all_that_are_rounded_to_it(shown: int) -> None:
    fact = as_printed(shown * WAN_STEP, "amount", "said")
    assert printed(fact.low, "amount") == printed(fact.high, "amount") == shown * WAN_STEP
    assert printed(fact.low - 1, "amount") != shown * WAN_STEP != printed(fact.high + 1, "amount")


def test_a_half_is_rounded_up() -> None:
    """187.63 ÷ 200 is exactly 93.815 %."""
    assert "执行数为187.63万元，完成预算的93.82%" in written(supplement())


def test_the_supplement_switches_its_rules_on() -> None:
    book, _ = with_supplement()
    checked = check(book, load_catalogue(EDITION))
    assert {item.rule for item in checked.not_checked} == {*(f"YOY00{number}" for number in range(1, 8)), "FORM013"}
    assert checked.counts["failed"] == 0


@pytest.mark.parametrize(
    ("sheet", "label", "value", "rule"),
    [
        ("补05 三公补充", "国内来访团组数（个）", 0, "TPE018"),
        ("补05 三公补充", "其他国内公务接待支出", 0.07, "TPE021"),
        ("补05 三公补充", "因公出国（境）团组数（个）", 2, "TPE013"),
        ("补01 基本信息", "单位性质", "行政单位", "CODE015"),
    ],
)
def test_a_wrong_supplement_is_found(sheet: str, label: str, value: float | str, rule: str, tmp_path: Path) -> None:
    file = workbook_with_supplement()
    row = next(row for row in file[sheet].iter_rows() if row[0].value == label)
    row[1].value = value
    path = tmp_path / "焦作.xlsx"
    file.save(path)
    checked = check(read_book(open_workbook(str(path)), EDITION), load_catalogue(EDITION))
    assert rule in {item.rule for item in checked.findings}


def test_the_template_has_the_nine_sheets_and_an_empty_one_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    assert main(["template", str(path), "--unit", "甲", "--year", "2024"]) == 0
    file = openpyxl.load_workbook(path)
    names = [name for name in file.sheetnames if name.startswith("补")]
    assert list(dict.fromkeys(name[:3] for name in names)) == [f"补0{number}" for number in range(1, 10)]
    assert [name for name in names if name[:3] == "补08"] == ["补08 绩效", "补08 主要任务", "补08 绩效指标"]
    assert all(file[name].data_validations.dataValidation for name in names if name[:3] in ("补02", "补05", "补07"))
    opened = open_workbook(str(path))
    book = read_book(opened, EDITION)
    assert read_supplement(opened, book) == Supplement({}, {})
    assert book.sheet("supplement") is None


def test_the_command_writes_the_part_and_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docx = pytest.importorskip("docx")
    book = tmp_path / "焦作.xlsx"
    workbook_with_supplement().save(book)
    part, whole = tmp_path / "说明.docx", tmp_path / "公开件.docx"
    assert main(["narrate", str(book), "-o", str(part)]) == 0
    assert "待填" not in capsys.readouterr().out
    assert main(["narrate", str(book), "-o", str(whole), "--full"]) == 0
    text = [item.text for item in docx.Document(str(part)).paragraphs]
    assert text[0] == "第三部分 2024年度部门决算情况说明"
    file = docx.Document(str(whole))
    titles = [item.text for item in file.paragraphs]
    for title in ("2024年度焦作市公共资源交易中心", "目　录", "第四部分 名词解释", "第五部分 附件"):
        assert title in titles
    figures = sum(bool(re.fullmatch(r"[\d,]+\.\d\d", tc.text)) for table in file.tables[:9] for tc in {*table._cells})
    assert figures >= 566
    assert main(["narrate", str(WORKBOOK), "-o", str(part)]) == 0
    assert "还有" in capsys.readouterr().out
    assert main(["narrate", str(WORKBOOK), "-o", str(tmp_path / "说明.txt")]) == 2


def test_the_whole_publication_gives_its_tables_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Written, read again from Word, and compared with the workbook: nothing differs."""
    pytest.importorskip("docx")
    book, whole = tmp_path / "焦作.xlsx", tmp_path / "公开件.docx"
    workbook_with_supplement().save(book)
    assert main(["narrate", str(book), "-o", str(whole), "--full"]) == 0
    capsys.readouterr()
    assert main(["proofread", str(whole), "--book", str(book)]) == 0
    assert "TXT028" not in capsys.readouterr().out


def test_a_supplement_that_is_no_number_is_told_and_not_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docx = pytest.importorskip("docx")
    file = workbook_with_supplement()
    for sheet, label, value in (
        ("补05 三公补充", "因公出国（境）团组数（个）", -1),
        ("补05 三公补充", "因公出国（境）累计人次", 1.5),
        ("补02 上年数", "上年收、支总计", "一千万"),
    ):
        row = next(row for row in file[sheet].iter_rows() if row[0].value == label)
        row[1].value = value
    book, output = tmp_path / "焦作.xlsx", tmp_path / "说明.docx"
    file.save(book)
    assert main(["narrate", str(book), "-o", str(output)]) == 0
    out = capsys.readouterr().out
    for place in ("补02 上年数 B4“一千万”", "补05 三公补充 B4“-1”", "补05 三公补充 B5“1.5”"):
        assert f"【读不成数：{place}】" in out
    text = "".join(item.text for item in docx.Document(str(output)).paragraphs)
    assert "团组【待填：因公出国（境）团组数】个，累计【待填：因公出国（境）人次】人次" in text


def test_last_years_workbook_gives_last_years_figures(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    output, last = tmp_path / "说明.docx", year_before(tmp_path / "上年" / "甲.xlsx")
    assert main(["narrate", str(WORKBOOK), "-o", str(output), "--last-year", str(last.parent)]) == 0
    text = "".join(item.text for item in docx.Document(str(output)).paragraphs)
    assert "收、支总计与上年度持平。" in text
    assert published()
