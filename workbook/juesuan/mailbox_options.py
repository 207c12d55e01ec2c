"""The options of `juesuan mailbox` and `juesuan watch`, declared only when one of them is called."""

from __future__ import annotations

import argparse

from juesuan.arguments import Parser


def add_mailbox(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "mailbox",
        help="收发邮件：来信里的工作簿核对后标注寄回",
        description="收发邮件：来信里的工作簿核对后标注寄回；不丢一封，不重复回复。",
    )
    command.add_argument(
        "action",
        choices=("once", "run", "status", "remind"),
        metavar="once|run|status|remind",
        help="处理现有的邮件就结束；一直运行；列出每封邮件的状态；提醒还没有报的单位",
    )
    command.add_argument("--config", required=True, metavar="文件", help="邮箱设置，mailbox.toml")
    command.add_argument("--dry-run", action="store_true", help="once 只看不发：写出会怎样答复，不发信、不移动邮件")
    formats = ("text", "json", "html")
    command.add_argument("--format", choices=formats, default="text", help="status 的格式（默认 text）")
    command.add_argument("-o", "--output", default="-", metavar="文件", help="status 写到文件；- 为屏幕（默认）")
    command.add_argument("--most", type=int, default=50, metavar="封数", help="status 逐封列出最近多少封（默认 50）")
    command.add_argument("--expect", metavar="文件", help="单位名单 UNITS.csv：status 列出未报的，remind 提醒他们")
    command.add_argument("--send", action="store_true", help="remind 真的发出；不加只写出来看")
    command.set_defaults(run=_mailbox)


def add_watch(group: argparse._SubParsersAction[Parser]) -> None:
    command = group.add_parser(
        "watch",
        help="盯着一个文件夹：放进去的工作簿随即核对、标注",
        description="盯着一个文件夹：放进去的工作簿随即核对，结果写在其中的“核对结果”，原件移到“已核对”。",
    )
    command.add_argument("folder", metavar="文件夹", help="工作簿放在这里，子文件夹里的也算")
    command.add_argument("--once", action="store_true", help="核对现有的就结束")
    command.add_argument("--edition", default="auto", metavar="版式", help="版式编号；auto 为自动（默认）")
    command.add_argument("--rules", metavar="文件", help="另加或替换规则的 TOML 文件")
    command.set_defaults(run=_watch)


def _mailbox(options: argparse.Namespace) -> int:
    from juesuan.mailbox_commands import mailbox

    return mailbox(options)


def _watch(options: argparse.Namespace) -> int:
    from juesuan.mailbox_commands import watch

    return watch(options)
