"""CPU a book: juesuan batch against the usual job with openpyxl, and two workers against one."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from batch import measured
from batch.corpus import DRAWN, has_mistakes, write_corpus
from records import Figure, times_less

LEAST_RATIO, LEAST_SPEEDUP = 12.0, 1.7
ROUNDS = 4
"""Pairs of runs; the books are dealt out to them."""
RUNS = 3


def against_openpyxl(count: int, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Every pair takes books that nobody took before; with mistakes and without are told apart, too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder / "all", count)
        _part(folder / "all", folder / "right", lambda number: not has_mistakes(number))
        for words, books, least in (
            ("三分之一有错", folder / "all", LEAST_RATIO),
            ("都没有错", folder / "right", None),
        ):
            theirs, ours = _paired(books, folder, rounds)
            name = f"批量核对，每份账，{words}"
            yield times_less(name, ours, theirs, "openpyxl 读出每一格、照同样的规则逐条比较", "毫秒 CPU", least)


def _part(whole: Path, part: Path, wanted: object) -> None:
    assert callable(wanted)
    for path in sorted(whole.rglob("*.xlsx")):
        if wanted(int(path.stem)):
            place = part / path.relative_to(whole)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(path)


def _paired(books: Path, folder: Path, rounds: int) -> tuple[float, float]:
    """CPU milliseconds a book, theirs and ours: medians of the pairs."""
    pairs = []
    for round_ in range(rounds):
        dealt = folder / f"{books.name}-{round_}"
        _part(books, dealt, lambda number, turn=round_: number // DRAWN % rounds == turn)
        paths = sorted(map(str, dealt.rglob("*.xlsx")))
        usual = measured.run([sys.executable, str(Path(__file__).with_name("usual.py")), *paths])
        ours = measured.batch(dealt, folder / f"out-{books.name}-{round_}", "--workers", "1", "--no-marks")
        pairs.append((1000 * usual.cpu / len(paths), 1000 * ours.cpu / len(paths)))
    theirs, own = zip(*pairs, strict=True)
    return statistics.median(theirs), statistics.median(own)


def two_workers(count: int, runs: int = RUNS) -> Iterator[Figure]:
    """The time of one worker by that of two, in turn."""
    times = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder / "books", count)
        for turn in range(runs):
            one, two = (
                measured.batch(folder / "books", folder / f"{turn}-{workers}", "--workers", workers)
                for workers in ("1", "2")
            )
            times.append((one.seconds, two.seconds))
    one_worker, two_workers = (statistics.median(column) for column in zip(*times, strict=True))
    yield times_less(f"批量核对 {count} 份，两个进程", two_workers, one_worker, "一个进程", "秒", LEAST_SPEEDUP)
