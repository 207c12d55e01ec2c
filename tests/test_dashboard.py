"""The page in a real browser: filter, search, open a unit, follow a finding to its cell, by mouse and by keyboard."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import openpyxl
import pytest

from juesuan import cli
from juesuan.batch import drawing
from juesuan.batch.ledger import Ledger
from juesuan.batch.page import Page
from juesuan.batch.row import Telling
from juesuan.intake.books import Found, Source
from tools import require, require_module

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
MANY = 5_000
ODD = "</script><img src=x onerror=document.title='坏'> 甲 & “乙”"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = require("chromium")
    with require_module("playwright.sync_api").sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of which it is checked in the end that nothing went wrong and nothing was asked of the network."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    opened = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert wrong == []
    assert len({url.partition("#")[0] for url in asked}) == 1, asked


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("总览")
    for name in ("EXP001", "SUM001", "TPE040", "APP001"):
        (place / "报送" / name[:3]).mkdir(parents=True)
        shutil.copy(SAMPLES / "broken" / f"{name}.xlsx", place / "报送" / name[:3])
    shutil.copy(SAMPLES / "焦作2024-有误.xlsx", place / "报送")
    shutil.copy(SAMPLES / "made_up" / "体育中心.xlsx", place / "报送")
    shutil.copy(SAMPLES / "hostile" / "加了密码.xls", place / "报送")
    assert cli.main(["batch", str(place / "报送"), "-o", str(place / "出"), "--no-marks"]) == 2
    return (place / "出" / "index.html").as_uri()


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run with a list: one unit sent two books, one none, and two that are not on it sent one each."""
    place = tmp_path_factory.mktemp("名单")
    (place / "报送").mkdir()
    for name in ("EXP001", "SUM001", "CODE009"):
        shutil.copy(SAMPLES / "broken" / f"{name}.xlsx", place / "报送")
    shutil.copy(SAMPLES / "made_up" / "体育中心.xlsx", place / "报送")
    shutil.copy(SAMPLES / "hostile" / "加了密码.xls", place / "报送" / "103.xls")
    names = place / "名单.csv"
    names.write_text("code,name\n101,焦作市公共资源交易中心\n102,没有报的单位\n103,档案馆\n", encoding="utf-8")
    cli.main(["batch", str(place / "报送"), "-o", str(place / "出"), "--no-marks", "--expect", str(names)])
    return (place / "出" / "index.html").as_uri()


def expecting(locator: Any) -> Any:
    """What is expected of a part of the page soon."""
    return require_module("playwright.sync_api").expect(locator)


def rows_are(page: Any, count: int) -> None:
    expecting(page.locator(".row")).to_have_count(count)


def names(page: Any) -> list[str]:
    return [text.split("\n")[0] for text in page.locator(".row .c2 small:last-child").all_inner_texts()]


def test_units_are_filtered_and_found(page: Any, dashboard: str) -> None:
    page.goto(dashboard)
    assert page.locator(".row").count() == 7
    page.click('.card[data-kind="unjudged"]')
    assert names(page) == ["加了密码.xls"]
    page.click('.chip[data-drop="kind"]')
    page.keyboard.press("/")
    page.keyboard.type("体育")
    expecting(page.locator(".chip")).to_contain_text("体育")
    assert "体育中心.xlsx" in names(page)
    assert "焦作2024-有误.xlsx" not in names(page)
    page.fill("#search", "exp001")
    expecting(page.locator('.chip[data-drop="text"]')).to_contain_text("exp001")
    assert "EXP/EXP001.xlsx" in names(page)
    page.fill("#search", "")
    rows_are(page, 7)
    page.click('.heading .rule[data-tip^="EXP001 "]')
    assert {"EXP/EXP001.xlsx"} <= set(names(page)) < {"EXP/EXP001.xlsx", "焦作2024-有误.xlsx", "体育中心.xlsx"}
    page.click('.heading .rule[aria-pressed="true"]')
    page.click('.branch:has-text("TPE")')
    assert names(page) == ["TPE/TPE040.xlsx"]


