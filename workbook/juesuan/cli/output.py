"""Where a command writes what it has to say, and the exit code of what it found."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

_READ = ("book", "books", "document", "last_year", "explanations", "rules", "edition", "config", "expect")
"""What arguments are called that name files to be read."""


def write(content: str | bytes, output: str, options: argparse.Namespace) -> None:
    """To the screen, or whole or not at all to a file that is none of those the command reads."""
    if output != "-":
        from juesuan.written import save

        spare_inputs(output, options)
        save(content.encode(errors="replace") if isinstance(content, str) else content, output)
    elif isinstance(content, str):
        sys.stdout.write(content)
    else:
        sys.stdout.buffer.write(content)


def reader_left() -> bool:
    """Whether standard output is a pipe that nobody reads any more; where that cannot be asked, a broken pipe is it."""
    import select

    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return bool(poll.poll(0))


def spare_inputs(output: str, options: argparse.Namespace) -> None:
    """Raise JuesuanError where `output` is a file that the command reads."""
    from juesuan.written import refuse_inputs

    named = (getattr(options, name, None) or [] for name in _READ)
    refuse_inputs(output, [path for one in named for path in ([one] if isinstance(one, str) else one)])


def exit_code(verdicts: Collection[str]) -> int:
    """Of the verdicts of workbooks or texts; what could not be judged counts for more than errors."""
    return 2 if "unjudged" in verdicts else 1 if "fail" in verdicts else 0
