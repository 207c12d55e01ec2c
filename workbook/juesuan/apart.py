"""Work done apart, in a process of its own with limits: what hangs, aborts or eats memory there is a sentence here.

Requests and answers are plain data, never pickles: a JSON object and bytes, each behind its length.
"""

from __future__ import annotations

import errno
import gc
import json
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any, NamedTuple

import juesuan
from juesuan.errors import JuesuanError, OutOfLimits, UnreadableBook

Message = tuple[dict[str, Any], bytes]
LONGEST_MESSAGE = 256 << 20
OBJECTS_BETWEEN_COLLECTIONS = 200_000
"""A request leaves hardly a cycle behind: to look for garbage more often costs more than it frees."""
FAULT = "程序出错了，不是文件的问题。请把文件发给维护人员。"


class Limits(NamedTuple):
    """What one request may use: seconds of time and of CPU; bytes of memory (address space) and of any file.

    Where the system has no such limits (Windows; macOS for memory) the time still holds.
    """

    seconds: int = 20
    memory: int = 1 << 30
    file: int = 64 << 20


USUAL = Limits()


class Fault(RuntimeError):
    """Our own code failed in the process: a bug, which says nothing of the file. The message is the traceback."""


class Apart:
    """A process that runs `module`, which calls `serve`; the first request starts it, and the first after a death."""

    def __init__(self, module: str, limits: Limits = USUAL) -> None:
        self.module = module
        self.limits = limits
        self.answered = 0
        self.stopped = False
        self._process: subprocess.Popen[bytes] | None = None

    def ask_twice(self, request: Mapping[str, Any], data: bytes = b"") -> Message:
        """As `ask`, once more after a death; who takes too long or is stopped is not asked again."""
        try:
            return self.ask(request, data)
        except OutOfLimits as error:
            if error.limit == "time" or self.stopped:
                raise
        return self.ask(request, data)

    def ask(self, request: Mapping[str, Any], data: bytes = b"") -> Message:
        """The answer.

        Raises JuesuanError for what the process refused, OutOfLimits when it came to no answer, Fault for our bugs.
        """
        process = self._process or self._started()
        assert process.stdin
        assert process.stdout
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self.limits.seconds, end)
        timer.start()
        try:
            with suppress(OSError):
                _send(process.stdin, (request, data))
            answer = _received(process.stdout)
        except (EOFError, ValueError, MemoryError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            raise self._death(late.is_set())
        self.answered += 1
        head, content = answer
        if "stopped" in head:
            self.close()
            raise OutOfLimits(head["stopped"])
        if "fault" in head:
            self.close()
            raise Fault(head["fault"])
        if "refused" in head:
            raise JuesuanError(head["refused"])
        return head, content

    def stop(self) -> None:
        """Break off what another thread waits for, which then comes to no answer."""
        self.stopped = True
        if self._process:
            self._process.kill()

    def close(self) -> None:
        process, self._process, self.answered = self._process, None, 0
        if process:
            process.kill()
            process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        self.stopped = False
        source = os.path.dirname(os.path.dirname(os.path.abspath(juesuan.__file__)))
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONUTF8": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", self.module, *map(str, self.limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return self._process

    def _death(self, late: bool) -> OutOfLimits:
        process = self._process
        self.close()
        code = process.returncode if process else 0
        if late or -code == _signal("SIGXCPU"):
            return OutOfLimits("time")
        return OutOfLimits("memory" if -code in (_signal("SIGABRT"), _signal("SIGKILL")) else "death")


def ask_once(module: str, request: Mapping[str, Any], data: bytes, limits: Limits = USUAL) -> Message:
    """The answer of a process that is there for this request about the file it calls ``name``.

    Raises UnreadableBook for what it refuses, and where it comes to no answer.
    """
    process = Apart(module, limits)
    try:
        return process.ask(request, data)
    except OutOfLimits as error:
        raise UnreadableBook(error.about(request["name"])) from error
    except JuesuanError as error:
        raise UnreadableBook(str(error)) from error
    finally:
        process.close()


def serve(answer: Callable[[dict[str, Any], bytes], Message]) -> None:
    """Answer requests until there are no more, within the limits that stand on the command line."""
    import signal

    # Who stops a service signals all its processes; a request that has begun is for the parent to break off.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    limits = Limits(*map(int, sys.argv[1:4]))
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _restrict(limits)
    while True:
        try:
            request, data = _received(incoming)
        except EOFError:
            return
        _allow_time(limits.seconds)
        try:
            message = answer(request, data)
        except JuesuanError as error:
            message = {"refused": str(error)}, b""
        except MemoryError:
            message = {"stopped": "memory"}, b""
        except Exception as error:  # a bug goes back with its traceback, and `ask` raises it there as a Fault
            too_large = isinstance(error, OSError) and error.errno == errno.EFBIG
            message = {"stopped": "file"} if too_large else {"fault": traceback.format_exc()}, b""
        _send(outgoing, message)


def _restrict(limits: Limits) -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in (("RLIMIT_AS", limits.memory), ("RLIMIT_FSIZE", limits.file), ("RLIMIT_CORE", 0)):
        with suppress(OSError, ValueError, AttributeError):
            resource.setrlimit(getattr(resource, kind), (most, most))


def _allow_time(seconds: int) -> None:
    """Let the process use `seconds` of CPU from now on."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds + 1
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _send(stream: IO[bytes], message: tuple[Mapping[str, Any], bytes]) -> None:
    head = json.dumps(message[0], ensure_ascii=False).encode("utf-8", "surrogatepass")
    for content in (head, message[1]):
        stream.write(len(content).to_bytes(8, "big"))
        stream.write(content)
    stream.flush()


def _received(stream: IO[bytes]) -> Message:
    """Raises EOFError at the end, ValueError for what is no message."""
    head, data = _content(stream), _content(stream)
    return json.loads(head.decode("utf-8", "surrogatepass")), data


def _content(stream: IO[bytes]) -> bytes:
    length = int.from_bytes(_exactly(stream, 8), "big")
    if length > LONGEST_MESSAGE:
        raise ValueError(length)
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content


def _signal(name: str) -> int | None:
    import signal

    return getattr(signal, name, None)
