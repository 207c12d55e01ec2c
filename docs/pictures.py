"""Draw every picture of README and the handbook anew: all, or those whose ways are named.

printed: LibreOffice prints the samples. screens: Chromium shows the dashboard and a reply. clicks: the tests that
click the buttons under Xvfb take pictures of them. The picture of the terminal is made by generate.py.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "samples")]

from docs.palette import LARGEST, LARGEST_TOGETHER  # noqa: E402
from docs.printed import draw_printed  # noqa: E402
from docs.screens import draw_screens  # noqa: E402

PICTURES = ROOT / "docs" / "images"


def draw_clicks(pictures: Path) -> None:
    tests = ["tests/test_buttons_in_libreoffice.py", "tests/test_addin_command.py", "-k", "click or window"]
    environment = os.environ | {"JUESUAN_PICTURES": str(pictures), "JUESUAN_REQUIRE_TOOLS": "1"}
    subprocess.run([sys.executable, "-m", "pytest", *tests], cwd=ROOT, env=environment, check=True)


WAYS = {"printed": draw_printed, "screens": draw_screens, "clicks": draw_clicks}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ways", nargs="*", metavar="|".join(WAYS), help="all if none is named")
    for way in parser.parse_args().ways or WAYS:
        WAYS[way](PICTURES)
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    large = [name for name, size in sizes.items() if size > LARGEST]
    if large or sum(sizes.values()) > LARGEST_TOGETHER:
        raise SystemExit(f"图片太大：{'、'.join(large)}，一共 {sum(sizes.values())} 字节。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
