"""The files a command is given: their content, their text, or one sentence why not. They are only ever read."""

import os
import re
from typing import Any

import tomli

from juesuan.errors import DeclarationError, JuesuanError, UnreadableBook, why

LARGEST = 50 << 20
"""In bytes."""
_BOM = b"\xef\xbb\xbf"
"""What Windows begins a text in UTF-8 with."""
_PACKAGES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of Office begin."""


def content_of(path: str, what: str = "工作簿") -> bytes:
    """What is in the file, which should be a `what`. Raises UnreadableBook."""
    name = os.path.basename(path)
    try:
        if os.path.isdir(path):
            os.listdir(path)
            raise UnreadableBook(f"“{name}”是文件夹，不是{what}。请给出{what}文件。")
        if os.path.getsize(path) > LARGEST:
            raise UnreadableBook(f"“{name}”超过 {LARGEST >> 20} MB，不像{what}，未打开。请核对是否拿错文件。")
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError as error:
        raise UnreadableBook(f"找不到文件“{path}”。请核对路径。") from error
    except OSError as error:
        raise UnreadableBook(f"读不了“{path}”：{why(error)}。请核对权限，或先关闭占用它的程序。") from error


def require_content(data: bytes, name: str) -> None:
    """Raise UnreadableBook for a file in which there is nothing."""
    if not data:
        raise UnreadableBook(f"“{name}”是空文件（0 字节），可能没有传完。请重新取得该文件。")


def is_package(data: bytes) -> bool:
    """Whether it begins as a file of Office does."""
    return data.startswith(_PACKAGES)


def text_of(path: str, what: str) -> str:
    """The text in the file, which should be a `what`. Raises UnreadableBook."""
    data, name = content_of(path, what), os.path.basename(path)
    if is_package(data):
        raise UnreadableBook(f"“{name}”是工作簿、文档或压缩包，不能当作{what}。请另存为文本文件再试，表格可存为 CSV。")
    return decoded(data, name)


def decoded(data: bytes, name: str) -> str:
    """Text as Windows writes it: in UTF-8, with a byte order mark or without, or in GB 18030. Raises UnreadableBook."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableBook(f"“{name}”的文字编码认不出。请用 Excel 或记事本另存为 UTF-8 编码的文件。")


def csv_rows(text: str, name: str, separator: str = ",") -> list[list[str]]:
    """The rows of a CSV. Raises JuesuanError."""
    import csv
    import io

    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise JuesuanError(f"“{name}”不合 CSV 的写法。请用 Excel 打开，另存为 CSV 再试。") from error


def declared_in(path: str, what: str) -> dict[str, Any]:
    """What a TOML file says, which should be a `what`. Raises DeclarationError."""
    try:
        with open(path, "rb") as file:
            return tomli.loads(file.read().removeprefix(_BOM).decode())
    except OSError as error:
        raise DeclarationError(f"{what}“{path}”读不了：{why(error)}。请核对路径和权限。") from error
    except tomli.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"第 {line[1]} 行" if line else "文件末尾"
        raise DeclarationError(f"{what}“{path}”写法有误：{where}不合 TOML 的写法。请改正后再试。") from error
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{what}“{path}”不是 UTF-8 编码。请另存为 UTF-8 后再试。") from error


def stamp(path: str) -> tuple[int, int, int] | None:
    """What is another as soon as the file was written anew; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def sha256_of(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def digest(path: str) -> str | None:
    """SHA-256 of the file as it lies on the disk; None when it cannot be read."""
    import hashlib

    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
