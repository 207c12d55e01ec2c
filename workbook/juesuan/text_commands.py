"""What the commands about texts do once their arguments are known; returns the exit code. Heavy imports stay inside."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from juesuan.commands import refuse_inputs, write_text
from juesuan.edition import DEFAULT_EDITION, load_edition
from juesuan.errors import JuesuanError
from juesuan.intake.judge import AUTO, read_as
from juesuan.rules import TEXT_FAMILIES, load_catalogue

if TYPE_CHECKING:
    from juesuan.model import Edition
    from juesuan.narrative.declaration import Declaration
    from juesuan.narrative.facts import Facts
    from juesuan.proofread.document import Document
    from juesuan.proofread.proof import Proof
    from juesuan.report.result import Result


def proofread(options: argparse.Namespace) -> int:
    """Exit codes as `check`'s: 1 where an error was found, in the text or, without a workbook, in its own tables."""
    from juesuan.excel.files import digest
    from juesuan.narrative.declaration import load_declaration
    from juesuan.proofread.reading import read_narrative
    from juesuan.proofread.text_layer import read_document

    edition = load_edition(DEFAULT_EDITION if options.edition == AUTO else options.edition)
    declaration, document = load_declaration(edition.id), read_document(options.document)
    end = read_narrative(document, declaration).part[0]
    proof, tables = (_against_book if options.book else _alone)(options, document, end, declaration, edition)
    sha256 = digest(options.document)
    if options.annotate:
        _annotate(options, proof)
    from juesuan.report.proofed import as_json, as_text

    results = [tables._replace(sha256=sha256)] if tables else []
    text = as_text(proof, results) if options.format == "text" else as_json(proof, sha256, results)
    inputs = [options.document, *([options.book] if options.book else [])]
    if not options.output.lower().endswith(".xlsx"):
        write_text(text, options.output, inputs)
    else:
        sys.stdout.write(text)
    if proof.verdict == "unjudged":
        print(f"{options.document}：{proof.reason}", file=sys.stderr)
    verdicts = {proof.verdict, *(result.verdict for result in results)}
    return 2 if "unjudged" in verdicts else 1 if "fail" in verdicts else 0


def _against_book(
    options: argparse.Namespace, document: Document, end: int, declaration: Declaration, edition: Edition
) -> tuple[Proof, None]:
    """The text against a workbook, and the tables it prints, where they can be read, against the same."""
    from juesuan.check import check
    from juesuan.errors import UnreadableBook
    from juesuan.excel.files import open_workbook
    from juesuan.excel.supplement_sheets import read_supplement
    from juesuan.last_year import find_last_year
    from juesuan.proofread.printed_tables import printed_tables
    from juesuan.proofread.proof import proofread
    from juesuan.proofread.side_by_side import side_by_side

    if options.output.lower().endswith(".xlsx"):
        raise JuesuanError("已给出 --book，不再从文字稿提取工作簿。要提取，请去掉 --book。")
    file = open_workbook(options.book)
    book, _ = read_as(file, options.edition)
    edition = book.edition
    if options.last_year:
        book.last_year = find_last_year(options.last_year, file, book).book
    try:
        others = tuple(side_by_side(printed_tables(document, edition, end), book))
    except UnreadableBook:
        others = ()
    rules, supplement = load_catalogue(edition, TEXT_FAMILIES).rules, read_supplement(file, book)
    culprits = check(book, load_catalogue(edition)).culprits
    return proofread(document, book, rules, declaration, supplement, others, culprits), None


def _alone(
    options: argparse.Namespace, document: Document, end: int, declaration: Declaration, edition: Edition
) -> tuple[Proof, Result]:
    """The text against the tables it prints itself, and these checked as a workbook, which is written where asked."""
    from juesuan.check import check
    from juesuan.excel.archive import save
    from juesuan.excel.files import workbook_of
    from juesuan.excel.printed_form import printed_workbook
    from juesuan.excel.recognise import read_book
    from juesuan.proofread.printed_tables import printed_tables
    from juesuan.proofread.proof import proofread
    from juesuan.report.result import Result

    tables = printed_tables(document, edition, end)
    data = printed_workbook(tables, edition)
    if options.output.lower().endswith(".xlsx"):
        save(data, options.output)
    book = read_book(workbook_of(options.document, data), edition)
    proof = proofread(document, book, load_catalogue(edition, TEXT_FAMILIES).rules, declaration)
    return proof, Result(options.document, None, check(book, load_catalogue(edition)))


