"""``juesuan watch``: a folder that answers."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from juesuan.cli.arguments import Parser, add_edition, add_rules
from juesuan.errors import JuesuanError, why
from juesuan.intake.judge import Order

if TYPE_CHECKING:
    from juesuan.mailbox.drop import Drop

HELP = "盯着一个文件夹：放进去的工作簿随即核对、标注"
DESCRIPTION = "盯着一个文件夹：放进去的工作簿随即核对，结果写在其中的“核对结果”，原件移到“已核对”。"


def declare(command: Parser) -> None:
    command.add_argument("folder", metavar="文件夹", help="工作簿放在这里，子文件夹里的也算")
    command.add_argument("--once", action="store_true", help="核对现有的就结束")
    add_edition(command)
    add_rules(command)


def run(options: argparse.Namespace) -> int:
    from juesuan.batch.titles import require_sound
    from juesuan.mailbox.drop import Drop
    from juesuan.mailbox.logs import start_logging

    if not os.path.isdir(options.folder):
        raise JuesuanError(f"没有文件夹“{options.folder}”。请先建好，再把工作簿放进去。")
    order = Order(options.edition, options.rules)
    require_sound(order)
    start_logging()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with Drop(options.folder, order, stopping=stopping) as drop:
        if options.once:
            _settle(drop, options.folder)
        else:
            drop.run(lambda trouble: print(trouble, file=sys.stderr, flush=True))
    for sentence in drop.refused.values():
        print(sentence, file=sys.stderr)
    return 2 if drop.refused else 0


def _settle(drop: Drop, folder: str) -> None:
    """Judge what lies there. Raises JuesuanError where the folder cannot be worked in."""
    try:
        drop.settle()
    except OSError as error:
        raise JuesuanError(f"用不了文件夹“{folder}”：{why(error)}。请核对路径、权限和磁盘空间后再试。") from error
