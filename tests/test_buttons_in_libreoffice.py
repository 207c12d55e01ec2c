"""The same button code on a live LibreOffice document, and a real click on a button of the template."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from juesuan.buttons.press import press
from juesuan.check import check
from juesuan.edition import load_edition
from juesuan.marking.live_record import Fill
from juesuan.marks import COLOURS, marks_of
from juesuan.reading.files import open_workbook
from juesuan.reading.recognise import read_book
from juesuan.rules import load_catalogue
from office import button_program, office, wait
from open_book import SOLID
from pictures import take_picture
from tools import missing, require

ROOT = Path(__file__).resolve().parent.parent
WRONG = ROOT / "samples" / "焦作2024-有误.xlsx"
CATALOGUE = load_catalogue(load_edition("henan-2024"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    _require_uno()
    with office(tmp_path_factory.mktemp("office")) as found:
        yield found.desktop


def _require_uno() -> None:
    require("soffice")
    try:
        import libreoffice_book  # noqa: F401
    except ImportError:
        missing("python3-uno（与测试用的 Python 同版本）", "python3-uno")


def looks(backend: Any) -> dict[tuple[str, int, int], tuple[object, ...]]:
    """Text, fill, borders and note of every cell that is used."""
    found: dict[tuple[str, int, int], tuple[object, ...]] = {}
    for sheet in backend.sheets():
        top, left, bottom, right = sheet.used()
        notes = {place: sheet.note(*place) for place in sheet.notes()}
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                borders = tuple(sheet.border(row, column, side) for side in (7, 8, 9, 10))
                look = sheet.fill(row, column), borders, notes.get((row, column))
                found[sheet.name, row, column] = look
    return found


def test_check_and_clear_on_a_live_document(desk: Any, tmp_path: Path) -> None:
    from libreoffice_book import UnoBook, load
    from open_book import opened

    path = Path(shutil.copy(WRONG, tmp_path / "决算 数据=1&2%.xlsx"))
    file = load(desk, str(path))
    try:
        backend = UnoBook(file)
        book, app = opened(backend, "libreoffice")
        before = looks(backend)
        press("check", book)
        told = check(read_book(open_workbook(str(path)), CATALOGUE.edition), CATALOGUE)
        assert app.said[-1][0].startswith("结论：有差错，必须改正"), app.said
        after = looks(backend)
        marks = marks_of(told)
        for place, mark in marks.items():
            fill, _, note = after[place.sheet, place.row + 1, place.column + 1]
            red, green, blue = (int(COLOURS[mark.kind][start : start + 2], 16) for start in (0, 2, 4))
            assert fill == Fill(SOLID, red | green << 8 | blue << 16)
            assert isinstance(note, str)
            assert mark.messages[0][:30] in note
        press("next", book)
        assert "公开03表 D10" in app.said[-1][0], app.said[-1]

        sheet = file.Sheets.getByName("公开03表")
        sheet.Rows.insertByIndex(5, 2)
        sheet.Rows.removeByIndex(5, 2)
        sheet.Rows.insertByIndex(5, 1)
        press("clear", book)
        assert app.said[-1][0].startswith(f"已清除 {len(marks)} 格的标记"), app.said[-1]
        sheet.Rows.removeByIndex(5, 1)
        assert looks(backend) == before
        assert [item.name for item in backend.sheets()] == list(dict.fromkeys(name for name, *_ in before))
    finally:
        file.close(True)


def test_a_click_on_the_sheets_button_marks_the_open_workbook(tmp_path: Path) -> None:
    """Button → macro → Shell → Python → xlwings → the workbook that is open."""
    from juesuan.addin.macro_book import macro_book_bytes
    from juesuan.template.template import Order, build_template
    from libreoffice_book import UnoBook, load

    _require_uno()
    xdotool = require("xdotool")
    path = tmp_path / "决算 模板=1.xlsm"
    path.write_bytes(macro_book_bytes(build_template(CATALOGUE, Order("示例单位", 2024, "元"))))
    said = tmp_path / "said.txt"
    environment = {"JUESUAN_PYTHON": str(button_program(tmp_path)), "JUESUAN_TEST_SAID": str(said)}
    with office(tmp_path, environment, on_screen=True) as running:
        file = load(running.desktop, str(path), hidden=False)
        backend = UnoBook(file)
        sheet = file.Sheets.getByName("公开03表")
        sheet.unprotect("")
        first = (
            next(row for row in range(12) for column in (0, 1) if sheet.getCellByPosition(column, row).String == "合计")
            + 1
        )
        sheet.getCellByPosition(0, first).String = "9999999"
        sheet.getCellByPosition(3, first).Value = 12.5
        sheet.protect("")
        cover = file.Sheets.getByIndex(0)
        file.CurrentController.setActiveSheet(cover)
        place = wait(lambda: _button(file, cover, "核对九张表"), "封面上的按钮")
        assert place is not None
        display = running.display or ""
        given = os.environ | {"DISPLAY": display}
        subprocess.run([xdotool, "mousemove", *map(str, place), "sleep", "3"], check=True, env=given)
        take_picture("封面.png", tmp_path, display)
        subprocess.run([xdotool, "click", "1"], check=True, env=given)
        try:
            wait(said.exists, "按钮", 60)
            wait(lambda: file.CurrentController.ActiveSheet.Name == "核对结果", "转到“核对结果”", 60)
        finally:
            subprocess.run([xdotool, "sleep", "2"], check=True, env=given)
            take_picture("按钮.png", tmp_path, display)
        assert said.read_text(encoding="utf-8").startswith("结论：有差错，必须改正")
        marked = {item.name for item in backend.sheets() if item.notes()}
        assert "公开03表" in marked
        assert backend.sheets()[0].name == "核对结果"
        assert sheet.isProtected()


def _button(file: Any, sheet: Any, label: str) -> tuple[int, int] | None:
    """The middle of a form button on the screen, once it is drawn."""
    controller = file.CurrentController
    controller.FormDesignMode = False
    for at in range(sheet.DrawPage.Count):
        model = getattr(sheet.DrawPage.getByIndex(at), "Control", None)
        if model is not None and model.Label == label:
            seen = controller.getControl(model).AccessibleContext
            place, size = seen.LocationOnScreen, seen.Size
            return (place.X + size.Width // 2, place.Y + size.Height // 2) if size.Width else None
    return None