def _annotate(options: argparse.Namespace, proof: Proof) -> None:
    from juesuan.excel.archive import save
    from juesuan.proofread.comments import annotated

    if not (options.document.lower().endswith(".docx") and options.annotate.lower().endswith(".docx")):
        raise JuesuanError("批注只能加在 .docx 文件的副本上。请给出 Word 文件，批注稿也写成 .docx。")
    refuse_inputs(options.annotate, [options.document, options.book or ""])
    save(annotated(options.document, proof.remarks, proof.document.paragraph_starts), options.annotate)


def narrate(options: argparse.Namespace) -> int:
    from juesuan.document.publication import missing_texts, narrative_file, publication_file
    from juesuan.excel.archive import save

    if not options.output.lower().endswith(".docx"):
        raise JuesuanError(f"情况说明只能写成 .docx 文件，“{options.output}”不是。请换一个文件名。")
    facts = _facts(options)
    refuse_inputs(options.output, [options.book, options.last_year or ""])
    save((publication_file if options.full else narrative_file)(facts), options.output)
    left = missing_texts(facts, full=options.full)
    sys.stdout.write(f"已写出 {options.output}。\n")
    if left:
        sys.stdout.write(f"还有 {len(left)} 处待填，已标黄：{''.join(dict.fromkeys(left))}\n")
    return 0


def _facts(options: argparse.Namespace) -> Facts:
    """What the book, its supplementary sheets and last year's book say."""
    from juesuan.derive import compute_uncached
    from juesuan.excel.files import open_workbook
    from juesuan.excel.supplement_sheets import read_supplement
    from juesuan.last_year import find_last_year
    from juesuan.narrative.declaration import load_declaration
    from juesuan.narrative.facts import Facts

    file = open_workbook(options.book)
    book, _ = read_as(file, options.edition)
    edition = book.edition
    if lost := compute_uncached(book, load_catalogue(edition)):
        raise JuesuanError(f"“{options.book}”有 {len(lost)} 个公式没有计算结果，请用 Excel 或 WPS 打开保存一次。")
    if options.last_year:
        book.last_year = find_last_year(options.last_year, file, book).book
    return Facts(load_declaration(edition.id), book, read_supplement(file, book))


def publish(options: argparse.Namespace) -> int:
    """Nothing is written while errors stand, unless a reason is given; what is still to be filled in is told."""
    from juesuan.check import check
    from juesuan.document.package import Origin, package
    from juesuan.document.publication import missing_texts
    from juesuan.excel.archive import save
    from juesuan.excel.files import digest
    from juesuan.wording import VERDICTS

    if os.path.exists(options.output) and (not os.path.isdir(options.output) or os.listdir(options.output)):
        raise JuesuanError(f"“{options.output}”已存在，而且不是空文件夹。请换一个文件夹名。")
    if options.override is not None and not options.override.strip():
        raise JuesuanError("--override 后面要写明理由，它会记在清单里。")
    facts = _facts(options)
    assert facts.book is not None
    checked = check(facts.book, load_catalogue(facts.book.edition))
    if checked.verdict in ("fail", "unjudged") and not options.override:
        raise JuesuanError(
            f"没有公开：核对结论是“{VERDICTS[checked.verdict]}”。请先用 juesuan check 查清改好；"
            "确需公开的，加 --override 理由。"
        )
    left = missing_texts(facts, full=True)
    origin = Origin(options.book, digest(options.book), options.override or "", left)
    files = package(facts, checked, origin, pdf=not options.no_pdf)
    os.makedirs(options.output, exist_ok=True)
    for name, data in files.items():
        save(data, os.path.join(options.output, name))
    sys.stdout.write(f"已写出 {options.output}：{'、'.join(files)}。\n")
    if left:
        sys.stdout.write(f"还有 {len(left)} 处待填，已标黄，公开前请补齐：{''.join(dict.fromkeys(left))}\n")
    return 0
