"""The same judging on a Dask cluster: some dozens of files a task, results streamed back, lost tasks done again.

The files must lie at the same paths for every worker, and each must have the same version; where that is not so, the
run ends. On each machine files are judged by a pool of one, so that a bad file ends a process of the pool and not the
worker.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from itertools import islice
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

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
PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""


def judge_on_cluster(address: str, order: Order, paths: Iterable[str]) -> Iterator[Judged]:
    """The result of every path, in the order in which they come. Raises JuesuanError when there is no cluster."""
    client = _client(address)
    try:
        work, waiting = iter(paths), _as_completed(client)
        tasks: dict[Future, list[str]] = {}

        def submit() -> None:
            while len(tasks) < TASKS_A_THREAD * max(1, sum(client.nthreads().values())):
                if not (files := list(islice(work, FILES_A_TASK))):
                    return
                future = client.submit(judge_files, files, order, pure=False)
                tasks[future] = files
                waiting.add(future)

        submit()
        while tasks:
            future = next(waiting)
            files = tasks.pop(future)
            for judged in _results(client, future, files, order):
                _require_seen(judged)
                yield judged
            submit()
    except (OSError, CancelledError) as error:
        raise JuesuanError(f"与 Dask 集群 {address} 失去联系。请核对集群，再加 --resume 接着做。") from error
    finally:
        client.close()


def judge_files(paths: list[str], order: Order) -> list[Judged]:
    """What a task does on a worker of the cluster."""
    with Pool(order, 1, module=WORKER) as pool:
        return list(pool.judge(paths))


def _results(client: Client, future: Future, files: list[str], order: Order) -> Iterator[Judged]:
    """What a task came to. One whose workers were lost again and again is done file by file."""
    from distributed import KilledWorker

    try:
        yield from future.result()
        return
    except KilledWorker:
        if len(files) == 1:
            reason = f"“{os.path.basename(files[0])}”没有核对完：集群上核对它的机器几次中断。请单独核对这一份。"
            yield fatal(files[0], reason)
            return
    for path in files:
        yield from _results(client, client.submit(judge_files, [path], order, pure=False), [path], order)


def _require_seen(judged: Judged) -> None:
    """Raise JuesuanError for a file that this machine can read and the one that was to judge it could not.

    It is no fault of the file; there may be thousands of them.
    """
    if judged.entry["sha256"] is None and not judged.died and os.path.isfile(judged.path) and digest(judged.path):
        raise JuesuanError(
            f"集群上有机器读不到“{judged.path}”，这台机器读得到。"
            "请在每台机器上把文件夹挂在同一个路径、给读的权限，再加 --resume 接着做。"
        )


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise JuesuanError("没有安装 Dask，不能用 --scheduler。请运行 pip install 'juesuan[cluster]'。") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say is said in our words
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise JuesuanError(f"连不上 Dask 集群“{address}”，或那里没有工作进程。请核对地址。") from error
    try:
        _require_same_version(client)
    except JuesuanError:
        client.close()
        raise
    return client


def _require_same_version(client: Client) -> None:
    """Raise JuesuanError unless every worker has this juesuan; one that has none would go down with its task."""
    found = client.run(resolve_name, "juesuan:__version__", on_error="return")
    if others := [worker for worker, version in found.items() if version != __version__]:
        raise JuesuanError(
            f"集群上有 {len(others)} 个工作进程没有装 juesuan {__version__}，如 {min(others)}。"
            "请在每台机器上装同一版本再试。"
        )


def _as_completed(client: Client) -> Any:
    from distributed import as_completed

    return as_completed(loop=client.loop)
