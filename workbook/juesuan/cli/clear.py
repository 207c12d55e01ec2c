"""``juesuan clear``: a copy without our marks."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_copy

HELP = "去掉标注"
DESCRIPTION = "去掉 juesuan 的涂色、批注和“核对结果”，写成另一份；没有动过的，与标注以前分毫不差。"


def declare(command: Parser) -> None:
    command.add_argument("book", metavar="工作簿", help="标注过的 .xlsx 或 .xlsm 文件")
    add_copy(command, "已清除")


def run(options: argparse.Namespace) -> int:
    from juesuan.api import clear_workbook
    from juesuan.writing.outputs import beside

    output = options.output or beside(options.book, "已清除")
    found = "标注已去掉" if clear_workbook(options.book, output) else "没有 juesuan 的标注，与原工作簿相同"
    sys.stdout.write(f"已写出 {output}：{found}。\n")
    return 0
