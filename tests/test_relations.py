"""Which relations a book is held to, and in which words those are left out that cannot be stated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exact import figures, rounded
from honest import CATALOGUE, EDITION
from juesuan.book import Book, Cell, Stray
from juesuan.expr import Comparison, references
from juesuan.parse import parse
from juesuan.place import Place
from juesuan.relations import Relation, Relations, relate
from juesuan.rules import NotChecked

ROWS = figures(3, EDITION, 16)
PLACE = Place("公开03表", 40, 2)


def book() -> Book:
    return rounded(ROWS, EDITION)


def related(book: Book, *codes: str) -> Relations:
    return relate(CATALOGUE.select(codes, []), book)


def spoiled(key: tuple[str, str, str], **changes: object) -> Book:
    """A book with one cell changed."""
    changed = book()
    return changed.with_cells({key: changed.cells[key]._replace(**changes)})  # type: ignore[arg-type]


def strayed(table: str, *strays: Stray) -> Book:
    changed = book()
    changed.sheets[table] = changed.sheets[table]._replace(strays=strays)
    return changed


def without(book: Book, gone: Callable[[Cell], bool]) -> Book:
    other = book.with_cells({})
    other.cells = {key: cell for key, cell in book.cells.items() if not gone(cell)}
    return other


def leaf(table: str = "expenditure") -> str:
    return next(row for row in sorted(book().lines[table]) if len(row) == 7)


def test_a_rule_about_every_row_gives_a_relation_for_each() -> None:
    stated = related(book(), "EXP001")
    assert [relation.target.row for relation in stated.relations] == list(book().hierarchy("expenditure").keys)
    assert (stated.not_checked, stated.inapplicable) == ((), 0)
    for rule, target, terms, constant in stated.relations:
        assert (rule.code, target.field, constant) == ("EXP001", "total", 0)
        assert {cell.row for _, cell in terms} == {target.row}
        assert {sign for sign, _ in terms} == {1}


def test_a_sum_of_lower_rows_is_about_rows_that_have_some() -> None:
    stated = related(book(), "EXP002")
    rows = book().hierarchy("expenditure")
    targets = {relation.target.row for relation in stated.relations}
    assert targets == {row for row in rows.keys if rows.children(row)}
    for relation in stated.relations:
        assert [cell.row for _, cell in relation.terms] == rows.children(relation.target.row)


def test_the_cells_of_a_relation_are_its_target_and_its_terms() -> None:
    relation = related(book(), "EXP001").relations[0]
    assert relation.cells == (relation.target, *(cell for _, cell in relation.terms))
    assert isinstance(relation, Relation)


def test_a_figure_that_cannot_be_read_leaves_out_what_needs_it() -> None:
    row = leaf()
    bad = spoiled(("expenditure", row, "basic"), state="unreadable", fen=None)
    cell = bad.cells["expenditure", row, "basic"]
    stated = related(bad, "EXP001")
    reason = f"公开03表 {cell.place.address} 读不出数"
    assert stated.not_checked == (NotChecked("EXP001", reason, True),)
    assert row not in {relation.target.row for relation in stated.relations}
    assert len(stated.relations) == len(related(book(), "EXP001").relations) - 1


@pytest.mark.parametrize(
    ("field", "fen", "blocking"), [("basic", None, True), ("total", None, True), ("total", 1, False)]
)
def test_a_formula_never_calculated_is_not_checked_against_itself(field: str, fen: int | None, blocking: bool) -> None:
    row = leaf()
    stated = related(spoiled(("expenditure", row, field), state="uncached", fen=fen), "EXP001")
    place = book().cells["expenditure", row, field].place
    reason = f"公开03表 {place.address} 公式未计算，请打开保存一次"
    assert stated.not_checked == (NotChecked("EXP001", reason, blocking),)


def test_a_term_computed_by_us_may_be_used() -> None:
    stated = related(spoiled(("expenditure", leaf(), "basic"), state="uncached"), "EXP001")
    assert stated.not_checked == ()
    assert len(stated.relations) == len(related(book(), "EXP001").relations)


def test_what_is_awaited_gives_no_relation_and_no_word() -> None:
    row = leaf()
    for field in ("basic", "total"):
        stated = related(spoiled(("expenditure", row, field), state="awaited", fen=None), "EXP001")
        assert (stated.not_checked, stated.inapplicable) == ((), 0)
        assert row not in {relation.target.row for relation in stated.relations}


def repeated(table: str, row: str) -> Book:
    """A book with a row of a table twice."""
    twice = book()
    sheet = twice.sheets[table]
    label = next(label for label in sheet.rows if label.key == row)
    again = label._replace(key=f"{row}#2", place=label.place._replace(row=90))
    twice.sheets[table] = sheet._replace(rows=(*sheet.rows, again))
    cells = twice.lines[table][row].values()
    return twice.with_cells({(table, f"{row}#2", cell.field): cell._replace(row=f"{row}#2") for cell in cells})


def test_a_code_that_occurs_twice_has_no_counterpart_in_another_table() -> None:
    row = leaf()
    twice = repeated("expenditure", row)
    assert NotChecked("X015", f"科目{row}重复出现，不知与哪一行对应", True) in related(twice, "X015").not_checked
    assert related(twice, "EXP001").not_checked == ()


def test_a_column_that_was_not_recognised_keeps_sums_over_columns_from_being_judged() -> None:
    stray = Stray("expenditure", PLACE, "其他支出", "column")
    stated = related(strayed("expenditure", stray), "EXP001", "EXP002")
    assert stated.not_checked == (NotChecked("EXP001", "公开03表有认不出的“其他支出”（C41）", True),)
    assert {relation.rule.code for relation in stated.relations} == {"EXP002"}


def test_a_row_that_was_not_recognised_keeps_sums_over_rows_from_being_judged() -> None:
    stray = Stray("expenditure", PLACE, "其他", "row")
    stated = related(strayed("expenditure", stray), "EXP001", "EXP002")
    assert stated.not_checked == (NotChecked("EXP002", "公开03表有认不出的“其他”（C41）", True),)
    assert {relation.rule.code for relation in stated.relations} == {"EXP001"}


def test_a_stray_of_another_table_is_nothing_to_a_rule() -> None:
    stray = Stray("revenue", PLACE, "其他", "row")
    stated = related(strayed("revenue", stray), "EXP001", "EXP002")
    assert stated.not_checked == ()


def test_a_table_that_was_not_read_leaves_its_rules_out() -> None:
    lacking = book()
    del lacking.sheets["expenditure"]
    lacking = without(lacking, lambda cell: cell.table == "expenditure")
    stated = related(lacking, "EXP001")
    assert stated == Relations((), (NotChecked("EXP001", "没有读到公开03表（支出决算表）", True),), 0)


def test_an_optional_table_may_be_absent() -> None:
    stated = related(book(), "TPE011")
    assert stated.relations == ()
    assert stated.not_checked == (NotChecked("TPE011", "没有补充资料工作表", False),)


def test_a_column_that_is_not_there_is_told_by_its_title() -> None:
    lacking = book()
    sheet = lacking.sheets["expenditure"]
    lacking.sheets["expenditure"] = sheet._replace(columns=sheet.columns - {"basic"})
    stated = related(without(lacking, lambda cell: cell.key[::2] == ("expenditure", "basic")), "EXP001")
    assert stated == Relations((), (NotChecked("EXP001", "公开03表没有认出“基本支出”栏", True),), 0)


def test_the_total_must_be_there_where_rows_are() -> None:
    lacking = book()
    sheet = lacking.sheets["expenditure"]
    rows = tuple(label for label in sheet.rows if label.key != "total")
    lacking.sheets["expenditure"] = sheet._replace(rows=rows)
    stated = related(without(lacking, lambda cell: cell.key[:2] == ("expenditure", "total")), "X011")
    assert stated.relations == ()
    assert [item.reason for item in stated.not_checked] == ["公开03表没有找到“合计”行"]


def test_a_fixed_line_must_be_there() -> None:
    lacking = without(book(), lambda cell: cell.key[:2] == ("summary", "revenue_total"))
    stated = related(lacking, "SUM001")
    assert stated.relations == ()
    assert stated.not_checked == (NotChecked("SUM001", "公开01表没有找到“本年收入合计”行", True),)


def test_a_rule_for_a_kind_of_unit_asks_what_the_unit_is() -> None:
    assert related(book(), "SUM008").not_checked == (NotChecked("SUM008", "工作簿没有写明单位性质", False),)
    told = book()
    rule = CATALOGUE.rule("SUM008")
    assert rule
    told.facts = {"单位性质": rule.unit_types[0]}
    assert related(told, "SUM008").not_checked == ()
    told.facts = {"单位性质": "别的"}
    assert related(told, "SUM008") == Relations((), (), 1)


def test_rules_of_other_years_and_conditions_that_do_not_hold_are_counted_as_inapplicable() -> None:
    stated = relate(CATALOGUE, book())
    left = [rule for rule in CATALOGUE.rules if rule.comparison and not rule.applies_to(2024)]
    assert stated.inapplicable >= len(left)


def test_last_year_is_asked_for_without_blocking() -> None:
    (told,) = related(book(), "YOY001").not_checked
    assert told == NotChecked("YOY001", "没有上年工作簿", False)


def test_rules_that_are_not_for_the_year_are_counted_one_by_one() -> None:
    chosen = CATALOGUE.select(("EXP001", "EXP002", "REV001"), [])
    past = chosen._replace(
        rules=tuple(rule._replace(until=2000) if rule.code != "EXP001" else rule for rule in chosen.rules)
    )
    stated = relate(past, book())
    assert stated.inapplicable == 2
    assert {relation.rule.code for relation in stated.relations} == {"EXP001"}


def test_the_total_of_the_rules_own_table_must_be_there() -> None:
    lacking = book()
    sheet = lacking.sheets["revenue"]
    lacking.sheets["revenue"] = sheet._replace(rows=tuple(label for label in sheet.rows if label.key != "total"))
    stated = related(without(lacking, lambda cell: cell.key[:2] == ("revenue", "total")), "X004")
    assert stated == Relations((), (NotChecked("X004", "公开02表没有找到“合计”行", True),), 0)


def test_a_cell_that_is_not_there_does_not_hide_those_beside_it() -> None:
    row = next(row for row in book().hierarchy("expenditure").keys if book().children("expenditure", row))
    lacking = without(book(), lambda cell: cell.key == ("expenditure", row, "basic"))
    stated = related(lacking, "EXP002")
    whole = related(book(), "EXP002")
    assert len(stated.relations) == len(whole.relations) - 1
    fields = {relation.target.field for relation in whole.relations if relation.target.row == row}
    kept = {relation.target.field for relation in stated.relations if relation.target.row == row}
    assert kept == fields - {"basic"}


def test_only_rows_of_the_repeated_code_have_no_counterpart() -> None:
    """X015 sets 03 against 05, 07 and 08; a code twice in 05 leaves out its row in 03, and no other."""
    row = leaf("general_budget")
    stated = related(repeated("general_budget", row), "X015")
    assert stated.not_checked == (NotChecked("X015", f"科目{row}重复出现，不知与哪一行对应", True),)
    assert len(stated.relations) == len(related(book(), "X015").relations) - 1


def carried(**changes: object) -> Book:
    """A book in which nothing was carried over but for what is changed in the opening line of 公开04."""
    changed = book()
    keys = [key for key in changed.cells if key[0] == "appropriation_summary" and "carryover" in key[1]]
    changed = changed.with_cells({key: changed.cells[key]._replace(fen=0, state="given") for key in keys})
    opening = next(key for key in keys if key[1] == "opening_carryover")
    changed = changed.with_cells({opening: changed.cells[opening]._replace(**changes)})  # type: ignore[arg-type]
    return changed


@pytest.mark.parametrize(("fen", "state"), [(0, "given"), (None, "blank")])
def test_a_condition_holds_where_there_is_nothing(fen: int | None, state: str) -> None:
    stated = related(carried(fen=fen, state=state), "X014")
    assert [relation.target.row for relation in stated.relations] == list(book().hierarchy("revenue").keys)


def test_a_condition_that_does_not_hold_leaves_the_rule_without_occasion() -> None:
    assert related(carried(fen=1), "X014") == Relations((), (), 1)


def test_a_condition_on_what_cannot_be_read_is_not_guessed() -> None:
    stated = related(carried(fen=None, state="unreadable"), "X014")
    assert stated.relations == ()
    (reason,) = {item.reason for item in stated.not_checked}
    assert reason.startswith("公开04表 ")
    assert reason.endswith(" 读不出数")


def test_a_condition_on_what_is_still_awaited_does_not_hold() -> None:
    assert related(carried(fen=None, state="awaited"), "X014") == Relations((), (), 1)


def test_rows_named_by_code_are_those_that_carry_it() -> None:
    coded = next(code for code in ("30108", "30109", "30113") if book().rows_of("basic_expenditure", code))
    rule = {"30108": "X051", "30109": "X052", "30113": "X053"}[coded]
    stated = related(book(), rule)
    assert [relation.target.key[:2] for relation in stated.relations] == [("basic_expenditure", coded)]
    lacking = book()
    sheet = lacking.sheets["basic_expenditure"]
    rows = tuple(label for label in sheet.rows if label.key != coded)
    lacking.sheets["basic_expenditure"] = sheet._replace(rows=rows)
    assert related(without(lacking, lambda cell: cell.row == coded), rule).relations == ()


@pytest.mark.parametrize(
    ("table", "kind", "stopped", "stated"),
    [
        ("appropriation_summary", "row", "APP003", "X014"),
        ("appropriation_summary", "column", "", "APP007"),
        ("general_budget", "column", "GPB001", "X020"),
        ("basic_expenditure", "row", "BAS002", "X032"),
        ("three_public", "row", "", "TPE003"),
    ],
)
def test_two_that_are_set_against_each_other_are_no_sum(table: str, kind: str, stopped: str, stated: str) -> None:
    """Three rows, or columns, make a sum that an unrecognised one may belong to; a pair does not."""
    lacking = carried(fen=0)
    stray = Stray(table, PLACE, "其他", kind)  # type: ignore[arg-type]
    lacking.sheets[table] = lacking.sheets[table]._replace(strays=(stray,))
    told = related(lacking, *filter(None, (stopped, stated)))
    codes = {item.rule for item in told.not_checked}
    assert stated in {relation.rule.code for relation in told.relations}
    assert stated not in codes
    assert codes == {stopped} - {""}


def ruled(text: str, *when: str, book: Book) -> Relations:
    """What one rule, written for the test, states about a book."""
    (rule,) = CATALOGUE.select(("EXP001",), []).rules
    stated, *conditions = (parse(each, EDITION) for each in (text, *when))
    assert isinstance(stated, Comparison)
    refs = tuple(ref for part in (stated, *conditions) for ref in references(part))
    own = rule._replace(comparison=stated, when=tuple(conditions), refs=refs)
    return relate(CATALOGUE._replace(rules=(own,)), book)


def told(stated: Relations) -> list[tuple[tuple[str, str], list[tuple[int, str, str, str]]]]:
    """The row and field each relation is about, and its terms."""
    assert stated.not_checked == ()
    return [
        (relation.target.key[1:], [(sign, *cell.key) for sign, cell in relation.terms]) for relation in stated.relations
    ]


BUDGETS = ("general_budget", "government_fund", "state_capital")
FOUR = "appropriation_summary"
SIDE = next(side for side in EDITION.tables if side.id == FOUR).sides[1]
SPENT = [line.id for line in SIDE.lines if line.id is not None]


def test_a_rule_about_every_row_is_about_the_lines_that_have_its_column() -> None:
    rule = f"{FOUR}[each_row].total = " + " + ".join(f"{FOUR}[each_row].{budget}" for budget in BUDGETS)
    found = told(ruled(rule, book=book()))
    assert dict(found) == {(row, "total"): [(1, FOUR, row, budget) for budget in BUDGETS] for row in SPENT}
    assert len(found) == len(SPENT)


def test_a_rule_about_each_column_is_about_those_of_its_line() -> None:
    rule = f"{FOUR}.grand_total.each = {FOUR}.expenditure_total.each + {FOUR}.closing_carryover.each"
    rows = ("expenditure_total", "closing_carryover")
    assert told(ruled(rule, book=book())) == [
        (("grand_total", field), [(1, FOUR, row, field) for row in rows]) for field in ("total", *BUDGETS)
    ]


def test_every_class_is_set_against_its_row_in_another_table_and_nothing_is_that_of_a_class_without_one() -> None:
    found = told(ruled("summary[each_class] = expenditure[each_class].total", book=book()))
    listed = {row for row in book().hierarchy("expenditure").keys if len(row) == 3}
    assert found == [
        ((code, "expenditure"), [(1, "expenditure", code, "total")] if code in listed else [])
        for code, _ in EDITION.classes
    ]


def test_sums_are_asked_for_only_where_there_are_rows_below() -> None:
    rows = book().hierarchy("expenditure")
    found = told(ruled("expenditure[each_row].each = children(expenditure[each_row].each)", book=book()))
    fields = ("total", "basic", "project", "remittance_to_superior", "business", "subsidy_to_affiliates")
    assert found == [
        ((row, field), [(1, "expenditure", below, field) for below in rows.children(row)])
        for row in rows.keys
        if rows.children(row)
        for field in fields
    ]


def test_a_condition_is_asked_of_each_row_by_itself() -> None:
    rule = "expenditure[each_row].total > 0"
    found = told(ruled(rule, "expenditure[each_row].basic > 0", "expenditure[each_row].project > 0", book=book()))
    lines = book().lines["expenditure"]
    both = [
        row for row in book().hierarchy("expenditure").keys if lines[row]["basic"].fen and lines[row]["project"].fen
    ]
    assert [target for target, _ in found] == [(row, "total") for row in both]
    assert 0 < len(both) < len(lines)


def test_a_condition_is_the_sum_of_its_terms() -> None:
    """Of three fields that add up to another, no two do."""
    row = leaf()
    parts = {"basic": 3, "project": 4, "business": 5, "total": 12}
    given = book()
    given = given.with_cells(
        {
            ("expenditure", row, field): given.cells["expenditure", row, field]._replace(fen=fen)
            for field, fen in parts.items()
        }
    )
    rule = "expenditure[each_row].total = 0.12"
    sums = "expenditure[each_row].total = expenditure[each_row].basic + expenditure[each_row].project"
    assert row not in {target[0] for target, _ in told(ruled(rule, sums, book=given))}
    assert row in {target[0] for target, _ in told(ruled(rule, f"{sums} + expenditure[each_row].business", book=given))}


def test_what_stands_apart_is_part_of_no_sum() -> None:
    stray = Stray("expenditure", PLACE, "其中", "apart")
    assert related(strayed("expenditure", stray), "EXP001", "EXP002").not_checked == ()


def test_each_column_of_every_row_is_that_which_its_line_has() -> None:
    found = told(ruled(f"{FOUR}[each_row].each >= 0", book=book()))
    (table,) = (table for table in EDITION.tables if table.id == FOUR)
    fields = {(line.id, field.id) for side in table.sides for line in side.lines if line.id for field in side.fields}
    assert {target for target, _ in found} == fields
    assert len(found) == len(fields)


def test_another_line_of_the_table_may_have_fewer_columns() -> None:
    rule = f"{FOUR}.expenditure_total.each <= {FOUR}.grand_total.each + {FOUR}.revenue_total"
    found = told(ruled(rule, book=book()))
    assert [target for target, _ in found] == [("expenditure_total", field) for field in ("total", *BUDGETS)]


def test_a_row_whose_code_occurs_twice_is_added_up_by_itself() -> None:
    row = leaf()
    stated = related(repeated("expenditure", row), "EXP001")
    rows = {relation.target.row: {cell.row for _, cell in relation.terms} for relation in stated.relations}
    assert (rows[row], rows[f"{row}#2"]) == ({row}, {f"{row}#2"})


def test_a_row_named_by_its_code_is_every_row_that_carries_it() -> None:
    row = next(row for row in sorted(book().lines["basic_expenditure"]) if len(row) == 5)
    found = told(ruled(f"basic_expenditure[{row}] >= 0", book=repeated("basic_expenditure", row)))
    assert [target[0] for target, _ in found] == [row, f"{row}#2"]


def test_a_column_in_which_no_row_below_has_a_cell_does_not_hide_the_next() -> None:
    rows = book().hierarchy("expenditure")
    row = next(row for row in rows.keys if rows.children(row))
    below = {*rows.children(row)}
    lacking = without(book(), lambda cell: cell.table == "expenditure" and cell.row in below and cell.field == "total")
    fields = {relation.target.field for relation in related(lacking, "EXP002").relations if relation.target.row == row}
    whole = {relation.target.field for relation in related(book(), "EXP002").relations if relation.target.row == row}
    assert fields == whole - {"total"}


def test_beside_an_unknown_column_what_stands_apart_still_stops_no_sum_of_rows() -> None:
    strays = (Stray("expenditure", PLACE, "其中", "apart"), Stray("expenditure", PLACE, "其他支出", "column"))
    stated = related(strayed("expenditure", *strays), "EXP001", "EXP002")
    assert [item.rule for item in stated.not_checked] == ["EXP001"]
