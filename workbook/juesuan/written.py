"""Write a file whole or not at all, beside its place first, and never over what was given."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress

from juesuan.errors import JuesuanError, why

_HALF = re.compile(r"(\d+)\.[0-9a-f]{8}\.part")
"""What follows the stem of a file's name while it is written: who writes it, and by chance."""


def save(data: bytes, path: str) -> None:
    """Write the file whole or not at all. Raises JuesuanError, and leaves what was there, when it cannot be written."""
    is_device = os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
    try:
        with nullcontext(path) if is_device else written(path) as place, open(place, "wb") as file:
            file.write(data)
    except OSError as error:
        raise JuesuanError(
            f"写不了“{path}”：{why(error)}，没有写出任何内容。请核对文件夹、权限和磁盘空间后再试。"
        ) from error


def save_all(files: Mapping[str, bytes], folder: str) -> None:
    """Write all files into the folder, or none. Raises JuesuanError when one cannot be written."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise JuesuanError(f"建不了文件夹“{folder}”：{why(error)}。请核对路径和权限，或换一个文件夹。") from error
    paths = [os.path.join(folder, name) for name in files]
    try:
        for path, data in zip(paths, files.values(), strict=True):
            save(data, path)
    except BaseException:
        for path in paths:
            with suppress(OSError):
                os.unlink(path)
        raise


@contextmanager
def written(path: str) -> Iterator[str]:
    """The name of a file to be written, which then takes its place at `path`; if that fails, what was there stays.

    Where `path` is a link, the file it leads to is written. Raises OSError.
    """
    place = os.path.realpath(path)
    if os.path.exists(place) and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, "")
    folder, name = os.path.split(place)
    stem = f".{name[:60]}."
    half = os.path.join(folder, f"{stem}{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        yield half
        with open(half, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(half, place)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(half)
        raise
    with suppress(OSError):
        _sweep(folder, stem)


def refuse_inputs(output: str, inputs: Sequence[str]) -> None:
    """Raise JuesuanError where what is to be written is one of the files that were given."""
    for path in inputs:
        if os.path.realpath(path) == os.path.realpath(output) or (
            os.path.exists(path) and os.path.exists(output) and os.path.samefile(path, output)
        ):
            raise JuesuanError(f"输出文件“{output}”就是原来的文件，未写。请换一个文件名。")


def _sweep(folder: str, stem: str) -> None:
    """Remove what processes that were killed have left of this file; one that still runs keeps its own."""
    for name in os.listdir(folder):
        half = _HALF.fullmatch(name, len(stem)) if name.startswith(stem) else None
        if half and not _runs(int(half[1])):
            os.unlink(os.path.join(folder, name))


def _runs(process: int) -> bool:
    """Whether a process runs; where that cannot be asked harmlessly, all do."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
