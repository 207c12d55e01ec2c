"""What stops the work. Mistakes in a book are findings (values), never exceptions."""

import errno

_WHY = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在磁盘是只读的",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOTDIR: "没有这个文件夹",
    errno.EISDIR: "它是文件夹",
    errno.EBUSY: "文件正被别的程序占用",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "读写出错，可能是磁盘或网络故障",
    errno.EEXIST: "那里已有同名的文件",
    errno.ELOOP: "它是绕成了圈的链接",
}

_LIMITS = {
    "time": "用时超过限度",
    "memory": "要用的内存超过限度",
    "file": "要写的文件超过限度",
    "death": "内容使读取程序中断",
}


def why(error: OSError) -> str:
    """What the operating system says, in Chinese."""
    return _WHY.get(error.errno or 0, f"系统错误 {error.errno}")


class JuesuanError(Exception):
    """Cannot proceed. ``str(error)`` is one Chinese sentence for the clerk: what, where, what to do."""


class DeclarationError(JuesuanError):
    """An edition or a rule file is malformed; nothing is loaded from it."""


class UnknownName(DeclarationError):
    """A rule names a table, row or field that the edition does not have."""


class UnreadableBook(JuesuanError):
    """A submitted file cannot be opened or is not recognised; it is reported as *unjudged*."""


class OutOfLimits(JuesuanError):
    """Work in a process of its own did not come to an end: it used up its time, memory or disk, or died."""

    def __init__(self, limit: str) -> None:
        self.limit = limit
        self.why = _LIMITS[limit]
        super().__init__(f"没有做完：{self.why}。")

    def about(self, name: str, again: str = "再核对") -> str:
        """The sentence about the file that the work was for; `again` says what to do with the mended one."""
        return f"“{name}”没有核对完：{self.why}。请用 Excel 或 WPS 打开，删去多余的内容，另存为 .xlsx 后{again}。"
