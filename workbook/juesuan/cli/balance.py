"""``juesuan balance``: the published workbook in 万元, its figures rounded so that they add up."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_book, add_copy, add_edition, add_format, add_rules
from juesuan.intake.judge import catalogue_of, read_as

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
    from juesuan.excel.balancing import balance_file
    from juesuan.excel.clearing import cleared, is_marked
    from juesuan.excel.files import open_workbook, workbook_of
    from juesuan.excel.marking import copied
    from juesuan.excel.outputs import beside, require_other_file
    from juesuan.report.balanced import as_json, as_text
    from juesuan.written import save

    output = options.output or beside(options.book, "万元")
    file = open_workbook(options.book)
    require_other_file(options.book, output)
    if is_marked(file.package):
        file = workbook_of(options.book, cleared(file.package))
    book, edition = read_as(file, options.edition)
    content, balanced = balance_file(file, book, catalogue_of(edition, options.rules), options.method)
    save(content, output)
    if options.format == "json":
        sys.stdout.write(as_json(balanced, output))
        return 0
    sys.stdout.write(as_text(balanced, output))
    if file.copied_from:
        print(copied(file.copied_from))
    return 0
