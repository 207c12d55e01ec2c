"""The handbook: its commands do what it says, it is built whole, and it asks the network for nothing."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docs.handbook import FIRST, chapters, pages

from juesuan.cli import COMMANDS
from reader import ROOT, carried_out, commands, fences, prepare
from tools import require, require_module

PAGES = list(dict.fromkeys(pages()))

NOT_HERE = {
    r"juesuan mailbox (once|run|status|remind)": "要有邮件服务器；tests/test_mailbox.py 对着真的 Dovecot、Postfix 运行",
    r"juesuan watch /srv/": "一直盯着，不会结束；tests/test_watch.py",
    r"juesuan batch .*--scheduler": "要有集群；tests/test_cluster.py",
    r"juesuan merge .*--adjust": "要有互相上缴的单位和调整表；tests/test_merge_command.py",
    r"dask ": "要有几台机器；tests/test_cluster.py",
    r"py -m ": "要有 Windows；安装的每一步在 tests/test_addin_command.py",
    r"python tests/mail_kills.py": "要有邮件服务器，十分钟；docs/mailbox.md 写着量到的数",
    r"bash \.ci/": "就是运行全部测试",
    r"python \.ci/wheels\.py": "要网络，发布前运行",
    r"(\S*python3?|python) -m venv ": "建虚拟环境；.ci/test 每次都做",
    r"\S*(pip3?|python -m pip) install ": "要网络；.ci/test 每次都做",
    r"apt-get install ": "要网络和管理员；.ci/run 每次都做",
    r"\{ python3 -c .*juesuan check samples/焦作2024-有误\.xlsx": "装软件要网络；其中的核对与五分钟上手第三步相同",
    r"\S*python docs/generate.py": "tests/test_docs.py 运行它的 --check",
    r"\S*python docs/pictures.py": "重画图片，几分钟",
    r"\S*python docs/handbook.py": "下面另有测试",
    r"(nice )?\S*python benchmarks/": "量速度和准确率，几分钟到几小时；各有各的测试",
}
"""Commands that are not carried out here, and why."""

MAY_FIND_ERRORS = ("check", "batch", "proofread")
"""Commands that end with 1 where a workbook has errors."""


def reason(command: str) -> str | None:
    return next((why for pattern, why in NOT_HERE.items() if re.match(pattern, command)), None)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_module("docx")
    folder = tmp_path_factory.mktemp("reader") / "prepared"
    prepare(folder)
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if any(reason(line) is None for line in commands(page))])
def test_every_command_of_a_page_runs_in_the_order_of_the_page(page: str, prepared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "room"
    shutil.copytree(prepared, folder)
    shutil.copytree(ROOT / "workbook", folder / "workbook", ignore=shutil.ignore_patterns("__pycache__"))
    for fence in fences(page):
        if fence.title:
            (folder / fence.title).write_text(fence.text, encoding="utf-8")
    for command in commands(page):
        if reason(command):
            continue
        if "publish" in command:
            require("soffice")
        run = carried_out(command, folder, folder / "workbook")
        verb = command.split()[1]
        assert run.returncode in ((0, 1) if verb in MAY_FIND_ERRORS else (0,)), f"{command}\n{run.stderr}{run.stdout}"
        assert "Traceback" not in run.stderr


def test_the_pages_have_commands_and_each_reason_not_to_run_one_is_needed() -> None:
    lines = [line for page in PAGES for line in commands(page)]
    assert len([line for line in lines if reason(line) is None]) >= 35
    unneeded = [pattern for pattern in NOT_HERE if not any(re.match(pattern, line) for line in lines)]
    assert not unneeded, f"手册里没有这样的命令了：{unneeded}"


def spoken(page: str) -> Iterator[list[str]]:
    """The words of each `juesuan …` in running text."""
    text = re.sub(r"(?ms)^ *```.*?^ *```$", "", (ROOT / page).read_text(encoding="utf-8"))
    for code in re.findall(r"`(juesuan [^`]+)`", text):
        yield shlex.split(code.replace("\\|", "|").replace("|", " "))


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_running_text_exist_with_their_options(page: str) -> None:
    sections = dict(re.findall(r"(?ms)^## juesuan (\w+)$(.*?)(?=^## |\Z)", (ROOT / "docs/cli.md").read_text("utf-8")))
    assert sections.keys() == set(COMMANDS)
    for _, verb, *words in spoken(page):
        if verb in ("--help", "--version", "命令") or not verb.isascii():
            continue
        assert verb in COMMANDS, f"没有命令 juesuan {verb}"
        options = {word.partition("=")[0] for word in words if word.startswith("--")} - {"--help"}
        unknown = sorted(option for option in options if f"{option}" not in sections[verb])
        assert not unknown, f"juesuan {verb} 没有 {unknown}"


def test_every_chapter_that_a_handbook_needs_is_there() -> None:
    listed = {title for pages in chapters().values() for title, _ in pages}
    assert listed >= {
        *("五分钟上手", "财政局审核员手册", "规则手册", "报错与处理", "添加省份版式", "添加规则"),
        *("部署", "安全说明", "常见问题", "Overview"),
    }
    assert FIRST[1] in PAGES
    assert all((ROOT / page).is_file() for page in PAGES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_module("zensical")
    output = tmp_path_factory.mktemp("site") / "手册"
    command = [sys.executable, str(ROOT / "docs" / "handbook.py"), "-o", str(output)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    return output


def test_the_site_holds_every_page_and_fetches_nothing_from_elsewhere(site: Path) -> None:
    """Strict building has seen that links and anchors lead somewhere."""
    for page in PAGES:
        target = site / re.sub(r"README\.md$", "index.html", page).replace(".md", ".html")
        html = target.read_text(encoding="utf-8")
        fetched = re.findall(r'<(?:script|img|iframe)\b[^>]*\bsrc="([^"]*)"', html)
        fetched += re.findall(r'<link\b[^>]*\brel="(?:stylesheet|preconnect|preload|icon)"[^>]*\bhref="([^"]*)"', html)
        fetched += re.findall(r'<link\b[^>]*\bhref="([^"]*)"[^>]*\brel="(?:stylesheet|preconnect|preload|icon)"', html)
        assert fetched
        assert not [address for address in fetched if re.match(r"(https?:)?//", address)], page
        assert "```" not in re.sub(r"(?s)<(pre|code)\b.*?</\1>", "", html), f"{page} 里有没有认出的代码段"


def test_a_browser_opens_it_from_disk_finds_a_chinese_word_and_asks_the_network_for_nothing(site: Path) -> None:
    chromium = require("chromium")
    playwright: Any = require_module("playwright.sync_api")
    asked: list[str] = []
    wrong: list[str] = []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page()
        view.on("request", lambda request: asked.append(request.url))
        view.on("pageerror", lambda error: wrong.append(str(error)))
        view.goto((site / "docs" / "quickstart.html").as_uri())
        assert view.locator("h1").inner_text().startswith("五分钟上手")
        assert view.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        view.keyboard.press("/")
        view.locator("input[role=combobox]").fill("四舍五入")
        found = view.locator("[role=option]").first.inner_text()
        browser.close()
    assert "四舍五入" in found
    assert not wrong
    assert asked
    assert not [address for address in asked if not address.startswith(("file:", "data:", "blob:"))]
