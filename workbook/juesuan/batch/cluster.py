"""The same judging on a Dask cluster: some dozens of files a task, results streamed back, lost tasks done again.

The files must lie at the same paths for every worker, and each must have the same version; where that is not so, the
run ends. On each machine files are judged by a pool of one, so that a bad file ends a process of the pool and not the
worker.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from itertools import islice
from pkgutil import resolve_name
from typing import TYPE_CHECKING, TypeVar

from juesuan import __version__
from juesuan.errors import JuesuanError
from juesuan.given import digest
from juesuan.intake.judge import Order
from juesuan.intake.pool import Judged, Pool, fatal

if TYPE_CHECKING:
    from distributed import Client, Future

FILES_A_TASK = 50
TASKS_A_THREAD = 2
"""Tasks under way for each thread of the cluster; more would only wait, and fill memory when they are done."""
WORKER = "juesuan.batch.worker"
_VERSION = "juesuan:__version__"
_SAME = "请在每台机器上装同一版本，再加 --resume 接着做。"
PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""
CLOSING = 10
"""Seconds to take leave of the scheduler."""
LOOK, FETCH, SILENCE = 5.0, 60.0, 60.0
"""Seconds to wait for a task, and for what it came to, before one looks whether any worker is left; and after which it
is said that none is."""
_BACK = "集群上又有工作进程了，接着做。"
_Found = TypeVar("_Found")


def judge_on_cluster(
    address: str, order: Order, paths: Iterable[str], wait: float | None, say: Callable[[str], None]
) -> Iterator[Judged]:
    """The result of every path, in the order in which they come.

    When all workers are lost that is said, and it goes on when one comes; `wait`: at most so many seconds, else for
    ever. Raises JuesuanError when there is no cluster, or none any more.
    """
    with _connected(address) as client:
        work = iter(paths)
        tasks: dict[Future, list[str]] = {}
        workers = _Workers(client, wait, say)

        def submit() -> None:
            while len(tasks) < TASKS_A_THREAD * max(1, workers.threads()):
                if not (files := list(islice(work, FILES_A_TASK))):
                    return
                tasks[_submitted(client, files, order)] = files

        submit()
        while tasks:
            for future in workers.done(tasks):
                for judged in _results(client, workers, future, tasks.pop(future), order):
                    _require_seen(judged)
                    yield judged
            submit()


class _Workers:
    """Whether there are any, while one waits for what they do. Raises JuesuanError when none came for `wait` seconds.

    Where a worker is lost Dask gives its tasks to others; where the last one is, they wait for one to come.
    """

    def __init__(self, client: Client, wait: float | None, say: Callable[[str], None]) -> None:
        self.client = client
        self.wait = wait
        self.say = say

    def threads(self) -> int:
        """How many threads there are. Raises TimeoutError when the scheduler does not answer."""
        found = self.client.sync(self.client.scheduler.ncores, workers=None, callback_timeout=PATIENCE)
        return sum(found.values())

    def done(self, futures: Collection[Future]) -> set[Future]:
        """Those that are done, at least one."""
        from distributed import wait

        def waited() -> set[Future]:
            with self.client.as_current():
                return set(wait(list(futures), timeout=LOOK, return_when="FIRST_COMPLETED").done)

        return self._until(waited)

    def result(self, future: Future) -> list[Judged]:
        """What a task came to; it may have been lost with its worker, and is then done anew."""
        return self._until(lambda: future.result(timeout=FETCH))

    def _until(self, act: Callable[[], _Found]) -> _Found:
        """What `act` comes to; it is tried again after a TimeoutError as long as there are workers, or may be."""
        gone, said = None, False
        while True:
            with suppress(TimeoutError):
                found = act()
                if said:
                    self.say(_BACK)
                return found
            if self.threads():
                if said:
                    self.say(_BACK)
                gone, said = None, False
                continue
            gone = gone or time.monotonic()
            waited = time.monotonic() - gone
            if self.wait is not None and waited >= self.wait:
                raise JuesuanError(
                    f"集群上没有工作进程，等了 {self.wait / 60:g} 分钟。请启动工作进程，再加 --resume 接着做。"
                )
            if waited >= SILENCE and not said:
                said = True
                self.say("集群上没有工作进程了，正在等；有了就接着做。不想等按 Ctrl+C，以后加 --resume 接着做。")


def judge_files(paths: list[str], order: Order, version: str) -> list[Judged]:
    """What a task does on a worker of the cluster. Raises JuesuanError on one of another version, that came late."""
    if version != __version__:
        raise JuesuanError(f"集群上后来的工作进程装的是 juesuan {__version__}，不是 {version}。{_SAME}")
    with Pool(order, 1, module=WORKER) as pool:
        return list(pool.judge(paths))


def _submitted(client: Client, files: list[str], order: Order) -> Future:
    return client.submit(judge_files, files, order, __version__, pure=False)


def _results(client: Client, workers: _Workers, future: Future, files: list[str], order: Order) -> Iterator[Judged]:
    """What a task came to. One whose workers were lost again and again is done file by file."""
    from distributed import KilledWorker

    try:
        yield from workers.result(future)
        return
    except KilledWorker:
        if len(files) == 1:
            reason = f"“{os.path.basename(files[0])}”没有核对完：集群上核对它的机器几次中断。请单独核对这一份。"
            yield fatal(files[0], reason)
            return
    for path in files:
        (alone,) = workers.done([_submitted(client, [path], order)])
        yield from _results(client, workers, alone, [path], order)


def _require_seen(judged: Judged) -> None:
    """Raise JuesuanError for a file that this machine can read and the one that was to judge it could not.

    It is no fault of the file; there may be thousands of them.
    """
    if judged.entry["sha256"] is None and not judged.died and os.path.isfile(judged.path) and digest(judged.path):
        raise JuesuanError(
            f"集群上有机器读不到“{judged.path}”，这台机器读得到。"
            "请在每台机器上把文件夹挂在同一个路径、给读的权限，再加 --resume 接着做。"
        )


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A client of the cluster, of which all workers have this version. Raises JuesuanError.

    Once the scheduler is lost, Dask may fail in any way, also in closing the client, which then changes nothing.
    """
    client = _client(address)
    try:
        _require_same_version(client)
        yield client
    except JuesuanError:
        raise
    except Exception as error:  # what is no loss, a bug of ours, is raised on; of a loss its kind is told
        if not isinstance(error, OSError | CancelledError) and client.status == "running":
            raise
        kind = type(error).__name__
        raise JuesuanError(f"与 Dask 集群 {address} 失去联系（{kind}）。请核对集群，再加 --resume 接着做。") from error
    finally:
        _close(client)


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise JuesuanError("没有安装 Dask，不能用 --scheduler。请运行 pip install 'juesuan[cluster]'。") from error
    for name in ("distributed", "distributed.client"):  # what they would say is said in our words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    client = None
    try:
        asyncio.run(_answers(address))
        client = Client(address, timeout=PATIENCE, set_as_default=False)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        if client:
            _close(client)
        raise JuesuanError(f"连不上 Dask 集群“{address}”，或那里没有工作进程。请核对地址。") from error
    return client


