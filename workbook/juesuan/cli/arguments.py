"""The parser of command lines in Chinese, and the arguments that several commands share."""

from __future__ import annotations

import argparse
import os
from typing import Any, NoReturn

from juesuan.errors import JuesuanError
from juesuan.intake.judge import AUTO

BOOKS = ".xlsx、.xlsm、.xlsb、.xls、.et 或 .ods 文件"
_CHINESE = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示这份说明",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "不能用 %(value)r，可选 %(choices)s",
    "not allowed with argument %s": "不能与 %s 一起用",
    "expected one argument": "后面要跟一个值",
    "expected at least one argument": "后面至少要有一个值",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 不明确，可能是 %(matches)s",
    "ignored explicit argument %r": "不能带值 %r",
    "invalid %(type)s value: %(value)r": "不能用 %(value)r，要写数",
}
# argparse asks gettext for each of its own words; this is the translation it would not find.
argparse._ = lambda text: _CHINESE.get(text, text)  # type: ignore[attr-defined]


class _Help(argparse.HelpFormatter):
    """Help of one width everywhere; asking the terminal for its own would cost an import of `shutil`."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)

    def _format_action(self, action: argparse.Action) -> str:
        """Without the line that names the commands as a whole: their heading has said it."""
        text = super()._format_action(action)
        return text.partition("\n")[2] if isinstance(action, argparse._SubParsersAction) else text


class Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Help, **options)

    def format_help(self) -> str:
        """With the colon of Chinese after each heading."""
        lines = super().format_help().split("\n")
        return "\n".join(f"{line[:-1]}：" if line.endswith(":") and line[:1] != " " else line for line in lines)

    def error(self, message: str) -> NoReturn:
        said = message.replace("', '", "、").replace("'", "")
        self.exit(2, f"命令写法有误（{said}）。请看说明：{self.prog} --help\n")


def add_book(command: Parser, *, many: bool = False) -> None:
    if many:
        command.add_argument("books", nargs="+", metavar="工作簿", help=BOOKS)
    else:
        command.add_argument("book", metavar="工作簿", help=BOOKS)


def add_edition(command: Parser, default: str = AUTO) -> None:
    unless = f"{AUTO} 为自动（默认）" if default == AUTO else f"默认 {default}"
    command.add_argument(
        "--edition", default=default, metavar="版式", help=f"版式编号，或自己写的版式文件（.toml）；{unless}"
    )


def add_rules(command: Parser) -> None:
    command.add_argument(
        "--rules", metavar="文件", help="另加或替换规则的文件：TOML、有“勾稽规则”表的工作簿、CSV，或一行一条公式"
    )


def add_last_year(command: Parser, *, twice: bool = False) -> None:
    """Last year's workbook; `twice`: then that of the year before may be given, too."""
    text = "上年的工作簿，或放着它的文件夹；上年数从它取"
    if twice:
        more = "；再写一次给出前年的，文件夹里有前年的也会用"
        command.add_argument("--last-year", metavar="上年工作簿", action="append", default=[], help=text + more)
    else:
        command.add_argument("--last-year", metavar="上年工作簿", help=text)


def add_explanations(command: Parser) -> None:
    command.add_argument(
        "--explanations", metavar="说明文件", help="另有说明的 .csv、.xlsx 或 .json：规则、表、科目/行、金额、说明五栏"
    )


def explanations_given(options: argparse.Namespace) -> str:
    """The whole path of the file, '' without one. Raises JuesuanError for one that cannot be used."""
    if not options.explanations:
        return ""
    from juesuan.intake.explanations import lines_given

    path: str = os.path.abspath(options.explanations)
    lines_given(path)
    return path


def add_override(command: Parser, more: str = "") -> None:
    """`more` is told of it."""
    command.add_argument(
        "--override",
        action="append",
        default=[],
        metavar="规则=理由",
        help=f"放行这条规则的错误，理由处处写明；可写几次{more}",
    )


def overrides_of(options: argparse.Namespace) -> tuple[list[tuple[str, str]], str]:
    """The rules whose errors are let through, each with its reason; and a reason given for the whole, if any."""
    rules, whole = [], ""
    for text in options.override:
        code, mark, reason = (part.strip() for part in text.partition("="))
        named = mark and code.isascii() and code.isalnum()
        if not (reason if named else text.strip()):
            raise JuesuanError("--override 后面要写明理由，它会记在结果里，如 --override X051=费用列在事业运行。")
        if named:
            rules.append((code.upper(), reason))
        else:
            whole = text
    return rules, whole


def rules_overridden(options: argparse.Namespace) -> list[tuple[str, str]]:
    """The same where only single rules may be let through. Raises JuesuanError for a reason without a rule."""
    rules, whole = overrides_of(options)
    if whole:
        raise JuesuanError(f"“--override {whole}”没有写明是哪条规则。请写成 --override 规则编号=理由。")
    return rules


def add_format(command: Parser, *others: str, of: str = "") -> None:
    """The format; `of`: of what, where a command says several things."""
    command.add_argument("--format", choices=("text", *others), default="text", help=f"{of}输出格式（默认 text）")


def add_screen_or_file(command: Parser, more: str = "", of: str = "") -> None:
    """Where to, unless to the screen; `more` is told about it."""
    command.add_argument("-o", "--output", default="-", metavar="文件", help=f"{of}写到文件；- 为屏幕（默认）{more}")


def add_copy(command: Parser, what: str) -> None:
    """Where the changed copy goes, unless beside the workbook and named so."""
    command.add_argument("-o", "--output", metavar="文件", help=f"写到这个文件（默认在原处，名为“原名-{what}”）")
