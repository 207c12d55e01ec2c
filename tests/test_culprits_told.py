"""How culprits are told: one message a cause with its consequences folded under it, in every report."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from honest import CATALOGUE, SAMPLES, honest, read
from juesuan import cli
from juesuan.book import Book
from juesuan.check import Checked, check
from juesuan.locate.deadline import OutOfTime
from juesuan.locate.sentences import culprit_sentence
from juesuan.marking.result_looks import looks_in
from juesuan.marking.result_sheet import result_sheet
from juesuan.marks import marks_of
from juesuan.ooxml.styles_xml import Styles
from juesuan.report.result import Result
from juesuan.report.text import as_text
from juesuan.rules import JOINTLY, Catalogue
from juesuan.wording import AT_THE_EDGE
from slips.slip import CENTRE, JIAOZUO, OFFICE

WRONG = SAMPLES / "焦作2024-有误.xlsx"
WAN = 1_000_000
"""分 in 万元."""


def slipped(book: Book, catalogue: Catalogue = CATALOGUE, **values: tuple[tuple[str, str, str], float]) -> Checked:
    """The book checked with some figures replaced, in 万元."""
    cells = dict(book.cells)
    for key, value in values.values():
        cells[key] = cells[key]._replace(fen=round(value * WAN))
    return check(book.with_cells(cells), catalogue)


def result_rows(path: Path) -> list[list[str]]:
    """The texts of each row of 核对结果 in the marked copy of a workbook."""
    assert cli.main(["mark", str(path)]) == 0
    sheet = openpyxl.load_workbook(path.with_name(f"{path.stem}-核对.xlsx"))["核对结果"]
    return [[str(value) for value in row if value is not None] for row in sheet.iter_rows(values_only=True)]


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_an_honest_book_has_no_culprit_and_amounts_that_explain_it() -> None:
    checked = check(honest(JIAOZUO), CATALOGUE)
    assert checked.together.joint.feasible is True
    witness = checked.together.joint.witness
    assert witness
    for law in checked.together.laws:
        left = witness[law.target.key]
        right = law.constant + sum(sign * witness[cell.key] for sign, cell in law.terms)
        comparison = law.rule.comparison
        assert comparison
        assert {"=": left == right, "<=": left <= right, ">=": left >= right}[comparison.operator]
    for key, fen in witness.items():
        low, high = checked.book.cells[key].interval
        assert low <= fen <= high


def test_every_error_about_amounts_is_explained_by_a_culprit() -> None:
    checked = check(read(WRONG), CATALOGUE)
    figures = [item for item in checked.findings if item.level == "error" and item.expected is not None]
    assert figures
    assert all(checked.culprit_of(item) is not None for item in figures)
    assert {checked.culprit_of(item) for item in figures} == set(range(len(checked.culprits)))


def test_the_terminal_tells_a_culprit_once_and_folds_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "check", WRONG)
    assert code == 1
    assert said.count("像是 667.23 写成了 676.23：两位数字颠倒") == 1
    assert "由此不相符的有 3 条：公开03表 C10 EXP001、公开03表 D9 EXP002、公开03表 D7 EXP003。" in said


def test_json_names_cell_value_suggestion_and_what_it_explains(capsys: pytest.CaptureFixture[str]) -> None:
    [book] = json.loads(run(capsys, "check", WRONG, "--format", "json")[1])["books"]
    assert book["rounding"]["jointly_feasible"] is False
    assert book["rounding"]["certificate"]
    first = book["culprits"][0]
    [cell] = first["cells"]
    assert (cell["sheet"], cell["address"], cell["value"], cell["suggested"]) == (
        "公开03表", "D10", "676.23", "667.23",
    )  # fmt: skip
    assert first["diagnosis"] == "transposed_digits"
    assert {item["rule"] for item in book["findings"] if item["culprit"] == 0} >= set(first["explains"])


def test_sarif_leads_from_each_finding_to_its_culprit(capsys: pytest.CaptureFixture[str]) -> None:
    [run_] = json.loads(run(capsys, "check", WRONG, "--format", "sarif")[1])["runs"]
    first = next(item for item in run_["results"] if item["ruleId"] == "EXP001")
    [related] = first["relatedLocations"]
    assert related["logicalLocations"][0]["fullyQualifiedName"] == "公开03表!D10"
    assert "667.23" in related["message"]["text"]


def test_marks_frame_the_culprit_and_send_its_consequences_to_it(tmp_path: Path) -> None:
    path = tmp_path / "账.xlsx"
    path.write_bytes(WRONG.read_bytes())
    assert cli.main(["mark", str(path)]) == 0
    sheet = openpyxl.load_workbook(tmp_path / "账-核对.xlsx")["公开03表"]
    assert {sheet["D10"].border.left.style, sheet["D10"].border.bottom.style} == {"thick"}
    assert sheet["D10"].comment.text.count("起因。") == 1
    assert sheet["D9"].border.left.style != "thick"
    assert "多半由 公开03表 D10 引起" in sheet["D9"].comment.text
    framed = {
        (place.sheet, place.address) for place, mark in marks_of(check(read(WRONG), CATALOGUE)).items() if mark.culprit
    }
    assert framed == {("公开03表", "D10"), ("公开05表", "C7"), ("公开09表", "I8")}


def test_the_result_sheet_counts_the_culprits_and_gives_each_consequence_one_line(tmp_path: Path) -> None:
    path = tmp_path / "账.xlsx"
    path.write_bytes(WRONG.read_bytes())
    rows = result_rows(path)
    assert any(row[0].startswith("相符 ") and row[0].endswith("；起因 3 处") for row in rows if row)
    [cause] = [row for row in rows if any("起因。公开03表 D10" in text for text in row)]
    assert any("由此不相符的有 3 条，列在下面。" in text for text in cause)
    follow = [row for row in rows if row and row[0].startswith(f"{cause[0]}.")]
    assert [row[-1] for row in follow] == ["EXP001", "EXP002", "EXP003"]
    assert all(any(text.startswith("由此不相符：") and "\n" not in text for text in row) for row in follow)
    assert not any("依据" in text for row in follow for text in row)


@pytest.mark.parametrize(("change", "said"), [(0.02, True), (3.33, False)])
def test_the_result_sheet_says_what_is_only_certain_if_all_tables_round_alike(
    tmp_path: Path, change: float, said: bool
) -> None:
    path = tmp_path / "账.xlsx"
    book = openpyxl.load_workbook(SAMPLES / f"{JIAOZUO}.xlsx")
    place = honest(JIAOZUO).cells["revenue", "208", "total"].place
    book[place.sheet][place.address].value += change
    book.save(path)
    assert any(AT_THE_EDGE in row for row in result_rows(path)) is said


def test_a_culprit_without_a_relation_of_its_own_is_told_though_its_rule_is_ignored() -> None:
    hidden, plain = ("expenditure", "total", "basic"), ("appropriation_summary", "210", "total")
    checked = slipped(honest(JIAOZUO), CATALOGUE.select(ignore=[JOINTLY]), a=(hidden, 794.32), b=(plain, 50.0))
    assert {culprit.suspects[0].cell.key for culprit in checked.culprits} == {hidden, plain}
    [untold] = checked.untold
    assert untold.suspects[0].cell.key == hidden
    told = culprit_sentence(untold, checked.book)
    assert f"【错误】{told}" in as_text([Result("账.xlsx", None, checked)])
    mark = marks_of(checked)[untold.suspects[0].cell.place]
    assert mark.culprit
    assert told in mark.text
    styles = Styles(sample_styles())
    assert told.encode() in result_sheet(checked, CATALOGUE, looks_in(styles)).xml
    assert JOINTLY not in {item.rule for item in checked.findings}


def sample_styles() -> bytes:
    with ZipFile(SAMPLES / f"{JIAOZUO}.xlsx") as file:
        return file.read("xl/styles.xml")


def test_what_only_the_joint_verdict_finds_is_not_told_when_its_rule_is_ignored() -> None:
    wrong = ("expenditure", "total", "basic"), 794.32
    assert slipped(honest(JIAOZUO), it=wrong).culprits
    assert slipped(honest(JIAOZUO), CATALOGUE.select(ignore=[JOINTLY]), it=wrong).culprits == ()


def test_a_tie_is_told_as_a_tie() -> None:
    book = honest(JIAOZUO)
    key = ("basic_expenditure", "30201", "amount")
    checked = slipped(book, it=(key, (book.cells[key].fen or 0) / WAN + 3.33))
    [culprit] = checked.culprits
    cells = {suspect.cell.key for suspects in (culprit.suspects, *culprit.alternatives) for suspect in suspects}
    assert key in cells
    assert len(cells) > 1


def test_a_cell_that_may_be_wrong_instead_is_marked_and_never_acquitted() -> None:
    book = honest(JIAOZUO)
    checked = slipped(book, it=(("expenditure", "total", "total"), 1032.01))
    [culprit] = checked.culprits
    others = [suspect.cell for suspects in culprit.alternatives for suspect in suspects]
    assert others
    marks = marks_of(checked)
    for cell in others:
        assert "也可能错在这里" in marks[cell.place].text
        assert "不是差错" not in marks[cell.place].text


def test_no_culprit_is_without_a_finding_and_none_is_lost_in_the_text() -> None:
    book = honest(OFFICE)
    closing = ("summary", "opening_carryover", "revenue")
    income = ("summary", "revenue_total", "revenue")
    checked = slipped(book, a=(income, 272.2), b=(closing, 40.0))
    assert {suspect.cell.key for culprit in checked.culprits for suspect in culprit.suspects} == {closing, income}
    assert {checked.culprit_of(item) for item in checked.findings} >= {0, 1}
    text = as_text([Result("账.xlsx", None, checked)])
    for culprit in checked.culprits:
        assert f"【错误】{culprit_sentence(culprit, checked.book)}" in text


def test_what_is_said_of_other_things_in_the_row_stays_apart() -> None:
    book = honest(JIAOZUO)
    key, unread = ("expenditure", "2010350", "project"), ("expenditure", "2010350", "basic")
    cells = dict(book.cells)
    cells[key] = cells[key]._replace(fen=333_580_000)
    cells[unread] = cells[unread]._replace(fen=None, state="unreadable", raw="六百")
    checked = check(book.with_cells(cells), CATALOGUE)
    [unreadable] = [item for item in checked.findings if item.rule == "FORM016"]
    assert checked.culprit_of(unreadable) is None
    standing = [item for item in check(book, CATALOGUE).findings if item.level == "warning"]
    assert all(checked.culprit_of(item) is None for item in checked.findings if item in standing)


def test_what_breaks_for_want_of_a_row_is_folded_under_the_missing_row() -> None:
    book = honest(CENTRE)
    gone = ("expenditure", "2080505")
    sheet = book.sheets["expenditure"]
    rows = tuple(row for row in sheet.rows if row.key != gone[1])
    sheets = [sheet._replace(rows=rows) if other is sheet else other for other in book.sheets.values()]
    cells = [cell for key, cell in book.cells.items() if key[:2] != gone]
    checked = check(Book(book.edition, sheets, cells, facts=book.facts), CATALOGUE)
    [culprit] = checked.culprits
    assert culprit.diagnosis == "missing_row"
    assert {checked.culprit_of(item) for item in checked.findings if item.level == "error"} == {0}


def test_two_slips_in_one_chain_of_single_children_are_both_named() -> None:
    checked = slipped(
        honest(CENTRE), a=(("general_budget", "22102", "basic"), 52), b=(("general_budget", "2210201", "basic"), -25)
    )
    assert {culprit.diagnosis for culprit in checked.culprits} == {"transposed_digits", "sign"}
    assert {culprit.suspects[0].suggested for culprit in checked.culprits} == {25 * WAN}
    assert not checked.together.joint.limited


def test_a_warning_decides_between_equally_small_explanations() -> None:
    book = honest(CENTRE)
    key = ("basic_expenditure", "30108", "amount")
    checked = slipped(book, it=(key, (book.cells[key].fen or 0) / WAN + 3.33))
    [culprit] = checked.culprits
    assert culprit.suspects[0].cell.key == key
    assert {item.rule for item in checked.findings if item.group == 0} >= {"BAS001", "X051"}


@pytest.mark.parametrize(("value", "level"), [(794.32, "warning"), (794.33, "warning")])
def test_what_only_several_relations_together_rule_out_is_found(value: float, level: str) -> None:
    checked = slipped(honest(JIAOZUO), it=(("expenditure", "total", "basic"), value))
    found = [item for item in checked.findings if item.rule == JOINTLY]
    if value == 794.33:
        assert checked.together.joint.feasible is True
        assert found == []
        return
    assert [(item.level, item.place and item.place.address) for item in found] == [(level, "D7")]
    assert "794.34" in found[0].message


def test_one_figure_printed_in_two_tables_a_cent_apart_is_to_verify_two_cents_an_error() -> None:
    book = honest(CENTRE)
    key = ("appropriation_summary", "expenditure_total", "general_budget")
    fen = (book.cells[key].fen or 0) / WAN
    assert slipped(book, it=(key, fen + 0.01)).verdict == "warn"
    assert slipped(book, it=(key, fen + 0.02)).verdict == "fail"


def test_whether_it_is_certain_under_any_rule_of_rounding_is_told() -> None:
    book = honest(JIAOZUO)
    key = ("revenue", "208", "total")
    fen = (book.cells[key].fen or 0) / WAN
    for change, severity in ((0.02, "same_rule"), (3.33, "any_rule")):
        checked = slipped(book, it=(key, fen + change))
        assert checked.verdict == "fail"
        assert checked.together.joint.severity == severity
        assert (AT_THE_EDGE in as_text([Result("账.xlsx", None, checked)])) is (severity == "same_rule")


def test_explain_shows_every_relation_with_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "explain", WRONG, "公开03表！d10")
    assert code == 0
    assert "起因在这里" in said
    assert "【不符】EXP001" in said
    assert "左边 900.81" in said
    assert "应等于 909.81" in said
    assert "【相符】X016" in said


def test_explain_shows_exact_amounts_behind_a_tail(capsys: pytest.CaptureFixture[str]) -> None:
    path = SAMPLES / f"{JIAOZUO}.xlsx"
    _, said = run(capsys, "explain", path, "公开03表!D12")
    [line] = [line for line in said.splitlines() if "例如准确金额（元）是" in line and line.count("＋") == 1]
    figures = line.partition("是 ")[2].partition("，各格")[0]
    left, _, right = figures.replace(",", "").partition("＝")
    parts = [Decimal(part) for part in (left, *right.split("＋"))]
    assert parts[0] == parts[1] + parts[2]
    wan = [(part / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP) for part in parts]
    assert wan == [Decimal("79.61"), Decimal("54.43"), Decimal("25.19")]


def test_explain_says_what_would_remain(capsys: pytest.CaptureFixture[str]) -> None:
    _, right = run(capsys, "explain", WRONG, "'支出决算表'!$D$10", "--try", "667.23")
    assert "它参与的关系没有不相符的" in right
    _, wrong = run(capsys, "explain", WRONG, "公开03表!D10", "--try", "６６７．３３")
    assert "仍有" in wrong
    assert read(WRONG).cells["expenditure", "2010350", "basic"].fen == 676_230_000


def test_a_try_is_read_as_if_it_were_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = openpyxl.load_workbook(SAMPLES / f"{JIAOZUO}.xlsx")
    file["公开03表"]["D10"] = 667.2345
    file.save(path := tmp_path / "多两位.xlsx")
    _, said = run(capsys, "explain", path, "公开03表!D10", "--try", "667.23")
    assert "核实由 5 条变为 4 条" in said
    _, said = run(capsys, "explain", SAMPLES / f"{JIAOZUO}.xlsx", "公开03表!D10", "--try", "667.2251")
    assert "它参与的关系没有不相符的" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("公开03表!Z99",), "不是认出的金额"),
        (("D10",), "不是认出的金额"),
        (("公开03表!D10", "--try", "很多"), "不是金额"),
        (("公开03表!D10", "--try", "6672300元"), "不是金额"),
    ],
)
def test_explain_refuses_in_one_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, message = run(capsys, "explain", WRONG, *arguments)
    assert code == 2
    assert said in message
    assert len(message.splitlines()) == 1


def test_a_search_that_came_to_its_time_limit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_no_time(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr("juesuan.locate.story.tell", in_no_time)
    checked = slipped(honest(JIAOZUO), it=(("expenditure", "2010350", "basic"), 676.23))
    assert checked.verdict == "fail"
    assert checked.culprits == ()
    reason = {item.rule: item.reason for item in checked.not_checked}[JOINTLY]
    assert reason == "到了时限，没有算出起因，请先改列出的差错，再核对一次"


def test_a_blank_cell_is_said_to_be_blank_once() -> None:
    book = honest(JIAOZUO)
    key = ("expenditure", "2101103", "basic")
    blank = book.cells[key]._replace(fen=None, state="blank")
    checked = check(book.with_cells(dict(book.cells) | {key: blank}), CATALOGUE)
    [culprit] = checked.culprits
    assert (
        culprit_sentence(culprit, checked.book)
        == "公开03表 D22「2101103 公务员医疗补助」“基本支出”这里应有 20.41，却空着。"
    )


def test_a_figure_copied_from_beside_is_said_to_be() -> None:
    checked = slipped(honest(JIAOZUO), it=(("expenditure", "2010350", "project"), 900.81))
    assert "现为 900.81，错抄" not in culprit_sentence(checked.culprits[0], checked.book)
    checked = slipped(honest(JIAOZUO), it=(("expenditure", "2010350", "project"), 667.23))
    assert "像是应为 233.58，错抄了左边一格的数" in culprit_sentence(checked.culprits[0], checked.book)


def test_what_was_moved_by_hand_is_no_slip_of_the_pen() -> None:
    checked = slipped(honest(JIAOZUO), it=(("summary", "208", "expenditure"), 84.61))
    [culprit] = checked.culprits
    said = culprit_sentence(culprit, checked.book)
    assert "疑似某张表做过舍位平衡" in said
    assert "打错" not in said


def test_of_cells_that_would_do_the_one_whose_other_sums_hold_exactly_as_they_are_is_spared() -> None:
    for key in (("summary", "208", "expenditure"), ("expenditure", "208", "total")):
        book = honest(JIAOZUO)
        checked = slipped(book, it=(key, (book.cells[key].fen or 0) / WAN + 0.01))
        [culprit] = checked.culprits
        assert culprit.alternatives
        assert culprit.suspects[0].cell.key == key
