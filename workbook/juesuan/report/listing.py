"""The first of many lines below a heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def listed(heading: str, texts: Sequence[str], most: int) -> Iterator[str]:
    """The heading, at most so many texts below it, and how many there are where that is not all; nothing for none."""
    if texts:
        yield heading
        yield from (f"  {text}" for text in texts[:most])
    if len(texts) > most:
        yield f"  ……共 {len(texts)} 条"
