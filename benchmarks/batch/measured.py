"""One run of a command: how long it took, its CPU and its memory, its children and theirs included."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

LOOK = 0.25
"""Seconds between two looks at the memory."""


class Run(NamedTuple):
    """`seconds` passed, `cpu` seconds used by all processes; peaks in MiB: of the command itself, and of all together.

    All together is the highest sum that was seen of what each process alone holds (its private memory).
    """

    seconds: float
    cpu: float
    own: float
    together: float


def batch(folder: Path, output: Path, *options: str) -> Run:
    """One run of ``juesuan batch``. A run that could not be done ends the benchmark."""
    return run([sys.executable, "-m", "juesuan", "batch", str(folder), "-o", str(output), *options])


def run(command: Sequence[str]) -> Run:
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    own = together = 0.0
    while process.poll() is None:
        own = max(own, _held(process.pid, "VmHWM"))
        together = max(together, sum(_private(pid) for pid in (process.pid, *_below(process.pid))))
        time.sleep(LOOK)
    seconds = time.perf_counter() - start
    after = os.times()
    assert process.stderr
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {process.stderr.read().decode()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(seconds, cpu, own, together)


def _held(pid: int, what: str) -> float:
    """A line of a process's status, in MiB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(what)), 0.0)


def _private(pid: int) -> float:
    return _held(pid, "RssAnon")


def _below(pid: int) -> list[int]:
    children = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children += list(map(int, (task / "children").read_text().split()))
        except OSError:
            continue
    return children
