"""The parser of command lines in Chinese."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

_CHINESE = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示这份说明",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识：%s",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "不能用 %(value)r，可选 %(choices)s",
    "expected one argument": "后面要跟一个值",
    "expected at least one argument": "后面至少要有一个值",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 不明确，可能是 %(matches)s",
    "ignored explicit argument %r": "不能带值 %r",
    "invalid %(type)s value: %(value)r": "不能用 %(value)r，要写整数",
}
# argparse asks gettext for each of its own words; this is the translation it would not find.
argparse._ = lambda text: _CHINESE.get(text, text)  # type: ignore[attr-defined]


class _Help(argparse.HelpFormatter):
    """Help of one width everywhere; asking the terminal for its own would cost an import of `shutil`."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)


class Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Help, **options)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"命令写法有误（{message}）。请看说明：{self.prog} --help\n")
