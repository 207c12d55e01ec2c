"""Pictures of what a clerk sees, for the docs: kept where JUESUAN_PICTURES says, else in the test's own folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tools import require

WIDTH, COLOURS = "1200x>", "64"


def take_picture(name: str, folder: Path, display: str, window: int | None = None) -> None:
    """The whole screen of `display`, or one window of it."""
    place = Path(os.environ.get("JUESUAN_PICTURES") or folder) / name
    seen = ["-window", "root" if window is None else str(window)]
    command = [require("import"), *seen, "-resize", WIDTH, "+dither", "-colors", COLOURS, "-strip", f"PNG8:{place}"]
    subprocess.run(command, check=True, env=os.environ | {"DISPLAY": display})
