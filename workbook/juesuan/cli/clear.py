"""``juesuan clear``: a copy without our marks."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_copy
from juesuan.errors import JuesuanError

HELP = "去掉标注"
DESCRIPTION = "去掉 juesuan 的涂色、批注和“核对结果”，写成另一份；没有动过的，与标注以前分毫不差。"


def declare(command: Parser) -> None:
    command.add_argument("book", metavar="工作簿", help="标注过的 .xlsx 或 .xlsm 文件")
    add_copy(command, "已清除")


def run(options: argparse.Namespace) -> int:
    from juesuan.excel.clearing import cleared, is_marked
    from juesuan.excel.files import open_workbook
    from juesuan.excel.outputs import beside, require_other_file
    from juesuan.written import save

    output = options.output or beside(options.book, "已清除")
    file = open_workbook(options.book)
    package = file.package
    require_other_file(options.book, output)
    if file.copied_from:
        raise JuesuanError(
            f"“{options.book}”是 {file.copied_from}，里面没有 juesuan 的标注，没有写出。请给出标注过的那一份。"
        )
    save(cleared(package), output)
    found = "标注已去掉" if is_marked(package) else "没有 juesuan 的标注，与原工作簿相同"
    sys.stdout.write(f"已写出 {output}：{found}。\n")
    return 0
