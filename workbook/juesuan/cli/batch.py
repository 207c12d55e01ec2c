"""``juesuan batch``: a folder of workbooks."""

from __future__ import annotations

import argparse
import os
import sys

from juesuan.cli.arguments import (
    Parser,
    add_edition,
    add_explanations,
    add_override,
    add_rules,
    explanations_given,
    rules_overridden,
)
from juesuan.cli.output import exit_code
from juesuan.errors import JuesuanError
from juesuan.intake.judge import Order

HELP = "核对一个文件夹里的全部工作簿，写成总览网页和汇总表"
DESCRIPTION = (
    "核对一个文件夹（连同下面各层）里的全部工作簿，写出 results.jsonl、summary.xlsx、"
    "总览网页 index.html，有错和要核实的各标注一份在 marked/。一份坏文件不影响其他。"
)


def declare(command: Parser) -> None:
    command.add_argument("source", metavar="文件夹", help="文件夹，或一行一个路径的清单文件")
    command.add_argument("-o", "--output", required=True, metavar="输出文件夹", help="结果写在这里；没有就新建")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, metavar="个数", help="同时核对几份（默认同处理器个数）")
    where.add_argument(
        "--scheduler", metavar="地址", help="交给 Dask 集群，如 tcp://10.0.0.5:8786（要装 juesuan[cluster]）"
    )
    command.add_argument(
        "--wait", type=float, metavar="分钟", help="集群的工作进程全没了，最多等多少分钟（默认一直等）"
    )
    command.add_argument("--expect", metavar="名单.csv", help="应报单位：单位编码、单位名称、主管部门、邮箱、截止日期")
    command.add_argument("--resume", action="store_true", help="接着上次没有做完的做")
    command.add_argument("--no-marks", action="store_true", help="不写标注的工作簿")
    add_edition(command)
    add_rules(command)
    add_explanations(command)
    add_override(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.batch.run import Job
    from juesuan.batch.run import run as judge_all
    from juesuan.batch.units import read_units
    from juesuan.intake.books import source_of
    from juesuan.report.batch import as_text

    edition = os.path.abspath(options.edition) if options.edition.lower().endswith(".toml") else options.edition
    order = Order(
        edition,
        options.rules and os.path.abspath(options.rules),
        marked=not options.no_marks,
        explanations=explanations_given(options),
        overrides=rules_overridden(options),
    )
    workers = (os.cpu_count() or 1) if options.workers is None else options.workers
    if workers < 1:
        raise JuesuanError(f"--workers {workers} 不对，至少要 1。")
    if options.wait is not None and not options.wait >= 0:
        raise JuesuanError(f"--wait {options.wait:g} 不对，应是分钟数。")
    units = read_units(options.expect) if options.expect else None
    source = source_of(options.source)
    wait = None if options.wait is None else 60 * options.wait
    job = Job(source, options.output, order, workers, options.scheduler, units, options.resume, wait)
    try:
        outcome = judge_all(job, sys.stderr)
    except KeyboardInterrupt:
        raise JuesuanError("已中断，做完的都记下了。请加 --resume 接着做。") from None
    verdicts, left_alone, listed = outcome
    sys.stdout.write(as_text(verdicts, left_alone, options.output, marked=order.marked, listed=listed))
    return exit_code(verdicts)
