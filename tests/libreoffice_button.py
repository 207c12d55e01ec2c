"""What a button's macro starts in tests: the product's own button code, on the workbook open in LibreOffice.

Takes the command line of ``python -P -m juesuan.buttons`` and stands where Python stands in it. The message box is
written to the file that JUESUAN_TEST_SAID names.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "workbook"), str(ROOT / "tests")]

from juesuan.buttons.__main__ import arguments  # noqa: E402
from juesuan.buttons.attach import find_book  # noqa: E402
from juesuan.buttons.press import press  # noqa: E402
from libreoffice_book import UnoBook, desktop, document  # noqa: E402
from open_book import opened  # noqa: E402


def main(argv: list[str]) -> None:
    assert argv[:3] == ["-P", "-m", "juesuan.buttons"], argv
    given = arguments(argv[3:])
    backend = UnoBook(document(desktop(os.environ["JUESUAN_TEST_PIPE"]), given.book))
    book, app = opened(backend, "libreoffice")
    press(given.action, find_book(given.book, [lambda: [book.app]]))
    Path(os.environ["JUESUAN_TEST_SAID"]).write_text(app.said[-1][0], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
