"""However the same figures are laid out and spelled, they are read the same and judged the same."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plain
from honest import judged
from plain import Style
from test_reading import SWITCHES, figures, published_figures, signature

SPELLINGS = ("", " {} ", "￥{}", "{}万元", "　{} 万元", "人民币{}万元")
BLANKS = ("", "—", "-", "－－", "无")

styles = st.builds(
    Style,
    seed=st.none() | st.integers(0, 99),
    blank_rows=st.integers(0, 5),
    blank_columns=st.integers(0, 3),
    spelling=st.sampled_from(SPELLINGS),
    blank=st.sampled_from(BLANKS),
    **{name: st.booleans() for name in SWITCHES},
)


@cache
def reference() -> frozenset[tuple[str, str, str, str | None, str | None]]:
    with TemporaryDirectory() as folder:
        return frozenset(signature(judged(plain.write(Path(folder) / "书.xlsx", Style()))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(styles)
def test_any_layout_of_the_same_figures_gives_the_same_findings(style: Style) -> None:
    with TemporaryDirectory() as folder:
        checked = judged(plain.write(Path(folder) / "书.xlsx", style))
    assert figures(checked.book) == published_figures()
    assert signature(checked) == reference()
    assert checked.verdict == "warn"
