"""Other formats than .xlsx: the same figures, what their cells are besides, and what is written back."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from math import inf
from pathlib import Path

import openpyxl
import pytest

from hostile import formats
from hostile.kind import FOLDER, SAMPLE
from hostile.xlsb import Computed, written
from juesuan.cli import main
from juesuan.reading.dates import number_behind, number_in_excel
from juesuan.reading.files import WorkbookFile, open_workbook, workbook_of
from juesuan.reading.kinds import kind_of
from juesuan.reading.plain_copy import named_for_excel, plain_copy
from juesuan.reading.values import SheetValues
from tools import validation_errors

DATA = Path(__file__).parent / "data" / "formats"
XLSB = written(
    {
        "甲": [
            ["名", 1.0, 2.5, None, None, None, None],
            [Computed(None), Computed(3.5), Computed(None), Computed(4.0), Computed(1.0), None, None],
            [None, None, True],
        ]
    },
    merge=(4, 5, 0, 2),
)


def values(file: WorkbookFile) -> dict[str, dict[tuple[int, int], object]]:
    """Every value of every worksheet by its place; numbers as numbers, whatever type the format gives them."""
    return {
        grid.name: {
            (row, column): value
            for row in range(grid.top, grid.bottom)
            for column in range(grid.left, grid.right)
            if (value := grid.value(row, column)) != ""
        }
        for grid in file.grids
    }


@pytest.mark.parametrize("make", [formats.xls, formats.xlsb, formats.ods, formats.default_password_xls])
def test_the_values_are_those_of_the_xlsx_and_stand_in_the_copy(make: Callable[[], bytes]) -> None:
    expected = values(open_workbook(str(SAMPLE)))
    file = workbook_of("决算.bin", make())
    assert values(file) == expected
    assert file.copied_from
    copy = workbook_of("决算.xlsx", file.package.data)
    assert copy.copied_from is None
    assert values(copy) == expected


@pytest.mark.parametrize("name", ["错误值和公式.xls", "错误值和公式.ods"])
def test_error_values_formulas_dates_and_what_is_hidden_are_known(name: str) -> None:
    file = open_workbook(str(DATA / name))
    assert file.package.doubts("甲") == {(1, 0): "error", (1, 2): "error"}
    assert {(1, 1), (1, 3), (1, 4)} <= file.package.formulas("甲")
    assert set(file.package.hidden()) == {("甲", "列", 6), ("甲", "行", 6)}
    assert file.hidden_sheets == ("乙",)
    assert file.grids[0].end_of(4, 0) == (5, 2)
    copy = workbook_of("决算.xlsx", file.package.data)
    assert values(copy) == values(file)
    assert copy.package.doubts("甲") == {(1, 0): "error", (1, 2): "error"}


@pytest.mark.parametrize(("name", "doubtful"), [("日期格式.xls", {59, 60, 60.5}), ("日期格式.ods", set())])
def test_an_amount_under_a_date_format_is_the_number_behind_it(name: str, doubtful: set[float]) -> None:
    """The number stands beside it; two are shown as 28 February 1900 by Excel, and none is guessed."""
    file = open_workbook(str(DATA / name))
    grid = file.grids[0]
    for row in range(grid.bottom):
        number, shown = grid.value(row, 1), grid.value(row, 0)
        behind = number_behind(shown, grid.place(row, 0), file.package)
        assert behind == (None if number in doubtful else number)


def test_an_xlsb_tells_its_error_values_and_formulas() -> None:
    file = workbook_of("决算.xlsb", XLSB)
    assert file.package.doubts("甲") == {(1, 0): "error", (1, 2): "error"}
    assert file.package.formulas("甲") == {(1, 1), (1, 3), (1, 4)}
    assert file.grids[0].end_of(4, 0) == (5, 2)


def test_formulas_that_were_never_computed_are_known_in_an_ods(tmp_path: Path) -> None:
    path = tmp_path / "决算.ods"
    with zipfile.ZipFile(DATA / "错误值和公式.ods") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            given = b' office:value-type="float" office:value="3.5" calcext:value-type="float"'
            content = old.read(name)
            assert name != "content.xml" or given in content
            new.writestr(name, content.replace(given, b"").replace(b"<text:p>3.5</text:p>", b""))
    assert open_workbook(str(path)).package.doubts("甲")[1, 1] == "uncached"


@pytest.mark.parametrize("name", ["焦作2024-有误.xls", "焦作2024-有误.ods"])
def test_marks_stand_on_an_xlsx_copy_that_says_so_and_is_judged_alike(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes((FOLDER / name).read_bytes())
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    main(["check", str(path)])
    said = capsys.readouterr().out.splitlines()
    assert main(["mark", str(path)]) == 0
    assert "写出的是 .xlsx" in capsys.readouterr().out
    target = tmp_path / "焦作2024-有误-核对.xlsx"
    assert openpyxl.load_workbook(target).sheetnames[0] == "核对结果"
    main(["check", str(target)])
    assert capsys.readouterr().out.splitlines()[1:] == said[1:]
    assert main(["clear", str(target), "-o", str(tmp_path / "清.xlsx")]) == 0
    assert (tmp_path / "清.xlsx").read_bytes() == open_workbook(str(path)).package.data
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_copy_is_named_xlsx_and_other_formats_are_not_cleared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "决算.et"
    path.write_bytes(formats.xls())
    assert main(["mark", str(path), "-o", str(tmp_path / "核对.xls")]) == 2
    assert "扩展名应是 .xlsx" in capsys.readouterr().err
    assert main(["clear", str(path)]) == 2
    assert "juesuan mark 写出的标注件都是 .xlsx" in capsys.readouterr().err
    assert main(["fill", str(path)]) == 0
    assert (tmp_path / "决算-填列.xlsx").exists()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["决算-填列.xlsx", "决算.et"]


def test_a_copy_is_valid_whatever_the_sheets_are_called(tmp_path: Path) -> None:
    names = ("甲" * 40, "甲" * 40, "a[1]:b", "'", '<&">')
    rows: list[list[object]] = [["=1+1", 1.5, True], ["两\n行", "", -3], [inf, "", ""]]
    sheets = [SheetValues(name, name != "'", 2, 1, rows, {(2, 1): (3, 1)}) for name in names]  # type: ignore[arg-type]
    fitting = named_for_excel(sheets)
    assert len({sheet.name.lower() for sheet in fitting}) == len(names)
    path = tmp_path / "副本.xlsx"
    path.write_bytes(plain_copy(fitting, number_in_excel))
    file = open_workbook(str(path))
    assert [grid.name for grid in file.grids] == [sheet.name for sheet in fitting]
    assert values(file)[fitting[2].name] == {
        (2, 1): "=1+1", (2, 2): 1.5, (2, 3): True, (3, 1): "两\n行", (3, 3): -3, (4, 1): "inf",
    }  # fmt: skip
    assert openpyxl.load_workbook(path).worksheets[0]["B3"].data_type == "s"
    assert validation_errors(path) == []


def test_the_kind_is_told_by_the_content() -> None:
    for make, kind in ((formats.xls, "xls"), (formats.ods, "ods"), (lambda: XLSB, "xlsb"), (SAMPLE.read_bytes, "xlsx")):
        assert kind_of(make(), "决算.docx")[1] == kind
    assert kind_of(formats.locked(), "决算.xlsx")[1] == "encrypted"
