"""``juesuan fill``: derived amounts, into a copy."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_book, add_copy, add_edition, add_last_year
from juesuan.cli.output import spare_inputs
from juesuan.intake.judge import catalogue_of, read_as

HELP = "填列合计等派生数，写成另一份工作簿"
DESCRIPTION = "填列合计、小计等由规则推算的格；录入的格从不改动。"


def declare(command: Parser) -> None:
    add_book(command)
    add_copy(command, "填列")
    command.add_argument("--overwrite", action="store_true", help="派生格里与规则不符的数也改写")
    add_last_year(command)
    add_edition(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.fill import fill
    from juesuan.marking.marking import copied
    from juesuan.reading.files import open_workbook
    from juesuan.report.filled import as_text, carried_text
    from juesuan.writing.filling import write_filled
    from juesuan.writing.outputs import beside, require_other_file
    from juesuan.writing.parent_rows import complete

    output = options.output or beside(options.book, "填列")
    file = open_workbook(options.book)
    require_other_file(options.book, output)
    spare_inputs(output, options)
    book, edition = read_as(file, options.edition)
    catalogue = catalogue_of(edition, None)
    whole = complete(file, book, catalogue)
    before = carried = None
    if options.last_year:
        from juesuan.intake.last_year import find_last_year
        from juesuan.reading.supplement_sheets import carried_over

        before = find_last_year(options.last_year, file, book)
        whole.book.last_year = before.book
        carried = carried_over(whole.file, whole.book, before.book, overwrite=options.overwrite)
    filled = fill(whole.book, catalogue, overwrite=options.overwrite)
    write_filled(whole.file, filled, output, carried.written if carried else {})
    sys.stdout.write(as_text(filled, output, whole.added, whole.mended, whole.refused, carried))
    if before:
        sys.stdout.write(carried_text(filled.book, before.path, before.note, carried))
    if file.copied_from:
        print(copied(file.copied_from))
    return 0
