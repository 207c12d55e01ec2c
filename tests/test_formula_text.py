"""The reading of formulas that the tests of the template rely on."""

from __future__ import annotations

import pytest

from formula_text import Range, bare, depth, functions, ranges

BELOW = "SUMPRODUCT((LEN(INDEX($A:$A,ROW()+1):$A$61)=7)*1,INDEX(D:D,ROW()+1):D$61)"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUM($B$4:$C$6,A1)", [Range("", 4, 2, 6, 3), Range("", 1, 1, 1, 1)]),
        ("=N('公开01表'!$C$37)", [Range("公开01表", 37, 3, 37, 3)]),
        ('=封面!$C$4&"A1"', [Range("封面", 4, 3, 4, 3)]),
        (f"={BELOW}", [Range("", 10, 1, 61, 1), Range("", 10, 4, 61, 4)]),
    ],
)
def test_every_range_of_a_formula_is_found(formula: str, expected: list[Range]) -> None:
    assert list(ranges(formula, 9)) == expected


@pytest.mark.parametrize("formula", ["=SUM(A:A)", "=SUM(2:3)", "=OFFSET(A1,1,1)", "=SUM(INDEX(A:A,ROW()):A9)"])
def test_a_range_that_cannot_be_told_is_refused(formula: str) -> None:
    with pytest.raises(AssertionError):
        list(ranges(formula, 9))


def test_functions_and_depth_leave_quoted_texts_out() -> None:
    formula = '=IF(A1="SUM((((","",ROUND(SUM(B1),2))'
    assert functions(formula) == {"IF", "ROUND", "SUM"}
    assert depth(formula) == 3
    assert bare(formula) == '=IF(A1="","",ROUND(SUM(B1),2))'
