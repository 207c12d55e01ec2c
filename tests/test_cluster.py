"""A run on a Dask cluster: the same bytes as on one machine, also when a worker of the cluster is killed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from juesuan import cli
from juesuan.batch import cluster as clusters
from juesuan.batch.progress import Progress
from tools import require_module

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
CODES = ("APP001", "APP002", "BAS001", "EXP001", "EXP002", "GPB001", "REV001", "SUM001", "TPE001", "X013")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = require_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="CRITICAL"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    books = tmp_path_factory.mktemp("报送")
    for code in CODES:
        shutil.copy(SAMPLES / "broken" / f"{code}.xlsx", books)
    (books / "坏.xlsx").write_bytes(b"PK\x03\x04")
    return books


@pytest.fixture(scope="module")
def expected(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    place = tmp_path_factory.mktemp("一台")
    cli.main(["batch", str(folder), "-o", str(place)])
    return content(place)


def content(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def started(what: str, *options: str) -> subprocess.Popen[bytes]:
    """A scheduler or a worker of a cluster, as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard", *options],
        env=os.environ | {"PYTHONPATH": str(Path(clusters.__file__).parents[2])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "FILES_A_TASK", 3)


def test_a_cluster_comes_to_the_same_bytes(
    cluster: Any, folder: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", cluster.scheduler_address]) == 2
    assert content(tmp_path) == expected


def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    cluster: Any, folder: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    command = ["batch", str(folder), "-o", str(tmp_path), "--scheduler", cluster.scheduler_address]
    running = threading.Thread(target=cli.main, args=(command,))
    running.start()
    results = tmp_path / "results.jsonl"
    while running.is_alive() and not (results.exists() and b"\n" in results.read_bytes()):
        time.sleep(0.01)
    assert running.is_alive(), "已经做完了，没有来得及中断"
    os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)
    running.join()
    assert content(tmp_path) == expected


Processes = list[subprocess.Popen[bytes]]


@pytest.fixture
def one_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Processes]]:
    """The address of a scheduler, and it and its only worker as processes; those that are added end, too.

    A lost worker is soon missed.
    """
    require_module("distributed")
    for name, seconds in (("LOOK", 0.1), ("FETCH", 1.0), ("SILENCE", 0.5)):
        monkeypatch.setattr(clusters, name, seconds)
    known = tmp_path / "scheduler.json"
    running = [started("scheduler", "--port", "0", "--scheduler-file", str(known))]
    running.append(started("worker", "--no-nanny", "--scheduler-file", str(known)))
    try:
        while not known.exists() or not known.read_text():
            time.sleep(0.05)
        yield json.loads(known.read_text())["address"], running
    finally:
        for process in running:
            process.kill()
            process.wait()


def when_begun(place: Path, act: Callable[[], object]) -> None:
    """Act as soon as the first result is there."""
    results = place / "results.jsonl"

    def wait() -> None:
        while not (results.exists() and b"\n" in results.read_bytes()):
            time.sleep(0.01)
        act()

    threading.Thread(target=wait, daemon=True).start()


