"""Peak memory of a batch run by the number of books: it must not grow with them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from batch import measured
from batch.corpus import write_corpus

ROWS = 12
"""Code rows of a book: small ones without mistakes, for it is their number that matters here."""
MOST_GROWTH = 1.1
"""What the largest run may use, in terms of the one before it; processes of the same work differ by some percent."""


def by_books(sizes: Sequence[int]) -> int:
    peaks = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_corpus(folder / "books", size, rows=ROWS, mistakes=False)
            run = measured.batch(folder / "books", folder / "out", "--workers", "2")
            page = (folder / "out" / "index.html").stat().st_size / (1 << 20)
        peaks.append(run)
        print(
            f"{size:6} books: run {run.own:.1f} MiB, with its workers {run.together:.1f} MiB; "
            f"{run.seconds:.0f} s, {run.cpu:.0f} s CPU; page {page:.1f} MiB",
            flush=True,
        )
    grown = peaks[-1].own / peaks[-2].own if len(peaks) > 1 else 1.0
    print(f"the largest uses {grown:.2f} × the one before it (≤ {MOST_GROWTH})")
    return int(grown > MOST_GROWTH)
