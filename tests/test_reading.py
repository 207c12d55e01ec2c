"""The same figures written in other ways are read completely and judged alike."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import plain
from honest import judged
from juesuan.book import Book
from juesuan.check import Checked
from plain import Style

STYLES = {
    "as published": Style(),
    "sheets renamed and reordered": Style(seed=7),
    "a blank row and column in front": Style(blank_rows=1, blank_columns=1),
    "far from the corner": Style(blank_rows=5, blank_columns=3, seed=2),
    "text numbers": Style(text_numbers=True),
    "full-width digits": Style(full_width=True),
    "zeros left blank": Style(blank_zeros=True),
    "codes split over three columns": Style(split_codes=True),
    "codes as numbers": Style(numeric_codes=True),
    "split codes as numbers": Style(split_codes=True, numeric_codes=True),
    "no merged cells": Style(merged=False),
    "合计 last": Style(total_last=True),
    "spaces within labels": Style(spaced_labels=True),
    "no 栏次": Style(counters=False),
    "no 行次": Style(line_numbers=False),
    "everything at once": Style(
        seed=3,
        blank_rows=2,
        blank_columns=1,
        text_numbers=True,
        blank_zeros=True,
        split_codes=True,
        merged=False,
        total_last=True,
        spaced_labels=True,
        counters=False,
        line_numbers=False,
    ),
}
SWITCHES = [name for name, value in Style._field_defaults.items() if isinstance(value, bool)]
WRITTEN_AS_TEXT = {"FORM006"}


def signature(checked: Checked) -> set[tuple[str, str, str, str | None, str | None]]:
    """What was found, where in the tables; without the sheet and address, which the writing changes."""
    return {
        (item.rule, item.level, cell.table, cell.row, cell.field)
        for item in checked.findings
        if item.rule not in WRITTEN_AS_TEXT
        for cell in item.cells
    }


def figures(book: Book) -> dict[tuple[str, str, str], Decimal]:
    return {key: Decimal(cell.fen) / 1_000_000 for key, cell in book.cells.items() if cell.fen}


def published_figures() -> dict[tuple[str, str, str], Decimal]:
    from published_book import jiaozuo

    return {key: amount for key, amount in jiaozuo().amounts.items() if amount}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    return judged(plain.write(tmp_path_factory.mktemp("books") / "焦作.xlsx", Style()))


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_every_published_figure_is_read(style: Style, tmp_path: Path) -> None:
    checked = judged(plain.write(tmp_path / "书.xlsx", style))
    assert figures(checked.book) == published_figures()
    assert checked.book.unit == "焦作市公共资源交易中心"
    assert checked.book.year == 2024
    assert not [stray for sheet in checked.book.sheets.values() for stray in sheet.strays]


@pytest.mark.parametrize("style", STYLES.values(), ids=list(STYLES))
def test_the_same_figures_written_otherwise_give_the_same_findings(
    style: Style, tmp_path: Path, reference: Checked
) -> None:
    checked = judged(plain.write(tmp_path / "书.xlsx", style))
    assert signature(checked) == signature(reference)
    assert checked.verdict == reference.verdict == "warn"


def test_random_mixtures_of_ways_of_writing_give_the_same_findings(tmp_path: Path, reference: Checked) -> None:
    chance = random.Random(20241122)
    for number in range(12):
        switches: dict[str, Any] = {name: chance.random() < 0.4 for name in SWITCHES}
        style = Style(seed=number, blank_rows=chance.randrange(4), blank_columns=chance.randrange(3))
        style = style._replace(**switches)
        checked = judged(plain.write(tmp_path / f"{number}.xlsx", style))
        assert signature(checked) == signature(reference), style


def test_jiaozuo_2024_has_exactly_its_honest_findings(reference: Checked) -> None:
    told = sorted((item.rule, item.level) for item in reference.findings)
    expected = [("TAIL", "info")] * 4 + [(f"X05{number}", "warning") for number in (1, 2, 3, 4)] + [("X057", "info")]
    assert told == sorted(expected)
    tails = {(cell.table, cell.row) for item in reference.findings if item.rule == "TAIL" for cell in item.cells}
    tables = ("revenue", "expenditure", "general_budget")
    assert tails == {(table, row) for table in tables for row in ("20805", "total")} | {("basic_expenditure", "302")}
    assert reference.counts["failed"] == 0
    assert reference.counts["tail"] == 13


def test_text_numbers_are_said_once_a_table_with_the_number_they_should_be(tmp_path: Path) -> None:
    checked = judged(plain.write(tmp_path / "书.xlsx", Style(text_numbers=True)))
    said = [item for item in checked.findings if item.rule == "FORM006"]
    assert [item.level for item in said] == ["warning"] * 9
    assert any("应为数值 1031.33" in item.message for item in said)
