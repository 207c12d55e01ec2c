"""What kind of slip it was, in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact import figures, rounded
from juesuan.locate.certificate import Share
from juesuan.locate.sentences import certificate_sentence, culprit_sentence, slip_sentence
from juesuan.locate.slips import likeliest, origins, slips
from slipped import EDITION, clean, judged, laws, printed_as

BOOK = rounded(figures(1, EDITION), EDITION)


@pytest.mark.parametrize(
    ("printed", "true", "words"),
    [
        (27366, 23766, "像是 237.66 写成了 273.66：两位数字颠倒"),
        (23866, 23766, "像是 237.66 写成了 238.66：一位数字打错"),
        (237666, 23766, "像是 237.66 写成了 2,376.66：多打了一位数字"),
        (2361, 23761, "像是 237.61 写成了 23.61：漏打了一位数字"),
        (-23766, 23766, "像是 237.66 写成了 -237.66：正负号弄反"),
        (237660, 23766, "像是 237.66 写成了 2,376.60：小数点错了一位，扩大了 10 倍"),
        (238, 23766, "像是 237.66 写成了 2.38：小数点错了两位，缩小到 1/100"),
        (237661234, 23766, "像是 237.66 写成了 2,376,612.34：把元当成万元填了"),
        (0, 23766, "这里应有 237.66，却写成了零"),
        (None, 23766, "这里应有 237.66，却空着"),
        (23999, 23766, "像是应为 237.66，相差 2.33"),
        (8, 0, "这里应为 0.00，像是多填了 0.08"),
    ],
)
def test_a_slip_is_described_as_a_clerk_would(printed: int | None, true: int, words: str) -> None:
    now = None if printed is None else printed * 10_000
    assert slip_sentence(now, true * 10_000, 10_000, BOOK) == words


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_any_two_amounts_have_a_likeliest_slip_between_them(printed: int, true: int) -> None:
    ways = list(slips(printed, true))
    assert bool(ways) == (printed != true)
    if ways:
        assert 0 < likeliest(printed, true).likelihood <= 1


@given(st.integers(10, 10**8))
def test_common_slips_are_looked_for_whatever_the_amount(true: int) -> None:
    digits = str(true)
    for place in range(len(digits) - 1):
        swapped = int(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])
        if swapped != true:
            assert true in origins(swapped)
    assert true in origins(-true) & origins(true * 10) & origins(true * 10_000)


def test_a_long_certificate_names_its_first_relations_and_how_many_there_are() -> None:
    book = clean(1)
    relations = laws(book)
    long = tuple(Share(Fraction(1), source) for source in range(8))
    sentence = certificate_sentence(long, relations, book)
    assert "……共 8 条关系合起来" in sentence
    assert sentence.split("……共")[0].count("加上") == 3
    six = certificate_sentence(long[:6], relations, book)
    assert six.split("，6 条关系合起来")[0].count("加上") == 5


def test_a_certificate_says_which_relations_and_by_how_much() -> None:
    book = clean(1)
    key = ("summary", "revenue_total", "revenue")
    changed = printed_as(book, {key: (book.cells[key].fen or 0) + 20_000})
    joint = judged(changed)
    sentence = certificate_sentence(joint.certificate, laws(changed), changed)
    assert "现差 0.02" in sentence
    assert "四舍五入至多能解释" in sentence
    assert sentence.endswith("所以其中至少有一个数不对。")
    told = culprit_sentence(joint.culprits[0], changed)
    assert "公开01表" in told
