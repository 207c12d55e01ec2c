"""Build the handbook: every page docs/README.md lists, as HTML that opens from disk and asks the network for nothing.

Needs the extra docs. The pages keep their places, so the links that hold in the repository hold in the handbook.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT / "docs" / "README.md"
FIRST = ("首页", "README.md")
LOOKS = ROOT / "docs" / "handbook.yml"
SHIM = "docs/offline/iframe-worker.js"
HAN = r"[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef“”‘’—…]"

IN_CHINESE = {
    '"aria-label":"Search"': '"aria-label":"搜索"',
    'placeholder:"Search"': 'placeholder:"搜索"',
    '"Close search"': '"关闭搜索"',
    '"Search results"': '"搜索结果"',
    '"Filters"': '"筛选"',
    '"No results"': '"没有找到，换一个词试试"',
    'i===1?"result":"results"': '"处"',
    r'"Loading search\u2026"': '"正在准备搜索……"',
    '"Search is unavailable. Reload the page to try again."': '"搜索没有准备好，请重新打开这一页。"',
}
"""What the search box says, which zensical writes in English whatever the language: as its script has it, and ours."""

Chapters = dict[str, list[tuple[str, str]]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "build" / "handbook")
    output = parser.parse_args().output.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in (*held(), SHIM):
            copy(path, folder / "pages" / path)
        settings = {
            "docs_dir": "pages",
            "site_dir": "site",
            "nav": [
                {FIRST[0]: FIRST[1]},
                *({title: [{name: path} for name, path in pages]} for title, pages in chapters().items()),
            ],
        }
        lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
        config = folder / "mkdocs.yml"
        config.write_text(LOOKS.read_text(encoding="utf-8") + "".join(lines), encoding="utf-8")
        ended = subprocess.run([sys.executable, "-m", "zensical", "build", "--strict", "-f", str(config)], check=False)
        if ended.returncode:
            return ended.returncode
        [script] = (folder / "site" / "assets" / "javascripts").glob("bundle.*.js")
        script.write_text(translated(script.read_text(encoding="utf-8")), encoding="utf-8")
        shutil.copytree(folder / "site", output, dirs_exist_ok=True)
    print(f"已写出 {output / 'index.html'}")
    return 0


def translated(script: str) -> str:
    """Raises ValueError for a sentence that is not there: another version of zensical."""
    for english, chinese in IN_CHINESE.items():
        if english not in script:
            raise ValueError(f"zensical 的脚本里没有 {english}：换了版本，请重看 IN_CHINESE")
        script = script.replace(english, chinese)
    return script


def chapters() -> Chapters:
    """The chapters of the handbook, each with its pages (title, path from the root), as docs/README.md lists them."""
    _, *parts = re.split(r"(?m)^## ", INDEX.read_text(encoding="utf-8"))
    found: Chapters = {}
    for part in parts:
        pages = [(title, place(INDEX, target)) for title, target in re.findall(r"\[([^\]]+)\]\(([^)]+\.md)\)", part)]
        found[part.partition("\n")[0].strip()] = pages
    return found


def pages() -> Iterator[str]:
    yield FIRST[1]
    for listed in chapters().values():
        yield from (path for _, path in listed)


def held() -> list[str]:
    """The pages, and every file that one of them links to or shows."""
    found: list[str] = []
    waiting = [*pages(), place(INDEX, "README.md")]
    while waiting:
        path = waiting.pop()
        if path in found or not (ROOT / path).is_file():
            continue
        found.append(path)
        if path.endswith(".md"):
            waiting += linked(ROOT / path)
    return sorted(found)


def linked(page: Path) -> list[str]:
    """Paths from the root of what `page` links to within the repository."""
    text = re.sub(r"(?s)```.*?```", "", page.read_text(encoding="utf-8"))
    targets = (unquote(target.partition("#")[0]) for target in re.findall(r"\]\(([^)\s]+)\)", text))
    return [place(page, target) for target in targets if target and "://" not in target]


def place(page: Path, target: str) -> str:
    return (page.parent / target).resolve().relative_to(ROOT).as_posix()


def copy(path: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    data = (ROOT / path).read_bytes()
    to.write_bytes(joined(data.decode()).encode() if path.endswith(".md") else data)


def joined(text: str) -> str:
    """Lines broken between two Chinese characters in one: a browser would show the break as a gap.

    Code within a numbered list as deep as Python's Markdown wants it.
    """
    text = re.sub(r"(?ms)^ {3}```.*?^ {3}```$", lambda found: indent(found[0], " "), text)
    parts = re.split(r"(?sm)(^ *```.*?^ *```$)", text)
    parts[::2] = (re.sub(rf"(?m)(?<={HAN})\n *(?={HAN})", "", part) for part in parts[::2])
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(main())
