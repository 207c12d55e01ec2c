"""Text and tables judged together: which of them is wrong, and what shows only where both are put together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from juesuan.book import Cell, Key
from juesuan.check import check
from juesuan.narrative.facts import Facts
from juesuan.narrative.supplement import NOTHING, Supplement
from juesuan.narrative.writing import write_narrative
from juesuan.proofread.compare import numbers
from juesuan.proofread.entries import tell_apart
from juesuan.proofread.observed import observe
from juesuan.proofread.proof import proofread
from juesuan.proofread.reading import read_narrative
from juesuan.rules import load_catalogue
from published_supplement import supplement
from test_proofread import replaced
from texts import BOOK, EDITION, declaration, document, proof_of, published, text_rules

CATALOGUE = load_catalogue(EDITION)
WAN = 10_000
DOCUMENT = document(published().splitlines())
REAL = {item.finding.message for item in proof_of(published()).remarks}


def cells_in_the_text() -> Iterator[Cell]:
    """Cells with an amount of which the published text speaks."""
    facts, reading = Facts(declaration(), BOOK), read_narrative(DOCUMENT, declaration())
    told = tell_apart(reading.found, facts, DOCUMENT.compact)
    said = observe(numbers(told, facts), facts).said.values()
    yield from {cell.key: cell for _, cells in said for cell in cells if cell.fen}.values()


def mistyped(fen: int) -> int:
    """Two digits exchanged where they differ, else another last digit."""
    digits = str(fen // WAN)
    if len(digits) > 2 and digits[1] != digits[2]:
        return int(digits[0] + digits[2] + digits[1] + digits[3:]) * WAN
    return int(digits[:-1] + str((int(digits[-1]) + 5) % 10)) * WAN


def new_messages(changes: dict[Key, Cell], text: str = "", given: Supplement = NOTHING) -> list[str]:
    """What is said of a book with some cells changed, and not of the real one."""
    book = BOOK.with_cells({**BOOK.cells, **changes})
    whole = document(text.splitlines()) if text else DOCUMENT
    proof = proofread(whole, book, text_rules(), declaration(), given, together=check(book, CATALOGUE).together)
    return [item.finding.message for item in proof.remarks if item.finding.message not in REAL]


def test_every_mistyped_cell_of_which_the_text_speaks_is_said_to_be_wrong_and_not_the_text() -> None:
    cells = list(cells_in_the_text())
    assert len(cells) > 25
    for cell in cells:
        place = f"{cell.place.sheet} {cell.place.address}"
        said = new_messages({cell.key: cell._replace(fen=mistyped(cell.fen or 0))})
        advice = [message.rpartition("依据：")[2] for message in said]
        assert any(place in text and "改表" in text for text in advice), (place, said)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("收入合计1,032.00万元", "收入合计1,023.00万元"),
        ("支出900.81万元，占87.34%", "支出900.81万元，占87.43%"),
        ("人员经费778.71万元", "人员经费787.71万元"),
    ],
)
def test_a_figure_of_the_text_against_all_tables_is_the_texts_mistake(before: str, after: str) -> None:
    said = [item.finding.message for item in proof_of(replaced(before, after)).remarks]
    (message,) = [message for message in said if message not in REAL]
    assert "改表" not in message
    assert "分不出来" not in message


def test_where_text_and_cell_stand_one_against_one_both_are_named() -> None:
    """Nothing else speaks of the last cent of this total."""
    said = [item.finding.message for item in proof_of(replaced("基本支出793.67万元", "基本支出793.66万元")).remarks]
    (message,) = [message for message in said if message not in REAL]
    assert "文字错还是表错，单凭这些数分不出来：或改文字，或把公开05表 D7「合计」“基本支出”改为 793.66。" in message


def test_two_changes_within_their_tails_that_cannot_both_be_right() -> None:
    """1031.33 − 1010.88 is 20.45; 20.46 here and 20.44 there are tails each, but of one amount."""
    exact = {key: cell._replace(span=(0, 0)) for key, cell in BOOK.cells.items() if not cell.fen}
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), BOOK, supplement())))
    first, second = "财政拨款收、支总计各增加20.4{}万元", "一般公共预算财政拨款支出增加20.4{}万元"
    assert first.format(5) in text
    assert second.format(5) in text

    def told(one: int, other: int) -> list[str]:
        changed = text.replace(first.format(5), first.format(one)).replace(second.format(5), second.format(other))
        return [message for message in new_messages(exact, changed, supplement()) if "TXT031" in message]

    assert not told(5, 5)
    assert not told(6, 6)
    assert not told(4, 5)
    (message,) = told(4, 6)
    assert "合起来却不能成立" in message
    assert "“财政拨款收、支总计的增减额”20.44万元有误" in message
    assert "“一般公共预算财政拨款支出的增减额”20.46万元有误" in message


def test_figures_only_the_text_knows_make_no_statement() -> None:
    facts = Facts(declaration(), BOOK)
    told = tell_apart(read_narrative(DOCUMENT, declaration()).found, facts, DOCUMENT.compact)
    observed = observe(numbers(told, facts), facts)
    titles = {statement.source for statement in observed.statements}
    assert {"收入合计", "收入占比", "“三公”经费完成预算"} <= titles
    assert not titles & {"年初预算", "完成年初预算", "政府采购支出总额", "收、支总计的增减额"}
    known = Facts(declaration(), BOOK, supplement())
    assert "收、支总计的增减额" in {statement.source for statement in observe(numbers(told, known), known).statements}


def test_a_figure_that_another_table_prints_one_cent_away_is_to_be_verified_only() -> None:
    """One table was balanced by hand, and the text took its figure."""
    key, elsewhere = ("general_budget", "210", "total"), ("appropriation_summary", "210", "general_budget")
    cell = BOOK.cells[key]
    assert BOOK.cells[elsewhere].fen == cell.fen
    moved = cell._replace(fen=(cell.fen or 0) + WAN)

    def level(changes: dict[Key, Cell]) -> str:
        book = BOOK.with_cells({**BOOK.cells, **changes})
        proof = proofread(DOCUMENT, book, text_rules(), declaration(), together=check(book, CATALOGUE).together)
        (item,) = [item for item in proof.remarks if "45.92万元，应为 45.93万元" in item.finding.message]
        return item.finding.level

    assert level({key: moved}) == "warning"
    same = {key: one._replace(fen=moved.fen) for key, one in BOOK.cells.items() if one.fen == cell.fen}
    assert level(same) == "error"
