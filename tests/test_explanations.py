"""说明: what answers a finding, what survives the rounds, what expires, what is let through and stays visible."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from honest import CATALOGUE, EDITION, SAMPLES
from juesuan import cli
from juesuan.answers import STATES, Question, asked_in, line_of, open_questions, question, states
from juesuan.book import Book
from juesuan.check import Checked, check
from juesuan.explanation import Explanation
from juesuan.ooxml.archive import rewritten
from juesuan.ooxml.package import Package
from juesuan.reading.explanations import COLUMNS
from juesuan.reading.files import open_workbook
from juesuan.reading.notes import END, HEAD, RULER, explanations_in, own_spans
from juesuan.reading.recognise import read_book
from juesuan.rules import Finding
from rich_book import ill_formed
from test_marking import new_errors, run
from test_marks_kept import worked_on

JIAOZUO = SAMPLES / "焦作2024.xlsx"
WRONG = SAMPLES / "焦作2024-有误.xlsx"
REASON = "部分养老保险在事业运行列支"


def read(path: Path) -> Book:
    return read_book(open_workbook(str(path)), EDITION)


def judged(path: Path) -> Checked:
    return check(read(path), CATALOGUE)


def explained(*explanations: Explanation, path: Path = JIAOZUO) -> Checked:
    book = read(path)
    book.explanations = explanations
    return check(book, CATALOGUE)


def about(rule: str, checked: Checked) -> Finding:
    [found] = [item for item in checked.findings if item.rule == rule]
    return found


def wan(text: str) -> int:
    return round(float(text) * 100) * 10_000


def clerk_writes(path: Path, edit: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(path)
    edit(book)
    result = path.with_name(f"{path.stem}-发回.xlsx")
    book.save(result)
    return result


def line_at(sheet: Any, rule: str) -> int:
    return next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, 2).value == rule)


def answer(rule: str, words: str) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        sheet = book["说明"]
        sheet.cell(line_at(sheet, rule), 9).value = words

    return edit


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    path = tmp_path / "焦作.xlsx"
    shutil.copy(JIAOZUO, path)
    assert run("mark", path) == 0
    return tmp_path / "焦作-核对.xlsx"


def marks(path: Path) -> Path:
    result = path.with_name(f"{path.stem}-再核对.xlsx")
    assert run("mark", path, "-o", result) == 0
    assert ill_formed(result.read_bytes()) == []
    return result


FULL = Explanation(
    "X051", REASON, "公开06表", "30108 机关事业单位基本养老保险缴费", "决算数", wan("68.42"), wan("54.43")
)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"row": "30108"},
        {"row": "机关事业单位基本养老保险缴费", "table": "basic_expenditure", "field": ""},
        {"row": "３０１０８", "table": "", "expected": None},
        {"row": "30108", "table": "06表"},
    ],
)
def test_a_finding_is_answered_by_its_rule_row_and_amount(changed: dict[str, Any]) -> None:
    item = FULL._replace(**changed)
    checked = explained(item)
    found = about("X051", checked)
    assert found.answer == REASON
    assert found.message.endswith(f"已说明（说明文件）：{REASON}。")
    assert (checked.counts["warning"], checked.counts["explained"]) == (4, 1)
    assert (checked.verdict, checked.reason) == ("warn", "已说明 1 条，还有 3 条待说明")


@pytest.mark.parametrize(
    "changed", [{"rule": "X052"}, {"row": "30109"}, {"row": ""}, {"table": "公开05表"}, {"field": "项目支出"}]
)
def test_what_is_written_about_something_else_answers_nothing_and_is_told(changed: dict[str, Any]) -> None:
    checked = explained(FULL._replace(**changed))
    assert not any(item.answer for item in checked.findings)
    assert REASON in about("FORM020", checked).message
    assert checked.counts["explained"] == 0


@pytest.mark.parametrize("changed", [{"amount": wan("68.43")}, {"expected": wan("54.44")}])
def test_a_changed_figure_makes_it_expire_and_both_amounts_are_said(changed: dict[str, Any]) -> None:
    checked = explained(FULL._replace(**changed))
    found = about("X051", checked)
    assert not found.answer
    assert "说明已失效：写说明时为" in found.message
    assert all(amount in found.message for amount in ("68.42", "54.43", REASON))
    assert ("68.43" in found.message) == ("amount" in changed)
    assert not [item for item in checked.findings if item.rule == "FORM020"], "失效的已经在问题里说了"


def test_without_an_amount_nothing_is_answered_and_the_amount_is_asked_for() -> None:
    found = about("X051", explained(FULL._replace(amount=None)))
    assert not found.answer
    assert "说明没有写金额，没有采用（应写 68.42）" in found.message


def test_an_older_one_that_another_replaces_is_of_no_use() -> None:
    old = FULL._replace(amount=wan("60"), text="旧的")
    checked = explained(old, FULL)
    assert about("X051", checked).answer == REASON
    assert "旧的" not in about("X051", checked).message
    assert "旧的" in about("FORM020", checked).message
    assert states(checked.findings, checked.book) == {old: "unused", FULL: "used"}


def test_all_explained_is_said_so() -> None:
    asked = [each for each, _ in open_questions(judged(JIAOZUO).findings, read(JIAOZUO))]
    checked = explained(*(Explanation(e.rule, "有原因", e.table, e.row, e.field, e.amount) for e in asked))
    assert (checked.verdict, checked.reason) == ("warn", "已说明 4 条，没有待说明的")


def test_an_error_is_not_answered_but_told_to_be_put_right() -> None:
    plain = judged(WRONG)
    error = next(item for item in plain.findings if item.rule == "EXP002")
    asked = question(error, plain.book)
    item = Explanation("EXP002", "就这样", asked.table, asked.row, asked.field, asked.amount)
    checked = explained(item, path=WRONG)
    assert checked.counts["failed"] == plain.counts["failed"]
    assert "错误要改正，不能用说明代替" in next(each.message for each in checked.findings if each.place == error.place)
    assert states(checked.findings, checked.book)[item] == "refused"


def test_what_is_said_of_an_error_is_told_where_its_finding_is_folded_under_a_cause() -> None:
    item = Explanation("EXP001", "就这样", "公开03表", "2010350", amount=wan("900.81"))
    assert states(judged(WRONG).findings, explained(item, path=WRONG).book) == {item: "refused"}
    [told] = [found.message for found in explained(item, path=WRONG).findings if found.rule == "FORM020"]
    assert "用不上：这是错误，要改正，不能用说明代替" in told


def test_a_finding_without_figures_expires_when_it_is_another(tmp_path: Path) -> None:
    path = SAMPLES / "broken" / "CODE003.xlsx"
    [found] = [item for item in judged(path).findings if item.rule == "CODE003" and item.level == "warning"]
    asked = question(found, read(path))
    assert asked.amount is None
    item = Explanation("CODE003", "本级沿用旧名", asked.table, asked.row, about=found.message)
    assert about("CODE003", explained(item, path=path)).answer == "本级沿用旧名"
    other = about("CODE003", explained(item._replace(about="名称是另一个"), path=path))
    assert not other.answer
    assert "说明已失效" in other.message
    priced = about("CODE003", explained(item._replace(amount=wan("5"), about=""), path=path))
    assert "说明写了金额 5.00，没有采用（这个问题没有金额，不要写）" in priced.message


# ---- in the workbook


def test_marking_adds_a_line_for_each_and_clearing_takes_them_off(marked: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames[:3] == ["核对结果", "说明", "公开01表"]
    lines = list(book["说明"].iter_rows(min_row=3, values_only=True))
    assert lines[0] == ("状态", *COLUMNS)
    assert [line[:2] for line in lines[1:]] == [("待说明", rule) for rule in ("X051", "X052", "X054", "X053")]
    assert lines[1][2:7] == ("公开06表", "30108 机关事业单位基本养老保险缴费", "决算数", 68.42, 54.43)
    assert run("clear", marked, "-o", tmp_path / "原样.xlsx") == 0
    assert (tmp_path / "原样.xlsx").read_bytes() == JIAOZUO.read_bytes()
    assert judged(marked).findings == judged(JIAOZUO).findings


def test_a_book_with_errors_alone_gets_no_sheet(tmp_path: Path) -> None:
    assert run("mark", SAMPLES / "broken" / "TPE031.xlsx", "-o", tmp_path / "错.xlsx") == 0
    checked = judged(SAMPLES / "broken" / "TPE031.xlsx")
    assert not open_questions(checked.findings, checked.book)
    assert "说明" not in openpyxl.load_workbook(tmp_path / "错.xlsx").sheetnames


def test_the_sheet_marking_writes_is_valid(marked: Path, tmp_path: Path) -> None:
    sent = clerk_writes(marked, answer("X051", REASON))
    assert new_errors(sent, marks(sent)) == []
    assert new_errors(JIAOZUO, marked) == []


def test_what_the_clerk_writes_on_the_sheet_is_used_kept_and_not_asked_again(marked: Path, tmp_path: Path) -> None:
    sent = clerk_writes(marked, answer("X051", f"{REASON}\n=见凭证"))
    assert about("X051", judged(sent)).answer == f"{REASON} =见凭证"
    again = marks(sent)
    sheet = openpyxl.load_workbook(again)["说明"]
    assert [sheet.cell(row, 1).value for row in range(4, 8)] == ["已采用", "待说明", "待说明", "待说明"]
    assert sheet["I4"].value == f"{REASON}\n=见凭证"
    assert marks(again).read_bytes() == again.read_bytes(), "标两次与标一次相同"
    assert run("clear", again, "-o", tmp_path / "净.xlsx") == 0
    left = openpyxl.load_workbook(tmp_path / "净.xlsx")
    assert "核对结果" not in left.sheetnames
    assert left["说明"]["I4"].value == f"{REASON}\n=见凭证"
    assert about("X051", judged(tmp_path / "净.xlsx")).answer
    assert marks(tmp_path / "净.xlsx").read_bytes() == again.read_bytes()


def test_what_is_written_below_our_note_is_used_and_outlives_the_marks(marked: Path, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        cell = book["公开06表"]["C12"]
        assert cell.comment.text.startswith(f"{HEAD}核实事项：X052 6.95（应为 0.00）\n【核实】")
        cell.comment = Comment(f"{cell.comment.text}\n列在其他科目", "王会计")

    sent = clerk_writes(marked, edit)
    found = about("X052", judged(sent))
    assert found.answer == "列在其他科目"
    assert "已说明（批注）" in found.message
    again = marks(sent)
    note = openpyxl.load_workbook(again)["公开06表"]["C12"].comment.text
    assert note.startswith(f"核实事项：X052 6.95（应为 0.00）\n列在其他科目\n{RULER}\n【核实】")
    assert about("X052", judged(again)).answer == "列在其他科目"
    assert marks(again).read_bytes() == again.read_bytes()
    assert run("clear", sent, "-o", tmp_path / "净.xlsx") == 0
    assert openpyxl.load_workbook(tmp_path / "净.xlsx")["公开06表"]["C12"].comment.text == (
        "核实事项：X052 6.95（应为 0.00）\n列在其他科目"
    )
    assert about("X052", judged(tmp_path / "净.xlsx")).answer == "列在其他科目"


def test_a_changed_figure_is_asked_again_in_the_next_round(marked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def edit(book: Any) -> None:
        answer("X051", REASON)(book)
        cell = book["公开06表"]["C12"]
        cell.comment = Comment(f"{cell.comment.text}\n列在其他科目", "王会计")
        book["公开06表"]["C11"], book["公开06表"]["C12"] = 68.52, 6.85

    sent = clerk_writes(marked, edit)
    for rule, was, now in (("X051", "68.42", "68.52"), ("X052", "6.95", "6.85")):
        message = about(rule, judged(sent)).message
        assert f"写说明时为 {was}" in message
        assert f"现为 {now}" in message
    sheet = openpyxl.load_workbook(marks(sent))["说明"]
    assert [(sheet.cell(row, 1).value, sheet.cell(row, 6).value) for row in (4, 5)] == [
        ("已失效", 68.42),
        ("待说明", 68.52),
    ]


def test_a_sheet_of_the_clerks_own_is_read_and_its_other_contents_are_left_alone(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(JIAOZUO)
    sheet = book.create_sheet("核实说明")
    sheet.append(["规则", "表", "科目/行", "金额", "说明", "经办人"])
    sheet.append(["X051", "公开06表", 30108, "68.42", REASON, "王会计"])
    book.save(tmp_path / "自.xlsx")
    assert about("X051", judged(tmp_path / "自.xlsx")).answer == REASON
    again = openpyxl.load_workbook(marks(tmp_path / "自.xlsx"))
    assert [[cell.value for cell in row] for row in again["核实说明"].iter_rows()] == [
        [cell.value for cell in row] for row in sheet.iter_rows()
    ]
    assert again["说明"]["B4"].value == "X052"


@pytest.mark.parametrize("above", [[], [["本表由财务科填写", "", "", "", "经办：王会计"], []]])
@pytest.mark.parametrize("beside", ["单位", "科目编码"])
def test_nothing_a_clerk_wrote_around_the_explanations_is_lost(
    above: list[list[str]], beside: str, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(JIAOZUO)
    sheet = book.create_sheet("说明")
    for row in (*above, ["规则", "表", "科目/行", "金额", "说明", "" if above else beside]):
        sheet.append(row)
    sheet.append(["X051", "公开06表", 30108, "68.42", REASON, "" if above else "30108"])
    book.save(tmp_path / "自.xlsx")
    again = openpyxl.load_workbook(marks(tmp_path / "自.xlsx"))
    assert [[cell.value for cell in row] for row in again["说明"].iter_rows()] == [
        [cell.value or None for cell in row] for row in sheet.iter_rows()
    ]
    assert again["说明2"]["B4"].value == "X052"


def test_the_rule_may_stand_before_its_name_however_that_is_set_apart(tmp_path: Path) -> None:
    for apart in (" ", "\u3000", "\n"):
        book = openpyxl.load_workbook(JIAOZUO)
        sheet = book.create_sheet("说明")
        sheet.append(["规则", "表", "科目/行", "金额", "说明"])
        sheet.append([f"x051{apart}养老保险", "公开06表", 30108, "68.42", REASON])
        book.save(tmp_path / "自.xlsx")
        assert about("X051", judged(tmp_path / "自.xlsx")).answer == REASON


def test_broken_letters_in_a_note_stop_nothing(marked: Path, tmp_path: Path) -> None:
    package = Package(marked.read_bytes(), "")
    part = next(part for part in package.entries if "comments" in part)
    broken = package.read(part).replace("应为".encode(), b"\xff\xfe")
    path = tmp_path / "坏字.xlsx"
    path.write_bytes(rewritten(package, {part: broken}))
    assert judged(path).verdict == "warn"
    assert run("clear", path, "-o", tmp_path / "净.xlsx") == 0


def test_half_a_character_in_json_is_written_as_one_that_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "说明.json"
    path.write_text(json.dumps([{"规则": "X051", "科目/行": "30108", "金额": "68.42", "说明": "半个\ud83d字"}]))
    assert run("check", JIAOZUO, "--explanations", path, "--format", "json") == 0
    assert "已说明（说明文件）：半个\ufffd字" in capsys.readouterr().out


def test_a_sheet_called_so_that_holds_something_else_stays_what_it_is(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(JIAOZUO)
    book.create_sheet("说明").append(["填报说明：本表由财务科填写"])
    book.save(tmp_path / "另.xlsx")
    again = openpyxl.load_workbook(marks(tmp_path / "另.xlsx"))
    assert again["说明"]["A1"].value == "填报说明：本表由财务科填写"
    assert again["说明2"]["B4"].value == "X051"


def test_inserted_and_moved_rows_and_another_program_lose_nothing(marked: Path, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        answer("X051", REASON)(book)
        answer("X053", "住房公积金另列")(book)
        cell = book["公开06表"]["C12"]
        cell.comment = Comment(f"{cell.comment.text}\n列在其他科目", "王会计")

    moved = worked_on(
        clerk_writes(marked, edit),
        ["insert", "公开06表", 8, 3],
        ["insert", "公开06表", 25, 1],
        ["copy", "公开06表", 14, 25],
        ["delete", "公开06表", 14, 1],
        ["insert", "说明", 4, 2],
        ["sort", "说明", 4, 9, 9],
    )
    checked = judged(moved)
    answers = {item.rule: item.answer for item in checked.findings if item.level == "warning"}
    assert answers["X051"] == REASON
    assert answers["X052"] == "列在其他科目"
    assert answers["X053"] == "住房公积金另列"
    assert not answers["X054"]
    again = marks(moved)
    assert {item.rule for item in judged(again).findings if item.answer} == {"X051", "X052", "X053"}
    assert run("clear", again, "-o", tmp_path / "净.xlsx") == 0
    assert {item.rule for item in judged(tmp_path / "净.xlsx").findings if item.answer} == {"X051", "X052", "X053"}


def test_what_serves_nothing_is_pruned_with_a_notice(marked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def edit(book: Any) -> None:
        answer("X051", REASON)(book)
        answer("X052", "年金另列")(book)
        book["公开06表"]["C12"] = None  # mended

    sent = clerk_writes(marked, edit)
    capsys.readouterr()
    assert run("explanations", "list", sent) == 0
    told = capsys.readouterr().out
    assert f"【{STATES['used']}】" in told
    assert f"【{STATES['unused']}】" in told
    output = sent.with_name("净.xlsx")
    assert run("explanations", "prune", sent, "-o", output) == 0
    told = capsys.readouterr().out
    assert "删去用不上的说明 1 条" in told
    assert "年金另列" in told
    sheet = openpyxl.load_workbook(output)["说明"]
    texts = [sheet.cell(row, 9).value for row in range(4, sheet.max_row + 1)]
    assert REASON in texts
    assert "年金另列" not in texts
    assert about("X051", judged(output)).answer == REASON
    assert new_errors(sent, output) == []


# ---- notes


words = st.text("因为 列支。abc12\n", min_size=1, max_size=20).filter(lambda text: text.strip())


@given(words, st.booleans(), words)
@settings(max_examples=60, deadline=None)
def test_marks_come_and_go_and_the_answer_stays(said: str, noted: bool, before: str) -> None:
    ours = f"核实事项：X051 68.42（应为 54.43）；CODE003\n【核实】甲\n{END}"
    text = f"{before}\n{RULER}\n{ours}" if noted else f"{HEAD}{ours}"
    for _ in range(2):
        answered = f"{text}\n{said}"
        assert [(line, told) for line, told in explanations_in(answered)][-1] == (
            "核实事项：X051 68.42（应为 54.43）；CODE003",
            said.strip(),
        )
        spans = own_spans(answered)
        assert spans
        left = "".join(
            char for place, char in enumerate(answered) if not any(start <= place < end for start, end in spans)
        )
        assert "【核实】" not in left
        assert explanations_in(left)[-1] == explanations_in(answered)[-1]
        if noted:
            assert left.startswith(before)
        text, said = f"{left}\n{RULER}\n{ours}", f"{said}又"


def test_a_line_of_questions_is_read_as_it_is_written() -> None:
    checked = judged(WRONG)
    asked = [each for each, _ in open_questions(checked.findings, checked.book)]
    read_back = asked_in(line_of(asked, checked.book))
    assert [(rule, bool(amount)) for rule, amount, _ in read_back] == [(e.rule, e.amount is not None) for e in asked]
    assert ("X051", "68.42", "54.43") in read_back


# ---- files and overrides


def written(folder: Path, kind: str) -> Path:
    path = folder / f"说明文件.{kind}"
    names, line = ["规则", "表", "科目/行", "金额", "说明"], ["X051", "公开06表", "30108", "68.42", REASON]
    if kind == "csv":
        path.write_text("\n".join(",".join(row) for row in (names, line)), encoding="gb18030")
    elif kind == "json":
        path.write_text(json.dumps([dict(zip(names, line, strict=True)) | {"金额": 68.42}]), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet
        sheet.append(names)
        sheet.append(["X051", "公开06表", 30108, 68.42, REASON])
        book.save(path)
    return path


def entry(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["check", "--format", "json", *map(str, arguments)])
    book: dict[str, Any] = json.loads(capsys.readouterr().out)["books"][0]
    return code, book


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_side_file_answers_as_the_sheet_does(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, book = entry(capsys, JIAOZUO, "--explanations", written(tmp_path, kind))
    assert code == 0
    [found] = [item for item in book["findings"] if item["explanation"]]
    assert (found["rule"], found["explanation"], found["overridden"]) == ("X051", REASON, False)
    output = tmp_path / "标.xlsx"
    assert run("mark", JIAOZUO, "-o", output, "--explanations", written(tmp_path, kind)) == 0
    marked_again = openpyxl.load_workbook(output)
    assert "X051" not in [row[1].value for row in marked_again["说明"].iter_rows(min_row=4)]
    assert REASON in marked_again["公开06表"]["C11"].comment.text
    assert any(REASON in str(cell.value) for row in marked_again["核对结果"].iter_rows() for cell in row)


def test_a_side_file_of_several_units_speaks_to_each_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "几家.csv"
    line = "X051,公开06表,30108,68.42"
    path.write_text(
        f"单位,规则,表,科目/行,金额,说明\n别的单位,{line},甲\n焦作市公共资源交易中心,{line},乙", encoding="utf-8"
    )
    _, book = entry(capsys, JIAOZUO, "--explanations", path)
    assert [item["explanation"] for item in book["findings"] if item["explanation"]] == ["乙"]
    assert "FORM020" not in [item["rule"] for item in book["findings"]]


@pytest.mark.parametrize("text", ["[1]", "{", "[" * 100_000, "规则,金额\nX051,1", ""], ids=str.__len__)
def test_a_side_file_that_is_none_is_refused_with_a_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ("坏.json" if text[:1] in "[{" else "坏.csv")
    path.write_text(text, encoding="utf-8")
    assert cli.main(["check", str(JIAOZUO), "--explanations", str(path)]) == 2
    assert "说明文件" in capsys.readouterr().err


def test_an_override_lets_an_error_through_and_says_so_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = SAMPLES / "broken" / "TPE031.xlsx"
    code, book = entry(capsys, wrong)
    rules = {item["rule"] for item in book["findings"] if item["level"] == "error"}
    assert code == 1
    arguments = [part for rule in sorted(rules) for part in ("--override", f"{rule}=财政局同意")]
    code, book = entry(capsys, wrong, *arguments)
    assert (code, book["verdict"], book["counts"]["failed"]) == (0, "warn", 0)
    assert "放行错误" in book["reason"]
    through = [item for item in book["findings"] if item["overridden"]]
    assert {item["rule"] for item in through} == rules
    assert all("已放行，没有改正。理由：财政局同意。" in item["message"] for item in through)
    for form in ("text", "html", "sarif"):
        capsys.readouterr()
        assert cli.main(["check", str(wrong), "--format", form, "-o", str(tmp_path / form), *arguments]) == 0
    assert "财政局同意" in (tmp_path / "text").read_text(encoding="utf-8")
    [one, *_] = json.loads((tmp_path / "sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert one["suppressions"][0]["justification"] == "财政局同意"
    assert run("mark", wrong, "-o", tmp_path / "标.xlsx", *arguments) == 0
    results = openpyxl.load_workbook(tmp_path / "标.xlsx")["核对结果"]
    assert any("财政局同意" in str(cell.value) for row in results.iter_rows() for cell in row)


@pytest.mark.parametrize("text", ["EXP002=", "EXP002= ", "没有规则", "NOPE001=理由"])
def test_an_override_without_rule_or_reason_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(WRONG), "--override", text]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_one_override_leaves_the_other_errors(capsys: pytest.CaptureFixture[str]) -> None:
    code, book = entry(capsys, WRONG, "--override", "EXP=领导同意")
    assert code == 1
    assert book["verdict"] == "fail"
    assert {item["rule"][:3] for item in book["findings"] if item["overridden"]} == {"EXP"}


def test_batch_tells_explanations_in_its_tables_and_goes_on_from_the_same_file_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "收").mkdir()
    shutil.copy(JIAOZUO, tmp_path / "收" / "焦作.xlsx")
    file = written(tmp_path, "csv")
    assert cli.main(["batch", str(tmp_path / "收"), "-o", str(tmp_path / "出"), "--explanations", str(file)]) == 0
    [book] = map(json.loads, (tmp_path / "出" / "results.jsonl").read_text(encoding="utf-8").splitlines())
    assert book["counts"]["explained"] == 1
    summary = openpyxl.load_workbook(tmp_path / "出" / "summary.xlsx")
    assert any(REASON in str(cell.value) for row in summary["核实"].iter_rows() for cell in row)
    marked_copy = openpyxl.load_workbook(tmp_path / "出" / "marked" / "焦作.xlsx")
    assert REASON in marked_copy["公开06表"]["C11"].comment.text


def test_the_narrative_takes_a_reason_from_the_explanation_where_none_is_given(tmp_path: Path) -> None:
    document = pytest.importorskip("docx")
    base = SAMPLES / "broken" / "TPE004.xlsx"
    file = tmp_path / "说.csv"
    file.write_text("规则,表,科目/行,金额,说明\nTPE004,公开09表,决算数,0,厉行节约\n", encoding="utf-8")
    for arguments, expected in (([], False), (["--explanations", str(file)], True)):
        assert cli.main(["narrate", str(base), "-o", str(tmp_path / "情况.docx"), *arguments]) == 0
        text = "".join(paragraph.text for paragraph in document.Document(str(tmp_path / "情况.docx")).paragraphs)
        assert ("主要原因：厉行节约" in text) == expected
        assert ("待填：“三公”经费" in text) == (not expected)


ASKED = [each for each, _ in open_questions(judged(JIAOZUO).findings, read(JIAOZUO))]


@given(st.lists(st.tuples(st.sampled_from(ASKED), st.integers(-3, 3)), max_size=8), st.randoms())
@settings(max_examples=40, deadline=None)
def test_exactly_the_unchanged_figures_are_answered_in_whatever_order_they_are_written(
    said: list[tuple[Question, int]], order: Random
) -> None:
    written = [
        Explanation(each.rule, f"原因{number}", each.table, each.row, each.field, (each.amount or 0) + change * 10_000)
        for number, (each, change) in enumerate(said)
    ]
    order.shuffle(written)
    checked, plain = explained(*written), judged(JIAOZUO)
    answered = {item.rule for item in checked.findings if item.answer}
    assert answered == {each.rule for each, change in said if not change}
    assert [(item.rule, item.level, item.place) for item in checked.findings if item.rule != "FORM020"] == [
        (item.rule, item.level, item.place) for item in plain.findings
    ]
    became = states(checked.findings, checked.book)
    assert {item.text for item, state in became.items() if state == "used"} == {
        f"原因{number}" for number, (_, change) in enumerate(said) if not change
    }
    stale = {item.rule for item, state in became.items() if state == "stale"}
    assert stale == {each.rule for each, _ in said} - answered
