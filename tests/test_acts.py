"""Acts that make several figures wrong are told when they save more than they cost, and never beside single slips."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

import shanghai
from honest import CATALOGUE, honest
from juesuan.book import Book, Cell, Key
from juesuan.check import check
from juesuan.intake.judge import catalogue_of, read_as
from juesuan.locate.hypothesis import MOST_CULPRITS
from juesuan.locate.joint import judge_jointly
from juesuan.locate.judgement import Joint
from juesuan.locate.sentences import culprit_sentence
from juesuan.money import WAN_STEP
from juesuan.reading.files import open_workbook
from juesuan.rules import Catalogue
from slipped import PATIENCE, clean, judged, laws, printed_as, with_slip
from slips.slip import ARCHIVE, CENTRE, JIAOZUO, OFFICE

WAN = 1_000_000
"""分 in 万元."""


def at(book: Book, table: str, address: str) -> Cell:
    """The amount at an address of a table's sheet."""
    sheet = book.sheets[table]
    return next(cell for cell in book.cells.values() if (cell.place.sheet, cell.place.address) == (sheet.name, address))


def slipped(name: str, table: str, **printed: float | None) -> tuple[Book, dict[Key, int]]:
    """A sample with other figures (万元) at some addresses of a table, and what stood there (分)."""
    book = honest(name)
    cells = {at(book, table, address).key: value for address, value in printed.items()}
    truth = {key: book.cells[key].fen or 0 for key in cells}
    figures = {key: None if value is None else round(value * WAN) for key, value in cells.items()}
    return printed_as(book, figures), truth


def first_choices(joint: Joint) -> dict[Key, int | None]:
    return {suspect.cell.key: suspect.suggested for culprit in joint.culprits for suspect in culprit.suspects}


@pytest.mark.parametrize(
    ("name", "table", "printed"),
    [
        (JIAOZUO, "appropriation_summary", {"G33": 10.31, "F38": 1031.28}),
        (JIAOZUO, "appropriation_summary", {"F38": 10.31, "F15": 709.25}),
        (ARCHIVE, "basic_expenditure", {"F6": None, "F21": 3.0}),
    ],
)
def test_two_slips_are_two_slips_and_no_rows_that_slid(name: str, table: str, printed: dict[str, float | None]) -> None:
    book, truth = slipped(name, table, **printed)
    joint = judged(book)
    assert [len(culprit.suspects) for culprit in joint.culprits] == [1, 1]
    named = {
        s.cell.key for culprit in joint.culprits for some in (culprit.suspects, *culprit.alternatives) for s in some
    }
    assert truth.keys() <= named
    if table != "basic_expenditure":
        assert first_choices(joint) == truth