def test_what_is_counted_is_what_is_shown(page: Any, listed: str) -> None:
    page.goto(listed)
    cards = [card for card in page.locator(".card").all() if card.get_attribute("data-kind")]
    counted = {}
    for element in (*cards, *page.locator("#worst .line").all()):
        element.click()
        told = element.locator("b" if element in cards else ".how").inner_text()
        counted[element.inner_text()] = told.removesuffix(" 份")
        expecting(page.locator("#shown")).to_contain_text(f"{told.removesuffix(' 份')} 个（共 6 个）")
        element.click()
    assert list(counted.values())[:3] == ["1", "0", "2"]  # 未报、迟报、已报
    assert len(counted) > len(cards)


def test_a_finding_leads_to_its_cell(page: Any, dashboard: str) -> None:
    page.goto(dashboard)
    page.click('.row:has-text("焦作2024-有误.xlsx")')
    page.wait_for_selector("#book:visible .grid")
    assert page.locator(".tab").all_inner_texts()[0].startswith("公开01表")
    assert page.locator(".tab").count() == 9
    cause = page.locator('.item[data-address="D10"][data-sheet="公开03表"]').first
    cause.click()
    assert page.locator('.tab[aria-selected="true"]').inner_text().startswith("公开03表")
    cell = page.locator('td[data-a="D10"]')
    assert cell.inner_text() == "676.23"
    assert "culprit" in cell.get_attribute("class")
    assert "here" in cell.get_attribute("class")
    assert page.evaluate("document.activeElement.dataset.a") == "D10"
    assert "应为 667.23" in page.locator("#tip").inner_text() or "667.23" in page.locator("#tip").inner_text()
    assert cell.evaluate("cell => getComputedStyle(cell).backgroundColor") == "rgb(255, 199, 206)"
    page.reload()
    page.wait_for_selector("td.here")
    assert page.evaluate("document.querySelector('td.here').dataset.a") == "D10"


def test_every_marked_cell_explains_itself(page: Any, dashboard: str) -> None:
    page.goto(f"{dashboard}#u=0")
    page.wait_for_selector(".grid")
    seen = 0
    for tab in range(9):
        page.locator(".tab").nth(tab).click()
        for cell in page.locator("td.marked").all():
            cell.scroll_into_view_if_needed()
            cell.hover()
            assert page.locator("#tip").inner_text().startswith("【")
            shown = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
            assert shown in ('"错"', '"核"', '"尾"'), "不单凭颜色"
            seen += 1
    assert seen >= 3


def test_everything_can_be_done_by_keyboard(page: Any, dashboard: str) -> None:
    page.goto(dashboard)
    page.focus("#list")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".row.active small").last.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector("#book:visible .grid")
    assert chosen in page.locator("#bookAbout").inner_text()
    page.keyboard.press("]")
    expecting(page.locator("#bookAbout")).not_to_contain_text(chosen)
    page.keyboard.press("[")
    expecting(page.locator("#bookAbout")).to_contain_text(chosen)
    page.locator(".tab").first.click()
    page.keyboard.press("ArrowRight")
    assert page.locator(".tab").nth(1).get_attribute("aria-selected") == "true"
    page.locator(".item").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("td.here").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#book").is_hidden()
    assert page.evaluate("document.activeElement.id") == "list"


def test_paper_shows_all_of_the_list_or_all_of_a_unit(page: Any, dashboard: str, tmp_path: Path) -> None:
    page.goto(dashboard)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#paper tbody tr").count() == 7
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.goto(f"{dashboard}#u=0")
    page.wait_for_selector(".grid")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#paper table.grid").count() == 9
    assert page.pdf(path=tmp_path / "一个单位.pdf")[:4] == b"%PDF"


