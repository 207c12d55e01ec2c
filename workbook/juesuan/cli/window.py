"""``juesuan window``: the small window with the buttons."""

from __future__ import annotations

import argparse

from juesuan.cli.arguments import Parser

HELP = "打开一个小窗口，用按钮填列、核对、清除、发送"
DESCRIPTION = "打开一个小窗口，对已保存的工作簿填列、核对、清除标记、发送；不需要宏。"


def declare(command: Parser) -> None:
    command.add_argument("book", nargs="?", default="", metavar="工作簿", help=".xlsx 或 .xlsm 文件，可以在窗口里再选")


def run(options: argparse.Namespace) -> int:
    from juesuan.buttons.window import show
    from juesuan.cli import main

    return show(options.book, main)
