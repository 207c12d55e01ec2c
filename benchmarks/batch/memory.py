"""Peak memory of a batch run by the number of books: it must not grow with them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from batch import measured
from batch.corpus import write_corpus
from records import Figure, times_as_much

ROWS = 12
"""Code rows of a book: small ones without mistakes, for it is their number that matters here."""
MOST_GROWTH, FROM = 1.1, 1_000
"""What ten times the books may use, in terms of the run before it, from so many books on; the first hundreds fill what
Python keeps for itself, and processes of the same work differ by some percent."""


def by_books(sizes: Sequence[int]) -> Iterator[Figure]:
    before = 0.0, 0
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_corpus(folder / "books", size, rows=ROWS, mistakes=False)
            run = measured.batch(folder / "books", folder / "out", "--workers", "2")
        figure = Figure(f"内存峰值：批量核对 {size:,} 份，主进程", float(f"{run.own:.3g}"), "MiB")
        peak, books = before
        if books >= FROM:
            figure = times_as_much(figure.name, run.own, peak, f"{books:,} 份", "MiB", MOST_GROWTH)
        yield figure
        yield Figure(f"内存峰值：连同两个工作进程各自独占的，{size:,} 份", float(f"{run.together:.3g}"), "MiB")
        before = run.own, size
