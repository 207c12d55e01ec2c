"""``python -m juesuan.buttons ACTION --book=FULL NAME --hwnd=WINDOW``: what a button in Excel or WPS starts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from juesuan.buttons.actions import ACTIONS
from juesuan.buttons.attach import find_book, windows_sources
from juesuan.buttons.log import LOG, start_log
from juesuan.buttons.press import TITLE, press
from juesuan.errors import JuesuanError


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """`book` is given with * for %, which the Windows shell would replace, and which is in no file name."""
    parser = argparse.ArgumentParser(prog="juesuan.buttons", allow_abbrev=False)
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--book", required=True, type=lambda text: text.replace("*", "%"))
    parser.add_argument("--hwnd", type=int)
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> None:
    """Whatever happens is said; of a program that ends otherwise than in order, the macro says it."""
    start_log()
    given = arguments(argv)
    try:
        book = find_book(given.book, windows_sources(given.hwnd))
    except JuesuanError as error:
        LOG.error("%s", error)
        _say(str(error))
    else:
        press(given.action, book)


def _say(text: str) -> None:
    """A message box where no program could be reached to show one."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, TITLE, 0x30)
    else:
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
