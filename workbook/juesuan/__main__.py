"""``python -m juesuan`` and the command ``juesuan``."""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

OBJECTS_BETWEEN_COLLECTIONS = 200_000


def run() -> NoReturn:
    """Run one command and end the process at once.

    A check makes many objects and hardly a cycle: looking for garbage while it runs, and taking everything
    apart afterwards, would cost a sixth of its time.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    from juesuan.cli import main

    try:
        code = main()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # `main` has told of it
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
