"""``juesuan check``: workbooks against the rules."""

from __future__ import annotations

import argparse
import sys

from juesuan.cli.arguments import (
    Parser,
    add_book,
    add_edition,
    add_explanations,
    add_format,
    add_last_year,
    add_override,
    add_rules,
    add_screen_or_file,
    explanations_given,
    rules_overridden,
)
from juesuan.cli.output import exit_code, write
from juesuan.errors import JuesuanError
from juesuan.intake.judge import AUTO, Order, judge

HELP = "核对工作簿，指出差错在哪一格"
DESCRIPTION = "核对一份或多份决算公开工作簿。"


def declare(command: Parser) -> None:
    add_book(command, many=True)
    add_format(command, "json", "sarif", "html", "xlsx")
    add_screen_or_file(command)
    add_edition(command)
    add_rules(command)
    add_last_year(command, twice=True)
    command.add_argument("--change", metavar="百分数,万元", help="支出比上年变动都超过这两个数的要说明（默认 30,10）")
    add_explanations(command)
    add_override(command)
    command.add_argument("--select", default="", metavar="编号", help="只用这些规则（编号或开头，用逗号分隔）")
    command.add_argument("--ignore", default="", metavar="编号", help="不用这些规则（编号或开头，用逗号分隔）")


def run(options: argparse.Namespace) -> int:
    codes = _codes(options.select), _codes(options.ignore)
    if len(options.last_year) > 2:
        raise JuesuanError("--last-year 最多写两次：先上年，后前年。")
    order = Order(
        options.edition,
        options.rules,
        *codes,
        last_year=options.last_year,
        change=_change(options.change) if options.change else (),
        explanations=explanations_given(options),
        overrides=rules_overridden(options),
    )
    if order.edition != AUTO:
        order.catalogue(order.edition)
    if options.format in ("html", "xlsx"):
        from juesuan.batch.few import told

        verdicts, content = told(options.books, order, options.format, sys.stderr)
        write(content, options.output, options)
        return exit_code(verdicts)
    results = []
    for path in options.books:
        result = judge(path, order, hashed=options.format != "text")
        if result.verdict == "unjudged":
            print(f"{path}：{result.why}", file=sys.stderr)
        results.append(result)
    if options.format == "text":
        from juesuan.report.text import as_text

        text = as_text(results)
    else:
        from juesuan.report.structured import as_json, as_sarif

        text = as_json(results) if options.format == "json" else as_sarif(results)
    write(text, options.output, options)
    return exit_code({result.verdict for result in results})


def _change(text: str) -> tuple[int, int]:
    """“30,10” as per cent and 分."""
    from juesuan.money import fen_of, read_text

    percent, _, least = text.replace("，", ",").partition(",")
    reading = read_text(least)
    amount = reading.millionths if reading else None
    if not percent.strip().isdecimal() or len(percent) > 9 or not int(percent) or amount is None or amount < 0:
        raise JuesuanError(f"--change {text} 看不懂。请写百分数和万元数，如 30,10。")
    return int(percent), fen_of(amount, "万元")


def _codes(text: str) -> list[str]:
    return [code.strip().upper() for code in text.replace("，", ",").split(",") if code.strip()]
