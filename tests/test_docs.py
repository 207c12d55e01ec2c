"""The documentation says what the program does today, is complete, and can be found."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from docs.palette import LARGEST, LARGEST_TOGETHER
from docs.sentences import AREAS
from docs.sentences import refusals as refusals_by_area

from juesuan import book, bounds, model, relations, rules
from juesuan.edition import DEFAULT_EDITION, known_editions, load_edition

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "workbook" / "juesuan"
DOCS = ROOT / "docs"
INDEXES = (ROOT / "README.md", DOCS / "README.md")
PAGES = sorted(path for path in ROOT.glob("**/*.md") if not path.relative_to(ROOT).parts[0].startswith("."))
VERBS = {"read", "fill", "check", "mark", "clear", "balance", "narrate", "template"}

UNREACHABLE = {"加了密码，打不开": "加密的 .xlsx 不是 zip，先按“加了密，或是旧的 .xls 格式”回答"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_generated_pages_are_current() -> None:
    command = [sys.executable, str(DOCS / "generate.py"), "--check"]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stderr


def sections(page: str) -> dict[str, str]:
    """Text below each heading of `page`, by the first `quoted` word of the heading."""
    parts = re.split(r"(?m)^#+ ", (DOCS / page).read_text(encoding="utf-8"))
    return {match[1]: part for part in parts if (match := re.match(r"[^\n]*?`([^`]+)`", part))}


def declared(table: model.Table) -> Iterator[tuple[str, str]]:
    """(id, Chinese text) of every field, line and row of a table."""
    yield from ((field.id, field.header[-1]) for field in table.all_fields)
    yield from ((line.id or "", line.label.strip()) for line, _ in (*table.all_lines, *table.ratios) if not line.code)
    yield from ((row.id, row.title) for row in table.rows)


@pytest.mark.parametrize("name", known_editions())
def test_the_glossary_explains_every_id_of_an_edition(name: str) -> None:
    """The default edition table by table; of the others the tables, and what the default one does not have."""
    edition, glossary = load_edition(name), sections("glossary.md")
    own = glossary[name]
    assert edition.title in own
    for table in edition.tables:
        assert f"| `{table.id}` | {table.label or '（九表之外）' * (name == DEFAULT_EDITION)} | {table.title} |" in own
        ids = list(declared(table))
        assert ids, table.id
        for key, title in ids:
            shared = re.search(rf"(?m)^\| `{key}` \|", glossary.get(table.id, ""))
            assert shared or f"| `{table.id}` | `{key}` |" in own, f"词汇表的 {table.id} 没有 {key}"
            assert name != DEFAULT_EDITION or re.search(rf"`{key}`.*{re.escape(title)}", glossary[table.id]), title
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    default = load_edition(DEFAULT_EDITION)
    assert all(f"| `{code}` | {title} |" in text for code, title in default.classes)
    assert {code for code, _ in edition.classes} <= {code for code, _ in default.classes}


def test_the_glossary_explains_the_vocabulary_of_the_code() -> None:
    modules = (model, book, rules, relations, bounds)
    nouns = {
        name
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    missing = sorted(word for word in nouns | VERBS if f"| `{word}` |" not in text)
    assert not missing, f"docs/glossary.toml 里还没有：{'、'.join(missing)}"


def refusals() -> Iterator[str]:
    """Patterns of every sentence with which a file is refused."""
    parts = AREAS["工作簿"]
    for path in (PACKAGE / "given.py", *(path for part in parts for path in sorted((PACKAGE / part).glob("*.py")))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ("UnreadableBook", "Locked", "broken", "_refused"):
                    yield "".join(pattern(node.args[called == "_refused"]))


def pattern(text: ast.expr) -> Iterator[str]:
    for piece in text.values if isinstance(text, ast.JoinedStr) else [text]:
        yield re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else ".+"


def test_every_sentence_that_refuses_a_file_is_explained() -> None:
    found = [sentence for sentence in refusals() if not any(re.escape(text) in sentence for text in UNREACHABLE)]
    assert len(found) > 10
    text = (DOCS / "errors.md").read_text(encoding="utf-8").partition("## 全部的话")[0]
    missing = [sentence for sentence in found if not re.search(sentence, text)]
    assert not missing, f"请在 docs/unjudged.py 里各加一个例子：{missing}"


TELLS_NO_REMEDY = {
    "规则“……”写法有误。": "接着说是哪一条、错在哪里",
    "规则文件“……”写法有误：缺少 [[rule]]，或写法不对（……）。": "原因里有",
    "规则文件没有采用：……": "同上",
    "调整表里的“……”不能用：……。": "同上",
    "--last-year 最多写两次：先上年，后前年。": "说了怎样写",
    "“……”里没有找到能提取的决算公开表。": "紧跟在同一件事的一句之后",
    "邮箱设置“……”里不认识：……。": "说了写错的是哪几项",
    "……里不认识：……。": "同上",
    "…… 里不认识：……。": "同上",
    "…… 缺少 ……。": "说了缺的是哪一项",
    "读不了密码文件“……”：……。": "原因里有",
    "“……”正由另一个 juesuan 使用，没有启动。": "没有要做的",
    "情况说明的声明 …… 写法有误：……。": "随软件的文件，使用者碰不到",
    "……：规则 …… 写了两次。": "说了哪一条",
    "……：规则 …… 写法有误：……。": "原因里有",
    "版式文件“……”写法有误：缺少 ……。": "说了缺的是哪一项",
    "版式文件“……”写法有误：有一项没有写全，缺少 ……。": "同上",
    "版式文件“……”写法有误：没有“……”这个项目。": "说了多的是哪一项",
}


def test_every_sentence_in_the_source_is_on_the_page_and_tells_what_to_do() -> None:
    said = [sentence for sentences in refusals_by_area().values() for sentence in sentences]
    assert len(said) > 100
    text = (DOCS / "errors.md").read_text(encoding="utf-8").partition("## 全部的话")[2]
    assert not [sentence for sentence in said if f"\n- {sentence}\n" not in text]
    telling = re.compile("请|要|应|可用|用 juesuan|不写 replaces")
    mute = [sentence for sentence in said if not telling.search(sentence) and sentence not in TELLS_NO_REMEDY]
    assert not mute, f"请说怎么办：{mute}"


def test_only_one_case_ends_because_there_is_no_workbook() -> None:
    """The others come to what they are about."""
    assert (DOCS / "errors.md").read_text(encoding="utf-8").count("决算.xlsx：找不到文件“决算.xlsx”") == 1


def links(page: Path) -> set[Path]:
    """Files `page` links to or shows."""
    text = re.sub(r"(?s)```.*?```", "", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    paths = (unquote(target.partition("#")[0]) for target in targets if "://" not in target)
    return {(page.parent / path).resolve() for path in paths if path}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    missing = sorted(str(target) for target in links(page) if not target.exists())
    assert not missing, f"{name_of(page)} 指向不存在的 {missing}"


def test_every_page_and_decision_is_linked_from_an_index() -> None:
    linked = set().union(*(links(page) for page in INDEXES)) | set(INDEXES)
    lost = [name_of(page) for page in PAGES if page not in linked and page.parent in (DOCS, DOCS / "decisions")]
    assert not lost, f"README.md 和 docs/README.md 都没有提到 {lost}"


def test_every_picture_is_shown_somewhere_and_all_are_small() -> None:
    pictures = set((DOCS / "images").iterdir())
    assert pictures == {target for page in PAGES for target in links(page) if target.parent.name == "images"}
    assert max(path.stat().st_size for path in pictures) <= LARGEST
    assert sum(path.stat().st_size for path in pictures) <= LARGEST_TOGETHER


def test_readme_speaks_only_of_commands_that_exist() -> None:
    text = INDEXES[0].read_text(encoding="utf-8")
    existing = set(re.findall(r"(?m)^## juesuan (\w+)", (DOCS / "cli.md").read_text(encoding="utf-8")))
    spoken = set(re.findall(r"juesuan ([a-z]+)\b", text))
    assert "check" in spoken
    assert spoken <= existing, f"README 里写了还没有的命令：{spoken - existing}"
