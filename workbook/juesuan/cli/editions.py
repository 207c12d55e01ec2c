"""``juesuan editions``: the shipped editions."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import Parser, add_format
from juesuan.edition import known_editions, load_edition

HELP = "现有版式"
DESCRIPTION = "列出软件认得的版式，各有什么依据，哪些是推定。"


def declare(command: Parser) -> None:
    add_format(command, "json")


def run(options: argparse.Namespace) -> int:
    from juesuan.report.forms import as_json, as_text

    found = [load_edition(name) for name in known_editions()]
    sys.stdout.write(as_json(found) if options.format == "json" else as_text(found))
    return 0
