"""Which workbooks a run is about: those below a folder, or those that a list names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juesuan.errors import JuesuanError, why
from juesuan.given import text_of

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods")
_LOCK = "~$"
"""What Excel puts before the name of a workbook that is open."""
RESULTS = "results.jsonl"
"""What tells a folder of results; nothing in it was submitted."""
_LATEST = (1 << 63) - 1
"""The last moment that is told apart, in the year 2262."""


class Found(NamedTuple):
    """A file as it lay there: `size` in bytes, `modified` in nanoseconds; both 0 where it cannot be looked at."""

    path: str
    size: int
    modified: int


class Source(NamedTuple):
    """Where the workbooks come from; `root` is the folder that their names are relative to."""

    root: str
    listed: tuple[str, ...] | None = None

    def books(self, outside: str) -> Iterator[Found]:
        """Every workbook, in the order of the folders; those in folders of results, and below `outside`, are left out.

        Raises JuesuanError where the root itself cannot be opened.
        """
        if self.listed is None:
            try:
                inside = _inside(self.root)
            except OSError as error:
                raise JuesuanError(f"打不开文件夹“{self.root}”：{why(error)}。请核对路径和权限。") from error
            yield from _below(inside, os.path.realpath(outside))
        else:
            yield from map(found_at, self.listed)

    def require_elsewhere(self, output: str) -> None:
        """Raise JuesuanError if results would be written among the workbooks and be taken for some themselves."""
        if self.listed is None and os.path.realpath(self.root) == os.path.realpath(output):
            raise JuesuanError(f"结果不能写进要核对的文件夹“{output}”本身。请另写一个输出文件夹，可以在它里面。")

    def require_whole_paths(self) -> None:
        """Raise JuesuanError for a path that other machines would look for in folders of their own."""
        for path in (self.root,) if self.listed is None else self.listed:
            if not os.path.isabs(path):
                whole = os.path.abspath(path)
                raise JuesuanError(f"交给集群时要写完整的路径，“{path}”在别的机器上不知是哪里。请写成“{whole}”。")

    def name(self, path: str) -> str:
        """The path below the root, with slashes."""
        return os.path.relpath(path, self.root).replace(os.sep, "/")


def source_of(given: str) -> Source:
    """The folder `given`, or the list of paths in the file `given`, one a line. Raises JuesuanError.

    Windows copies paths in quotation marks; one that is listed twice, however spelled, is one.
    """
    if os.path.isdir(given):
        return Source(given)
    if given.lower().endswith(SUFFIXES) and os.path.isfile(given):
        raise JuesuanError(
            f"“{given}”是一份工作簿。请给出放工作簿的文件夹，或一行一个路径的清单；只核对一份用 juesuan check。"
        )
    listed: dict[str, str] = {}
    for line in text_of(given, "清单").split("\n"):
        if path := line.strip().strip('"'):
            listed.setdefault(os.path.abspath(path), path)
    return these(tuple(listed.values()))


def these(paths: Sequence[str]) -> Source:
    """Just these workbooks; they are named from the folder that all share."""
    folders = [os.path.dirname(os.path.abspath(path)) for path in paths]
    return Source(os.path.commonpath(folders) if folders else os.curdir, tuple(paths))


def _below(entries: list[os.DirEntry[str]], outside: str) -> Iterator[Found]:
    """A folder that cannot be opened, a pipe, a link that leads nowhere are found, too: who judges them says why."""
    waiting = entries[::-1]
    while waiting:
        entry = waiting.pop()
        if entry.is_dir(follow_symlinks=False):
            try:
                inside = _inside(entry.path)
            except OSError:
                yield found_at(entry.path)
            else:
                if not _is_output(inside) and os.path.realpath(entry.path) != outside:
                    waiting += reversed(inside)
        elif entry.name.lower().endswith(SUFFIXES) and not entry.name.startswith(_LOCK):
            yield found_at(entry.path)


def _is_output(inside: list[os.DirEntry[str]]) -> bool:
    return any(entry.name == RESULTS for entry in inside)


def _inside(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def found_at(path: str) -> Found:
    """The file as it lies at a path now."""
    try:
        status = os.stat(path)
    except OSError:
        return Found(path, 0, 0)
    return Found(path, status.st_size, min(status.st_mtime_ns, _LATEST))