def test_names_on_paper_are_only_ever_text(page: Any, tmp_path: Path) -> None:
    (tmp_path / "报送").mkdir()
    shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", tmp_path / "报送" / "<img src=x onerror=document.title='坏'>.xlsx")
    shutil.copy(SAMPLES / "broken" / "SUM001.xlsx", tmp_path / "报送" / "<script>.xlsx")
    cli.main(["batch", str(tmp_path / "报送"), "-o", str(tmp_path / "出"), "--no-marks"])
    page.goto((tmp_path / "出" / "index.html").as_uri())
    title = page.title()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#paper tbody tr").count() == 2
    for number in range(2):
        page.evaluate(f"openBook({number})")
        page.wait_for_selector("#book:visible .grid")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("#paper table.grid").count() == 9
        assert "<" in page.locator("#paper > p").first.text_content()
    assert page.locator("#paper img, #paper script").count() == 0
    assert page.title() == title


def test_what_lies_behind_an_open_unit_is_out_of_reach(page: Any, dashboard: str) -> None:
    page.goto(dashboard)
    page.locator(".row").first.click()
    page.wait_for_selector("#book:visible .grid")
    assert page.locator("#before").is_disabled()
    page.focus("#after")
    for _ in range(2):
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "after"
    expecting(page.locator("#before")).to_be_enabled()
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('#overview, .top')")
    page.keyboard.press("Escape")
    page.focus("#search")
    assert page.evaluate("document.activeElement.id") == "search"


def test_a_browser_that_is_too_old_says_so(page: Any, dashboard: str) -> None:
    page.add_init_script("delete window.DecompressionStream")
    page.goto(dashboard)
    page.locator(".row").first.click()
    expecting(page.locator("#findings")).to_contain_text("这个浏览器太旧")


def test_three_public_is_added_up_over_the_year_of_most_books(page: Any, tmp_path: Path) -> None:
    """One workbook that says another year, by mistake or too early, does not hide the others."""
    (tmp_path / "报送").mkdir()
    for code in ("EXP001", "SUM001"):
        shutil.copy(SAMPLES / "broken" / f"{code}.xlsx", tmp_path / "报送")
    book = openpyxl.load_workbook(SAMPLES / "made_up" / "体育中心.xlsx")
    for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, str):
            cell.value = cell.value.replace("2024", "2042")
    book.save(tmp_path / "报送" / "体育中心.xlsx")
    cli.main(["batch", str(tmp_path / "报送"), "-o", str(tmp_path / "出"), "--no-marks"])
    page.goto((tmp_path / "出" / "index.html").as_uri())
    assert "合计（2 个单位）" in page.locator("#three").inner_text()
    assert page.locator("#threeYear").inner_text() == "2024 年度，万元"


def test_numbers_beyond_all_bounds_are_drawn_as_they_are_written(page: Any, tmp_path: Path) -> None:
    book, place = tmp_path / "账.xlsx", tmp_path / "一份.html"
    with zipfile.ZipFile(SAMPLES / "焦作2024.xlsx") as source, zipfile.ZipFile(book, "w") as target:
        for entry in source.infolist():
            numbers = iter((b"<v>1E999</v>", b"<v>NaN</v>"))
            data = source.read(entry)
            if entry.filename.endswith("sheet3.xml"):
                data = re.sub(rb"<v>667\.23</v>", lambda found: next(numbers, found[0]), data)  # noqa: B023
            target.writestr(entry, data)
    cli.main(["check", str(book), "--format", "html", "-o", str(place)])
    page.goto(place.as_uri())
    page.wait_for_selector("#book:visible .grid")
    page.locator(".tab").nth(2).click()
    assert "inf" in page.locator("#sheet").inner_text()


