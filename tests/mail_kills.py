"""Kill the robot again and again while mail comes in twice and the relay misbehaves; then count what became of it.

    python tests/mail_kills.py --kills 200 --messages 240

Exit code 0: every submission was answered, and none of them twice.
"""

from __future__ import annotations

import argparse
import email
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from mail_messages import submission
from mail_relay import FaultyRelay
from mail_servers import BUREAU, PASSWORD, MailServers, robot_settings

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "焦作2024.xlsx"
UNITS = 5
FAULTS = 0.08
"""Share of the letters for each fault of the relay."""
PATIENCE = 240


class Outcome(NamedTuple):
    """`submitted` messages, `delivered` with the second deliveries; `lost` and `twice` are what must not be."""

    submitted: int
    delivered: int
    kills: int
    own_points: int
    lost: int
    twice: int
    left_in_inbox: int
    without_copy: int
    relay: dict[str, int]

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.twice or self.left_in_inbox or self.without_copy)


def kill_and_count(messages: int, kills: int, seed: int, folder: Path) -> Outcome:
    """Submit `messages` (every tenth is delivered twice) while the robot is killed at least `kills` times."""
    draw = random.Random(seed)
    with MailServers() as servers:
        relay = FaultyRelay(servers.smtp, FAULTS, FAULTS, FAULTS, seed)
        policy = "grace_seconds = 2\nmax_per_hour = 100000"
        settings = robot_settings(servers, folder, policy, smtp_port=relay.port)
        submitting = threading.Thread(target=_submit, args=(servers, messages, draw.random(), kills))
        submitting.start()
        done, own = 0, 0
        while done < kills:
            chance = draw.choice((0.0, 0.02, 0.06))
            robot = _start(settings, chance, draw.randrange(1 << 30))
            try:
                if robot.wait(draw.uniform(0.5, 5.0)) != -signal.SIGKILL:
                    raise RuntimeError(f"the robot ended by itself: {robot.returncode}")
                own += 1
            except subprocess.TimeoutExpired:
                robot.kill()
                robot.wait()
            done += 1
        submitting.join()
        robot = _start(settings, 0.0, 0)
        delivered = messages + messages // 10
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and robot.poll() is None:
            if len(servers.inbox(BUREAU, "Processed")) == delivered and not servers.inbox(BUREAU):
                break
            time.sleep(0.2)
        # A second answer would come after the first has been settled.
        time.sleep(4)
        robot.terminate()
        robot.wait(30)
        relay.close()
        lost, twice, without_copy = _counted(servers, messages)
        left = len(servers.inbox(BUREAU))
        return Outcome(messages, delivered, done, own, lost, twice, left, without_copy, dict(relay.counts))


def _counted(servers: MailServers, messages: int) -> tuple[int, int, int]:
    """How many were never answered, how many answers were too many, how many came without the marked copy."""
    answered: Counter[str] = Counter()
    without_copy = 0
    for unit in range(UNITS):
        for raw in servers.inbox(_address(unit)):
            reply = email.message_from_bytes(raw)
            answered[str(reply["In-Reply-To"])] += 1
            without_copy += b".xlsx" not in raw and b"spreadsheetml" not in raw
    expected = {f"<{number}@unit.test>" for number in range(messages)}
    return len(expected - answered.keys()), sum(count - 1 for count in answered.values()), without_copy


def _submit(servers: MailServers, messages: int, start: float, kills: int) -> None:
    data = SAMPLE.read_bytes()
    draw = random.Random(start)
    for number in range(messages):
        content = submission(data, message_id=f"{number}@unit.test", sender=_address(number % UNITS))
        for _ in range(2 if number % 10 == 9 else 1):
            servers.deliver(_address(number % UNITS), content)
        time.sleep(draw.uniform(0, 3.0 * kills / messages))


def _address(unit: int) -> str:
    return f"unit{unit % UNITS}@unit.test"


def _start(settings: Path, chance: float, seed: int) -> subprocess.Popen[bytes]:
    with open(settings.parent / "robot.log", "ab") as log:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "mail_killed.py"), str(settings), str(chance), str(seed)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ
            | {"JUESUAN_IMAP_PASSWORD": PASSWORD, "JUESUAN_SMTP_PASSWORD": PASSWORD}
            | {"PYTHONPATH": f"{ROOT / 'workbook'}{os.pathsep}{ROOT / 'tests'}"},
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        outcome = kill_and_count(options.messages, options.kills, options.seed, Path(folder))
        for name, value in outcome._asdict().items():
            print(f"{name}: {value}")
        print(f"seconds: {time.monotonic() - start:.0f}")
    return 0 if outcome.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
