"""What a browser or a mail program shows: the dashboard of an invented town, and the reply to a workbook."""

from __future__ import annotations

import csv
import email.message
import email.policy
import os
import shutil
import tempfile
from datetime import datetime
from html import escape
from pathlib import Path

from docs.palette import reduce
from playwright.sync_api import sync_playwright

from batch.corpus import write_corpus
from juesuan import cli
from juesuan.intake.judge import Order, judge
from juesuan.mailbox.comparison import items_of
from juesuan.mailbox.letters import letter
from juesuan.mailbox.told import about_book
from juesuan.report.result import as_dict

WRONG = Path(__file__).resolve().parent.parent / "samples" / "焦作2024-有误.xlsx"
HEAD = "font:14px/1.8 'Noto Sans CJK SC',sans-serif;border-bottom:1px solid #d0d7de;width:100%;margin-bottom:12px"
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


def draw_screens(pictures: Path) -> None:
    """The dashboard, one unit of it, and a reply of the mailbox."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        view = browser.new_page(viewport=SIZE)
        view.goto(dashboard(folder).as_uri())
        view.wait_for_selector(".row")
        view.screenshot(path=pictures / "总览.png", full_page=True)
        view.locator(".row").nth(2).click()
        view.locator(".item").first.click()
        view.wait_for_selector("td.here")
        view.screenshot(path=pictures / "单位.png")
        view.set_viewport_size({"width": 900, "height": 400})
        view.set_content(reply())
        view.screenshot(path=pictures / "回信.png", full_page=True)
        browser.close()
    for drawn in ("总览.png", "单位.png", "回信.png"):
        reduce(pictures / drawn)


def reply() -> str:
    """The page of a letter as a mail program shows it: who, what about, what is attached, and the text."""
    book = as_dict(judge(str(WRONG), Order()))
    section = about_book(book, WRONG.name, items_of(book), None)
    raw = letter(
        "<1@bureau.example>",
        "juesuan@bureau.example",
        "caiwu@unit.example",
        "Re: 报送2024年度部门决算",
        1753000000,
        [section],
        [(f"{WRONG.stem}-核对.xlsx", b"")],
    )
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    body = message.get_body(("html",))
    assert body
    names = "、".join(part.get_filename() or "" for part in message.iter_attachments())
    heads = {"发件人": message["From"], "收件人": message["To"], "主题": message["Subject"], "附件": names}
    rows = "".join(f"<tr><td>{name}&emsp;</td><td>{escape(str(text))}</td></tr>" for name, text in heads.items())
    return f'<table style="{HEAD}">{rows}</table>{body.get_content()}'


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
