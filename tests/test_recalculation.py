"""What the template's formulas pass over and `fill` reads all the same is said, and seen in the check sheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clerk import CATALOGUE, EDITION, Exact, Template, filled_file, look_at, open_rows, read, recalculate
from exact import figures
from juesuan import cli
from juesuan.check import check
from tools import require

SEED = 11
LABEL = "公开03表"


def item_row(template: Template) -> int:
    sheet = template.sheet("expenditure")
    return next(row for row in open_rows(sheet) if len(str(sheet.cell(row, 1).value)) == 7)


def text_amount(template: Template, exact: Exact) -> None:
    row = item_row(template)
    amount = template.sheet("expenditure").cell(row, 4).value
    template.type_in(LABEL, row, 4, f" {amount:,.2f} ")


def trailing_space(template: Template, exact: Exact) -> None:
    row = item_row(template)
    template.type_in(LABEL, row, 1, f"{template.sheet('expenditure').cell(row, 1).value} ")


def full_width(template: Template, exact: Exact) -> None:
    row = item_row(template)
    code = str(template.sheet("expenditure").cell(row, 1).value)
    template.type_in(LABEL, row, 1, "".join(chr(ord(char) + 0xFEE0) for char in code))


def backwards(path: Path) -> Path:
    template = Template("元")
    template.fill_in(figures(SEED, EDITION), SEED, backwards=True)
    return template.save(path)


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (text_amount, "的金额是文本，公式不会计入"),
        (trailing_space, "的科目编码带空格、分隔符、全角数字或看不见的字符，公式认不出"),
        (full_width, "的科目编码带空格、分隔符、全角数字或看不见的字符，公式认不出"),
    ],
)
def test_fill_says_what_the_formulas_will_not_count(
    slip: Callable[[Template, Exact], None], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled_file(tmp_path / "账.xlsx", figures(SEED, EDITION), "元", SEED, slip)
    assert cli.main(["fill", str(path)]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("请注意：")]
    assert line.startswith(f"请注意：{LABEL} ")
    assert said in line


def test_fill_says_nothing_of_the_kind_about_a_clean_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = filled_file(tmp_path / "账.xlsx", figures(SEED, EDITION), "元", SEED)
    assert cli.main(["fill", str(path)]) == 0
    assert "请注意" not in capsys.readouterr().out


def test_fill_says_that_sums_stand_below_what_they_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fill", str(backwards(tmp_path / "倒.xlsx"))]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "排在它的下级之后" in line]
    assert [line.split()[0] for line in said][:3] == ["请注意：公开02表", "请注意：公开03表", "请注意：公开05表"]


def test_a_trailing_space_behind_a_code_is_told_by_check(tmp_path: Path) -> None:
    path = filled_file(tmp_path / "账.xlsx", figures(SEED, EDITION), "元", SEED, trailing_space)
    assert "CODE001" in {item.rule for item in check(read(path), CATALOGUE).findings}


def test_the_check_sheet_shows_amounts_that_are_texts(tmp_path: Path) -> None:
    require("soffice")
    exact = figures(SEED, EDITION)
    books = [
        filled_file(tmp_path / f"{name}.xlsx", exact, "元", SEED, slip)
        for name, slip in (("干净", None), ("文本", text_amount))
    ]
    results = {name: look_at(path) for name, path in recalculate([books], tmp_path).items()}
    assert results["干净"].signs["FORM006"] == 0
    assert results["文本"].signs["FORM006"] == results["文本"].told["FORM006"] == 2
