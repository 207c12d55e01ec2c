"""``juesuan mark``: what a check finds, marked in a copy."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import (
    Parser,
    add_book,
    add_copy,
    add_edition,
    add_explanations,
    add_last_year,
    add_override,
    add_rules,
    explanations_given,
    rules_overridden,
)
from juesuan.intake.judge import catalogue_of, read_as

HELP = "核对并标注：涂色、批注、首页“核对结果”"
DESCRIPTION = "核对一份工作簿，把结果标在另写的一份上；工作簿里的其他内容原样保留。"


def declare(command: Parser) -> None:
    add_book(command)
    add_copy(command, "核对")
    add_edition(command)
    add_rules(command)
    add_last_year(command)
    add_explanations(command)
    add_override(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.check import check
    from juesuan.excel.files import open_workbook
    from juesuan.excel.marking import marked, peculiarities
    from juesuan.excel.outputs import beside, require_other_file
    from juesuan.excel.overwriting import require_no_edits
    from juesuan.excel.preflight import require_well_formed
    from juesuan.intake.marked_copy import unmarked
    from juesuan.report.marked import as_text
    from juesuan.written import save

    output = options.output or beside(options.book, "核对")
    file = open_workbook(options.book)
    require_other_file(options.book, output)
    require_no_edits(output)
    file = unmarked(file)
    book, edition = read_as(file, options.edition)
    if options.last_year:
        from juesuan.intake.last_year import join_last_year

        join_last_year([options.last_year], file, book)
    if given := explanations_given(options):
        from juesuan.intake.explanations import join_explanations

        join_explanations(given, book)
    catalogue = catalogue_of(edition, options.rules).overriding(rules_overridden(options))
    checked = check(book, catalogue)
    require_well_formed(file.package)
    save(marked(file, checked, catalogue), output)
    sys.stdout.write(as_text(checked, peculiarities(file, checked), output))
    return 0