async def _answers(address: str) -> None:
    """Raise OSError unless a scheduler answers there; a client would wait for ever for one that stands still."""
    from distributed import rpc

    async with rpc(address, timeout=PATIENCE) as scheduler:
        await asyncio.wait_for(scheduler.identity(), PATIENCE)


def _close(client: Client) -> None:
    with suppress(Exception):
        client.close(CLOSING)


def _require_same_version(client: Client) -> None:
    """Raise JuesuanError unless scheduler and workers have this juesuan; who has none fails at the first task.

    The public `run` of the client would wait for ever for a scheduler that no longer answers.
    """
    found = client.sync(client._run, resolve_name, _VERSION, on_error="return", callback_timeout=PATIENCE)
    others = [name for name, version in found.items() if version != __version__ and not isinstance(version, OSError)]
    if others:  # an OSError is of a worker that was lost just now
        raise JuesuanError(f"集群上有 {len(others)} 个工作进程没有装 juesuan {__version__}，如 {min(others)}。{_SAME}")
    if _on_scheduler(client) != __version__:
        raise JuesuanError(f"集群的调度进程（dask scheduler）没有装 juesuan {__version__}。{_SAME}")


def _on_scheduler(client: Client) -> object:
    with suppress(ImportError, AttributeError):
        return client.sync(client._run_on_scheduler, resolve_name, _VERSION, callback_timeout=PATIENCE)
    return None
