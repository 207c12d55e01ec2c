"""CPU a book: juesuan batch against the usual job with openpyxl, and two workers against one."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from batch import measured
from batch.corpus import DRAWN, has_mistakes, write_corpus

LEAST_RATIO, LEAST_SPEEDUP = 12.0, 1.7
ROUNDS = 4
"""Pairs of runs; the books are dealt out to them."""
RUNS = 3


def against_openpyxl(count: int) -> int:
    """Every pair takes books that nobody took before; with mistakes and without are told apart, too."""
    ratios = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder / "all", count)
        _part(folder / "all", folder / "right", lambda number: not has_mistakes(number))
        for words, books in (("all books", folder / "all"), ("books without mistakes", folder / "right")):
            ratios[words] = _paired(words, books, folder)
    for words, ratio in ratios.items():
        print(f"{words}: {ratio:.1f} × less CPU than openpyxl (≥ {LEAST_RATIO:g})")
    return int(ratios["all books"] < LEAST_RATIO)


def _part(whole: Path, part: Path, wanted: object) -> None:
    assert callable(wanted)
    for path in sorted(whole.rglob("*.xlsx")):
        if wanted(int(path.stem)):
            place = part / path.relative_to(whole)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(path)


def _paired(words: str, books: Path, folder: Path) -> float:
    ratios = []
    for round_ in range(ROUNDS):
        dealt = folder / f"{books.name}-{round_}"
        _part(books, dealt, lambda number, turn=round_: number // DRAWN % ROUNDS == turn)
        paths = sorted(map(str, dealt.rglob("*.xlsx")))
        usual = measured.run([sys.executable, str(Path(__file__).with_name("usual.py")), *paths])
        ours = measured.batch(dealt, folder / f"out-{books.name}-{round_}", "--workers", "1", "--no-marks")
        ratios.append(usual.cpu / ours.cpu)
        each = f"{1000 * usual.cpu / len(paths):.1f} ms, batch {1000 * ours.cpu / len(paths):.1f} ms"
        print(f"{words}, {len(paths)}: openpyxl {each} a book")
    return statistics.median(ratios)


def two_workers(count: int) -> int:
    """The time of one worker by that of two, in turn."""
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder / "books", count)
        for turn in range(RUNS):
            one, two = (
                measured.batch(folder / "books", folder / f"{turn}-{workers}", "--workers", workers)
                for workers in ("1", "2")
            )
            ratios.append(one.seconds / two.seconds)
            print(f"{count} books: one worker {one.seconds:.1f} s, two {two.seconds:.1f} s: {ratios[-1]:.2f} ×")
    speedup = statistics.median(ratios)
    print(f"two workers: {speedup:.2f} × (≥ {LEAST_SPEEDUP})")
    return int(speedup < LEAST_SPEEDUP)
