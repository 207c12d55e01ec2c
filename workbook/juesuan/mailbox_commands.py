"""What `juesuan mailbox` and `juesuan watch` do once their arguments are known; each returns the exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import date

from juesuan.batch.units import read_units
from juesuan.edition import DEFAULT_EDITION
from juesuan.errors import JuesuanError
from juesuan.excel.archive import save
from juesuan.intake.judge import AUTO, Order
from juesuan.mailbox.config import Settings, load_settings
from juesuan.mailbox.register import register_of


def mailbox(options: argparse.Namespace) -> int:
    working = options.action in ("once", "run")
    settings = load_settings(options.config, secrets=working)
    if not working:
        return _status(settings, options) if options.action == "status" else _remind(settings, options)
    _require_sound(settings.order)
    register = register_of(read_units(settings.policy.units)) if settings.policy.units else {}
    return _rehearse(settings, register) if options.dry_run else _work(settings, register, options.action)


def watch(options: argparse.Namespace) -> int:
    from juesuan.drop import Drop

    if not os.path.isdir(options.folder):
        raise JuesuanError(f"没有文件夹“{options.folder}”。请先建好，再把工作簿放进去。")
    order = Order(options.edition, options.rules)
    _require_sound(order)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with Drop(options.folder, order) as drop:
        if options.once:
            drop.settle()
        else:
            drop.run(stopping)
    return 0


def _require_sound(order: Order) -> None:
    """Raise JuesuanError for an edition or a rule file that cannot be used, before any workbook comes."""
    order.catalogue(DEFAULT_EDITION if order.edition == AUTO else order.edition)


def _work(settings: Settings, register: Mapping[str, str], action: str) -> int:
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


def _rehearse(settings: Settings, register: Mapping[str, str]) -> int:
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
    from juesuan.mailbox.expected import as_text as expected_text
    from juesuan.mailbox.expected import standings
    from juesuan.mailbox.status import as_html, as_json, as_text, status

    now = status(settings.state, options.most)
    text = {"text": as_text, "json": as_json, "html": as_html}[options.format](now)
    if options.expect:
        if options.format != "text":
            raise JuesuanError("--expect 只和文字格式一起用。请去掉 --format。")
        text += expected_text(standings(now.latest, read_units(options.expect), date.today()))
    if options.output == "-":
        sys.stdout.write(text)
    else:
        save(text.encode(), options.output)
    return 0


def _remind(settings: Settings, options: argparse.Namespace) -> int:
    """Show the reminders, and only with --send put them into the outbox."""
    from juesuan.mailbox.expected import remind, reminders, standings
    from juesuan.mailbox.status import status

    if not options.expect:
        raise JuesuanError("提醒谁，要用 --expect 给出单位名单。")
    today = date.today()
    due = reminders(settings, standings(status(settings.state, 0).latest, read_units(options.expect), today), today)
    for _, address, text in due:
        print(f"{address}\n    {text}")
    if options.send:
        print(f"新放进待发的提醒 {remind(settings, due)} 封（每个单位每周最多一封），由 run 或下一次 once 发出。")
    else:
        print(f"以上 {len(due)} 封没有发出。要发，请加 --send。")
    return 0
