"""The safe door for many files: paths go in, results or refusals come out, whatever the files do to the workers.

Workers are long-lived processes with limits for every file. One that dies is replaced and its file tried once more;
the file that kills another, or takes too long, is reported as not judged. After some hundred files each is replaced
anyway.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import Any, NamedTuple

from juesuan.apart import FAULT, Apart, Fault, Limits
from juesuan.errors import OutOfLimits
from juesuan.given import digest
from juesuan.intake.judge import Order
from juesuan.report.result import Result, as_dict

FILES_A_WORKER = 300
WAITING = 4
"""Results for each worker that may wait to be taken."""
LIMITS = Limits(seconds=60, memory=3 << 29)
WORKER = "juesuan.intake.worker"
_LOG = logging.getLogger("juesuan")


class Judged(NamedTuple):
    """`entry`: the `books[]` element of schema juesuan.check/1; `data`: what the worker sent along with it.

    `died`: the file brought its worker down, or a bug of ours to light.
    """

    path: str
    entry: dict[str, Any]
    data: bytes = b""
    died: bool = False


def fatal(path: str, reason: str) -> Judged:
    """What is told of a file that brought down whoever judged it."""
    return Judged(path, as_dict(Result(path, digest(path), None, reason)), died=True)


class Pool:
    """Judges files in `workers` processes at a time. Close it, or use it in a ``with``."""

    def __init__(self, order: Order, workers: int = 2, limits: Limits = LIMITS, module: str = WORKER) -> None:
        self.order = order
        self.workers = [Apart(module, limits) for _ in range(workers)]

    def judge(self, paths: Iterable[str]) -> Iterator[Judged]:
        """The result of every path, in the order in which they come. Raises JuesuanError if the order is malformed."""
        work, taking, ended = iter(paths), threading.Lock(), threading.Event()
        room = threading.Semaphore(WAITING * len(self.workers))
        results: SimpleQueue[Judged | BaseException | None] = SimpleQueue()

        def run(worker: Apart) -> None:
            try:
                while room.acquire() and not ended.is_set():
                    with taking:
                        path = next(work, None)
                    if path is None:
                        break
                    results.put(self._judged(worker, path))
                results.put(None)
            except BaseException as error:
                results.put(error)

        threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in self.workers]
        running = len(threads)
        try:
            for thread in threads:
                thread.start()
            while running:
                result = results.get()
                if isinstance(result, BaseException):
                    raise result
                if result is None:
                    running -= 1
                else:
                    room.release()
                    yield result
        finally:
            ended.set()
            room.release(len(threads))
            if running:
                self.stop()
            for thread in threads:
                if thread.ident:
                    thread.join()

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop()

    def close(self) -> None:
        for worker in self.workers:
            worker.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _judged(self, worker: Apart, path: str) -> Judged:
        if worker.answered >= FILES_A_WORKER:
            worker.close()
        request = {"path": path, "order": self.order._asdict()}
        try:
            answer = worker.ask_twice(request)
        except OutOfLimits as error:
            reason = error.about(os.path.basename(path))
        except Fault as fault:
            _LOG.error("%s：%s", path, fault)
            reason = f"“{os.path.basename(path)}”没有核对完：{FAULT}"
        else:
            return Judged(path, *answer)
        return fatal(path, reason)
