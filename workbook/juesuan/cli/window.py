"""``juesuan window``: the small window with the buttons."""

from __future__ import annotations

import argparse

from juesuan.cli.arguments import Parser

HELP = "打开一个小窗口，用按钮填列、核对、转为万元、写情况说明、发送"
DESCRIPTION = "打开一个小窗口，对已保存的工作簿填列、核对、清除标记、转为万元、写情况说明、发送；不需要宏。"


def declare(command: Parser) -> None:
    command.add_argument(
        "books", nargs="*", metavar="工作簿", help="已保存的工作簿，也可以在窗口里选；给几本时打开第一本"
    )


def run(options: argparse.Namespace) -> int:
    from juesuan.buttons.window import show
    from juesuan.cli import main

    return show(options.books, main)
