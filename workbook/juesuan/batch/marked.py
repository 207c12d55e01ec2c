"""The marked copies in the output folder: ours are renewed and taken away; what somebody has made of one stays."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from juesuan.errors import UnreadableBook
from juesuan.intake.books import Source
from juesuan.written import written

FOLDER = "marked"
_ENDS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What ends the run: the next copy could not be written, either."""


def name_of(source: Source, path: str) -> str:
    """Where the marked copy of a book lies in the output folder; of other formats an .xlsx of a name not taken."""
    name = source.name(path)
    if name.lower().endswith((".xlsx", ".xlsm")):
        return f"{FOLDER}/{name}"
    tail = ".xlsx"
    while os.path.lexists(path + tail):
        tail = f".标注{tail}"
    return f"{FOLDER}/{name}{tail}"


def put(path: str, content: bytes) -> bool:
    """Put a marked copy, or with no content take away an old one.

    False where that cannot be done, or is not, because what lies there is no marked copy as we left it. Raises OSError
    when the disk is full or fails.
    """
    try:
        if os.path.lexists(path) and not _is_ours(path):
            return False
        if content:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with written(path) as half, open(half, "wb") as file:
                file.write(content)
        elif os.path.lexists(path):
            os.unlink(path)
    except RecursionError:  # folders a thousand deep
        return False
    except OSError as error:
        if error.errno in _ENDS:
            raise
        return False
    return True


def sweep(output: str, is_known: Callable[[str], bool]) -> None:
    """Take away the marked copies of books that are no more; `is_known` is asked about names in the output folder."""
    for folder, _, names in os.walk(os.path.join(output, FOLDER)):
        for name in names:
            path = os.path.join(folder, name)
            if not is_known(os.path.relpath(path, output).replace(os.sep, "/")):
                put(path, b"")


def _is_ours(path: str) -> bool:
    """Whether a marked copy lies there in which nobody has worked. Raises OSError."""
    from juesuan.marking.marks_part import recorded_marks
    from juesuan.ooxml.package import Package

    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        content = file.read()
    try:
        package = Package(content, path)
        record = recorded_marks(package) if package.has("xl/workbook.xml") else None
        return record is not None and record.untouched(package)
    except UnreadableBook:
        return False
