"""Draw docs/images/总览.png and 单位.png: the dashboard of an invented town, as Chromium shows it.

Needs Debian's chromium, fonts-noto-cjk, and playwright (in the extra dev). Run it after the page changed.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks")]

from batch.corpus import write_corpus  # noqa: E402
from juesuan import cli  # noqa: E402

PICTURES = ROOT / "docs" / "images"
TOWNS = (
    *("青石镇", "云溪镇", "柳河镇", "白沙镇", "石桥乡", "南山街道"),
    *("东湖街道", "清泉镇", "竹园乡", "红枫镇", "大营镇", "平湖镇"),
)
BUREAUS = {"中心小学": "示例市教育局", "初级中学": "示例市教育局", "卫生院": "示例市卫生健康委员会"} | {
    "文化站": "示例市文化广电和旅游局",
    "农业服务中心": "示例市农业农村局",
    "水利站": "示例市水利局",
}
SENT = 64
"""Of the 72 units, those that sent a workbook."""
DUE = "2025-07-31"
SIZE = {"width": 1440, "height": 1000}


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page = dashboard(folder)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            view = browser.new_page(viewport=SIZE)
            view.goto(page.as_uri())
            view.wait_for_selector(".row")
            view.screenshot(path=PICTURES / "总览.png", full_page=True)
            view.locator(".row").nth(2).click()
            view.locator(".item").first.click()
            view.wait_for_selector("td.here")
            view.screenshot(path=PICTURES / "单位.png")
            browser.close()
    return 0


def unit_of(number: int) -> str:
    kinds = list(BUREAUS)
    return TOWNS[number // len(kinds)] + kinds[number % len(kinds)]


def dashboard(folder: Path) -> Path:
    """The page of a run with a list of units, of which some sent nothing and some too late."""
    write_corpus(folder / "报送", SENT, drawn=SENT, name=unit_of, seed=3000)
    for number, book in enumerate(sorted((folder / "报送").rglob("*.xlsx"))):
        moment = datetime(2025, 8, 2) if number % 13 == 5 else datetime(2025, 7, 20)
        os.utime(book, (moment.timestamp(), moment.timestamp()))
    with open(folder / "名单.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("单位编码", "单位名称", "主管部门", "邮箱", "截止日期"))
        for number in range(len(TOWNS) * len(BUREAUS)):
            name = unit_of(number)
            rows.writerow((f"{101001 + number}", name, BUREAUS[name[len(TOWNS[number // len(BUREAUS)]) :]], "", DUE))
    cli.main(["batch", str(folder / "报送"), "-o", str(folder / "出"), "--expect", str(folder / "名单.csv")])
    return folder / "出" / "index.html"


if __name__ == "__main__":
    sys.exit(main())
