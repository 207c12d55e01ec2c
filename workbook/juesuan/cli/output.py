"""Where a command writes what it has to say, and the exit code of what it found."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence

from juesuan.errors import JuesuanError


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
    refuse_inputs(output, inputs)
    from juesuan.excel.archive import save

    save(content, output)


def refuse_inputs(output: str, inputs: Sequence[str]) -> None:
    """Raise JuesuanError where what is to be written is one of the files that were read."""
    if any(os.path.exists(path) and os.path.realpath(path) == os.path.realpath(output) for path in inputs):
        raise JuesuanError(f"输出文件“{output}”就是被核对的工作簿，未写。请换一个文件名。")


def exit_code(verdicts: Collection[str]) -> int:
    """Of the verdicts of workbooks or texts; what could not be judged counts for more than errors."""
    return 2 if "unjudged" in verdicts else 1 if "fail" in verdicts else 0
