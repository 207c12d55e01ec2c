"""``juesuan rules``: the catalogue, or one rule."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_edition, add_format, add_rules
from juesuan.edition import DEFAULT_EDITION, known_editions, load_edition
from juesuan.errors import JuesuanError
from juesuan.rules import Catalogue, whole_catalogue

HELP = "规则目录，或解释一条规则"
DESCRIPTION = "列出全部规则，解释一条规则，或检查自己写的规则文件。"


def declare(command: Parser) -> None:
    command.add_argument("code", nargs="?", metavar="编号", help="规则编号，如 EXP002")
    add_edition(command, DEFAULT_EDITION)
    add_format(command, "json", "md")
    add_rules(command)
    command.add_argument("--check", metavar="文件", help="检查这个规则文件：怎样理解，有没有互相矛盾的、多余的")


def run(options: argparse.Namespace) -> int:
    if options.check:
        return _check(options.check, options.edition, options.rules)
    from juesuan.report.manual import manual, rule_list, rule_text, rules_json

    catalogue = _whole(options.edition, options.rules)
    if options.code:
        code = options.code.upper()
        editions = (options.edition, *known_editions())
        known = (whose for name in editions if (whose := _whole(name, options.rules)).rule(code))
        if (found := next(known, None)) is None or (rule := found.rule(code)) is None:
            raise JuesuanError(f"没有规则“{options.code}”。用 juesuan rules 查看全部规则。")
        catalogue = found._replace(rules=(rule,))
        text = rule_text(rule, catalogue)
    else:
        text = rule_list(catalogue)
    if options.format == "json":
        text = rules_json(catalogue)
    elif options.format == "md":
        text = manual(catalogue)
    sys.stdout.write(text)
    return 0


def _whole(edition: str, rules: str | None) -> Catalogue:
    """The rules about the workbook and about the text beside it."""
    catalogue = whole_catalogue(load_edition(edition))
    if not rules:
        return catalogue
    from juesuan.intake.rule_file import extended

    return extended(catalogue, rules)


def _check(path: str, edition: str, rules: str | None) -> int:
    from juesuan.intake.rule_file import looked_at
    from juesuan.locate.deadline import OutOfTime
    from juesuan.report.agreed import as_text

    try:
        looked = looked_at(_whole(edition, rules), path)
    except OutOfTime as error:
        raise JuesuanError(f"“{path}”里的规则太多，没有判完有没有矛盾。请分成几个文件。") from error
    sys.stdout.write(as_text(path, *looked))
    return 1 if looked.agreement.contradictions else 0
