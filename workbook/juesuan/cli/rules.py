"""``juesuan rules``: the catalogue, or one rule."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from juesuan.cli.arguments import Parser, add_edition, add_format, add_rules
from juesuan.edition import DEFAULT_EDITION, known_editions, load_edition
from juesuan.errors import DeclarationError, JuesuanError
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
        catalogue = _only(options.code, (catalogue, *_others(options.edition, options.rules)))
        text = rule_text(catalogue.rules[0], catalogue)
    else:
        text = rule_list(catalogue)
    if options.format == "json":
        text = rules_json(catalogue)
    elif options.format == "md":
        text = manual(catalogue)
    sys.stdout.write(text)
    return 0


def _only(given: str, catalogues: Iterable[Catalogue]) -> Catalogue:
    """The first catalogue that has the rule, with nothing else in it."""
    for catalogue in catalogues:
        if rule := catalogue.rule(given.upper()):
            return catalogue._replace(rules=(rule,))
    raise JuesuanError(f"没有规则“{given}”。用 juesuan rules 查看全部规则。")


def _others(edition: str, rules: str | None) -> Iterator[Catalogue]:
    """Those of the other editions, with the further rules where these fit."""
    for name in known_editions():
        if name != edition:
            try:
                yield _whole(name, rules)
            except DeclarationError:
                yield _whole(name, None)


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