def test_two_slips_anywhere_in_a_sample_are_no_rows_that_slid() -> None:
    for run in range(12):
        chance = random.Random(run)
        book = honest(chance.choice((JIAOZUO, CENTRE, ARCHIVE, OFFICE)))
        spoken = {cell.key for law in laws(book) for cell in law.cells}
        pool = sorted(key for key in spoken if key[0] == "appropriation_summary" and book.cells[key].fen)
        figures = {key: (book.cells[key].fen or 0) // 10 // WAN_STEP * WAN_STEP for key in chance.sample(pool, 2)}
        told = {culprit.diagnosis for culprit in judged(printed_as(book, figures)).culprits}
        assert told
        assert not told & {"shifted_rows", "missing_row"}


def without_rows(book: Book, tables: tuple[str, ...], codes: tuple[str, ...]) -> Book:
    sheets = [
        sheet._replace(rows=tuple(row for row in sheet.rows if row.key not in codes)) if name in tables else sheet
        for name, sheet in book.sheets.items()
    ]
    cells = [cell for key, cell in book.cells.items() if not (key[0] in tables and key[1] in codes)]
    return Book(book.edition, sheets, cells, currency=book.currency, facts=book.facts)


def test_a_row_left_out_of_three_tables_is_one_omission_and_no_figure_is_blamed() -> None:
    tables, codes = ("revenue", "expenditure", "general_budget"), ("2080505", "2101102")
    book = honest(CENTRE)
    joint = check(without_rows(book, tables, codes), CATALOGUE).together.joint
    assert {culprit.diagnosis for culprit in joint.culprits} == {"missing_row"}
    told = {(gap.table, gap.parent): gap.amounts for culprit in joint.culprits for gap in culprit.gaps}
    assert len(joint.culprits) == len(codes)
    assert told.keys() == {(table, code[:5]) for table in tables for code in codes}
    for (table, parent), amounts in told.items():
        [code] = [code for code in codes if code.startswith(parent)]
        for field, amount in amounts.items():
            assert abs(amount - (book.cells[table, code, field].fen or 0)) <= 2 * WAN_STEP


def test_more_omissions_than_are_tried_are_said_to_be_limited() -> None:
    book = clean(33)
    families = {row.key[:5] for row in book.sheets["expenditure"].rows if len(row.key) == 7}
    codes = []
    for family in sorted(families):
        first = book.children("expenditure", family)[0]
        if len(book.children("expenditure", family)) > 1 and book.cells["expenditure", first, "total"].fen:
            codes.append(first)
    assert len(codes) > 6
    short = without_rows(book, ("expenditure",), tuple(codes))
    joint = judge_jointly(laws(short), short, seconds=PATIENCE)
    assert joint.feasible is False
    assert joint.limited == "many"


def test_more_culprits_than_are_named_are_said_to_be_limited() -> None:
    book = honest(CENTRE)
    column = [at(book, "expenditure", f"C{row}").key for row in range(7, 32)]
    assert len(column) > MOST_CULPRITS
    checked = check(printed_as(book, dict.fromkeys(column)), CATALOGUE)
    assert checked.together.joint.limited == "many"
    assert checked.culprits == ()
    reason = {item.rule: item.reason for item in checked.not_checked}["X061"]
    assert reason == "差错较多，没有算出起因，请先改列出的差错，再核对一次"


def test_nested_cells_are_told_values_that_can_stand_together() -> None:
    book, truth = slipped(OFFICE, "three_public", G8=-1.6, K8=6.1)
    joint = judged(book)
    assert first_choices(joint) == truth
    for culprit in joint.culprits:
        low, high = culprit.suspects[0].interval
        assert low is not None
        assert high is not None
        assert low <= truth[culprit.suspects[0].cell.key] <= high


def consistent(book: Book, joint: Joint) -> int:
    """How many alternatives there are; every suggestion, and every alternative in its place, makes the book right."""
    suggested = first_choices(joint)
    assert None not in suggested.values()
    assert judged(printed_as(book, suggested)).feasible is True
    instead = 0
    for culprit in joint.culprits:
        own = {suspect.cell.key for suspect in culprit.suspects}
        rest = {key: value for key, value in suggested.items() if key not in own}
        for choice in culprit.alternatives[:3]:
            instead += 1
            other = rest | {suspect.cell.key: suspect.suggested for suspect in choice}
            assert judged(printed_as(book, other)).feasible is True
    return instead


@pytest.mark.parametrize("count", [2, 3])
def test_all_suggestions_together_make_a_random_book_right(count: int) -> None:
    for seed in range(12):
        book, _ = with_slip(seed, "mixed", count)
        joint = judged(book)
        assert joint.feasible is False
        consistent(book, joint)


@pytest.mark.parametrize("count", [2, 3])
def test_each_alternative_goes_with_what_is_told_of_the_other_culprits(count: int) -> None:
    """Table 09 is nested: a wrong item, subtotal and total speak of each other."""
    book, instead = honest(OFFICE), 0
    pool = sorted(key for key, cell in book.cells.items() if key[0] == "three_public" and cell.fen)
    for run in range(25):
        chance = random.Random(run)
        keys = chance.sample(pool, count)
        figures = {key: (book.cells[key].fen or 0) * chance.choice((-1, 2, 3, 10)) for key in keys}
        wrong = printed_as(book, figures)
        joint = judged(wrong)
        if joint.feasible is False:
            instead += consistent(wrong, joint)
    assert instead >= 5


@pytest.mark.parametrize("name", [JIAOZUO, OFFICE])
def test_nobody_is_told_to_print_what_is_printed(name: str) -> None:
    book, told = honest(name), 0
    for run in range(15):
        chance = random.Random(run)
        table = chance.choice(("appropriation_summary", "three_public", "expenditure"))
        pool = sorted(key for key, cell in book.cells.items() if key[0] == table and cell.fen)
        figures = {
            key: (book.cells[key].fen or 0) * chance.choice((-10, 1, 100, 12)) // 10 // WAN_STEP * WAN_STEP
            for key in chance.sample(pool, 3)
        }
        culprits = judged(printed_as(book, figures)).culprits
        told += len(culprits)
        for culprit in culprits:
            for suspects in (culprit.suspects, *culprit.alternatives):
                assert all(suspect.suggested != (suspect.cell.fen or 0) for suspect in suspects)
    assert told > 20


@pytest.mark.parametrize("table", ["expenditure", "revenue", "appropriation_summary"])
def test_two_cells_anywhere_in_a_table_filled_in_for_each_other_are_one_mistake(table: str) -> None:
    tried = 0
    for seed in range(6):
        book, chance = clean(seed), random.Random(seed)
        one, other = chance.sample(sorted(key for key, cell in book.cells.items() if key[0] == table and cell.fen), 2)
        joint = judged(printed_as(book, {one: book.cells[other].fen, other: book.cells[one].fen}))
        if joint.feasible:
            continue
        tried += 1
        assert [culprit.diagnosis for culprit in joint.culprits] == ["swapped_cells"]
        assert first_choices(joint) == {key: book.cells[key].fen for key in (one, other)}
    assert tried >= 4


def test_two_rows_anywhere_in_a_table_filled_in_for_each_other_are_one_mistake() -> None:
    tried = 0
    for seed in range(8):
        book, chance = clean(seed), random.Random(seed)
        rows = [row.key for row in book.sheets["expenditure"].rows][1:]
        one, other = chance.sample(rows, 2)
        fields = {field for table, _, field in book.cells if table == "expenditure"}
        figures = {
            ("expenditure", row, field): book.cells["expenditure", source, field].fen
            for row, source in ((one, other), (other, one))
            for field in fields
        }
        changed = {key for key, fen in figures.items() if fen != book.cells[key].fen}
        joint = judged(printed_as(book, figures))
        if joint.feasible or len(changed) < 4 or abs(rows.index(one) - rows.index(other)) < 2:
            continue
        tried += 1
        assert [culprit.diagnosis for culprit in joint.culprits] == ["shifted_rows"]
        assert "两行的数像是填反了" in culprit_sentence(joint.culprits[0], book)
        assert first_choices(joint) == {key: book.cells[key].fen for key in changed}
    assert tried >= 3


def test_an_exchange_is_seen_beside_a_slip_in_the_same_sums() -> None:
    tried = 0
    for seed in range(10):
        book, chance = clean(seed), random.Random(seed)
        leaves = [row.key for row in book.sheets["expenditure"].rows if len(row.key) == 7]
        row, other = chance.sample(leaves, 2)
        basic, project = ("expenditure", row, "basic"), ("expenditure", row, "project")
        slip = ("expenditure", other, "basic")
        now = {key: book.cells[key].fen or 0 for key in (basic, project, slip)}
        if abs(now[basic] - now[project]) < 10 * WAN_STEP or now[slip] < 10 * WAN_STEP:
            continue
        joint = judged(printed_as(book, {basic: now[project], project: now[basic], slip: 10 * now[slip]}))
        tried += 1
        assert {culprit.diagnosis for culprit in joint.culprits} == {"swapped_cells", "decimal_shift"}
        assert first_choices(joint) == now
    assert tried >= 3


def passed(book: Book, catalogue: Catalogue) -> int:
    return check(book, catalogue).counts["passed"]


def test_the_rule_of_what_holds_together_is_not_passed_where_it_does_not() -> None:
    book = honest(JIAOZUO)
    key = ("expenditure", "2010350", "basic")
    wrong = printed_as(book, {key: 676_230_000})
    without = CATALOGUE.select(ignore=["X061"])
    assert passed(book, CATALOGUE) == passed(book, without) + 1
    assert passed(wrong, CATALOGUE) == passed(wrong, without)


def test_what_a_move_explains_is_not_wrong_as_well(tmp_path: Path) -> None:
    """Two blocks of rows pasted one lower in two tables, which leaves a row of each standing twice."""
    path = shanghai.write(tmp_path / "账.xlsx", shanghai.ACCOUNTS[1])
    book, edition = read_as(open_workbook(str(path)), "auto")
    figures: dict[Key, int | None] = {}
    for table, rows, columns in (
        ("general_budget", ("20805", "2080505", "2080506", "210", "21011", "2101101"), ("total", "basic")),
        ("revenue", ("22102", "221", "2210201", "2210203"), ("total", "fiscal_appropriation")),
    ):
        printed = [row.key for row in book.sheets[table].rows if row.key in rows]
        figures |= {
            (table, below, column): book.cells[table, above, column].fen
            for above, below in pairwise(printed)
            for column in columns
        }
    checked = check(printed_as(book, figures), catalogue_of(edition, None))
    assert checked.culprits
    named = [suspect.cell.key for culprit in checked.culprits for suspect in culprit.suspects if not culprit.gaps]
    assert len(named) == len(set(named))
    assert figures.keys() & set(named)
