"""One process to a folder."""

from __future__ import annotations

import os
from typing import IO

from juesuan.errors import JuesuanError


def only_instance(folder: str) -> IO[str]:
    """Hold the folder; the system lets go of it when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:
        raise JuesuanError("收发邮件、盯着文件夹要在 Linux 或 macOS 上运行；本系统没有可靠的文件锁。") from None
    file = open(os.path.join(folder, "lock"), "w", encoding="utf-8")  # noqa: SIM115 - held as long as the journal
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise JuesuanError(f"“{folder}”正由另一个 juesuan 使用，没有启动。") from error
    return file