def test_a_lost_scheduler_is_one_sentence_and_the_rest_is_done_without_it(
    one_worker: tuple[str, Processes],
    folder: Path,
    expected: dict[str, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, (scheduler, _) = one_worker
    place = tmp_path / "出"
    when_begun(place, scheduler.kill)
    assert cli.main(["batch", str(folder), "-o", str(place), "--scheduler", address]) == 2
    assert re.search(r"失去联系（\w+）。请核对集群，再加 --resume", capsys.readouterr().err)
    assert cli.main(["batch", str(folder), "-o", str(place), "--resume"]) == 2
    assert content(place) == expected


def test_when_all_workers_are_lost_that_is_said_and_it_goes_on_with_the_next(
    monkeypatch: pytest.MonkeyPatch,
    one_worker: tuple[str, Processes],
    folder: Path,
    tmp_path: Path,
    expected: dict[str, bytes],
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, running = one_worker
    place = tmp_path / "出"
    said = Progress.say

    def say(progress: Progress, sentence: str) -> None:
        said(progress, sentence)
        if "没有工作进程了" in sentence:
            running.append(started("worker", "--no-nanny", address))

    monkeypatch.setattr(Progress, "say", say)
    when_begun(place, running[1].kill)
    assert cli.main(["batch", str(folder), "-o", str(place), "--scheduler", address]) == 2
    _, gone, back = capsys.readouterr().err.partition("集群上没有工作进程了，正在等")
    assert gone
    assert "集群上又有工作进程了，接着做。" in back
    assert content(place) == expected


def test_one_may_wait_for_workers_no_longer_than_asked(
    capsys: pytest.CaptureFixture[str],
    one_worker: tuple[str, Processes],
    folder: Path,
    expected: dict[str, bytes],
    tmp_path: Path,
) -> None:
    address, running = one_worker
    place = tmp_path / "出"
    when_begun(place, running[1].kill)
    command = ["batch", str(folder), "-o", str(place)]
    assert cli.main([*command, "--scheduler", address, "--wait", "0.01"]) == 2
    assert "等了 0.01 分钟。请启动工作进程，再加 --resume 接着做。" in capsys.readouterr().err
    assert cli.main([*command, "--resume"]) == 2
    assert content(place) == expected
    assert cli.main([*command, "--wait", "-1"]) == 2
    assert "--wait -1 不对" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.islink("/proc/self/cwd"), reason="本系统没有 /proc")
def test_a_machine_that_does_not_see_the_files_is_no_fault_of_theirs(
    cluster: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path that means another file in every process; a path below the current folder is not taken at all."""
    monkeypatch.chdir(folder)
    names = tmp_path / "清单.txt"
    command = ["batch", str(names), "-o", str(tmp_path / "出"), "--scheduler", cluster.scheduler_address]
    for path, said in (("/proc/self/cwd/EXP001.xlsx", "集群上有机器读不到"), ("EXP001.xlsx", "要写完整的路径")):
        names.write_text(path, encoding="utf-8")
        assert cli.main(command) == 2
        assert said in capsys.readouterr().err


def test_workers_of_another_version_are_told_before_anything_is_done(
    cluster: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clusters, "__version__", "9.9")
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", cluster.scheduler_address]) == 2
    assert "2 个工作进程没有装 juesuan 9.9" in capsys.readouterr().err


def test_a_scheduler_without_the_program_is_told_before_anything_is_done(
    cluster: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def without(*_: object) -> None:
        raise ModuleNotFoundError("juesuan")

    monkeypatch.setattr(require_module("distributed").Client, "_run_on_scheduler", without)
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", cluster.scheduler_address]) == 2
    assert "集群的调度进程（dask scheduler）没有装 juesuan" in capsys.readouterr().err


def test_a_worker_of_another_version_that_comes_late_ends_the_run(
    cluster: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clusters, "__version__", "9.9")
    monkeypatch.setattr(clusters, "_require_same_version", lambda client: None)
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", cluster.scheduler_address]) == 2
    assert "不是 9.9。请在每台机器上装同一版本，再加 --resume 接着做。" in capsys.readouterr().err


def test_a_client_that_does_not_close_changes_nothing(
    cluster: Any, folder: Path, expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = require_module("distributed").Client.close

    def fail(client: Any, timeout: float) -> None:
        close(client, timeout)
        raise TimeoutError

    monkeypatch.setattr(require_module("distributed").Client, "close", fail)
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", cluster.scheduler_address]) == 2
    assert content(tmp_path) == expected


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="本系统不能让进程停住")
def test_a_scheduler_that_no_longer_answers_is_one_sentence(
    one_worker: tuple[str, Processes],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It stands still from when it is found, or from the first result."""
    address, (scheduler, _) = one_worker
    client = require_module("distributed").Client
    found = client.wait_for_workers

    def halt(*of: Any, **how: Any) -> None:
        found(*of, **how)
        scheduler.send_signal(signal.SIGSTOP)

    monkeypatch.setattr(clusters, "PATIENCE", 3)
    monkeypatch.setattr(clusters, "CLOSING", 1)
    command = ["batch", str(folder), "-o", str(tmp_path / "出"), "--scheduler", address]
    with monkeypatch.context() as patch:
        patch.setattr(client, "wait_for_workers", halt)
        assert cli.main(command) == 2
    assert re.search(r"失去联系（\w+）。请核对集群", capsys.readouterr().err)
    scheduler.send_signal(signal.SIGCONT)
    when_begun(tmp_path / "出", lambda: scheduler.send_signal(signal.SIGSTOP))
    assert cli.main(command) == 2
    assert re.search(r"失去联系（\w+）。请核对集群", capsys.readouterr().err)


def test_a_worker_that_is_just_lost_is_not_said_to_be_of_another_version(
    cluster: Any, folder: Path, expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = require_module("distributed").Client
    run = client._run

    async def ran(*of: Any, **how: Any) -> dict[str, Any]:
        return {**await run(*of, **how), "tcp://10.0.0.9:1": OSError("gone")}

    monkeypatch.setattr(client, "_run", ran)
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", cluster.scheduler_address]) == 2
    assert content(tmp_path) == expected


def test_no_cluster_is_one_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody there, somebody who never answers, or no address at all."""
    require_module("distributed")
    monkeypatch.setattr(clusters, "PATIENCE", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for address in ("tcp://127.0.0.1:9", f"tcp://127.0.0.1:{silent.getsockname()[1]}", "没有://", "http://x"):
            assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", address]) == 2
            assert f"连不上 Dask 集群“{address}”" in capsys.readouterr().err


def test_without_dask_it_is_said_what_to_install(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.main(["batch", str(folder), "-o", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "juesuan[cluster]" in capsys.readouterr().err
