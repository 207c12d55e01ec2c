"""How long a submission waits for its answer, and how many are answered in a second; on loopback, with real servers.

    python benchmarks/mail.py [--messages 200] [--workers 2]

Dovecot tells of a new message half a second late (IDLE); with a server of one's own, poll_seconds may be short.
The bare time is that of the same message from SMTP until IMAP has it, without any robot. Exit code 1 when a target is
missed.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "samples"), str(ROOT / "benchmarks")]

from mail_messages import submission  # noqa: E402
from mail_servers import BUREAU, PASSWORD, MailServers, robot_settings  # noqa: E402
from records import Figure, add_options, at_least, at_most, told  # noqa: E402

BOOKS = {"没有差错": "焦作2024.xlsx", "有三处差错": "焦作2024-有误.xlsx"}
UNIT, OTHER = "unit1@unit.test", "unit2@unit.test"
MEDIAN, A_SECOND = 0.3, 10.0
ONE_BY_ONE = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, help="how many at once (default 200, quick 30)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--poll", type=float, default=0.1, help="poll_seconds of the settings (default 0.1)")
    add_options(parser, "30 messages at once, 10 one by one")
    options = parser.parse_args()
    return told("mail", measured(options), options)


def measured(options: argparse.Namespace) -> Iterator[Figure]:
    messages = options.messages or (30 if options.quick else 200)
    one_by_one = range(10 if options.quick else ONE_BY_ONE)
    for what, name in BOOKS.items():
        data = (ROOT / "samples" / name).read_bytes()
        with tempfile.TemporaryDirectory() as folder, MailServers() as servers:
            bare = [_until_there(servers, OTHER, OTHER, data, number) for number in one_by_one]
            policy = f"max_per_hour = 1000000\nworkers = {options.workers}"
            imap = f'port = {servers.imap}\ntls = "none"\npoll_seconds = {options.poll}'
            with _robot(robot_settings(servers, Path(folder), policy, imap)):
                _until_there(servers, UNIT, BUREAU, data, -1)
                waits = [_until_there(servers, UNIT, BUREAU, data, number) for number in one_by_one]
                servers.empty(UNIT)
                rate = _rate(servers, data, messages)
        median, alone = statistics.median(waits), statistics.median(bare)
        yield at_most(f"一封信等回信的中位数，{what}的账", median, MEDIAN, "秒", "没有机器人时，从 SMTP 到邮箱", alone)
        yield at_least(f"{messages} 封一起来时每秒回信，{what}的账", rate, A_SECOND, "封")


def _until_there(servers: MailServers, watched: str, recipient: str, data: bytes, number: int) -> float:
    """Seconds from handing a message over until there is one more in the mailbox `watched`."""
    before = len(servers.inbox(watched))
    content = submission(data, message_id=f"{recipient[:5]}{number}@bench", sender=UNIT)
    start = time.perf_counter()
    servers.deliver(UNIT, content, recipient)
    while len(servers.inbox(watched)) == before:
        if time.perf_counter() - start > 60:
            raise TimeoutError(watched)
        time.sleep(0.002)
    return time.perf_counter() - start


def _rate(servers: MailServers, data: bytes, messages: int) -> float:
    """Answers a second, from the first message handed over until the last answer is there."""
    start = time.perf_counter()
    for number in range(messages):
        servers.deliver(UNIT, submission(data, message_id=f"many{number}@bench", sender=UNIT))
    servers.await_messages(UNIT, messages, 600)
    return messages / (time.perf_counter() - start)


@contextmanager
def _robot(settings: Path) -> Iterator[None]:
    environment = {"JUESUAN_IMAP_PASSWORD": PASSWORD, "JUESUAN_SMTP_PASSWORD": PASSWORD}
    robot = subprocess.Popen(
        [sys.executable, "-m", "juesuan", "mailbox", "run", "--config", str(settings)],
        stderr=subprocess.DEVNULL,
        env=os.environ | environment | {"PYTHONPATH": str(ROOT / "workbook")},
    )
    try:
        yield
    finally:
        robot.send_signal(signal.SIGTERM)
        robot.wait(60)


if __name__ == "__main__":
    sys.exit(main())
