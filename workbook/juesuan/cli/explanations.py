"""``juesuan explanations``: the 说明 of a workbook."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_book, add_copy, add_edition, add_last_year, add_rules
from juesuan.cli.output import spare_inputs
from juesuan.intake.judge import catalogue_of, read_as

HELP = "工作簿里的说明：哪些已采用、失效、用不上；删去用不上的"
DESCRIPTION = "列出工作簿里的说明（“说明”表和批注）：已采用、已失效、用不上和待说明的；或另写一份，删去用不上的。"


def declare(command: Parser) -> None:
    command.add_argument("what", choices=("list", "prune"), metavar="list|prune", help="列出，或删去用不上的")
    add_book(command)
    add_copy(command, "说明")
    add_edition(command)
    add_rules(command)
    add_last_year(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.check import check
    from juesuan.reading.files import open_workbook
    from juesuan.report.explanations import as_text, removed_text

    file = open_workbook(options.book)
    book, edition = read_as(file, options.edition)
    if options.last_year:
        from juesuan.intake.last_year import join_last_year

        join_last_year([options.last_year], file, book)
    checked = check(book, catalogue_of(edition, options.rules))
    if options.what == "list":
        sys.stdout.write(as_text(checked))
        return 0
    from juesuan.marking.overwriting import require_no_edits
    from juesuan.marking.pruning import pruned
    from juesuan.writing.outputs import beside, require_other_file
    from juesuan.written import save

    output = options.output or beside(options.book, "说明")
    require_other_file(options.book, output)
    spare_inputs(output, options)
    require_no_edits(output)
    content, removed = pruned(file, checked)
    save(content, output)
    sys.stdout.write(removed_text(checked, removed, output))
    return 0
