"""Amounts: what is read from text and from doubles, and how it is rounded and written. Nothing is compared as float."""

from __future__ import annotations

from decimal import Decimal

import pytest

from juesuan.money import (
    Currency,
    Reading,
    fen_of,
    grouped,
    has_extra_decimals,
    millionths_of,
    plain_number,
    read_number,
    read_text,
    round_fen,
    to_fen,
    to_text,
)

READ = {
    "1,234.56": (1_234_560_000, "1234.56"),
    "12,345,678": (12_345_678_000_000, "12345678"),
    "１２３．４５": (123_450_000, "123.45"),
    "1 234.5": (1_234_500_000, "1234.5"),
    " 7 ": (7_000_000, "7"),
    ".5": (500_000, "0.5"),
    "5.": (5_000_000, "5"),
    "+3": (3_000_000, "3"),
    "-3": (-3_000_000, "-3"),
    "−3": (-3_000_000, "-3"),
    "–3": (-3_000_000, "-3"),
    "(3.20)": (-3_200_000, "-3.20"),
    "（3.20）": (-3_200_000, "-3.20"),
    "￥3": (3_000_000, "3"),
    "¥3元": (3_000_000, "3"),
    "人民币3万元": (3_000_000, "3"),
    "-¥3": (-3_000_000, "-3"),
    "(3元)": (-3_000_000, "-3"),
    "(3)元": (-3_000_000, "-3"),
    "3\u200b.1": (3_100_000, "3.1"),
    "0.0000005": (1, "0.0000005"),
    "0.0000004": (0, "0.0000004"),
    "-0.0000005": (-1, "-0.0000005"),
    "999999999999.99": (999_999_999_999_990_000, "999999999999.99"),
}
BLANK = ("", " ", "-", "—", "——", "─ ─", "无", "/", "\\", "\u3000", "\u200b")
NO_AMOUNT = (
    "1.031,33",
    "12 34",
    "31.33②",
    "③",
    "1,23",
    "1,2345",
    "(-3)",
    "(+3)",
    "3-",
    "三",
    "3%",
    "1e5",
    "1000000000000",
    "-1000000000000",
    "万元",
    "3元元元",
    "(35",
    "35)",
    "--3",
    "٣",
)


@pytest.mark.parametrize("text", READ)
def test_an_amount_is_read_however_it_is_typed(text: str) -> None:
    assert read_text(text) == READ[text]


@pytest.mark.parametrize("text", BLANK)
def test_dashes_and_words_for_nothing_are_a_blank(text: str) -> None:
    assert read_text(text) == Reading(None, None)


@pytest.mark.parametrize("text", NO_AMOUNT)
def test_what_is_no_single_amount_is_not_read(text: str) -> None:
    assert read_text(text) is None


@pytest.mark.parametrize(
    ("value", "millionths"),
    [
        (0.1 + 0.2, 300_000),
        (1.005, 1_005_000),
        (79.61, 79_610_000),
        (-79.61, -79_610_000),
        (0, 0),
        (99_999_999.999_999, 99_999_999_999_999),
        (100_000_000.0, 100_000_000_000_000),
        (-100_000_000.0, -100_000_000_000_000),
        (123_456_789.123_456_7, 123_456_789_123_457),
        (999_999_999_999.0, 999_999_999_999_000_000),
        (1e12, None),
        (-1e12, None),
        (-999_999_999_999.0, -999_999_999_999_000_000),
    ],
)
def test_a_double_is_the_number_a_spreadsheet_shows(value: float, millionths: int | None) -> None:
    assert read_number(value) == millionths


def test_a_declared_number_that_means_nothing_is_refused() -> None:
    assert millionths_of(0.05) == 50_000
    with pytest.raises(ValueError, match=r"^数太大：1000000000000.0$"):
        millionths_of(1e12)


@pytest.mark.parametrize(
    ("millionths", "more"),
    [(0, False), (10_000, False), (10_001, True), (1, True), (-20_000, False), (999_999_999_999_990_001, True)],
)
def test_amounts_have_two_decimals(millionths: int, more: bool) -> None:
    assert has_extra_decimals(millionths) is more


@pytest.mark.parametrize(
    ("number", "currency", "fen"),
    [
        ("1", "元", 100),
        ("1", "万元", 1_000_000),
        ("0.005", "元", 1),
        ("-0.005", "元", -1),
        ("0.004999", "元", 0),
        ("0.0000005", "万元", 1),
        ("93.815", "元", 9382),
    ],
)
def test_numbers_become_fen_half_up(number: str, currency: Currency, fen: int) -> None:
    assert to_fen(Decimal(number), currency) == fen
    assert fen_of(int((Decimal(number) * 1_000_000).to_integral_value("ROUND_HALF_UP")), currency) == fen


def test_amounts_too_long_for_a_double_stay_exact() -> None:
    assert fen_of(999_999_999_999_994_999, "元") == 99_999_999_999_999
    assert fen_of(123_456_789_012_345_678, "万元") == 123_456_789_012_345_678
    assert round_fen(123_456_789_012_345_678, 10_000) == 123_456_789_012_350_000
    assert isinstance(fen_of(1, "元"), int)


@pytest.mark.parametrize(
    ("fen", "step", "rounded"),
    [
        (4_999, 10_000, 0),
        (5_000, 10_000, 10_000),
        (-4_999, 10_000, 0),
        (-5_000, 10_000, -10_000),
        (15_000, 10_000, 20_000),
        (7, 1, 7),
        (-7, 1, -7),
    ],
)
def test_halves_are_rounded_away_from_zero(fen: int, step: int, rounded: int) -> None:
    assert round_fen(fen, step) == rounded


@pytest.mark.parametrize(
    ("fen", "currency", "text", "published"),
    [
        (0, "元", "0.00", "0.00"),
        (5, "元", "0.05", "0.05"),
        (-5, "元", "-0.05", "-0.05"),
        (123_456_789, "元", "1234567.89", "1,234,567.89"),
        (1_234_567_890_000, "万元", "1234567.89", "1,234,567.89"),
        (10_000, "万元", "0.01", "0.01"),
        (12_340, "万元", "0.01234", "0.01234"),
        (-1, "万元", "-0.000001", "-0.000001"),
        (1_000_001, "万元", "1.000001", "1.000001"),
    ],
)
def test_amounts_are_written_with_two_decimals_or_all_they_have(
    fen: int, currency: Currency, text: str, published: str
) -> None:
    assert (to_text(fen, currency), grouped(fen, currency)) == (text, published)


def test_the_number_of_a_cell_is_written_plainly() -> None:
    assert [plain_number(value) for value in (0, 1_500_000, -12_345_678_900_000)] == ["0.00", "1.50", "-12345678.90"]
