"""``juesuan narrate``: the third part, as a Word file."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_book, add_edition, add_explanations, add_last_year
from juesuan.cli.figures import facts_of
from juesuan.cli.output import write
from juesuan.errors import JuesuanError
from juesuan.rules import TEXT_FAMILIES, load_catalogue

HELP = "由工作簿写出第三部分情况说明（Word）"
DESCRIPTION = "由工作簿和补01—补09写出第三部分情况说明；缺的数和原因标黄待填。"


def declare(command: Parser) -> None:
    add_book(command)
    command.add_argument("-o", "--output", required=True, metavar="说明.docx", help="写到这个 Word 文件")
    command.add_argument("--full", action="store_true", help="整本公开件：封面、目录、第一至第五部分")
    add_last_year(command)
    add_explanations(command)
    add_edition(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.document.paged import paged
    from juesuan.document.pdf import has_office
    from juesuan.document.publication import missing_texts, narrative_file
    from juesuan.proofread.own_text import contradictions

    if not options.output.lower().endswith(".docx"):
        raise JuesuanError(f"情况说明只能写成 .docx 文件，“{options.output}”不是。请换一个文件名。")
    facts = facts_of(options)
    content = paged(facts, layout=has_office()).docx if options.full else narrative_file(facts)
    write(content, options.output, options)
    left = missing_texts(facts, full=options.full)
    sys.stdout.write(f"已写出 {options.output}。\n")
    if options.full and not has_office():
        sys.stdout.write("没有 LibreOffice，目录的页码要等 Word、WPS 打开时更新。\n")
    if left:
        sys.stdout.write(f"还有 {len(left)} 处待填，已标黄：{''.join(dict.fromkeys(left))}\n")
    assert facts.book is not None
    if wrong := contradictions(facts, load_catalogue(facts.book.edition, TEXT_FAMILIES).rules):
        sys.stdout.write("\n".join((f"写出的文字有 {len(wrong)} 处差错，请核对工作簿和补01—补09：", *wrong, "")))
    return 0
