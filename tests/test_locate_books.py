"""What the locate benchmark measures with is itself right: its books, its slips, and its second look at proofs."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from exact import figures, rounded
from juesuan.book import Book, Cell, Key
from juesuan.check import check
from juesuan.locate.answer import Culprit, Suspect
from juesuan.locate.judgement import Joint
from juesuan.model import TOTAL
from juesuan.money import WAN_STEP
from juesuan.place import Place
from locate.books import CATALOGUE, EDITION, FINANCE, SOCIAL_WORK, Specimen, jiaozuo, putuo, synthetic
from locate.laws import beyond_interval, excess, laws_of
from locate.proof import certificate_holds, printed_range, witness_holds
from locate.score import looked_at, scored, wholly_right
from locate.slips import KINDS, THIRTEEN, Ground, Slip, ground, slip, with_slips
from published_book import account

ROOT = Path(__file__).resolve().parent.parent
SIZES = (16, 45, 120, 300)


@pytest.fixture(scope="module")
def grounds() -> list[Ground]:
    return [ground(synthetic(seed, 20 + 12 * seed)) for seed in range(4)]


@pytest.mark.parametrize("rows", SIZES)
def test_every_law_holds_to_the_fen_before_rounding(rows: int) -> None:
    for seed in range(3):
        book = rounded(figures(seed, EDITION, rows), EDITION, "元")
        laws = laws_of(book)
        assert [law for law in laws if excess(law)] == []
        assert len(laws) > 10 * rows
        found = check(book, CATALOGUE).findings
        assert [item.message for item in found if item.level == "error" or item.status == "tail"] == []


@pytest.mark.parametrize("rows", SIZES)
def test_a_book_has_as_many_code_rows_as_asked_for(rows: int) -> None:
    for seed in range(5):
        assert rows <= synthetic(seed, rows).code_rows <= rows + 5


def test_the_books_have_all_nine_tables_three_budgets_carryovers_zeros_and_small_amounts() -> None:
    specimens = [synthetic(seed, 40) for seed in range(12)]
    filled = {key[0] for specimen in specimens for key, cell in specimen.book.cells.items() if cell.fen}
    assert filled == {table.id for table in EDITION.tables if not table.optional}
    carried = [specimen.exact["appropriation_summary", "opening_carryover", "revenue"] for specimen in specimens]
    assert 0 in carried
    assert any(carried)
    for specimen in specimens:
        amounts = [amount for key, amount in specimen.exact.items() if key in specimen.book.cells]
        assert any(0 < amount < WAN_STEP // 2 for amount in amounts)
        assert 0 in amounts
        assert max(amounts) > 10_000 * WAN_STEP


def test_amounts_stand_where_the_form_has_them() -> None:
    """Neighbours matter for exchanged cells; the tables of fixed lines are compared with a published workbook."""
    drawn, published = synthetic(3, 20).book, jiaozuo().book
    assert len({cell.place for cell in drawn.cells.values()}) == len(drawn.cells)
    for table in ("summary", "appropriation_summary", "basic_expenditure", "three_public"):
        offsets = {
            (cell.place.row - published.cells[key].place.row, cell.place.column - published.cells[key].place.column)
            for key, cell in drawn.cells.items()
            if key[0] == table and key[1] not in ("personnel", "operating")
        }
        assert len(offsets) == 1, table


DRAWN = """
import sys
sys.path[:0] = {paths!r}
from hashlib import sha256
from random import Random
from locate.books import numbered
from locate.laws import missing_of
from locate.slips import KINDS, ground, slip, with_slips
said = []
for number in range(2):
    where = ground(numbered(5, number))
    said += [sorted(where.specimen.exact.items()), list(where.book.cells.values())]
    for kind in KINDS:
        drawn = slip(kind, Random(f"{{number}}:{{kind}}"), where)
        said += [drawn, drawn and missing_of(with_slips(where.book, [drawn]))]
