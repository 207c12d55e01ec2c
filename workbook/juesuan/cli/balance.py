"""``juesuan balance``: the published workbook in 万元, its figures rounded so that they add up."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_book, add_copy, add_edition, add_format, add_rules

HELP = "舍位平衡：元的账转为万元，或修补万元账的尾差，写成另一份"
DESCRIPTION = (
    "把元的工作簿转为 0.01 万元的公开件，或修补万元工作簿的尾差，写成另一份；调整过的每个数连同原因列在“舍位平衡”。"
    "有差错的工作簿不转：先核对、改正。"
)


def declare(command: Parser) -> None:
    from juesuan.balance.method import METHODS

    add_book(command)
    add_copy(command, "万元")
    methods = "；".join(f"{name} {meaning}" for name, meaning in METHODS.items())
    command.add_argument("--method", choices=tuple(METHODS), default="none", help=f"{methods}（默认 none）")
    add_rules(command)
    add_format(command, "json")
    add_edition(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.intake.balance import write_balanced
    from juesuan.marking.marking import copied
    from juesuan.report.balanced import as_json, as_text
    from juesuan.writing.outputs import beside

    output = options.output or beside(options.book, "万元")
    copy = write_balanced(options.book, output, options.method, options.edition, options.rules)
    sys.stdout.write((as_json if options.format == "json" else as_text)(copy.balanced, output))
    if copy.copied_from and options.format == "text":
        print(copied(copy.copied_from))
    return 0
