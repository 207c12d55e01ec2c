"""Where a command writes what it has to say, and the exit code of what it found."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence


def write_text(text: str, output: str, inputs: Sequence[str]) -> None:
    """To the screen, or whole or not at all to a file that is none of the inputs."""
    if output == "-":
        sys.stdout.write(text)
    else:
        write_bytes(text.encode(), output, inputs)


def write_bytes(content: bytes, output: str, inputs: Sequence[str]) -> None:
    """The same for what is no text."""
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    from juesuan.written import refuse_inputs, save

    refuse_inputs(output, inputs)
    save(content, output)


def exit_code(verdicts: Collection[str]) -> int:
    """Of the verdicts of workbooks or texts; what could not be judged counts for more than errors."""
    return 2 if "unjudged" in verdicts else 1 if "fail" in verdicts else 0