print(sha256(repr(said).encode()).hexdigest())
"""


def test_books_and_slips_do_not_depend_on_the_hash_seed() -> None:
    script = DRAWN.format(paths=[str(ROOT / folder) for folder in ("benchmarks", "tests", "samples")])
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "4711")
    }
    assert len(digests) == 1


def drawn(kind: str, grounds: list[Ground]) -> Iterator[tuple[Ground, Slip]]:
    """Slips of one class, eight in each book."""
    for where in grounds:
        for turn in range(8):
            found = slip(kind, Random(turn), where)
            assert found is not None, kind
            yield where, found


def units(where: Ground, found: Slip) -> Iterator[tuple[int, int]]:
    """True and printed amounts of the cells of a slip, in 0.01 万元."""
    for key, fen in found.printed.items():
        yield (where.book.cells[key].fen or 0) // WAN_STEP, (fen or 0) // WAN_STEP


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_changes_the_cells_it_names_and_no_others(kind: str, grounds: list[Ground]) -> None:
    for where, found in drawn(kind, grounds):
        book = with_slips(where.book, [found])
        gone = where.book.cells.keys() - book.cells.keys()
        assert {key[:2] for key in gone} == ({found.lost} if found.lost else set())
        changed = {key for key, cell in book.cells.items() if cell != where.book.cells[key]}
        assert changed == found.printed.keys()
        assert all(book.cells[key].fen == fen for key, fen in found.printed.items())
        assert found.kind == kind
        assert not any((fen or 0) % WAN_STEP for fen in found.printed.values())


def test_transposed_digits_are_the_same_digits(grounds: list[Ground]) -> None:
    for where, found in drawn("transposed_digits", grounds):
        ((true, printed),) = units(where, found)
        assert Counter(f"{true:03d}") == Counter(f"{printed:03d}")
        assert sum(one != other for one, other in zip(f"{true:03d}", f"{printed:03d}", strict=True)) == 2


def test_a_wrong_digit_is_one_digit(grounds: list[Ground]) -> None:
    for where, found in drawn("wrong_digit", grounds):
        ((true, printed),) = units(where, found)
        assert sum(one != other for one, other in zip(f"{true:03d}", f"{printed:03d}", strict=True)) == 1


@pytest.mark.parametrize(("kind", "factors"), [("sign", {-1}), ("decimal_shift", {10, 100}), ("blank", {0})])
def test_a_slip_of_size_multiplies_the_figure(kind: str, factors: set[int], grounds: list[Ground]) -> None:
    for where, found in drawn(kind, grounds):
        ((true, printed),) = units(where, found)
        assert printed in {factor * true for factor in factors}


def test_yuan_for_wan_yuan_prints_the_exact_amount_ten_thousand_times_too_large(grounds: list[Ground]) -> None:
    for where, found in drawn("unit_yuan", grounds):
        ((key, fen),) = found.printed.items()
        assert fen == where.specimen.exact[key] * 10_000


def test_a_small_slip_is_at_most_five_hundredths_and_a_stale_total_too_low(grounds: list[Ground]) -> None:
    for where, found in drawn("small", grounds):
        ((true, printed),) = units(where, found)
        assert 1 <= abs(true - printed) <= 5
    for where, found in drawn("stale_total", grounds):
        ((true, printed),) = units(where, found)
        assert 0 <= printed < true


@pytest.mark.parametrize("kind", ["swapped_across", "swapped_down", "row_off_by_one", "rows_off"])
def test_moved_amounts_are_all_still_there(kind: str, grounds: list[Ground]) -> None:
    for where, found in drawn(kind, grounds):
        amounts = list(units(where, found))
        assert Counter(true for true, _ in amounts) == Counter(printed for _, printed in amounts)
        rows = {key[1] for key in found.printed}
        assert len({key[0] for key in found.printed}) == 1
        if kind.startswith("swapped"):
            one, other = (where.book.cells[key].place for key in found.printed)
            apart = (abs(one.row - other.row), abs(one.column - other.column))
            assert apart == ((0, 1) if kind == "swapped_across" else (1, 0))
        else:
            assert len(rows) == 2 if kind == "row_off_by_one" else 2 <= len(rows) <= 8


def test_a_missing_row_is_a_leaf_with_amounts_and_with_a_neighbour(grounds: list[Ground]) -> None:
    for where, found in drawn("missing_row", grounds):
        assert found.lost is not None
        table, code = found.lost
        assert any(cell.fen for key, cell in where.book.cells.items() if key[:2] == found.lost)
        assert where.book.children(table, code) == []
        assert with_slips(where.book, [found]).children(table, code[:5])


def test_several_slips_do_not_meet(grounds: list[Ground]) -> None:
    slips: list[Slip] = []
    for turn in range(10):
        found = slip(THIRTEEN[turn], Random(turn), grounds[3], slips)
        assert found is not None
        slips.append(found)
    rows = [row for found in slips for row in {key[:2] for key in found.printed}]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(("specimen", "name"), [(putuo(FINANCE), FINANCE), (putuo(SOCIAL_WORK), SOCIAL_WORK)])
def test_an_account_of_shanghai_has_every_figure_as_published(specimen: Specimen, name: str) -> None:
    amounts = account(name).amounts
    assert len(amounts) > 450
    for key, amount in amounts.items():
        assert specimen.book.cells[key].fen == (amount or 0) * 1_000_000
    others = [cell for key, cell in specimen.book.cells.items() if key not in amounts]
    assert not any(cell.fen for cell in others)


def test_only_the_account_balanced_by_hand_is_beyond_its_intervals() -> None:
    broken = {FINANCE: 2, SOCIAL_WORK: 0}
    for name, count in broken.items():
        assert len(beyond_interval(laws_of(putuo(name).book))) == count
    assert beyond_interval(laws_of(jiaozuo().book)) == []


def test_the_range_of_an_amount_is_found_from_rounding_alone() -> None:
    for fen in (None, -WAN_STEP, 0, WAN_STEP, 103_133 * WAN_STEP):
        for signed in (False, True):
            cell = Cell("revenue", TOTAL, "total", Place("甲", 0, 0), fen, WAN_STEP, signed)
            assert printed_range(cell) == cell.interval


def test_a_witness_holds_only_when_every_amount_fits() -> None:
    specimen = synthetic(3, 20)
    laws = laws_of(specimen.book)
    witness: dict[Key, int] = {key: specimen.exact.get(key, 0) for key in specimen.book.cells}
    assert witness_holds(witness, specimen.book, laws)
    for law in laws[::40]:
        for change in (1, WAN_STEP):
            changed = witness | {law.target.key: witness[law.target.key] + change}
            assert not witness_holds(changed, specimen.book, laws)
    missing = {key: fen for key, fen in witness.items() if key != laws[0].target.key}
    assert not witness_holds(missing, specimen.book, laws)


def test_a_certificate_holds_only_for_laws_that_contradict_the_figures() -> None:
    where = ground(synthetic(3, 20))
    key = next(law.target.key for law in where.laws if law.rule.code == "EXP001")
    book = with_slips(where.book, [Slip("", {key: (where.book.cells[key].fen or 0) + 100 * WAN_STEP})])
    laws = laws_of(book)
    (number,) = (number for number, law in enumerate(laws) if law.rule.code == "EXP001" and law.target.key == key)
    for sign in (1, -1):
        assert certificate_holds([(Fraction(sign), number)], laws)
        assert not certificate_holds([(Fraction(sign), number)], where.laws)
    assert not certificate_holds([], laws)
    assert not certificate_holds([(Fraction(0), number)], laws)


def test_an_inequality_proves_something_in_one_direction_only() -> None:
    where = ground(synthetic(3, 20))
    number, law = next((number, law) for number, law in enumerate(where.laws) if law.rule.code == "X015" and law.terms)
    cells = dict(where.book.cells)
    for cell in (cell for _, cell in law.terms):
        cells[cell.key] = cell._replace(fen=(law.target.fen or 0) + 10 * WAN_STEP)
    laws = laws_of(where.book.with_cells(cells))
    assert certificate_holds([(Fraction(1), number)], laws)
    cells = dict(where.book.cells) | {law.target.key: law.target._replace(fen=10**12)}
    laws = laws_of(where.book.with_cells(cells))
    assert not certificate_holds([(Fraction(1), number)], laws)
    assert not certificate_holds([(Fraction(-1), number)], laws)


def answer(book: Book, *choices: tuple[Key, int]) -> Joint:
    """One culprit whose choices, one after the other, are these cells with these suggestions."""
    sets = tuple((Suspect(book.cells[key], fen, (fen, fen)),) for key, fen in choices)
    return Joint(False, culprits=(Culprit(sets[0], "other", (), sets[1:]),))


def test_a_slip_is_named_when_its_cell_comes_first_and_in_the_set_when_it_comes_later() -> None:
    where = ground(synthetic(3, 20))
    wrong, innocent = where.figures[3], where.figures[4]
    true = where.book.cells[wrong].fen or 0
    found = Slip("small", {wrong: true + WAN_STEP})
    book = with_slips(where.book, [found])
    right = answer(book, (wrong, true))
    assert scored(found, right, where.book)[1:] == (True, True, True, True, True)
    assert wholly_right([found], right)
    assert looked_at(right) == 1
    second = answer(book, (innocent, 0), (wrong, true - WAN_STEP))
    assert scored(found, second, where.book)[1:] == (False, True, True, False, False)
    assert not wholly_right([found], second)
    assert looked_at(second) == 2
    other = answer(book, (innocent, 0))
    assert scored(found, other, where.book)[1:] == (False, False, False, False, False)
