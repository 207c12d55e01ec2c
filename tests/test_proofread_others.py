"""Two published texts of another province, worded otherwise: what is wrong in them is found, and nothing else."""

from __future__ import annotations

import io
import re
from functools import cache

import pytest

from juesuan.book import Book
from juesuan.check import check
from juesuan.intake.judge import AUTO, read_as
from juesuan.narrative.declaration import known_narratives, load_declaration
from juesuan.narrative.facts import Facts
from juesuan.narrative.supplement import Supplement
from juesuan.narrative.writing import write_narrative
from juesuan.proofread.proof import Proof, proofread
from juesuan.proofread.reading import worded_as
from juesuan.reading.files import open_workbook, workbook_of
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from published_book import account, workbook
from texts import EDITION, SAMPLES, document, said, text_rules


@cache
def book_of(name: str) -> Book:
    file = io.BytesIO()
    workbook(account(name)).save(file)
    return read_book(workbook_of(f"{name}.xlsx", file.getvalue()), EDITION)


def flowing(name: str) -> str:
    return "".join((SAMPLES / "published" / f"{name}.txt").read_text(encoding="utf-8").split())


def proof_of_account(name: str, text: str = "") -> Proof:
    given = document([text or flowing(name)])
    return proofread(given, book_of(name), text_rules(), worded_as(given))


FINANCE = {
    # 标题仍写 2023 年度
    ("TXT023", "error", "第三部分"),
    # 收入支出总计写 0 万元，01表 2995.39
    ("TXT001", "error", "一、收入支出决算总体情况说明"),
    # 一般公共服务支出占比写 71.73%，应为 71.65%
    ("TXT002", "error", "五、一般公共预算财政拨款支出决算情况说明"),
    # “决算数大于预算数”两处：行政运行 1511.89 对 1560.05，职业年金 80.38 对 80.81；
    # “决算数等于预算数”一处：行政单位医疗 60.99 对 62.29
    ("TXT004", "error", "五、一般公共预算财政拨款支出决算情况说明"),
    # 写“个人农业生产补贴”，表内有数的是“奖励金”
    ("TXT011", "warning", "六、一般公共预算财政拨款基本支出决算情况说明"),
    # 预算为 0 的两项写“完成预算的 0%”
    ("TXT013", "warning", "七、财政拨款“三公”经费支出决算情况说明"),
    # 截至 2023 年 12 月 31 日
    ("TXT023", "error", "十一、其他重要事项的情况说明"),
    # 尾差：年初预算 2993.92 对 2993.93，采购 251.25 对 251.26
    ("TXT008", "info", "五、一般公共预算财政拨款支出决算情况说明"),
    ("TXT015", "info", "十一、其他重要事项的情况说明"),
}
SOCIAL_WORK = {
    # 当年成立，上年为 0，写“增长 100.00%”
    ("TXT013", "warning", "一、收入支出决算总体情况说明"),
    ("TXT013", "warning", "四、财政拨款收入支出决算总体情况说明"),
    # 同上；又年初预算为 0，写“完成年初预算的 95.89%”
    ("TXT013", "warning", "五、一般公共预算财政拨款支出决算情况说明"),
    ("TXT013", "warning", "十一、其他重要事项的情况说明"),
    # 29.42÷307.82 应为 9.56%，写 9.55%（四项凑成 100.00%）
    ("TXT002", "warning", "五、一般公共预算财政拨款支出决算情况说明"),
    # 采购总额 21.07，预留项目中的已是 21.07，其他项目中又是 21.07
    ("TXT016", "error", "十一、其他重要事项的情况说明"),
    # 06表没有邮电费
    ("TXT011", "warning", "六、一般公共预算财政拨款基本支出决算情况说明"),
}


@pytest.mark.parametrize(
    ("name", "expected", "count"), [("普陀区财政局2024", FINANCE, 12), ("普陀区委社会工作部2024", SOCIAL_WORK, 8)]
)
def test_exactly_what_is_wrong_is_found(name: str, expected: set[tuple[str, str, str]], count: int) -> None:
    proof = proof_of_account(name)
    assert said(proof) == expected
    assert len(proof.remarks) == count
    assert not proof.not_checked


def test_figures_worded_in_an_unknown_way_are_listed_and_not_called_right() -> None:
    text = flowing("普陀区财政局2024").replace("绩效自评的2024年度项目4个，涉及预算金额", "自评了项目4个，金额")
    reasons = [item.reason for item in proof_of_account("普陀区财政局2024", text).not_checked]
    assert any("十、" in reason and "598.42万元" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("name", "before", "after", "rule"),
    [
        ("普陀区财政局2024", "支出年初预算为0.95万元", "支出年初预算为9.05万元", "TXT001"),
        ("普陀区财政局2024", "决算为0.00万元，完成预算的0%，其中", "决算为0.10万元，完成预算的0%，其中", "TXT001"),
        ("普陀区财政局2024", "“三公”经费支出决算数小于预算数", "“三公”经费支出决算数大于预算数", "TXT004"),
        ("普陀区财政局2024", "公务接待费支出决算持平。", "公务接待费支出决算增加0.95万元。", "TXT005"),
        ("普陀区财政局2024", "公务接待费支出决算持平。", "公务接待费支出决算减少0.95万元，下降1.00%。", "TXT003"),
        ("普陀区财政局2024", "评级为“良”的项目0个", "评级为“良”的项目1个", "TXT018"),
        ("普陀区财政局2024", "已经完成整改的0个", "已经完成整改的2个", "TXT018"),
        ("普陀区财政局2024", "采购金额246.47万元；在面向小微", "采购金额264.47万元；在面向小微", "TXT016"),
        ("普陀区委社会工作部2024", "全年预算为52.00万元", "全年预算为25.00万元", "TXT008"),
        ("普陀区委社会工作部2024", "小于全年预算数的主要原因：人员", "大于全年预算数的主要原因：人员", "TXT004"),
        ("普陀区委社会工作部2024", "完成全年预算数的98.69%", "完成全年预算数的98.96%", "TXT006"),
        ("普陀区委社会工作部2024", "（类）264.87万元", "（类）264.78万元", "TXT001"),
    ],
)  # fmt: skip
def test_a_mistake_planted_in_another_wording_is_found(name: str, before: str, after: str, rule: str) -> None:
    assert before in flowing(name)
    known = {item.finding.message for item in proof_of_account(name).remarks}
    found = proof_of_account(name, flowing(name).replace(before, after)).remarks
    assert rule in {item.finding.rule for item in found if item.finding.message not in known}


