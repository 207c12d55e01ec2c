"""kill -9 at random moments of a run, then --resume: in the end the bytes must be those of an undisturbed run."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from batch.corpus import write_corpus
from records import Figure, at_most


def killed(count: int, times: int, seed: int) -> Iterator[Figure]:
    """How often the folder differs after one kill and one --resume; every fifth time there are three kills."""
    chance, wrong, late = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder / "books", count, drawn=12)
        start = time.perf_counter()
        _run(folder, "whole").wait()
        lasted = time.perf_counter() - start
        expected = _content(folder / "whole")
        for number in range(times):
            for _ in range(3 if number % 5 == 4 else 1):
                process = _run(folder, "killed")
                time.sleep(chance.random() * lasted)
                late += process.poll() is not None
                process.send_signal(signal.SIGKILL)
                process.wait()
            _run(folder, "killed").wait()
            same = _content(folder / "killed") == expected
            wrong += not same
            print(f"{number + 1:3}/{times}: {'same bytes' if same else 'DIFFERENT'}", file=sys.stderr)
            shutil.rmtree(folder / "killed")
    print(f"{late} of the kills came too late", file=sys.stderr)
    yield at_most(f"批量核对 {count} 份，kill -9 {times} 次再 --resume：结果不同的", wrong, 0, "次")


def _run(folder: Path, output: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "juesuan", "batch", str(folder / "books"), "-o", str(folder / output), "--resume"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
