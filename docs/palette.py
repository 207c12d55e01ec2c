"""Pictures of few colours: a handbook should not be slow to open."""

from __future__ import annotations

import subprocess
from pathlib import Path

LARGEST, LARGEST_TOGETHER = 150_000, 1_000_000
"""Bytes."""
COLOURS = ("+dither", "-colors", "64", "-strip")
"""How ImageMagick makes a picture of a table or a window small."""


def reduce(picture: Path) -> None:
    subprocess.run(["convert", str(picture), *COLOURS, f"PNG8:{picture}"], check=True, timeout=120)
