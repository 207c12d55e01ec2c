"""``juesuan template``: a blank workbook with formulas."""

from __future__ import annotations

import argparse
import os

from juesuan.cli.arguments import Parser, add_edition
from juesuan.edition import DEFAULT_EDITION
from juesuan.errors import JuesuanError
from juesuan.intake.judge import catalogue_of

LONGEST_UNIT = 100

HELP = "生成填报模板"
DESCRIPTION = "生成填报模板：各张公开表、勾稽检查、补充资料，派生的格都是公式；写成 .xlsm 的封面上另有一列按钮。"


def declare(command: Parser) -> None:
    command.add_argument("output", metavar="输出.xlsx", help="写到这个文件（.xlsx 或 .xlsm）；已存在的文件不覆盖")
    add_edition(command, DEFAULT_EDITION)
    command.add_argument("--unit", default="", metavar="单位", help="单位名称")
    command.add_argument("--year", type=int, metavar="年度", help="年度，如 2024（默认为上一年）")
    command.add_argument("--codes", metavar="文件", help="要列出的科目：CSV 或 Excel，有科目编码、科目名称两栏")
    command.add_argument("--wan", action="store_true", help="金额单位用万元（默认为元）")


def run(options: argparse.Namespace) -> int:
    if not options.output.lower().endswith((".xlsx", ".xlsm")):
        raise JuesuanError(f"模板只能写成 .xlsx 或 .xlsm 文件，“{options.output}”不是。请换一个文件名。")
    if os.path.exists(options.output):
        raise JuesuanError(f"“{options.output}”已存在，没有覆盖。请换一个文件名，或先移走它。")
    from datetime import date

    from juesuan.intake.code_file import read_codes_file
    from juesuan.ooxml.saving import workbook_bytes
    from juesuan.template.template import Order, build_template
    from juesuan.written import save

    year = date.today().year - 1 if options.year is None else options.year
    if not 2000 <= year <= 2100:
        raise JuesuanError(f"年度 {year} 不对。请写四位年度，如 2024。")
    if any(not char.isprintable() for char in options.unit) or len(options.unit) > LONGEST_UNIT:
        raise JuesuanError(f"单位名称里有不能显示的字符，或超过 {LONGEST_UNIT} 个字。请改正后再试。")
    catalogue = catalogue_of(options.edition, None)
    if partial := catalogue.edition.partial_tables:
        names = "、".join(table.name for table in partial)
        raise JuesuanError(f"《{catalogue.edition.title}》没有填报模板：{names}的栏没有收全。请照公开件自己做表。")
    codes = read_codes_file(options.codes) if options.codes else ()
    order = Order(options.unit, year, "万元" if options.wan else "元", codes)
    file = build_template(catalogue, order)
    if options.output.lower().endswith(".xlsm"):
        from juesuan.addin.macro_book import macro_book_bytes

        save(macro_book_bytes(file), options.output)
    else:
        save(workbook_bytes(file), options.output)
    return 0
