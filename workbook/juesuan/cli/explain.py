"""``juesuan explain``: the relations of one cell."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_book, add_edition, add_rules
from juesuan.errors import JuesuanError
from juesuan.intake.judge import catalogue_of, read_as

HELP = "一格的来龙去脉：它参与的每条关系和两边的数"
DESCRIPTION = (
    "列出一格参与的每条关系和两边的数，尾差另给出一组说得通的准确金额；"
    "--try 试填一个数，看还有哪些不相符。工作簿不会改动。"
)


def declare(command: Parser) -> None:
    add_book(command)
    command.add_argument("cell", metavar="工作表!单元格", help="如 公开03表!D12")
    command.add_argument("--try", dest="value", metavar="金额", help="试填这个数，单位与工作簿相同")
    add_edition(command)
    add_rules(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.derive import compute_uncached
    from juesuan.money import fen_of, read_text
    from juesuan.reading.files import open_workbook
    from juesuan.report.explained import as_text

    book, edition = read_as(open_workbook(options.book), options.edition)
    catalogue = catalogue_of(edition, options.rules)
    book, _ = compute_uncached(book, catalogue)
    cell = book.find(options.cell.replace("！", "!"))
    if cell is None:
        raise JuesuanError(
            f"“{options.cell}”不是认出的金额。请写成 工作表!单元格，如 公开03表!D12，指向表里的一个金额。"
        )
    fen = None
    if options.value is not None:
        reading = read_text(options.value, book.currency)
        if reading is None or reading.millionths is None:
            raise JuesuanError(f"“{options.value}”不是金额。请写一个数，如 676.23，单位与工作簿相同。")
        fen = fen_of(reading.millionths, book.currency)
    sys.stdout.write(as_text(book, cell, catalogue, fen))
    return 0
