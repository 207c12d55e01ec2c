"""A folder that answers: workbooks put into it are judged, the marked copy and a text lie in 核对结果 soon after.

The look at the folder is the truth; every step is a rename, and every result is named by what it is about: a process
that is killed repeats what it was doing, and never does it double.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from juesuan.apart import FAULT, Apart, Fault
from juesuan.errors import JuesuanError, OutOfLimits, why
from juesuan.given import LARGEST
from juesuan.intake.judge import Order
from juesuan.mailbox.comparison import items_of
from juesuan.mailbox.instance import only_instance
from juesuan.mailbox.judging import LIMITS
from juesuan.mailbox.letters import plain
from juesuan.mailbox.logs import log
from juesuan.mailbox.told import Section, of_answer, refused, unfinished
from juesuan.mailbox.worker import MODULE
from juesuan.written import save

RESULTS, DONE, CLAIMED = "核对结果", "已核对", ".处理中"
LOOK_EVERY = 2.0
SETTLED, UNFINISHED = 2.0, 60.0
"""Seconds for which a file must stand still; and the same for one that looks as if it were still being copied."""
_PASSED_OVER = re.compile(r"^(?:~\$|~WRL|\.)|\.(?:tmp|part|partial|crdownload|download|lnk|ini|db)$", re.IGNORECASE)
_MARK = "--"
_LONGEST = 150
"""Bytes of a name and its folders; file systems allow 255 a name, and ours grow by a few characters."""


class Look(NamedTuple):
    """How a file stood when it was first seen so: its inode, size and time of change; and when that was."""

    file: tuple[int, int, int]
    since: float


class Drop:
    """One process has a folder at a time. Use it in a ``with``. Raises JuesuanError for a folder it cannot have.

    `refused`: of each file that could not be taken, why.
    """

    def __init__(
        self, folder: str, order: Order, settled: float = SETTLED, stopping: threading.Event | None = None
    ) -> None:
        self.stopping = stopping or threading.Event()
        self.folder = folder
        self.request = {"do": "judge", "order": order._asdict()}
        self.settled = settled
        self.refused: dict[str, str] = {}
        self._looks: dict[str, Look] = {}
        self._apart = Apart(MODULE, LIMITS)
        try:
            for name in (RESULTS, DONE, CLAIMED):
                os.makedirs(os.path.join(folder, name), exist_ok=True)
            self._lock = only_instance(os.path.join(folder, CLAIMED))
        except OSError as error:
            raise JuesuanError(f"用不了文件夹“{folder}”：{why(error)}。请核对路径和权限。") from error

    def step(self) -> list[str]:
        """Judge what has come and stands still, until `stopping`; the names of what was judged."""
        for path in list(self._new()):
            try:
                status = os.stat(path)
                inside = _shortened(os.path.relpath(path, self.folder).replace(os.sep, "／"))
                os.rename(path, self._in(CLAIMED, f"{status.st_ino:x}.{status.st_mtime_ns:x}{_MARK}{inside}"))
            except FileNotFoundError:
                continue
            except OSError as error:
                self._refuse(path, error)
            else:
                self._looks.pop(path, None)
                self.refused.pop(path, None)
        judged = []
        for name in sorted(name for name in os.listdir(self._in(CLAIMED)) if _MARK in name):
            if self.stopping.is_set():
                break
            self._judge(name)
            judged.append(name.partition(_MARK)[2])
        return judged

    def run(self, say: Callable[[str], None]) -> None:
        """Judge what comes until `stopping`. What keeps it from that is told once, and tried again at each look."""
        trouble = ""
        while not self.stopping.is_set():
            before, trouble = trouble, ""
            try:
                self.step()
            except JuesuanError as error:
                trouble = str(error)
            except OSError as error:
                trouble = f"用不了文件夹“{self.folder}”：{why(error)}。好了自己接着做。"
            if trouble not in ("", before):
                say(trouble)
            self.stopping.wait(LOOK_EVERY)

    def settle(self) -> None:
        """Wait until nothing that lies there is still changing, and judge all of it."""
        while not self.stopping.is_set() and (self.step() or self._looks.keys() - self.refused.keys()):
            self.stopping.wait(self.settled / 4)

    def __enter__(self) -> Drop:
        return self

    def __exit__(self, *_: object) -> None:
        self._apart.close()
        self._lock.close()

    def _judge(self, claimed: str) -> None:
        path = self._in(CLAIMED, claimed)
        tag, _, name = claimed.partition(_MARK)
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
        section, copy, suffix = self._answer(name, data)
        stem = os.path.splitext(name)[0]
        about = hashlib.sha256(f"{tag} {hashlib.sha256(data).hexdigest()}".encode()).hexdigest()[:8]
        if copy:
            save(copy, self._in(RESULTS, f"{stem}-核对-{about}{suffix}"))
        save(plain([section], ()).encode("utf-8-sig"), self._in(RESULTS, f"{stem}-核对-{about}.txt"))
        os.replace(path, self._in(DONE, f"{stem}-{about}{os.path.splitext(name)[1]}"))

    def _answer(self, name: str, data: bytes) -> tuple[Section, bytes, str]:
        if len(data) > LARGEST:
            return refused(name, f"“{name}”超过 {LARGEST >> 20} MB，不像决算公开工作簿，没有核对。"), b"", ""
        try:
            head, copy = self._apart.ask_twice({**self.request, "name": name}, data)
        except OutOfLimits as error:
            return unfinished(name, error), b"", ""
        except JuesuanError as error:  # such as further rules that its edition does not fit
            return refused(name, str(error)), b"", ""
        except Fault as fault:
            log("not_judged", file=name, trace=str(fault))
            return refused(name, f"“{name}”没有核对完：{FAULT}"), b"", ""
        return of_answer(name, head, items_of(head["book"]), None), copy, os.path.splitext(head["copy"] or "")[1]

    def _new(self) -> Iterator[str]:
        """The files that are whole: they have stood still for a while, and a zip has its end."""
        now, looks = time.monotonic(), {}
        ours = {self._in(name) for name in (RESULTS, DONE, CLAIMED)}
        for path in _files(self.folder, ours):
            if _PASSED_OVER.search(os.path.basename(path)):
                continue
            try:
                status = os.stat(path)
                if not stat.S_ISREG(status.st_mode):
                    self.refused[path] = f"“{path}”是管道或设备，不是工作簿，没有核对。请移走。"
                    continue
                look = Look((status.st_ino, status.st_size, status.st_mtime_ns), now)
                known = self._looks.get(path)
                looks[path] = look = known if known and known.file == look.file else look
                if now - look.since >= (self.settled if _is_whole(path, status.st_size) else UNFINISHED):
                    yield path
            except FileNotFoundError:
                looks.pop(path, None)
            except OSError as error:
                self._refuse(path, error)
        self._looks = looks

    def _refuse(self, path: str, error: OSError) -> None:
        self.refused[path] = f"拿不到“{path}”：{why(error)}，没有核对。请核对权限，或移到别处再放进来。"

    def _in(self, *names: str) -> str:
        return os.path.join(self.folder, *names)


def _shortened(name: str) -> str:
    """The end of a name that is too long, where the file itself is named."""
    kept = name
    while len(kept.encode("utf-8", "surrogateescape")) > _LONGEST:
        kept = kept[1:]
    return name if kept == name else f"…{kept}"


def _files(folder: str, outside: set[str] | None = None) -> list[str]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if os.path.join(place, name) not in (outside or ())]
        found += [path for name in names if not os.path.islink(path := os.path.join(place, name))]
    return sorted(found)


def _is_whole(path: str, size: int) -> bool:
    with open(path, "rb") as file:
        begin = file.read(4)
        file.seek(max(0, size - 65_557))
        return size > 0 and (begin != b"PK\x03\x04" or b"PK\x05\x06" in file.read())
