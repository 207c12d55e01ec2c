"""What is said to have been measured is on record, and what was missed is said to have been missed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from docs import benchmarks  # noqa: E402

import records  # noqa: E402
import report  # noqa: E402

PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HELD = {"≥": lambda value, limit: value >= limit, "≤": lambda value, limit: value <= limit}


@pytest.mark.parametrize("name", report.RECORDED)
def test_a_target_is_met_by_the_figures_or_it_is_not(name: str) -> None:
    run, figures = records.recorded(name)
    assert run["benchmark"] == name
    assert figures
    for figure in figures:
        if not figure.target:
            assert figure.met is None
            continue
        sign, limit, times = re.fullmatch(r"(?:(≥|≤) )?([\d.]+)( 倍)?", figure.target).groups()  # type: ignore[union-attr]
        if figure.ratio is not None:
            assert figure.baseline
            ratios = (figure.ours / figure.baseline, figure.baseline / figure.ours)
            assert any(abs(figure.ratio - ratio) < 0.02 * ratio for ratio in ratios), figure
        value = figure.ratio if times else figure.ours
        assert value is not None
        assert figure.met == HELD[sign or "≤"](value, float(limit)), figure


def test_every_recorded_figure_is_on_the_page_missed_targets_too() -> None:
    missed = 0
    for name in report.RECORDED:
        for figure in records.recorded(name)[1]:
            lines = [line for line in PAGE.splitlines() if line.startswith(f"| {figure.name} | {figure.ours:g} ")]
            lines += [line for line in PAGE.splitlines() if line.startswith(f"| {figure.name} | {figure.ours:g} |")]
            assert lines or figure.unit == "个", figure
            missed += figure.met is False
    assert PAGE.count("**未达**") >= missed


def test_readme_quotes_four_figures_from_the_records() -> None:
    quoted = list(benchmarks.in_readme())
    assert len(quoted) == 4
    assert "\n".join(quoted) in README


def test_less_and_more_are_told_apart() -> None:
    assert records.times_less("快", 10, 150, "别的", "毫秒", 12)[5:] == (15.0, "≥ 12 倍", True)
    assert records.times_less("慢", 10, 110, "别的", "毫秒", 12).met is False
    assert records.times_as_much("大", 13, 2, "空的", "毫秒", 6)[5:] == (6.5, "≤ 6 倍", False)
    assert records.at_most("误报", 0, 0).met is True
    assert records.at_most("误报", 1, 0)[5:] == (None, "0", False)
    assert records.at_least("保住", 19, 20).met is False
