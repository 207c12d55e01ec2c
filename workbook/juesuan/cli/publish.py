"""``juesuan publish``: the whole set of published files."""

from __future__ import annotations

import argparse
import os
import sys

from juesuan.cli.arguments import (
    Parser,
    add_book,
    add_edition,
    add_explanations,
    add_last_year,
    add_override,
    overrides_of,
)
from juesuan.cli.figures import facts_of
from juesuan.errors import JuesuanError
from juesuan.rules import TEXT_FAMILIES, load_catalogue

HELP = "写出整套公开文件：Word、PDF、干净的工作簿、开放数据和清单"
DESCRIPTION = "先核对，有错误、有待填的不写；写出整本公开件（docx、pdf）、只有数值的工作簿、CSV、JSON 和清单。"


def declare(command: Parser) -> None:
    add_book(command)
    command.add_argument("-o", "--output", required=True, metavar="文件夹", help="写到这个文件夹；要是新的或空的")
    add_override(command, "；不写规则、只写理由的，有错误、判不了也公开，理由记在清单里")
    command.add_argument("--draft", action="store_true", help="还有待填的也写，供传阅；文件名带“草稿”")
    command.add_argument("--no-pdf", action="store_true", help="不写 PDF（没有 LibreOffice 时）")
    add_last_year(command)
    add_explanations(command)
    add_edition(command)


def run(options: argparse.Namespace) -> int:
    """Nothing is written while errors stand, unless a reason is given, or while something is still to be filled in,
    unless a draft is wanted."""
    from juesuan.check import check
    from juesuan.document.package import Origin, package
    from juesuan.document.publication import missing_texts
    from juesuan.given import digest
    from juesuan.proofread.own_text import contradictions
    from juesuan.wording import VERDICTS
    from juesuan.written import save_all

    if os.path.exists(options.output) and (not os.path.isdir(options.output) or os.listdir(options.output)):
        raise JuesuanError(f"“{options.output}”已存在，而且不是空文件夹。请换一个文件夹名。")
    rules, whole = overrides_of(options)
    facts = facts_of(options)
    assert facts.book is not None
    checked = check(facts.book, load_catalogue(facts.book.edition).overriding(rules))
    if checked.verdict in ("fail", "unjudged") and not whole:
        raise JuesuanError(
            f"没有公开：核对结论是“{VERDICTS[checked.verdict]}”。请先用 juesuan check 查清改好；"
            "确需公开的，加 --override 规则=理由。"
        )
    wrong = contradictions(facts, load_catalogue(facts.book.edition, TEXT_FAMILIES).rules)
    if wrong and not whole:
        head = f"没有公开：照补01—补09写出的情况说明有 {len(wrong)} 处差错。请改正；确需公开的，加 --override 理由。"
        raise JuesuanError("\n".join((head, *wrong)))
    left = missing_texts(facts, full=True)
    gaps = f"还有 {len(left)} 处待填：{''.join(dict.fromkeys(left))}"
    if left and not options.draft:
        raise JuesuanError(f"没有公开：{gaps}。请在补01—补09填好；先要一份草稿的，加 --draft。")
    origin = Origin(options.book, digest(options.book), whole, options.draft, left)
    files = package(facts, checked, origin, pdf=not options.no_pdf)
    save_all(files, options.output)
    sys.stdout.write(f"已写出 {options.output}：{'、'.join(files)}。\n")
    if left:
        sys.stdout.write(f"这是草稿，不能公开：{gaps}，已标黄。\n")
    return 0
