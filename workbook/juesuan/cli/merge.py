"""``juesuan merge``: a department's workbook from those of its units."""

from __future__ import annotations

import argparse
import os
import sys

from juesuan.cli.arguments import BOOKS, Parser, add_edition, add_format, add_rules
from juesuan.errors import JuesuanError

HELP = "由各单位的工作簿汇总出部门的，或核对报来的部门工作簿"
DESCRIPTION = (
    "部门数＝各单位数之和－调整数，逐科目、逐行、逐栏相加，写成一份带公式的部门工作簿，每一格来自哪些单位列在“汇总来源”。"
    "各单位须是同一版式、年度和金额单位；有错误的、名单里没有报的，写明理由才放行。"
)


def declare(command: Parser) -> None:
    command.add_argument("books", nargs="+", metavar="工作簿", help=f"放着各单位工作簿的文件夹，或 {BOOKS}")
    command.add_argument("-o", "--output", metavar="部门.xlsx", help="部门工作簿写到这里；只用 --check 时可以不写")
    command.add_argument(
        "--adjust", metavar="调整表", help="要扣除的重复数：CSV 或 Excel，表、行、栏、金额、原因各一栏"
    )
    command.add_argument("--expect", metavar="名单.csv", help="应汇总的单位：单位编码、单位名称（同 juesuan batch）")
    command.add_argument(
        "--override", default="", metavar="理由", help="有错误的、没有报的单位，写明理由放行；理由记在“汇总来源”"
    )
    command.add_argument("--check", metavar="部门工作簿", help="把报来的部门工作簿与汇总数逐格比较")
    command.add_argument("--unit", default="", metavar="部门", help="部门名称（默认取输出的文件名）")
    add_format(command, "json")
    add_edition(command)
    add_rules(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.batch.department import Task, merge
    from juesuan.report.merged import as_json, as_text

    if not options.output and not options.check:
        raise JuesuanError("没有写输出文件。请用 -o 写明部门工作簿写到哪里，或用 --check 给出要核对的部门工作簿。")
    if options.output and not options.output.lower().endswith(".xlsx"):
        raise JuesuanError(f"部门工作簿只能写成 .xlsx 文件，“{options.output}”不是。请换一个文件名。")
    named = options.unit.strip() or os.path.splitext(os.path.basename(options.output or options.check))[0]
    merged = merge(
        Task(
            tuple(options.books),
            options.output,
            named,
            options.adjust,
            options.expect,
            options.override.strip(),
            options.check,
            options.edition,
            options.rules,
        )
    )
    sys.stdout.write((as_json if options.format == "json" else as_text)(merged))
    return 1 if merged.wrong else 0
