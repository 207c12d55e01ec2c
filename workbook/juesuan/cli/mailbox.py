"""``juesuan mailbox``: submissions by mail, answered."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import date
from typing import TYPE_CHECKING

from juesuan.cli.arguments import Parser, add_format, add_screen_or_file
from juesuan.cli.output import reader_left, write
from juesuan.errors import JuesuanError

if TYPE_CHECKING:
    from juesuan.mailbox.config import Settings
    from juesuan.mailbox.register import Register

HELP = "收发邮件：来信里的工作簿核对后标注寄回"
DESCRIPTION = "收发邮件：来信里的工作簿核对后标注寄回；不丢一封，不重复回复。"


def declare(command: Parser) -> None:
    command.add_argument(
        "action",
        choices=("once", "run", "status", "remind"),
        metavar="once|run|status|remind",
        help="处理现有的邮件就结束；一直运行；列出每封邮件的状态；提醒还没有报的单位",
    )
    command.add_argument("--config", required=True, metavar="文件", help="邮箱设置，mailbox.toml")
    command.add_argument("--dry-run", action="store_true", help="once 只看不发：写出会怎样答复，不发信、不移动邮件")
    add_format(command, "json", "html", of="status 的")
    add_screen_or_file(command, of="status ")
    command.add_argument("--most", type=int, default=50, metavar="封数", help="status 逐封列出最近多少封（默认 50）")
    command.add_argument("--expect", metavar="文件", help="单位名单 UNITS.csv：status 列出未报的，remind 提醒他们")
    command.add_argument("--year", type=int, metavar="年度", help="--expect 只算哪一年度的工作簿（默认都算）")
    command.add_argument("--send", action="store_true", help="remind 真的发出；不加只写出来看")


def run(options: argparse.Namespace) -> int:
    import sqlite3

    try:
        return _done(options)
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, BrokenPipeError) and reader_left():
            raise
        from juesuan.mailbox.trouble import trouble_of

        raise JuesuanError(trouble_of(error, "收发记录")) from error


def _done(options: argparse.Namespace) -> int:
    from juesuan.batch.titles import require_sound
    from juesuan.batch.units import read_units
    from juesuan.mailbox.config import load_settings
    from juesuan.mailbox.register import register_of

    working = options.action in ("once", "run")
    settings = load_settings(options.config, secrets=working)
    if not working:
        return _status(settings, options) if options.action == "status" else _remind(settings, options)
    require_sound(settings.order)
    register = register_of(read_units(settings.policy.units)) if settings.policy.units else {}
    return _rehearse(settings, register) if options.dry_run else _work(settings, register, options.action)


def _work(settings: Settings, register: Register, action: str) -> int:
    from juesuan.mailbox.logs import start_logging
    from juesuan.mailbox.robot import Robot

    start_logging()
    with Robot(settings, register) as robot:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: robot.stop())
        if action == "run":
            robot.run()
            return 0
        troubles = robot.once()
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return 2 if troubles else 0


def _rehearse(settings: Settings, register: Register) -> int:
    from imaplib import IMAP4

    from juesuan.mailbox.rehearsal import rehearse
    from juesuan.mailbox.trouble import trouble_of

    try:
        texts = list(rehearse(settings, register))
    except (OSError, IMAP4.error) as error:
        raise JuesuanError(trouble_of(error, "收信", settings.imap)) from error
    sys.stdout.write("\n".join(texts) or "收件箱里没有邮件。\n")
    return 0


def _status(settings: Settings, options: argparse.Namespace) -> int:
    from juesuan.batch.units import read_units
    from juesuan.mailbox.expected import as_text as expected_text
    from juesuan.mailbox.expected import standings
    from juesuan.mailbox.status import as_html, as_json, as_text, status

    if options.most < 0:
        raise JuesuanError(f"--most {options.most} 不对，应是封数，0 为不逐封列。")
    now = status(settings.state, options.most)
    text = {"text": as_text, "json": as_json, "html": as_html}[options.format](now)
    if options.expect:
        if options.format != "text":
            raise JuesuanError("--expect 只和文字格式一起用。请去掉 --format。")
        text += expected_text(standings(now.books(options.year), read_units(options.expect), date.today()))
    write(text, options.output, options)
    return 0


def _remind(settings: Settings, options: argparse.Namespace) -> int:
    """Show the reminders, and only with --send put them into the outbox."""
    from juesuan.batch.units import read_units
    from juesuan.mailbox.expected import remind, reminders, standings
    from juesuan.mailbox.status import status

    if not options.expect:
        raise JuesuanError("提醒谁，要用 --expect 给出单位名单。")
    today = date.today()
    due = reminders(
        settings, standings(status(settings.state, 0).books(options.year), read_units(options.expect), today), today
    )
    for _, address, text in due:
        print(f"{address}\n    {text}")
    if options.send:
        print(f"新放进待发的提醒 {remind(settings, due)} 封（每个单位七天最多一封），由 run 或下一次 once 发出。")
    else:
        print(f"以上 {len(due)} 封没有发出。要发，请加 --send。")
    return 0
