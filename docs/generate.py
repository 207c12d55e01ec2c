"""Write the generated pages, or with ``--check`` name those that are stale (exit code 1).

Pages: 规则手册, 命令, 词汇表, 报错与处理, 各种文件的结局, 错在哪一格, 实测, the pictures of the terminal, and what
README quotes from the program.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from juesuan import cli
from juesuan.edition import DEFAULT_EDITION, known_editions, load_edition
from juesuan.expr import WORDS
from juesuan.model import Edition, Table
from juesuan.report.manual import manual
from juesuan.rules import whole_catalogue
from juesuan.wording import VERDICTS

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "samples")]

GENERATED = "本页由 `docs/generate.py` 生成，请勿手工修改。"
EXAMPLE = ["check", "samples/焦作2024-有误.xlsx"]
"""What README explains."""
ASKED = ["explain", "samples/焦作2024-有误.xlsx", "公开03表!D10"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name stale pages")
    checking = parser.parse_args().check
    stale = []
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not checking:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if checking and stale:
        print(f"过时的文档：{'、'.join(stale)}。请运行 python docs/generate.py。", file=sys.stderr)
        return 1
    return 0


def rules_page() -> str:
    return manual(*(whole_catalogue(load_edition(name)) for name in known_editions()))


def commands_page() -> str:
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    parts = ["# 命令", GENERATED, "退出码的含义见 [README](../README.md#退出码)。", *_command(cli.parser())]
    for command in _commands().values():
        parts += [f"## {command.prog}", *_command(command)]
    return "\n\n".join(parts) + "\n"


def _commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(action.choices)


def _command(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield parser.description or ""
    yield f"```\n{parser.format_usage().strip()}\n```"
    rows = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            rows += [(f"`{choice.dest}`", choice.help or "") for choice in action._choices_actions]
            continue
        value = str(action.metavar or "|".join(action.choices or ())) if action.nargs != 0 else ""
        *short, last = action.option_strings or [""]
        rows.append(("，".join(f"`{name}`" for name in (*short, f"{last} {value}".strip())), action.help or ""))
    yield _table(("写法", "含义"), rows)


def glossary_page() -> str:
    with open(ROOT / "docs" / "glossary.toml", "rb") as file:
        words = tomllib.load(file)
    commands = _commands()
    verbs = [
        (name, *meaning, f"`juesuan {name}`" if name in commands else "") for name, meaning in words["verbs"].items()
    ]
    nouns = [(name, *meaning) for name, meaning in words["nouns"].items()]
    parts = [
        "# 词汇表",
        GENERATED,
        "规则文件里，表、行、栏既可以写英文标识，也可以写中文名称。",
        "## 动词",
        "最后一栏空着的，目前还没有这个命令。",
        _table(("英文", "中文", "含义", "命令"), _quoted(verbs)),
        "## 名词",
        _table(("英文", "中文", "含义"), _quoted(nouns)),
        "## 结论",
        _table(("英文", "中文"), _quoted(VERDICTS.items())),
        "## 规则里的通用词",
        _table(("英文", "中文"), _quoted((name, text) for text, name in WORDS.items())),
    ]
    default, *others = [load_edition(name) for name in known_editions()]
    parts += _edition(default)
    for edition in others:
        parts += _differences(edition, default)
    return "\n\n".join(parts) + "\n"


def _edition(edition: Edition) -> Iterator[str]:
    yield f"## 版式 `{edition.id}`：{edition.title}"
    tables = [(table.id, table.label or "（九表之外）", table.title) for table in edition.tables]
    yield _table(("标识", "编号", "表名"), _quoted(tables))
    for table in edition.tables:
        yield f"### `{table.id}` {table.label} {table.title}".replace("  ", " ")
        yield _table(("标识", "类别", "中文"), _quoted(_names(table)))
    yield "### 功能分类的类"
    yield "公开01、04表支出侧的固定行，标识就是类的编码。"
    yield _table(("标识", "中文"), _quoted(edition.classes))


def _differences(edition: Edition, default: Edition) -> Iterator[str]:
    """The tables of another edition, and the ids that the default one does not have."""
    yield f"## 版式 `{edition.id}`：{edition.title}"
    yield _table(("标识", "编号", "表名"), _quoted((table.id, table.label, table.title) for table in edition.tables))
    rows = []
    for table in edition.tables:
        other = default.table(table.id)
        known = {name for name, *_ in _names(other)} if other else set()
        rows += [(table.id, f"`{name}`", *texts) for name, *texts in _names(table) if name not in known]
    if rows:
        yield f"《{default.title}》没有的标识："
        yield _table(("表", "标识", "类别", "中文"), _quoted(rows))


def _names(table: Table) -> Iterator[tuple[str, str, str]]:
    """(id, 类别, Chinese title) of everything in `table` that a rule can name, without the functional classes."""
    for field in table.fields:
        yield field.id, "栏", "·".join(field.header)
    for row in table.rows:
        yield row.id, "行", row.title
    for side in table.sides:
        where = f"（{side.heading}侧）" if side.heading else ""
        for field in side.fields:
            yield field.id, f"栏{where}", "·".join(field.header)
        for line in side.lines:
            if line.id and not line.code:
                yield line.id, f"行{where}", line.label.strip()
    for line in table.totals:
        yield line.id or "", "行", line.label


def errors_page() -> str:
    from docs.sentences import FILLED_IN, refusals
    from docs.unjudged import sentences

    parts = [
        "# 报错与处理",
        GENERATED,
        "打不开、判不了或命令没有执行时，`juesuan` 在屏幕上（标准错误）说一句话，退出码为 2；"
        "一起核对的其他工作簿不受影响。前三节的每一句都由自编的小文件（名为“决算.xlsx”）实际引出，照它说的做即可；各句之后是更细的办法。"
        "接着是[全部的话](#全部的话)，最后是核对出差错以后，[每条规则怎么办](#每条规则怎么办)。",
    ]
    for group, cases in groupby(sentences(), key=lambda pair: pair[0].group):
        parts.append(f"## {group}")
        for case, said in cases:
            parts += [f"### {case.title}", f"```text\n{said}\n```", f"**办法**：{case.remedy}"]
    parts += ["## 全部的话", f"从源代码里逐句取出，“{FILLED_IN}”处是文件名、数、原因。怎么办，写在每一句里。"]
    for area, said_there in refusals().items():
        parts += [f"### {area}", "\n".join(f"- {text}" for text in said_there)]
    parts += ["## 每条规则怎么办", "查什么、常见原因和依据，见[规则手册](rules.md)，或 `juesuan rules 编号`。"]
    parts.append(_table(("编号", "应当", "怎么办"), _advice()))
    return "\n\n".join(parts) + "\n"


def _advice() -> list[tuple[str, ...]]:
    """What each rule asks for and advises, whatever edition has it."""
    rules = {rule.code: rule for name in known_editions() for rule in whole_catalogue(load_edition(name)).rules}
    return [(code, rule.title, rule.advice) for code, rule in sorted(rules.items())]


def hostile_page() -> str:
    from docs.hostile import parts

    told = (part if isinstance(part, str) else _table(*part) for part in parts())
    return "\n\n".join(["# 打得开的和打不开的：各种文件的结局", GENERATED, *told]) + "\n"


def culprits_page() -> str:
    from docs.culprits import parts

    told = (part if isinstance(part, str) else _table(*part) for part in parts())
    return "\n\n".join(["# 错在哪一格：方法与实测", GENERATED, *told]) + "\n"


def benchmarks_page() -> str:
    from docs.benchmarks import parts

    told = (part if isinstance(part, str) else _table(*part) for part in parts())
    return "\n\n".join(["# 实测", GENERATED, *told]) + "\n"


def dependencies_page() -> str:
    """The page with its section of sizes and times renewed; the reasons in it are written by hand."""
    from docs.dependencies import section

    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    heading = "## 大小和导入时间"
    told = [heading, *(part if isinstance(part, str) else _table(*part) for part in section())]
    return re.sub(rf"(?ms)^{heading}\n.*?(?=^## )", lambda _: "\n\n".join(told) + "\n\n", text)


def rooms_page() -> str:
    from docs.rooms import rooms_svg

    return rooms_svg()


def terminal_page(command: list[str]) -> str:
    from docs.terminal import picture

    return picture(f"juesuan {' '.join(command)}", _said(command))


def readme_page() -> str:
    """README with its quotations renewed: the number of rules, the first culprit of the example, what was measured."""
    from docs.benchmarks import in_readme

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    count = len(whole_catalogue(load_edition(DEFAULT_EDITION)).rules)
    lines = _said(EXAMPLE).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("【错误】"))
    text = re.sub(r"\d+ 条规则", f"{count} 条规则", text)
    text = re.sub(r"\d+ rules", f"{count} rules", text)
    quoted = "\n>\n".join(f"> {line.strip()}" for line in lines[first : first + 2])
    measured = "\n".join(["## 四个数", "", *in_readme(), ""])
    text = re.sub(r"(?ms)^## 四个数\n.*?(?=^全部数)", lambda _: f"{measured}\n", text)
    return re.sub(r"(?m)^> 【错误】.*\n>\n> .*$", lambda _: quoted, text)


def _said(command: list[str]) -> str:
    """What a command prints when run in the repository root."""
    printed = io.StringIO()
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(printed):
        cli.main(command)
    return printed.getvalue()


def _quoted(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [(f"`{name}`", *texts) for name, *texts in rows]


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(text.replace("|", "\\|") for text in line) + " |" for line in lines)


PAGES: dict[str, Callable[[], str]] = {
    "docs/rules.md": rules_page,
    "docs/cli.md": commands_page,
    "docs/glossary.md": glossary_page,
    "docs/errors.md": errors_page,
    "docs/hostile.md": hostile_page,
    "docs/culprits.md": culprits_page,
    "docs/benchmarks.md": benchmarks_page,
    "docs/dependencies.md": dependencies_page,
    "docs/images/rooms.svg": rooms_page,
    "docs/images/check.svg": lambda: terminal_page(EXAMPLE),
    "docs/images/explain.svg": lambda: terminal_page(ASKED),
    "README.md": readme_page,
}

if __name__ == "__main__":
    sys.exit(main())
