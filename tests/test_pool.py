"""The pool: files that hang, abort, eat memory or kill their worker are reported, and the others are judged."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile.kind import SAMPLE
from juesuan.apart import Apart, Fault, Limits
from juesuan.edition import DEFAULT_EDITION
from juesuan.errors import JuesuanError, OutOfLimits
from juesuan.intake import pool as pools
from juesuan.intake.judge import Order
from juesuan.intake.pool import Pool

CLEAN = SAMPLE.parent / "焦作2024.xlsx"

BEHAVIOUR = """
import os, sys, time
from juesuan.apart import serve
from juesuan.errors import JuesuanError

def answer(request, data):
    match request["path"]:
        case "sleep": time.sleep(60)
        case "spin":
            while True: pass
        case "abort": os.abort()
        case "exit": os._exit(3)
        case "memory": bytearray(1 << 31)
        case "grow":
            kept = []
            while True: kept.append("x" * 1_000_000 + str(len(kept)))
        case "fail": raise ValueError("甲")
        case "die once" | "always die" | "late" as what:
            with open(request["order"]["rules"], "a") as file: file.write("x")
            if what == "late": time.sleep(60)
            if what == "always die" or os.path.getsize(request["order"]["rules"]) == 1: os._exit(3)
        case "refuse": raise JuesuanError("不行。")
        case "print": print("noise"); sys.stdout.flush(); os.write(1, b"noise")
        case "write": open(request["file"], "wb").write(bytes(2_000_000))
    return {"verdict": "pass", "process": os.getpid(), "path": request["path"]}, data[::-1]

serve(answer)
"""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="本系统没有内存和 CPU 的限额")


@pytest.fixture
def behaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "behaviour.py").write_text(BEHAVIOUR, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "behaviour"


@pytest.fixture
def apart(behaving: str) -> Iterator[Apart]:
    process = Apart(behaving, Limits(seconds=3, memory=1 << 28, file=1 << 20))
    yield process
    process.close()


@linux
@pytest.mark.parametrize(
    ("what", "limit"),
    [
        ("sleep", "time"),
        ("spin", "time"),
        ("abort", "memory"),
        ("exit", "death"),
        ("memory", "memory"),
        ("grow", "memory"),
    ],
)
def test_what_goes_wrong_in_a_process_is_told_and_the_next_request_is_answered(
    apart: Apart, what: str, limit: str
) -> None:
    start = time.perf_counter()
    with pytest.raises(OutOfLimits) as caught:
        apart.ask({"path": what})
    assert caught.value.why == OutOfLimits(limit).why
    assert time.perf_counter() - start < 10
    assert apart.ask({"path": "fine"}, b"abc")[1] == b"cba"


def test_a_process_answers_many_requests_and_its_noise_is_no_answer(apart: Apart) -> None:
    first = apart.ask({"path": "print"})[0]["process"]
    with pytest.raises(JuesuanError, match="不行"):
        apart.ask({"path": "refuse"})
    head, data = apart.ask({"path": "\udc80"}, bytes(5_000_000))
    assert (head["process"], head["path"], len(data)) == (first, "\udc80", 5_000_000)
    assert apart.answered == 3


def test_a_bug_of_ours_is_told_apart_from_what_a_file_does(apart: Apart) -> None:
    with pytest.raises(Fault, match=r"Traceback(.|\n)*ValueError: 甲"):
        apart.ask({"path": "fail"})
    assert apart.ask({"path": "fine"}, b"abc")[1] == b"cba"


def test_a_bug_is_logged_and_does_not_keep_the_other_files_waiting(
    behaving: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Pool(Order("x"), 1, Limits(), behaving) as pool:
        results = {result.path: result.entry for result in pool.judge(["fine", "fail", "fine"])}
    assert results["fail"]["verdict"] == "unjudged"
    assert results["fail"]["reason"] == "“fail”没有核对完：程序出错了，不是文件的问题。请把文件发给维护人员。"
    assert "ValueError: 甲" in caplog.text


@linux
def test_a_process_cannot_write_a_file_beyond_its_limit(apart: Apart, tmp_path: Path) -> None:
    with pytest.raises(OutOfLimits, match="文件超过限度"):
        apart.ask({"path": "write", "file": str(tmp_path / "x")})
    assert (tmp_path / "x").stat().st_size <= 1 << 20


def test_every_file_has_its_result_and_the_killers_are_named(behaving: str) -> None:
    paths = [*("fine" for _ in range(10)), "sleep", *("fine" for _ in range(10)), "abort", "fine"]
    with Pool(Order("x"), 2, Limits(seconds=3), behaving) as pool:
        results = list(pool.judge(paths))
    assert sorted(result.path for result in results) == sorted(paths)
    assert sorted(result.path for result in results if result.died) == ["abort", "sleep"]
    assert {result.entry["verdict"] for result in results if result.died} == {"unjudged"}
    assert all("没有核对完" in result.entry["reason"] for result in results if result.died)


def test_workers_are_replaced_after_some_files(behaving: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "FILES_A_WORKER", 3)
    with Pool(Order("x"), 1, Limits(), behaving) as pool:
        seen = [result.entry["process"] for result in pool.judge(["fine"] * 7)]
    assert [seen.count(process) for process in dict.fromkeys(seen)] == [3, 3, 1]


def test_a_broken_order_is_raised_and_an_iteration_left_early_ends(behaving: str) -> None:
    with Pool(Order("没有这个版式")) as pool, pytest.raises(JuesuanError, match="没有版式"):
        list(pool.judge([str(CLEAN)]))
    start = time.perf_counter()
    with Pool(Order("x"), 2, Limits(), behaving) as pool:
        assert next(pool.judge(["fine", *["sleep"] * 9])).entry["verdict"] == "pass"
    assert time.perf_counter() - start < 10
    with Pool(Order("x"), 2, Limits(), behaving) as pool:
        assert next(pool.judge(iter(lambda: "fine", None))).entry["verdict"] == "pass"


def test_the_real_workers_judge_as_the_command_does(tmp_path: Path) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    with Pool(Order(DEFAULT_EDITION)) as pool:
        results = {result.path: result.entry for result in pool.judge(map(str, (CLEAN, SAMPLE, broken)))}
    assert [results[str(path)]["verdict"] for path in (CLEAN, SAMPLE, broken)] == ["warn", "fail", "unjudged"]
    assert len(results[str(SAMPLE)]["culprits"]) == 3


def test_a_file_whose_worker_died_is_tried_once_more(behaving: str, tmp_path: Path) -> None:
    """It may have been another's fault; a file that takes too long is not tried again."""
    times = tmp_path / "times"
    for what, tried in (("die once", 2), ("always die", 2), ("late", 1)):
        times.write_text("", encoding="utf-8")
        with Pool(Order("x", str(times)), 1, Limits(seconds=1), behaving) as pool:
            (result,) = pool.judge([what])
        assert len(times.read_text(encoding="utf-8")) == tried
        assert result.died == (what != "die once")
