"""Workbooks of formulas: one typing error changes every sum above it, and is told as one mistake."""

from __future__ import annotations

import random

import pytest

from exact import figures, rounded
from honest import CATALOGUE, EDITION
from juesuan.book import Book, Cell, Key
from juesuan.check import Checked, check
from juesuan.locate.followers import followers_of, with_followers
from juesuan.locate.sentences import culprit_sentence
from juesuan.marks import marks_of
from juesuan.money import Currency
from juesuan.place import Place
from juesuan.relations import Relation, relate

TABLES = ("revenue", "expenditure", "general_budget")


def of_formulas(seed: int, currency: Currency) -> Book:
    """A book in which whatever rules derive is a formula of what is typed in."""
    book = rounded(figures(seed, EDITION, 40), EDITION, currency)
    sums: dict[Key, Relation] = {}
    for relation in relate(CATALOGUE, book).relations:
        if relation.rule.derives and not relation.rule.when and relation.terms:
            sums.setdefault(relation.target.key, relation)
    typed = {key: cell.fen or 0 for key, cell in book.cells.items() if key not in sums}
    book.formulas = frozenset(sums)
    book.filled = book.formulas if currency == "万元" else frozenset()
    return with_amounts(book, with_followers(typed, sums))


def with_amounts(book: Book, amounts: dict[Key, int]) -> Book:
    cells = {
        key: cell._replace(fen=amounts.get(key, cell.fen)) if cell.fen is not None else cell
        for key, cell in book.cells.items()
    }
    return book.with_cells(cells)


def slipped(book: Book, key: Key, fen: int) -> Checked:
    """The book as Excel shows it when another amount is typed into a cell."""
    followers = followers_of(relate(CATALOGUE, book).relations, book)
    return check(with_amounts(book, with_followers({key: fen}, followers)), CATALOGUE)


@pytest.mark.parametrize("currency", ["元", "万元"])
def test_one_slip_below_formulas_is_one_mistake(currency: Currency) -> None:
    told = 0
    for seed in range(6):
        book = of_formulas(seed, currency)
        assert check(book, CATALOGUE).culprits == ()
        chance = random.Random(seed)
        leaves = [
            cell for key, cell in book.cells.items() if key[0] in TABLES and key not in book.formulas and cell.fen
        ]
        for cell in chance.sample(leaves, 4):
            assert cell.fen is not None
            checked = slipped(book, cell.key, cell.fen + 1_234_567 * cell.step)
            if checked.verdict != "fail":
                continue
            told += 1
            assert len(checked.culprits) == 1
            (culprit,) = checked.culprits
            named = [culprit.suspects, *culprit.alternatives]
            assert any([suspect.cell.key for suspect in suspects] == [cell.key] for suspects in named)
            followed = [
                finding for finding in checked.findings if finding.level == "error" and finding.expected is not None
            ]
            assert {finding.group for finding in followed} == {0}
    assert told > 10


def test_formulas_that_follow_from_each_other_come_to_an_end() -> None:
    """Rules of one's own may derive x from y and z, and y from x: with z nothing, both show what they sum."""
    rule = next(rule for rule in CATALOGUE.rules if rule.derives)
    x, y, z = (Cell("summary", name, "revenue", Place("甲", 0, 0), 0, 1) for name in "xyz")
    followers = {x.key: Relation(rule, x, ((1, y), (1, z))), y.key: Relation(rule, y, ((1, x),))}
    assert with_followers({z.key: 5}, followers)[z.key] == 5
    assert with_followers({x.key: 7}, followers) == {x.key: 7, y.key: 7}


def test_a_formula_that_shows_another_sum_is_wrong_itself() -> None:
    book = of_formulas(1, "元")
    total = book.cells["expenditure", "total", "total"]
    assert total.fen is not None
    checked = check(with_amounts(book, {total.key: total.fen + 5_000_000}), CATALOGUE)
    assert [culprit.suspects[0].cell.key for culprit in checked.culprits] == [total.key]


def test_where_very_many_figures_may_be_wrong_none_is_named() -> None:
    book = of_formulas(4, "元")
    leaf = book.cells["revenue", "2320301", "grants_from_superior"]
    assert leaf.fen is not None
    checked = slipped(book, leaf.key, leaf.fen + 1_234_567)
    (culprit,) = checked.culprits
    assert culprit.crowded
    told = culprit_sentence(culprit, checked.book)
    assert told.startswith("有一个数相差 12,345.67，公开01表 4 格、公开02表 14 格、")
    assert told.endswith("格都说得通，账内分不出是哪一格，请对照原始数据逐格核对。")
    assert not any(mark.culprit for mark in marks_of(checked).values())
