"""``juesuan proofread``: a text against its tables."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from juesuan.cli.arguments import BOOKS, Parser, add_edition, add_format, add_last_year, add_screen_or_file
from juesuan.cli.figures import put_beside_last_year, read_with_last_year
from juesuan.cli.output import exit_code, write
from juesuan.cli.printed import printed_book
from juesuan.edition import DEFAULT_EDITION, load_edition
from juesuan.errors import JuesuanError, UnreadableBook
from juesuan.intake.judge import AUTO
from juesuan.rules import TEXT_FAMILIES, load_catalogue

if TYPE_CHECKING:
    from juesuan.model import Edition
    from juesuan.narrative.declaration import Declaration
    from juesuan.proofread.document import Document
    from juesuan.proofread.proof import Proof
    from juesuan.report.result import Result

HELP = "核对公开说明的文字：每个数、占比、增减、名称与表是否一致"
DESCRIPTION = (
    "拿公开说明（第三部分和附件）的文字对照工作簿，逐句核对。文字稿和工作簿都不会改动。"
    "不给工作簿时，先从文字稿里取出各表。"
)


def declare(command: Parser) -> None:
    command.add_argument("document", metavar="文字稿", help=".docx、.pdf（有文字层）、.txt 或 .md 文件")
    command.add_argument("--book", metavar="工作簿", help=f"{BOOKS}；不给时从文字稿里提取各表，一并核对")
    add_format(command, "json")
    add_screen_or_file(command, "；写成 .xlsx 时，把提取的各表存为工作簿")
    add_last_year(command)
    command.add_argument("--annotate", metavar="批注稿.docx", help="另写一份 Word 文字稿，问题写成批注")
    add_edition(command)


def run(options: argparse.Namespace) -> int:
    """Exit codes as `check`'s: 1 where an error was found, in the text or, without a workbook, in its own tables."""
    from juesuan.given import sha256_of
    from juesuan.proofread.reader import read_document
    from juesuan.proofread.reading import read_narrative, worded_as

    edition = load_edition(DEFAULT_EDITION if options.edition == AUTO else options.edition)
    document = read_document(options.document)
    declaration = worded_as(document)
    end = read_narrative(document, declaration).part[0]
    proof, tables = (_against_book if options.book else _alone)(options, document, end, declaration, edition)
    sha256 = sha256_of(document.data)
    if options.annotate:
        _annotate(options, proof)
    from juesuan.report.proofed import as_json, as_text

    results = [tables._replace(sha256=sha256)] if tables else []
    text = as_text(proof, results) if options.format == "text" else as_json(proof, sha256, results)
    if not options.output.lower().endswith(".xlsx"):
        write(text, options.output, options)
    else:
        sys.stdout.write(text)
    if proof.verdict == "unjudged":
        print(f"{options.document}：{proof.reason}", file=sys.stderr)
    verdicts = {proof.verdict, *(result.verdict for result in results)}
    return exit_code(verdicts)


def _against_book(
    options: argparse.Namespace, document: Document, end: int, declaration: Declaration, edition: Edition
) -> tuple[Proof, None]:
    """The text against a workbook, and the tables it prints, where they can be read, against the same."""
    from juesuan.check import check
    from juesuan.proofread.proof import proofread
    from juesuan.proofread.side_by_side import side_by_side
    from juesuan.reading.supplement_sheets import read_supplement

    if options.output.lower().endswith(".xlsx"):
        raise JuesuanError("已给出 --book，不再从文字稿提取工作簿。要提取，请去掉 --book。")
    file, book = read_with_last_year(options)
    edition = book.edition
    checked = check(book, load_catalogue(edition))
    book = checked.book
    try:
        others = tuple(side_by_side(printed_book(document, edition, edition.id, end).printed, book))
    except UnreadableBook:
        others = ()
    rules, supplement = load_catalogue(edition, TEXT_FAMILIES).rules, read_supplement(file, book)
    return proofread(document, book, rules, declaration, supplement, others, checked.together), None


def _alone(
    options: argparse.Namespace, document: Document, end: int, declaration: Declaration, edition: Edition
) -> tuple[Proof, Result]:
    """The text against the tables it prints itself, and these checked as a workbook, which is written where asked."""
    from juesuan.check import check
    from juesuan.proofread.proof import proofread
    from juesuan.report.result import Result

    _, file, book = printed_book(document, edition, options.edition, end)
    if options.output.lower().endswith(".xlsx"):
        write(file.package.data, options.output, options)
    put_beside_last_year(options, file, book)
    checked = check(book, load_catalogue(book.edition))
    rules = load_catalogue(book.edition, TEXT_FAMILIES).rules
    proof = proofread(document, checked.book, rules, declaration, together=checked.together)
    return proof, Result(options.document, None, checked)


def _annotate(options: argparse.Namespace, proof: Proof) -> None:
    from juesuan.proofread.comments import comments_on
    from juesuan.proofread.reader import with_comments

    if not (options.document.lower().endswith(".docx") and options.annotate.lower().endswith(".docx")):
        raise JuesuanError("批注只能加在 .docx 文件的副本上。请给出 Word 文件，批注稿也写成 .docx。")
    write(with_comments(proof.document, comments_on(proof.document, proof.remarks)), options.annotate, options)
