"""``juesuan codes``: the official codes of a year, used by every check from then on."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from juesuan.classification import PLACE, own_folder
from juesuan.cli.arguments import Parser
from juesuan.errors import JuesuanError

if TYPE_CHECKING:
    from juesuan.intake.own_codes import OwnList

HELP = "导入、列出、删去当年的政府收支分类科目"
DESCRIPTION = "导入财政部门发的政府收支分类科目（一年一份），以后核对那一年的账就照它；列出、删去导入过的。"


def declare(command: Parser) -> None:
    command.add_argument(
        "action", choices=("import", "list", "remove"), metavar="import|list|remove", help="导入；列出；删去"
    )
    command.add_argument("file", nargs="?", metavar="文件", help="import 的科目表：Excel 或 CSV，有科目编码、科目名称")
    command.add_argument("--year", type=int, metavar="年度", help="哪一年的科目；import 时文件里写明了的可以不给")
    command.add_argument(
        "--to", metavar="文件夹", help=f"科目表放在哪里（默认环境变量 {PLACE}，没有就是用户数据文件夹）"
    )


def run(options: argparse.Namespace) -> int:
    from juesuan.intake import own_codes

    folder = os.path.abspath(options.to) if options.to else own_folder()
    if (options.action == "import") != bool(options.file):
        wanted = "请写出科目表文件，如 juesuan codes import 科目.xlsx" if options.action == "import" else "不用写文件"
        raise JuesuanError(f"juesuan codes {options.action}：{wanted}。")
    if options.action == "list":
        found = own_codes.own_lists(folder)
        lines = [_line(own) for own in found if options.year in (None, own.year)]
        which = f" {options.year} 年的" if options.year else ""
        sys.stdout.write("".join(lines) or f"“{folder}”里还没有导入过{which}科目表。\n")
        return 0
    if options.action == "remove":
        if options.year is None:
            raise JuesuanError("请写明删去哪一年的，如 juesuan codes remove --year 2024。")
        sys.stdout.write(f"已删去 {own_codes.remove_codes(folder, options.year)}。\n")
        return 0
    imported = own_codes.import_codes(options.file, folder, options.year)
    sys.stdout.write(f"{'已替换' if imported.replaced else '已导入'} {_line(imported.own)}")
    sys.stdout.write("".join(f"没有用：{words}。\n" for words in imported.left_out))
    if not own_codes.is_asked(folder):
        sys.stdout.write(f"核对时要照它，请先设环境变量 {PLACE}={folder}。\n")
    return 0


def _line(own: OwnList) -> str:
    text = f"{own.year} 年：功能分类 {own.functional} 个，经济分类 {own.economic} 个，完整的 {len(own.whole)} 类"
    more = (
        f"；不全的 {len(own.partial)} 类（{'、'.join(own.partial)}），其中查不到的科目仍只作核实" if own.partial else ""
    )
    return f"{text}{more}。{own.path}\n"