def test_a_sheet_that_is_too_long_to_draw_says_so(page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST_ROWS", 12)
    place = tmp_path / "一份.html"
    cli.main(["check", str(SAMPLES / "焦作2024-有误.xlsx"), "--format", "html", "-o", str(place)])
    page.goto(place.as_uri())
    page.wait_for_selector("#book:visible .grid")
    assert "只画到这里" in page.locator("#sheet").inner_text()


def test_paper_says_which_books_do_not_count(page: Any, listed: str) -> None:
    page.goto(listed)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    told = page.locator("#paper tbody tr").all_inner_texts()
    assert sum("重复，不计" in text for text in told) == 1
    assert sum("不在名单" in text for text in told) == 2


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="本系统的文件名总是 Unicode")
def test_the_marked_copy_is_found_whatever_its_name(page: Any, tmp_path: Path) -> None:
    books, names = tmp_path / "报送" / "甲 #1", (b"\xff\xfe.xlsx", "100%?&“乙”.xlsx".encode())
    books.mkdir(parents=True)
    for name in names:
        shutil.copy(SAMPLES / "broken" / "EXP001.xlsx", os.fsdecode(os.fsencode(books) + b"/" + name))
    cli.main(["batch", str(tmp_path / "报送"), "-o", str(tmp_path / "出")])
    for number in range(2):
        page.goto(f"{(tmp_path / '出' / 'index.html').as_uri()}#u={number}")
        page.reload()
        page.wait_for_selector(".grid")
        link = page.locator("#bookAbout a").get_attribute("href")
        assert os.path.isfile(os.path.join(os.fsencode(tmp_path / "出"), unquote_to_bytes(link)))


def test_one_book_is_shown_at_once(page: Any, tmp_path: Path) -> None:
    place = tmp_path / "一份.html"
    assert cli.main(["check", str(SAMPLES / "焦作2024-有误.xlsx"), "--format", "html", "-o", str(place)]) == 1
    page.goto(place.as_uri())
    page.wait_for_selector("#book:visible .grid")
    assert page.locator("#overview").is_hidden()
    assert page.locator("td.culprit").count() >= 1
    page.keyboard.press("Escape")
    assert page.locator("#book").is_visible()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of very many units, one of an odd name."""
    folder = tmp_path_factory.mktemp("很多")
    told = folder / "核对.json"
    cli.main(["check", str(SAMPLES / "焦作2024-有误.xlsx"), "--format", "json", "-o", str(told)])
    entry = json.loads(told.read_text(encoding="utf-8"))["books"][0]
    ledger = Ledger(":memory:", "", afresh=True)
    paths = [f"报送/{number // 100:02d}/{number:04d}.xlsx" for number in range(MANY)]
    ledger.expect(Found(path, 1, 1) for path in paths)
    from juesuan.batch.ledger import kept_of
    from juesuan.batch.record import Record

    for number, path in enumerate(paths):
        unit = ODD if number == 7 else f"示例市第{number}单位"
        ledger.keep(kept_of(path, Record(entry | {"path": path, "unit": unit}, number * 10_000), None))
    with open(folder / "index.html", "w", encoding="utf-8") as file:
        telling = Telling(ledger, Source("报送"), None)
        written = Page(file, telling, "很多单位")
        for row, _ in telling.rows():
            written.add(row)
        written.finish({})
    return (folder / "index.html").as_uri()


def test_thousands_of_units_stay_smooth(page: Any, many: str) -> None:
    page.goto(many)
    assert f"{MANY:,} 个" in page.locator("#shown").inner_text()
    assert page.locator(".row").count() < 60
    drawing = page.evaluate(
        """() => { const times = []; const list = document.getElementById("list");
        for (let at = 0; at < 60; at += 1) { list.scrollTop = at * 2300; const start = performance.now(); drawRows();
        list.getBoundingClientRect(); times.push(performance.now() - start); }
        return times.sort((a, b) => a - b)[5]; }"""
    )
    # One of the quickest: on a busy machine the others tell how busy it is.
    assert drawing < 50, f"画一屏用了 {drawing:.0f} 毫秒"
    assert "第" in page.locator(".row").first.inner_text()
    page.focus("#list")
    page.keyboard.press("End")
    page.wait_for_selector(f"#row{MANY - 1}.active")
    page.fill("#search", "第4321单位")
    rows_are(page, 1)


def test_names_are_only_ever_text(page: Any, many: str) -> None:
    page.goto(many)
    page.fill("#search", "onerror")
    rows_are(page, 1)
    assert ODD in page.locator(".row .c2").inner_text()
    page.locator(".row").click()
    page.wait_for_selector("#book:visible")
    assert ODD in page.locator("#bookName").inner_text()
    assert page.title() == "很多单位"
