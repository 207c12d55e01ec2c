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
from juesuan.cli.output import spare_inputs

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
    from juesuan.api import mark_workbook
    from juesuan.report.marked import as_text
    from juesuan.writing.outputs import beside

    output = options.output or beside(options.book, "核对")
    spare_inputs(output, options)
    checked, peculiarities = mark_workbook(
        options.book,
        output,
        edition=options.edition,
        rules=options.rules,
        last_year=[options.last_year] if options.last_year else [],
        explanations=explanations_given(options),
        overrides=rules_overridden(options),
    )
    sys.stdout.write(as_text(checked, peculiarities, output))
    return 0
