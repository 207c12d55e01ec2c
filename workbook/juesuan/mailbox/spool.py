"""Messages on the disk under their SHA-256: written once, whole or not at all, and on the disk when `put` returns."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress

from juesuan.written import written


class Gone(Exception):
    """A content is not there any more, or a virus scanner lets nobody read it."""


class Spool:
    """`tidy`: remove what a killed process has left half written; only the robot itself may."""

    def __init__(self, folder: str, *, tidy: bool = True) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.folder = folder
        for name in os.listdir(folder) if tidy else ():
            if name.startswith("."):
                os.unlink(os.path.join(folder, name))

    def put(self, content: bytes) -> str:
        """Keep `content`; the name under which `get` finds it."""
        name = hashlib.sha256(content).hexdigest()
        path = os.path.join(self.folder, name)
        if os.path.exists(path):
            return name
        with written(path) as half, open(half, "wb") as file:
            file.write(content)
        directory = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return name

    def get(self, name: str) -> bytes:
        """What was put; raises Gone, as virus scanners take files away."""
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                return file.read()
        except (FileNotFoundError, PermissionError) as error:
            raise Gone(name) from error

    def drop(self, name: str) -> None:
        """Forget a content; it is no mistake if it is gone already."""
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(self.folder, name))