def test_no_spending_is_not_said_of_what_was_spent() -> None:
    text = flowing("普陀区委社会工作部2024")
    book = book_of("普陀区委社会工作部2024")
    key = ("three_public", "actual", "total")
    spent = book.with_cells({**book.cells, key: book.cells[key]._replace(fen=100_000)})
    proof = proofread(document([text]), spent, text_rules(), worded_as(document([text])))
    assert ("TXT012", "error", "七、财政拨款“三公”经费支出决算情况说明") in said(proof)


@pytest.mark.parametrize("name", ["普陀区财政局2024", "普陀区委社会工作部2024"])
def test_most_figures_changed_in_their_last_digit_are_found(name: str) -> None:
    """What is not found is said once and stands in no table."""
    text = flowing(name)
    known = {item.finding.message for item in proof_of_account(name).remarks}
    unnoticed = []
    figures = list(re.finditer(r"\d[\d,]*(?:\.\d+)?(?=[万%个人辆台分])", text))
    for match in figures:
        last = match.end() - 1
        changed = f"{text[:last]}{(int(text[last]) + 1) % 10}{text[last + 1 :]}"
        proof = proof_of_account(name, changed)
        if {item.finding.message for item in proof.remarks} == known and not proof.not_checked:
            unnoticed.append(text[match.start() - 8 : match.end() + 2])
    count, missed = {"普陀区财政局2024": (103, 13), "普陀区委社会工作部2024": (90, 10)}[name]
    assert len(figures) == count
    assert len(unnoticed) == missed, unnoticed


def test_the_sentences_are_written_as_they_were_published() -> None:
    """Those that are right in the published text and whose figures stand in the tables."""
    name = "普陀区委社会工作部2024"
    given = Supplement({"agency_operation": 10_230_000, "large_equipment": 0})
    written = "".join(
        item.text for item in write_narrative(Facts(load_declaration("shanghai-2024"), book_of(name), given))
    )
    published = flowing(name)
    sections = (
        "一、收入支出决算总体",
        "二、收入",
        "三、支出",
        "四、财政拨款收入",
        "五、一般",
        "六、一般",
        "七、财政",
        "八、政府",
        "九、国有",
    )
    for section in sections:
        start = published.index(section)
        sentences = [words for words in re.split(r"(?<=。)", published[start : start + 700]) if re.search(r"\d", words)]
        assert sentences[0].split("说明")[-1] in written, sentences[0]


@pytest.mark.parametrize("wording", known_narratives())
@pytest.mark.parametrize("name", ["体育中心", "信访接待中心", "公共服务中心", "机关事务服务局", "档案馆"])
def test_what_is_written_of_any_book_proofreads_without_error(name: str, wording: str) -> None:
    """Items with a budget that is met, exceeded or nothing, in turn; projects with odd names."""
    file = open_workbook(str(SAMPLES / "made_up" / f"{name}.xlsx"))
    book, _ = read_as(file, AUTO)
    spent = {cell.row: cell.fen or 0 for cell in book.amounts("general_budget") if len(cell.row) == 7}
    spent = {code: fen for code, fen in spent.items() if code.isdigit()}
    budgets = {code: (fen, fen * 2, 0)[order % 3] for order, (code, fen) in enumerate(spent.items())}
    projects: dict[str, int] = {"甲项目": 1_234_567_89, "乙（专项）": 100_000_000, "丙：2014年维修工程2期": 77_777_700}
    given = Supplement(
        {"last_total": 500_000_000, "last_general": 0, "reason_total": "增加", "review_project": "甲项目"},
        {
            "item_budget": budgets,
            "item_reason": dict.fromkeys(budgets, "人员变动"),
            "project_budget": projects,
            "project_actual": {key: fen // 3 for key, fen in projects.items()},
            "project_score": dict.fromkeys(projects, 9_550),
            "project_text": dict.fromkeys(projects, "完成较好"),
        },
    )
    own = load_declaration(wording)
    text = "\n".join(item.text for item in write_narrative(Facts(own, book, given)))
    assert worded_as(document(text.splitlines())) == own
    together = check(book, load_catalogue(book.edition)).together
    proof = proofread(document(text.splitlines()), book, text_rules(), own, given, together=together)
    told = [item.finding for item in proof.remarks if "待填" not in item.finding.message]
    assert not [item.message for item in told if item.level != "info"]
    assert proof.counts["passed"] > 30
